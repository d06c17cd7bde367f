//! Futures: a twin forked, changed and stepped ahead.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::{
    time::{Span, Timestamp},
    twin::{Band, StateHash, Twin},
};

/// What is changed against the present: slider number and value. Empty is the baseline.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    pub sliders: Vec<(u16, f64)>,
}

/// How far ahead, and at how many instants the bands are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horizon {
    pub span: Span,
    pub points: usize,
}

/// When each member first meets a failure's condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossing {
    /// Number of the failure in the model.
    pub failure: u16,
    /// One a member; `None` where it does not within the horizon.
    pub first: Vec<Option<Timestamp>>,
}

impl Crossing {
    /// The share of members that meet the condition within the horizon, 0 to 1.
    pub fn probability(&self) -> f64 {
        let met = self.first.iter().filter(|t| t.is_some()).count();
        met as f64 / self.first.len().max(1) as f64
    }

    /// The instant by which `share` of all members have met the condition.
    pub fn quantile(&self, share: f64) -> Option<Timestamp> {
        let mut times: Vec<Timestamp> = self.first.iter().flatten().copied().collect();
        times.sort_unstable();
        let rank = (share * self.first.len() as f64) as usize;
        times.get(rank).copied()
    }
}

/// A future of the twin.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    pub times: Vec<Timestamp>,
    /// By quantity of the model, then by time.
    pub bands: Vec<Vec<Band>>,
    /// One a failure of the model.
    pub crossings: Vec<Crossing>,
    /// Of the final ensemble.
    pub hash: StateHash,
}

/// Steps a copy of `twin` ahead from its newest entry under `scenario`.
/// Member i starts from the twin's member i modulo 64; the same seed gives the same noise to every scenario.
pub fn project(twin: &Twin, scenario: &Scenario, horizon: Horizon, members: usize, seed: u64) -> Projection {
    let _ = (twin, scenario, horizon, members, seed);
    unreachable!()
}
