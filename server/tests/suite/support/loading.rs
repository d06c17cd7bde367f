//! A load on a real server, and the comparison afterwards.

use std::{io::Write, path::PathBuf};

use clap::Parser;
use server::{
    load::{self, Report},
    verify::{self, Outcome},
};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::process::Home;

/// Assets that live by the wall clock.
pub const BUSY_PLANT: &str = r#"
title = "Busy plant"

[[asset]]
id = "transformer-1"
title = "Transformer 1"
model = "power-transformer"

[asset.signals]
load = { from = "load", unit = "A" }
ambient = { from = "ambient", unit = "degC" }
top_oil = { from = "top-oil", unit = "K" }
hot_spot = { from = "hot-spot" }

[[asset]]
id = "transformer-2"
title = "Transformer 2"
model = "power-transformer"

[asset.signals]
load = { from = "load", unit = "A" }
top_oil = { from = "top-oil", unit = "degC" }

[[asset]]
id = "cell-1"
title = "Cell 1"
model = "li-ion-cell"

[asset.signals]
current = { from = "current", unit = "mA", scale = -1 }
voltage = { from = "voltage" }
"#;

#[derive(Parser)]
struct Words {
    #[command(flatten)]
    options: load::Options,
}

/// A load that runs, and where it writes.
pub struct Loading {
    pub ledger: PathBuf,
    pub seen: Option<PathBuf>,
    stop: CancellationToken,
    running: JoinHandle<anyhow::Result<Report>>,
}

impl Loading {
    /// Loads the server at `home` as the words of the command line say.
    pub fn start(home: &Home, name: &str, words: &str) -> Loading {
        let ledger = home.folder.join(format!("{name}.ledger"));
        let mut options = Words::parse_from(std::iter::once("load").chain(words.split_whitespace())).options;
        (options.server, options.broker) = (format!("http://{}", home.http), home.mqtt.to_string());
        options.ledger = Some(ledger.clone());
        let seen = (options.viewers > 0).then(|| home.folder.join(format!("{name}.seen")));
        options.seen = seen.clone();
        // Ends when it is told to.
        options.secs = options.secs.or(Some(3600.0));
        let stop = CancellationToken::new();
        let told = stop.clone();
        let running = tokio::spawn(async move { load::until(&options, told).await });
        Loading { ledger, seen, stop, running }
    }

    /// Acknowledged messages in the ledger; its head is none.
    pub fn lines(&self) -> usize {
        let is_message = |line: &&[u8]| line.starts_with(b"+") && line.ends_with(b"\n");
        std::fs::read(&self.ledger)
            .map_or(0, |text| text.split_inclusive(|byte| *byte == b'\n').filter(is_message).count())
    }

    /// Returns once the ledger has `lines` more of them.
    pub async fn goes_on(&self, lines: usize) {
        let wanted = self.lines() + lines;
        let deadline = std::time::Instant::now() + super::PATIENCE;
        while self.lines() < wanted {
            assert!(!self.running.is_finished(), "the load ended");
            assert!(std::time::Instant::now() < deadline, "{} of {wanted} lines", self.lines());
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// Ends it, whatever is under way first.
    pub async fn stop(self) -> (Report, PathBuf, Option<PathBuf>) {
        self.stop.cancel();
        let report = self.running.await.unwrap().expect("the load comes to its end");
        (report, self.ledger, self.seen)
    }
}

/// Compares a ledger with what the server at `home` keeps.
pub async fn compare(home: &Home, ledger: PathBuf, seen: Option<PathBuf>) -> Outcome {
    let options = verify::Options { ledger, server: format!("http://{}", home.http), seen };
    verify::compare(&options).await.unwrap()
}

/// Fails where anything is amiss.
pub fn check(outcome: &Outcome) {
    println!("{outcome}");
    assert!(outcome.is_clean(), "{:#?}", outcome.differences);
    assert!(outcome.acknowledged > 0, "there was something to lose");
}

/// A number of the environment.
pub fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("`{name}` is no number")))
}

/// Says why something cannot be tried here; where everything is to be tried, that is a failure.
pub fn not_run(what: &str, why: &str) {
    say(&format!("not run: {what}: {why}"));
    assert!(std::env::var("TWINLIGHT_CHAOS").is_err(), "{what} could not be tried: {why}");
}

/// A figure's line: name, ours, unit, reference, its name, ratio.
pub fn figure(name: &str, lost: u64) {
    if std::env::var("TWINLIGHT_CHAOS").is_ok() {
        println!("{name}\t{lost}\tsamples\t0\tlimit\t-");
    }
}

/// Says it also where the output of tests is kept back.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "    {text}");
}

/// Numbers by chance, the same for the same seed.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = load::wave::mix(self.0);
        self.0 % end
    }
}
