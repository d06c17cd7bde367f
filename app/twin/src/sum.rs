//! Sums over the members of an ensemble, in an order that no lane width and no thread changes.
//!
//! Member i goes to partial sum i modulo 8, and these join as ((0+4)+(2+6)) + ((1+5)+(3+7)).

use crate::lanes::{F, WIDTH};

/// Partial sums, two members in each.
const PARTS: usize = 8 / WIDTH;

/// The sum of `term(i)` over `lanes` lanes; lane i holds members 2i and 2i + 1.
#[inline]
pub fn sum_by(lanes: usize, mut term: impl FnMut(usize) -> F) -> f64 {
    let mut parts = [F::splat(0.0); PARTS];
    let mut lane = 0;
    while lane + PARTS <= lanes {
        for (offset, part) in parts.iter_mut().enumerate() {
            *part += term(lane + offset);
        }
        lane += PARTS;
    }
    for part in &mut parts[..lanes - lane] {
        *part += term(lane);
        lane += 1;
    }
    let [even, odd] = ((parts[0] + parts[2]) + (parts[1] + parts[3])).to_array();
    even + odd
}

/// The sum over all members.
pub fn sum(members: &[F]) -> f64 {
    sum_by(members.len(), |lane| members[lane])
}

/// The mean over all members; NaN for none.
pub fn mean(members: &[F]) -> f64 {
    sum(members) / (members.len() * WIDTH) as f64
}

/// The sample covariance (over n - 1) of `a` and `b` about their means.
///
/// # Panics
/// Where `a` and `b` differ in length.
pub fn covariance(a: &[F], mean_a: f64, b: &[F], mean_b: f64) -> f64 {
    assert_eq!(a.len(), b.len(), "members of one ensemble");
    let (mean_a, mean_b) = (F::splat(mean_a), F::splat(mean_b));
    let products = sum_by(a.len(), |lane| (a[lane] - mean_a) * (b[lane] - mean_b));
    products / ((a.len() * WIDTH) as f64 - 1.0)
}

/// The sample variance (over n - 1) about `mean`.
pub fn variance(members: &[F], mean: f64) -> f64 {
    covariance(members, mean, members, mean)
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;
    use crate::philox;

    fn members(count: usize) -> Vec<f64> {
        let mut values = alloc::vec![0.0; count];
        philox::normals(4, 0, 0, 0, &mut values);
        // Values of very different sizes, so that another order of adding shows.
        values.iter().enumerate().map(|(i, x)| x * libm::exp((i % 13) as f64)).collect()
    }

    fn lanes(values: &[f64]) -> Vec<F> {
        values.chunks_exact(2).map(|pair| F::new([pair[0], pair[1]])).collect()
    }

    #[test]
    fn the_order_of_adding_is_by_index_modulo_eight() {
        for count in [8, 16, 64, 72, 10_000] {
            let values = members(count);
            let mut p = [0.0; 8];
            for (i, x) in values.iter().enumerate() {
                p[i % 8] += x;
            }
            let joined = ((p[0] + p[4]) + (p[2] + p[6])) + ((p[1] + p[5]) + (p[3] + p[7]));
            assert_eq!(sum(&lanes(&values)).to_bits(), joined.to_bits());
            let in_a_row: f64 = values.iter().sum();
            assert!(
                count < 10_000 || joined.to_bits() != in_a_row.to_bits(),
                "{count} members do not tell orders apart"
            );
        }
    }

    #[test]
    fn a_count_that_is_no_multiple_of_eight_still_sums_every_member() {
        for count in [0, 2, 4, 6, 10, 14] {
            let values: Vec<f64> = (1..=count).map(f64::from).collect();
            assert_eq!(sum(&lanes(&values)), f64::from(count * (count + 1) / 2));
        }
    }

    #[test]
    fn covariance_and_variance_are_those_of_a_sample() {
        let a = lanes(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
        let b = lanes(&[2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0]);
        assert_eq!(mean(&a), 4.5);
        assert_eq!(variance(&a, 4.5), 6.0);
        assert_eq!(covariance(&a, 4.5, &b, 9.0), 12.0);
    }

    #[test]
    fn one_nan_member_makes_the_sum_nan() {
        let mut values = [1.0; 16];
        values[5] = f64::NAN;
        assert!(sum(&lanes(&values)).is_nan());
    }
}
