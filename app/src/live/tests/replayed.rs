//! A window of the past, replayed: forwards, backwards and by leaps.

use twin::{Span, Timestamp, Twin, twin::StateHash};
use wire::{Batch, ServerFrame};

use super::{Server, asset_id};
use crate::live::{
    Live,
    asset::LiveAsset,
    replay::{Before, Replay, judged, reel::Reel},
};

const FIRST: u64 = 41;
const LAST: u64 = 1_000;

/// The hash of the server's twin after entry `seq`.
fn hash(server: &Server, seq: u64) -> StateHash {
    let ServerFrame::Checkpoint { hash, .. } = server.checkpoint(seq) else { panic!() };
    hash
}

fn replay(server: &Server) -> Replay {
    let mut reel = Reel::new(asset_id(), Timestamp(i64::MAX));
    let entries = server.entries[FIRST as usize - 1..LAST as usize].to_vec();
    reel.add(Batch { asset: asset_id(), first_seq: FIRST, entries }).unwrap();
    let ServerFrame::Checkpoint { bytes, .. } = server.checkpoint(FIRST) else { panic!() };
    Replay::new(reel, Twin::restore(server.twin.model().clone(), &bytes).unwrap(), Before::default())
}

fn stand_at(replay: &mut Replay, asset: &mut LiveAsset, seq: u64) {
    while !replay.approach(asset, seq, 16) {}
}

/// An asset to replay.
fn alone(server: &Server) -> LiveAsset {
    let live = Live::new(server.plant(LAST));
    live.read(&asset_id(), |asset, _| asset.alone()).unwrap()
}

#[test]
fn after_entry_n_of_a_replay_the_twin_is_that_after_entry_n() {
    leptos::prelude::Owner::new().with(|| {
        let server = Server::keeping(250);
        let (mut replay, mut asset) = (replay(&server), alone(&server));
        for seq in [FIRST, 42, 300, 299, 999, LAST, 41, 170, 105, 106, 107, 800, 43] {
            stand_at(&mut replay, &mut asset, seq);
            assert_eq!(asset.seq, seq);
            assert_eq!(asset.twin.as_ref().map(Twin::hash), Some(hash(&server, seq)), "{seq}");
        }
        // Beyond either end there is nothing.
        stand_at(&mut replay, &mut asset, 0);
        assert_eq!(asset.seq, FIRST);
        stand_at(&mut replay, &mut asset, u64::MAX);
        assert_eq!(asset.seq, LAST);
    });
}

#[test]
fn what_is_shown_of_an_instant_is_what_was_known_then() {
    leptos::prelude::Owner::new().with(|| {
        let server = Server::keeping(250);
        let (mut replay, mut asset) = (replay(&server), alone(&server));
        let signals = asset.model.signals.len();
        asset.will_measure(replay.reel.curves(signals));
        let shown = |asset: &LiveAsset| {
            let points: Vec<_> = (0..signals).map(|signal| asset.track(signal).unwrap().points().to_vec()).collect();
            (points, asset.latest().to_vec())
        };
        stand_at(&mut replay, &mut asset, 500);
        let then = shown(&asset);
        let said = asset.said().to_vec();
        stand_at(&mut replay, &mut asset, LAST);
        stand_at(&mut replay, &mut asset, 500);
        assert_eq!(shown(&asset), then);
        let newest = replay.reel.instant(500);
        assert!(then.0.iter().all(|points| points.last().is_some_and(|point| point.t <= newest)));
        // What the twin had said is there again as well, to the begin of the window.
        for (again, before) in asset.said().iter().zip(&said) {
            assert_eq!(again.points().first(), before.points().first());
            assert_eq!(again.newest(), before.newest());
        }
    });
}

#[test]
fn a_forecast_is_held_against_what_then_came() {
    leptos::prelude::Owner::new().with(|| {
        let server = Server::keeping(250);
        let (mut replay, mut asset) = (replay(&server), alone(&server));
        let signals = asset.model.signals.len();
        asset.will_measure(replay.reel.curves(signals));
        stand_at(&mut replay, &mut asset, 600);
        let now = replay.reel.instant(600);
        asset.look_ahead(now);
        let hot_spot = asset.model.headline;
        let track = asset.track(hot_spot).unwrap();
        assert_eq!(track.to_come(now).len(), 100);
        assert_eq!(track.later(now, now + Span::HOUR, 400).len(), 13, "and the neighbour beyond the edge");
        let (inside, all) = judged(&asset, hot_spot, now);
        assert_eq!(all, 100);
        assert!(inside > 30, "{inside}");
        // At the end nothing is left to come.
        stand_at(&mut replay, &mut asset, LAST);
        assert_eq!(judged(&asset, hot_spot, replay.reel.instant(LAST)), (0, 0));
    });
}
