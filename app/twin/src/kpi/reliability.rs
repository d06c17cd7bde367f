//! Means of few: how much a mean is worth that so many failures make.

use crate::{
    maths::scalar::{exp, ln, sqrt},
    time::Span,
};

/// A mean as far as it is known: one event makes none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mean {
    /// Nothing happened in all of this time.
    None {
        over: Span,
    },
    /// It happened once: this is the one time, and no mean.
    Once {
        over: Span,
    },
    Of {
        mean: Span,
        over: Span,
        count: u32,
    },
}

impl Mean {
    /// Of `over`, parted among `count`.
    pub fn of(over: Span, count: u32) -> Mean {
        match count {
            0 => Mean::None { over },
            1 => Mean::Once { over },
            _ => Mean::Of { mean: Span(over.0 / i64::from(count)), over, count },
        }
    }

    pub fn count(&self) -> u32 {
        match self {
            Mean::None { .. } => 0,
            Mean::Once { .. } => 1,
            Mean::Of { count, .. } => *count,
        }
    }

    /// The mean, where there is one.
    pub fn known(&self) -> Option<Span> {
        match self {
            Mean::Of { mean, .. } => Some(*mean),
            _ => None,
        }
    }
}

/// A twentieth of all luck lies on either side.
const TAIL: f64 = 0.05;
/// From so many on the cube of a normal number is as good as the sum.
const MANY: u32 = 200;

/// Between which factors of the whole time the true mean time between failures lies with 90 % confidence, after `count`
/// failures at a constant rate in a time that was fixed before; no upper one where there was none.
pub fn bounds_of_mean(count: u32) -> (f64, Option<f64>) {
    // So many are expected at most, or at least, where as few, or as many, were seen by a luck of 5 %.
    let most = expected_where(count, TAIL);
    let least = count.checked_sub(1).map(|before| expected_where(before, 1.0 - TAIL));
    (1.0 / most, least.map(|least| 1.0 / least))
}

/// The expectation of a Poisson number that is at most `count` with this probability.
fn expected_where(count: u32, probability: f64) -> f64 {
    if count >= MANY {
        // Half a chi-square of 2 (count + 1) degrees, by Wilson and Hilferty.
        let halves = f64::from(count) + 1.0;
        let z = if probability < 0.5 { 1.644_853_626_951_472_7 } else { -1.644_853_626_951_472_7 };
        let root = 1.0 - 1.0 / (9.0 * halves) + z * sqrt(1.0 / (9.0 * halves));
        return halves * root * root * root;
    }
    let (mut low, mut high) = (0.0, 2.0 * f64::from(count) + 20.0);
    for _ in 0..80 {
        let middle = (low + high) / 2.0;
        if at_most(count, middle) > probability {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

/// How likely a Poisson number of this expectation is at most `count`.
fn at_most(count: u32, expectation: f64) -> f64 {
    let (mut sum, mut of_this) = (1.0, 0.0);
    for k in 1..=count {
        of_this += ln(expectation / f64::from(k));
        sum += exp(of_this);
    }
    sum * exp(-expectation)
}
