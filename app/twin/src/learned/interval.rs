//! How far what is predicted is from what comes, by how far it was for assets that were held back.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::sound;

/// Errors at the ends of a 90 % interval, by what was predicted; linear between the knots.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    pub knots: Vec<Knot>,
}

/// About a prediction of `at`, what came was between `low` and `high` from it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Knot {
    pub at: f64,
    pub low: f64,
    pub high: f64,
}

impl Interval {
    /// The ends about `predicted`, which lies between them also where all that came was on one side of it.
    pub fn about(&self, predicted: f64) -> (f64, f64) {
        let after = self.knots.partition_point(|knot| knot.at < predicted);
        let (b, a) = (self.knots[after.min(self.knots.len() - 1)], self.knots[after.saturating_sub(1)]);
        let way = if b.at > a.at { (predicted - a.at) / (b.at - a.at) } else { 0.0 };
        let between = |a: f64, b: f64| a + (b - a) * way;
        (predicted + between(a.low, b.low).min(0.0), predicted + between(a.high, b.high).max(0.0))
    }

    pub(super) fn check(&self) -> Result<(), &'static str> {
        sound(!self.knots.is_empty(), "an interval without knots")?;
        sound(self.knots.is_sorted_by(|a, b| a.at < b.at), "knots out of order")?;
        let is_sound = |knot: &Knot| knot.at.is_finite() && knot.low <= knot.high && (knot.high - knot.low).is_finite();
        sound(self.knots.iter().all(is_sound), "a knot without numbers")
    }
}
