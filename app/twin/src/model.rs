//! A model of a kind of asset, read from its file: what it is fed, what it shows, how it moves.

mod check;
mod compile;
pub mod compose;
mod document;
mod expression;
mod graph;
mod kernels;
mod nature;
mod nearest;
mod optimise;
pub mod outline;
pub(crate) mod program;
mod read;
mod schema;
pub(crate) mod slopes;
mod step;
mod token;
mod tree;

use alloc::{string::String, vec::Vec};
use core::fmt;

use serde::{Deserialize, Serialize};

use self::program::Program;
use crate::{ensemble::DAY_BINS, entry::What, lanes::Width, time::Span};

/// The SHA-256 of a model file's bytes: the name of the model in every number it makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ModelHash(pub [u8; 32]);

/// What is wrong with a model file, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelError {
    /// The id of the part's model; empty where the error is in the file itself.
    pub file: String,
    /// 1-based; 0 where the error is of the whole file.
    pub line: usize,
    pub column: usize,
    pub message: String,
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.file.is_empty() {
            write!(f, "{}:", self.file)?;
        }
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
    /// Maintenance; each is an event too.
    pub actions: Vec<Action>,
    pub sliders: Vec<Slider>,
    pub presets: Vec<Preset>,
    /// In which way the asset works: the first that holds.
    pub regimes: Vec<Regime>,
    pub costs: Vec<Cost>,
    pub schedules: Vec<Schedule>,
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
    /// The same each day: number of the schedule in the model.
    Schedule(u16),
}

/// What holds from each time of the day on, by time.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    pub from: Vec<(Span, f64)>,
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
    /// The action that ends it, in the model's own future.
    pub repair: Option<u16>,
    pub repair_time: Option<Span>,
    /// In EUR.
    pub repair_cost: Option<f64>,
}

/// Something that maintenance does.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    pub name: String,
    pub title: String,
    /// Number of the event that says that it was done.
    pub event: u16,
    pub duration: Option<Span>,
    /// In EUR.
    pub cost: Option<f64>,
}

/// Sliders that are set together: number and value.
#[derive(Debug, Clone, PartialEq)]
pub struct Preset {
    pub name: String,
    pub title: String,
    pub sliders: Vec<(u16, f64)>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Regime {
    pub name: String,
    pub title: String,
}

/// A price or a rate of costs: an assumption, never a measurement.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    pub name: String,
    pub title: String,
    pub unit: String,
    pub value: f64,
    /// Who says so.
    pub source: String,
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
    pub method: Method,
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
    /// One result a state, in its unit per second.
    pub rates: Program,
    /// One result a state: its value a step later. Of a model with an `aside` it has none.
    pub step: Program,
    /// One result a quantity that is no input.
    pub shown: Program,
    /// One result a failure: not 0 where it holds.
    pub conditions: Program,
    /// By quantity that is no input: whether each component may be corrected by its measurement.
    pub corrects: Vec<Vec<bool>>,
    pub events: Vec<EventPlan>,
    pub sliders: Vec<SliderPlan>,
    /// What a step does besides: nothing in most models.
    pub aside: Option<Aside>,
    /// Of a model without an `aside`: what `step` and `shown` are made of.
    pub whole: Option<slopes::Whole>,
}

/// What only some models need at a step.
#[derive(Debug)]
pub(crate) struct Aside {
    /// The rates and, row by row, their slopes by the states: of a method that needs them.
    pub slopes: Option<Program>,
    /// Whether the time of the day and the day of the year follow the inputs.
    pub is_clocked: bool,
    /// What components begin with that follow from those that were begun before.
    pub settling: EventPlan,
    /// States that take their next value at the end of a step.
    pub nexts: EventPlan,
    /// Components that are drawn anew at each step.
    pub noises: Vec<usize>,
    /// One result a delay.
    pub delayed: Program,
    pub delays: Vec<Delay>,
    /// One result a watch: not 0 where its condition holds.
    pub watched: Program,
    pub watches: Vec<Watch>,
}

/// Component `at` is what was kept `steps` steps ago in the components that follow it.
#[derive(Debug)]
pub(crate) struct Delay {
    pub at: usize,
    pub steps: usize,
}

/// What happens to a member when a condition begins to hold for it.
#[derive(Debug)]
pub(crate) struct Watch {
    /// The component that says whether it held before.
    pub flag: usize,
    pub plan: EventPlan,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Euler,
    Heun,
    Rk4,
    /// ROS2 of Verwer et al. 1999: implicit, L-stable, of second order.
    Rosenbrock,
}

/// A state or calibrated parameter of the ensemble.
#[derive(Debug, Clone)]
pub(crate) struct Component {
    /// Of a calibrated parameter.
    pub start: f64,
    pub spread: f64,
    /// Variance gained per second.
    pub drift: f64,
    pub bounds: [f64; 2],
    pub prior: Prior,
}

/// How a calibrated parameter is spread at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prior {
    Normal,
    /// As the normal, of the logarithm; the mean stays the value.
    Lognormal,
    /// Anywhere between the bounds.
    Uniform,
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
