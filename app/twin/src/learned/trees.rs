//! Boosted trees: sums of what their leaves say.
//!
//! Features are rounded to a grid before they are compared: of two numbers that differ by the last bit of a sum, one would
//! else go left where another goes right.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::sound;
use crate::maths::scalar::floor;

/// Steps of the grid in a feature's unit.
const GRID: f64 = 512.0;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trees {
    /// What all trees together are added to.
    pub base: f64,
    /// Of each feature where it may be cut, on the grid, from the lowest up.
    pub cuts: Vec<Vec<i16>>,
    pub trees: Vec<Vec<Node>>,
}

/// A place in a tree; the first is its root.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Node {
    Leaf {
        value: f32,
    },
    /// On to `below` where the feature is in this bin or a lower one, else to `above`; both come later in the tree.
    Split {
        feature: u8,
        bin: u8,
        below: u8,
        above: u8,
    },
}

/// The place on the grid that is nearest to `feature`.
pub fn on_grid(feature: f64) -> i16 {
    floor(feature * GRID + 0.5).clamp(-32_767.0, 32_767.0) as i16
}

/// The bin of a place on the grid: how many cuts are below it.
pub fn bin(cuts: &[i16], place: i16) -> u8 {
    cuts.partition_point(|cut| *cut < place) as u8
}

impl Trees {
    pub fn of(&self, features: &[f64]) -> f64 {
        let bins: Vec<u8> = self.cuts.iter().zip(features).map(|(cuts, one)| bin(cuts, on_grid(*one))).collect();
        self.trees.iter().fold(self.base, |sum, tree| sum + f64::from(leaf(tree, &bins)))
    }

    pub(super) fn check(&self, features: usize) -> Result<(), &'static str> {
        sound(self.cuts.len() == features && features <= 256, "trees of other features")?;
        sound(self.cuts.iter().all(|cuts| cuts.len() <= 255 && cuts.is_sorted()), "cuts out of order")?;
        sound(self.base.is_finite() && self.trees.len() <= 4_096, "too many trees")?;
        for tree in &self.trees {
            sound((1..=256).contains(&tree.len()), "a tree without nodes, or with too many")?;
            for (place, node) in tree.iter().enumerate() {
                let is_sound = match *node {
                    Node::Leaf { value } => value.is_finite(),
                    Node::Split { feature, below, above, .. } => {
                        let later = |next: u8| usize::from(next) > place && usize::from(next) < tree.len();
                        usize::from(feature) < features && later(below) && later(above)
                    }
                };
                sound(is_sound, "a node that leads nowhere")?;
            }
        }
        Ok(())
    }
}

/// What the leaf says that `bins` lead to.
pub fn leaf(tree: &[Node], bins: &[u8]) -> f32 {
    let mut place = 0;
    loop {
        match tree[place] {
            Node::Leaf { value } => return value,
            Node::Split { feature, bin, below, above } => {
                place = usize::from(if bins[usize::from(feature)] <= bin { below } else { above });
            }
        }
    }
}
