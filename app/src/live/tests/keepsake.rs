//! What is kept of an asset brings another page to the same bits.

use leptos::prelude::Owner;

use super::{Server, asset_id};
use crate::live::{Live, keepsake};

fn kept_of(live: Live) -> Option<Vec<u8>> {
    live.read(&asset_id(), |asset, _| live.fleet(|fleet| keepsake::keep(fleet, asset))).flatten()
}

fn state(live: Live) -> (u64, twin::twin::StateHash) {
    live.read(&asset_id(), |asset, _| (asset.seq, asset.twin.as_ref().unwrap().hash())).unwrap()
}

#[test]
fn a_page_without_a_server_has_the_twin_that_was_kept_and_goes_on_from_there() {
    Owner::new().with(|| {
        let server = Server::keeping(60);
        let before = Live::new(server.plant(40));
        assert_eq!(kept_of(before), None, "there is no twin yet");
        before.apply(server.checkpoint(40));
        before.apply(server.samples(41, 100));
        let kept = kept_of(before).unwrap();
        let stood = state(before);
        before.apply(server.samples(101, 120));
        // The plant may have been kept earlier or later than the twin.
        for seq in [0, 40, 100, 160] {
            let after = Live::new(server.plant(seq));
            assert_eq!(keepsake::show(after, &kept), Some(server.now()));
            assert_eq!(state(after), stood, "plant of seq {seq}");
            after.apply(server.samples(101, 120));
            assert_eq!(state(after), state(before), "plant of seq {seq}");
        }
    });
}

#[test]
fn what_was_kept_of_another_store_or_only_in_part_is_not_shown() {
    Owner::new().with(|| {
        let server = Server::keeping(20);
        let before = Live::new(server.plant(40));
        before.apply(server.checkpoint(40));
        let kept = kept_of(before).unwrap();
        let plant = wire::view::PlantView { store_id: wire::StoreId([9; 16]), ..server.plant(40) };
        assert_eq!(keepsake::show(Live::new(plant), &kept), None);
        assert_eq!(keepsake::show(Live::new(server.plant(40)), &kept[..kept.len() - 1]), None);
        assert_eq!(keepsake::show(Live::new(server.plant(40)), b"nonsense"), None);
    });
}
