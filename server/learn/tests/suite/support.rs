//! Plants of which all is known.

use std::f64::consts::TAU;

use learn::{chance::Chance, mapping::Mapping, read::Recording};

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
