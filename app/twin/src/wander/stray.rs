//! How an input may go on: what is expected of it, and by how much the members of a future miss that.

use super::{LAGS, lag::UNSURE};
use crate::maths::scalar;

/// How far from the middle members may stand, in standard deviations.
const REACH: f64 = 2.5;
/// Places a quarter apart between which it is looked up by how much they miss.
pub(super) const KNOTS: usize = 21;

/// Where knot number `knot` is, in standard deviations.
pub(super) fn stand(knot: usize) -> f64 {
    knot as f64 / 4.0 - REACH
}

/// How an input wanders after an instant.
#[derive(Debug, Clone)]
pub(crate) struct Stray {
    /// In steps.
    pub(super) lags: [i64; LAGS],
    /// How far the input is from what was foreseen of it, and is expected to be after each lag.
    pub(super) begin: f64,
    pub(super) means: [f64; LAGS],
    pub(super) shapes: [[f64; KNOTS]; LAGS],
    /// In steps.
    pub(super) memory: f64,
    /// In steps.
    pub(super) as_a_day: i64,
    /// Whether these are misses of what is usual at a time of the day, and not of staying as it is.
    pub(crate) returns: bool,
}

impl Stray {
    /// How far the input is expected to be from what was foreseen of it, after `lag` steps.
    pub(crate) fn mean(&self, lag: i64) -> f64 {
        along(&self.lags, lag, self.begin, &self.means)
    }

    /// By how much members miss after `lag` steps.
    pub(crate) fn misses(&self, lag: i64) -> Misses {
        Misses(between(&self.lags, lag, [0.0; KNOTS], &self.shapes, |before, shape, share| {
            core::array::from_fn(|knot| before[knot] + share * (shape[knot] - before[knot]))
        }))
    }

    /// The same of what a first day has seen at that time, where it is repeated.
    pub(crate) fn misses_of_repeating(&self, lag: i64) -> Misses {
        Misses(self.misses(lag.min(self.as_a_day)).0.map(|miss| UNSURE * miss))
    }

    /// What is left of where a member stood `from` steps ahead, when it is `to`.
    pub(crate) fn keeps(&self, from: i64, to: i64) -> f64 {
        let [before, after] = [from, to].map(|lag| width(&self.misses(lag).0));
        let grown = if after > before { before / after } else { 1.0 };
        grown * scalar::exp((from - to) as f64 / self.memory)
    }
}

/// The number that lies `lag` steps ahead between `begin` and `at` each of `lags`.
pub(super) fn along(lags: &[i64; LAGS], lag: i64, begin: f64, at: &[f64; LAGS]) -> f64 {
    between(lags, lag, begin, at, |before, after, share| before + share * (after - before))
}

/// What lies `lag` steps ahead between `begin` and what is at each of `lags`: `mix(before, after, share)`; after the last, that.
fn between<T: Copy>(lags: &[i64; LAGS], lag: i64, begin: T, at: &[T; LAGS], mix: impl Fn(T, T, f64) -> T) -> T {
    let (mut from, mut before) = (0, begin);
    for (to, after) in lags.iter().zip(at) {
        if lag <= *to {
            return mix(before, *after, (lag - from) as f64 / (to - from) as f64);
        }
        (from, before) = (*to, *after);
    }
    before
}

/// By how much members miss, by where they stand.
#[derive(Debug, Clone)]
pub(crate) struct Misses(pub(super) [f64; KNOTS]);

impl Misses {
    pub(crate) fn at(&self, stands: f64) -> f64 {
        let place = ((stands + REACH) * 4.0).clamp(0.0, (KNOTS - 1) as f64);
        let below = (place as usize).min(KNOTS - 2);
        let [low, high] = [self.0[below], self.0[below + 1]];
        low + (high - low) * (place - below as f64)
    }
}

/// The root of the mean square of what members miss.
pub(super) fn width(shape: &[f64; KNOTS]) -> f64 {
    let share = |knot: usize| scalar::exp(-0.5 * stand(knot) * stand(knot));
    let squares: f64 = shape.iter().enumerate().map(|(knot, miss)| share(knot) * miss * miss).sum();
    let shares: f64 = (0..KNOTS).map(share).sum();
    scalar::sqrt(squares / shares)
}
