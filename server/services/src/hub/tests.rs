//! Listeners fast and slow, by hand.

use super::*;

fn entries(first_seq: u64, last_seq: u64) -> Carries {
    Carries::Entries { first_seq, last_seq }
}

/// A hub of two assets, and what it announces of asset 0: so many frames, one entry each, of so many bytes.
fn announce(hub: &Hub, seqs: std::ops::RangeInclusive<u64>, bytes: usize) {
    for seq in seqs {
        hub.announce(0, entries(seq, seq), vec![0; bytes].into());
    }
}

fn heard(listener: &mut Listener) -> Vec<u64> {
    listener.look();
    std::iter::from_fn(|| listener.take())
        .map(|(_, update)| match update {
            Update::Frame(Published { carries: Carries::Entries { last_seq, .. }, .. }) => last_seq,
            Update::Frame(_) => panic!("announced entries only"),
            Update::Missed => 0,
        })
        .collect()
}

#[test]
fn a_listener_hears_what_is_announced_after_it_came_each_once() {
    let hub = Hub::new(2);
    announce(&hub, 1..=3, 10);
    let mut listener = hub.listener();
    listener.follow(0);
    announce(&hub, 4..=5, 10);
    assert_eq!(heard(&mut listener), [4, 5]);
    listener.follow(0);
    assert!(heard(&mut listener).is_empty());
    announce(&hub, 6..=6, 10);
    listener.let_go(0);
    assert!(heard(&mut listener).is_empty());
}

#[test]
fn one_that_is_too_slow_hears_so_and_goes_on_from_there() {
    let hub = Hub::new(2);
    let mut listener = hub.listener();
    listener.follow(0);
    announce(&hub, 1..=1_024, 10);
    assert_eq!(heard(&mut listener).len(), 1_024);
    announce(&hub, 1_025..=2_049, 10);
    assert_eq!(heard(&mut listener), [0]);
    announce(&hub, 2_050..=2_050, 10);
    assert_eq!(heard(&mut listener), [2_050]);
}

#[test]
fn what_waits_for_the_slow_is_bounded_in_bytes() {
    let hub = Hub::new(2);
    let mut listener = hub.listener();
    listener.follow(0);
    let start = hub.end(0);
    announce(&hub, 1..=16, 64 * 1024);
    assert_eq!(hub.since(0, start), Some(16));
    announce(&hub, 17..=17, 1);
    assert_eq!(hub.since(0, start), None);
    announce(&hub, 18..=18, 2 * 1024 * 1024);
    assert_eq!(hub.since(0, hub.end(0)), Some(0));
    assert_eq!(heard(&mut listener), [0]);
}

#[test]
fn who_was_away_goes_on_from_the_kept_frames_where_they_have_every_entry() {
    let hub = Hub::new(2);
    let mut listener = hub.listener();
    listener.follow(0);
    assert_eq!(hub.after(0, 0), None, "nothing is known yet");
    announce(&hub, 11..=20, 10);
    hub.announce(0, Carries::Checkpoint, vec![0].into());
    for (after, expected) in [(9, None), (10, Some(11..21)), (15, Some(16..21)), (20, Some(21..21)), (21, None)] {
        let position = hub.after(0, after);
        assert_eq!(position.is_some(), expected.is_some(), "after {after}");
        if let (Some(position), Some(expected)) = (position, expected) {
            listener.go_to(0, position);
            let mut heard = Vec::new();
            while let Some((_, Update::Frame(published))) = listener.take() {
                if let Carries::Entries { last_seq, .. } = published.carries {
                    heard.push(last_seq);
                }
            }
            assert_eq!(heard, expected.collect::<Vec<_>>(), "after {after}");
        }
    }
}

#[tokio::test]
async fn frames_of_one_moment_are_told_of_in_one_go() {
    let hub = Hub::new(2);
    let beat = tokio::spawn(hub.clone().run());
    let mut listener = hub.listener();
    listener.follow(0);
    listener.follow(1);
    hub.announce(1, entries(1, 1), vec![1].into());
    announce(&hub, 1..=2, 10);
    listener.due().await;
    assert_eq!(std::iter::from_fn(|| listener.take()).map(|(asset, _)| asset).collect::<Vec<_>>(), [0, 0, 1]);
    announce(&hub, 3..=3, 10);
    listener.due().await;
    assert_eq!(std::iter::from_fn(|| listener.take()).count(), 1);
    beat.abort();
}

#[tokio::test]
async fn nobody_is_told_of_an_asset_that_it_does_not_follow() {
    let hub = Hub::new(2);
    let (mut deaf, mut listener) = (hub.listener(), hub.listener());
    deaf.follow(1);
    listener.follow(0);
    announce(&hub, 1..=3, 10);
    assert!(futures::poll!(std::pin::pin!(listener.due())).is_pending(), "not before the beat");
    hub.ring();
    assert!(futures::poll!(std::pin::pin!(deaf.due())).is_pending());
    assert!(futures::poll!(std::pin::pin!(listener.due())).is_ready());
}

#[test]
fn who_left_is_kept_no_place_for() {
    let hub = Hub::new(2);
    let mut listener = hub.listener();
    listener.follow(0);
    drop(listener);
    assert!(held(&hub.channels[0].ears).is_empty());
}
