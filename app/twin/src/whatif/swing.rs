//! What a future comes to with one slider at either end of its range: a bar of a tornado.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{Horizon, Projection, Scenario, project};
use crate::twin::{Band, Twin};

/// What half of the members are above and half below, over a horizon: in the quantity's unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Extent {
    pub lowest: f64,
    pub highest: f64,
    /// At the horizon's end.
    pub last: f64,
}

/// A future with one slider at its least, and with the same slider at its most, by quantity of the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Swing {
    pub slider: u16,
    pub low: Vec<Extent>,
    pub high: Vec<Extent>,
}

/// Moves `slider` over its range and leaves the others where `scenario` has them, with the same noise in both futures.
/// `None` for a slider that the model has not, and for a twin that was told nothing.
pub fn swing(
    twin: &Twin,
    scenario: &Scenario,
    horizon: Horizon,
    members: usize,
    seed: u64,
    slider: u16,
) -> Option<Swing> {
    let known = twin.model().sliders.get(usize::from(slider))?;
    let at = |value: f64| {
        let mut moved = scenario.clone();
        moved.sliders.retain(|(own, _)| *own != slider);
        moved.sliders.push((slider, value));
        Extent::all(&project(twin, &moved, horizon, members, seed))
    };
    Some(Swing { slider, low: at(known.min)?, high: at(known.max)? })
}

impl Extent {
    /// Of every quantity of a future; `None` where that is empty.
    pub fn all(projection: &Projection) -> Option<Vec<Extent>> {
        let of = |bands: &Vec<Band>| {
            let mids = || bands.iter().map(|band| band.mid);
            Some(Extent {
                lowest: mids().reduce(f64::min)?,
                highest: mids().reduce(f64::max)?,
                last: mids().next_back()?,
            })
        };
        projection.bands.iter().map(of).collect()
    }
}
