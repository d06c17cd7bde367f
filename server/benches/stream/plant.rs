//! A server of one's own with ten transformers, and what they report.

use std::{
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, SystemTime},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinHandle,
    time::MissedTickBehavior,
};
use twin::id::AssetId;
use wire::{ClientFrame, frame::Subscription};

use super::{cpu_of, free_address};

pub const ASSETS: usize = 10;

/// When assets report.
#[derive(Debug, Clone, Copy)]
pub enum Rhythm {
    /// A gateway reads them all once a second and sends message after message.
    TogetherOnceASecond,
    /// Each once a second, a tenth of a second after another.
    EachAtItsOwnTime,
}

impl Rhythm {
    pub fn name(self) -> &'static str {
        match self {
            Rhythm::TogetherOnceASecond => "stream.viewers",
            Rhythm::EachAtItsOwnTime => "stream.viewers_apart",
        }
    }
}

pub struct Plant {
    pub http: SocketAddr,
    child: Child,
    _folder: tempfile::TempDir,
}

impl Plant {
    pub async fn start() -> Plant {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a repository");
        let folder = tempfile::tempdir().expect("a folder");
        let asset = |n| {
            format!(
                "[[asset]]\nid = \"t{n}\"\ntitle = \"T{n}\"\nmodel = \"power-transformer\"\nsignals = {{ load = {{ from = \"load\" }} }}\n"
            )
        };
        let plant: String = (0..ASSETS).map(asset).collect();
        std::fs::write(folder.path().join("plant.toml"), format!("title = \"Viewed plant\"\n{plant}"))
            .expect("a plant");
        let (http, mqtt) = (free_address(), free_address());
        let child = Command::new(env!("CARGO_BIN_EXE_twinlight"))
            .arg("serve")
            .current_dir(folder.path())
            .env("TWINLIGHT_SERVER__ADDRESS", http.to_string())
            .env("TWINLIGHT_MQTT__ADDRESS", mqtt.to_string())
            .env("TWINLIGHT_STORE__PATH", folder.path().join("twinlight.db"))
            .env("TWINLIGHT_PLANT__FILE", folder.path().join("plant.toml"))
            .env("TWINLIGHT_PLANT__MODELS", repository.join("server/models"))
            .env("TWINLIGHT_LOG", "warn")
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the server starts");
        while TcpStream::connect(http).await.is_err() || healthy(http).await.is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Plant { http, child, _folder: folder }
    }

    /// The frame that asks for every asset.
    pub fn subscribe(&self) -> Vec<u8> {
        let asset = |n| Subscription { asset: AssetId::parse(&format!("t{n}")).expect("an id"), after: None };
        wire::encode(&ClientFrame::Subscribe { assets: (0..ASSETS).map(asset).collect(), store_id: None })
    }

    /// One sample of every asset.
    pub async fn publish_once(&self) {
        let mut gateway = Gateway::connect(self.http).await;
        for asset in 0..ASSETS {
            gateway.publish(asset, 1).await;
        }
    }

    /// One sample a second of every asset, until it is aborted.
    pub fn publish(&self, rhythm: Rhythm) -> JoinHandle<()> {
        let http = self.http;
        tokio::spawn(async move {
            let mut gateway = Gateway::connect(http).await;
            let pause = match rhythm {
                Rhythm::TogetherOnceASecond => Duration::from_secs(1),
                Rhythm::EachAtItsOwnTime => Duration::from_secs(1) / ASSETS as u32,
            };
            let mut beat = tokio::time::interval(pause);
            beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
            for round in 0.. {
                beat.tick().await;
                match rhythm {
                    Rhythm::TogetherOnceASecond => gateway.publish_all(round).await,
                    Rhythm::EachAtItsOwnTime => gateway.publish(round as usize % ASSETS, round).await,
                }
            }
        })
    }

    pub fn resident_kib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it has memory");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    pub fn cpu(&self) -> Duration {
        cpu_of(self.child.id())
    }
}

impl Drop for Plant {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What sends the readings: one connection, a message an asset.
struct Gateway {
    stream: TcpStream,
    host: SocketAddr,
}

impl Gateway {
    async fn connect(host: SocketAddr) -> Gateway {
        let stream = TcpStream::connect(host).await.expect("the server listens");
        stream.set_nodelay(true).expect("a socket");
        Gateway { stream, host }
    }

    fn request(&self, asset: usize, round: u32) -> String {
        let now = SystemTime::UNIX_EPOCH.elapsed().expect("a clock").as_micros();
        let value = 300.0 + f64::from(round % 100) / 4.0;
        let body = format!(r#"[{{"asset":"t{asset}","signal":"load","t":{now},"v":{value}}}]"#);
        let head = format!("POST /api/v1/telemetry HTTP/1.1\r\nHost: {}\r\n", self.host);
        format!("{head}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    }

    async fn publish(&mut self, asset: usize, round: u32) {
        let request = self.request(asset, round);
        self.stream.write_all(request.as_bytes()).await.expect("it takes readings");
        self.answers(1).await;
    }

    /// Message after message, without waiting for the answer to each.
    async fn publish_all(&mut self, round: u32) {
        for asset in 0..ASSETS {
            let request = self.request(asset, round);
            self.stream.write_all(request.as_bytes()).await.expect("it takes readings");
        }
        self.answers(ASSETS).await;
    }

    async fn answers(&mut self, count: usize) {
        let mut said = Vec::new();
        while said.windows(16).filter(|words| words.starts_with(b"\"accepted\":1")).count() < count {
            assert!(self.stream.read_buf(&mut said).await.expect("it answers") > 0, "it hung up");
        }
    }
}

async fn healthy(http: SocketAddr) -> Option<()> {
    let mut stream = TcpStream::connect(http).await.ok()?;
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {http}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    answer.starts_with("HTTP/1.1 200").then_some(())
}
