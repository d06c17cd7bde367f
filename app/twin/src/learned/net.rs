//! Small dense nets: tanh inside, linear out.

use alloc::{vec, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{numbers::Numbers, sound};
use crate::maths::scalar::tanh;

/// The widest layer that is evaluated.
const WIDEST: usize = 1_024;

/// Layers after each other; the last has one output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Net {
    pub layers: Vec<Layer>,
}

/// A row of inputs times the weights, and an offset an output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    pub weights: Numbers,
    pub offsets: Vec<f32>,
}

impl Net {
    pub fn of(&self, inputs: &[f64]) -> f64 {
        let mut row = inputs.to_vec();
        for (place, layer) in self.layers.iter().enumerate() {
            let mut next = vec![0.0; layer.offsets.len()];
            layer.weights.apply(&row, &mut next);
            for (out, offset) in next.iter_mut().zip(&layer.offsets) {
                *out += f64::from(*offset);
                if place + 1 < self.layers.len() {
                    *out = tanh(*out);
                }
            }
            row = next;
        }
        row[0]
    }

    pub(super) fn check(&self, inputs: usize) -> Result<(), &'static str> {
        sound((1..=8).contains(&self.layers.len()), "a net without layers, or with too many")?;
        let mut width = inputs;
        for Layer { weights, offsets } in &self.layers {
            let fits = weights.rows() == width && weights.columns() == offsets.len() && offsets.len() <= WIDEST;
            sound(fits, "a layer of another shape")?;
            let is_finite = weights.is_finite() && offsets.iter().all(|offset| offset.is_finite());
            sound(is_finite, "a layer without numbers")?;
            width = offsets.len();
        }
        sound(width == 1, "a net of many outputs")
    }
}
