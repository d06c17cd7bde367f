//! Symmetric matrices and their Cholesky factors, as far as learning needs them.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::moments::{add_times, dot};

/// A symmetric matrix, of each row what is not beyond the diagonal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Symmetric {
    side: usize,
    cells: Vec<f64>,
}

impl Symmetric {
    pub(crate) fn zero(side: usize) -> Symmetric {
        Symmetric { side, cells: alloc::vec![0.0; side * (side + 1) / 2] }
    }

    pub(crate) fn is_sound(&self, side: usize) -> bool {
        self.side == side && self.cells.len() == side * (side + 1) / 2
    }

    /// Row `index` to the diagonal.
    pub(crate) fn row(&self, index: usize) -> &[f64] {
        &self.cells[index * (index + 1) / 2..][..index + 1]
    }

    pub(crate) fn row_mut(&mut self, index: usize) -> &mut [f64] {
        &mut self.cells[index * (index + 1) / 2..][..index + 1]
    }

    pub(crate) fn diagonal(&self) -> impl Iterator<Item = f64> {
        (0..self.side).map(|index| self.row(index)[index])
    }

    /// Adds the product of a vector with itself, times a number.
    pub(crate) fn add_square(&mut self, x: &[f64], times: f64) {
        for (index, own) in x.iter().enumerate().take(self.side) {
            let own = own * times;
            add_times(self.row_mut(index), own, x);
        }
    }

    pub(crate) fn add(&mut self, other: &Symmetric) {
        self.cells.iter_mut().zip(&other.cells).for_each(|(cell, other)| *cell += other);
    }

    pub(crate) fn add_to_diagonal(&mut self, from: usize, more: f64) {
        for index in from..self.side {
            self.row_mut(index)[index] += more;
        }
    }

    pub(crate) fn scale(&mut self, by: f64) {
        self.cells.iter_mut().for_each(|cell| *cell *= by);
    }

    /// The product with a vector of its side.
    pub(crate) fn times(&self, x: &[f64], product: &mut Vec<f64>) {
        product.clear();
        product.resize(self.side, 0.0);
        for (index, x_own) in x.iter().enumerate().take(self.side) {
            let row = self.row(index);
            add_times(product, *x_own, &row[..index]);
            product[index] += dot(row, x);
        }
    }

    /// The lower triangular factor whose product with its transpose this is; none where this is not positive definite.
    pub(crate) fn factor(&self) -> Option<Factor> {
        let mut lower = Symmetric::zero(self.side);
        for index in 0..self.side {
            for column in 0..=index {
                let known = dot(&lower.row(index)[..column], &lower.row(column)[..column]);
                let left = self.row(index)[column] - known;
                lower.row_mut(index)[column] = if column < index {
                    left / lower.row(column)[column]
                } else if left > 0.0 && left < f64::INFINITY {
                    crate::maths::scalar::sqrt(left)
                } else {
                    return None;
                };
            }
        }
        Some(Factor { lower })
    }
}

/// See `Symmetric::factor`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Factor {
    lower: Symmetric,
}

impl Factor {
    pub(crate) fn is_sound(&self, side: usize) -> bool {
        self.lower.is_sound(side)
    }

    /// Divides a vector by the factor: a residual becomes white.
    pub(crate) fn whiten(&self, x: &mut [f64]) {
        for index in 0..self.lower.side.min(x.len()) {
            let row = self.lower.row(index);
            x[index] = (x[index] - dot(&row[..index], &x[..index])) / row[index];
        }
    }

    /// What `whiten` made of it, back again: the coordinate `index`, and its own deviation.
    pub(crate) fn coloured(&self, white: &[f64], index: usize) -> (f64, f64) {
        let row = self.lower.row(index);
        (dot(row, &white[..index + 1]), crate::maths::scalar::sqrt(dot(row, row)))
    }

    /// Divides a vector by the matrix.
    pub(crate) fn solve(&self, x: &mut [f64]) {
        self.whiten(x);
        for index in (0..self.lower.side.min(x.len())).rev() {
            let row = self.lower.row(index);
            let own = x[index] / row[index];
            x[index] = own;
            add_times(&mut x[..index], -own, row);
        }
    }

    pub(crate) fn inverse(&self) -> Symmetric {
        let side = self.lower.side;
        let mut inverse = Symmetric::zero(side);
        let mut column = Vec::new();
        for index in 0..side {
            column.clear();
            column.resize(side, 0.0);
            column[index] = 1.0;
            self.solve(&mut column);
            inverse.row_mut(index).copy_from_slice(&column[..index + 1]);
        }
        inverse
    }
}
