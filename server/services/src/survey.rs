//! What a file of readings would come to: judged as a door judges, counted by signal, and kept only where that is asked for.

mod spacing;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use twin::{Clock, Entry, Timestamp, What, entry::Quality};

use crate::{
    catalog::Catalog,
    clocks::Clocks,
    ingest::{
        self, Delivery, Item, Origin, Text, Told,
        http::BodyError,
        line::{Precision, TooMany},
    },
    quality::{EventKind, Place, QualityEvent, Watch},
    validate::{self, Fit, Fitting, Reason},
};
pub use spacing::Spacing;

/// Samples of a signal among which duplicates and conflicts are found: the newest.
const REMEMBERED: usize = 65_536;
/// Names and reasons of refused readings that are told apart.
const MOST_REFUSALS: usize = 1_000;
/// Events of a kind that are told one by one.
const EXAMPLES: usize = 5;

/// Goes through readings, batch by batch.
pub struct Survey<'a> {
    catalog: &'a Catalog,
    clocks: Clocks,
    now: Timestamp,
    findings: Findings,
    kept: Option<Vec<Entry>>,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    pub readings: u64,
    pub accepted: u64,
    pub duplicates: u64,
    pub refused: u64,
    /// What a door keeps and no twin is told of: what is said to be bad, and events that the model does not know.
    pub untold: u64,
    /// By the numbers of asset and signal.
    pub signals: BTreeMap<(usize, u16), Found>,
    /// By asset, signal and reason, as they came; of a few, all that is beyond what is told apart is in `others`.
    pub refusals: BTreeMap<(String, String, Reason), Refused>,
    pub others: u64,
}

/// Refused readings of one name and reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub count: u64,
    /// Where the first of them stands, and what is wrong with it.
    pub line: u64,
    pub detail: String,
}

/// What was found of one signal.
#[derive(Debug, Clone, Default)]
pub struct Found {
    pub accepted: u64,
    pub first: Timestamp,
    pub last: Timestamp,
    pub out_of_order: u64,
    pub late: u64,
    pub duplicates: u64,
    pub conflicts: u64,
    /// Those too far behind the newest to be compared with what came before.
    pub not_compared: u64,
    pub spacing: Spacing,
    /// Readings by the unit they said, as far as they said one.
    pub units: BTreeMap<String, u64>,
    pub events: BTreeMap<EventKind, Events>,
    watch: Watch,
    /// The bits of the newest values by time.
    seen: BTreeMap<Timestamp, u64>,
}

/// Events of one kind of one signal.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Events {
    pub count: u64,
    /// The first of them.
    pub first: Vec<QualityEvent>,
    last_from: Option<Timestamp>,
}

impl<'a> Survey<'a> {
    /// Starts at the wall clock's `now`; what is later has not been measured yet.
    pub fn start(catalog: &'a Catalog, now: Timestamp) -> Survey<'a> {
        let clocks = Clocks::start(catalog, &[], now);
        // A file may be of any time, also where the plant plays a recording back.
        (0..catalog.assets().len()).for_each(|asset| clocks.set(asset, Clock::Wall));
        Survey { catalog, clocks, now, findings: Findings::default(), kept: None }
    }

    /// The same of a plant of one asset, and keeps what its twin would be told.
    pub fn keeping(catalog: &'a Catalog, now: Timestamp) -> Survey<'a> {
        Survey { kept: Some(Vec::new()), ..Survey::start(catalog, now) }
    }

    /// Takes a body of `POST /api/v1/telemetry`; `lines` says where each of its readings stands in the file.
    pub fn take(&mut self, body: &str, lines: &[u64]) -> Result<(), BodyError> {
        let text = Text::from(bytes::Bytes::copy_from_slice(body.as_bytes()));
        let items = ingest::http::telemetry(&text)?;
        self.judge(&text, items, |index| lines[index]);
        Ok(())
    }

    /// Takes one line of line protocol.
    pub fn take_line(&mut self, text: &str, line: u64, precision: Precision) -> Result<(), TooMany> {
        let text = Text::from(bytes::Bytes::copy_from_slice(text.as_bytes()));
        let items = ingest::line::lines(&text, precision)?;
        self.judge(&text, items, |_| line);
        Ok(())
    }

    /// Takes items of one line of a file that somebody else has read.
    pub fn take_items(&mut self, items: Vec<Item<'_>>, line: u64) {
        self.judge(&Text::default(), items, |_| line);
    }

    fn judge(&mut self, text: &Text, items: Vec<Item<'_>>, line: impl Fn(usize) -> u64) {
        self.findings.readings += items.len() as u64;
        let units: Vec<Option<String>> = items.iter().map(|item| unit(&item.what)).collect();
        let origin = Origin { connector: "file", client: String::new() };
        let delivery = Delivery { origin, received_at: self.now, text, items };
        let checked = validate::all(self.catalog, &self.clocks, delivery);
        for rejection in checked.rejected {
            let name = (rejection.asset, rejection.signal, rejection.reason);
            self.findings.refuse(name, line(rejection.index), rejection.detail);
        }
        for fit in &checked.fit {
            let index = fit.index as usize;
            self.fits(fit, units[index].as_deref(), line(index));
        }
    }

    /// Counts what could not even be read.
    pub fn unreadable(&mut self, line: u64, why: String) {
        self.findings.readings += 1;
        self.findings.refuse((String::new(), String::new(), Reason::Malformed), line, why);
    }

    /// What was found so far.
    pub fn findings(&self) -> &Findings {
        &self.findings
    }

    /// Gives what was kept, in order of time.
    pub fn entries(&mut self) -> Vec<Entry> {
        let mut entries = self.kept.replace(Vec::new()).unwrap_or_default();
        entries.sort_by_key(|entry| entry.t);
        entries
    }

    /// Gives what was found.
    pub fn finish(mut self) -> Findings {
        for ((asset, signal), found) in &mut self.findings.signals {
            let contract = self.catalog.assets()[*asset].contract(*signal);
            let mut told = Vec::new();
            found.watch.tick(contract, Timestamp(i64::MAX), &mut told);
            found.hear(&told);
        }
        self.findings
    }

    fn fits(&mut self, fit: &Fit, unit: Option<&str>, line: u64) {
        let asset = &self.catalog.assets()[fit.asset];
        let (signal, value, quality) = match &fit.what {
            Fitting::Sample { signal, value, quality, .. } => (*signal, *value, *quality),
            Fitting::Event { kind, .. } => {
                let what = asset.model.event(kind).map(|event| What::Event { event });
                self.keep(fit.t, what);
                return;
            }
        };
        // What is kept is compared whole.
        let most = if self.kept.is_some() { usize::MAX } else { REMEMBERED };
        let found = self.findings.signals.entry((fit.asset, signal)).or_default();
        if let Some(unit) = unit {
            match found.units.get_mut(unit) {
                Some(count) => *count += 1,
                None => drop(found.units.insert(unit.to_owned(), 1)),
            }
        }
        match found.meets(fit.t, value, most) {
            Meets::Itself => {
                found.duplicates += 1;
                self.findings.duplicates += 1;
            }
            Meets::Another(kept) => {
                found.conflicts += 1;
                let from = asset.contract(signal).source.as_ref().map(|source| source.from.clone());
                let name = (asset.id.to_string(), from.unwrap_or_default(), Reason::Conflict);
                self.findings.refuse(name, line, format!("{kept} came of this time before, not {value}"));
            }
            Meets::Nothing => {
                let before = found.accepted.checked_sub(1).map(|_| found.last);
                let arrived = before.map_or(fit.t, |last| last.max(fit.t));
                let mut told = Vec::new();
                let noted = found.watch.observe(asset.contract(signal), fit.t, value, arrived, &mut told);
                found.hear(&told);
                found.add(fit.t, before, noted.place);
                self.findings.accepted += 1;
                self.keep(fit.t, (quality != Quality::Bad).then_some(What::Sample { signal, value }));
            }
        }
    }

    fn keep(&mut self, t: Timestamp, what: Option<What>) {
        self.findings.untold += u64::from(what.is_none());
        if let (Some(kept), Some(what)) = (&mut self.kept, what) {
            kept.push(Entry { t, what });
        }
    }
}

enum Meets {
    Nothing,
    Itself,
    Another(f64),
}

impl Found {
    /// Compares with the newest samples of before, at most so many, and remembers this one where there was none.
    fn meets(&mut self, t: Timestamp, value: f64, most: usize) -> Meets {
        if let Some(bits) = self.seen.get(&t) {
            return if *bits == value.to_bits() { Meets::Itself } else { Meets::Another(f64::from_bits(*bits)) };
        }
        if self.seen.len() >= most {
            if self.seen.first_key_value().is_some_and(|(oldest, _)| t < *oldest) {
                self.not_compared += 1;
                return Meets::Nothing;
            }
            self.seen.pop_first();
        }
        self.seen.insert(t, value.to_bits());
        Meets::Nothing
    }

    fn add(&mut self, t: Timestamp, before: Option<Timestamp>, place: Place) {
        match (place, before) {
            (Place::InOrder, Some(before)) => self.spacing.add(t - before),
            (Place::InOrder, None) => {}
            (Place::OutOfOrder, _) => self.out_of_order += 1,
            (Place::Late, _) => {
                self.out_of_order += 1;
                self.late += 1;
            }
        }
        self.first = if self.accepted == 0 { t } else { self.first.min(t) };
        self.last = if self.accepted == 0 { t } else { self.last.max(t) };
        self.accepted += 1;
    }

    fn hear(&mut self, told: &[QualityEvent]) {
        // A file has no arrivals: nothing in it is silent, and no clock can be told to jump.
        let has_no_arrival = |event: &&QualityEvent| !matches!(event.kind, EventKind::Silence | EventKind::ClockJump);
        for event in told.iter().filter(has_no_arrival) {
            let events = self.events.entry(event.kind).or_default();
            if events.last_from != Some(event.from) {
                events.last_from = Some(event.from);
                events.count += 1;
            }
            if let Some(known) = events.first.iter_mut().find(|known| known.from == event.from) {
                *known = *event;
            } else if events.first.len() < EXAMPLES {
                events.first.push(*event);
            }
        }
    }
}

impl Findings {
    fn refuse(&mut self, name: (String, String, Reason), line: u64, detail: String) {
        self.refused += 1;
        if let Some(refused) = self.refusals.get_mut(&name) {
            refused.count += 1;
        } else if self.refusals.len() < MOST_REFUSALS {
            self.refusals.insert(name, Refused { count: 1, line, detail });
        } else {
            self.others += 1;
        }
    }
}

fn unit(told: &Told<'_>) -> Option<String> {
    match told {
        Told::Reading(reading) => reading.unit.as_deref().map(str::to_owned),
        _ => None,
    }
}
