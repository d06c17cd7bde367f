//! What was learned from recordings as part of a twin: a gauge reads channels of its asset row by row, and says what no
//! formula says.
//!
//! What it learned belongs to the model and never changes. What it has read of one asset is part of the state, like the charts
//! of `detect`, and moves with measurements only: no future has any.

mod run;
mod sealed;

use alloc::{string::String, sync::Arc, vec::Vec};
use core::{any::Any, fmt};

use serde::{Deserialize, Serialize};

pub(crate) use self::run::{KeptRun, Run};
pub use self::sealed::make;
pub use crate::learned::{Remaining, outlook::Ahead};
use crate::{
    detect::{Alarm, Change, Found},
    model::Model,
    time::{Span, Timestamp},
    twin::Twin,
};

/// No sealed file is larger.
pub const LARGEST: usize = crate::learned::LARGEST;

/// What a gauge is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// How long its asset will last.
    Life,
    /// What channels will do.
    Outlook,
    /// When what fades has faded.
    Fade,
    /// A reading that no sensor gives.
    Soft,
    /// Is a signal unusual.
    Pattern,
    /// Has a level left where it was.
    Level,
    /// Does a plant still move as it did.
    Innovation,
    /// A reading that no sensor gives, and whether references drift away from it.
    Sensor,
    /// In which of a few states is a machine.
    Window,
}

/// A `[learned]` block of a model.
#[derive(Debug, Serialize, Deserialize)]
pub struct Gauge {
    pub name: String,
    pub title: String,
    pub kind: Kind,
    /// The signals that it reads, in its order.
    pub inputs: Vec<Channel>,
    /// The signal that says now and then what it says, where there is one.
    pub reference: Option<Channel>,
    /// What a row is in time.
    pub every: Span,
    /// What a row is called, where rows are counted as they come and not by the clock.
    pub row: Option<String>,
    /// Of what it reads off.
    pub unit: String,
    /// Titles of the states that it tells apart, by their numbers.
    pub states: Vec<(u32, String)>,
    /// Which of them is as it should be.
    pub normal: Option<u32>,
    /// No more rows of life are told apart.
    pub most: Option<f64>,
    /// Names what was sealed, wherever that is.
    pub seal: Seal,
    /// Empty where it has not come yet.
    #[serde(skip)]
    pub(crate) sealed: Vec<u8>,
    /// What reads with what was sealed; none until it was made.
    #[serde(skip)]
    pub(crate) reads: Option<Arc<dyn Reads>>,
}

/// The BLAKE3 of sealed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal(pub [u8; 32]);

impl Seal {
    pub fn of(sealed: &[u8]) -> Seal {
        Seal(*blake3::hash(sealed).as_bytes())
    }
}

/// A signal, and the way from its unit to the one in which it was learned.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Channel {
    /// Its number in the model.
    pub signal: u16,
    /// What a value is divided by, and what is then added.
    pub(crate) divisor: f64,
    pub(crate) offset: f64,
}

/// What a gauge says of its asset after the newest row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Learnt {
    /// When that row began; none before the first.
    pub at: Option<Timestamp>,
    /// Rows that are left, of what has an end of life.
    pub remaining: Option<Remaining>,
    /// What no sensor reads.
    pub estimate: Option<f64>,
    /// How far the asset is from normal, as a multiple of the limit.
    pub ratio: Option<f64>,
    /// Number of the state that it is in.
    pub state: Option<u32>,
    /// Number of the signal that has most of it.
    pub signal: Option<u16>,
    /// When it was found not to be as it should be; none where it is.
    pub found: Option<Timestamp>,
}

/// What is known of one asset by what reads it.
pub type Notes = Arc<dyn Any + Send + Sync>;

/// What reads rows: made of sealed bytes.
pub trait Reads: fmt::Debug + Send + Sync {
    /// What it is and reads.
    fn form(&self) -> Form;
    /// What is known before the first row, which is at the place `first` in time, in rows.
    fn begin(&self, first: i64) -> Notes;
    /// Takes in a row at `t` and what a reference read in it; a number that is missing is NaN.
    fn read(&self, notes: &mut Notes, t: Timestamp, row: &[f64], reference: f64) -> Option<Said>;
    /// Takes in what a reference read at the newest row, after that.
    fn refer(&self, notes: &mut Notes, reference: f64);
    /// Takes in `rows` rows of nothing, the first of them at the place `first`.
    fn rest(&self, notes: &mut Notes, first: i64, rows: i64);
    fn remaining(&self, notes: &Notes) -> Option<Remaining>;
    fn estimate(&self, notes: &Notes) -> Option<f64>;
    /// The rows ahead of input `place`.
    fn forecast(&self, notes: &Notes, place: usize) -> Option<Vec<Ahead>>;
    /// The notes as bytes, which `restore` reads.
    fn save(&self, notes: &Notes) -> Vec<u8>;
    /// The notes that these bytes are, where they are its own.
    fn restore(&self, bytes: &[u8]) -> Option<Notes>;
}

/// What was sealed.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    pub kind: Kind,
    /// The names of what it is told; empty where it knows none.
    pub names: Vec<String>,
    /// How many numbers a row has.
    pub inputs: usize,
    /// The states that it tells apart.
    pub states: Vec<u32>,
    /// No more rows of life are told apart.
    pub most: Option<f64>,
}

/// What is said of a row by what compares.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Said {
    pub ratio: Option<f64>,
    /// Whether the asset is not as it should be, or begins not to be.
    pub is_alarm: bool,
    /// The input that has most of it.
    pub channel: Option<u16>,
    pub reading: Option<f64>,
    pub state: Option<u32>,
}

impl Gauge {
    /// Whether it says how the asset compares with what was learned.
    pub fn compares(&self) -> bool {
        !matches!(self.kind, Kind::Life | Kind::Outlook | Kind::Fade | Kind::Soft)
    }

    /// So many rows as time.
    pub fn span_of(&self, rows: f64) -> Span {
        Span((rows * self.every.0 as f64) as i64)
    }

    /// The title of a state.
    pub fn title_of(&self, state: u32) -> &str {
        self.states.iter().find(|(own, _)| *own == state).map_or("", |(_, title)| title)
    }

    /// What was sealed; empty where it has not come yet.
    pub fn sealed(&self) -> &[u8] {
        &self.sealed
    }

    pub(crate) fn is_open(&self) -> bool {
        self.reads.is_some()
    }

    /// Makes what reads with what was sealed.
    pub(crate) fn open(&mut self) -> Result<(), &'static str> {
        if Seal::of(&self.sealed) != self.seal {
            return Err("a gauge with what another learned");
        }
        let reads = make(&self.sealed).map_err(|_| "a gauge that was not sealed")?;
        let form = reads.form();
        let fits = form.kind == self.kind
            && form.inputs == self.inputs.len()
            && form.most == self.most
            && form.states.iter().all(|state| self.states.iter().any(|(own, _)| own == state));
        if !fits {
            return Err("a gauge of another form");
        }
        self.reads = Some(reads);
        Ok(())
    }

    /// Whether it reads signals of a model that has so many, in rows of some length.
    pub(crate) fn is_sound(&self, signals: usize) -> bool {
        let is_one = |channel: &Channel| {
            usize::from(channel.signal) < signals
                && channel.divisor > 0.0
                && (channel.divisor + channel.offset).is_finite()
        };
        !self.inputs.is_empty() && self.inputs.iter().chain(&self.reference).all(is_one) && self.every.0 >= 1_000
    }
}

impl Channel {
    /// A value of the signal as it was learned.
    pub(crate) fn taken(&self, value: f64) -> f64 {
        value / self.divisor + self.offset
    }

    /// A value as it was learned, in the signal's unit.
    pub(crate) fn given(&self, value: f64) -> f64 {
        (value - self.offset) * self.divisor
    }
}

impl Twin {
    /// What each gauge of the model says after the newest row; empty before any entry.
    pub fn learned(&self) -> Vec<Learnt> {
        self.read_with(Run::learnt)
    }

    /// The rows ahead of each input of gauge number `gauge`, in the units of the signals; empty of what has no outlook, or
    /// before it has read enough.
    pub fn forecast(&self, gauge: usize) -> Vec<Vec<Ahead>> {
        let run = self.estimate().and_then(|estimate| estimate.runs.get(gauge));
        let (Some(run), Some(gauge)) = (run, self.model().gauges.get(gauge)) else { return Vec::new() };
        let of = |(place, channel): (usize, &Channel)| {
            let ahead = run.forecast(gauge, place)?.into_iter();
            let given = |Ahead { low, middle, high }| {
                let [low, middle, high] = [low, middle, high].map(|value| channel.given(value));
                Ahead { low, middle, high }
            };
            Some(ahead.map(given).collect())
        };
        gauge.inputs.iter().enumerate().filter_map(of).collect()
    }

    /// What gauges find that is not as it should be.
    pub(crate) fn found(&self) -> Vec<Alarm> {
        let of = |(number, (run, gauge)): (usize, (&Run, &Gauge))| {
            let Found { began, found, .. } = run.found()?;
            let Learnt { ratio, state, signal, .. } = run.compared(gauge);
            let ratio = ratio.unwrap_or(1.0);
            Some(Alarm { signal, change: Change::Learned(number as u16), began, found, offset: 0.0, ratio, state })
        };
        let runs = self.estimate().map_or(&[][..], |estimate| &estimate.runs);
        runs.iter().zip(&self.model().gauges).enumerate().filter_map(of).collect()
    }

    fn read_with<T>(&self, read: fn(&Run, &Gauge) -> T) -> Vec<T> {
        let runs = self.estimate().map_or(&[][..], |estimate| &estimate.runs);
        runs.iter().zip(&self.model().gauges).map(|(run, gauge)| read(run, gauge)).collect()
    }
}

/// Runs that nothing was read in, one a gauge.
pub(crate) fn begin(model: &Model) -> Vec<Run> {
    model.gauges.iter().map(|_| Run::default()).collect()
}
