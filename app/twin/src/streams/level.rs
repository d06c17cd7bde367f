//! Has the level of a signal left where it was in the first minutes: a chart of smoothed values (EWMA, Roberts,
//! Technometrics 1, 1959) against what a short start says, and steps between two neighbouring windows as change points.
//!
//! For what is started often, and is another each time. Signals of one kind are compared with one another, so that what they
//! share is no change.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{
    LearnError,
    moments::{self, Rows, greatest, is_measurement},
};
use crate::maths::scalar;

/// The share of the newest sample in the smoothed value, and after how many it has forgotten the first.
const LAMBDA: f64 = 0.05;
const SETTLED: usize = 60;
/// Samples in each of the two windows that are compared.
const WINDOW: usize = 30;
/// From this many deviations on a step is a change point, and from twice as many on an alarm.
const STEP: f64 = 5.0;
/// The least change of one signal against its siblings that is an alarm, as a part of it.
const LEAST: f64 = 0.05;
/// Fewer rows say nothing of the spread of steps.
const FEWEST: usize = 2 * SETTLED;
const MOST_CHANNELS: usize = 128;
/// Where no long normal record has said more: so many deviations away is an alarm.
pub const LIMIT: f64 = 11.3;

/// What a channel is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Against {
    /// With itself at the start.
    #[default]
    Itself,
    /// With its siblings: all channels measure the same kind of thing, and are above 0.
    Siblings,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Level {
    against: Against,
    limit: f64,
    channels: Vec<Channel>,
    /// The newest rows, twice the window.
    recent: Vec<f64>,
    /// Samples since the newest change point, not counted further than the window.
    since: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Channel {
    mean: f64,
    smooth: f64,
    /// Deviations: of the smoothed value, of a step.
    spread: f64,
    step: f64,
}

/// What is said of a sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Levels {
    pub is_alarm: bool,
    /// Whether the level changes here.
    pub is_change: bool,
    /// The channel that is furthest away.
    pub channel: usize,
    /// How far the furthest is away, as a multiple of its limit.
    pub ratio: f64,
    /// A channel each, in deviations: of level and of step.
    pub levels: Vec<f64>,
    pub steps: Vec<f64>,
}

impl Level {
    /// Learns from the first rows after a start.
    pub fn learn(start: Rows, against: Against, limit: f64) -> Result<Level, LearnError> {
        let count = start.channels();
        if count > MOST_CHANNELS {
            return Err(LearnError::TooWide { channels: count, most: MOST_CHANNELS });
        }
        let mut known = Vec::new();
        start.iter().filter_map(|row| against.of(row)).for_each(|row| known.extend(row));
        let rows = known.len() / count;
        if rows < FEWEST {
            return Err(LearnError::TooShort { rows, needed: FEWEST });
        }
        let column = |channel| -> Vec<f64> { known.iter().skip(channel).step_by(count).copied().collect() };
        let channel = |channel| Channel::learn(&column(channel), against, limit);
        let channels = (0..count).map(channel).collect();
        let recent = known[(rows - 2 * WINDOW) * count..].to_vec();
        Ok(Level { against, limit, channels, recent, since: WINDOW })
    }

    /// None where a signal is missing: nothing changes.
    pub fn step(&mut self, row: &[f64]) -> Option<Levels> {
        let count = self.channels.len();
        let row = self.against.of(row).filter(|row| row.len() == count)?;
        self.recent.rotate_left(count);
        let last = self.recent.len() - count;
        self.recent[last..].copy_from_slice(&row);
        let (mut levels, mut steps) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for (index, (channel, x)) in self.channels.iter_mut().zip(&row).enumerate() {
            channel.smooth = (1.0 - LAMBDA) * channel.smooth + LAMBDA * x;
            levels.push((channel.smooth - channel.mean).abs() / channel.spread);
            let sum = |rows: &[f64]| rows.iter().skip(index).step_by(count).fold(0.0, |sum, x| sum + x);
            let (before, after) = self.recent.split_at(WINDOW * count);
            steps.push((sum(after) - sum(before)).abs() / WINDOW as f64 / channel.step);
        }
        let ((channel, level), (_, step)) = (greatest(&levels), greatest(&steps));
        self.since = (self.since + 1).min(WINDOW + 1);
        let is_change = step > STEP && self.since > WINDOW;
        if is_change {
            self.since = 0;
        }
        let ratio = (level / self.limit).max(step / (2.0 * STEP));
        Some(Levels { is_alarm: ratio > 1.0, is_change, channel, ratio, levels, steps })
    }

    /// The limit with which an asset that is as ever gives an alarm for `share` of its samples, found on a long normal run:
    /// every 100 rows it is started over, learns from `learnt` rows and is followed for `followed`. None where it is short,
    /// or steps alone are as many alarms.
    pub fn limit_of(normal: Rows, learnt: usize, followed: usize, share: f64) -> Option<f64> {
        let starts = (0..normal.len().saturating_sub(learnt + followed)).step_by(100);
        let (mut seen, mut count) = (Vec::new(), 0.0);
        for start in starts {
            let Ok(mut level) = Level::learn(normal.part(start, start + learnt), Against::Itself, LIMIT) else {
                continue;
            };
            let rows = normal.part(start + learnt, start + learnt + followed);
            for said in rows.iter().filter_map(|row| level.step(row)) {
                count += 1.0;
                if greatest(&said.steps).1 <= 2.0 * STEP {
                    seen.push(greatest(&said.levels).1);
                }
            }
        }
        let of_levels = share * count - (count - seen.len() as f64);
        (of_levels > 0.0).then(|| moments::quantile(&seen, 1.0 - of_levels / seen.len() as f64))
    }

    pub(super) fn channels(&self) -> usize {
        self.channels.len()
    }

    pub(super) fn is_sound(&self) -> bool {
        let count = self.channels.len();
        (1..=MOST_CHANNELS).contains(&count) && self.recent.len() == 2 * WINDOW * count && self.since <= WINDOW + 1
    }
}

impl Channel {
    fn learn(known: &[f64], against: Against, limit: f64) -> Channel {
        let mean = known.iter().fold(0.0, |sum, x| sum + x) / known.len() as f64;
        let square = known.iter().fold(0.0, |sum, x| sum + (x - mean) * (x - mean));
        let deviation = scalar::sqrt(square / known.len() as f64).max(grain(known) / scalar::sqrt(12.0));
        let mut smooth = mean;
        let smoothed = known.iter().map(|x| {
            smooth = (1.0 - LAMBDA) * smooth + LAMBDA * x;
            smooth
        });
        let settled: Vec<f64> = smoothed.skip(SETTLED).collect();
        // What an EWMA of numbers that do not follow one another has.
        let least = deviation * scalar::sqrt(LAMBDA / (2.0 - LAMBDA));
        let spread = moments::deviation(&settled).max(least);

        let sum = |x: &[f64]| x.iter().fold(0.0, |sum, x| sum + x);
        let stepped = |both: &[f64]| (sum(&both[WINDOW..]) - sum(&both[..WINDOW])) / WINDOW as f64;
        let steps: Vec<f64> = known.windows(2 * WINDOW).skip(1).map(stepped).collect();
        let step = moments::deviation(&steps).max(deviation * scalar::sqrt(2.0 / WINDOW as f64));
        let (spread, step) = match against {
            Against::Itself => (spread, step),
            Against::Siblings => (spread.max(LEAST / limit), step.max(LEAST / (2.0 * STEP))),
        };
        Channel { mean, smooth, spread, step }
    }
}

impl Against {
    /// None where a signal is missing or has no siblings to be compared with.
    fn of(self, row: &[f64]) -> Option<Vec<f64>> {
        if !row.iter().all(|x| is_measurement(*x)) {
            return None;
        }
        if self == Against::Itself {
            return Some(row.to_vec());
        }
        if !row.iter().all(|x| *x > 0.0) {
            return None;
        }
        let own: Vec<f64> = row.iter().map(|x| scalar::ln(*x)).collect();
        let shared = moments::quantile(&own, 0.5);
        Some(own.iter().map(|x| x - shared).collect())
    }
}

/// The smallest difference between numbers that are not equal: how finely they are rounded.
fn grain(known: &[f64]) -> f64 {
    let sorted = moments::sorted(known);
    let differences = sorted.windows(2).map(|pair| pair[1] - pair[0]).filter(|difference| *difference > 0.0);
    let least = differences.fold(f64::INFINITY, f64::min);
    if least < f64::INFINITY { least } else { 1e-9 }
}
