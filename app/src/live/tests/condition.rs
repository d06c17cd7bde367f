//! What is said of an asset at a glance: never better than what is known.

use twin::{
    Span, Timestamp,
    detect::{Alarm, Change, Findings},
    entry::Quality,
    time::Replay,
};
use wire::{frame::Latest, view::EventView};

use super::{Server, asset_id};
use crate::{
    components::state_badge,
    live::{
        asset::LiveAsset,
        fleet::Fleet,
        ranking::{Class, urgency},
    },
};

/// A transformer of which one sample was taken at 0, and what else is known of it.
#[derive(Default)]
struct Known {
    found: Option<Findings>,
    silent_after: Option<Span>,
    hot_spot: Option<f64>,
    /// So many minutes after the sample its recording ends.
    ends: Option<i64>,
    /// When, and of which kind.
    events: Vec<(i64, Option<i64>, &'static str)>,
}

impl Known {
    fn fleet(&self) -> Fleet {
        let server = Server::keeping(1);
        let model = server.twin.model().clone();
        let mut plant = server.plant(1);
        let view = &mut plant.assets[0];
        let sample = |signal: &str, value| {
            let signal = model.signal(signal).unwrap();
            Latest { signal, t: minutes(0), value, quality: Quality::Good }
        };
        view.latest = vec![sample("load", 700.0), sample("hot_spot", self.hot_spot.unwrap_or(60.0))];
        view.events = (1u64..).zip(&self.events).map(event).collect();
        (view.found, view.silent_after) = (self.found, self.silent_after);
        if let Some(ends) = self.ends {
            let (start, end) = (minutes(0), minutes(ends));
            view.clock = twin::Clock::Replay(Replay { wall: start, asset: start, rate: 1.0, recorded: start, end });
        }
        Fleet::of(plant)
    }

    /// What the badge says so many minutes later, and what counts the asset.
    fn after(&self, mins: i64) -> (String, Class, bool) {
        let fleet = self.fleet();
        let asset = fleet.asset(&asset_id()).unwrap();
        let now = minutes(mins);
        let urgency = urgency(asset, now);
        (state_badge::words(asset, asset.condition(now), now), urgency.class, urgency.is_silent)
    }
}

fn minutes(minutes: i64) -> Timestamp {
    Timestamp(1_200_000_000_000_000 + minutes * Span::MINUTE.0)
}

fn event((seq, (t, until, kind)): (u64, &(i64, Option<i64>, &str))) -> EventView {
    EventView { seq, t: minutes(*t), until: until.map(minutes), kind: (*kind).into(), note: String::new() }
}

fn calm() -> Findings {
    Findings { alarm: None, is_learning: false, learnt_by: None }
}

fn alarmed() -> Findings {
    let (began, found) = (minutes(-60), minutes(-10));
    let alarm = Alarm { signal: Some(2), change: Change::Shift, began, found, offset: 5.0, ratio: 1.5, state: None };
    Findings { alarm: Some(alarm), ..calm() }
}

fn said(words: &str, class: Class, is_silent: bool) -> (String, Class, bool) {
    (words.to_string(), class, is_silent)
}

#[test]
fn an_alarm_outlasts_the_last_sample_and_counts_on() {
    let known = Known { found: Some(alarmed()), ..Known::default() };
    let words = "Top-oil temperature not as expected";
    assert_eq!(known.after(1), said(words, Class::Abnormal, false));
    assert_eq!(known.after(600), said(&format!("{words}, as last known; stale"), Class::Abnormal, true));
    // The server writes it too, and has no clock of anybody.
    let fleet = known.fleet();
    let html = fleet.asset(&asset_id()).unwrap().findings(&None, |_| unreachable!("no zone is known"));
    assert!(html.contains("Top-oil temperature is") && html.contains("has not started in this page"), "{html}");
    let known = Known { found: Some(calm()), hot_spot: Some(130.0), ..Known::default() };
    let words = "Hot-spot temperature above normal";
    assert_eq!(known.after(1), said(words, Class::Abnormal, false));
    assert_eq!(known.after(600), said(&format!("{words}, as last known; stale"), Class::Abnormal, true));
}

#[test]
fn a_recording_that_ended_in_alarm_says_both() {
    let ended = |found| Known { found: Some(found), ends: Some(30), ..Known::default() };
    assert_eq!(ended(calm()).after(29), said("Normal", Class::Normal, false));
    assert_eq!(ended(calm()).after(30), said("Ended", Class::Silent, true));
    let words = "Ended, in alarm: Top-oil temperature not as expected";
    assert_eq!(ended(alarmed()).after(30), said(words, Class::Abnormal, true));
    let hot = Known { hot_spot: Some(130.0), ..ended(calm()) };
    assert_eq!(hot.after(30).0, "Ended, in alarm: Hot-spot temperature above normal");
    let failed = Known { events: vec![(10, None, "failure")], ..ended(calm()) };
    assert_eq!(failed.after(30), said("Ended, in alarm: Failure for 20 min", Class::Abnormal, true));
}

#[test]
fn normal_is_said_only_where_a_twin_found_it_so_and_knows_what_is_normal() {
    let words = |found| Known { found, ..Known::default() }.after(1).0;
    assert_eq!(words(None), "Not known yet");
    assert_eq!(words(Some(Findings { is_learning: true, ..calm() })), "Within limits, still learning");
    assert_eq!(words(Some(calm())), "Normal");
    // What nobody knows is not counted as normal.
    let class = |found| Known { found, ..Known::default() }.after(1).1;
    assert_eq!((class(None), class(Some(calm()))), (Class::Unknown, Class::Normal));
    assert_eq!(class(Some(Findings { is_learning: true, ..calm() })), Class::Unknown);
    assert_eq!(Known { found: Some(calm()), ..Known::default() }.after(600), said("Stale", Class::Silent, true));
}

#[test]
fn what_has_failed_is_said_to_stand_until_somebody_says_that_it_works() {
    let known = |events: &[(i64, Option<i64>, &'static str)]| Known {
        found: Some(calm()),
        silent_after: Some(Span::DAY),
        events: events.to_vec(),
        ..Known::default()
    };
    let open = known(&[(-30, None, "failure")]);
    assert_eq!(open.after(5), said("Failure for 35 min", Class::Abnormal, false));
    assert_eq!(known(&[(-30, None, "stop")]).after(5).0, "Stopped for 35 min");
    let over = known(&[(-30, None, "failure"), (3, None, "repair")]);
    assert_eq!(over.after(2).0, "Failure for 32 min");
    assert_eq!(over.after(5).0, "Normal");
    assert_eq!(known(&[(-30, Some(-10), "failure")]).after(5).0, "Normal");
    assert_eq!(known(&[(-30, Some(10), "failure")]).after(5).0, "Failure for 35 min");
    assert_eq!(known(&[(10, None, "failure")]).after(5).0, "Normal", "it has not happened yet");
    assert_eq!(known(&[(-30, None, "planned_stop")]).after(5).0, "Normal", "somebody wants it so");
    // A second failure after a repair stands, whatever order they are listed in.
    let again = known(&[(-10, None, "failure"), (-20, None, "repair"), (-30, None, "failure")]);
    assert_eq!(again.after(0).0, "Failure for 10 min");
}

#[test]
fn what_it_stands_by_is_not_forgotten_for_what_is_told_since() {
    let mut fleet = Known { events: vec![(-30, None, "failure")], ..Known::default() }.fleet();
    let asset = fleet.asset_mut(&asset_id()).unwrap();
    let tell = |asset: &mut LiveAsset, seq: u64, kind| {
        asset.snapshot(seq, twin::Clock::Wall, &[], vec![event((seq, &(-20, None, kind)))]);
    };
    (2..202).for_each(|seq| tell(asset, seq, "seen"));
    let words = |asset: &LiveAsset| state_badge::words(asset, asset.condition(minutes(5)), minutes(5));
    assert_eq!((words(asset).as_str(), asset.events.len()), ("Failure for 35 min", 64));
    tell(asset, 202, "repair");
    tell(asset, 203, "seen");
    assert!(asset.events.len() == 64 && asset.events.iter().all(|event| event.kind != "failure"));
}

#[test]
fn how_long_is_too_long_without_a_sample_is_what_is_agreed() {
    let words = |silent_after, mins| Known { found: Some(calm()), silent_after, ..Known::default() }.after(mins).0;
    let four_hours = Some(Span(4 * Span::HOUR.0));
    assert_eq!(words(four_hours, 239), "Normal");
    assert_eq!(words(four_hours, 241), "Stale");
    assert_eq!(words(Some(Span::MINUTE), 2), "Stale");
    assert_eq!(words(None, 2), "Normal", "nobody knows how often it is measured");
}

#[test]
fn in_a_replay_it_stands_when_its_window_begins_too() {
    let known = Known { events: vec![(-30, None, "failure"), (9, None, "repair")], ..Known::default() };
    let live = known.fleet();
    let mut alone = live.alone(&asset_id()).unwrap();
    let latest: Vec<Latest> = live.asset(&asset_id()).unwrap().latest().iter().flatten().copied().collect();
    let asset = alone.asset_mut(&asset_id()).unwrap();
    assert!(asset.events.is_empty(), "nothing is listed before its time");
    asset.snapshot(1, twin::Clock::Wall, &latest, Vec::new());
    let words = |mins| state_badge::words(asset, asset.condition(minutes(mins)), minutes(mins));
    assert_eq!(words(5), "Failure for 35 min");
    assert_eq!(words(10), "Not known yet");
}
