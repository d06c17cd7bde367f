//! The twin as it was after an entry of the past, over HTTP.

use std::sync::Arc;

use serde_json::json;
use twin::{Model, Twin};
use wire::{Batch, ServerFrame};

use crate::support::{START, TestServer, ask, ask_bytes, repository, voltage};

/// Entry, hash and whether the frame comes to that hash.
async fn state(server: &TestServer, seq: u64) -> (u64, u64) {
    let (status, body) = ask_bytes(server.http, &format!("/api/v1/twin?asset=cell-1&seq={seq}")).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    let Ok(ServerFrame::Checkpoint { seq, bytes, hash, .. }) = wire::decode(&body) else { panic!("no checkpoint") };
    let text = std::fs::read_to_string(repository().join("server/models/li-ion-cell.toml")).unwrap();
    let restored = Twin::restore(Arc::new(Model::parse(&text).unwrap()), &bytes).unwrap();
    assert_eq!(restored.hash(), hash);
    (seq, hash.0)
}

#[tokio::test]
async fn a_state_is_the_same_however_much_came_since_and_after_a_restart() {
    let server = TestServer::start().await;
    server.post(&json!((0..50).map(|secs| voltage(secs - 3_000, 4.0 - secs as f64 / 1e3)).collect::<Vec<_>>())).await;
    let then = state(&server, 50).await;
    assert_eq!(then.0, 50);
    server.post(&json!((50..300).map(|secs| voltage(secs - 3_000, 3.9)).collect::<Vec<_>>())).await;
    assert_eq!(state(&server, 50).await, then);
    assert_ne!(state(&server, 300).await.1, then.1);
    // It is kept at the end, and later than what is asked for.
    let server = TestServer::start_in(server.stop().await).await;
    assert_eq!(state(&server, 50).await, then);
    server.stop().await;
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let server = TestServer::start().await;
    server.post(&json!([voltage(1, 4.0)])).await;
    for (question, status, why) in [
        ("asset=cell-1&seq=2", 404, "there is no entry 2 yet, the newest is 1"),
        ("asset=cell-1&seq=0", 404, "there is no entry 0"),
        ("asset=cell-2&seq=1", 404, "no asset `cell-2`"),
        ("asset=cell-1&seq=first", 400, "seq"),
        ("asset=cell-1", 400, "seq"),
    ] {
        let answer = ask(server.http, "GET", &format!("/api/v1/twin?{question}"), &[], "").await;
        assert_eq!(answer.status, status, "{question}: {}", answer.body);
        assert!(answer.body.contains(why), "{question}: {}", answer.body);
    }
    server.stop().await;
}

#[tokio::test]
async fn so_many_who_ask_at_once_are_answered_or_told_to_come_again() {
    let server = TestServer::start().await;
    let readings: Vec<_> = (0..2_000).map(|secs| voltage(secs - 3_000, 4.0 - secs as f64 / 1e4)).collect();
    server.post(&json!(readings)).await;
    let asked = (0..60).map(|_| ask_bytes(server.http, "/api/v1/twin?asset=cell-1&seq=2000"));
    let answers = futures::future::join_all(asked).await;
    let found = answers.iter().filter(|(status, _)| *status == 200).count();
    let busy = answers.iter().filter(|(status, _)| *status == 503).count();
    assert!(found >= 16, "{found}");
    assert_eq!(found + busy, 60);
    server.stop().await;
}

async fn entries(server: &TestServer, question: &str) -> Batch {
    let (status, body) = ask_bytes(server.http, &format!("/api/v1/entries?asset=cell-1&{question}")).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    let Ok(ServerFrame::Samples(batch)) = wire::decode(&body) else { panic!("no entries") };
    batch
}

#[tokio::test]
async fn whoever_goes_on_from_a_state_of_the_past_comes_to_that_after_each_entry() {
    let server = TestServer::start().await;
    // Two of them late: the order is that in which they came.
    let secs = (0..200).map(|n| 2 * n).chain([301, 241]).chain((200..260).map(|n| 2 * n));
    server.post(&json!(secs.map(|secs| voltage(secs - 3_000, 3.9 - secs as f64 / 1e4)).collect::<Vec<_>>())).await;
    let at = |secs: i64| START + (secs - 3_000) * 1_000_000;
    let first = entries(&server, &format!("from={}&to={}&limit=30", at(200), at(300))).await;
    assert_eq!((first.first_seq, first.entries.len()), (101, 30));
    let text = std::fs::read_to_string(repository().join("server/models/li-ion-cell.toml")).unwrap();
    let model = Arc::new(Model::parse(&text).unwrap());
    let (_, body) = ask_bytes(server.http, "/api/v1/twin?asset=cell-1&seq=101").await;
    let Ok(ServerFrame::Checkpoint { bytes, .. }) = wire::decode(&body) else { panic!("no checkpoint") };
    let mut twin = Twin::restore(model.clone(), &bytes).unwrap();
    let mut told = 101;
    while told < 240 {
        let batch = entries(&server, &format!("after={told}&limit=17")).await;
        assert_eq!(batch.first_seq, told + 1);
        for entry in &batch.entries {
            told += 1;
            twin.observe(&entry.observed(&model).into_iter().collect::<Vec<_>>());
            if told % 25 == 0 {
                assert_eq!(state(&server, told).await, (told, twin.hash().0));
            }
        }
    }
    assert!(entries(&server, "after=100000").await.entries.is_empty());
    assert!(entries(&server, &format!("from={}", at(90_000))).await.entries.is_empty());
    server.stop().await;
}
