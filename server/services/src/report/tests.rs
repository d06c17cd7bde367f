//! What a report tells of a plant that something was sent to.

use serde_json::{Value, json};
use wire::What;

use super::*;
use crate::testing::{NOW, Plant};

const PLANT: &str = r#"
[[asset]]
id = "cell"
title = "Cell"
model = "li-ion-cell"
[asset.signals]
voltage = { from = "u", unit = "mV", range = [1, 4.5], gap_after = "5 s" }
"#;

async fn told(readings: Value) -> Plant {
    Plant::told(PLANT, readings).await
}

impl Plant {
    async fn report(&self, question: Question) -> Report {
        gather(&self.services, question, NOW).await.unwrap()
    }
}

fn voltage(secs: i64, value: f64) -> Value {
    json!({ "asset": "cell", "signal": "u", "t": NOW.0 + secs * 1_000_000, "v": value })
}

fn of_cell() -> Question {
    Question { asset: Some("cell".into()), ..Question::default() }
}

#[tokio::test]
async fn a_report_tells_who_sent_what_was_refused_and_where_the_gaps_are() {
    let plant = told(json!([voltage(-60, 4000.0), voltage(-10, 4001.0), voltage(-9, 9e9)])).await;
    let report = plant.report(of_cell()).await;
    let heard = &report.sources[0];
    assert_eq!((heard.origin.client.as_str(), heard.source.accepted, heard.source.rejected), ("gateway", 2, 1));
    assert_eq!(heard.rate, 3.0 / 60.0);
    assert_eq!(report.refused.counts, [("open".to_owned(), "range".to_owned(), 1)]);
    assert_eq!((report.refused.rows[0].signal.as_str(), report.refused.next), ("u", None));
    let gaps: Vec<_> = report.events.open.iter().chain(&report.events.over).map(|row| row.event).collect();
    let gap = gaps.iter().find(|event| event.kind == EventKind::Gap).unwrap();
    assert_eq!(((gap.from - NOW).secs(), (gap.to - NOW).secs()), (-60.0, -10.0));
    assert_eq!(report.revision.map(|(number, _)| number), Some(1));
    assert!(!report.is_failing && report.damages.is_empty());
    plant.stop().await;
}

#[tokio::test]
async fn a_report_of_an_asset_that_is_not_there_tells_of_its_refused_items_alone() {
    let nobody = json!({ "asset": "nobody", "signal": "u", "v": 1 });
    let plant = told(json!([voltage(-60, 4000.0), voltage(-10, 4001.0), nobody])).await;
    let mut question = Question { asset: Some("nobody".into()), seq: Some(1), ..Question::default() };
    question.refused.asset = question.asset.clone();
    let report = plant.report(question).await;
    assert_eq!((report.events, report.traced), (Events::default(), Traced::default()));
    assert_eq!(report.refused.rows.len(), 1);
    plant.stop().await;
}

#[tokio::test]
async fn a_sample_is_traced_to_its_delivery_its_unit_and_its_contract() {
    let plant = told(json!([voltage(-2, 4000.0), { "asset": "cell", "signal": "u", "v": 3.5, "u": "V" }])).await;
    let report = plant.report(Question { seq: Some(1), ..of_cell() }).await;
    let Some(Asked::Sample { seq: 1, lineage, contract: Some(contract) }) = report.traced.asked else {
        panic!("{:?}", report.traced.asked)
    };
    assert!(matches!(lineage.entry.what, What::Sample { value: 4.0, .. }));
    assert_eq!((lineage.origin, lineage.unit), (Some(("http".into(), "gateway".into())), None));
    assert_eq!((lineage.from.delivery, lineage.from.contract), (1, 1));
    assert_eq!(contract.source.map(|source| source.unit), Some("mV".into()));
    let units: Vec<_> =
        report.traced.newest.iter().map(|(seq, found)| (*seq, found.lineage.clone().unwrap().unit)).collect();
    assert_eq!(units, [(2, Some("V".into())), (1, None)]);
    let missing = plant.report(Question { seq: Some(7), ..of_cell() }).await;
    assert_eq!(missing.traced.asked, Some(Asked::Missing { seq: 7 }));
    plant.stop().await;
}

#[tokio::test]
async fn refused_items_come_a_page_at_a_time() {
    let readings: Vec<Value> = (0..60).map(|secs| voltage(-secs, 9e9)).collect();
    let plant = told(json!(readings)).await;
    let (mut before, mut sizes) = (None, Vec::new());
    loop {
        let refused = RejectionQuery { before, ..RejectionQuery::default() };
        let report = plant.report(Question { refused, ..Question::default() }).await;
        sizes.push(report.refused.rows.len());
        before = report.refused.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(sizes, [25, 25, 10]);
    plant.stop().await;
}

#[tokio::test]
async fn what_the_store_holds_is_told_by_asset_and_what_has_landed_is_told_apart() {
    let readings: Vec<Value> = (0..100).map(|secs| voltage(-secs, 4000.0 + secs as f64)).collect();
    let plant = told(json!(readings)).await;
    let held = async |at: Timestamp| {
        let report = gather(&plant.services, Question::default(), at).await.unwrap();
        assert!(report.extent.file_bytes > 0 && report.extent.free_bytes.is_some());
        report.extent.assets
    };
    let [(Some(0), landed)] = held(NOW).await[..] else { panic!() };
    assert_eq!((landed.samples, landed.landed), (100, 100));
    plant.services.store.compact().await.unwrap();
    assert_eq!(held(NOW + Span::SECOND).await, [(Some(0), landed)], "it is not measured anew all the time");
    let [(Some(0), compacted)] = held(NOW + MEASURE_EVERY).await[..] else { panic!() };
    assert_eq!((compacted.samples, compacted.landed), (100, 0));
    assert!(compacted.bytes > 0);
    plant.stop().await;
}
