//! How far a number lies beyond the greatest so far.

use alloc::vec::Vec;
use core::f64::consts::LN_10;

use serde::{Deserialize, Serialize};

use super::tail::{COUNTS, PRIOR};
use crate::streams::moments;

/// The least spread of distances, which are parts of the range of a signal.
const LEAST: f64 = 1e-9;

/// The greatest numbers so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Summit {
    spread: f64,
    /// Descending.
    greatest: Vec<f64>,
}

impl Summit {
    /// Of numbers as they are when all is normal; keeps at most `count`.
    pub(super) fn of(normal: &[f64], count: usize) -> Summit {
        let sorted = moments::sorted(normal);
        let last = sorted.len().saturating_sub(1);
        let at = |share: f64| sorted.get((share * last as f64) as usize).copied().unwrap_or(0.0);
        // A part of the range at least: what rounding makes of a signal that repeats itself is nothing new.
        let spread = at(0.9) - at(0.1) + LEAST * (at(1.0).abs() + at(0.0).abs() + 1.0);
        Summit { spread, greatest: sorted.iter().rev().take(count).copied().collect() }
    }

    /// The excess over the least of the greatest, in units of their mean excess and as a decimal logarithm; 0 below it.
    pub(super) fn take(&mut self, x: f64) -> f64 {
        let Some(&least) = self.greatest.last() else { return 0.0 };
        if x.is_nan() || x <= least {
            return 0.0;
        }
        let count = self.greatest.len();
        let excess = self.greatest.iter().fold(0.0, |sum, own| sum + (own - least));
        let mean = (excess + COUNTS * PRIOR * self.spread) / ((count - 1) as f64 + COUNTS);
        let place = self.greatest.partition_point(|own| *own >= x);
        self.greatest.insert(place.min(count - 1), x);
        self.greatest.truncate(count);
        (x - least) / mean / LN_10
    }

    pub(super) fn is_sound(&self, most: usize) -> bool {
        self.greatest.len() <= most
    }
}
