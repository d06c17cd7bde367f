//! The link, driven by hand.

use super::*;
use twin::Timestamp;

fn alive() -> Vec<u8> {
    wire::encode(&Alive { now: Timestamp(0) })
}

fn hello() -> Vec<u8> {
    wire::encode(&Hello { now: Timestamp(0), kernel_version: 1, store_id: StoreId([0; 16]) })
}

fn refused() -> Vec<u8> {
    wire::encode(&Refused { reason: "too many viewers".into() })
}

fn open_link() -> Link {
    let mut link = Link::new(7);
    assert_eq!(link.tick(0), Some(Step::Open));
    link.receive(10, &hello()).unwrap();
    link
}

#[test]
fn a_new_link_connects_and_is_live_at_the_first_frame() {
    let mut link = Link::new(7);
    assert_eq!(link.status(0), LinkStatus::Connecting);
    assert_eq!(link.tick(0), Some(Step::Open));
    assert_eq!(link.tick(1), None);
    assert_eq!(link.status(1), LinkStatus::Connecting);
    link.receive(10, &hello()).unwrap();
    assert_eq!(link.status(10), LinkStatus::Live);
}

#[test]
fn silence_is_delayed_then_stale_then_given_up() {
    let mut link = open_link();
    assert_eq!(link.status(10 + DELAYED_AFTER - 1), LinkStatus::Live);
    assert_eq!(link.status(10 + DELAYED_AFTER), LinkStatus::Delayed { since: 10 });
    assert_eq!(link.status(10 + STALE_AFTER), LinkStatus::Stale { since: 10 });
    assert_eq!(link.tick(10 + DEAD_AFTER - 1), None);
    assert_eq!(link.tick(10 + DEAD_AFTER), Some(Step::Close));
    assert!(matches!(link.status(10 + DEAD_AFTER), LinkStatus::Reconnecting { attempt: 1, since: Some(10), .. }));
}

#[test]
fn a_frame_ends_the_delay() {
    let mut link = open_link();
    link.receive(10 + DELAYED_AFTER, &alive()).unwrap();
    assert_eq!(link.status(10 + DELAYED_AFTER), LinkStatus::Live);
}

#[test]
fn retries_wait_longer_each_time_up_to_a_cap_and_start_over_after_a_frame() {
    let mut link = open_link();
    let mut now = 100;
    let mut waits = Vec::new();
    for attempt in 1..=9 {
        link.closed(now);
        let LinkStatus::Reconnecting { attempt: said, retry_at, .. } = link.status(now) else {
            panic!("not reconnecting")
        };
        assert_eq!(said, attempt);
        waits.push(retry_at - now);
        assert_eq!(link.tick(retry_at - 1), None);
        assert_eq!(link.tick(retry_at), Some(Step::Open));
        now = retry_at;
    }
    assert!(waits[0] <= FIRST_RETRY && waits[8] <= LONGEST_RETRY, "{waits:?}");
    assert!(waits.iter().sum::<Millis>() > LONGEST_RETRY, "{waits:?}");
    link.receive(now, &hello()).unwrap();
    link.closed(now);
    assert!(matches!(link.status(now), LinkStatus::Reconnecting { attempt: 1, .. }));
}

#[test]
fn a_server_that_refuses_is_asked_again_ever_more_seldom() {
    let mut link = Link::new(7);
    let mut now = 0;
    for attempt in 1..=6 {
        assert_eq!(link.tick(now), Some(Step::Open));
        link.receive(now, &refused()).unwrap();
        link.closed(now);
        let LinkStatus::Reconnecting { attempt: said, retry_at, .. } = link.status(now) else { panic!() };
        assert_eq!(said, attempt);
        now = retry_at;
    }
    assert!(now > FIRST_RETRY * 4, "{now}");
}

#[test]
fn tabs_that_lost_one_server_come_back_spread_over_the_whole_pause() {
    let waits: Vec<Millis> = (0..500u64)
        .map(|n| {
            // As a page draws its seed: the bits of a number between 0 and 1.
            let mut link = Link::new((n as f64 / 500.0 + 1e-4).to_bits());
            link.tick(0);
            link.closed(0);
            let LinkStatus::Reconnecting { retry_at, .. } = link.status(0) else { panic!() };
            retry_at
        })
        .collect();
    for tenth in 0..10 {
        let from = FIRST_RETRY * tenth / 10;
        let here = waits.iter().filter(|wait| (from..=from + FIRST_RETRY / 10).contains(*wait)).count();
        assert!((20..=100).contains(&here), "{here} of 500 tabs come {from} ms after the loss");
    }
}

#[test]
fn a_socket_that_never_opens_is_given_up() {
    let mut link = Link::new(7);
    link.tick(0);
    assert_eq!(link.tick(OPENING_FOR - 1), None);
    assert_eq!(link.tick(OPENING_FOR), Some(Step::Close));
}

#[test]
fn waking_up_retries_at_once() {
    let mut link = open_link();
    link.closed(100);
    link.wake(101);
    assert_eq!(link.tick(101), Some(Step::Open));
}

#[test]
fn at_most_sixteen_frames_stay_unacknowledged_counted_per_socket() {
    let mut link = open_link();
    let mut told = Vec::new();
    for _ in 0..40 {
        if let Some(ClientFrame::Acknowledge { frames }) = link.receive(20, &alive()).unwrap().acknowledge {
            told.push(frames);
        }
    }
    assert_eq!(told, [17, 33]);
    link.closed(30);
    link.wake(30);
    link.tick(30);
    let first = link.receive(40, &hello()).unwrap().acknowledge;
    assert_eq!(first, Some(ClientFrame::Acknowledge { frames: 1 }));
}

#[test]
fn another_version_of_frames_asks_for_the_page_to_be_loaded_again() {
    let mut link = open_link();
    let mut bytes = alive();
    bytes[0] = wire::VERSION + 1;
    assert_eq!(link.receive(20, &bytes), Err(Step::Close));
    link.closed(21);
    link.wake(22);
    assert_eq!(link.tick(1_000_000), None);
    assert_eq!(link.status(1_000_000), LinkStatus::Outdated);
}

#[test]
fn bytes_that_are_no_frame_close_the_socket() {
    let mut link = open_link();
    assert_eq!(link.receive(20, &[wire::VERSION, 250]), Err(Step::Close));
    assert!(matches!(link.status(20), LinkStatus::Reconnecting { attempt: 1, .. }));
}
