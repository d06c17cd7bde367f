//! A page says whether its twins agree with the server's.

use super::*;

fn verdict_after(server: &Server, page_seq: u64, frames: impl IntoIterator<Item = ServerFrame>) -> Verification {
    let mut fleet = Fleet::of(server.plant(page_seq));
    for frame in frames {
        fleet.apply(frame);
    }
    asset(&fleet).verification()
}

#[test]
fn a_page_that_takes_in_every_entry_is_verified_over_its_own_steps() {
    let server = Server::keeping(30);
    let frames = [server.checkpoint(40), server.samples(41, 77), server.samples(78, 100), server.checkpoint(100)];
    assert_eq!(verdict_after(&server, 40, frames), Verification::Verified { entries: 60 });
}

#[test]
fn a_checkpoint_that_comes_before_or_after_its_entries_is_compared_all_the_same() {
    let server = Server::keeping(30);
    let early = [server.checkpoint(40), server.checkpoint(100), server.samples(41, 100)];
    assert_eq!(verdict_after(&server, 40, early), Verification::Verified { entries: 60 });
    let late = [server.samples(41, 60), server.checkpoint(50), server.samples(61, 100), server.checkpoint(90)];
    assert_eq!(verdict_after(&server, 40, late), Verification::Verified { entries: 40 });
}

#[test]
fn a_sample_altered_on_its_way_is_found_and_said_for_good() {
    let server = Server::keeping(30);
    let ServerFrame::Samples(mut altered) = server.samples(41, 100) else { panic!() };
    let What::Sample { value, .. } = &mut altered.entries[10].what else { panic!() };
    *value += 0.5;
    let frames = [server.checkpoint(40), ServerFrame::Samples(altered), server.checkpoint(100), server.checkpoint(100)];
    assert_eq!(verdict_after(&server, 40, frames), Verification::Differs { seq: 100 });
}

#[test]
fn a_checkpoint_behind_the_page_has_its_entries_sent_once_more() {
    let server = Server::keeping(30);
    let mut fleet = Fleet::of(server.plant(100));
    let Applied::Missing(subscription) = fleet.apply(server.checkpoint(90)) else { panic!("not restored") };
    assert_eq!(subscription.after, Some(90));
    fleet.apply(server.samples(91, 110));
    fleet.apply(server.checkpoint(110));
    assert_eq!(asset(&fleet).verification(), Verification::Verified { entries: 20 });
}

#[test]
fn a_kernel_of_another_version_is_named() {
    let server = Server::keeping(10);
    let ServerFrame::Checkpoint { asset, seq, model_hash, bytes, hash, .. } = server.checkpoint(40) else { panic!() };
    let other = ServerFrame::Checkpoint { asset, seq, model_hash, kernel_version: KERNEL_VERSION + 1, bytes, hash };
    let verdict = verdict_after(&server, 40, [other]);
    assert_eq!(verdict, Verification::OtherKernel { version: KERNEL_VERSION + 1 });
}
