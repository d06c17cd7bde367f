//! The HTTP door: slow, many, idle and late clients, and the end of the server.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use serde_json::json;
use server::config::Config;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{PATIENCE, Socket, TestServer, ask, plant_folder, voltage};

async fn server(change: impl FnOnce(&mut Config)) -> TestServer {
    TestServer::start_with(plant_folder(), change).await
}

async fn sends(server: SocketAddr, bytes: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    stream
}

/// What comes until the server closes, and how long that took.
async fn rest(stream: &mut TcpStream) -> (String, Duration) {
    let (begun, mut bytes) = (Instant::now(), Vec::new());
    // A reset is an end too.
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await.expect("the server closes");
    (String::from_utf8(bytes).unwrap(), begun.elapsed())
}

/// Reads the head and body of one answer of a known length.
async fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        let mut chunk = [0; 4096];
        let read = tokio::time::timeout(PATIENCE, stream.read(&mut chunk)).await.unwrap().unwrap();
        assert!(read > 0, "the server closed after {text:?}");
        bytes.extend(&chunk[..read]);
    }
}

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

#[tokio::test]
async fn a_head_that_trickles_in_is_given_up_on() {
    let server = server(|config| config.server.head_secs = 1).await;
    let mut stream = sends(server.http, "GET /healthz HTTP/1.1\r\n").await;
    let begun = Instant::now();
    let trickle = async {
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            if stream.write_all(b"A: b\r\n").await.is_err() {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, trickle).await.expect("the server hangs up");
    let took = begun.elapsed();
    assert!(took > Duration::from_millis(900) && took < Duration::from_secs(5), "{took:?}");
    server.stop().await;
}

#[tokio::test]
async fn a_connection_may_be_idle_for_longer_than_a_head_may_take() {
    let server = server(|config| (config.server.head_secs, config.server.idle_secs) = (1, 3)).await;
    let mut stream = sends(server.http, HEALTH).await;
    assert!(answer(&mut stream).await.ends_with("ok"));
    tokio::time::sleep(Duration::from_millis(1500)).await;
    stream.write_all(HEALTH.as_bytes()).await.unwrap();
    assert!(answer(&mut stream).await.ends_with("ok"));
    let (bytes, took) = rest(&mut stream).await;
    assert_eq!(bytes, "");
    assert!(took > Duration::from_millis(2500) && took < Duration::from_secs(8), "{took:?}");
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_stops_coming_is_answered_with_408() {
    let server = server(|config| config.server.stall_secs = 1).await;
    let head = "POST /api/v1/telemetry HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n[{";
    let mut stream = sends(server.http, head).await;
    let (answer, _) = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains(r#"{"error":"the body did not come to its end in time"}"#), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn an_answer_that_nobody_takes_ends_the_connection() {
    let server = server(|config| config.server.stall_secs = 1).await;
    let readings: Vec<_> = (0..5000).map(|n| voltage(n, 3.5 + n as f64 / 1e5)).collect();
    server.post(&json!(readings)).await;
    let mut stream = TcpStream::connect(server.http).await.unwrap();
    let question = "GET /api/v1/samples?asset=cell-1&limit=10000 HTTP/1.1\r\nHost: localhost\r\n\r\n";
    // Far more than the buffers of both sides hold.
    let asking = async {
        loop {
            if stream.write_all(question.as_bytes()).await.is_err() {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.expect("the server hangs up");
    server.stop().await;
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let server = server(|config| config.server.head_kib = 8).await;
    for (kib, status) in [(7, 200), (9, 431), (1000, 431)] {
        let padding = "x".repeat(kib * 1024);
        let mut stream = TcpStream::connect(server.http).await.unwrap();
        let request =
            format!("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Padding: {padding}\r\n\r\n");
        let _ = stream.write_all(request.as_bytes()).await;
        let mut head = [0; 12];
        tokio::time::timeout(PATIENCE, stream.read_exact(&mut head)).await.unwrap().unwrap();
        assert_eq!(String::from_utf8_lossy(&head), format!("HTTP/1.1 {status}"), "{kib} KiB");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_connection_too_many_is_told_so_and_those_within_go_on() {
    let server = server(|config| config.server.connections = 8).await;
    let mut socket = Socket::open(server.http).await;
    let mut streams = Vec::new();
    for _ in 0..7 {
        let mut stream = sends(server.http, HEALTH).await;
        answer(&mut stream).await;
        streams.push(stream);
    }
    for _ in 0..3 {
        let refused = ask(server.http, "GET", "/healthz", &[], "").await;
        assert_eq!((refused.status, refused.body.as_str()), (503, r#"{"error":"too many connections"}"#));
        assert!(refused.head.contains("retry-after: 1"), "{}", refused.head);
    }
    streams[0].write_all(HEALTH.as_bytes()).await.unwrap();
    assert!(answer(&mut streams[0]).await.ends_with("ok"));
    socket.next().await.expect("the hello of the socket");
    // A socket holds its place, and gives it back.
    drop(socket);
    let begun = Instant::now();
    while ask(server.http, "GET", "/healthz", &[], "").await.status != 200 {
        assert!(begun.elapsed() < PATIENCE, "the place of the socket is not given back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(streams);
    server.stop().await;
}

#[tokio::test]
async fn a_slow_request_is_answered_although_the_server_was_told_to_stop() {
    let server = TestServer::start().await;
    let body = json!([voltage(1, 4.1)]).to_string();
    let (first, second) = body.split_at(10);
    let head =
        format!("POST /api/v1/telemetry HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{first}", body.len());
    let mut stream = sends(server.http, &head).await;
    let mut idle = sends(server.http, HEALTH).await;
    answer(&mut idle).await;
    server.tell_to_stop();
    let (bytes, took) = rest(&mut idle).await;
    assert!(bytes.is_empty() && took < Duration::from_secs(5), "idle connections are closed: {bytes} {took:?}");
    let begun = Instant::now();
    while TcpStream::connect(server.http).await.is_ok() {
        assert!(begun.elapsed() < PATIENCE, "new connections are still taken");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stream.write_all(second.as_bytes()).await.unwrap();
    let (answer, _) = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains(r#""accepted":1"#), "{answer}");
    let server = TestServer::start_in(server.stop().await).await;
    assert_eq!(server.kept().await, [(1.0, 4.1)]);
    server.stop().await;
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_cut_off_when_the_server_stops() {
    let server = server(|config| config.server.drain_secs = 1).await;
    let head = "POST /api/v1/telemetry HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n[";
    let mut stream = sends(server.http, head).await;
    ask(server.http, "GET", "/healthz", &[], "").await;
    let begun = Instant::now();
    server.stop().await;
    let took = begun.elapsed();
    assert!(took > Duration::from_millis(900) && took < Duration::from_secs(8), "{took:?}");
    assert_eq!(rest(&mut stream).await.0, "");
}

#[tokio::test]
async fn browsers_are_told_that_the_server_goes_away() {
    let server = TestServer::start().await;
    let mut sockets = [Socket::open(server.http).await, Socket::open(server.http).await];
    sockets[0].subscribe("cell-1", None).await;
    for socket in &mut sockets {
        socket.next().await.expect("a hello");
    }
    server.tell_to_stop();
    for socket in &mut sockets {
        assert_eq!(socket.closed().await, Some(1001));
    }
    let begun = Instant::now();
    drop(sockets);
    server.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(8), "nothing is waited for: {:?}", begun.elapsed());
}
