//! Detectors that learn, beside a reference of their own; how the file was made stands beside it.

pub mod keeping;
mod rates;

use twin::{
    Timestamp,
    maths::scalar,
    streams::{Against, Innovation, LEVEL_LIMIT, Level, Pattern, Rows, Sensor, Window, Windows},
};

/// A linear congruence, as the reference has it.
struct Dice(u64);

impl Dice {
    fn share(&mut self) -> f64 {
        self.0 = (1_103_515_245 * self.0 + 12_345) % (1 << 31);
        self.0 as f64 / f64::from(1u32 << 31)
    }

    fn normal(&mut self) -> f64 {
        (self.share() + self.share() + self.share() + self.share() - 2.0) * 3f64.sqrt()
    }
}

pub fn instant(index: usize) -> Timestamp {
    Timestamp(index as i64 * 300_000_000)
}

/// A day that repeats, two spikes and a hump.
fn days(count: usize) -> Vec<f64> {
    let mut dice = Dice(1);
    let value = |index: usize| {
        let day = 5.0 * scalar::sin(2.0 * core::f64::consts::PI * index as f64 / 288.0);
        let spike = if index == 1500 || index == 2200 { 12.0 } else { 0.0 };
        let hump = if (1900..1960).contains(&index) { 6.0 } else { 0.0 };
        20.0 + day + 0.5 * dice.normal() + spike + hump
    };
    (0..count).map(value).collect()
}

/// Channels that follow themselves and their neighbour; the third is moved from `at` on.
fn plant(count: usize, channels: usize, seed: u64, at: usize, by: f64) -> Vec<f64> {
    let mut dice = Dice(seed);
    let mut states = vec![0.0; channels];
    let mut rows = Vec::new();
    for index in 0..count {
        let noise: Vec<f64> = (0..channels).map(|_| dice.normal()).collect();
        let next = |own: usize| {
            let beside: f64 = states[(own + channels - 1) % channels];
            0.7 * states[own] + 0.5 * beside * 0.3 + noise[own]
        };
        states = (0..channels).map(next).collect();
        let moved = |own: usize| if own == 2 && index >= at { by } else { 0.0 };
        rows.extend((0..channels).map(|own| 10.0 * (own + 1) as f64 + states[own] + moved(own)));
    }
    rows
}

fn siblings() -> Vec<f64> {
    plant(700, 4, 19, 500, 1.0).iter().map(|x| scalar::exp(x * 0.1)).collect()
}

/// What an instrument reads of three channels.
fn read(row: &[f64]) -> f64 {
    row[0] * 0.5 - row[1] * 0.2 + 0.01 * row[0] * row[2]
}

/// Windows of three hot sides and a cold one, row by row, and the state of each.
fn cooler() -> (Vec<f64>, Vec<u32>) {
    let mut dice = Dice(17);
    let (mut rows, mut states) = (Vec::new(), Vec::new());
    for index in 0..90 {
        let height = 30.0 + 20.0 * dice.share();
        let part = [0.15, 0.25, 0.45][index % 3];
        let cold = height - part * (height - 15.0);
        let mut side = |level: f64| (0..60).map(|_| level + 0.1 * dice.normal()).collect::<Vec<f64>>();
        let sides = [height, height + 4.0, height + 2.0, cold].map(&mut side);
        (0..60).for_each(|sample| rows.extend(sides.iter().map(|side| side[sample])));
        states.push([3, 20, 100][index % 3]);
    }
    (rows, states)
}

const WINDOWS: Windows = Windows { length: 60, floor: 5.0 };

fn rows(values: &[f64], channels: usize) -> Rows<'_> {
    Rows::new(values, channels).unwrap()
}

/// The samples of a detector in the golden file, by number.
fn golden(detector: &str) -> Vec<(usize, Vec<f64>)> {
    let lines =
        include_str!("../golden/streams.csv").lines().filter_map(|line| line.strip_prefix(detector)?.strip_prefix(','));
    let sample = |line: &str| {
        let mut cells = line.split(',').map(|cell| cell.parse::<f64>().unwrap());
        (cells.next().unwrap() as usize, cells.collect())
    };
    lines.map(sample).collect()
}

#[track_caller]
fn check(index: usize, ours: &[f64], golden: &[f64]) {
    assert_eq!(ours.len(), golden.len());
    for (place, (ours, golden)) in ours.iter().zip(golden).enumerate() {
        let tolerance = 1e-9 * golden.abs().max(1.0);
        assert!((ours - golden).abs() <= tolerance, "sample {index}, value {place}: {ours}, not {golden}");
    }
}

fn flag(is_set: bool) -> f64 {
    f64::from(u8::from(is_set))
}

#[test]
fn a_pattern_says_what_the_reference_says() {
    let values = days(3000);
    let times: Vec<Timestamp> = (0..3000).map(instant).collect();
    let mut pattern = Pattern::learn(&times[..600], &values[..600]).unwrap();
    let mut golden = golden("pattern").into_iter().peekable();
    for index in 600..3000 {
        let said = pattern.step(times[index], values[index]).unwrap();
        if let Some((_, golden)) = golden.next_if(|(sample, _)| *sample == index) {
            let mut ours = vec![values[index], flag(said.is_alarm), said.score];
            ours.extend(said.features.iter().chain(&said.tails).chain(&said.novelty).chain([&said.day]));
            check(index, &ours, &golden);
        } else {
            assert!(!said.is_alarm, "sample {index}: the reference begins no alarm here");
        }
    }
    assert_eq!(golden.next(), None);
}

fn levels(name: &str, values: &[f64], channels: usize, learnt: usize, against: Against) {
    let all = rows(values, channels);
    let mut level = Level::learn(all.part(0, learnt), against, LEVEL_LIMIT).unwrap();
    let mut golden = golden(name).into_iter().peekable();
    for (index, row) in all.iter().enumerate().skip(learnt) {
        let said = level.step(row).unwrap();
        if let Some((_, golden)) = golden.next_if(|(sample, _)| *sample == index) {
            let mut ours = vec![flag(said.is_alarm), flag(said.is_change)];
            ours.extend(row.iter().chain(&said.levels).chain(&said.steps));
            check(index, &ours, &golden);
        } else {
            assert!(!said.is_change, "sample {index}: the reference says no change here");
        }
    }
    assert_eq!(golden.next(), None);
}

#[test]
fn levels_are_those_of_the_reference_also_among_siblings() {
    levels("level", &plant(1200, 5, 7, 900, 15.0), 5, 400, Against::Itself);
    levels("siblings", &siblings(), 4, 288, Against::Siblings);
}

#[test]
fn innovations_are_those_of_the_reference_and_name_the_channel_that_moved() {
    let values = plant(900, 6, 11, 700, 4.0);
    let all = rows(&values, 6);
    let mut innovation = Innovation::learn(all.part(0, 500), 0.005).unwrap();
    let golden = golden("innovation");
    let mut seen = golden.iter();
    for (index, row) in all.iter().enumerate().skip(500) {
        let said = innovation.step(row).unwrap();
        if index % 25 == 0 {
            let (sample, golden) = seen.next().unwrap();
            let mut ours = vec![flag(said.is_alarm), said.score, said.limit];
            ours.extend(row.iter().chain(&said.charts));
            check(*sample, &ours, golden);
        }
        assert!(index < 710 || said.channel.is_none_or(|channel| channel == 2), "sample {index}: {said:?}");
    }
}

#[test]
fn a_sensor_reads_what_the_reference_reads() {
    let values = plant(3000, 3, 13, usize::MAX, 0.0);
    let all = rows(&values, 3);
    let references: Vec<f64> = all.iter().map(read).collect();
    let mut sensor = Sensor::learn(all.part(0, 2000), &references[..2000], 2000.0, None).unwrap();
    let golden = golden("sensor");
    let mut seen = golden.iter();
    for (index, row) in all.iter().enumerate().skip(2000) {
        let said = sensor.step(row, Some(references[index] + 1.0)).unwrap();
        if index % 50 == 0 {
            let (sample, golden) = seen.next().unwrap();
            let ours = [flag(said.is_alarm), said.plain, said.corrected, said.drift, said.limit];
            check(*sample, &ours, golden);
        }
    }
}

#[test]
fn windows_are_told_apart_as_by_the_reference() {
    let (values, states) = cooler();
    let mut window = Window::learn(rows(&values, 4), WINDOWS, &states).unwrap();
    let said: Vec<_> = rows(&values, 4).iter().filter_map(|row| window.step(row)).collect();
    assert_eq!(said.len(), 90);
    for (index, golden) in golden("window") {
        assert_eq!(f64::from(said[index].state), golden[0]);
        check(index, &said[index].shares, &golden[1..]);
    }
}
