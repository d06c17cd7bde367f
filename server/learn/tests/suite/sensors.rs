//! Cheap sensors that age, beside a reference that is seen once a day.

use std::{collections::BTreeMap, fmt::Write};

use learn::{chance::Chance, train};

use super::support::{Folder, mapping, run_predict};

const STATION: &str = r#"
[recording]
time = ["day", "hour"]
channels = ["copper", "tin"]
reference = "lab"

[learn]
kind = "soft"
hour = 9

[learn.sensor]
typical = [100.0, 50.0]
terms = [[], [0], [1]]
variance = 3.0
wander = 1e-3
noise = 0.1
relative_noise = 0.0
least = 0.1
lowest = 0.0
"#;

/// Thirty days, an hour a line: what is there, and two sensors whose zero moves. On day 5 the lab reads nothing until 14:00.
fn station() -> String {
    let mut chance = Chance::new(1, 0);
    let mut text = String::from("day,hour,copper,tin,lab\n");
    for hour in 0..30 * 24 {
        let (day, hour, age) = (hour / 24, hour % 24, f64::from(hour) / 720.0);
        let truth = 2.0 + (f64::from(hour) / 4.0).sin() + 0.3 * chance.normal();
        let copper = 100.0 * (0.8 + 0.2 * truth + 0.1 * age) + 0.3 * chance.normal();
        let tin = if day == 7 { f64::NAN } else { 50.0 * (1.0 + 0.1 * chance.normal()) };
        let lab = if day == 5 && hour < 14 { String::new() } else { truth.to_string() };
        writeln!(text, "2024-03-{:02},{hour:02}:00,{copper},{tin},{lab}", day + 1).unwrap();
    }
    text
}

/// What is said of each line, and what the references read that nothing was learned from.
fn follow(name: &str) -> (BTreeMap<usize, f64>, BTreeMap<usize, f64>) {
    let folder = Folder::new(name);
    let (map, recording) = (folder.with("map.toml", STATION), folder.with("in.csv", station()));
    let learned = train::learn(&mapping(STATION), Vec::new(), 0).unwrap();
    let sealed = folder.with("sealed", learned.seal().unwrap());
    let (out, truth) = (folder.path("out.csv"), folder.path("truth.csv"));
    run_predict(&["--map", &map, "--sealed", &sealed, "--out", &out, "--truth", &truth, &recording]).unwrap();
    let read = |name: &str| {
        let pair = |line: &str| {
            let (key, value) = line.split_once(',').unwrap();
            (key.parse().unwrap(), value.parse().unwrap())
        };
        folder.read(name).lines().skip(1).map(pair).collect()
    };
    (read("out.csv"), read("truth.csv"))
}

#[test]
fn a_reference_a_day_is_enough_and_none_is_scored_that_was_used() {
    let (said, truth) = follow("station");
    let used: Vec<usize> = (0..720).filter(|line| !truth.contains_key(line) && line / 24 != 5).collect();
    let want: Vec<usize> = (0..30).filter(|day| ![5, 7].contains(day)).map(|day| day * 24 + 9).collect();
    assert_eq!(used.iter().filter(|line| *line / 24 != 7).copied().collect::<Vec<_>>(), want, "at nine, every day");
    assert!(!truth.contains_key(&(5 * 24 + 14)) && truth.contains_key(&(5 * 24 + 15)), "once the lab reads again");
    assert!((7 * 24..8 * 24).all(|line| !said.contains_key(&line)), "without a sensor nothing is said");
    let late: Vec<(f64, f64)> = truth.range(15 * 24..).map(|(line, truth)| (said[line], *truth)).collect();
    let mean = late.iter().map(|(_, truth)| truth).sum::<f64>() / late.len() as f64;
    let squares = |of: &dyn Fn(&(f64, f64)) -> f64| late.iter().map(|pair| of(pair).powi(2)).sum::<f64>();
    let share = 1.0 - squares(&|(said, truth)| said - truth) / squares(&|(_, truth)| truth - mean);
    assert!(share > 0.9, "R2 is {share} in the second half");
}

#[test]
fn nothing_is_said_of_a_reference_before_it_was_seen() {
    let (said, _) = follow("first");
    assert!((0..9).all(|line| said[&line] == 0.0), "it begins knowing nothing");
    assert!(said[&10] > 0.0);
}
