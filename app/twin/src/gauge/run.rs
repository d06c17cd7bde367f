//! What a gauge has read of one asset: the row that is going on, what came of those before, and what it found.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{Ahead, Gauge, Learnt, Notes, Reads, Said};
use crate::{
    detect::{Change, Found},
    entry::What,
    time::Timestamp,
};

/// Below this part of its limit an alarm is over.
const OVER: f64 = 0.5;

#[derive(Debug, Clone, Default)]
pub(crate) struct Run {
    /// When the row that is going on began.
    since: Timestamp,
    /// Its numbers and what a reference read; NaN where nothing came yet. The first of each counts. Empty before the first row.
    row: Vec<f64>,
    /// Whether it was read: once all of it has come, or another begins.
    is_read: bool,
    /// When the newest row that was read began.
    at: Option<Timestamp>,
    notes: Option<Notes>,
    said: Option<Said>,
    /// When all was last as it should be.
    rest: Timestamp,
    found: Option<Found>,
}

/// A run in a checkpoint.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct KeptRun {
    since: Timestamp,
    row: Vec<f64>,
    is_read: bool,
    at: Option<Timestamp>,
    notes: Option<Vec<u8>>,
    said: Option<Said>,
    rest: Timestamp,
    found: Option<Found>,
}

impl Run {
    /// Takes in all entries of an instant; instants come in their order.
    ///
    /// A row by the clock has what came while it lasted; one that is counted ends when something comes again of which it has
    /// a number. It is read once all inputs have come: what comes of them later is of no use to it.
    pub(crate) fn take(&mut self, gauge: &Gauge, t: Timestamp, entries: &[What]) {
        let Some(reads) = gauge.reads.as_deref() else { return };
        let inputs = gauge.inputs.len();
        let mut came = Vec::new();
        for what in entries {
            let What::Sample { signal, value } = *what else { continue };
            let channels = gauge.inputs.iter().chain(&gauge.reference).enumerate();
            let own = channels.filter(|(_, channel)| channel.signal == signal);
            came.extend(own.map(|(place, channel)| (place, channel.taken(value))));
        }
        if came.is_empty() {
            return;
        }
        if self.row.is_empty() || self.is_over(gauge, t, &came) {
            self.end(gauge, reads);
            self.begin(gauge, reads, t);
        }
        let was_referred = !self.row[inputs].is_nan();
        for (place, value) in came {
            if self.row[place].is_nan() {
                self.row[place] = value;
            }
        }
        let reference = self.row[inputs];
        if !self.is_read && self.row[..inputs].iter().all(|number| !number.is_nan()) {
            self.read(gauge, reads);
        } else if let Some(notes) = self.notes.as_mut().filter(|_| self.is_read && !was_referred && !reference.is_nan())
        {
            reads.refer(notes, reference);
        }
    }

    /// Whether what comes at `t` begins another row.
    fn is_over(&self, gauge: &Gauge, t: Timestamp, came: &[(usize, f64)]) -> bool {
        match gauge.row {
            None => place(gauge, t) != place(gauge, self.since),
            Some(_) => t > self.since && came.iter().any(|(place, _)| !self.row[*place].is_nan()),
        }
    }

    fn end(&mut self, gauge: &Gauge, reads: &dyn Reads) {
        if !self.row.is_empty() && !self.is_read {
            self.read(gauge, reads);
        }
    }

    fn begin(&mut self, gauge: &Gauge, reads: &dyn Reads, t: Timestamp) {
        if let (Some(notes), None) = (&mut self.notes, &gauge.row) {
            let next = place(gauge, self.since).saturating_add(1);
            let missed = place(gauge, t).saturating_sub(next);
            if missed > 0 {
                reads.rest(notes, next, missed);
            }
        }
        self.since = t;
        self.row.clear();
        self.row.resize(gauge.inputs.len() + 1, f64::NAN);
        self.is_read = false;
    }

    fn read(&mut self, gauge: &Gauge, reads: &dyn Reads) {
        let (row, reference) = self.row.split_at(gauge.inputs.len());
        let notes = self.notes.get_or_insert_with(|| reads.begin(place(gauge, self.since)));
        let said = reads.read(notes, self.since, row, reference[0]);
        self.is_read = true;
        if self.at.is_none() {
            self.rest = self.since;
        }
        self.at = Some(self.since);
        let Some(said) = said else { return };
        let is_other = self.said.replace(said).is_some_and(|before| before.state != said.state);
        let is_alarm =
            said.is_alarm || said.state.is_some_and(|state| gauge.normal.is_some_and(|normal| normal != state));
        let is_at_rest = !is_alarm && said.ratio.is_none_or(|ratio| ratio < OVER);
        if is_at_rest {
            self.rest = self.since;
        }
        self.found = match self.found {
            None if is_alarm => Some(Found { change: Change::Shift, began: self.rest, found: self.since }),
            Some(_) if is_at_rest => None,
            Some(_) if is_other => Some(Found { change: Change::Shift, began: self.since, found: self.since }),
            found => found,
        };
    }

    pub(super) fn found(&self) -> Option<Found> {
        self.found
    }

    /// What was said of how the asset compares.
    pub(super) fn compared(&self, gauge: &Gauge) -> Learnt {
        let said = self.said.unwrap_or_default();
        let only = (gauge.inputs.len() == 1 && self.said.is_some()).then_some(0);
        let signal = said
            .channel
            .or(only)
            .and_then(|channel| gauge.inputs.get(usize::from(channel)))
            .map(|channel| channel.signal);
        Learnt {
            at: self.at,
            remaining: None,
            estimate: said.reading,
            ratio: said.ratio,
            state: said.state,
            signal,
            found: self.found.map(|found| found.found),
        }
    }

    pub(super) fn learnt(&self, gauge: &Gauge) -> Learnt {
        let mut learnt = self.compared(gauge);
        if let (Some(reads), Some(notes)) = (gauge.reads.as_deref(), &self.notes) {
            learnt.remaining = reads.remaining(notes);
            learnt.estimate = learnt.estimate.or_else(|| reads.estimate(notes));
        }
        learnt
    }

    pub(super) fn forecast(&self, gauge: &Gauge, place: usize) -> Option<Vec<Ahead>> {
        gauge.reads.as_deref()?.forecast(self.notes.as_ref()?, place)
    }

    pub(crate) fn keep(&self, gauge: &Gauge) -> KeptRun {
        let save = |notes: &Notes| gauge.reads.as_deref().map(|reads| reads.save(notes));
        KeptRun {
            since: self.since,
            row: self.row.clone(),
            is_read: self.is_read,
            at: self.at,
            notes: self.notes.as_ref().and_then(save),
            said: self.said,
            rest: self.rest,
            found: self.found,
        }
    }
}

impl KeptRun {
    /// The run, where it is one of `gauge`; nothing was read by one that nobody opened.
    pub(crate) fn run(self, gauge: &Gauge) -> Option<Run> {
        if !gauge.is_open() {
            return Some(Run::default());
        }
        let KeptRun { since, row, is_read, at, notes, said, rest, found } = self;
        let fits = row.is_empty() || row.len() == gauge.inputs.len() + 1;
        let notes = match notes {
            Some(bytes) => Some(gauge.reads.as_deref()?.restore(&bytes)?),
            None => None,
        };
        let is_whole = !is_read || notes.is_some();
        (fits && is_whole).then_some(Run { since, row, is_read, at, notes, said, rest, found })
    }
}

/// The place in time of the row that `t` is in.
fn place(gauge: &Gauge, t: Timestamp) -> i64 {
    t.0.div_euclid(gauge.every.0)
}
