//! Boosted trees whose cuts are drawn: in a node each feature offers one cut between the smallest and the largest bin that is
//! there, and the best of these is taken.
//!
//! Drawn cuts need no look at every cut, and hundreds of such trees are together smoother than as many of best cuts.

use twin::{
    learned::trees::{Node, Trees, bin, leaf, on_grid},
    quantile,
};

use crate::{chance::Chance, mapping::TreeTask};

/// What is learned from, and what is left to learn.
struct Ground<'a> {
    task: &'a TreeTask,
    /// The bin of each row, a feature a column.
    bins: Vec<Vec<u8>>,
    left: Vec<f64>,
}

/// How a node may be split.
struct Split {
    node: usize,
    gain: f64,
    feature: usize,
    bin: u8,
    below: Vec<u32>,
    above: Vec<u32>,
}

/// Trees that make `targets` of `rows`, one feature a column.
pub fn fit(task: &TreeTask, rows: &[Vec<f64>], targets: &[f64], chance: &mut Chance) -> Trees {
    let features = rows.first().map_or(0, Vec::len);
    let columns: Vec<Vec<i16>> =
        (0..features).map(|feature| rows.iter().map(|row| on_grid(row[feature])).collect()).collect();
    let cuts: Vec<Vec<i16>> = columns.iter().map(|column| cuts(column, task.bins)).collect();
    let binned = columns.iter().zip(&cuts).map(|(column, cuts)| column.iter().map(|one| bin(cuts, *one)).collect());
    let base = targets.iter().sum::<f64>() / targets.len().max(1) as f64;
    let mut ground = Ground { task, bins: binned.collect(), left: targets.iter().map(|one| one - base).collect() };
    let mut trees = Vec::with_capacity(task.count);
    for _ in 0..task.count {
        let tree = ground.grow(chance);
        let mut row = vec![0; features];
        for (place, left) in ground.left.iter_mut().enumerate() {
            for (bin, column) in row.iter_mut().zip(&ground.bins) {
                *bin = column[place];
            }
            *left -= f64::from(leaf(&tree, &row));
        }
        trees.push(tree);
    }
    Trees { base, cuts, trees }
}

/// The quantiles that part `column` into `bins` bins.
fn cuts(column: &[i16], bins: usize) -> Vec<i16> {
    let mut sorted: Vec<f64> = column.iter().copied().map(f64::from).collect();
    quantile::sort(&mut sorted);
    (1..bins).map(|cut| quantile::of_sorted(&sorted, cut as f64 / bins as f64).floor() as i16).collect()
}

impl Ground<'_> {
    fn grow(&self, chance: &mut Chance) -> Vec<Node> {
        let share = |share: f64, of: usize| ((share * of as f64) as usize).max(1);
        let mut rows = chance.order(self.left.len());
        rows.truncate(share(self.task.rows, rows.len()));
        let mut features = chance.order(self.bins.len());
        features.truncate(share(self.task.features, features.len()));
        features.sort_unstable();
        let mut tree = vec![self.leaf(&rows)];
        let mut open: Vec<Split> = self.split(0, rows, &features, chance).into_iter().collect();
        for _ in 1..self.task.leaves {
            let mut best: Option<usize> = None;
            for (place, split) in open.iter().enumerate() {
                if best.is_none_or(|best| split.gain > open[best].gain) {
                    best = Some(place);
                }
            }
            let Some(best) = best else { break };
            let split = open.remove(best);
            let (below, above) = (tree.len(), tree.len() + 1);
            tree[split.node] =
                Node::Split { feature: split.feature as u8, bin: split.bin, below: below as u8, above: above as u8 };
            tree.extend([self.leaf(&split.below), self.leaf(&split.above)]);
            open.extend(self.split(below, split.below, &features, chance));
            open.extend(self.split(above, split.above, &features, chance));
        }
        tree
    }

    fn leaf(&self, rows: &[u32]) -> Node {
        let sum: f64 = rows.iter().map(|row| self.left[*row as usize]).sum();
        Node::Leaf { value: (self.task.rate * sum / (rows.len() as f64 + self.task.prior)) as f32 }
    }

    /// The best of the cuts that are drawn for `features`, where one makes anything better.
    fn split(&self, node: usize, rows: Vec<u32>, features: &[u32], chance: &mut Chance) -> Option<Split> {
        let fewest = self.task.fewest;
        if rows.len() < 2 * fewest {
            return None;
        }
        let left: Vec<f64> = rows.iter().map(|row| self.left[*row as usize]).collect();
        let sum: f64 = left.iter().sum();
        let worth = |sum: f64, count: usize| sum * sum / (count as f64 + self.task.prior);
        let whole = worth(sum, rows.len());
        let mut best: Option<(f64, usize, u8)> = None;
        let mut here = vec![0; rows.len()];
        for feature in features.iter().map(|feature| *feature as usize) {
            let column = &self.bins[feature];
            let (mut low, mut high) = (u8::MAX, 0);
            for (bin, row) in here.iter_mut().zip(&rows) {
                *bin = column[*row as usize];
                (low, high) = (low.min(*bin), high.max(*bin));
            }
            let cut = (f64::from(low) + chance.uniform() * f64::from(high - low)) as u8;
            let (mut count, mut below) = (0, 0.0);
            for (bin, left) in here.iter().zip(&left) {
                let is_below = *bin <= cut;
                count += usize::from(is_below);
                below += if is_below { *left } else { 0.0 };
            }
            if count < fewest || rows.len() - count < fewest {
                continue;
            }
            let gain = worth(below, count) + worth(sum - below, rows.len() - count) - whole;
            if gain > best.map_or(0.0, |(gain, ..)| gain) {
                best = Some((gain, feature, cut));
            }
        }
        let (gain, feature, bin) = best?;
        let (below, above) = rows.iter().partition(|row| self.bins[feature][**row as usize] <= bin);
        Some(Split { node, gain, feature, bin, below, above })
    }
}
