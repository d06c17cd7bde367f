//! Consecutive entries of one asset.

mod packed;

use alloc::{string::String, vec::Vec};

use twin::{Model, Timestamp, entry::Quality, id::AssetId};

use crate::taken::{self, Taken};

/// Entries `first_seq ..` of `asset`, without a hole.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    pub asset: AssetId,
    pub first_seq: u64,
    pub entries: Vec<Entry>,
}

impl Batch {
    /// The seq of the last entry; that before the first where there is none.
    pub fn last_seq(&self) -> u64 {
        (self.first_seq + self.entries.len() as u64).saturating_sub(1)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub t: Timestamp,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// `signal` is the signal's number in the model.
    Sample {
        signal: u16,
        value: f64,
        quality: Quality,
    },
    Event {
        id: String,
        kind: String,
        until: Option<Timestamp>,
        note: String,
    },
}

impl Entry {
    /// What a twin of `model` is told of this entry: nothing of a bad sample, nor of an event it does not answer to.
    pub fn observed(&self, model: &Model) -> Option<twin::Entry> {
        let what = match &self.what {
            What::Sample { quality: Quality::Bad, .. } => return None,
            What::Sample { signal, value, .. } => twin::What::Sample { signal: *signal, value: *value },
            What::Event { id, kind, .. } if kind == taken::KIND => Taken::read(id, model)?.told(model)?,
            What::Event { kind, .. } => twin::What::Event { event: model.event(kind)? },
        };
        Some(twin::Entry { t: self.t, what })
    }
}
