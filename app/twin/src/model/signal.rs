//! The streams of an asset: what drives it, and what that does after now, and what is measured.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{ensemble::DAY_BINS, time::Span};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    pub name: String,
    pub title: String,
    pub unit: String,
    /// The physically possible values.
    pub range: [f64; 2],
    pub role: Role,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Role {
    /// Drives the model. What is foreseen of it is missed as it was before, where that is not to be taken as known.
    Input { future: Future, is_known: bool },
    /// Is compared with the model; `noise` is the standard deviation of the measurement.
    Measured { noise: f64 },
}

/// What an input does after now.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Future {
    Hold,
    RepeatDay,
    Constant(f64),
    /// The same each day: number of the schedule in the model.
    Schedule(u16),
}

/// What holds from each time of the day on, by time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    pub from: Vec<(Span, f64)>,
}

impl Schedule {
    /// The value in each bin of a day; before the first time that of the last holds.
    pub(crate) fn day(&self) -> Vec<f64> {
        let bin = Span::DAY.0 / DAY_BINS as i64;
        let value = |at: i64| {
            let known = self.from.iter().rev().find(|(from, _)| from.0 <= at).or(self.from.last());
            known.map_or(f64::NAN, |(_, value)| *value)
        };
        (0..DAY_BINS as i64).map(|number| value(number * bin)).collect()
    }
}
