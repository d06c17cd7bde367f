//! The real binary: started, wrapped, paused, killed.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use super::{PATIENCE, repository};

/// Below those that the system gives to whoever connects: nobody is given one of these while its server is away.
const PORTS: std::ops::Range<u16> = 18_000..32_000;

/// The binary, its doors, and what it says.
pub struct Process {
    pub child: Child,
    pub http: SocketAddr,
    pub mqtt: SocketAddr,
}

/// Where a server lives, from one start to the next.
#[derive(Debug, Clone)]
pub struct Home {
    /// Plant and log.
    pub folder: PathBuf,
    pub store: PathBuf,
    pub http: SocketAddr,
    pub mqtt: SocketAddr,
}

impl Process {
    /// Starts it with ports of its own and its data in `folder`. Nobody reads what it says once it listens, as when
    /// its terminal is closed.
    pub fn start(folder: &Path, wrapper: &[&str]) -> Process {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let store = folder.join("twinlight.db");
        let home = Home { folder: folder.to_path_buf(), store, http: any, mqtt: any };
        let mut child = home.command(wrapper).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let found = lines.by_ref().map_while(Result::ok).find_map(|line| doors(&line));
        let (http, mqtt) = found.expect("the server says where it listens");
        Process { child, http, mqtt }
    }

    /// `kill -9`.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(status.unwrap().success(), "{name}");
    }

    /// Whether it has not ended.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Home {
    /// A home in `folder`, with a plant.
    pub fn make(folder: &Path, plant: &str) -> Home {
        std::fs::write(folder.join("plant.toml"), plant).unwrap();
        let address = || SocketAddr::from(([127, 0, 0, 1], free_port()));
        Home { folder: folder.into(), store: folder.join("twinlight.db"), http: address(), mqtt: address() }
    }

    /// The same plant at other doors, with its data at `store`.
    pub fn beside(&self, store: PathBuf) -> Home {
        let address = || SocketAddr::from(([127, 0, 0, 1], free_port()));
        Home { folder: self.folder.clone(), store, http: address(), mqtt: address() }
    }

    fn command(&self, wrapper: &[&str]) -> Command {
        let binary = env!("CARGO_BIN_EXE_twinlight");
        let words: Vec<&str> = wrapper.iter().copied().chain([binary, "serve"]).collect();
        let mut command = Command::new(words[0]);
        command
            .args(&words[1..])
            .current_dir(&self.folder)
            .env("TWINLIGHT_SERVER__ADDRESS", self.http.to_string())
            .env("TWINLIGHT_MQTT__ADDRESS", self.mqtt.to_string())
            .env("TWINLIGHT_STORE__PATH", &self.store)
            .env("TWINLIGHT_PLANT__FILE", self.folder.join("plant.toml"))
            .env("TWINLIGHT_PLANT__MODELS", repository().join("server/models"))
            .env("TWINLIGHT_LOG__FILTER", "info")
            .env("NO_COLOR", "1");
        command
    }

    /// Starts the server here and waits until it listens.
    pub fn start(&self, wrapper: &[&str]) -> Process {
        // Whoever was killed may hold its ports for a moment longer.
        for _ in 0..100 {
            match self.try_start(wrapper) {
                Err(why) if why.contains("Address already in use") => std::thread::sleep(Duration::from_millis(50)),
                started => return started.unwrap_or_else(|why| panic!("the server did not start: {why}")),
            }
        }
        panic!("the server's ports stay in use");
    }

    /// The same; what it said where it ended instead.
    pub fn try_start(&self, wrapper: &[&str]) -> Result<Process, String> {
        let before = self.log().len();
        let mut process = self.begin(wrapper);
        let deadline = Instant::now() + PATIENCE;
        loop {
            let said = self.log();
            if said[before..].lines().any(|line| doors(line).is_some()) {
                return Ok(process);
            }
            if !process.is_running() || Instant::now() > deadline {
                return Err(said[before..].to_string());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Starts the server here and waits for nothing.
    pub fn begin(&self, wrapper: &[&str]) -> Process {
        let log = File::options().append(true).create(true).open(self.folder.join("log")).unwrap();
        let child = self.command(wrapper).stderr(log).spawn().unwrap();
        Process { child, http: self.http, mqtt: self.mqtt }
    }

    /// Whether the server that was started here last has said where it listens.
    pub fn is_open(&self) -> bool {
        let wanted = format!("http://{}", self.http);
        self.log().lines().any(|line| line.contains(&wanted) && doors(line).is_some())
    }

    /// All that was said here so far.
    pub fn log(&self) -> String {
        std::fs::read(self.folder.join("log"))
            .map(|text| String::from_utf8_lossy(&text).into_owned())
            .unwrap_or_default()
    }
}

/// Where the server says that it listens.
fn doors(line: &str) -> Option<(SocketAddr, SocketAddr)> {
    let address = |after: &str| -> Option<SocketAddr> {
        let (_, rest) = line.split_once(after)?;
        rest.split([',', ' ']).next()?.trim().parse().ok()
    };
    Some((address("http://")?, address("MQTT on ")?))
}

/// A port that nobody listens on, and that this process has not given out before.
fn free_port() -> u16 {
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    // Other processes look for theirs elsewhere.
    let first = std::process::id().wrapping_mul(7919);
    let wide = u32::from(PORTS.end - PORTS.start);
    loop {
        let turn = first.wrapping_add(GIVEN.fetch_add(1, Ordering::Relaxed));
        let port = PORTS.start + (turn % wide) as u16;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
