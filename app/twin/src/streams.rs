//! Does an asset behave as it has behaved, where no physics says how: five detectors that learn from samples, and the rule
//! which of them an asset has.
//!
//! Each takes one sample at a time and never looks ahead. Its state is bounded, is bytes, and goes on from them to the same
//! bits. Limits are not those of `detect`, which follow from how seldom a false alarm may be, for here nothing says how
//! numbers are distributed: they are how far the same charts went while all was normal.

mod innovation;
mod level;
mod matrix;
mod moments;
mod pattern;
mod rate;
mod sensor;
mod window;

use alloc::vec::Vec;
use core::fmt;

use serde::{Deserialize, Serialize};

pub use self::{
    innovation::{Foretold, Innovation},
    level::{Against, LIMIT as LEVEL_LIMIT, Level, Levels},
    moments::Rows,
    pattern::{LIMIT as PATTERN_LIMIT, Pattern, Unusual},
    sensor::{Reading, Sensor},
    window::{Stated, Window, Windows},
};
use crate::time::Timestamp;

/// The version of the bytes of a detector.
const FORMAT: u8 = 1;
/// No detector is larger, weights and all.
pub const MOST_BYTES: usize = 256 * 1024;
/// The share of normal rows of which an `Innovation` says an alarm, where no other is asked for.
const FALSE_ALARMS: f64 = 0.005;

/// Why nothing can be learnt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LearnError {
    TooShort {
        rows: usize,
        needed: usize,
    },
    TooWide {
        channels: usize,
        most: usize,
    },
    /// Signals or states that cannot be told apart.
    Alike,
}

impl fmt::Display for LearnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LearnError::TooShort { rows, needed } => write!(f, "{rows} whole rows, {needed} are needed"),
            LearnError::TooWide { channels, most } => write!(f, "{channels} signals, at most {most} go together"),
            LearnError::Alike => f.write_str("signals or states that cannot be told apart"),
        }
    }
}

impl core::error::Error for LearnError {}

/// The bytes are of no detector of this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoDetector;

impl fmt::Display for NoDetector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no detector of this version")
    }
}

impl core::error::Error for NoDetector {}

/// What is known of an asset before anything is learnt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Knowledge {
    pub signals: usize,
    /// States in which windows of it were seen.
    pub states: usize,
    /// Reference readings of what another signal should say.
    pub references: usize,
    /// Rows of which it is known that all was normal.
    pub normal_rows: usize,
    pub start: Start,
}

/// Whether an asset is the same after each start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Start {
    #[default]
    Same,
    /// It is to be learnt anew what is normal.
    Anew,
}

/// Which detector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    Pattern,
    Level,
    Innovation,
    Sensor,
    Window,
}

impl Kind {
    /// The one for what is known; none where there is no signal.
    pub fn of(known: Knowledge) -> Option<Kind> {
        match known {
            Knowledge { signals: 0, .. } => None,
            Knowledge { states: 2.., .. } => Some(Kind::Window),
            Knowledge { references: 1.., .. } => Some(Kind::Sensor),
            Knowledge { signals: 1, normal_rows: 0, .. } => Some(Kind::Pattern),
            Knowledge { signals, normal_rows, start: Start::Same, .. }
                if Innovation::is_record(normal_rows, signals) =>
            {
                Some(Kind::Innovation)
            }
            _ => Some(Kind::Level),
        }
    }
}

/// What a detector learns from. `false_alarms` is the share of normal samples of which an alarm may be said; without it the
/// limit is the usual one.
#[derive(Debug, Clone, Copy)]
pub enum Lesson<'a> {
    /// One signal, normal or not.
    Signal { times: &'a [Timestamp], values: &'a [f64], false_alarms: Option<f64> },
    /// The first rows after a start; so many deviations away is an alarm: `Level::limit_of` says how many.
    Start { rows: Rows<'a>, against: Against, limit: f64 },
    /// A normal record.
    Record { rows: Rows<'a>, false_alarms: Option<f64> },
    /// Rows, reference readings of each, for how many readings one counts.
    References { rows: Rows<'a>, references: &'a [f64], memory: f64, false_alarms: Option<f64> },
    /// Windows one after another, and the state of each.
    States { rows: Rows<'a>, windows: Windows, states: &'a [u32] },
}

/// A detector that has learnt, with all that it needs to go on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Detector {
    Pattern(Pattern),
    Level(Level),
    Innovation(Innovation),
    Sensor(Sensor),
    Window(Window),
    /// A pattern that has another limit than the usual one.
    Limited(f64, Pattern),
}

/// What any detector says of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Said {
    /// How far the asset is from normal, as a multiple of the limit; NaN of a state.
    pub ratio: f64,
    /// Whether it is not as it should be; of a `Pattern`, whether an alarm begins.
    pub is_alarm: bool,
    /// Whether it changes here.
    pub is_change: bool,
    /// The channel that has most of it, where one has.
    pub channel: Option<u16>,
    /// What a reference would read, corrected by those that were.
    pub reading: Option<f64>,
    pub state: Option<u32>,
}

impl Detector {
    pub fn learn(lesson: Lesson) -> Result<Detector, LearnError> {
        match lesson {
            Lesson::Signal { times, values, false_alarms } => {
                let pattern = Pattern::learn(times, values)?;
                Ok(match false_alarms {
                    Some(share) => Detector::Limited(pattern.limit_of(share), pattern),
                    None => Detector::Pattern(pattern),
                })
            }
            Lesson::Start { rows, against, limit } => Level::learn(rows, against, limit).map(Detector::Level),
            Lesson::Record { rows, false_alarms } => {
                Innovation::learn(rows, false_alarms.unwrap_or(FALSE_ALARMS)).map(Detector::Innovation)
            }
            Lesson::References { rows, references, memory, false_alarms } => {
                Sensor::learn(rows, references, memory, false_alarms).map(Detector::Sensor)
            }
            Lesson::States { rows, windows, states } => Window::learn(rows, windows, states).map(Detector::Window),
        }
    }

    /// Takes in a sample, a number a signal; of a `Sensor` the reference last, NaN where there is none. None where nothing
    /// can be said: a signal is missing, or a window is not over.
    pub fn step(&mut self, t: Timestamp, row: &[f64]) -> Option<Said> {
        let normal = Said::default();
        match self {
            Detector::Pattern(pattern) => unusual(pattern, PATTERN_LIMIT, t, row),
            Detector::Limited(limit, pattern) => unusual(pattern, *limit, t, row),
            Detector::Level(level) => {
                let Levels { is_alarm, is_change, channel, ratio, .. } = level.step(row)?;
                Some(Said { ratio, is_alarm, is_change, channel: Some(channel as u16), ..normal })
            }
            Detector::Innovation(innovation) => {
                let Foretold { is_alarm, score, limit, channel, .. } = innovation.step(row)?;
                let channel = channel.map(|channel| channel as u16);
                Some(Said { ratio: score / limit, is_alarm, channel, ..normal })
            }
            Detector::Sensor(sensor) => {
                let (reference, inputs) = row.split_last()?;
                let said = sensor.step(inputs, Some(*reference))?;
                let (ratio, reading) = (said.drift.abs() / said.limit, Some(said.corrected));
                Some(Said { ratio, is_alarm: said.is_alarm, reading, ..normal })
            }
            Detector::Window(window) => {
                let state = Some(window.step(row)?.state);
                Some(Said { ratio: f64::NAN, state, ..normal })
            }
        }
    }

    pub fn kind(&self) -> Kind {
        match self {
            Detector::Pattern(_) | Detector::Limited(..) => Kind::Pattern,
            Detector::Level(_) => Kind::Level,
            Detector::Innovation(_) => Kind::Innovation,
            Detector::Sensor(_) => Kind::Sensor,
            Detector::Window(_) => Kind::Window,
        }
    }

    /// How many signals it reads; a reference is none of them.
    pub fn channels(&self) -> usize {
        match self {
            Detector::Pattern(_) | Detector::Limited(..) => 1,
            Detector::Level(level) => level.channels(),
            Detector::Innovation(innovation) => innovation.channels(),
            Detector::Sensor(sensor) => sensor.channels(),
            Detector::Window(window) => window.channels(),
        }
    }

    /// How many samples what it looks at has: a window, or one.
    pub fn length(&self) -> usize {
        if let Detector::Window(window) = self { window.length() } else { 1 }
    }

    /// The states that it tells apart, in ascending order.
    pub fn states(&self) -> &[u32] {
        if let Detector::Window(window) = self { window.states() } else { &[] }
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        // Nothing that a detector holds can fail to be written.
        postcard::to_allocvec(&(FORMAT, self)).unwrap_or_default()
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Detector, NoDetector> {
        let Some((&FORMAT, bytes)) = bytes.split_first() else { return Err(NoDetector) };
        let (detector, rest) = postcard::take_from_bytes::<Detector>(bytes).map_err(|_| NoDetector)?;
        if rest.is_empty() && detector.is_sound() { Ok(detector) } else { Err(NoDetector) }
    }

    /// Whether all parts are as long as they must be.
    fn is_sound(&self) -> bool {
        match self {
            Detector::Pattern(pattern) => pattern.is_sound(),
            Detector::Limited(limit, pattern) => *limit > 0.0 && limit.is_finite() && pattern.is_sound(),
            Detector::Level(level) => level.is_sound(),
            Detector::Innovation(innovation) => innovation.is_sound(),
            Detector::Sensor(sensor) => sensor.is_sound(),
            Detector::Window(window) => window.is_sound(),
        }
    }
}

fn unusual(pattern: &mut Pattern, limit: f64, t: Timestamp, row: &[f64]) -> Option<Said> {
    let said = pattern.step_within(limit, t, *row.first()?)?;
    let ratio = said.score / limit;
    Some(Said { ratio, is_alarm: said.is_alarm, is_change: said.is_alarm, ..Said::default() })
}
