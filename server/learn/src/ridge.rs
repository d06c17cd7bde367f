//! Linear equations of least squares, by Cholesky's way.

use anyhow::bail;
use twin::maths::scalar::sqrt;

/// Sums of products of features with each other and with targets.
#[derive(Debug, Clone)]
pub struct Squares {
    pub features: usize,
    pub targets: usize,
    /// Row after row, `features` by `features` and `features` by `targets`.
    pub own: Vec<f64>,
    pub with: Vec<f64>,
    pub rows: usize,
}

impl Squares {
    pub fn new(features: usize, targets: usize) -> Squares {
        let (own, with) = (vec![0.0; features * features], vec![0.0; features * targets]);
        Squares { features, targets, own, with, rows: 0 }
    }

    pub fn add(&mut self, features: &[f64], targets: &[f64]) {
        for (place, one) in features.iter().enumerate() {
            for (sum, other) in self.own[place * self.features..][..=place].iter_mut().zip(features) {
                *sum += one * other;
            }
            for (sum, target) in self.with[place * self.targets..][..self.targets].iter_mut().zip(targets) {
                *sum += one * target;
            }
        }
        self.rows += 1;
    }

    /// Adds `others`, each sum `share` times.
    pub fn join(&mut self, others: &Squares, share: f64) {
        for (sum, other) in self.own.iter_mut().zip(&others.own) {
            *sum += share * other;
        }
        for (sum, other) in self.with.iter_mut().zip(&others.with) {
            *sum += share * other;
        }
    }

    /// The weights of the first `count` features, `count` by `targets`, with `penalty(feature)` on their squares.
    pub fn solve(&self, count: usize, penalty: impl Fn(usize) -> f64) -> anyhow::Result<Vec<f64>> {
        let mut factor = vec![0.0; count * count];
        for i in 0..count {
            for j in 0..=i {
                let inner = factor[i * count..][..j].iter().zip(&factor[j * count..][..j]);
                let left = self.own[i * self.features + j] - inner.fold(0.0, |sum, (a, b)| sum + a * b);
                if i != j {
                    factor[i * count + j] = left / factor[j * count + j];
                    continue;
                }
                let left = left + penalty(i);
                if left <= 0.0 || !left.is_finite() {
                    bail!("what is learned from does not tell its features apart");
                }
                factor[i * count + i] = sqrt(left);
            }
        }
        let width = self.targets;
        let mut weights = self.with[..count * width].to_vec();
        for i in 0..count {
            let (before, rest) = weights.split_at_mut(i * width);
            let row = &mut rest[..width];
            for (j, above) in before.chunks_exact(width).enumerate() {
                less(row, factor[i * count + j], above);
            }
            row.iter_mut().for_each(|one| *one /= factor[i * count + i]);
        }
        for i in (0..count).rev() {
            let (before, after) = weights.split_at_mut((i + 1) * width);
            let row = &mut before[i * width..];
            for (j, below) in after.chunks_exact(width).enumerate() {
                less(row, factor[(i + 1 + j) * count + i], below);
            }
            row.iter_mut().for_each(|one| *one /= factor[i * count + i]);
        }
        Ok(weights)
    }
}

fn less(row: &mut [f64], share: f64, other: &[f64]) {
    for (one, other) in row.iter_mut().zip(other) {
        *one -= share * other;
    }
}
