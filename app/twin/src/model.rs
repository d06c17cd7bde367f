//! A model of a kind of asset, read from its file: what it is fed, what it shows, how it moves.

mod apart;
#[cfg(feature = "language")]
mod check;
#[cfg(feature = "language")]
mod compile;
#[cfg(feature = "language")]
pub mod compose;
#[cfg(feature = "language")]
mod document;
#[cfg_attr(not(feature = "language"), expect(dead_code, reason = "programs are made of it where models are read"))]
mod expression;
#[cfg_attr(not(feature = "language"), expect(dead_code, reason = "programs are made of it where models are read"))]
mod graph;
mod inside;
mod kernels;
#[cfg(feature = "language")]
mod nature;
#[cfg(feature = "language")]
pub mod nearest;
mod optimise;
#[cfg(feature = "language")]
pub mod outline;
pub mod packed;
pub(crate) mod program;
#[cfg(feature = "language")]
mod read;
#[cfg(feature = "language")]
mod schema;
mod signal;
pub(crate) mod slopes;
#[cfg(feature = "language")]
mod step;
#[cfg(feature = "language")]
mod token;
#[cfg(feature = "language")]
mod tree;

use alloc::{boxed::Box, string::String, vec::Vec};
use core::fmt;

use serde::{Deserialize, Serialize};

pub(crate) use self::inside::{Aside, Change, Component, EventPlan, Inside, Method, Prior, SliderPlan};
pub use self::{
    inside::Effect,
    signal::{Future, Role, Schedule, Signal},
};
use crate::{entry::What, gauge::Gauge, lanes::Width, time::Span, wander};

/// The SHA-256 of a model file's bytes, and of those of what was learned in their order after them: the name of the model in
/// every number it makes.
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

/// Gives the bytes of a file beside a model file.
#[cfg(feature = "language")]
pub type Beside<'b> = &'b dyn Fn(&str) -> Option<Vec<u8>>;

/// A compiled model.
#[derive(Debug, Serialize, Deserialize)]
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
    /// The ends of all normal bands.
    pub limits: Vec<Limit>,
    /// Maintenance; each is an event too.
    pub actions: Vec<Action>,
    pub sliders: Vec<Slider>,
    pub presets: Vec<Preset>,
    /// In which way the asset works: the first that holds.
    pub regimes: Vec<Regime>,
    pub costs: Vec<Cost>,
    pub schedules: Vec<Schedule>,
    /// What the twin estimates: states, then calibrated parameters.
    pub latents: Vec<Latent>,
    /// How seldom an asset that is as ever may give an alarm: the one knob of `detect`.
    pub false_alarm_every: Span,
    /// How much of the spread that a measurement takes from the members is given back to them, from 0 to less than 1.
    pub inflation: f64,
    /// What was learned from recordings and reads the asset's signals.
    pub gauges: Vec<Gauge>,
    pub(crate) inside: Inside,
    /// The same as members go apart in futures; of a model whose inputs cannot wander there is none.
    #[serde(skip)]
    apart: Option<Box<Inside>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quantity {
    pub name: String,
    pub title: String,
    pub unit: String,
    pub range: [f64; 2],
    /// The band in which this is normal, where the model says one.
    pub normal: Option<[f64; 2]>,
}

/// An end of the band in which a quantity is normal.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Limit {
    /// Number of the quantity in the model.
    pub quantity: u16,
    /// Whether it is the upper end: the quantity crosses it when it is above, else when it is below.
    pub is_upper: bool,
    pub value: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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

/// A state or a calibrated parameter: what no sensor says and the twin estimates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Latent {
    pub name: String,
    pub title: String,
    pub unit: String,
    pub kind: LatentKind,
    /// Its number among what members have.
    pub(crate) component: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LatentKind {
    State,
    Parameter,
}

/// Something that maintenance does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preset {
    pub name: String,
    pub title: String,
    pub sliders: Vec<(u16, f64)>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Regime {
    pub name: String,
    pub title: String,
}

/// A price or a rate of costs: an assumption, never a measurement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    pub name: String,
    pub title: String,
    pub unit: String,
    pub value: f64,
    /// Who says so.
    pub source: String,
}

/// A knob of what-if.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    /// Reads a model file that stands alone; all errors at once.
    #[cfg(feature = "language")]
    pub fn parse(text: &str) -> Result<Model, Vec<ModelError>> {
        Model::parse_beside(text, &|_| None)
    }

    /// Reads a model file; `sealed` gives the bytes of the file with a name beside it, where there is one.
    #[cfg(feature = "language")]
    pub fn parse_beside(text: &str, sealed: Beside) -> Result<Model, Vec<ModelError>> {
        read::read(text, Some(sealed))
    }

    /// The model stepped on lanes of `width`, where the machine has them: no bit changes, only the time it takes.
    pub fn on_lanes_of(mut self, width: Width) -> Model {
        self.inside.width = width;
        self.apart.iter_mut().for_each(|apart| apart.width = width);
        self
    }

    /// What futures are stepped by in which each member has its own inputs.
    pub(crate) fn apart(&self) -> &Inside {
        self.apart.as_deref().unwrap_or(&self.inside)
    }

    fn with_apart(mut self) -> Model {
        let inputs: Vec<usize> = wander::inputs(&self).collect();
        self.apart = (!inputs.is_empty()).then(|| Box::new(self.inside.apart(&inputs)));
        self
    }

    /// Whether a twin of this model can take `what` in: a finite value of one of its signals, one of its events, or what one of
    /// its latents may be.
    pub fn knows(&self, what: &What) -> bool {
        match *what {
            What::Sample { signal, value } => usize::from(signal) < self.signals.len() && value.is_finite(),
            What::Event { event } => usize::from(event) < self.events.len(),
            What::Calibrated { latent, value, deviation } => {
                let is_known = usize::from(latent) < self.latents.len() && value.is_finite();
                let [low, high] = if is_known { self.bounds(latent) } else { [0.0; 2] };
                is_known && value >= low && value <= high && deviation.is_finite() && deviation >= 0.0
            }
        }
    }

    /// The least and the most that the latent with this number can be.
    pub fn bounds(&self, latent: u16) -> [f64; 2] {
        self.inside.components[usize::from(self.latents[usize::from(latent)].component)].bounds
    }

    /// How unsure the model file is of the latent with this number: a standard deviation.
    pub fn spread(&self, latent: u16) -> f64 {
        self.inside.components[usize::from(self.latents[usize::from(latent)].component)].spread
    }

    /// The number of the latent called `name`.
    pub fn latent(&self, name: &str) -> Option<u16> {
        self.latents.iter().position(|latent| latent.name == name).map(|index| index as u16)
    }

    /// Whether its gauges read, where it has any: only then is the state of a twin whole.
    pub fn is_open(&self) -> bool {
        self.gauges.iter().all(Gauge::is_open)
    }

    /// Whether formulas say what the asset does: without any, all is measured or learned, and it has no futures.
    pub fn has_physics(&self) -> bool {
        !self.inside.components.is_empty() || self.quantities.len() > self.inside.inputs
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

    /// What the slider with this number does to what it is of.
    pub fn effect(&self, slider: u16) -> Effect {
        self.inside.sliders.get(usize::from(slider)).map_or(Effect::Set, |plan| plan.effect)
    }
}
