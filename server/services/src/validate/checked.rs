//! What a delivery comes to before the store has seen it: what fits the plant, and what is refused.

use twin::{Timestamp, entry::Quality};

use super::{Rejection, Terms};
use crate::ingest::{Origin, Text};

/// What a delivery comes to before the store has seen it.
#[derive(Debug)]
pub struct Checked {
    pub(crate) origin: Origin,
    pub(crate) received_at: Timestamp,
    /// The delivery as it came, for what turns out to be refused.
    pub(crate) text: Text,
    pub(crate) fit: Vec<Fit>,
    pub(crate) rejected: Vec<Rejection>,
    /// The units in which samples came, where it was not the agreed one.
    pub(crate) units: Vec<String>,
    pub(crate) terms: Terms,
}

/// Something that was found of an asset here, not told by a connector.
#[derive(Debug, Clone, PartialEq)]
pub struct Happening {
    pub id: String,
    pub t: Timestamp,
    pub until: Option<Timestamp>,
    pub kind: String,
    pub note: String,
}

impl Checked {
    /// What was found of asset number `asset`: it came from nobody and cannot be refused.
    pub(crate) fn of_happenings(
        origin: Origin,
        received_at: Timestamp,
        asset: usize,
        happenings: Vec<Happening>,
    ) -> Checked {
        let fit = |(index, Happening { id, t, until, kind, note }): (u32, Happening)| Fit {
            index,
            asset,
            t,
            arrived: t,
            what: Fitting::Event { id, until, kind, note },
            raw: (0, 0),
        };
        Checked {
            origin,
            received_at,
            text: Text::default(),
            fit: (0..).zip(happenings).map(fit).collect(),
            rejected: Vec::new(),
            units: Vec::new(),
            terms: Terms::Usual,
        }
    }
}

/// A sample or event that fits the plant; only the store can tell whether it is new.
#[derive(Debug)]
pub(crate) struct Fit {
    pub index: u32,
    /// The asset's number in the catalog.
    pub asset: usize,
    pub t: Timestamp,
    /// The asset's clock at the arrival.
    pub arrived: Timestamp,
    pub what: Fitting,
    /// Its place in the text.
    pub raw: (u32, u32),
}

impl Fit {
    /// The signal's number; none for an event.
    pub fn signal(&self) -> Option<u16> {
        match self.what {
            Fitting::Sample { signal, .. } => Some(signal),
            Fitting::Event { .. } => None,
        }
    }
}

#[derive(Debug)]
pub(crate) enum Fitting {
    /// `unit` is its place among the units of the delivery, plus 1; 0 for the agreed one.
    Sample {
        signal: u16,
        value: f64,
        quality: Quality,
        unit: u16,
    },
    Event {
        id: String,
        until: Option<Timestamp>,
        kind: String,
        note: String,
    },
}
