//! Where charts have their limits: from how many samples are to lie between two false alarms in the mean (ARL).

use core::f64::consts::PI;

use crate::maths::scalar;

/// By how much a sum of normal numbers goes past a limit in the mean, over both its ends: Siegmund, "Sequential Analysis",
/// 1985, (2.57).
const OVERSHOOT: f64 = 1.166;
/// The same for one end, by which a limit that is looked at from sample to sample seems further away.
const BETWEEN: f64 = 0.583;

/// The limit of a two-sided CUSUM that forgives `allowance` a sample, after Siegmund:
/// `ARL = (exp(2 k b) - 2 k b - 1) / (2 k^2)` one-sided, `b` the limit and its overshoot.
pub(crate) fn cusum(allowance: f64, samples: f64) -> f64 {
    let wanted = 2.0 * samples * 2.0 * allowance * allowance;
    let b = least(0.0, 700.0 / (2.0 * allowance), |b| {
        let x = 2.0 * allowance * b;
        scalar::exp(x) - x - 1.0 >= wanted
    });
    (b - OVERSHOOT).max(1.0)
}

/// The limit of the squared, standardised EWMA of `dimensions` signals: the rate at which an Ornstein-Uhlenbeck process
/// leaves a sphere of radius r is that at which it returns times r times the density of its distance there.
pub(crate) fn joint(dimensions: usize, lambda: f64, samples: f64) -> f64 {
    let half = dimensions as f64 / 2.0;
    // ln of 2^(p/2 - 1) gamma(p/2)
    let norm = (half - 1.0) * scalar::ln(2.0) + ln_gamma_of_half(dimensions);
    let seems = BETWEEN * scalar::sqrt(2.0 * lambda);
    let radius = least(scalar::sqrt(dimensions as f64), 60.0, |radius| {
        let far = radius + seems;
        let ln_rate = scalar::ln(lambda) + dimensions as f64 * scalar::ln(far) - 0.5 * far * far - norm;
        -ln_rate >= scalar::ln(samples)
    });
    radius * radius
}

/// ln of the gamma function of `dimensions` halves.
fn ln_gamma_of_half(dimensions: usize) -> f64 {
    let (mut at, mut sum) = if dimensions.is_multiple_of(2) { (1.0, 0.0) } else { (0.5, 0.5 * scalar::ln(PI)) };
    while at + 0.5 < dimensions as f64 / 2.0 {
        sum += scalar::ln(at);
        at += 1.0;
    }
    sum
}

/// The least number between two from which on something holds, to a millionth of their distance.
fn least(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if holds(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}
