//! How wide intervals have to be, by how often the last ones held: what was learned from one year may not hold in the next.
//!
//! After every value that lies outside of its interval the next ones are wider, and after every one inside a little
//! narrower, so that in the long run nine of ten are inside (Gibbs and Candès, NeurIPS 2021, on a logarithm).

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::maths::scalar::exp;

/// How fast the width changes, a forecast: all its values together move it by so much, on a logarithm.
const PACE: f64 = 0.25;
/// The share of values that may be outside.
const OUTSIDE: f64 = 0.1;
/// Intervals are no narrower and no wider than this, as a multiple of what was learned.
const BOUNDS: (f64, f64) = (0.2, 5.0);

/// What is known of a channel's forecasts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trust {
    /// The width of intervals, as a multiple of what was learned.
    wide: f64,
    /// Forecasts that values are still to come of, the oldest first: what is ahead, and how much of it has come.
    issued: Vec<(Vec<f32>, u32)>,
}

impl Default for Trust {
    fn default() -> Trust {
        Trust { wide: 1.0, issued: Vec::new() }
    }
}

impl Trust {
    pub fn wide(&self) -> f64 {
        self.wide
    }

    /// How many bytes there are of forecasts of `horizon` rows, one every `period` rows.
    pub const fn bytes(horizon: usize, period: usize) -> usize {
        (horizon.div_ceil(period) + 1) * (horizon * size_of::<f32>() + 32)
    }

    /// Judges what was said of the row that came; `errors` are the ends of intervals, a row ahead each.
    pub fn judge(&mut self, value: f64, errors: &[(f32, f32)]) {
        let pace = PACE / errors.len() as f64;
        for (ahead, come) in &mut self.issued {
            let place = *come as usize;
            *come += 1;
            if !value.is_finite() {
                continue;
            }
            let error = (value - f64::from(ahead[place])) / self.wide;
            let (low, high) = errors[place];
            let miss = if (f64::from(low)..=f64::from(high)).contains(&error) { 0.0 } else { 1.0 };
            self.wide = (self.wide * exp(pace * (miss - OUTSIDE))).clamp(BOUNDS.0, BOUNDS.1);
        }
        self.issued.retain(|(ahead, come)| (*come as usize) < ahead.len());
    }

    /// Keeps a forecast, to be judged by what comes.
    pub fn issue(&mut self, ahead: impl Iterator<Item = f64>) {
        self.issued.push((ahead.map(|one| one as f32).collect(), 0));
    }

    pub fn fits(&self, horizon: usize, period: usize) -> bool {
        let is_whole = |(ahead, come): &(Vec<f32>, u32)| ahead.len() == horizon && (*come as usize) < horizon;
        (BOUNDS.0..=BOUNDS.1).contains(&self.wide)
            && self.issued.len() <= horizon.div_ceil(period)
            && self.issued.iter().all(is_whole)
    }
}
