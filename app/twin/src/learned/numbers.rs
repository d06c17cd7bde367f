//! Weights as they are sealed: whole numbers of 8 or 16 bits with a scale a column, or 32 bits.

use alloc::{vec, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::maths::scalar::{abs, floor};

/// How many bits a weight has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Width {
    Eight,
    Sixteen,
    Single,
}

impl Width {
    /// The largest whole number of a weight; none where weights are no whole numbers.
    fn largest(self) -> Option<f64> {
        match self {
            Width::Eight => Some(127.0),
            Width::Sixteen => Some(32_767.0),
            Width::Single => None,
        }
    }

    fn bytes(self) -> usize {
        match self {
            Width::Eight => 1,
            Width::Sixteen => 2,
            Width::Single => 4,
        }
    }
}

/// A table of weights, row after row. A weight is its number times the scale of its column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "Packed", try_from = "Packed")]
pub struct Numbers {
    width: Width,
    scales: Vec<f32>,
    values: Vec<f32>,
}

/// `Numbers` as bytes, lowest byte first.
#[derive(Clone, Serialize, Deserialize)]
struct Packed {
    width: Width,
    scales: Vec<f32>,
    bytes: Vec<u8>,
}

impl Numbers {
    /// `weights` in `columns` columns, rounded to what `width` can say.
    ///
    /// # Panics
    /// Where they do not fill their last row.
    pub fn round(weights: &[f64], columns: usize, width: Width) -> Numbers {
        assert!(columns > 0 && weights.len().is_multiple_of(columns), "a table of {columns} columns");
        let Some(largest) = width.largest() else {
            let values = weights.iter().map(|weight| *weight as f32).collect();
            return Numbers { width, scales: vec![1.0; columns], values };
        };
        let mut scales = vec![0.0_f64; columns];
        for row in weights.chunks_exact(columns) {
            for (scale, weight) in scales.iter_mut().zip(row) {
                *scale = scale.max(abs(*weight) / largest);
            }
        }
        // The scale that is kept is the one that is rounded with.
        let scales: Vec<f32> = scales.iter().map(|scale| if *scale > 0.0 { *scale as f32 } else { 1.0 }).collect();
        let number =
            |(weight, scale): (&f64, &f32)| floor(*weight / f64::from(*scale) + 0.5).clamp(-largest, largest) as f32;
        let values = weights.chunks_exact(columns).flat_map(|row| row.iter().zip(&scales).map(number)).collect();
        Numbers { width, scales, values }
    }

    pub fn columns(&self) -> usize {
        self.scales.len()
    }

    pub fn rows(&self) -> usize {
        self.values.len() / self.scales.len().max(1)
    }

    pub(super) fn is_finite(&self) -> bool {
        self.scales.iter().chain(&self.values).all(|number| number.is_finite())
    }

    /// Puts the row `x` times the table into `out`: each column's terms one after another, then its scale.
    pub fn apply(&self, x: &[f64], out: &mut [f64]) {
        out.fill(0.0);
        for (x, row) in x.iter().zip(self.values.chunks_exact(self.scales.len())) {
            for (sum, number) in out.iter_mut().zip(row) {
                *sum += *x * f64::from(*number);
            }
        }
        for (sum, scale) in out.iter_mut().zip(&self.scales) {
            *sum *= f64::from(*scale);
        }
    }
}

impl From<Numbers> for Packed {
    fn from(numbers: Numbers) -> Packed {
        let Numbers { width, scales, values } = numbers;
        let mut bytes = Vec::with_capacity(values.len() * width.bytes());
        for value in &values {
            match width {
                Width::Eight => bytes.push((*value as i8).to_le_bytes()[0]),
                Width::Sixteen => bytes.extend((*value as i16).to_le_bytes()),
                Width::Single => bytes.extend(value.to_le_bytes()),
            }
        }
        Packed { width, scales, bytes }
    }
}

impl TryFrom<Packed> for Numbers {
    type Error = &'static str;

    fn try_from(packed: Packed) -> Result<Numbers, &'static str> {
        let Packed { width, scales, bytes } = packed;
        let values: Vec<f32> = match width {
            Width::Eight => bytes.iter().map(|byte| f32::from(byte.cast_signed())).collect(),
            Width::Sixteen => bytes.as_chunks().0.iter().map(|two| f32::from(i16::from_le_bytes(*two))).collect(),
            Width::Single => bytes.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four)).collect(),
        };
        if scales.is_empty()
            || values.len() * width.bytes() != bytes.len()
            || !values.len().is_multiple_of(scales.len())
        {
            return Err("weights do not fill their table");
        }
        Ok(Numbers { width, scales, values })
    }
}
