//! Refused items under rules: what is taken in, what stays, and what is on record of it.

use serde_json::{Value, json};

use super::*;
use crate::testing::{NOW, Plant};

const PLANT: &str = r#"
[[asset]]
id = "cell"
title = "Cell"
model = "li-ion-cell"
[asset.signals]
voltage = { from = "voltage", range = [1, 4.5] }
temperature = { from = "temperature" }
"#;

async fn told(readings: Value) -> Plant {
    Plant::told(PLANT, readings).await
}

impl Plant {
    async fn readmit(&self, rule: Value) -> Report {
        let rule: Rule = serde_json::from_value(rule).unwrap();
        let all = || Choice::Matching(RejectionQuery::default());
        let promised = preview(&self.services, all(), &rule).await.unwrap();
        let done = readmit(&self.services, all(), &rule, "local", NOW).await.unwrap();
        assert_eq!(promised, Report { action: None, ..done.clone() }, "a preview tells what will be");
        done
    }

    /// Value, seconds after `NOW` and quality of all that is kept.
    async fn kept(&self) -> Vec<String> {
        let batch = self.services.store.entries(0, 0, 100).await.unwrap();
        let entry = |entry: &wire::Entry| match &entry.what {
            wire::What::Sample { value, quality, .. } => format!("{value} at {} {quality:?}", (entry.t - NOW).secs()),
            wire::What::Event { id, .. } => format!("event {id} at {}", (entry.t - NOW).secs()),
        };
        batch.entries.iter().map(entry).collect()
    }

    async fn rows(&self) -> Vec<RejectionRow> {
        let query = RejectionQuery { limit: 100, ..RejectionQuery::default() };
        self.services.store.ask(move |reader| reader.rejections(&query)).await.unwrap()
    }
}

fn voltage(secs: i64, value: impl Into<Value>) -> Value {
    json!({ "asset": "cell", "signal": "voltage", "t": NOW.0 + secs * 1_000_000, "v": value.into() })
}

/// What is kept of one refused reading after `rule`, and the state and reason of its row.
async fn check(reading: Value, rule: Value, kept: &[&str], row: &str) {
    let plant = told(json!([reading])).await;
    assert_eq!(plant.rows().await.len(), 1, "{reading} is refused");
    plant.readmit(rule.clone()).await;
    assert_eq!(plant.kept().await, kept, "{reading} {rule}");
    let rows = plant.rows().await;
    assert_eq!(rows.len(), 1, "no item is in quarantine twice");
    assert_eq!(format!("{} {} {:?}", rows[0].state, rows[0].reason, rows[0].action), row, "{reading} {rule}");
    plant.stop().await;
}

#[tokio::test]
async fn a_unit_that_was_not_said_is_made_up_for() {
    check(voltage(0, 3700), json!({ "unit": "mV" }), &["3.7 at 0 Good"], "readmitted range Some(1)").await;
    check(voltage(0, 3700), json!({ "multiply": 0.001 }), &["3.7 at 0 Good"], "readmitted range Some(1)").await;
    check(voltage(0, 3700), json!({ "unit": "A" }), &[], "open unit Some(1)").await;
}

#[tokio::test]
async fn a_clock_that_was_wrong_is_set_right() {
    let rule = json!({ "shift": "-1 h" });
    check(voltage(3600, 3.7), rule, &["3.7 at 0 Good"], "readmitted future Some(1)").await;
    check(voltage(3600, 3.7), json!({ "shift": "-1 s" }), &[], "open future Some(1)").await;
}

#[tokio::test]
async fn a_name_that_was_wrong_is_set_right() {
    let other = json!({ "asset": "cel", "signal": "u", "t": NOW.0, "v": 3.7 });
    check(
        other.clone(),
        json!({ "asset": "cell", "signal": "voltage" }),
        &["3.7 at 0 Good"],
        "readmitted unknown-asset Some(1)",
    )
    .await;
    check(other, json!({ "asset": "cell" }), &[], "open unknown-signal Some(1)").await;
}

#[tokio::test]
async fn a_value_out_of_range_is_accepted_once_and_never_as_good() {
    let rule = json!({ "out_of_range": "accept" });
    check(voltage(0, 4.6), rule.clone(), &["4.6 at 0 Uncertain"], "readmitted range Some(1)").await;
    check(voltage(0, 50), rule, &["50 at 0 Bad"], "readmitted range Some(1)").await;
}

#[tokio::test]
async fn what_cannot_be_read_stays() {
    check(voltage(0, "warm"), json!({}), &[], "open malformed Some(1)").await;
}

#[tokio::test]
async fn a_reading_without_a_time_is_of_its_arrival() {
    let bare = json!({ "asset": "cell", "signal": "voltage", "v": 4600 });
    check(bare, json!({ "unit": "mV", "out_of_range": "accept" }), &["4.6 at 0 Uncertain"], "readmitted range Some(1)")
        .await;
}

#[tokio::test]
async fn a_conflict_stays_open_and_a_duplicate_is_done() {
    let plant = told(json!([voltage(0, 3.7), voltage(0, 3700), voltage(0, 3900)])).await;
    let report = plant.readmit(json!({ "unit": "mV" })).await;
    assert_eq!((report.items, report.accepted, report.duplicates), (2, 0, 1));
    assert_eq!(report.refused, BTreeMap::from([("conflict".to_owned(), 1)]));
    let states: Vec<_> = plant.rows().await.iter().map(|row| format!("{} {}", row.state, row.reason)).collect();
    assert_eq!(states, ["open conflict", "readmitted range"]);
    plant.stop().await;
}

#[tokio::test]
async fn events_are_corrected_too() {
    let plant = told(json!([])).await;
    let event = json!({ "asset": "cel", "id": "e1", "t": NOW.0, "until": NOW.0 + 5, "kind": "charged", "note": "n" });
    let text = Text::from(Bytes::from(event.to_string()));
    plant.take(&text, ingest::http::events(&text).unwrap()).await;
    let report = plant.readmit(json!({ "asset": "cell", "shift": "-2 s" })).await;
    assert_eq!((report.items, report.accepted), (1, 1));
    assert_eq!(plant.kept().await, ["event e1 at -2"]);
    plant.stop().await;
}

#[tokio::test]
async fn every_action_is_on_record_and_what_is_done_is_done() {
    let plant = told(json!([voltage(0, 9), voltage(1, 9), voltage(2, 3800)])).await;
    let keys: Vec<i64> = plant.rows().await.iter().map(|row| row.key).collect();
    let gone = dismiss(&plant.services, Choice::Keys(vec![keys[2]]), "a loose wire", "local", NOW).await.unwrap();
    assert_eq!(gone, (1, 1));
    let report = plant.readmit(json!({ "unit": "mV" })).await;
    assert_eq!((report.action, report.items, report.accepted), (Some(2), 2, 1));
    assert_eq!(report.examples[0].becomes.as_ref().unwrap()["u"], "mV");
    assert_eq!(plant.readmit(json!({ "multiply": 2 })).await.items, 1);
    let again = dismiss(&plant.services, Choice::Keys(keys), "", "local", NOW).await.unwrap();
    assert_eq!(again.1, 1, "only what is open is touched");
    let lines = plant.services.store.ask(|reader| reader.quarantine_actions(10)).await.unwrap();
    let lines: Vec<String> = lines
        .iter()
        .map(|line| {
            format!(
                "{} {} {} {} {:?} {:?}",
                line.actor, line.action, line.rule, line.items, line.accepted, line.refused
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            r#"local dismiss {"note":""} 1 Some(0) Some(0)"#,
            r#"local readmit {"multiply":2.0} 1 Some(0) Some(1)"#,
            r#"local readmit {"unit":"mV"} 2 Some(1) Some(1)"#,
            r#"local dismiss {"note":"a loose wire"} 1 Some(0) Some(0)"#,
        ]
    );
    plant.stop().await;
}

#[tokio::test]
async fn lists_are_filtered_and_come_in_pages() {
    let other = json!({ "asset": "pump", "signal": "speed", "t": NOW.0, "v": 1 });
    let plant = told(json!([voltage(0, 9), other, voltage(1, 9), voltage(2, 9)])).await;
    let ask = async |query: Value| -> Vec<i64> {
        let query: RejectionQuery = serde_json::from_value(query).unwrap();
        let rows = plant.services.store.ask(move |reader| reader.rejections(&query)).await.unwrap();
        rows.iter().map(|row| row.key).collect()
    };
    assert_eq!(ask(json!({ "limit": 2 })).await, [4, 3]);
    assert_eq!(ask(json!({ "limit": 2, "before": 3 })).await, [2, 1]);
    assert_eq!(ask(json!({ "limit": 9, "asset": "pump" })).await, [2]);
    assert_eq!(ask(json!({ "limit": 9, "reason": "range", "state": "open", "signal": "voltage" })).await, [4, 3, 1]);
    assert_eq!(ask(json!({ "limit": 9, "to": NOW.0 - 1 })).await, [0i64; 0]);
    plant.stop().await;
}

#[test]
fn a_rule_that_cannot_be_followed_names_its_keys() {
    let rule = json!({ "asset": "A", "unit": "furlong", "multiply": 0, "shift": "1" });
    let rule: Rule = serde_json::from_value(rule).unwrap();
    let Err(RuleError(faults)) = rule.plan().map(|_| ()) else { panic!() };
    assert_eq!(faults.len(), 4, "{faults:?}");
    assert!(serde_json::from_value::<Rule>(json!({ "colour": "red" })).is_err());
}
