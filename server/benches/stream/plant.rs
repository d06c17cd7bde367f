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
    /// A gateway reads them all once a second and sends them in one message.
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
            .env("TWINLIGHT_LOG__FILTER", "warn")
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
        gateway.publish(0..ASSETS, 1).await;
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
                let assets = match rhythm {
                    Rhythm::TogetherOnceASecond => 0..ASSETS,
                    Rhythm::EachAtItsOwnTime => (round as usize % ASSETS)..(round as usize % ASSETS + 1),
                };
                gateway.publish(assets, round).await;
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

/// What sends the readings, over one connection.
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

    /// Sends one reading each of these assets in one message.
    async fn publish(&mut self, assets: std::ops::Range<usize>, round: u32) {
        let now = SystemTime::UNIX_EPOCH.elapsed().expect("a clock").as_micros();
        let value = 300.0 + f64::from(round % 100) / 4.0;
        let reading = |n| format!(r#"{{"asset":"t{n}","signal":"load","t":{now},"v":{value}}}"#);
        let count = assets.len();
        let body = format!("[{}]", assets.map(reading).collect::<Vec<_>>().join(","));
        let head = format!("POST /api/v1/telemetry HTTP/1.1\r\nHost: {}\r\n", self.host);
        let head = format!("{head}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
        self.stream.write_all(format!("{head}{body}").as_bytes()).await.expect("it takes readings");
        let expected = format!("\"accepted\":{count}");
        let mut said = Vec::new();
        while !said.windows(expected.len()).any(|words| words == expected.as_bytes()) {
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
