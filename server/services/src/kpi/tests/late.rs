//! What comes late, or once more after a restart, comes to what it would have in order.

use super::*;

#[tokio::test]
async fn late_events_count_at_once_and_exactly() {
    let plant = Plant::told(CELL, json!([reading("voltage", 1200, 4.0)])).await;
    events(&plant, json!([event("f", "failure", ago(600))])).await;
    let lasting = day(&plant).await;
    assert_eq!(minutes(lasting.figures.account.unplanned), 600);
    assert!(lasting.stops[0].stop.is_open);
    events(&plant, json!([event("r", "repair", ago(590)), event("g", "failure", ago(900))])).await;
    let planned = json!({ "asset": "cell", "id": "p", "kind": "planned_stop", "t": ago(895), "until": ago(800) });
    events(&plant, json!([planned])).await;
    let found = day(&plant).await;
    // The earlier failure lasts from 900 to 590 minutes ago, and 95 of these were planned to be lost.
    let account = found.figures.account;
    assert_eq!((account.failures, minutes(account.unplanned), minutes(account.planned)), (2, 310 - 95, 95));
    plant.stop().await;
}

#[tokio::test]
async fn what_is_told_is_known_again_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let catalog = || crate::testing::cells(CELL);
    let (services, running) = Services::start(&path, catalog(), || NOW).unwrap();
    let text = Text::from(bytes::Bytes::from(
        json!([event("f", "failure", ago(600)), event("r", "repair", ago(570))]).to_string(),
    ));
    let origin = ingest::Origin { connector: "http", client: "gateway".into() };
    let items = ingest::http::events(&text).unwrap();
    services.pipeline.accept(ingest::Delivery { origin, received_at: NOW, text: &text, items }).await.unwrap();
    services.stop(running).await;
    let (services, running) = Services::start(&path, catalog(), || NOW).unwrap();
    let question = Question { length: calendar::Length::Day, back: 1, scope: Scope::Plant };
    let report = gather(&services, &question, NOW).await.unwrap();
    assert_eq!(minutes(report.assets[0].figures.account.unplanned), 30);
    services.stop(running).await;
}

#[tokio::test]
async fn late_samples_come_to_the_same_as_those_in_order() {
    let in_order = Plant::told(CELL, Value::Array(discharge())).await;
    let expected = day(&in_order).await;
    let shuffled = discharge();
    // A fixed disorder: every seventh first, over all of them.
    let mut disorder = Vec::new();
    for start in [3, 0, 6, 1, 5, 2, 4] {
        disorder.extend(shuffled.iter().skip(start).step_by(7).cloned());
    }
    let late = Plant::told(CELL, json!([])).await;
    for part in disorder.chunks(40) {
        readings(&late, Value::Array(part.to_vec())).await;
        // What is computed in between must not stay.
        day(&late).await;
    }
    let found = day(&late).await;
    assert_eq!(found.figures, expected.figures);
    assert_eq!(found.stops, expected.stops);
    in_order.stop().await;
    late.stop().await;
}

#[tokio::test]
async fn how_long_a_value_held_is_known_once_the_next_comes_even_cells_later() {
    let still = |ago| reading("current", ago, 0.0);
    let in_order = Plant::told(CELL, json!([still(1400), still(600)])).await;
    let expected = day(&in_order).await;
    // Ten minutes, after which a silence is a gap.
    assert_eq!(expected.stops.iter().map(|known| minutes(known.stop.during.length())).collect::<Vec<_>>(), [10]);
    let later = Plant::told(CELL, json!([still(1400)])).await;
    assert_eq!(day(&later).await.stops, []);
    readings(&later, json!([still(600)])).await;
    let found = day(&later).await;
    assert_eq!(found.figures, expected.figures);
    assert_eq!(found.stops, expected.stops);
    in_order.stop().await;
    later.stop().await;
}
