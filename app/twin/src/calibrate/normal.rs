//! The normal equations of a weighted least squares fit, and what they say of how sure it is.

use alloc::{vec, vec::Vec};

use crate::maths::scalar;

/// A pivot smaller than this part of its own parameter's is none: the data say nothing that the others do not.
const SINGULAR: f64 = 1e-12;

/// Sums over all measurements: of slopes with slopes, of slopes with differences, of differences squared.
#[derive(Debug, Clone)]
pub(super) struct Normal {
    slopes: Vec<Vec<f64>>,
    gradient: Vec<f64>,
    pub squares: f64,
    pub count: usize,
}

impl Normal {
    pub(super) fn new(parameters: usize) -> Normal {
        let (slopes, gradient) = (vec![vec![0.0; parameters]; parameters], vec![0.0; parameters]);
        Normal { slopes, gradient, squares: 0.0, count: 0 }
    }

    pub(super) fn add(&mut self, weight: f64, difference: f64, slopes: &[f64]) {
        self.count += 1;
        self.squares += weight * difference * difference;
        for (row, own) in slopes.iter().enumerate() {
            self.gradient[row] += weight * own * difference;
            for (sum, other) in self.slopes[row].iter_mut().zip(&slopes[..=row]) {
                *sum += weight * own * other;
            }
        }
    }

    /// The step that lessens the squares, damped: the larger `damping`, the shorter.
    pub(super) fn step(&self, damping: f64) -> Vec<f64> {
        let damped = |row: usize, column: usize| {
            let own = self.slopes[row][column];
            if row == column { own * (1.0 + damping) } else { own }
        };
        let lower = self.factor(damped);
        self.solve(&lower, &self.gradient)
    }

    /// The covariance of the parameters for weights that are one over variances; NaN of one that nothing is known of.
    pub(super) fn covariance(&self) -> Vec<Vec<f64>> {
        let lower = self.factor(|row, column| self.slopes[row][column]);
        let parameters = self.gradient.len();
        let column = |index: usize| {
            let mut unit = vec![0.0; parameters];
            unit[index] = 1.0;
            let mut column = self.solve(&lower, &unit);
            for (row, own) in column.iter_mut().enumerate() {
                if lower[row][row] == 0.0 || lower[index][index] == 0.0 {
                    *own = f64::NAN;
                }
            }
            column
        };
        (0..parameters).map(column).collect()
    }

    /// Cholesky's factor; a row of zeros for a parameter that the data say nothing of.
    fn factor(&self, own: impl Fn(usize, usize) -> f64) -> Vec<Vec<f64>> {
        let parameters = self.gradient.len();
        let mut lower = vec![vec![0.0; parameters]; parameters];
        for row in 0..parameters {
            for column in 0..=row {
                let (one, other) = (&lower[row], &lower[column]);
                let known = one.iter().zip(other).take(column).fold(0.0, |sum, (a, b)| sum + a * b);
                let left = own(row, column) - known;
                lower[row][column] = if column < row {
                    if lower[column][column] == 0.0 { 0.0 } else { left / lower[column][column] }
                } else if left > SINGULAR * own(row, row) && left.is_finite() {
                    scalar::sqrt(left)
                } else {
                    0.0
                };
            }
            if lower[row][row] == 0.0 {
                lower[row].fill(0.0);
            }
        }
        lower
    }

    fn solve(&self, lower: &[Vec<f64>], right: &[f64]) -> Vec<f64> {
        let parameters = right.len();
        let mut x = vec![0.0; parameters];
        for row in 0..parameters {
            let known = lower[row].iter().zip(&x).take(row).fold(0.0, |sum, (a, b)| sum + a * b);
            x[row] = if lower[row][row] == 0.0 { 0.0 } else { (right[row] - known) / lower[row][row] };
        }
        for row in (0..parameters).rev() {
            let known = (row + 1..parameters).fold(0.0, |sum, below| sum + lower[below][row] * x[below]);
            x[row] = if lower[row][row] == 0.0 { 0.0 } else { (x[row] - known) / lower[row][row] };
        }
        x
    }
}
