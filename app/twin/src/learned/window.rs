//! The last rows of an asset, and what is asked of them: levels and slopes.

use alloc::{vec, vec::Vec};

use serde::{Deserialize, Serialize};

/// A slope of fewer rows than this says nothing.
const FEWEST: usize = 5;

/// The last `depth` rows of `width` numbers each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Window {
    width: usize,
    /// As many rows as have come, at most `depth`; then each takes the place of the oldest.
    rows: Vec<f64>,
    depth: usize,
    oldest: usize,
}

impl Window {
    pub fn new(width: usize, depth: usize) -> Window {
        Window { width, rows: Vec::new(), depth, oldest: 0 }
    }

    /// How many bytes a full one has.
    pub const fn bytes(width: usize, depth: usize) -> usize {
        width * depth * size_of::<f64>()
    }

    pub fn push(&mut self, row: &[f64]) {
        if self.len() < self.depth {
            self.rows.extend_from_slice(row);
        } else {
            self.rows[self.oldest * self.width..][..self.width].copy_from_slice(row);
            self.oldest = (self.oldest + 1) % self.depth;
        }
    }

    pub fn len(&self) -> usize {
        self.rows.len() / self.width
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn is_full(&self) -> bool {
        self.len() == self.depth
    }

    /// The row that came `back` rows before the newest.
    pub fn back(&self, back: usize) -> &[f64] {
        let place = (self.oldest + self.len() - 1 - back) % self.len();
        &self.rows[place * self.width..][..self.width]
    }

    /// Puts the least-squares slope a row of each column over the last `span` rows, or as many as there are, into `out`;
    /// zero for fewer than five. The terms are summed from the oldest row on.
    pub fn slopes(&self, span: usize, out: &mut [f64]) {
        out.fill(0.0);
        let count = span.min(self.len());
        if count < FEWEST {
            return;
        }
        let middle = (count - 1) as f64 / 2.0;
        for place in 0..count {
            let lever = place as f64 - middle;
            for (sum, value) in out.iter_mut().zip(self.back(count - 1 - place)) {
                *sum += lever * *value;
            }
        }
        let count = count as f64;
        let square = count * (count * count - 1.0) / 12.0;
        for sum in out {
            *sum /= square;
        }
    }

    pub(super) fn fits(&self, width: usize, depth: usize) -> bool {
        self.width == width
            && self.depth == depth
            && self.rows.len().is_multiple_of(width)
            && self.len() <= depth
            && (self.oldest == 0 || self.is_full() && self.oldest < depth)
    }
}

/// Exponentially weighted means, as if nothing had come before the first row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Level {
    weight: f64,
    sums: Vec<f64>,
}

impl Level {
    pub fn new(width: usize) -> Level {
        Level { weight: 0.0, sums: vec![0.0; width] }
    }

    /// Takes `row` in; what was there counts `kept` of what it did.
    pub fn push(&mut self, kept: f64, row: &[f64]) {
        self.weight = self.weight * kept + 1.0;
        for (sum, value) in self.sums.iter_mut().zip(row) {
            *sum = *sum * kept + *value;
        }
    }

    /// The means; NaN before the first row.
    pub fn means(&self) -> impl Iterator<Item = f64> + '_ {
        self.sums.iter().map(|sum| *sum / self.weight)
    }

    pub(super) fn fits(&self, width: usize) -> bool {
        self.sums.len() == width
    }
}
