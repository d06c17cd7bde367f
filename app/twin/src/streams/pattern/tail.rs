//! How far out in its tails a number lies: peaks over a threshold after Pickands, "Statistical inference using extreme
//! order statistics", Annals of Statistics 3 (1975), with an exponential tail, and thresholds that slowly follow.

use core::f64::consts::LN_10;

use serde::{Deserialize, Serialize};

use crate::{maths::scalar, streams::moments};

/// The share that lies beyond each threshold.
const SHARE: f64 = 0.02;
/// The mean excess before any is known, as a part of the spread, and for how many excesses it counts.
pub(super) const PRIOR: f64 = 0.05;
pub(super) const COUNTS: f64 = 3.0;
/// How far a threshold follows in one sample, as a part of the spread.
const FOLLOW: f64 = 0.01;

/// Two-sided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Tail {
    spread: f64,
    high: Side,
    low: Side,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Side {
    threshold: f64,
    excess: f64,
    count: f64,
}

impl Tail {
    /// Of numbers as they are when all is normal; at least one.
    pub(super) fn of(normal: &[f64]) -> Tail {
        let sorted = moments::sorted(normal);
        let last = sorted.len().saturating_sub(1);
        let at = |share: f64| sorted.get((share * last as f64) as usize).copied().unwrap_or(0.0);
        let spread = at(0.9) - at(0.1) + 1e-9 * (at(1.0).abs() + 1.0);
        let side = |threshold: f64, sign: f64| {
            let beyond = sorted.iter().map(|x| sign * (x - threshold)).filter(|excess| *excess > 0.0);
            let (excess, count) = beyond.fold((0.0, 0.0), |(sum, count), excess| (sum + excess, count + 1.0));
            Side { threshold, excess, count }
        };
        Tail { spread, high: side(at(1.0 - SHARE), 1.0), low: side(at(SHARE), -1.0) }
    }

    /// The negative decimal logarithm of the probability to lie so far out, 0 inside of both thresholds.
    pub(super) fn take(&mut self, x: f64) -> f64 {
        let (high, low) = (x - self.high.threshold, self.low.threshold - x);
        let beyond = self.high.take(high, self.spread, 1.0).max(self.low.take(low, self.spread, -1.0));
        if beyond > 0.0 { beyond / LN_10 - scalar::ln(SHARE) / LN_10 } else { 0.0 }
    }
}

impl Side {
    /// The excess in units of the mean excess, 0 where there is none.
    fn take(&mut self, excess: f64, spread: f64, sign: f64) -> f64 {
        let mean = (self.excess + COUNTS * PRIOR * spread) / (self.count + COUNTS);
        let is_beyond = excess > 0.0;
        if is_beyond {
            self.excess += excess;
            self.count += 1.0;
        }
        self.threshold += sign * FOLLOW * spread * (if is_beyond { 1.0 - SHARE } else { -SHARE });
        if is_beyond { excess / mean } else { 0.0 }
    }
}
