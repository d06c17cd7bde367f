//! Events as a reader finds them.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn of_events_before_an_entry_those_that_were_open_are_found_and_the_last_few() {
    let (plant, folder) = (Plant::new(), tempfile::tempdir().unwrap());
    let opened = plant.open(&folder.path().join("a.db"));
    let event = |n: i64| {
        let until = if n == 3 { "100000000" } else { "null" };
        format!(r#"{{"asset":"cell","id":"e{n}","kind":"seen","t":{},"until":{until}}}"#, n * 1_000_000)
    };
    let events: Vec<String> = (1..=40).map(event).collect();
    let text = Text::from(Bytes::from(format!("[{}]", events.join(","))));
    let origin = Origin { connector: "http", client: "test".into() };
    let items = http::events(&text).unwrap();
    let checked =
        validate::all(&plant.catalog, &plant.clocks, Delivery { origin, received_at: NOW, text: &text, items });
    opened.0.append(checked).await.unwrap().receipt().await.unwrap();
    let found = async |seq: u64, secs: i64| {
        let at = Timestamp(secs * 1_000_000);
        let found = opened.0.ask(move |reader| reader.events_before(0, seq, at, &[7])).await.unwrap();
        found.iter().map(|event| event.seq).collect::<Vec<_>>()
    };
    let last = (18..30).rev().collect::<Vec<u64>>();
    assert_eq!(found(30, 50).await, [&last[..], &[7, 3]].concat());
    assert_eq!(found(30, 100).await, [&last[..], &[7]].concat());
    assert!(found(1, 0).await.is_empty());
    close(opened).await;
}
