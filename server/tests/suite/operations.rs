//! Health, readiness, metrics, and the names of requests.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};
use server::config::Config;

use crate::support::{PATIENCE, PLANT, Socket, TestServer, ask, plant_folder, process::Home, voltage};

async fn ready(server: &TestServer) -> (u16, Value) {
    let answer = ask(server.http, "GET", "/readyz", &[], "").await;
    (answer.status, serde_json::from_str(&answer.body).unwrap())
}

/// A server that has come to the end of its start: other questions wait for that.
async fn started(change: impl FnOnce(&mut Config)) -> TestServer {
    let server = TestServer::start_with(plant_folder(), change).await;
    server.get("/api/v1/plant").await;
    server
}

/// The value of every series, by name and labels.
async fn metrics(server: &TestServer) -> BTreeMap<String, f64> {
    let answer = ask(server.http, "GET", "/metrics", &[], "").await;
    assert!(answer.head.contains("content-type: text/plain; version=0.0.4"), "{}", answer.head);
    let lines = answer.body.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let series = lines.map(|line| {
        let (name, value) = line.rsplit_once(' ').unwrap();
        (name.to_string(), value.parse().unwrap_or_else(|_| panic!("{line}")))
    });
    series.collect()
}

#[tokio::test]
async fn a_server_at_work_is_ready_and_says_what_it_looked_at() {
    let server = started(|_| {}).await;
    let (status, found) = ready(&server).await;
    assert_eq!((status, &found["status"]), (200, &json!("ready")), "{found}");
    for check in ["store", "writer", "disk", "twins", "connector http", "connector mqtt"] {
        assert_eq!(found["checks"][check]["ok"], true, "{check}: {found}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_full_disk_makes_a_server_unready_but_not_dead() {
    let server = started(|config| config.store.reserve_mib = 1_048_576_000).await;
    let (status, found) = ready(&server).await;
    assert_eq!((status, &found["status"]), (503, &json!("failing")), "{found}");
    assert_eq!(found["checks"]["disk"]["ok"], false);
    assert!(found["checks"]["disk"]["why"].as_str().unwrap().contains("MiB free"), "{found}");
    assert_eq!(found["checks"]["store"]["ok"], true);
    assert_eq!(ask(server.http, "GET", "/healthz", &[], "").await.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn readiness_ends_before_requests_are_refused() {
    let server = started(|config| config.server.notice_secs = 2).await;
    let mut socket = Socket::open(server.http).await;
    socket.next().await.expect("a hello");
    server.tell_to_stop();
    let (status, found) = ready(&server).await;
    assert_eq!((status, &found["status"]), (503, &json!("stopping")), "{found}");
    assert_eq!(server.post(&json!([voltage(1, 4.1)])).await["accepted"], 1);
    assert_eq!(ask(server.http, "GET", "/healthz", &[], "").await.status, 200);
    assert_eq!(socket.closed().await, Some(1001));
    server.stop().await;
}

#[tokio::test]
async fn a_server_that_starts_lives_and_is_not_ready_and_lets_requests_wait() {
    // A plant file that is a pipe keeps the start waiting until something is written to it.
    let folder = plant_folder();
    let text = std::fs::read(folder.path().join("plant.toml")).unwrap();
    let pipe = folder.path().join("pipe.toml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let file = pipe.clone();
    let server = TestServer::start_with(folder, move |config| config.plant.file = file).await;
    let (status, found) = ready(&server).await;
    assert_eq!((status, &found["status"]), (503, &json!("starting")));
    assert_eq!(ask(server.http, "GET", "/healthz", &[], "").await.status, 200);
    assert_eq!(ask(server.http, "GET", "/healthz", &[("Host", "evil.example")], "").await.status, 421);
    let address = server.http;
    let waiting = tokio::spawn(async move { ask(address, "GET", "/api/v1/plant", &[], "").await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!waiting.is_finished());
    tokio::task::spawn_blocking(move || std::fs::write(pipe, text)).await.unwrap().unwrap();
    assert_eq!(tokio::time::timeout(PATIENCE, waiting).await.unwrap().unwrap().status, 200);
    assert_eq!(ready(&server).await.0, 200);
    server.stop().await;
}

#[tokio::test]
async fn what_happens_can_be_read_in_the_metrics() {
    let server = TestServer::start().await;
    let before = metrics(&server).await;
    assert_eq!(before[r#"twinlight_ingest_items_total{connector="mqtt",outcome="accepted"}"#], 0.0);
    server.post(&json!([voltage(1, 4.1), voltage(2, 4.0), voltage(2, 4.0), voltage(3, 99.0)])).await;
    ask(server.http, "GET", "/api/v1/plant", &[], "").await;
    ask(server.http, "GET", "/nowhere/7", &[], "").await;
    ask(server.http, "BREW", "/api/v1/plant", &[], "").await;
    let mut socket = Socket::open(server.http).await;
    socket.next().await.expect("a hello");
    let after = metrics(&server).await;
    for (series, expected) in [
        (r#"twinlight_ingest_items_total{connector="http",outcome="accepted"}"#, 2.0),
        (r#"twinlight_ingest_items_total{connector="http",outcome="duplicate"}"#, 1.0),
        (r#"twinlight_ingest_items_total{connector="http",outcome="rejected"}"#, 1.0),
        (r#"twinlight_ingest_deliveries_total{connector="http",outcome="kept"}"#, 1.0),
        (r#"twinlight_ingest_rejections_total{reason="range"}"#, 1.0),
        (r#"twinlight_http_requests_total{method="POST",route="/api/v1/telemetry",status="200"}"#, 1.0),
        (r#"twinlight_http_requests_total{method="GET",route="/api/v1/plant",status="200"}"#, 1.0),
        (r#"twinlight_http_requests_total{method="GET",route="other",status="404"}"#, 1.0),
        (r#"twinlight_http_requests_total{method="other",route="/api/v1/plant",status="405"}"#, 1.0),
        (r#"twinlight_connector_up{connector="mqtt"}"#, 1.0),
        ("twinlight_stream_sockets", 1.0),
        ("twinlight_store_queued_items", 0.0),
    ] {
        assert_eq!(after.get(series), Some(&expected), "{series}\n{after:#?}");
    }
    for (series, least) in [
        ("twinlight_store_commit_seconds_count", 1.0),
        ("twinlight_stream_frames_sent_total", 1.0),
        ("twinlight_store_file_bytes", 4096.0),
        ("twinlight_store_disk_free_bytes", 1.0),
        ("twinlight_process_resident_memory_bytes", 1e6),
        ("twinlight_process_start_time_seconds", 1.7e9),
        ("twinlight_http_request_seconds_count", 3.0),
    ] {
        assert!(after.get(series).is_some_and(|value| *value >= least), "{series}\n{after:#?}");
    }
    assert!(after.contains_key(r#"twinlight_twins_lag_entries{asset="cell-1"}"#), "{after:#?}");
    let is_named = |name: &String| name.starts_with("twinlight_");
    assert!(after.keys().all(is_named), "{after:#?}");
    drop(socket);
    server.stop().await;
}

#[tokio::test]
async fn callers_make_no_series_of_their_own() {
    let server = TestServer::start().await;
    let count = |series: &BTreeMap<String, f64>| series.len();
    ask(server.http, "GET", "/nowhere/0", &[], "").await;
    ask(server.http, "GET", "/api/nowhere/0", &[], "").await;
    ask(server.http, "M0", "/nowhere", &[], "").await;
    server.post(&json!([{ "asset": "x", "signal": "y", "v": 1 }])).await;
    metrics(&server).await;
    let before = count(&metrics(&server).await);
    for n in 1..20 {
        ask(server.http, "GET", &format!("/nowhere/{n}"), &[], "").await;
        ask(server.http, "GET", &format!("/api/nowhere/{n}"), &[], "").await;
        ask(server.http, &format!("M{n}"), "/nowhere", &[], "").await;
        server.post(&json!([{ "asset": format!("x{n}"), "signal": "y", "v": 1 }])).await;
    }
    assert_eq!(count(&metrics(&server).await), before);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_tells_what_is_refused_once_and_where_to_look() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::make(folder.path(), PLANT);
    let process = home.start(&[]);
    let send = async |unit: &str| {
        let item = json!([{ "asset": "cell-1", "signal": "voltage", "v": 1, "u": unit }]);
        let body = item.to_string();
        let head = [("Content-Type", "application/json")];
        assert_eq!(ask(process.http, "POST", "/api/v1/telemetry", &head, &body).await.status, 200);
    };
    let told = || home.log().lines().filter(|line| line.contains("is refused")).map(str::to_owned).collect::<Vec<_>>();
    for unit in ["degC", "kW", "A"] {
        send(unit).await;
    }
    let waited = std::time::Instant::now();
    while told().is_empty() && waited.elapsed() < PATIENCE {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let told = told();
    assert_eq!(told.len(), 1, "{told:?}");
    let says =
        ["WARN", "`voltage` is in V here and was sent as `degC`", "asset=cell-1", "signal=voltage", "reason=", "/data"];
    assert!(says.iter().all(|part| told[0].contains(part)), "{told:?}");
}

#[tokio::test]
async fn a_request_has_a_name() {
    let server = started(|_| {}).await;
    let name = async |given: &[(&str, &str)]| -> String {
        let head = ask(server.http, "GET", "/healthz", given, "").await.head;
        head.lines().find_map(|line| line.strip_prefix("x-request-id: ")).unwrap().to_string()
    };
    assert_eq!(name(&[("X-Request-Id", "gateway-7.1_a")]).await, "gateway-7.1_a");
    let (one, other) = (name(&[]).await, name(&[]).await);
    assert_ne!(one, other);
    for wrong in ["", "a b", "a;b", &"x".repeat(65), "\u{e4}"] {
        assert_ne!(name(&[("X-Request-Id", wrong)]).await, wrong);
    }
    server.stop().await;
}
