//! What is to be said of data beside the data: gaps, silence, stuck values, clock jumps; and who sends how much.
//!
//! Everything here is a function of what it is told, in the order of arrival; it never looks at a clock, and its size
//! does not grow with what it hears.

mod episode;
mod skew;
#[cfg(test)]
mod tests;
pub mod traffic;
mod watch;

use twin::{Span, Timestamp, entry::Quality};

use crate::catalog::{Catalog, ClockPlan};
pub use watch::Watch;

/// One stretch of time of which something is to be said. It is told when it opens, at ticks while it grows, and when it
/// is over; `kind` and `from` stay the same, so that the last telling stands for the stretch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QualityEvent {
    /// The asset's number in the catalog.
    pub asset: usize,
    /// The signal's number in the model.
    pub signal: u16,
    pub kind: EventKind,
    pub from: Timestamp,
    /// How far it reaches as yet; where it is over, its end.
    pub to: Timestamp,
    pub is_open: bool,
    /// How many samples (of a gap: how many holes) it is made of.
    pub count: u64,
    /// What stands out most, by kind.
    pub value: f64,
}

/// Times are the asset's: of `Silence` and `Late` those of arrival, of the others those of measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// Longer than `gap_after` between two samples, from the one to the other. `value`: seconds without a sample.
    Gap,
    /// Nothing has come for longer than `gap_after`; from the newest sample until the next arrival.
    Silence,
    /// Equal values for too long. `value`: the value.
    Stuck,
    /// The source's clock jumped against the asset's, or the server's was set: then that of all sources jumped the
    /// other way. `value`: seconds, positive is forward.
    ClockJump,
    /// Faster changes than agreed. `value`: the fastest, per second.
    Rate,
    /// Values out of the usual range. `value`: the furthest.
    Unusual,
    /// A counter fell. `value`: by how much at most.
    Fell,
    /// Samples further behind the newest than agreed. `value`: seconds behind at most.
    Late,
}

impl EventKind {
    pub const ALL: [EventKind; 8] = [
        EventKind::Gap,
        EventKind::Silence,
        EventKind::Stuck,
        EventKind::ClockJump,
        EventKind::Rate,
        EventKind::Unusual,
        EventKind::Fell,
        EventKind::Late,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            EventKind::Gap => "gap",
            EventKind::Silence => "silence",
            EventKind::Stuck => "stuck",
            EventKind::ClockJump => "clock-jump",
            EventKind::Rate => "rate",
            EventKind::Unusual => "unusual",
            EventKind::Fell => "fell",
            EventKind::Late => "late",
        }
    }

    /// Reads what `as_str` writes.
    pub fn parse(text: &str) -> Option<EventKind> {
        EventKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What was noticed of one sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noted {
    /// The best quality that the sample can have.
    pub quality: Quality,
    pub place: Place,
}

/// Where a sample comes in among those of its signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// After the newest.
    InOrder,
    /// Not after the newest.
    OutOfOrder,
    /// Further behind the newest than agreed.
    Late,
}

/// Watches every signal of the plant.
#[derive(Debug, Default)]
pub struct Monitor {
    /// By the numbers of asset and signal.
    watches: Vec<Vec<Watch>>,
    fresh: Vec<QualityEvent>,
}

impl Monitor {
    /// Starts with what is kept: `newest` gives the newest sample of a signal, `now` an asset's clock.
    pub fn start(
        catalog: &Catalog,
        newest: impl Fn(usize, u16) -> Option<(Timestamp, f64)>,
        now: impl Fn(usize) -> Timestamp,
    ) -> Monitor {
        let asset = |(number, asset): (usize, &crate::catalog::Asset)| {
            let signals = 0..asset.model.signals.len() as u16;
            signals.map(|signal| Watch::resume(newest(number, signal), now(number))).collect()
        };
        Monitor { watches: catalog.assets().iter().enumerate().map(asset).collect(), fresh: Vec::new() }
    }

    /// Hears a new sample, before it is written: what it returns bounds the sample's quality. `arrived` is the asset's
    /// clock at the arrival.
    pub fn observe(&mut self, catalog: &Catalog, sample: Heard, told: &mut Vec<QualityEvent>) -> Noted {
        let Heard { asset, signal, t, value, arrived } = sample;
        let contract = catalog.assets()[asset].contract(signal);
        let noted = self.watches[asset][usize::from(signal)].observe(contract, t, value, arrived, &mut self.fresh);
        if !self.fresh.is_empty() {
            self.pass_on(asset, signal, told);
        }
        noted
    }

    /// Hears the time of a reading that was refused for being ahead of the asset's clock: it may tell of a jump.
    pub fn observe_time(&mut self, catalog: &Catalog, refused: Heard, told: &mut Vec<QualityEvent>) {
        let Heard { asset, signal, t, arrived, .. } = refused;
        let contract = catalog.assets()[asset].contract(signal);
        self.watches[asset][usize::from(signal)].observe_time(contract, t, arrived, &mut self.fresh);
        self.pass_on(asset, signal, told);
    }

    /// To be called about every second: silence starts, and what has passed is closed. `now` is each asset's clock.
    pub fn tick(&mut self, catalog: &Catalog, now: impl Fn(usize) -> Timestamp, told: &mut Vec<QualityEvent>) {
        for (asset, plan) in catalog.assets().iter().enumerate() {
            let now = now(asset);
            for signal in 0..self.watches[asset].len() as u16 {
                self.watches[asset][usize::from(signal)].tick(plan.contract(signal), now, &mut self.fresh);
                self.pass_on(asset, signal, told);
            }
        }
    }

    /// Hears that the wall clock was set, so much further, to `now`: assets that live by it jumped.
    pub fn wall_was_set(&mut self, catalog: &Catalog, by: Span, now: Timestamp, told: &mut Vec<QualityEvent>) {
        for (asset, plan) in catalog.assets().iter().enumerate() {
            if plan.clock != ClockPlan::Wall {
                continue;
            }
            for signal in 0..self.watches[asset].len() as u16 {
                self.watches[asset][usize::from(signal)].clock_was_set(by, now, &mut self.fresh);
                self.pass_on(asset, signal, told);
            }
        }
    }

    fn pass_on(&mut self, asset: usize, signal: u16, told: &mut Vec<QualityEvent>) {
        told.extend(self.fresh.drain(..).map(|event| QualityEvent { asset, signal, ..event }));
    }
}

/// A sample on its arrival.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heard {
    pub asset: usize,
    pub signal: u16,
    pub t: Timestamp,
    pub value: f64,
    /// The asset's clock at the arrival.
    pub arrived: Timestamp,
}
