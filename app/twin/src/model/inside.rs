//! What is inside of a compiled model: programs, components and plans, for whom steps it.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{program::Program, slopes::Whole};
use crate::{lanes::Width, time::Span};

/// Steps of a horizon: a page works them out while a slider moves.
pub(super) const MOST_STEPS: i64 = 20_000;
/// Of a step, a horizon or a repair.
pub(super) const STEPS: (i64, i64, &str) = (1_000, 400 * Span::DAY.0, "1 ms to 400 d");

/// What stepping needs.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Inside {
    pub method: Method,
    /// Lanes that members are stepped in.
    #[serde(skip, default = "Width::widest")]
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
    /// One result a failure, then one a limit: not 0 where it is met.
    pub conditions: Program,
    /// One result a regime: not 0 where the asset works in it.
    pub regimes: Program,
    /// By quantity that is no input: whether each component may be corrected by its measurement.
    pub corrects: Vec<Vec<bool>>,
    pub events: Vec<EventPlan>,
    pub sliders: Vec<SliderPlan>,
    /// What a step does besides: nothing in most models.
    pub aside: Option<Aside>,
    /// Of a model without an `aside`: what `step` and `shown` are made of. A packed model has none.
    #[serde(skip)]
    pub whole: Option<Whole>,
}

/// What only some models need at a step.
#[derive(Debug, Serialize, Deserialize)]
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
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Delay {
    pub at: usize,
    pub steps: usize,
}

/// What happens to a member when a condition begins to hold for it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Watch {
    /// The component that says whether it held before.
    pub flag: usize,
    pub plan: EventPlan,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Method {
    Euler,
    Heun,
    Rk4,
    /// ROS2 of Verwer et al. 1999: implicit, L-stable, of second order.
    Rosenbrock,
}

/// A state or calibrated parameter of the ensemble.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Prior {
    Normal,
    /// As the normal, of the logarithm; the mean stays the value.
    Lognormal,
    /// Anywhere between the bounds.
    Uniform,
}

/// What an event sets, all at once.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct EventPlan {
    pub targets: Vec<usize>,
    pub program: Program,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SliderPlan {
    pub change: Change,
    pub effect: Effect,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) enum Change {
    Input(usize),
    Parameter(usize),
    Component(usize),
}

/// What a slider does to what it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    Set,
    Scale,
    Add,
}
