//! What a replay says of a failure before it comes, and of what was said once it has come.

use std::sync::Arc;

use twin::{Model, Span, Timestamp, Twin, entry::Quality, simulate::Simulator};
use wire::{Batch, Entry, What, view::EventView};

use super::{MODEL, Server, asset_id};
use crate::live::{
    Live,
    asset::LiveAsset,
    replay::{
        Before, Replay, foretold, judged,
        reel::Reel,
        scout::{Fate, Scout},
    },
};

const ROUND: i64 = 5 * Span::MINUTE.0;
const BEGIN: Timestamp = Timestamp(1_200_000_000_000_000);
/// The load goes up with round 72 of 96: six hours of what is usual, two of what is too much.
const OVERLOADED: i64 = 72;
/// There was something before.
const FIRST: u64 = 3;

fn at(round: i64) -> Timestamp {
    BEGIN + Span(ROUND * round)
}

/// A transformer under so much load from that round on.
fn server(load: f64) -> Server {
    under(96, |round| if round < OVERLOADED { 900.0 } else { load })
}

/// A transformer for so many rounds under a load.
fn under(rounds: i64, load: impl Fn(i64) -> f64) -> Server {
    let model = Arc::new(Model::parse(MODEL).unwrap());
    let inputs = |round: i64| [load(round), 25.0];
    let mut simulator = Simulator::new(model.clone(), BEGIN, &inputs(0));
    let mut entries = Vec::new();
    for round in 0..rounds {
        simulator.advance(at(round), &inputs(round));
        for (signal, value) in (0u16..).zip(simulator.measure(7)) {
            entries.push(Entry { t: at(round), what: What::Sample { signal, value, quality: Quality::Good } });
        }
    }
    Server { entries, twin: Twin::new(model, 1) }
}

/// A replay of all of it whose scout has come back, and its asset.
fn replay(server: &Server, entries: Vec<Entry>) -> (Replay, LiveAsset) {
    replay_after(server, entries, Before::default())
}

/// The same, after what was known before it.
fn replay_after(server: &Server, entries: Vec<Entry>, before: Before) -> (Replay, LiveAsset) {
    let begin = begin(server);
    let mut reel = Reel::new(asset_id(), Timestamp(i64::MAX));
    reel.add(Batch { asset: asset_id(), first_seq: FIRST, entries }).unwrap();
    let mut replay = Replay::new(reel, begin, before);
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
        let came = replay.scout.came(Fate::Failure(bubbles)).next().unwrap();
        assert!(came > at(OVERLOADED) && came < at(95), "{came:?}");

        let calm = said_at(&mut replay, &mut asset, at(40));
        let round = (came - BEGIN).0 / ROUND;
        assert!(calm.contains("</strong> is not foreseen at this instant."), "{calm}");
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
fn of_what_comes_twice_the_next_is_foreseen_and_the_newest_is_looked_back_at() {
    leptos::prelude::Owner::new().with(|| {
        // Six hours of rest between two of too much.
        let server = under(190, |round| if (20..44).contains(&round) || round >= 116 { 2_300.0 } else { 300.0 });
        let (mut replay, mut asset) = replay(&server, server.entries.clone());
        let bubbles = asset.model.failures.iter().position(|failure| failure.name == "hot_spot_bubbles").unwrap();
        let came: Vec<Timestamp> = replay.scout.came(Fate::Failure(bubbles)).collect();
        let [first, second] = came[..] else { panic!("{came:?}") };
        let round = |t: Timestamp| (t - BEGIN).0 / ROUND;
        assert!((20..44).contains(&round(first)) && round(second) > 116, "{came:?}");

        let between = said_at(&mut replay, &mut asset, second - Span(ROUND));
        assert!(between.contains("140 \u{b0}C</strong> foreseen in "), "{between}");
        assert!(
            between.contains(&format!("It came at round {}, 5 min after this instant", round(second))),
            "{between}"
        );
        assert!(between.contains(&format!("140 \u{b0}C</strong> came at round {}: said ", round(first))), "{between}");

        let after = said_at(&mut replay, &mut asset, at(189));
        assert!(after.contains(&format!("140 \u{b0}C</strong> came at round {}: said ", round(second))), "{after}");
        assert!(!after.contains(&format!("came at round {}:", round(first))), "{after}");
        // What was said of the first was not said of the second.
        let (_, words) = after.split_once(&format!("round {}: said ", round(second))).unwrap();
        let (lead, _) = words.split_once(" before, and ever since").unwrap();
        assert!(!lead.contains(" d") && !lead.contains("10 h"), "{lead}");
    });
}

#[test]
fn what_was_known_as_a_window_begins_is_known_in_it() {
    leptos::prelude::Owner::new().with(|| {
        let server = server(900.0);
        let event = |seq, kind: &str, minutes: i64| EventView {
            seq,
            t: BEGIN - Span(minutes * Span::MINUTE.0),
            until: None,
            kind: kind.into(),
            note: String::new(),
        };
        let events = vec![event(2, "failure", 30), event(1, "hot_spot_bubbles", 3 * 24 * 60)];
        let before = Before { events, ..Before::default() };
        let (mut replay, mut asset) = replay_after(&server, server.entries.clone(), before);
        let said = said_at(&mut replay, &mut asset, at(2));
        assert_eq!(asset.events.iter().map(|event| event.seq).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(
            said,
            "<div class=\"diagnosis__failure\"><strong>The failure</strong> came at round -6, before this window begins.</div>"
        );
    });
}

#[test]
fn a_forecast_is_held_against_no_more_than_it_covers() {
    leptos::prelude::Owner::new().with(|| {
        let server = under(190, |round| if round < OVERLOADED { 900.0 } else { 3_000.0 });
        let (mut replay, mut asset) = replay(&server, server.entries.clone());
        asset.will_measure(replay.reel.curves(asset.model.signals.len()));
        let now = at(OVERLOADED + 1);
        said_at(&mut replay, &mut asset, now);
        let late = asset.baseline().unwrap().stop(&asset.model).unwrap().late;
        let came = asset.track(asset.model.headline).unwrap().to_come(now);
        let covered = came.iter().filter(|point| point.t <= late).count();
        assert!(covered > 0 && covered < came.len(), "{covered} of {}, until {late:?}", came.len());
        assert_eq!(judged(&asset, asset.model.headline, now).1, covered);
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
        replay.scout = Scout::new(&replay.reel, begin(&server), &[]);
        while !replay.look_out(most) {}
        let came: Vec<_> = replay.scout.fates().map(|fate| (fate, replay.scout.came(fate).next())).collect();
        (came, replay.scout.looks_between(Timestamp(0), Timestamp(i64::MAX)).to_vec())
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
