//! A model of a kind of asset, read from its file: what it is fed, what it shows, how it moves.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::time::Span;

/// The SHA-256 of a model file's bytes: the name of the model in every number it makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ModelHash(pub [u8; 32]);

/// What is wrong with a model file, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelError {
    /// 1-based; 0 where the error is of the whole file.
    pub line: usize,
    pub column: usize,
    pub message: String,
}

/// A compiled model.
#[derive(Debug)]
pub struct Model {
    pub id: String,
    pub title: String,
    /// Where the equations come from.
    pub source: String,
    pub hash: ModelHash,
    /// The time grid's step.
    pub step: Span,
    /// How far ahead a page looks by default.
    pub horizon: Span,
    /// The quantity that a tile shows: an index into `quantities`.
    pub headline: usize,
    /// Every stream of the asset: inputs first, then measured signals. The index is the signal's number everywhere.
    pub signals: Vec<Signal>,
    /// What a `View` and a `Projection` carry, in their order: all signals (same index), then the outputs.
    pub quantities: Vec<Quantity>,
    /// Names of the events that the model answers to.
    pub events: Vec<String>,
    pub failures: Vec<Failure>,
    pub sliders: Vec<Slider>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    pub name: String,
    pub title: String,
    pub unit: String,
    /// The physically possible values.
    pub range: [f64; 2],
    pub role: Role,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Role {
    /// Drives the model.
    Input { future: Future },
    /// Is compared with the model; `noise` is the standard deviation of the measurement.
    Measured { noise: f64 },
}

/// What an input does after now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Future {
    Hold,
    RepeatDay,
    Constant(f64),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    pub name: String,
    pub title: String,
    pub unit: String,
    pub range: [f64; 2],
    /// The band in which this is normal, where the model says one.
    pub normal: Option<[f64; 2]>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    pub name: String,
    pub title: String,
    /// `stop` or `warn`.
    pub severity: String,
}

/// A knob of what-if.
#[derive(Debug, Clone, PartialEq)]
pub struct Slider {
    pub name: String,
    pub title: String,
    pub unit: String,
    pub min: f64,
    pub max: f64,
    pub step: f64,
    /// The value that changes nothing where there is a fixed one (1 for a factor, 0 for an offset);
    /// `None` where that is the present value of what the slider sets.
    pub neutral: Option<f64>,
}

impl Model {
    /// Reads a model file; all errors at once.
    pub fn parse(text: &str) -> Result<Model, Vec<ModelError>> {
        let _ = text;
        unreachable!()
    }

    pub fn signal(&self, name: &str) -> Option<u16> {
        self.signals.iter().position(|s| s.name == name).map(|i| i as u16)
    }

    pub fn event(&self, name: &str) -> Option<u16> {
        self.events.iter().position(|e| e == name).map(|i| i as u16)
    }
}
