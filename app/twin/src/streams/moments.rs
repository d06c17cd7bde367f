//! Sums in a fixed order, and what is told from them: means, deviations, quantiles.
//!
//! Up to 128 numbers go by turns to eight partial sums, which join by neighbours; more are halved first. Rounding grows
//! with the logarithm of their count, and eight lanes can be added abreast.

use alloc::vec::Vec;

use crate::{
    lanes::{F, Lane, WIDTH},
    maths::scalar,
    quantile,
};

/// So many are added without being halved.
const BLOCK: usize = 128;
const EIGHT: usize = 8;

/// Rows of as many values as there are channels, one after another.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    values: &'a [f64],
    channels: usize,
}

impl<'a> Rows<'a> {
    /// None where the values are no whole rows.
    pub fn new(values: &'a [f64], channels: usize) -> Option<Rows<'a>> {
        (channels > 0 && values.len().is_multiple_of(channels)).then_some(Rows { values, channels })
    }

    pub fn channels(&self) -> usize {
        self.channels
    }

    pub fn len(&self) -> usize {
        self.values.len() / self.channels
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &'a [f64]> + use<'a> {
        self.values.chunks_exact(self.channels)
    }

    /// The rows from one to before another; fewer where there are not so many.
    pub fn part(&self, from: usize, to: usize) -> Rows<'a> {
        let (from, to) = (from.min(self.len()), to.min(self.len()));
        Rows { values: &self.values[from * self.channels..to.max(from) * self.channels], channels: self.channels }
    }
}

/// Whether a number can be a measurement: what is larger would lose the squares.
pub(crate) fn is_measurement(x: f64) -> bool {
    x.abs() < 1e100
}

pub(crate) fn sum(x: &[f64]) -> f64 {
    sum_of(x, |x| x)
}

fn sum_of(x: &[f64], term: impl Fn(F) -> F + Copy) -> f64 {
    if x.len() > BLOCK {
        let half = x.len() / 2;
        let (a, b) = x.split_at(half - half % EIGHT);
        return sum_of(a, term) + sum_of(b, term);
    }
    let mut parts = [F::splat(0.0); EIGHT / WIDTH];
    let eights = x.chunks_exact(EIGHT);
    let rest = eights.remainder();
    for eight in eights {
        for (part, x) in parts.iter_mut().zip(eight.chunks_exact(WIDTH)) {
            *part += term(F::of(x));
        }
    }
    rest.iter().fold(joined(parts), |sum, x| sum + term(F::splat(*x)).to_array()[0])
}

fn joined([a, b, c, d]: [F; EIGHT / WIDTH]) -> f64 {
    let own = |two: F| {
        let [even, odd] = two.to_array();
        even + odd
    };
    (own(a) + own(b)) + (own(c) + own(d))
}

/// The sum of the products, as far as both reach.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut parts = [F::splat(0.0); EIGHT / WIDTH];
    let both = a.len().min(b.len());
    let (a, b) = (a[..both].chunks_exact(EIGHT), b[..both].chunks_exact(EIGHT));
    let rest = a.remainder().iter().zip(b.remainder());
    for (a, b) in a.zip(b) {
        for ((part, a), b) in parts.iter_mut().zip(a.chunks_exact(WIDTH)).zip(b.chunks_exact(WIDTH)) {
            *part += F::of(a) * F::of(b);
        }
    }
    rest.fold(joined(parts), |sum, (a, b)| sum + a * b)
}

/// Adds a multiple of `x` to `to`, as far as both reach.
pub(crate) fn add_times(to: &mut [f64], times: f64, x: &[f64]) {
    let both = to.len().min(x.len());
    let (mut to, x) = (to[..both].chunks_exact_mut(WIDTH), x[..both].chunks_exact(WIDTH));
    let rest = x.remainder();
    for (to, x) in (&mut to).zip(x) {
        (F::of(to) + F::splat(times) * F::of(x)).put(to);
    }
    to.into_remainder().iter_mut().zip(rest).for_each(|(to, x)| *to += times * x);
}

pub(crate) fn mean(x: &[f64]) -> f64 {
    sum(x) / x.len() as f64
}

/// The standard deviation of all there is (over n).
pub(crate) fn deviation(x: &[f64]) -> f64 {
    let mean = F::splat(mean(x));
    scalar::sqrt(sum_of(x, |x| (x - mean) * (x - mean)) / x.len() as f64)
}

/// Mean and standard deviation (over n) of each channel.
pub(crate) fn channels<'a>(channels: usize, rows: impl Iterator<Item = &'a [f64]> + Clone) -> (Vec<f64>, Vec<f64>) {
    let mut means = alloc::vec![0.0; channels];
    let mut count = 0.0;
    for row in rows.clone() {
        means.iter_mut().zip(row).for_each(|(mean, x)| *mean += x);
        count += 1.0;
    }
    means.iter_mut().for_each(|mean| *mean /= count);
    let mut deviations = alloc::vec![0.0; channels];
    for row in rows {
        for ((square, mean), x) in deviations.iter_mut().zip(&means).zip(row) {
            *square += (x - mean) * (x - mean);
        }
    }
    deviations.iter_mut().for_each(|square| *square = scalar::sqrt(*square / count));
    (means, deviations)
}

pub(crate) fn sorted(x: &[f64]) -> Vec<f64> {
    let mut sorted = x.to_vec();
    quantile::sort(&mut sorted);
    sorted
}

/// The quantile `share`, interpolated; NaN for none.
pub(crate) fn quantile(x: &[f64], share: f64) -> f64 {
    quantile::of_sorted(&sorted(x), share)
}

/// The greatest and its place, the first of equals; NaN is passed over.
pub(crate) fn greatest(x: &[f64]) -> (usize, f64) {
    let later = |best: (usize, f64), (index, x): (usize, &f64)| if *x > best.1 { (index, *x) } else { best };
    x.iter().enumerate().fold((0, f64::NEG_INFINITY), later)
}
