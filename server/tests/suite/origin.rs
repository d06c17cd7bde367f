//! Who may call at all.

use serde_json::json;

use crate::support::{TestServer, ask, voltage};

async fn check(method: &str, path: &str, headers: &[(&str, &str)], expected: u16) {
    let server = TestServer::start().await;
    let own = format!("http://{}", server.http);
    let headers: Vec<(&str, &str)> =
        headers.iter().map(|(name, value)| (*name, if *value == "own" { own.as_str() } else { *value })).collect();
    let body = if method == "POST" { json!([voltage(1, 4.0)]).to_string() } else { String::new() };
    let answer = ask(server.http, method, path, &headers, &body).await;
    assert_eq!(answer.status, expected, "{method} {path} {headers:?}");
    let kept = server.kept().await.len();
    assert_eq!(kept, usize::from(method == "POST" && expected == 200), "a refused change changes nothing");
    server.stop().await;
}

#[tokio::test]
async fn a_foreign_name_is_refused_on_every_route() {
    for path in ["/", "/healthz", "/api/v1/plant", "/ws", "/pkg/twinlight.js"] {
        check("GET", path, &[("Host", "evil.example")], 421).await;
    }
    check("POST", "/api/v1/telemetry", &[("Host", "evil.example:3000")], 421).await;
}

#[tokio::test]
async fn another_site_s_page_changes_nothing() {
    check("POST", "/api/v1/telemetry", &[("Origin", "http://evil.example")], 403).await;
    check("POST", "/api/v1/telemetry", &[("Origin", "null")], 403).await;
    check("POST", "/api/v1/telemetry", &[("Sec-Fetch-Site", "cross-site")], 403).await;
    check("POST", "/api/v1/events", &[("Sec-Fetch-Site", "same-site")], 403).await;
}

#[tokio::test]
async fn another_site_s_page_opens_no_socket() {
    let socket = [
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Origin", "http://evil.example"),
    ];
    check("GET", "/ws", &socket, 403).await;
}

#[tokio::test]
async fn machines_and_own_pages_pass() {
    check("POST", "/api/v1/telemetry", &[], 200).await;
    check("POST", "/api/v1/telemetry", &[("Origin", "own"), ("Sec-Fetch-Site", "same-origin")], 200).await;
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let server = TestServer::start().await;
    for path in ["/healthz", "/nowhere"] {
        let head = ask(server.http, "GET", path, &[], "").await.head;
        for header in ["x-content-type-options: nosniff", "content-security-policy: ", "referrer-policy: same-origin"] {
            assert!(head.contains(header), "{path}: {head}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn the_counter_counts_everything_but_itself() {
    let server = TestServer::start().await;
    server.get("/api/v1/plant").await;
    for _ in 0..3 {
        assert_eq!(server.get("/api/v1/requests").await["requests"], 1);
    }
    server.stop().await;
}
