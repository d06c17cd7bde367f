//! Plants of which all is known.

use std::{f64::consts::TAU, fs, path::PathBuf};

use clap::Args;
use learn::{chance::Chance, mapping::Mapping, predict, read::Recording, streams, train};

/// Engines of two channels that wear, in two regimes, and of one that never changes.
pub const FLEET: &str = r#"
[recording]
asset = "engine"
settings = ["altitude"]
channels = ["speed", "heat", "plate"]

[learn]
kind = "life"
cap = 80
tolerances = [1.0]
spans = [10, 30]
folds = 4
judged = [2, 100]
judged_age = 10
nets = { count = 2, count_of_folds = 1, hidden = [8], epochs = 20, batch = 64 }
trees = { count = 80, leaves = 12, fewest = 30, rate = 0.08 }
"#;

/// A tank that is filled by day, an hour a row.
pub const TANK: &str = r#"
[recording]
time = ["at"]
step_secs = 3600
channels = ["level", "flow"]

[learn]
kind = "outlook"
horizon = 12
bits = 16
look = { period = 24, edges = [0, 1, 2, 4], seasons = [[24, 1]] }
"#;

/// Engines that last between 90 and 150 rows, each at the altitude of chance.
pub fn fleet(count: usize, seed: u64) -> Vec<Recording> {
    let engine = |number: usize| {
        let mut chance = Chance::new(seed, number as u32);
        let life = 90 + (chance.uniform() * 60.0) as usize;
        let row = |left: usize| {
            let high = chance.uniform() < 0.5;
            let wear = (-(left as f64) / 40.0).exp();
            let (speed, heat) = (wear + 0.1 * chance.normal(), 2.0 * wear + 0.2 * chance.normal());
            if high {
                vec![35.0, 400.0 - 20.0 * speed, 9.0 + heat, 7.0]
            } else {
                vec![0.1, 90.0 - 3.0 * speed, 2.0 + heat, 3.0]
            }
        };
        let rows: Vec<Vec<f64>> = (0..life).rev().map(row).collect();
        recording(&format!("engine {number}"), rows)
    };
    (0..count).map(engine).collect()
}

/// Days that are alike but for noise, about a level that wanders.
pub fn tank(rows: usize, noise: f64, seed: u64) -> Recording {
    let mut chance = Chance::new(seed, 0);
    let mut level = 5.0;
    let row = |row: usize| {
        let day = (TAU * row as f64 / 24.0).sin();
        level += 0.2 * noise * chance.normal();
        vec![level + day + noise * chance.normal(), 40.0 - 8.0 * day + noise * chance.normal()]
    };
    recording("", (0..rows).map(row).collect())
}

fn recording(asset: &str, rows: Vec<Vec<f64>>) -> Recording {
    let count = rows.len();
    let secs = (0..count as i64).map(|row| row * 3_600).collect();
    Recording { asset: asset.into(), first: 0, rows, secs, references: vec![f64::NAN; count] }
}

pub fn mapping(text: &str) -> Mapping {
    Mapping::parse(text).unwrap()
}

/// A folder of a test's own, which goes with it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Folder {
        let folder = std::env::temp_dir().join(format!("learn-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    pub fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_string()
    }

    /// Writes a file, and says where it is.
    pub fn with(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        fs::write(self.0.join(name), text).unwrap();
        self.path(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    /// What is in it, by name.
    pub fn names(&self) -> Vec<String> {
        let names = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort_unstable();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

/// What these words of a command line ask for.
fn options<T: Args>(words: &[&str]) -> anyhow::Result<T> {
    let command = T::augment_args(clap::Command::new("learn"));
    let matches = command.try_get_matches_from(["learn"].iter().chain(words))?;
    Ok(T::from_arg_matches(&matches)?)
}

pub fn run_train(words: &[&str]) -> anyhow::Result<()> {
    train::run(&options(words)?)
}

pub fn run_predict(words: &[&str]) -> anyhow::Result<()> {
    predict::run(&options(words)?)
}

pub fn run_detect(words: &[&str]) -> anyhow::Result<()> {
    streams::run(&options(words)?)
}

/// That something is refused, and why.
#[track_caller]
pub fn refused(done: anyhow::Result<()>, why: &str) {
    let error = format!("{:#}", done.expect_err("it is done"));
    assert!(error.contains(why), "{error}");
}
