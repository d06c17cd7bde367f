//! From how many normal samples may be alarms to limits: of numbers that were seen while all was normal.

use alloc::vec::Vec;

use super::moments;
use crate::{maths::scalar, quantile};

/// The furthest numbers, a share of them, say how the rest goes on.
const TAIL: f64 = 0.1;

/// What `share` of the numbers exceed that are to come, told by those that were seen. They come in runs, so that of what is
/// rare a record has one run or none: it follows from the furthest tenth, as if this were exponential.
pub(super) fn exceeded(seen: &[f64], share: f64) -> f64 {
    let sorted = moments::sorted(seen);
    let begun = quantile::of_sorted(&sorted, 1.0 - TAIL);
    if share >= TAIL {
        return quantile::of_sorted(&sorted, 1.0 - share);
    }
    let beyond: Vec<f64> = sorted.into_iter().filter(|x| *x > begun).map(|x| x - begun).collect();
    if beyond.is_empty() { begun } else { begun + moments::mean(&beyond) * scalar::ln(TAIL / share) }
}

/// How many deviations away, on either side, `share` of normal numbers are whose deviation was told by `pairs` pairs of
/// them: Student's t with twice as many degrees of freedom (Abramowitz and Stegun, 26.7.4).
pub(super) fn student(share: f64, pairs: usize) -> f64 {
    let freedom = 2.0 * pairs as f64;
    let beyond = |t: f64| {
        let cosine = freedom / (freedom + t * t);
        let (mut term, mut sum) = (1.0, 1.0);
        for pair in 1..pairs {
            let pair = pair as f64;
            term *= cosine * (2.0 * pair - 1.0) / (2.0 * pair);
            sum += term;
        }
        1.0 - scalar::sqrt(1.0 - cosine) * sum
    };
    let [mut low, mut high] = [0.0, 1e4];
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        if beyond(middle) > share {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(got: f64, want: f64) {
        assert!((got - want).abs() <= 1e-3 * want, "{got} is not {want}");
    }

    #[test]
    fn student_is_as_in_tables() {
        check(student(0.05, 1), 4.303);
        check(student(0.05, 5), 2.228);
        check(student(0.01, 10), 2.845);
        check(student(0.001, 60), 3.373);
    }

    #[test]
    fn what_was_seen_is_a_quantile_and_what_is_rarer_goes_on_as_an_exponential() {
        let count = 20_000;
        let place = |index: usize| (index as f64 + 0.5) / count as f64;
        let exponential: Vec<f64> = (0..count).map(|index| -scalar::ln(place(index))).collect();
        for share in [0.5, 0.1, 0.01, 1e-4, 1e-6] {
            check(exceeded(&exponential, share), -scalar::ln(share));
        }
        check(exceeded(&[1.0; 9], 0.001), 1.0);
    }
}
