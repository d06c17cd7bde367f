//! Watches one signal: a small state that every arrival moves on.

use twin::{Span, Timestamp, entry::Quality};

use super::{
    EventKind, Noted, Place, QualityEvent,
    episode::{Episodes, Growth},
    skew::Skew,
};
use crate::contract::{Contract, Departure};

/// What is known of one signal.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Watch {
    newest: Option<(Timestamp, f64)>,
    /// The asset's clock at the last arrival, or at the start.
    heard: Timestamp,
    /// Since when, and how often, the newest value has come.
    equal_since: Timestamp,
    equal: u32,
    skew: Skew,
    episodes: Episodes,
}

impl Watch {
    /// Starts at the asset's `now`, with the newest sample that is kept.
    pub fn resume(newest: Option<(Timestamp, f64)>, now: Timestamp) -> Watch {
        let equal_since = newest.map_or(now, |(t, _)| t);
        Watch { newest, heard: now, equal_since, equal: u32::from(newest.is_some()), ..Watch::default() }
    }

    /// Hears a sample that arrived at the asset's `arrived`.
    pub fn observe(
        &mut self,
        contract: &Contract,
        t: Timestamp,
        value: f64,
        arrived: Timestamp,
        told: &mut Vec<QualityEvent>,
    ) -> Noted {
        if !self.episodes.is_empty() {
            self.episodes.end(EventKind::Silence, Some(arrived), told);
            let newest = self.newest.map_or(t, |(newest, _)| newest);
            self.episodes.pass(newest, arrived, linger(contract), told);
        }
        self.heard = arrived;
        self.observe_time(contract, t, arrived, told);
        let mut quality = Quality::Good;
        if !contract.is_usual(value) {
            quality = Quality::Uncertain;
            let grown = Growth { kind: EventKind::Unusual, from: t, to: t, arrived };
            self.episodes.grow(grown, value, told, |episode| {
                if excess(contract, value) > excess(contract, episode.value) {
                    episode.value = value;
                }
            });
        }
        let place = match self.newest {
            Some((newest, _)) if t <= newest => self.behind(contract, newest, t, arrived, told),
            Some(previous) => {
                if let Some(departure) = contract.departure(previous, t, value) {
                    quality = Quality::Uncertain;
                    self.departed(departure, t, arrived, told);
                }
                self.ahead(contract, previous, (t, value), arrived, told);
                Place::InOrder
            }
            None => {
                (self.equal_since, self.equal) = (t, 1);
                Place::InOrder
            }
        };
        if place == Place::InOrder {
            self.newest = Some((t, value));
        }
        Noted { quality, place }
    }

    /// Hears when something was measured and when it came, and nothing else.
    pub fn observe_time(
        &mut self,
        contract: &Contract,
        t: Timestamp,
        arrived: Timestamp,
        told: &mut Vec<QualityEvent>,
    ) {
        if let Some(jump) = self.skew.observe(t, arrived, contract.ahead) {
            told.push(QualityEvent {
                asset: 0,
                signal: 0,
                kind: EventKind::ClockJump,
                from: jump.at,
                to: jump.at,
                is_open: false,
                count: 1,
                value: jump.by.secs(),
            });
        }
    }

    /// Hears that the asset's clock was set, so much further, to `now`.
    pub fn clock_was_set(&mut self, by: Span, now: Timestamp, told: &mut Vec<QualityEvent>) {
        // Nobody was silent for an hour that did not pass.
        self.heard = self.heard + by;
        let jumped = self.skew.asset_jumped(by, now);
        if let (Some(_), Some(jumped)) = (self.newest, jumped) {
            let (kind, signal, value) = (EventKind::ClockJump, 0, jumped.secs());
            told.push(QualityEvent { asset: 0, signal, kind, from: now, to: now, is_open: false, count: 1, value });
        }
    }

    /// Notes what only the passing of time tells; `now` is the asset's clock.
    pub fn tick(&mut self, contract: &Contract, now: Timestamp, told: &mut Vec<QualityEvent>) {
        if !self.episodes.is_empty() {
            self.episodes.tick(now, linger(contract), told);
        }
        let (Some(gap_after), Some((newest, _))) = (contract.gap_after, self.newest) else { return };
        if now - self.heard > gap_after && !self.episodes.has(EventKind::Silence) {
            let silence = Growth { kind: EventKind::Silence, from: newest, to: newest, arrived: now };
            self.episodes.grow(silence, 0.0, told, |_| {});
        }
    }

    fn behind(
        &mut self,
        contract: &Contract,
        newest: Timestamp,
        t: Timestamp,
        arrived: Timestamp,
        told: &mut Vec<QualityEvent>,
    ) -> Place {
        let behind = newest - t;
        if behind <= contract.late_after {
            return Place::OutOfOrder;
        }
        let grown = Growth { kind: EventKind::Late, from: arrived, to: arrived, arrived };
        let secs = behind.secs();
        self.episodes.grow(grown, secs, told, |episode| episode.value = episode.value.max(secs));
        Place::Late
    }

    fn departed(&mut self, departure: Departure, t: Timestamp, arrived: Timestamp, told: &mut Vec<QualityEvent>) {
        let (kind, size) = match departure {
            Departure::Rate(rate) => (EventKind::Rate, rate),
            Departure::Fell(by) => (EventKind::Fell, by),
        };
        let grown = Growth { kind, from: t, to: t, arrived };
        self.episodes.grow(grown, size, told, |episode| episode.value = episode.value.max(size));
    }

    /// Looks at the way from the newest sample to the next.
    fn ahead(
        &mut self,
        contract: &Contract,
        (newest, last): (Timestamp, f64),
        (t, value): (Timestamp, f64),
        arrived: Timestamp,
        told: &mut Vec<QualityEvent>,
    ) {
        if let Some(gap_after) = contract.gap_after
            && t - newest > gap_after
        {
            let secs = (t - newest).secs();
            let hole = Growth { kind: EventKind::Gap, from: newest, to: t, arrived };
            self.episodes.grow(hole, 0.0, told, |episode| episode.value += secs);
        }
        if value != last {
            (self.equal_since, self.equal) = (t, 1);
            self.episodes.end(EventKind::Stuck, None, told);
            return;
        }
        self.equal = self.equal.saturating_add(1);
        if let Some(stuck) = contract.stuck
            && self.equal >= stuck.count
            && t - self.equal_since >= stuck.over
        {
            let grown = Growth { kind: EventKind::Stuck, from: self.equal_since, to: t, arrived };
            let equal = u64::from(self.equal);
            self.episodes.grow(grown, value, told, |episode| episode.count = equal);
        }
    }
}

/// How long after the last of its samples an episode is over.
fn linger(contract: &Contract) -> Span {
    let gaps = contract.gap_after.map_or(0, |gap| gap.0.saturating_mul(3));
    Span(gaps.max(Span::MINUTE.0))
}

/// How far `value` is out of the usual.
fn excess(contract: &Contract, value: f64) -> f64 {
    (contract.usual[0] - value).max(value - contract.usual[1])
}
