//! Reports of small plants: what was told, what telemetry shows, and what comes late.

mod late;

use serde_json::{Value, json};
use twin::{Span, Timestamp, kpi::StopKind};

use super::*;
use crate::{
    Services,
    ingest::{self, Text},
    kpi::report::{OfAsset, Scope},
    testing::{NOW, Plant},
};

const CELL: &str = r#"
[kpi]
downtime_cost = "60 EUR/h"
energy_price = "0.5 EUR/kWh"

[[asset]]
id = "cell"
title = "Cell"
model = "li-ion-cell"
path = "lab/hall/bench"

[asset.signals]
current = { from = "current", gap_after = "10 min" }
voltage = { from = "voltage", gap_after = "10 min" }

[asset.kpi]
stopped = { signal = "current", below = 0.05, for = "5 min" }
energy = { title = "Charge", signal = "voltage", times = "current" }
failure_cost = { empty = "8 EUR" }
"#;

/// So many minutes before `NOW`, which is a midnight in UTC.
fn ago(minutes: i64) -> i64 {
    NOW.0 - minutes * Span::MINUTE.0
}

async fn events(plant: &Plant, events: Value) {
    let text = Text::from(bytes::Bytes::from(events.to_string()));
    plant.take(&text, ingest::http::events(&text).unwrap()).await;
}

async fn readings(plant: &Plant, readings: Value) {
    let text = Text::from(bytes::Bytes::from(readings.to_string()));
    plant.take(&text, ingest::http::telemetry(&text).unwrap()).await;
}

fn event(id: &str, kind: &str, t: i64) -> Value {
    json!({ "asset": "cell", "id": id, "kind": kind, "t": t, "note": format!("note of {id}") })
}

fn reading(signal: &str, minutes_ago: i64, value: f64) -> Value {
    json!({ "asset": "cell", "signal": signal, "t": ago(minutes_ago), "v": value })
}

/// The only asset of the plant over the day that ended at `NOW`, all telemetry computed.
async fn day(plant: &Plant) -> OfAsset {
    let kpis = &plant.services.kpis;
    let mut reader = plant.services.store.reader().unwrap();
    while kpis.inside.compute(&mut reader, &plant.services.store, 0).unwrap() {}
    let question = Question { length: calendar::Length::Day, back: 1, scope: Scope::Plant };
    let report = gather(&plant.services, &question, NOW).await.unwrap();
    assert_eq!(report.due, 0);
    report.assets.into_iter().next().unwrap()
}

fn minutes(span: Span) -> i64 {
    span.0 / Span::MINUTE.0
}

#[tokio::test]
async fn a_failure_lasts_until_the_repair_that_follows_it() {
    let plant = Plant::told(CELL, json!([reading("voltage", 1200, 4.0)])).await;
    events(&plant, json!([event("f", "failure", ago(600)), event("r", "repair", ago(570))])).await;
    let found = day(&plant).await;
    let account = found.figures.account;
    assert_eq!((account.failures, minutes(account.unplanned), minutes(account.required)), (1, 30, 1200));
    assert_eq!(account.between_failures().known(), None);
    assert_eq!(found.figures.downtime_cost, Some(30.0));
    assert_eq!(found.notes.values().collect::<Vec<_>>(), ["note of f"]);
    plant.stop().await;
}

#[tokio::test]
async fn what_an_asset_stands_by_is_told_whatever_came_since() {
    let plant = Plant::told(CELL, json!([reading("voltage", 1200, 4.0)])).await;
    events(&plant, json!([event("old", "failure", ago(900)), event("r", "repair", ago(800))])).await;
    events(&plant, json!([event("f", "failure", ago(600)), event("p", "planned_stop", ago(590))])).await;
    let since: Vec<Value> = (0..20).map(|n| event(&format!("e{n}"), "seen", ago(500 - n))).collect();
    events(&plant, json!(since)).await;
    let kinds = async || {
        let found = plant.services.standing(0, NOW).await.unwrap();
        found.events.iter().map(|event| event.kind.clone()).collect::<Vec<String>>()
    };
    let told = kinds().await;
    assert_eq!((told.len(), told.last().unwrap().as_str()), (13, "failure"));
    assert_eq!(plant.services.plant(NOW).await.unwrap().assets[0].events.len(), 13);
    // At an instant of the past it is what was open then, and was told by then.
    let open = |minutes, before| plant.services.kpis.open(0, Timestamp(ago(minutes)), before);
    assert_eq!(open(850, u64::MAX), [2]);
    assert!(open(700, u64::MAX).is_empty());
    assert_eq!(open(700, 3), [2], "that it was repaired came later");
    events(&plant, json!([event("again", "repair", ago(10))])).await;
    assert_eq!(kinds().await.len(), 12);
    plant.stop().await;
}

/// Two hours of 2 A at 4 V, but for twenty minutes of nothing.
fn discharge() -> Vec<Value> {
    let current = |n: i64| if (60..80).contains(&n) { 0.0 } else { 2.0 };
    (0..120).flat_map(|n| [reading("current", 300 - n, current(n)), reading("voltage", 300 - n, 4.0)]).collect()
}

#[tokio::test]
async fn stops_and_energy_follow_from_telemetry_by_the_rules() {
    let plant = Plant::told(CELL, Value::Array(discharge())).await;
    let found = day(&plant).await;
    let [stop] = found.stops.as_slice() else { panic!("{:?}", found.stops) };
    assert_eq!((stop.seq, stop.stop.kind, minutes(stop.stop.during.length())), (None, StopKind::Unplanned, 20));
    // 99 minutes of 8 W are told: the last value holds for as long as nothing more is known, which is nothing.
    assert_eq!(found.figures.energy, Some(99.0 * 60.0 * 8.0));
    assert_eq!(minutes(found.figures.energy_known), 119);
    // Since the first sample five hours ago; known until the last.
    assert_eq!((minutes(found.figures.watched), minutes(found.figures.known)), (300, 119));
    plant.stop().await;
}

#[tokio::test]
async fn of_a_bin_in_which_a_period_ends_only_its_part_is_counted() {
    // From the midnight before on, 8 W for an hour.
    let hour = (0..=60).flat_map(|n| [reading("current", 1440 - n, 2.0), reading("voltage", 1440 - n, 4.0)]);
    let plant = Plant::told(CELL, hour.collect()).await;
    day(&plant).await;
    let question = Question { length: calendar::Length::Day, back: 0, scope: Scope::Plant };
    for minutes in [7, 15, 20] {
        let now = NOW + Span(minutes * Span::MINUTE.0);
        let found = gather(&plant.services, &question, now).await.unwrap();
        let before = found.assets[0].before.unwrap();
        assert_eq!(before.energy_known.0, minutes * Span::MINUTE.0);
        assert!((before.energy.unwrap() - minutes as f64 * 480.0).abs() < 1e-6, "{minutes}: {:?}", before.energy);
    }
    plant.stop().await;
}

#[tokio::test]
async fn savings_of_energy_are_against_as_much_time_in_which_it_is_known() {
    let plant = CELL.replace("[kpi]", "[kpi]\nbaseline = ['2019-12-30', '2019-12-30']");
    // An hour at 4 W the day before, an hour at 8 W the day that is asked for.
    let hour = |since: i64, amperes: f64| {
        (0..=60).flat_map(move |n| [reading("current", since - n, amperes), reading("voltage", since - n, 4.0)])
    };
    let plant = Plant::told(&plant, hour(1740, 1.0).chain(hour(1200, 2.0)).collect()).await;
    let found = day(&plant).await;
    // The values hold for ten minutes longer than they come; the rest of a day is not known of either.
    let known = found.figures.energy_known;
    assert_eq!((found.baseline.unwrap().energy_known, minutes(known)), (Span(70 * Span::MINUTE.0), 60));
    let (then, now) = (70.0 * 4.0 * 60.0, 60.0 * 8.0 * 60.0);
    let saved = (then * 60.0 / 70.0 - now) / 3.6e6 * 0.5;
    assert!((found.saved().unwrap() - saved).abs() < 1e-9, "{:?} is not {saved}", found.saved());
    plant.stop().await;
}

#[tokio::test]
async fn each_period_before_has_figures_as_far_as_anything_is_kept() {
    let plant = Plant::told(CELL, json!([reading("voltage", 3 * 1440, 4.0)])).await;
    let failure = |id: &str, from: i64, until: i64| {
        let [t, until] = [from, until].map(ago);
        json!({ "asset": "cell", "id": id, "kind": "failure", "t": t, "until": until })
    };
    events(&plant, json!([failure("a", 2000, 1940), failure("b", 1500, 1410)])).await;
    let found = day(&plant).await;
    let down: Vec<_> = found.past.iter().map(|past| past.map(|past| minutes(past.account.unplanned))).collect();
    assert_eq!(down, [None, None, None, None, None, Some(0), Some(120)]);
    assert_eq!((found.before, minutes(found.figures.account.unplanned)), (found.past[6], 30));
    plant.stop().await;
}

#[tokio::test]
async fn who_reports_holds_up_nobody_who_tells() {
    let plant = Plant::told(CELL, json!([reading("voltage", 1200, 4.0)])).await;
    let heard = plant.services.kpis.heard(0, NOW);
    events(&plant, json!([event("f", "failure", ago(600))])).await;
    assert_eq!((heard.told.len(), plant.services.kpis.heard(0, NOW).told.len()), (0, 1));
    plant.stop().await;
}

#[tokio::test]
async fn a_stop_that_was_told_is_not_counted_again() {
    let plant = Plant::told(CELL, Value::Array(discharge())).await;
    let told = json!({ "asset": "cell", "id": "p", "kind": "failure", "t": ago(241), "until": ago(222) });
    events(&plant, json!([told])).await;
    let found = day(&plant).await;
    // Two minutes are left over, which is no stop by the rule.
    assert_eq!(found.stops.len(), 1);
    assert_eq!(minutes(found.figures.account.unplanned), 19);
    plant.stop().await;
}

#[tokio::test]
async fn causes_take_together_what_the_account_says_and_each_hour_what_was_lost_in_it() {
    let plant = Plant::told(CELL, Value::Array(discharge())).await;
    let stop = |id: &str, kind: &str, from: i64, until: i64| json!({ "asset": "cell", "id": id, "kind": kind, "t": ago(from), "until": ago(until) });
    // Five hours ago it was 19:00. The second failure began while the asset stood as planned.
    let told = [stop("a", "breakdown", 290, 280), stop("b", "maintenance", 120, 100), stop("c", "failure", 110, 70)];
    events(&plant, Value::from_iter(told)).await;
    let found = day(&plant).await;
    let causes = found.lost.iter().map(|lost| {
        let told = lost.told.map(|told| found.kinds[usize::from(told)].as_str());
        (told, minutes(lost.time), lost.stops)
    });
    let expected = [(Some("maintenance"), 20, 1), (Some("breakdown"), 10, 1), (Some("failure"), 30, 1), (None, 20, 1)];
    assert_eq!(causes.collect::<Vec<_>>(), expected);
    let account = found.figures.account;
    let sum: i64 = found.lost.iter().map(|lost| lost.time.0).sum();
    assert_eq!(Span(sum), account.planned + account.unplanned);

    let question = Question { length: calendar::Length::Day, back: 1, scope: Scope::Plant };
    let by_hour = gather(&plant.services, &question, NOW).await.unwrap().by_hour;
    let lost: Vec<_> = by_hour.lost.iter().map(|secs| secs.map(|secs| (secs / 60.0) as i64)).collect();
    assert_eq!((by_hour.assets, lost.len()), (1, 24));
    // Nothing is known before the first sample and after the last but what was told: from 22:20 to 22:50 it had failed.
    assert_eq!(lost[17..], [None, None, Some(10), Some(20), None, Some(30), None]);
    let energy: f64 = by_hour.energy.iter().flatten().sum();
    assert!((energy - found.figures.energy.unwrap()).abs() < 1e-6, "{energy}");
    plant.stop().await;
}

#[tokio::test]
async fn a_period_that_goes_on_has_what_is_planned_ahead() {
    let plant = Plant::told(CELL, json!([reading("voltage", 60, 4.0)])).await;
    let planned = |id: &str, from: i64, until: i64| json!({ "asset": "cell", "id": id, "kind": "maintenance", "t": ago(from), "until": ago(until) });
    events(&plant, json!([planned("over", 30, 20), planned("on", 10, -10)])).await;
    let question = Question { length: calendar::Length::Day, back: 0, scope: Scope::Plant };
    let found = gather(&plant.services, &question, NOW).await.unwrap();
    let ahead = [(twin::kpi::Interval::new(NOW, NOW + Span(10 * Span::MINUTE.0)), twin::kpi::Doing::Planned)];
    assert_eq!(found.assets[0].ahead, ahead);
    assert_eq!(day(&plant).await.ahead, [], "of a period that is over nothing is ahead");
    plant.stop().await;
}

#[test]
fn marks_of_a_period_are_few_and_within_it() {
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    for days in [1, 2, 4, 7, 14, 31, 92, 366, 2_000, 40_000] {
        let shown = twin::kpi::Interval::new(NOW - Span(days * Span::DAY.0), NOW);
        let ticks = calendar::ticks(&zone, shown);
        assert!((1..=8).contains(&ticks.len()), "{days} days: {ticks:?}");
        assert!(ticks.iter().all(|(t, _)| shown.has(*t)) && ticks.is_sorted());
    }
}

#[tokio::test]
async fn a_stop_that_would_end_before_it_began_takes_no_time() {
    let plant = Plant::told(CELL, json!([reading("voltage", 1200, 4.0)])).await;
    let told = json!({ "asset": "cell", "id": "x", "kind": "failure", "t": ago(240), "until": ago(300) });
    events(&plant, json!([told])).await;
    let found = day(&plant).await;
    assert_eq!((found.stops.len(), minutes(found.figures.account.unplanned)), (1, 0));
    plant.stop().await;
}

#[tokio::test]
async fn a_plant_of_which_nothing_is_kept_has_no_figures() {
    let plant = Plant::told(CELL, json!([])).await;
    let found = day(&plant).await;
    assert_eq!((found.first, found.figures.account.required), (None, Span(0)));
    assert_eq!(found.figures.account.availability(), None);
    assert_eq!(
        (found.before, found.risk.clone(), found.expected(&plant.services.catalog.assets()[0])),
        (None, None, None)
    );
    plant.stop().await;
}

#[tokio::test]
async fn twins_say_what_they_expect_and_what_that_costs() {
    let plant = Plant::told(CELL, Value::Array(discharge())).await;
    let services = &plant.services;
    while services.twins.seq(0) < services.store.stand(0).0 {
        tokio::task::yield_now().await;
    }
    services.kpis.tick();
    let found = loop {
        let found = day(&plant).await;
        if found.risk.is_some() {
            break found;
        }
        tokio::task::yield_now().await;
    };
    let risk = found.risk.clone().unwrap();
    assert_eq!((risk.members, risk.horizon, risk.t), (64, Span::HOUR, Timestamp(ago(181))));
    let expected = found.expected(&services.catalog.assets()[0]).unwrap();
    assert!((expected - 8.0 * risk.probabilities[0]).abs() < 1e-12);
    plant.stop().await;
}
