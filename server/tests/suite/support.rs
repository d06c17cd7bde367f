//! A server of one's own for each test, and the clients that speak to it.

pub mod loading;
pub mod process;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use futures::{SinkExt, StreamExt};
use serde_json::Value;
use server::{config::Config, serve::Bound};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinHandle,
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};
use tokio_util::sync::CancellationToken;
use wire::{ClientFrame, ServerFrame};

/// No answer takes so long.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub const PLANT: &str = r#"
title = "Test plant"

[clock.past]
start = "2020-01-01T00:00:00Z"
end = "2020-01-02T00:00:00Z"
rate = 1

[[asset]]
id = "cell-1"
title = "Cell 1"
model = "li-ion-cell"
clock = "past"

[asset.signals]
current = { from = "current", unit = "A", scale = -1 }
voltage = { from = "voltage" }
temperature = { from = "temperature" }
"#;

/// 2020-01-01T00:00:00Z, where the clock of `PLANT` starts.
pub const START: i64 = 1_577_836_800_000_000;

pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// A folder with `PLANT` in it.
pub fn plant_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("plant.toml"), PLANT).unwrap();
    folder
}

/// A server on ports of its own, and its folder.
pub struct TestServer {
    pub http: SocketAddr,
    pub mqtt: SocketAddr,
    pub folder: tempfile::TempDir,
    shutdown: CancellationToken,
    running: JoinHandle<anyhow::Result<()>>,
}

impl TestServer {
    pub async fn start() -> TestServer {
        TestServer::start_in(plant_folder()).await
    }

    pub async fn start_in(folder: tempfile::TempDir) -> TestServer {
        TestServer::start_with(folder, |_| {}).await
    }

    /// A server whose settings were changed.
    pub async fn start_with(folder: tempfile::TempDir, change: impl FnOnce(&mut Config)) -> TestServer {
        let mut config = Config::default();
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        (config.server.address, config.mqtt.address) = (any, any);
        config.store.path = folder.path().join("data").join("twinlight.db");
        config.plant.file = folder.path().join("plant.toml");
        config.plant.models = repository().join("server/models");
        config.site.root = folder.path().join("site");
        change(&mut config);
        let bound = Bound::bind(&config).await.unwrap();
        let (http, mqtt) = (bound.http.local_addr().unwrap(), bound.mqtt.local_addr().unwrap());
        let shutdown = CancellationToken::new();
        let running = tokio::spawn(bound.run(config, shutdown.clone()));
        TestServer { http, mqtt, folder, shutdown, running }
    }

    /// Tells it to stop, as Ctrl-C would, without waiting for that.
    pub fn tell_to_stop(&self) {
        self.shutdown.cancel();
    }

    /// Stops it as Ctrl-C would, and gives its folder back.
    pub async fn stop(self) -> tempfile::TempDir {
        self.shutdown.cancel();
        tokio::time::timeout(PATIENCE, self.running).await.unwrap().unwrap().unwrap();
        self.folder
    }

    pub async fn get(&self, path: &str) -> Value {
        let answer = ask(self.http, "GET", path, &[], "").await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    /// Posts readings; gives the receipt.
    pub async fn post(&self, readings: &Value) -> Value {
        let answer = ask(self.http, "POST", "/api/v1/telemetry", &[], &readings.to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    /// Waits until the twin of `asset` was told entry `seq`: it gives way to all others, and may be behind on a busy machine.
    pub async fn followed(&self, asset: &str, seq: u64) {
        let has_followed = |plant: Value| {
            let assets = plant["assets"].as_array().unwrap().clone();
            assets.iter().any(|own| own["id"] == asset && own["twin_seq"].as_u64().unwrap() >= seq)
        };
        while !has_followed(self.get("/api/v1/plant").await) {
            tokio::task::yield_now().await;
        }
    }

    /// The voltages that are kept: seconds since `START` and value, in order of seq.
    pub async fn kept(&self) -> Vec<(f64, f64)> {
        kept(self.http).await
    }
}

pub async fn kept(http: SocketAddr) -> Vec<(f64, f64)> {
    let mut kept = Vec::new();
    loop {
        let path = format!("/api/v1/samples?asset=cell-1&after_seq={}&limit=10000", kept.len());
        let answer = ask(http, "GET", &path, &[], "").await;
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        let entries = body["entries"].as_array().unwrap();
        if entries.is_empty() {
            return kept;
        }
        for entry in entries {
            assert_eq!(entry["seq"].as_u64().unwrap(), kept.len() as u64 + 1, "seqs are dense");
            let t = (entry["t"].as_i64().unwrap() - START) as f64 / 1e6;
            kept.push((t, entry["value"].as_f64().unwrap_or(f64::NAN)));
        }
    }
}

/// A voltage at so many seconds after `START`.
pub fn voltage(secs: i64, value: f64) -> Value {
    serde_json::json!({ "asset": "cell-1", "signal": "voltage", "t": START + secs * 1_000_000, "v": value })
}

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

/// One request on a connection of its own. `headers` may replace `Host` and `Content-Length`.
pub async fn ask(server: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
    let is_given = |name: &str| headers.iter().any(|(given, _)| *given == name);
    if !is_given("Host") {
        request += &format!("Host: {server}\r\n");
    }
    if !is_given("Content-Length") {
        request += &format!("Content-Length: {}\r\n", body.len());
    }
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    request += "\r\n";
    request += body;
    let mut stream = TcpStream::connect(server).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let answer = read_to_end(&mut stream).await;
    // Some answers are no text.
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_lowercase(), body: body.to_string() }
}

/// What an answer holds that is no text, and its status.
pub async fn ask_bytes(server: SocketAddr, path: &str) -> (u16, Vec<u8>) {
    let request = format!("GET {path} HTTP/1.1\r\nConnection: close\r\nHost: {server}\r\n\r\n");
    let mut stream = TcpStream::connect(server).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let answer = read_to_end(&mut stream).await;
    let head = answer.windows(4).position(|end| end == b"\r\n\r\n").unwrap();
    let status = std::str::from_utf8(&answer[..head]).unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer[head + 4..].to_vec())
}

async fn read_to_end(stream: &mut TcpStream) -> Vec<u8> {
    let mut answer = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    answer
}

/// A browser's end of `/ws`.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Frames received so far.
    pub received: u64,
}

impl Socket {
    pub async fn open(server: SocketAddr) -> Socket {
        let (stream, _) = tokio_tungstenite::connect_async(format!("ws://{server}/ws")).await.unwrap();
        Socket { stream, received: 0 }
    }

    pub async fn send(&mut self, frame: &ClientFrame) {
        self.send_bytes(wire::encode(frame)).await;
    }

    pub async fn send_bytes(&mut self, bytes: Vec<u8>) {
        self.stream.send(Message::Binary(bytes.into())).await.unwrap();
    }

    pub async fn subscribe(&mut self, asset: &str, after: Option<u64>) {
        let asset = twin::id::AssetId::parse(asset).unwrap();
        let assets = vec![wire::frame::Subscription { asset, after }];
        self.send(&ClientFrame::Subscribe { assets, store_id: None }).await;
    }

    /// Says goodbye; gives whether the server said so too before it hung up.
    pub async fn leave(mut self) -> bool {
        self.stream.close(None).await.unwrap();
        loop {
            match tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("an end in time") {
                Some(Ok(Message::Close(_))) => return true,
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return false,
            }
        }
    }

    /// The next frame; `None` once the server has closed.
    pub async fn next(&mut self) -> Option<ServerFrame> {
        Some(wire::decode(&self.next_bytes().await?).unwrap())
    }

    /// The bytes of the next frame.
    pub async fn next_bytes(&mut self) -> Option<bytes::Bytes> {
        loop {
            match tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("a frame in time") {
                Some(Ok(Message::Binary(bytes))) => {
                    self.received += 1;
                    return Some(bytes);
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// The code with which the server closes, once it does.
    pub async fn closed(&mut self) -> Option<u16> {
        loop {
            match tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("an end in time") {
                Some(Ok(Message::Close(close))) => return close.map(|close| close.code.into()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }

    /// The next frame that `pick` has an answer for.
    pub async fn until<T>(&mut self, mut pick: impl FnMut(ServerFrame) -> Option<T>) -> T {
        loop {
            if let Some(picked) = pick(self.next().await.expect("another frame")) {
                return picked;
            }
        }
    }
}
