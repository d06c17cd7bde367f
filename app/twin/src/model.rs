//! A model of a kind of asset, read from its file: what it is fed, what it shows, how it moves.

mod compile;
mod expression;
mod file;
mod graph;
mod kernels;
mod optimise;
pub(crate) mod program;
mod read;
mod section;
mod step;

use alloc::{string::String, vec::Vec};
use core::fmt;

use serde::{Deserialize, Serialize};

use self::program::Program;
use crate::{entry::What, lanes::Width, time::Span};

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

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
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
    pub(crate) inside: Inside,
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

/// What stepping needs.
#[derive(Debug)]
pub(crate) struct Inside {
    /// Lanes that members are stepped in.
    pub width: Width,
    /// How many of the signals are inputs; they come first.
    pub inputs: usize,
    /// Inputs before their first sample.
    pub input_starts: Vec<f64>,
    /// Of plain parameters.
    pub parameters: Vec<f64>,
    /// How many of the components are states; they come first.
    pub states: usize,
    pub components: Vec<Component>,
    /// One result a state, from the calibrated parameters.
    pub initial: Program,
    /// One result a state: its value a step later.
    pub step: Program,
    /// One result a quantity that is no input.
    pub shown: Program,
    /// One result a failure: not 0 where it holds.
    pub conditions: Program,
    /// By quantity that is no input: whether each component may be corrected by its measurement.
    pub corrects: Vec<Vec<bool>>,
    pub events: Vec<EventPlan>,
    pub sliders: Vec<SliderPlan>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Euler,
    Rk4,
}

/// A state or calibrated parameter of the ensemble.
#[derive(Debug)]
pub(crate) struct Component {
    /// Of a calibrated parameter.
    pub start: f64,
    pub spread: f64,
    /// Variance gained per second.
    pub drift: f64,
    pub bounds: [f64; 2],
}

/// What an event sets, all at once.
#[derive(Debug)]
pub(crate) struct EventPlan {
    pub targets: Vec<usize>,
    pub program: Program,
}

#[derive(Debug)]
pub(crate) struct SliderPlan {
    pub change: Change,
    pub effect: Effect,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    Input(usize),
    Parameter(usize),
    Component(usize),
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Effect {
    Set,
    Scale,
    Add,
}

impl Model {
    /// Reads a model file; all errors at once.
    pub fn parse(text: &str) -> Result<Model, Vec<ModelError>> {
        read::read(text)
    }

    /// The model stepped on lanes of `width`, where the machine has them: no bit changes, only the time it takes.
    pub fn on_lanes_of(mut self, width: Width) -> Model {
        self.inside.width = width;
        self
    }

    /// Whether a twin of this model can take `what` in: a finite value of one of its signals, or one of its events.
    pub fn knows(&self, what: &What) -> bool {
        match *what {
            What::Sample { signal, value } => usize::from(signal) < self.signals.len() && value.is_finite(),
            What::Event { event } => usize::from(event) < self.events.len(),
        }
    }

    /// The number of the signal called `name`.
    pub fn signal(&self, name: &str) -> Option<u16> {
        self.signals.iter().position(|signal| signal.name == name).map(|index| index as u16)
    }

    /// The number of the event called `name`.
    pub fn event(&self, name: &str) -> Option<u16> {
        self.events.iter().position(|event| event == name).map(|index| index as u16)
    }

    /// The number of the slider called `name`.
    pub fn slider(&self, name: &str) -> Option<u16> {
        self.sliders.iter().position(|slider| slider.name == name).map(|index| index as u16)
    }
}
