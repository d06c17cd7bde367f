//! The API as it is described: every answer that the document names occurs, and refusals are JSON.

use std::{collections::BTreeSet, io::Read};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{Answer, PATIENCE, TestServer, ask, plant_folder, repository};

/// Of a request, beside those that every request has.
type Headers<'a> = &'a [(&'a str, &'a str)];

async fn document(server: &TestServer) -> Value {
    server.get("/api/openapi.json").await
}

/// Every answer that the document names: method, path and status.
fn named(document: &Value) -> BTreeSet<(String, String, u16)> {
    let mut named = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            for status in operation["responses"].as_object().unwrap().keys() {
                named.insert((method.to_uppercase(), path.clone(), status.parse().unwrap()));
            }
        }
    }
    named
}

fn is_refusal(answer: &Answer) -> bool {
    let body: Result<Value, _> = serde_json::from_str(&answer.body);
    let says_why = body.is_ok_and(|body| body["error"].as_str().is_some_and(|why| !why.is_empty()));
    says_why && answer.head.contains("content-type: application/json")
}

/// The path as the document names it.
fn template(path: &str) -> String {
    let path = path.split('?').next().unwrap();
    let is_key = |last: &str| !["actions", "preview", "readmit", "dismiss"].contains(&last);
    match path.strip_prefix("/api/v1/quarantine/") {
        Some(last) if is_key(last) => "/api/v1/quarantine/{key}".into(),
        _ => path.into(),
    }
}

#[tokio::test]
async fn every_answer_that_is_described_occurs() {
    let server = TestServer::start_with(plant_folder(), |config| {
        config.server.stall_secs = 1;
        config.server.notice_secs = 1;
    })
    .await;
    let document = document(&server).await;
    let mut seen = BTreeSet::new();
    let json = [("Content-Type", "application/json")];
    let text = [("Content-Type", "text/plain")];
    let large = [("Content-Length", "5000000")];
    let packed = [("Content-Encoding", "compress")];
    let short = [("Content-Length", "50")];
    let event = r#"{"asset":"cell-1","id":"e","kind":"charged"}"#;
    let reading = r#"[{"asset":"cell-1","signal":"voltage","v":3.7}]"#;
    let strange = r#"[{"asset":"cell-2","signal":"voltage","v":3.7}]"#;
    let all = r#"{"matching":{}}"#;
    let model =
        twin::Model::parse(&std::fs::read_to_string(repository().join("server/models/li-ion-cell.toml")).unwrap())
            .unwrap();
    let model = wire::taken::short(&model);
    let proposed = format!(
        r#"{{"asset":"cell-1","model":"{model}","from":1,"to":2,"count":9,"before":3,"after":1,
        "found":[{{"name":"health","value":0.8,"within":0.01,"was":0.9}}]}}"#
    );
    let long = format!("/api/v1/samples?asset=cell-1&after_seq={}", u64::MAX);
    let requests: &[(&str, &str, Headers, &str)] = &[
        ("GET", "/healthz", &[], ""),
        ("GET", "/readyz", &[], ""),
        ("GET", "/metrics", &[], ""),
        ("GET", "/api/v1/requests", &[], ""),
        ("GET", "/api/v1/plant", &[], ""),
        ("GET", "/api/v1/rejections", &[], ""),
        ("GET", "/api/v1/history?asset=cell-1&signal=voltage", &[], ""),
        ("GET", "/api/v1/history?asset=cell-1&signal=nothing", &[], ""),
        ("GET", "/api/v1/history?asset=cell-1&signal=voltage&width=wide", &[], ""),
        ("GET", "/api/v1/history?asset=cell-2&signal=voltage", &[], ""),
        ("GET", "/api/v1/samples?asset=cell-1", &[], ""),
        ("GET", "/api/v1/samples?asset=Cell!", &[], ""),
        ("GET", &long, &[], ""),
        ("GET", "/api/v1/samples?asset=cell-2", &[], ""),
        ("POST", "/api/v1/telemetry", &json, reading),
        ("POST", "/api/v1/telemetry", &json, "{}"),
        ("POST", "/api/v1/telemetry", &text, reading),
        ("POST", "/api/v1/telemetry", &large, ""),
        ("POST", "/api/v1/telemetry", &short, "["),
        ("POST", "/api/v1/telemetry", &json, strange),
        ("GET", "/api/v1/lineage?asset=cell-1&seq=1", &[], ""),
        ("GET", "/api/v1/lineage?asset=cell-1&seq=-1", &[], ""),
        ("GET", "/api/v1/lineage?asset=cell-1&seq=9", &[], ""),
        ("GET", "/api/v1/twin?asset=cell-1&seq=1", &[], ""),
        ("GET", "/api/v1/twin?asset=cell-1&seq=first", &[], ""),
        ("GET", "/api/v1/twin?asset=cell-1&seq=9", &[], ""),
        ("GET", "/api/v1/entries?asset=cell-1&from=0", &[], ""),
        ("GET", "/api/v1/entries?asset=cell-1&after=first", &[], ""),
        ("GET", "/api/v1/entries?asset=cell-2", &[], ""),
        ("GET", "/api/v1/quarantine", &[], ""),
        ("GET", "/api/v1/quarantine?limit=many", &[], ""),
        ("GET", "/api/v1/quarantine/1", &[], ""),
        ("GET", "/api/v1/quarantine/7", &[], ""),
        ("GET", "/api/v1/quarantine/first", &[], ""),
        ("GET", "/api/v1/quarantine/actions", &[], ""),
        ("POST", "/api/v1/quarantine/preview", &json, all),
        ("POST", "/api/v1/quarantine/preview", &json, "{}"),
        ("POST", "/api/v1/quarantine/preview", &text, all),
        ("POST", "/api/v1/quarantine/preview", &large, ""),
        ("POST", "/api/v1/quarantine/preview", &short, "{"),
        ("POST", "/api/v1/quarantine/readmit", &json, all),
        ("POST", "/api/v1/quarantine/readmit", &json, "{}"),
        ("POST", "/api/v1/quarantine/readmit", &text, all),
        ("POST", "/api/v1/quarantine/readmit", &large, ""),
        ("POST", "/api/v1/quarantine/readmit", &short, "{"),
        ("POST", "/api/v1/quarantine/dismiss", &json, all),
        ("POST", "/api/v1/quarantine/dismiss", &json, "{}"),
        ("POST", "/api/v1/quarantine/dismiss", &text, all),
        ("POST", "/api/v1/quarantine/dismiss", &large, ""),
        ("POST", "/api/v1/quarantine/dismiss", &short, "{"),
        ("GET", "/api/v1/calibrations?asset=cell-1", &[], ""),
        ("GET", "/api/v1/calibrations?asset=Cell!", &[], ""),
        ("GET", "/api/v1/calibrations?asset=cell-2", &[], ""),
        ("POST", "/api/v1/calibrations", &json, &proposed),
        ("POST", "/api/v1/calibrations", &json, &proposed),
        ("POST", "/api/v1/calibrations", &json, "{}"),
        ("POST", "/api/v1/calibrations", &json, &proposed.replace("cell-1", "cell-2")),
        ("POST", "/api/v1/calibrations", &json, &proposed.replace(&model, "00")),
        ("POST", "/api/v1/calibrations", &text, &proposed),
        ("POST", "/api/v1/calibrations", &large, ""),
        ("POST", "/api/v1/calibrations", &short, "{"),
        ("POST", "/api/v1/calibrations/take", &json, r#"{"asset":"cell-1","proposal":2,"reason":"as measured"}"#),
        ("POST", "/api/v1/calibrations/take", &json, r#"{"asset":"cell-1","proposal":2,"reason":"again"}"#),
        ("POST", "/api/v1/calibrations/take", &json, r#"{"asset":"cell-1","proposal":3,"reason":""}"#),
        ("POST", "/api/v1/calibrations/take", &json, r#"{"asset":"cell-1","proposal":9,"reason":"none"}"#),
        ("POST", "/api/v1/calibrations/take", &text, "{}"),
        ("POST", "/api/v1/calibrations/take", &large, ""),
        ("POST", "/api/v1/calibrations/take", &short, "{"),
        ("POST", "/api/v1/calibrations/decline", &json, r#"{"asset":"cell-1","proposal":3,"reason":"odd"}"#),
        ("POST", "/api/v1/calibrations/decline", &json, r#"{"asset":"cell-1","proposal":3,"reason":"odd"}"#),
        ("POST", "/api/v1/calibrations/decline", &json, "{}"),
        ("POST", "/api/v1/calibrations/decline", &json, r#"{"asset":"cell-1","proposal":9,"reason":"none"}"#),
        ("POST", "/api/v1/calibrations/decline", &text, "{}"),
        ("POST", "/api/v1/calibrations/decline", &large, ""),
        ("POST", "/api/v1/calibrations/decline", &short, "{"),
        ("POST", "/write", &[], "cell-1 voltage=3.7"),
        ("POST", "/write", &[], "what?"),
        ("POST", "/write", &packed, ""),
        ("POST", "/write", &large, ""),
        ("POST", "/write", &short, "cell-1"),
        ("POST", "/api/v2/write?precision=s", &[], "cell-1 voltage=3.7"),
        ("POST", "/api/v2/write?precision=years", &[], "cell-1 voltage=3.7"),
        ("POST", "/api/v2/write", &packed, ""),
        ("POST", "/api/v2/write", &large, ""),
        ("POST", "/api/v2/write", &short, "cell-1"),
        ("POST", "/api/v1/events", &json, event),
        ("POST", "/api/v1/events", &json, "7"),
        ("POST", "/api/v1/events", &text, event),
        ("POST", "/api/v1/events", &large, ""),
        ("POST", "/api/v1/events", &short, "["),
    ];
    for (method, path, headers, body) in requests {
        let answer = ask(server.http, method, path, headers, body).await;
        assert!(answer.status < 400 || is_refusal(&answer), "{method} {path}: {} {}", answer.status, answer.body);
        seen.insert((method.to_string(), template(path), answer.status));
    }
    server.tell_to_stop();
    seen.insert(("GET".into(), "/readyz".into(), ask(server.http, "GET", "/readyz", &[], "").await.status));
    server.stop().await;
    let described = named(&document);
    let mut unseen = described.clone();
    unseen.retain(|answer| !seen.contains(answer));
    // A store that is full of work, which `accept` answers for: the suite of the store fills one. And more questions of
    // the past at once than are heard.
    unseen.retain(|(method, path, status)| !((method == "POST" || path == "/api/v1/twin") && *status == 503));
    assert!(unseen.is_empty(), "named, and did not occur: {unseen:?}");
    let undescribed: Vec<_> = seen.difference(&described).collect();
    assert!(undescribed.is_empty(), "occurred, and is not named: {undescribed:?}");
}

#[tokio::test]
async fn what_is_refused_under_api_is_refused_in_json() {
    let server = TestServer::start().await;
    let evil = [("Host", "evil.example")];
    let foreign = [("Origin", "http://evil.example")];
    let requests: &[(&str, &str, Headers, u16)] = &[
        ("GET", "/api/v1/nothing", &[], 404),
        ("GET", "/api/nothing", &[], 404),
        ("POST", "/api/nothing/at/all", &[], 404),
        ("DELETE", "/api/v1/plant", &[], 405),
        ("GET", "/api/v1/telemetry", &[], 405),
        ("POST", "/metrics", &[], 405),
        ("GET", "/api/v1/history", &[], 400),
        ("GET", "/api/v1/samples?asset=a&asset=b", &[], 400),
        ("GET", "/api/v1/samples?asset=%FF", &[], 400),
        ("GET", "/api/v1/plant", &evil, 421),
        ("GET", "/metrics", &evil, 421),
        ("POST", "/api/v1/telemetry", &foreign, 403),
    ];
    for (method, path, headers, status) in requests {
        let answer = ask(server.http, method, path, headers, "").await;
        assert_eq!(answer.status, *status, "{method} {path}: {}", answer.body);
        assert!(is_refusal(&answer), "{method} {path}: {} {}", answer.head, answer.body);
    }
    let answer = ask(server.http, "DELETE", "/api/v1/plant", &[], "").await;
    assert!(answer.head.contains("allow: get,head"), "{}", answer.head);
    server.stop().await;
}

#[tokio::test]
async fn a_refusal_is_put_into_json_before_it_is_compressed() {
    let server = TestServer::start().await;
    let question =
        "GET /api/v1/history HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n";
    let mut stream = TcpStream::connect(server.http).await.unwrap();
    stream.write_all(question.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.unwrap().unwrap();
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    assert!(head.contains("content-encoding: gzip") && head.contains("content-type: application/json"), "{head}");
    let start = bytes.windows(2).position(|window| window == [0x1f, 0x8b]).unwrap();
    let mut text = String::new();
    // A chunk may end anywhere, but this answer is one.
    flate2::read::GzDecoder::new(&bytes[start..]).read_to_string(&mut text).unwrap();
    assert!(text.starts_with("{\"error\":\"failed to deserialize query string: missing field"), "{text}");
    server.stop().await;
}

#[tokio::test]
async fn pages_are_refused_in_their_own_way() {
    let server = TestServer::start().await;
    let answer = ask(server.http, "GET", "/nowhere", &[], "").await;
    assert_eq!(answer.status, 404);
    assert!(answer.head.contains("content-type: text/html"), "{}", answer.head);
    server.stop().await;
}

#[tokio::test]
async fn the_page_of_the_api_says_all_that_its_document_says() {
    let server = TestServer::start().await;
    let page = ask(server.http, "GET", "/api", &[], "").await;
    assert_eq!(page.status, 200);
    assert!(page.head.contains("content-security-policy: default-src 'none'; style-src 'self'"), "{}", page.head);
    let document = document(&server).await;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            assert!(page.body.contains(&format!("<b>{}</b> {path}</h3>", method.to_uppercase())), "{method} {path}");
        }
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(page.body.contains(&format!("id=\"{name}\"")), "{name}");
    }
    assert!(!page.body.contains("<script") && !page.body.contains("style=") && !page.body.contains("//"));
    server.stop().await;
}
