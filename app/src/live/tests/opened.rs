//! What was learned may come after the link is there: the twin is built then, and is the server's.

use std::sync::Arc;

use leptos::prelude::Owner;
use twin::{Model, Span, Timestamp, Twin, entry::Quality};
use wire::{Entry, What, view::PlantView};

use super::{Server, asset_id};
use crate::live::{Live, keepsake, verification::Verification};

const MODEL: &str = include_str!("../../../../server/models/machine-temperature.toml");
const SEALED: &[u8] = include_bytes!("../../../../server/models/machine-temperature.detector");

/// A server whose one asset has learned, and the plant as it gives it to a page.
fn learned() -> (Server, PlantView) {
    let model = Model::parse_beside(MODEL, &|_| Some(SEALED.to_vec())).unwrap();
    let entry = |number: i64| {
        let value = 90.0 + (number % 9) as f64;
        let t = Timestamp(1_200_000_000_000_000 + 5 * Span::MINUTE.0 * number);
        Entry { t, what: What::Sample { signal: 0, value, quality: Quality::Good } }
    };
    let server = Server { entries: (0..120).map(entry).collect(), twin: Twin::new(Arc::new(model), 1) };
    let plant = PlantView { models: vec![server.twin.model().pack_closed()], ..server.plant(0) };
    (server, plant)
}

fn open(live: Live) {
    for (packed, seals) in live.closed() {
        assert_eq!(seals.len(), 1);
        live.open(&packed, Model::unpack_with(&packed, vec![SEALED.to_vec()]).unwrap());
    }
}

fn stands(live: Live) -> (bool, u64, Verification) {
    live.read(&asset_id(), |asset, _| (asset.twin.is_some(), asset.seq, asset.verification())).unwrap()
}

#[test]
fn a_twin_waits_for_what_was_learned_and_then_goes_on_as_the_servers() {
    Owner::new().with(|| {
        let (server, plant) = learned();
        let live = Live::new(plant);
        for frame in [server.hello(), server.snapshot(40), server.checkpoint(40), server.samples(41, 90)] {
            live.apply(frame);
        }
        assert_eq!(stands(live), (false, 90, Verification::NotVerified));
        assert!(live.read(&asset_id(), |asset, _| asset.track(0).unwrap().points().len()).unwrap() > 0);
        open(live);
        assert!(live.is_open(&asset_id()) && live.closed().is_empty());
        live.apply(server.checkpoint(90));
        assert_eq!(stands(live), (true, 90, Verification::Verified { entries: 50 }));
        live.apply(server.samples(91, 120));
        live.apply(server.checkpoint(120));
        assert_eq!(stands(live), (true, 120, Verification::Verified { entries: 80 }));
    });
}

#[test]
fn a_kept_twin_waits_too_and_never_takes_a_page_back_behind_its_server() {
    Owner::new().with(|| {
        let (server, plant) = learned();
        let before = Live::new(plant.clone());
        open(before);
        for frame in [server.hello(), server.checkpoint(0), server.samples(1, 60)] {
            before.apply(frame);
        }
        let kept = before.read(&asset_id(), |asset, _| before.fleet(|fleet| keepsake::keep(fleet, asset)));
        let kept = kept.flatten().unwrap();

        let after = Live::new(plant.clone());
        assert!(keepsake::show(after, &kept).is_some());
        assert!(!stands(after).0);
        open(after);
        assert_eq!(stands(after), (true, 60, Verification::NotVerified));

        let quicker = Live::new(plant);
        for frame in [server.hello(), server.snapshot(100), server.checkpoint(100)] {
            quicker.apply(frame);
        }
        assert_eq!(keepsake::show(quicker, &kept), None);
        open(quicker);
        assert_eq!(stands(quicker), (true, 100, Verification::NotVerified));
    });
}
