//! Charts on numbers of which it is known what they are.

use alloc::{format, vec::Vec};

use super::{
    chart::{AGAIN, Chart},
    limits,
};
use crate::{philox, time::Timestamp};

fn normal(seed: u64, index: usize) -> f64 {
    philox::normal(seed, (index % 64) as u32, (index / 64) as i64, 0)
}

/// `count` numbers of an AR(1) process with coefficient `close` and standard deviation 1.
fn series(seed: u64, count: usize, close: f64) -> Vec<f64> {
    let mut last = 0.0;
    let spread = (1.0 - close * close).sqrt();
    let next = |index| {
        last = close * last + spread * normal(seed, index);
        last
    };
    (0..count).map(next).collect()
}

/// The numbers of the samples at which alarms begin.
fn alarms(numbers: &[f64], samples: f64) -> Vec<usize> {
    alarms_begun_again(numbers, samples, usize::MAX)
}

/// The same of a chart that begins again before every so many samples.
fn alarms_begun_again(numbers: &[f64], samples: f64, every: usize) -> Vec<usize> {
    // So that the trial ends after a few samples, and finds nothing beyond the limits.
    let at = |index: usize| Timestamp(index as i64 * 1_000_000 + if index < 256 { 0 } else { 86_400_000_000 });
    let mut chart = Chart::default();
    let mut begun = Vec::new();
    for (index, z) in numbers.iter().enumerate() {
        if chart.is_learnt() && index % every == 0 {
            chart.begin_again(at(index), AGAIN);
        }
        let was = chart.found().is_some();
        chart.take(at(index), *z, *z);
        if chart.wants_limits() {
            chart.settle(samples);
        }
        if !was && chart.found().is_some() {
            begun.push(index);
        }
    }
    begun
}

#[test]
fn false_alarms_are_as_seldom_as_asked_for() {
    for close in [0.0, 0.6] {
        // Each of the two kinds once in 2,000 samples: one alarm in 1,000.
        let (length, runs) = (20_000, 40);
        let all: usize = (0..runs).map(|run| alarms(&series(run, length, close), 2_000.0).len()).sum();
        let (expected, got) = (runs as f64 * length as f64 / 1_000.0, all as f64);
        assert!((0.5..2.0).contains(&(got / expected)), "{close}: {got} for {expected}");
    }
}

#[test]
fn a_chart_that_begins_again_gives_no_more_false_alarms_and_finds_a_shift_at_once() {
    for (close, every) in [(0.0, 300), (0.0, 1_000), (0.6, 300), (0.6, 1_000)] {
        // Each of the two kinds once in 10,000 samples.
        let (length, runs) = (20_000, 40);
        let of = |run| alarms_begun_again(&series(run, length, close), 10_000.0, every).len();
        let (expected, got) = (runs as f64 * length as f64 / 5_000.0, (0..runs).map(of).sum::<usize>());
        assert!(got as f64 / expected < 1.0, "{close}, every {every}: {got} for {expected}");
    }
    let mut delays = Vec::new();
    for seed in 0..50 {
        let mut numbers = series(seed, 2_000, 0.3);
        numbers[1_010..].iter_mut().for_each(|z| *z += 2.0);
        let found = alarms_begun_again(&numbers, 1e6, 1_000).into_iter().find(|at| *at >= 1_010).expect("it is found");
        delays.push(found - 1_010);
    }
    delays.sort_unstable();
    assert!(delays[25] <= 30 && delays[49] <= 120, "{delays:?}");
}

#[test]
fn a_shift_is_found_soon_and_its_beginning_named() {
    let mut delays = Vec::new();
    for seed in 0..50 {
        let mut numbers = series(seed, 2_000, 0.3);
        numbers[1_000..].iter_mut().for_each(|z| *z += 2.0);
        let found = alarms(&numbers, 1e6).into_iter().find(|at| *at >= 1_000).expect("it is found");
        delays.push(found - 1_000);
    }
    delays.sort_unstable();
    assert!(delays[25] <= 30 && delays[49] <= 100, "{delays:?}");
}

#[test]
fn a_slow_drift_is_found_and_one_outlier_is_none() {
    let drifting: Vec<f64> =
        series(7, 4_000, 0.0).iter().enumerate().map(|(i, z)| z + (i as f64 - 1_000.0).max(0.0) * 1e-3).collect();
    let found = alarms(&drifting, 1e6);
    assert!(found.first().is_some_and(|at| (1_100..2_200).contains(at)), "{found:?}");
    let mut numbers = series(8, 2_000, 0.0);
    for at in (400..2_000).step_by(200) {
        numbers[at] = 40.0;
    }
    assert!(alarms(&numbers, 1e6).is_empty());
}

#[test]
fn the_joint_limit_keeps_its_rate_in_every_number_of_signals() {
    const LAMBDA: f64 = 0.1;
    for dimensions in [1, 2, 5, 8] {
        let limit = limits::joint(dimensions, LAMBDA, 1_000.0);
        let (mut smooth, mut count, mut is_over) = (alloc::vec![0.0; dimensions], 0, false);
        let length = 200_000;
        for index in 0..length {
            for (signal, own) in smooth.iter_mut().enumerate() {
                *own += LAMBDA * (normal(signal as u64, index) - *own);
            }
            let square = smooth.iter().map(|own| own * own).sum::<f64>() * (2.0 - LAMBDA) / LAMBDA;
            // As an alarm: over when it is back at half.
            if !is_over && square > limit {
                (is_over, count) = (true, count + 1);
            } else if is_over && square < 0.5 * limit {
                is_over = false;
            }
        }
        let ratio = f64::from(count) * 1_000.0 / length as f64;
        assert!((0.5..2.0).contains(&ratio), "{}", format!("{dimensions} signals: {ratio}"));
    }
}

#[test]
fn a_signal_that_is_seldom_measured_is_on_trial_for_as_many_samples_as_any() {
    let mut chart = Chart::default();
    for (index, z) in series(9, 400, 0.0).iter().enumerate() {
        chart.take(Timestamp(index as i64 * 3_600_000_000), *z, *z);
        if chart.wants_limits() {
            chart.settle(1e6);
        }
        assert_eq!(chart.is_learnt(), index + 1 >= 256 + 64, "after {}", index + 1);
        assert!((0.0..=1.0).contains(&chart.learnt()));
        // It is said from the second on when that will be.
        let by = Timestamp((256 + 64 - 1) * 3_600_000_000);
        let said = (index > 0 && !chart.is_learnt()).then_some(by);
        assert_eq!(chart.learnt_by(), said, "after {}", index + 1);
    }
}

#[test]
fn a_signal_that_is_often_measured_is_on_trial_for_a_day() {
    let mut chart = Chart::default();
    for (index, z) in series(9, 300, 0.0).iter().enumerate() {
        chart.take(Timestamp(index as i64 * 1_000_000), *z, *z);
        if chart.wants_limits() {
            chart.settle(1e6);
        }
        let by = Timestamp((255 + 86_400) * 1_000_000);
        assert_eq!(chart.learnt_by(), (index > 0).then_some(by), "after {}", index + 1);
        assert_eq!(chart.learns_since(), Some(Timestamp(if index < 255 { 0 } else { 255_000_000 })));
    }
}
