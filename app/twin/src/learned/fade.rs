//! When what fades with use will have faded too far: a level that nears an end, at a rate that is the asset's own.
//!
//! A cycle takes a share of what the level is above its end. Use without rest hides a part of the level, and a rest gives it
//! back. An extended Kalman filter follows level and rate, the rate drifting back to that of its kind.

use serde::{Deserialize, Serialize};

use super::{Remaining, sound};
use crate::maths::scalar::{exp, sqrt};

/// Half of a 90 % interval, in deviations.
const NINETY: f64 = 1.645;
/// No forecast goes on for longer, in cycles.
const LONGEST: u32 = 5_000;

/// How assets of a kind fade. Levels, noises and what is hidden are in the unit of the measured level.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Fade {
    /// The level where an asset is at its end of life.
    pub threshold: f64,
    /// The share of what is left that a cycle takes.
    pub rate: f64,
    /// What the level fades to.
    pub end: f64,
    /// Of what is left at least this counts.
    pub least: f64,
    /// What use without rest hides at most, the share of it that is hidden on average, and the cycles it takes.
    pub hidden: f64,
    pub hidden_on_average: f64,
    pub hidden_cycles: f64,
    /// Hours from start to start that count as a rest.
    pub rest_hours: f64,
    /// Deviation of a measured level, and of the first level.
    pub noise: f64,
    pub first_noise: f64,
    /// Deviation that a cycle adds to the level, and to the asset's own rate.
    pub level_noise: f64,
    pub rate_noise: f64,
    /// How far the rates of new assets differ; how many cycles a rate takes to be as its kind's again.
    pub first_rate_noise: f64,
    pub rate_cycles: f64,
    /// How far the rates of assets differ in the long run.
    pub spread: f64,
    /// Levels outside of this are no measurements.
    pub plausible: (f64, f64),
}

/// What is known of an asset.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Course {
    cycles: u32,
    since_rest: f64,
    /// Level and own rate, once a level was measured.
    state: Option<(f64, f64)>,
    /// Variance of the level, covariance, variance of the rate.
    spread: [f64; 3],
}

impl Fade {
    pub fn begin(&self) -> Course {
        let squares = [self.first_noise * self.first_noise, 0.0, self.first_rate_noise * self.first_rate_noise];
        Course { cycles: 0, since_rest: 3.0 * self.hidden_cycles, state: None, spread: squares }
    }

    fn loss(&self, level: f64) -> f64 {
        self.rate * (level - self.end).max(self.least)
    }

    /// Takes in a cycle: the level that was measured, and the hours since the cycle before began.
    pub fn step(&self, course: &mut Course, row: &[f64]) {
        let &[measured, hours] = row else { return };
        course.cycles = course.cycles.saturating_add(1);
        course.since_rest = if hours > self.rest_hours { 1.0 } else { course.since_rest + 1.0 };
        if !(measured > self.plausible.0 && measured < self.plausible.1) {
            return;
        }
        let hidden = 1.0 - exp(-course.since_rest / self.hidden_cycles) - self.hidden_on_average;
        let level = measured + self.hidden * hidden;
        let (before, rate) = course.state.unwrap_or((level, 1.0));
        let kept = exp(-1.0 / self.rate_cycles);
        let loss = self.loss(before);
        let (expected, rate) = (before - loss * rate, (1.0 + kept * (rate - 1.0), rate));
        // The Jacobian is [[own, -loss], [0, kept]].
        let own = 1.0 - self.rate * rate.1;
        let [a, b, c] = course.spread;
        let p = [
            own * own * a - 2.0 * own * loss * b + loss * loss * c + self.level_noise * self.level_noise,
            kept * (own * b - loss * c),
            kept * kept * c + self.rate_noise * self.rate_noise,
        ];
        let total = p[0] + self.noise * self.noise;
        let gain = [p[0] / total, p[1] / total];
        let error = level - expected;
        course.state = Some((expected + gain[0] * error, (rate.0 + gain[1] * error).max(0.2)));
        course.spread = [p[0] - gain[0] * p[0], p[1] - gain[0] * p[1], p[2] - gain[1] * p[1]];
    }

    /// Cycles until the end of life; `None` before a level was measured.
    pub fn remaining(&self, course: &Course) -> Option<Remaining> {
        let (mut level, rate) = course.state?;
        let kept = exp(-1.0 / self.rate_cycles);
        let mut own = rate - 1.0;
        let (mut cycles, mut loss) = (f64::from(LONGEST), self.loss(level));
        for cycle in 0..LONGEST {
            own *= kept;
            loss = self.loss(level) * (1.0 + own);
            if level - loss < self.threshold {
                cycles = f64::from(cycle) + (level - self.threshold).max(0.0) / loss;
                break;
            }
            level -= loss;
        }
        let variance = course.spread[0] + cycles * self.level_noise * self.level_noise;
        let own = self.spread * cycles;
        let half = NINETY * sqrt(own * own + variance / (loss * loss) + 1.0);
        Some(Remaining { low: (cycles - half).max(0.0), middle: cycles, high: cycles + half })
    }

    pub(super) fn check(&self, inputs: usize) -> Result<(), &'static str> {
        sound(inputs == 2, "a level and hours are what it is told")?;
        let above_zero = [
            self.threshold,
            self.rate,
            self.least,
            self.hidden_cycles,
            self.noise,
            self.first_noise,
            self.level_noise,
            self.rate_cycles,
        ];
        sound(above_zero.iter().all(|number| *number > 0.0 && number.is_finite()), "a number that is not above zero")?;
        let others = [self.end, self.hidden, self.hidden_on_average, self.rest_hours, self.rate_noise];
        let more = [self.first_rate_noise, self.spread, self.plausible.0];
        sound(others.iter().chain(&more).all(|number| number.is_finite() && *number >= 0.0), "a number below zero")?;
        sound(self.rate < 1.0 && self.plausible.1.is_finite(), "it fades at once")
    }
}
