//! What is agreed of each signal: what its values may be, how often they come, and what is said when they do not.

mod body;
pub mod duration;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use twin::{Span, Timestamp, entry::Quality};
use wire::view::Course;

pub use body::ContractError;
pub(crate) use table::{read, retention};

use crate::validate::Reason;

/// The retention class of a signal whose contract names none; it always exists, and keeps everything unless it says.
pub const STANDARD: &str = "standard";

/// What the samples of one signal keep to. Values, ranges and rates are in the signal's own unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Contract {
    pub unit: String,
    pub kind: Kind,
    /// A value outside is refused.
    pub range: [f64; 2],
    /// A value outside is kept as uncertain.
    pub usual: [f64; 2],
    /// The fastest change per second; a faster one is kept as uncertain. Infinite where nothing is agreed.
    pub most_rate: f64,
    /// The time from sample to sample.
    pub period: Option<Span>,
    /// The longest time without a sample; a longer one is a gap, and silence while it lasts.
    pub gap_after: Option<Span>,
    /// How far ahead of the asset's clock a sample may be.
    pub ahead: Span,
    /// How far behind the newest sample another may be; one further behind is late: kept and shown, and said to be late.
    pub late_after: Span,
    pub stuck: Option<Stuck>,
    /// How long samples are kept, by name.
    pub class: String,
    pub source: Option<Source>,
}

/// What the values of a signal are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    Number,
    Integer,
    /// 0 or 1.
    Boolean,
    /// Never falls, but when it starts over.
    Counter,
}

impl Kind {
    /// What such a signal does between two of its samples.
    pub fn course(self) -> Course {
        match self {
            Kind::Number => Course::Slope,
            Kind::Integer | Kind::Counter => Course::Steps,
            Kind::Boolean => Course::Switch,
        }
    }
}

/// When a signal is stuck: so many equal values in a row, over so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stuck {
    pub count: u32,
    pub over: Span,
}

/// How values come in: under which id, in which unit unless they say another, and multiplied with what.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    pub from: String,
    pub unit: String,
    pub scale: f64,
}

/// What becomes of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Kept, and at best of this quality.
    Keep(Quality),
    Reject(Reason, String),
}

/// How a value departs from the one before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Departure {
    /// It changed by so much per second.
    Rate(f64),
    /// It is a counter, and fell by so much.
    Fell(f64),
}

impl Contract {
    /// What is agreed where the plant file says nothing: the model's `unit` and `range`.
    pub fn of_model(unit: &str, range: [f64; 2]) -> Contract {
        Contract {
            unit: unit.to_owned(),
            kind: Kind::Number,
            range,
            usual: range,
            most_rate: f64::INFINITY,
            period: None,
            gap_after: None,
            ahead: Span::MINUTE,
            late_after: Span(5 * Span::MINUTE.0),
            stuck: None,
            class: STANDARD.to_owned(),
            source: None,
        }
    }

    /// Judges a value in the signal's unit, measured at `t`. `previous` is the sample before it in time, where one is
    /// known; without it neither rate nor fall is judged.
    pub fn judge(&self, value: f64, t: Timestamp, previous: Option<(Timestamp, f64)>) -> Verdict {
        if !(value >= self.range[0] && value <= self.range[1] && value.is_finite()) {
            return self.out_of_range(value);
        }
        if !self.kind.allows(value) {
            return self.of_another_kind(value);
        }
        let departs = previous.is_some_and(|previous| self.departure(previous, t, value).is_some());
        let is_good = self.is_usual(value) && !departs;
        Verdict::Keep(if is_good { Quality::Good } else { Quality::Uncertain })
    }

    pub fn is_usual(&self, value: f64) -> bool {
        value >= self.usual[0] && value <= self.usual[1]
    }

    /// How `value` at `t` departs from the sample before it; `None` where it does not, or is not after it.
    pub fn departure(&self, previous: (Timestamp, f64), t: Timestamp, value: f64) -> Option<Departure> {
        let (before, last) = previous;
        if t <= before {
            return None;
        }
        if self.kind == Kind::Counter && value < last {
            return Some(Departure::Fell(last - value));
        }
        if self.most_rate == f64::INFINITY {
            return None;
        }
        let rate = (value - last).abs() / (t - before).secs();
        (rate > self.most_rate).then_some(Departure::Rate(rate))
    }

    #[cold]
    fn out_of_range(&self, value: f64) -> Verdict {
        if !value.is_finite() {
            return Verdict::Reject(Reason::NotFinite, format!("{value} is no finite number"));
        }
        let [low, high] = self.range;
        // A sensor that says nonsense says a lot of it.
        let value = if value.abs() < 1e15 { value.to_string() } else { format!("{value:e}") };
        Verdict::Reject(Reason::Range, format!("{value} {} is outside {low} to {high}", self.unit))
    }

    #[cold]
    fn of_another_kind(&self, value: f64) -> Verdict {
        Verdict::Reject(Reason::Kind, format!("{value} is no {}", self.kind.as_str()))
    }
}

impl Kind {
    pub const ALL: [Kind; 4] = [Kind::Number, Kind::Integer, Kind::Boolean, Kind::Counter];

    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Number => "number",
            Kind::Integer => "integer",
            Kind::Boolean => "boolean",
            Kind::Counter => "counter",
        }
    }

    /// Reads what `as_str` writes.
    pub fn parse(text: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    fn allows(self, value: f64) -> bool {
        match self {
            Kind::Number | Kind::Counter => true,
            Kind::Integer => value.fract() == 0.0,
            Kind::Boolean => value == 0.0 || value == 1.0,
        }
    }
}

/// How long samples are kept, by the name of a class; `None` is for good.
pub type Retention = BTreeMap<String, Option<Span>>;

/// The contracts of a whole plant, by asset and signal.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Contracts {
    assets: BTreeMap<String, BTreeMap<String, Contract>>,
}

impl Contracts {
    /// The contract of `signal` of `asset`, both by name.
    pub fn get(&self, asset: &str, signal: &str) -> Option<&Contract> {
        self.assets.get(asset)?.get(signal)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, &Contract)> {
        self.assets.iter().flat_map(|(asset, signals)| {
            signals.iter().map(move |(signal, contract)| (asset.as_str(), signal.as_str(), contract))
        })
    }

    /// Enters the contract of `signal` of `asset`.
    pub fn insert(&mut self, asset: &str, signal: &str, contract: Contract) {
        self.assets.entry(asset.to_owned()).or_default().insert(signal.to_owned(), contract);
    }
}
