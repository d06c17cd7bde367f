//! What a replay says of a failure before it comes, and of what was said once it has come.

use std::sync::Arc;

use twin::{Model, Span, Timestamp, Twin, entry::Quality, simulate::Simulator};
use wire::{Batch, Entry, What};

use super::{MODEL, Server, asset_id};
use crate::live::{
    Live,
    asset::LiveAsset,
    replay::{
        Replay, foretold,
        reel::Reel,
        scout::{Fate, Scout},
    },
};

const ROUND: i64 = 5 * Span::MINUTE.0;
const BEGIN: Timestamp = Timestamp(1_200_000_000_000_000);
/// The load goes up with round 72 of 96: six hours of what is usual, two of what is too much.
const OVERLOADED: i64 = 72;

fn at(round: i64) -> Timestamp {
    BEGIN + Span(ROUND * round)
}

/// A transformer under so much load from that round on.
fn server(load: f64) -> Server {
    let model = Arc::new(Model::parse(MODEL).unwrap());
    let inputs = |round: i64| [if round < OVERLOADED { 900.0 } else { load }, 25.0];
    let mut simulator = Simulator::new(model.clone(), BEGIN, &inputs(0));
    let mut entries = Vec::new();
    for round in 0..96 {
        simulator.advance(at(round), &inputs(round));
        for (signal, value) in (0u16..).zip(simulator.measure(7)) {
            entries.push(Entry { t: at(round), what: What::Sample { signal, value, quality: Quality::Good } });
        }
    }
    Server { entries, twin: Twin::new(model, 1) }
}

/// A replay of all of it whose scout has come back, and its asset.
fn replay(server: &Server, entries: Vec<Entry>) -> (Replay, LiveAsset) {
    let begin = begin(server);
    let mut reel = Reel::new(asset_id(), Timestamp(i64::MAX));
    reel.add(Batch { asset: asset_id(), first_seq: 1, entries }).unwrap();
    let mut replay = Replay::new(reel, begin, Vec::new());
    while !replay.look_out(16) {}
    let live = Live::new(server.plant(1));
    (replay, live.read(&asset_id(), |asset, _| asset.alone()).unwrap())
}

fn said_at(replay: &mut Replay, asset: &mut LiveAsset, t: Timestamp) -> String {
    let seq = replay.reel.seq_at(t);
    while !replay.approach(asset, seq, 64) {}
    asset.look_ahead(t);
    foretold::html(&replay.scout, asset, t, at(95), |t| format!("round {}", (t - BEGIN).0 / ROUND))
}

#[test]
fn a_failure_is_foreseen_with_its_spread_and_what_came_stands_beside_it() {
    leptos::prelude::Owner::new().with(|| {
        let server = server(2_300.0);
        let (mut replay, mut asset) = replay(&server, server.entries.clone());
        let bubbles = asset.model.failures.iter().position(|failure| failure.name == "hot_spot_bubbles").unwrap();
        let came = replay.scout.came(Fate::Failure(bubbles)).unwrap();
        assert!(came > at(OVERLOADED) && came < at(95), "{came:?}");

        let calm = said_at(&mut replay, &mut asset, at(40));
        let round = (came - BEGIN).0 / ROUND;
        assert!(calm.contains("</strong> not foreseen."), "{calm}");
        assert!(calm.contains(&format!("It came at round {round}, ")), "{calm}");

        let foreseen = said_at(&mut replay, &mut asset, at(OVERLOADED + 1));
        assert!(foreseen.contains("Hot spot above 140 \u{b0}C</strong> foreseen in "), "{foreseen}");
        assert!(foreseen.contains("after this instant, as was said."), "{foreseen}");

        let after = said_at(&mut replay, &mut asset, at(95));
        assert!(after.contains(&format!("</strong> came at round {round}: said ")), "{after}");
        assert!(after.contains("before, and ever since.") && after.contains("<table>"), "{after}");
        // What stops it comes before what warns of it.
        assert!(after.find("140").unwrap() < after.find("120").unwrap(), "{after}");
    });
}

#[test]
fn what_is_not_foreseen_and_does_not_come_is_one_calm_line() {
    leptos::prelude::Owner::new().with(|| {
        let server = server(900.0);
        let (mut replay, mut asset) = replay(&server, server.entries.clone());
        let said = said_at(&mut replay, &mut asset, at(60));
        assert_eq!(said, "<p class=\"diagnosis__calm\">No failure is foreseen within 1 d.</p>");
    });
}

#[test]
fn a_failure_that_is_told_of_counts_as_one_that_came() {
    leptos::prelude::Owner::new().with(|| {
        let server = server(900.0);
        let mut entries = server.entries.clone();
        let event = |kind: &str| What::Event { id: kind.into(), kind: kind.into(), until: None, note: String::new() };
        entries.insert(200, Entry { t: at(50), what: event("hot_spot_bubbles") });
        entries.insert(300, Entry { t: at(75), what: event("documented-failure") });
        let (mut replay, mut asset) = replay(&server, entries);
        let said = said_at(&mut replay, &mut asset, at(95));
        assert!(said.contains("140 \u{b0}C</strong> came at round 50: not said before."), "{said}");
        assert!(said.contains("<strong>The failure</strong> came at round 75: not said before."), "{said}");
    });
}

#[test]
fn a_scout_finds_the_same_however_far_it_goes_at_a_time() {
    let server = server(2_300.0);
    let found = |most| {
        let (mut replay, _) = leptos::prelude::Owner::new().with(|| replay(&server, server.entries.clone()));
        replay.scout = Scout::new(&replay.reel, begin(&server));
        while !replay.look_out(most) {}
        let came: Vec<_> = replay.scout.fates().map(|fate| (fate, replay.scout.came(fate))).collect();
        (came, replay.scout.looks_before(Timestamp(i64::MAX)).to_vec())
    };
    let (came, looks) = found(1);
    assert_eq!(came.len(), 2);
    assert!(looks.len() > 40 && looks.len() < 70, "{}", looks.len());
    assert_eq!((came, looks), found(1_000));
}

/// The twin after the first entry.
fn begin(server: &Server) -> Twin {
    let mut begin = server.twin.clone();
    begin.observe(&server.entries[0].observed(server.twin.model()).into_iter().collect::<Vec<_>>());
    begin
}
