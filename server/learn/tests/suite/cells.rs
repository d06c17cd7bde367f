//! Cells that fade as their kind does, and some that do not quite.

use learn::{chance::Chance, train};
use twin::learned::Learned;

use super::support::mapping;

pub const CELLS: &str = r#"
[recording]
asset = "cell"
time = ["start"]
hours_since = "rest"
channels = ["capacity", "rest"]

[learn]
kind = "fade"
threshold = 1.4
rate = 0.0115
end = 1.05
least = 0.1
hidden = 0.06
hidden_on_average = 0.5
hidden_cycles = 10.0
rest_hours = 12.0
noise = 0.01
first_noise = 0.05
level_noise = 0.002
rate_noise = 0.005
first_rate_noise = 0.15
rate_cycles = 400.0
spread = 0.1
plausible = [0.5, 2.3]
"#;

/// Capacity and hours a cycle of a cell that fades `own` times as fast as its kind; every 30th cycle follows a rest.
fn cell(own: f64, seed: u64) -> Vec<[f64; 2]> {
    let mut chance = Chance::new(seed, 0);
    let (mut level, mut since) = (1.9, 30.0);
    let cycle = |cycle: usize| {
        let hours = if cycle % 30 == 29 { 40.0 } else { 4.0 };
        since = if hours > 12.0 { 1.0 } else { since + 1.0 };
        level -= own * 0.0115 * (level - 1.05_f64).max(0.1);
        let hidden = 0.06 * (1.0 - (-since / 10.0_f64).exp()) - 0.03;
        [level - hidden + 0.005 * chance.normal(), hours]
    };
    (0..400).map(cycle).collect()
}

/// The cycle at which the level itself is at the threshold.
fn end(own: f64) -> f64 {
    let mut level = 1.9;
    (0..)
        .find(|_| {
            level -= own * 0.0115 * (level - 1.05_f64).max(0.1);
            level < 1.4
        })
        .map_or(f64::NAN, f64::from)
}

/// The end that is foreseen after `cycles`, and the interval's.
fn foreseen(learned: &Learned, cell: &[[f64; 2]], cycles: usize) -> (f64, f64, f64) {
    let mut course = learned.begin(0);
    for row in &cell[..cycles] {
        learned.step(&mut course, row);
    }
    let left = learned.remaining_life(&course).unwrap();
    let passed = cycles as f64;
    (left.low + passed, left.middle + passed, left.high + passed)
}

#[test]
fn the_end_is_foreseen_and_lies_in_its_interval() {
    let learned = train::learn(&mapping(CELLS), Vec::new(), 0).unwrap();
    for (own, cycles, within) in [(1.0, 20, 4.0), (1.0, 50, 3.0), (1.2, 60, 5.0), (0.8, 70, 10.0)] {
        for seed in 0..5 {
            let (low, middle, high) = foreseen(&learned, &cell(own, seed), cycles);
            let end = end(own);
            assert!((middle - end).abs() < within, "{middle} after {cycles} at {own}, not {end}");
            assert!((low..=high).contains(&end), "{low} to {high} after {cycles} at {own}, not {end}");
        }
    }
}

#[test]
fn a_cell_that_fades_faster_ends_earlier() {
    let learned = train::learn(&mapping(CELLS), Vec::new(), 0).unwrap();
    let middle = |own| foreseen(&learned, &cell(own, 1), 50).1;
    assert!(middle(1.3) < middle(1.0) - 5.0 && middle(1.0) < middle(0.7) - 5.0);
}

#[test]
fn a_failed_cycle_counts_but_says_nothing() {
    let learned = train::learn(&mapping(CELLS), Vec::new(), 0).unwrap();
    let whole = cell(1.0, 1);
    let mut broken = whole.clone();
    for cycle in [10, 25, 41] {
        broken[cycle][0] = [0.0, f64::NAN, 7.0][cycle % 3];
    }
    let (a, b) = (foreseen(&learned, &whole, 60).1, foreseen(&learned, &broken, 60).1);
    assert!((a - b).abs() < 2.0, "{a} and {b}");
}

#[test]
fn what_was_never_measured_has_no_end() {
    let learned = train::learn(&mapping(CELLS), Vec::new(), 0).unwrap();
    let mut course = learned.begin(0);
    learned.step(&mut course, &[f64::NAN, 4.0]);
    assert_eq!(learned.remaining_life(&course), None);
}
