//! Key figures of an asset, as formulas: how its time was used, how often it failed, what that costs.
//!
//! Times follow ISO 22400-2 and EN 13306, figures of failures EN 15341. Nothing here knows where stops come from.

mod course;
mod interval;
mod reliability;
mod told;
mod track;

use alloc::vec::Vec;

pub use course::{Doing, course};
pub use interval::{Interval, Times};
pub use reliability::{Mean, bounds_of_mean};
pub use told::{Kinds, Says};
pub use track::{Cell, Counted, Hold, Piece, gain, pieces};

use crate::time::{Span, Timestamp};

/// Why an asset stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StopKind {
    /// It could no longer do what is required of it (EN 13306).
    Failure,
    /// Nobody planned it, and nobody says that it was a failure.
    Unplanned,
    /// It was planned: maintenance, an inspection, a rest.
    Planned,
}

impl StopKind {
    /// Whether it is held against availability.
    pub fn is_unplanned(self) -> bool {
        self != StopKind::Planned
    }
}

/// A time in which an asset stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    pub during: Interval,
    pub kind: StopKind,
    /// Whether it lasts still: its end is only the end of what is known.
    pub is_open: bool,
}

/// What became of the time of an asset, or of several, in a period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Account {
    /// In which it was to run and something is known of it.
    pub required: Span,
    /// Of that: stops that were planned.
    pub planned: Span,
    /// Of the rest: stops that nobody planned, failures among them.
    pub unplanned: Span,
    /// Failures that began in the period.
    pub failures: u32,
    /// Failures that ended in it, and how long these took from their beginning to their end.
    pub restorations: u32,
    pub restoring: Span,
    /// Stops that nobody planned and that began in the period, failures among them.
    pub unplanned_stops: u32,
    pub planned_stops: u32,
    /// Stops that began before the period and reach into it.
    pub unplanned_earlier: u32,
    pub planned_earlier: u32,
}

impl Account {
    /// The account of one asset that was to run in `required`, all of it within `period`.
    pub fn of(period: Interval, required: &Times, stops: &[Stop]) -> Account {
        let (unplanned, planned): (Vec<&Stop>, Vec<&Stop>) = stops.iter().partition(|stop| stop.kind.is_unplanned());
        let during = |stops: Vec<&Stop>| Times::of(stops.iter().map(|stop| stop.during)).and(required);
        let planned = during(planned);
        // What was planned is not held against the asset, whatever else was wrong meanwhile.
        let unplanned = during(unplanned).without(&planned);
        let mut account = Account {
            required: required.total(),
            planned: planned.total(),
            unplanned: unplanned.total(),
            ..Account::default()
        };
        for stop in stops {
            let begins = u32::from(period.has(stop.during.from));
            let reaches_in = u32::from(stop.during.from < period.from && !stop.during.and(period).is_empty());
            if stop.kind.is_unplanned() {
                account.unplanned_stops += begins;
                account.unplanned_earlier += reaches_in;
            } else {
                account.planned_stops += begins;
                account.planned_earlier += reaches_in;
            }
            if stop.kind == StopKind::Failure {
                account.failures += begins;
                let is_over = !stop.is_open && period.from < stop.during.to && stop.during.to <= period.to;
                if is_over {
                    account.restorations += 1;
                    account.restoring = account.restoring + stop.during.length();
                }
            }
        }
        account
    }

    /// Adds the account of another asset, as for a line.
    pub fn add(&mut self, other: &Account) {
        self.required = self.required + other.required;
        self.planned = self.planned + other.planned;
        self.unplanned = self.unplanned + other.unplanned;
        self.failures += other.failures;
        self.restorations += other.restorations;
        self.restoring = self.restoring + other.restoring;
        self.unplanned_stops += other.unplanned_stops;
        self.planned_stops += other.planned_stops;
        self.unplanned_earlier += other.unplanned_earlier;
        self.planned_earlier += other.planned_earlier;
    }

    /// Planned busy time (PBT): required, and no stop was planned.
    pub fn busy(&self) -> Span {
        Span(self.required.0 - self.planned.0)
    }

    /// Actual production time (APT): busy by plan, and up.
    pub fn operating(&self) -> Span {
        Span(self.busy().0 - self.unplanned.0)
    }

    /// Availability (ISO 22400-2): APT / PBT; `None` where nothing was to run.
    pub fn availability(&self) -> Option<f64> {
        share(self.operating(), self.busy())
    }

    /// What share of the planned busy time was lost unplanned.
    pub fn unplanned_share(&self) -> Option<f64> {
        share(self.unplanned, self.busy())
    }

    /// What share of the required time was planned to be lost.
    pub fn planned_share(&self) -> Option<f64> {
        share(self.planned, self.required)
    }

    /// Mean operating time between failures (EN 15341): operating time / failures.
    pub fn between_failures(&self) -> Mean {
        Mean::of(self.operating(), self.failures)
    }

    /// Mean time to restoration (EN 15341): time to restoration / failures restored.
    pub fn to_restore(&self) -> Mean {
        Mean::of(self.restoring, self.restorations)
    }
}

/// What share `part` is of `whole`; `None` where that is nothing.
pub fn share(part: Span, whole: Span) -> Option<f64> {
    (whole.0 > 0).then(|| part.0 as f64 / whole.0 as f64)
}

/// What was made in a period, and how fast it could have been.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Output {
    pub made: f64,
    pub rejected: f64,
    /// Pieces a second by design: the reciprocal of the planned run time for one.
    pub ideal_per_sec: f64,
}

impl Output {
    /// Pieces that were good.
    pub fn good(&self) -> f64 {
        self.made - self.rejected
    }

    /// Pieces of the actual production time at the speed by design.
    pub fn possible(&self, account: &Account) -> f64 {
        account.operating().secs() * self.ideal_per_sec
    }
}

/// Overall equipment effectiveness (ISO 22400-2) and its factors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Oee {
    pub availability: f64,
    /// Pieces made against those of the actual production time at the speed by design.
    pub effectiveness: f64,
    /// Good pieces against those made.
    pub quality: f64,
}

impl Oee {
    /// `None` where the asset was not to run, did not run, or made nothing: a factor would be a division by nothing.
    pub fn of(account: &Account, output: &Output) -> Option<Oee> {
        let possible = output.possible(account);
        let is_known = possible > 0.0 && output.made > 0.0;
        is_known.then_some(Oee {
            availability: account.availability()?,
            effectiveness: output.made / possible,
            quality: output.good() / output.made,
        })
    }

    pub fn value(&self) -> f64 {
        self.availability * self.effectiveness * self.quality
    }
}

/// What something cost in a baseline and in a period, each over the time in which it is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Compared {
    pub then: f64,
    pub over_then: Span,
    pub now: f64,
    pub over_now: Span,
}

impl Compared {
    /// What was saved: what as much time cost then, less what it cost now; `None` where nothing was known then.
    pub fn saved(&self) -> Option<f64> {
        share(self.over_now, self.over_then).map(|times| self.then * times - self.now)
    }
}

/// What `over` comes to at a price of an hour.
pub fn cost_of_time(over: Span, an_hour: f64) -> f64 {
    hours(over) * an_hour
}

/// What so many joules come to at a price of a kWh.
pub fn cost_of_energy(joules: f64, a_kwh: f64) -> f64 {
    joules / 3.6e6 * a_kwh
}

/// What so much comes to an hour; `None` of no time.
pub fn an_hour(amount: f64, over: Span) -> Option<f64> {
    (over.0 > 0).then(|| amount / hours(over))
}

/// Mean power in watts; `None` of no time.
pub fn mean_power(joules: f64, over: Span) -> Option<f64> {
    (over.0 > 0).then(|| joules / over.secs())
}

fn hours(span: Span) -> f64 {
    span.secs() / 3600.0
}

/// A cost that comes about with a probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chance {
    /// 0 to 1.
    pub probability: f64,
    pub cost: f64,
}

impl Chance {
    /// What it comes to on average.
    pub fn expected(&self) -> f64 {
        self.probability * self.cost
    }
}

/// The end of what began at `from` and has no end of its own: the first of `ends`, which are in order, that is not before
/// it; `None` where it lasts still at `now`.
pub fn ended(from: Timestamp, ends: &[Timestamp], now: Timestamp) -> Option<Timestamp> {
    let next = ends.partition_point(|end| *end < from);
    ends.get(next).copied().filter(|end| *end <= now)
}
