//! What a tab holds is bounded, however long it stays open.

use super::{Server, asset_id};
use crate::live::{
    fleet::Fleet,
    held::{KINDS, held},
};

#[test]
fn every_kind_is_counted_and_none_is_beyond_its_bound() {
    let server = Server::keeping(1_100);
    let mut fleet = Fleet::of(server.plant(0));
    assert_eq!(held(&fleet).map(|held| held.used), [0; KINDS.len()]);
    fleet.apply(server.snapshot(0));
    fleet.apply(server.checkpoint(0));
    for first in (1..4_400).step_by(400) {
        fleet.apply(server.samples(first, first + 399));
    }
    let all = held(&fleet);
    for (kind, held) in KINDS.iter().zip(all) {
        assert!(held.used <= held.bound, "{kind}: {held:?}");
    }
    let [samples, said, recent, _, innovations, ..] = all;
    assert_eq!(samples.used, 4_400);
    assert!(said.used > 1_000);
    assert_eq!((recent.used, innovations.used), (recent.bound, innovations.bound));
    fleet.asset_mut(&asset_id()).unwrap().start_over();
    assert_eq!(held(&fleet)[0].used, 0);
}
