//! One asset's model, driven only by what it is told.

use alloc::{sync::Arc, vec::Vec};

use serde::{Deserialize, Serialize};

use crate::{entry::Entry, model::Model, time::Timestamp};

/// The distribution of a quantity over the ensemble.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    pub mean: f64,
    /// 5 %, 50 % and 95 % quantiles.
    pub low: f64,
    pub mid: f64,
    pub high: f64,
}

/// What the twin says of one instant.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    pub t: Timestamp,
    /// One a quantity of the model.
    pub bands: Vec<Band>,
}

/// A measurement beside what the twin expected just before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Innovation {
    pub t: Timestamp,
    pub signal: u16,
    pub measured: f64,
    pub expected: Band,
}

/// First 64 bits of BLAKE3 over the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StateHash(pub u64);

/// A twin as bytes, versioned, with the hash of its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub bytes: Vec<u8>,
    pub hash: StateHash,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckpointError {
    /// Made with another version of the kernel.
    KernelVersion { got: u32 },
    /// Made with another model file.
    OtherModel,
    /// Not a checkpoint.
    Malformed,
}

/// How many entries the twin took in, and how it took them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub assimilated: u64,
    /// Earlier than the newest, inside the window: the twin re-ran.
    pub rerun: u64,
    /// Earlier than the window: not assimilated.
    pub too_late: u64,
    /// Not finite, or unknown to the model: no bit changed.
    pub refused: u64,
}

/// A live model of one asset: its last estimate, and how to predict from it.
#[derive(Debug, Clone)]
pub struct Twin {
    model: Arc<Model>,
}

impl Twin {
    /// A twin that has been told nothing yet.
    pub fn new(model: Arc<Model>, seed: u64) -> Twin {
        let _ = seed;
        Twin { model }
    }

    pub fn model(&self) -> &Arc<Model> {
        &self.model
    }

    /// Corrects the estimate; late entries re-run from the state before them inside the window.
    /// The state after entry n depends on the entries up to n, never on how they were batched.
    pub fn observe(&mut self, entries: &[Entry]) {
        let _ = entries;
        unreachable!()
    }

    /// Predicts the state at `t` without changing the twin, so late samples stay welcome.
    pub fn at(&self, t: Timestamp) -> View {
        let _ = t;
        unreachable!()
    }

    /// The time of the newest entry.
    pub fn newest(&self) -> Option<Timestamp> {
        unreachable!()
    }

    /// The last innovations, oldest first; at most 512. Derived, no part of the state.
    pub fn innovations(&self) -> &[Innovation] {
        unreachable!()
    }

    pub fn counts(&self) -> Counts {
        unreachable!()
    }

    pub fn hash(&self) -> StateHash {
        unreachable!()
    }

    pub fn checkpoint(&self) -> Checkpoint {
        unreachable!()
    }

    pub fn restore(model: Arc<Model>, bytes: &[u8]) -> Result<Twin, CheckpointError> {
        let _ = (model, bytes);
        unreachable!()
    }
}
