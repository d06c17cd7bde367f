//! Telemetry and questions over HTTP.

use serde_json::{Value, json};

use crate::support::{START, TestServer, ask, voltage};

#[tokio::test]
async fn a_reading_is_kept_once_however_often_it_is_sent() {
    let server = TestServer::start().await;
    let readings = json!([voltage(1, 4.1), voltage(2, 4.0)]);
    assert_eq!(server.post(&readings).await, json!({ "accepted": 2, "duplicates": 0, "rejected": [] }));
    assert_eq!(server.post(&readings).await, json!({ "accepted": 0, "duplicates": 2, "rejected": [] }));
    assert_eq!(server.kept().await, [(1.0, 4.1), (2.0, 4.0)]);
    server.stop().await;
}

#[tokio::test]
async fn what_does_not_fit_is_rejected_by_name_and_the_rest_is_kept() {
    let server = TestServer::start().await;
    let at = |signal: &str, t: i64, v: Value| json!({ "asset": "cell-1", "signal": signal, "t": t, "v": v });
    let future = START + 3_600_000_000;
    let readings = json!([
        voltage(1, 4.1),
        { "asset": "cell-2", "signal": "voltage", "t": START, "v": 1 },
        at("pressure", START, json!(1)),
        { "asset": "cell-1", "signal": "voltage", "t": START, "v": 1, "u": "A" },
        at("voltage", START, json!(50)),
        at("voltage", future, json!(4)),
        at("voltage", START, json!("warm")),
        voltage(1, 4.2),
        { "asset": "cell-1", "signal": "voltage", "t": START + 5, "v": 3900, "u": "mV" },
        at("current", START, json!(-2.0)),
        at("current", START + 1, json!(0)),
        at("voltage", -2_208_988_800_000_001, json!(4)),
    ]);
    let receipt = server.post(&readings).await;
    assert_eq!(receipt["accepted"], 4);
    let reasons: Vec<(u64, &str)> = receipt["rejected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|refused| (refused["index"].as_u64().unwrap(), refused["reason"].as_str().unwrap()))
        .collect();
    let expected = [
        (1, "unknown-asset"),
        (2, "unknown-signal"),
        (3, "unit"),
        (4, "range"),
        (5, "future"),
        (6, "malformed"),
        (7, "conflict"),
        (11, "past"),
    ];
    assert_eq!(reasons, expected);
    let details: Vec<&str> =
        receipt["rejected"].as_array().unwrap().iter().map(|refused| refused["detail"].as_str().unwrap()).collect();
    assert_eq!(
        details[..4],
        [
            "there is no asset `cell-2`; did you mean `cell-1`?",
            "asset `cell-1` has no signal `pressure`",
            "`voltage` is in V here and was sent as `A`",
            "50 V is outside 0 to 5",
        ]
    );
    assert!(details.iter().all(|detail| detail.len() > 9), "{details:?}");
    let values: Vec<f64> = server.kept().await.into_iter().map(|(_, value)| value).collect();
    assert_eq!(values, [4.1, 3.9, 2.0, 0.0]);
    assert!(values[3].is_sign_positive(), "the sign of a zero is nobody's business");
    assert_eq!(server.get("/api/v1/rejections").await["conflict"], 1);
    server.stop().await;
}

#[tokio::test]
async fn a_seq_that_no_entry_can_have_is_refused() {
    let server = TestServer::start().await;
    for (after, status) in [(i64::MAX as u64, 200), (i64::MAX as u64 + 1, 400), (u64::MAX, 400)] {
        let path = format!("/api/v1/samples?asset=cell-1&after_seq={after}");
        assert_eq!(ask(server.http, "GET", &path, &[], "").await.status, status, "{after}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_is_no_array_is_refused_whole() {
    let server = TestServer::start().await;
    let answer = ask(server.http, "POST", "/api/v1/telemetry", &[], "{}").await;
    assert_eq!(answer.status, 400);
    let huge = [("Content-Length", "5000000")];
    assert_eq!(ask(server.http, "POST", "/api/v1/telemetry", &huge, "").await.status, 413);
    server.stop().await;
}

#[tokio::test]
async fn an_event_shares_the_asset_s_numbers_with_samples() {
    let server = TestServer::start().await;
    server.post(&json!([voltage(1, 4.1)])).await;
    let event = json!({ "asset": "cell-1", "id": "c-1", "t": START, "kind": "charged", "note": "full" });
    for (accepted, duplicates) in [(1, 0), (0, 1)] {
        let answer = ask(server.http, "POST", "/api/v1/events", &[], &event.to_string()).await;
        let receipt: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((receipt["accepted"].as_u64(), receipt["duplicates"].as_u64()), (Some(accepted), Some(duplicates)));
    }
    server.post(&json!([voltage(2, 4.0)])).await;
    let samples = server.get("/api/v1/samples?asset=cell-1").await;
    let entries = samples["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 3);
    assert_eq!((entries[1]["seq"].as_u64(), entries[1]["kind"].as_str()), (Some(2), Some("charged")));
    assert_eq!(entries[2]["seq"], 3);
    server.stop().await;
}

#[tokio::test]
async fn a_history_is_thinned_to_the_width_it_is_asked_for() {
    let server = TestServer::start().await;
    let readings: Vec<Value> = (0..60).map(|n| voltage(n, 3.0 + (n % 7) as f64 / 10.0)).collect();
    server.post(&json!(readings)).await;
    let path = |width| {
        format!("/api/v1/history?asset=cell-1&signal=voltage&from={START}&to={}&width={width}", START + 59_000_000)
    };
    let all = server.get(&path(100)).await;
    assert_eq!((all["total"].as_u64(), all["points"].as_array().unwrap().len()), (Some(60), 60));
    let thin = server.get(&path(3)).await;
    let points = thin["points"].as_array().unwrap();
    assert!(points.len() <= 12 && points.len() >= 6, "{points:?}");
    let values: Vec<f64> = points.iter().map(|point| point["value"].as_f64().unwrap()).collect();
    assert!(values.contains(&3.0) && values.contains(&3.6), "extremes are kept: {values:?}");
    server.stop().await;
}

#[tokio::test]
async fn what_was_kept_is_there_after_a_restart_and_numbers_go_on() {
    let server = TestServer::start().await;
    server.post(&json!([voltage(1, 4.1), voltage(2, 4.0)])).await;
    let server = TestServer::start_in(server.stop().await).await;
    server.post(&json!([voltage(2, 4.0), voltage(3, 3.9)])).await;
    assert_eq!(server.kept().await, [(1.0, 4.1), (2.0, 4.0), (3.0, 3.9)]);
    server.stop().await;
}

#[tokio::test]
async fn a_playback_stands_still_while_the_server_is_off() {
    let server = TestServer::start().await;
    let clock = |plant: &Value| plant["assets"][0]["clock"]["now"].as_i64().unwrap();
    let before = clock(&server.get("/api/v1/plant").await);
    let folder = server.stop().await;
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let server = TestServer::start_in(folder).await;
    let after = clock(&server.get("/api/v1/plant").await);
    assert!(after >= before && after - before < 1_400_000, "{before} {after}");
    server.stop().await;
}
