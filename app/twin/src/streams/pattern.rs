//! Is a signal unusual, of which it was never said what is normal: how far out it lies, how it moves, how its windows look
//! beside all before, and what the time of day lets expect.
//!
//! Every length follows from how many samples it learnt from: those say how long what counts as an event is.

mod shape;
mod summit;
mod tail;

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use self::{shape::Shape, summit::Summit, tail::Tail};
use super::{
    LearnError,
    moments::{self, is_measurement, mean},
};
use crate::{maths::scalar, time::Timestamp};

/// Fewer samples say nothing; of more the newest are learnt from, for the state has an end.
const FEWEST: usize = 48;
const MOST: usize = 8192;
/// A unit of time is this part of what is learnt from.
const UNITS: usize = 48;
/// What each part weighs in the score, and what none exceeds.
const TAIL: f64 = 0.15625;
const SHAPE: f64 = 0.875;
const OF_DAY: f64 = 0.125;
const CAP: f64 = 20.0;
/// From this score on an alarm begins.
pub const LIMIT: f64 = 1.3;
/// What is normal reaches a score of 1 so often while as many samples go by as were learnt from, and twice the score a quarter
/// as often: scores are of the order of logarithms of shares, and so alike of all signals. Recordings of three kinds reached
/// each score from 0.3 to 4 as often to a factor of 0.8 to 1.7; chance alone reaches the high ones less often.
const OFTEN: f64 = 2.0 / 3.0;
/// No alarm is asked for more often than this part of what was learnt from lies between two.
const SOONEST: f64 = 0.4;
/// The next one no sooner than this part of what was learnt from, unless it is so many times as far out.
const PAUSE: f64 = 0.35;
const AGAIN: f64 = 3.0;
/// A sample more ranges away from where the signal was is no sample of it: it counts as so many away.
const MISTAKEN: f64 = 50.0;
const FAR: f64 = 8.0;
/// A day in so many slots, and how quickly each follows.
const SLOTS: usize = 96;
const FOLLOW: f64 = 0.1;

/// One signal without a record of which it is known that it is normal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pattern {
    learnt: usize,
    unit: usize,
    /// Of the samples learnt from: the middle, the range of most, the deviation.
    middle: f64,
    range: f64,
    deviation: f64,
    /// Samples taken.
    count: u64,
    /// The newest samples, as many as the longest look back needs.
    raw: Vec<f64>,
    smooth: f64,
    shapes: [Shape; 3],
    /// What is expected in each slot of a day.
    day: Vec<Option<f64>>,
    /// Of level, move, spread and its logarithm, and of the time of day.
    tails: Vec<Tail>,
    summits: Vec<Summit>,
    scores: Vec<f64>,
    /// Sample and score of the newest alarm.
    alarm: Option<(u64, f64)>,
}

/// What is said of a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unusual {
    pub score: f64,
    /// Whether an alarm begins.
    pub is_alarm: bool,
    /// Level, move, spread, its logarithm, the distances of three windows, difference from the time of day.
    pub features: [f64; 8],
    pub tails: [f64; 4],
    pub novelty: [f64; 3],
    pub day: f64,
}

impl Pattern {
    pub fn learn(times: &[Timestamp], values: &[f64]) -> Result<Pattern, LearnError> {
        let known = times.iter().zip(values).filter(|(_, x)| is_measurement(**x));
        let known: Vec<(Timestamp, f64)> = known.map(|(t, x)| (*t, *x)).collect();
        let known = &known[known.len().saturating_sub(MOST)..];
        let learnt = known.len();
        if learnt < FEWEST {
            return Err(LearnError::TooShort { rows: learnt, needed: FEWEST });
        }
        let values: Vec<f64> = known.iter().map(|(_, x)| *x).collect();
        let unit = nearest_even(learnt, UNITS).max(1);
        let deviation = moments::deviation(&values);
        let most = moments::quantile(&values, 0.98) - moments::quantile(&values, 0.02);
        let range = [most, deviation, 0.1 * mean(&values).abs() + 1e-6].into_iter().find(|range| *range > 0.0);
        let stride = (unit / 4).max(1);
        let shapes = [(2, 4), (4, 8), (8, 8)].map(|(units, means)| Shape::new(units * unit, means, stride));
        let room = shapes.iter().map(|shape| 3 * shape.length()).fold(4 * unit.max(1), usize::max);
        let mut pattern = Pattern {
            learnt,
            unit,
            middle: moments::quantile(&values, 0.5),
            range: range.unwrap_or(1.0),
            deviation,
            count: 0,
            raw: alloc::vec![0.0; room],
            smooth: values[0],
            shapes,
            day: alloc::vec![None; SLOTS],
            tails: Vec::new(),
            summits: Vec::new(),
            scores: alloc::vec![0.0; (unit / 4).max(1)],
            alarm: None,
        };
        let features: Vec<[f64; 8]> = known.iter().map(|(t, x)| pattern.features(*t, *x)).collect();
        let of =
            |feature: usize, from: usize| -> Vec<f64> { features[from..].iter().map(|own| own[feature]).collect() };
        let begun = 8 * unit;
        pattern.tails = [(0, begun), (1, begun), (2, begun), (3, begun), (7, learnt / 2)]
            .map(|(feature, from)| Tail::of(&of(feature, from.min(learnt - 1))))
            .into();
        let (begun, count) = ((20 * unit).min(learnt / 3), (learnt / 10).max(6));
        pattern.summits = [4, 5, 6].map(|feature| Summit::of(&of(feature, begun), count)).into();
        Ok(pattern)
    }

    /// The limit with which an alarm begins at `share` of normal samples: as often as the score is reached, but for the pause
    /// after each.
    pub fn limit_of(&self, share: f64) -> f64 {
        let between = (1.0 / (share * self.learnt as f64)).max(SOONEST);
        scalar::sqrt(OFTEN * (between - PAUSE))
    }

    /// None where the sample is missing: nothing changes.
    pub fn step(&mut self, t: Timestamp, x: f64) -> Option<Unusual> {
        self.step_within(LIMIT, t, x)
    }

    /// The same with another limit than the usual one.
    pub fn step_within(&mut self, limit: f64, t: Timestamp, x: f64) -> Option<Unusual> {
        if !is_measurement(x) {
            return None;
        }
        let features = self.features(t, x);
        let [mut tails, mut novelty, mut day] = [[0.0; 4], [0.0; 4], [0.0; 4]];
        let of_tails = [0, 1, 2, 3, 7].map(|feature| features[feature]);
        for ((tail, x), said) in self.tails.iter_mut().zip(of_tails).zip(tails.iter_mut().chain(&mut day)) {
            *said = tail.take(x).min(CAP);
        }
        for ((summit, x), said) in self.summits.iter_mut().zip(&features[4..7]).zip(&mut novelty) {
            *said = summit.take(*x).min(CAP);
        }
        let score = TAIL * in_turn(&tails) + SHAPE * in_turn(&novelty) + OF_DAY * day[0];
        push(&mut self.scores, score);
        let score = mean(&self.scores);
        let pause = (PAUSE * self.learnt as f64) as u64;
        let is_due = self.alarm.is_none_or(|(last, peak)| self.count - last > pause || score > AGAIN * peak);
        let is_alarm = score >= limit && is_due;
        if is_alarm {
            self.alarm = Some((self.count, score));
        }
        let [novelty @ .., _] = novelty;
        Some(Unusual { score, is_alarm, features, tails, novelty, day: day[0] })
    }

    fn features(&mut self, t: Timestamp, x: f64) -> [f64; 8] {
        let index = self.count;
        self.count += 1;
        // One mistaken sample would hide all that comes after it; a level that has really left is followed in steps.
        let is_mistaken = (x - self.smooth).abs() > MISTAKEN * self.range;
        let far = FAR * self.range;
        let x = if is_mistaken { x.max(self.smooth - far).min(self.smooth + far) } else { x };
        push(&mut self.raw, x);
        let known = self.count.min(self.raw.len() as u64) as usize;
        let newest = |count: usize| &self.raw[self.raw.len() - count.min(known)..];

        let level = if index == 0 { 0.0 } else { x - self.smooth };
        self.smooth += (x - self.smooth) / (1 + 2 * self.unit) as f64;

        let width = 2 * self.unit;
        let halves = newest(2 * width);
        let moved = match halves.split_at_checked(width) {
            Some((before, after)) if after.len() == width => mean(after) - mean(before),
            _ => 0.0,
        };
        let spread = moments::deviation(newest(2 * width));
        let of_spread = scalar::ln(spread + 1e-3 * self.deviation + 1e-12);

        let now = mean(newest(self.unit));
        let in_day = t.0.div_euclid(1_000_000).rem_euclid(86_400) as usize;
        let of_day = match self.day.get_mut(in_day * SLOTS / 86_400) {
            Some(Some(expected)) => {
                let difference = now - *expected;
                *expected += FOLLOW * difference;
                difference
            }
            Some(slot) => {
                *slot = Some(now);
                0.0
            }
            None => 0.0,
        };
        let scale = [self.middle, self.range];
        let [a, b, c] = self.shapes.each_mut().map(|shape| shape.take(index, &self.raw, scale));
        [level, moved, spread, of_spread, a, b, c, of_day]
    }

    pub(super) fn is_sound(&self) -> bool {
        let room = self.raw.len();
        (FEWEST..=MOST).contains(&self.learnt)
            && self.unit == nearest_even(self.learnt, UNITS).max(1)
            && room >= 4 * self.unit
            && room <= MOST
            && self.shapes.iter().all(|shape| shape.is_sound(room))
            && self.day.len() == SLOTS
            && self.tails.len() == 5
            && self.summits.len() == 3
            && self.summits.iter().all(|summit| summit.is_sound(MOST / 10))
            && self.scores.len() == (self.unit / 4).max(1)
            && self.count < u64::MAX / 2
            && self.alarm.is_none_or(|(last, _)| last <= self.count)
    }
}

/// The nearest whole number to a quotient; of two that are as near, the even one.
fn nearest_even(number: usize, by: usize) -> usize {
    let (whole, rest) = (number / by, number % by);
    whole + usize::from(2 * rest > by || 2 * rest == by && whole % 2 == 1)
}

fn in_turn(x: &[f64]) -> f64 {
    x.iter().fold(0.0, |sum, x| sum + x)
}

/// Lets the oldest go.
fn push(ring: &mut [f64], x: f64) {
    ring.rotate_left(1.min(ring.len()));
    if let Some(last) = ring.last_mut() {
        *last = x;
    }
}
