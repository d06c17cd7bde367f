//! Refused items over HTTP: listed, previewed, taken in after all, dismissed.

use serde_json::{Value, json};

use crate::support::{TestServer, ask, voltage};

/// Posts to a path below `/api/v1/quarantine`.
async fn post(server: &TestServer, path: &str, body: &Value) -> (u16, Value) {
    let answer = ask(server.http, "POST", &format!("/api/v1/quarantine/{path}"), &[], &body.to_string()).await;
    (answer.status, serde_json::from_str(&answer.body).unwrap_or_default())
}

#[tokio::test]
async fn a_refused_reading_is_corrected_and_kept() {
    let server = TestServer::start().await;
    server.post(&json!([voltage(1, 4100.0), voltage(2, 4000.0), voltage(3, 9e9)])).await;
    let listed = server.get("/api/v1/quarantine?reason=range&limit=2").await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    assert_eq!((listed["items"][1]["value"].as_f64(), listed["before"].as_i64()), (Some(4000.0), Some(2)));
    let body = json!({ "matching": { "asset": "cell-1" }, "rule": { "unit": "mV" } });
    let (status, promised) = post(&server, "preview", &body).await;
    assert_eq!((status, &promised["accepted"], &promised["refused"]), (200, &json!(2), &json!({ "range": 1 })));
    assert_eq!(server.kept().await, []);
    let (_, done) = post(&server, "readmit", &body).await;
    assert_eq!((&done["accepted"], &done["action"]), (&json!(2), &json!(1)));
    assert_eq!(server.kept().await, [(1.0, 4.1), (2.0, 4.0)]);
    assert_eq!(post(&server, "dismiss", &json!({ "keys": [3], "note": "spike" })).await.1["items"], 1);
    assert_eq!(server.get("/api/v1/quarantine/3").await["state"], "dismissed");
    assert_eq!(server.get("/api/v1/quarantine?state=open").await["items"], json!([]));
    assert_eq!(server.get("/api/v1/quarantine/actions").await.as_array().unwrap().len(), 2);
    assert_eq!(server.get("/api/v1/rejections").await["range"], 3, "counts tell what was refused at the door");
    server.stop().await;
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused_by_name() {
    let server = TestServer::start().await;
    let check = async |body: Value, expected: &str| {
        let (status, answer) = post(&server, "readmit", &body).await;
        let told = answer["error"].as_str().unwrap_or_default().to_owned();
        assert!(status == 400 && told.contains(expected), "{body}: {status} {told}");
    };
    check(json!({}), "either `keys` or `matching`").await;
    check(json!({ "keys": [1], "matching": {} }), "either `keys` or `matching`").await;
    check(json!({ "keys": [1], "rule": { "colour": 1 } }), "colour").await;
    check(json!({ "matching": [null, null] }), "expected a map").await;
    check(json!({ "keys": [1], "rule": [null, null] }), "expected a map").await;
    check(json!([[1], null]), "expected a map").await;
    check(json!({ "keys": [1], "rule": { "unit": "furlong" } }), "`unit`").await;
    check(json!({ "keys": vec![1; 10_001] }), "more than 10000 items").await;
    assert_eq!(ask(server.http, "GET", "/api/v1/quarantine/7", &[], "").await.status, 404);
    let foreign = [("Origin", "http://evil.example")];
    assert_eq!(ask(server.http, "POST", "/api/v1/quarantine/dismiss", &foreign, "{}").await.status, 403);
    server.stop().await;
}
