//! What a twin is told: a sample of a signal, an event, or a parameter that somebody has calibrated.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// How far a sample can be trusted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Quality {
    #[default]
    Good,
    Uncertain,
    Bad,
}

/// One thing that happened to an asset.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub t: Timestamp,
    pub what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum What {
    /// A value of signal number `signal` of the model (`Model::signals`), in the signal's unit.
    Sample { signal: u16, value: f64 },
    /// Event number `event` of the model (`Model::events`).
    Event { event: u16 },
    /// Latent number `latent` of the model (`Model::latents`) was found to be `value`, within a standard deviation.
    Calibrated { latent: u16, value: f64, deviation: f64 },
}
