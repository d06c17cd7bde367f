//! What a future comes to with one slider at either end of its range: a bar of a tornado.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{Horizon, Projection, Scenario, project};
use crate::{
    model::Model,
    time::Timestamp,
    twin::{Band, Twin},
};

/// What half of the members are above and half below, in the quantity's unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Extent {
    pub lowest: f64,
    pub highest: f64,
    /// At the end.
    pub last: f64,
}

/// What a future comes to until it ends, or until the asset stops.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct End {
    /// One a quantity of the model.
    pub extents: Vec<Extent>,
    /// When half of the members have stopped.
    pub stops: Option<Timestamp>,
}

/// A future with one slider at its least, as the scenario has it, and at its most.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Swing {
    pub slider: u16,
    pub low: End,
    pub set: End,
    pub high: End,
}

/// Moves `slider` over its range and leaves the others where `scenario` has them, with the same noise in all futures.
/// `None` for a slider that the model has not, and for a twin that was told nothing.
pub fn swing(
    twin: &Twin,
    scenario: &Scenario,
    horizon: Horizon,
    members: usize,
    seed: u64,
    slider: u16,
) -> Option<Swing> {
    let model = twin.model();
    let known = model.sliders.get(usize::from(slider))?;
    let end = |scenario: &Scenario| End::of(model, &project(twin, scenario, horizon, members, seed));
    let at = |value: f64| end(&scenario.with(slider, value));
    Some(Swing { slider, low: at(known.min)?, set: end(scenario)?, high: at(known.max)? })
}

impl End {
    /// `None` where the future is empty.
    pub fn of(model: &Model, future: &Projection) -> Option<End> {
        let stops = future.stop(model).map(|stop| stop.mid);
        let count = stops.map_or(future.times.len(), |stop| future.times.partition_point(|t| *t <= stop));
        let of = |bands: &Vec<Band>| {
            let mids = || bands.iter().take(count).map(|band| band.mid);
            Some(Extent {
                lowest: mids().reduce(f64::min)?,
                highest: mids().reduce(f64::max)?,
                last: mids().next_back()?,
            })
        };
        Some(End { extents: future.bands.iter().map(of).collect::<Option<_>>()?, stops })
    }
}
