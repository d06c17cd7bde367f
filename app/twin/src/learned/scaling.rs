//! What is usual of each channel in each regime that an asset is run in.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::sound;
use crate::maths::scalar::abs;

/// Channels become deviations from what is usual in the regime of the settings, in standard deviations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scaling {
    /// How far each setting may be from a regime's centre.
    pub tolerances: Vec<f64>,
    pub regimes: Vec<Regime>,
    /// The channels that say something in every regime, by their place.
    pub kept: Vec<u16>,
    /// No deviation is larger than this.
    pub limit: f64,
}

/// Settings that belong together, and what is usual under them; means and deviations of the kept channels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Regime {
    pub centre: Vec<f64>,
    pub means: Vec<f64>,
    pub deviations: Vec<f64>,
}

impl Scaling {
    /// How far `settings` are from `centre`, as a multiple of what is tolerated; NaN settings are as far as the others.
    pub fn distance(tolerances: &[f64], settings: &[f64], centre: &[f64]) -> f64 {
        let each = settings.iter().zip(centre).zip(tolerances);
        each.fold(0.0, |most: f64, ((setting, centre), tolerance)| most.max(abs(*setting - *centre) / *tolerance))
    }

    /// The nearest regime, and whether it is within its tolerances.
    pub fn regime(&self, settings: &[f64]) -> (usize, bool) {
        let mut nearest = (0, f64::INFINITY);
        for (place, regime) in self.regimes.iter().enumerate() {
            let distance = Scaling::distance(&self.tolerances, settings, &regime.centre);
            if distance < nearest.1 {
                nearest = (place, distance);
            }
        }
        (nearest.0, nearest.1 <= 1.0)
    }

    /// Puts the deviations of the kept channels into `out`; that of a value that is not there stays what it was.
    pub fn scale(&self, regime: usize, channels: &[f64], out: &mut [f64]) {
        let Regime { means, deviations, .. } = &self.regimes[regime];
        for (place, out) in out.iter_mut().enumerate().take(self.kept.len()) {
            let deviation = (channels[usize::from(self.kept[place])] - means[place]) / deviations[place];
            if !deviation.is_nan() {
                *out = deviation.clamp(-self.limit, self.limit);
            }
        }
    }

    pub(super) fn check(&self, channels: usize) -> Result<(), &'static str> {
        let kept = self.kept.len();
        sound(!self.regimes.is_empty(), "no regime")?;
        sound((1..=256).contains(&kept), "no channel, or too many")?;
        sound(self.kept.iter().all(|place| usize::from(*place) < channels), "a channel that is not there")?;
        sound(self.limit > 0.0 && self.limit.is_finite(), "no limit")?;
        sound(self.tolerances.iter().all(|tolerance| *tolerance > 0.0), "no tolerance")?;
        for Regime { centre, means, deviations } in &self.regimes {
            let fits = centre.len() == self.tolerances.len() && means.len() == kept && deviations.len() == kept;
            sound(fits, "a regime of another shape")?;
            sound(centre.iter().chain(means).all(|number| number.is_finite()), "a regime without numbers")?;
            sound(deviations.iter().all(|one| *one > 0.0 && one.is_finite()), "a channel that never changes")?;
        }
        Ok(())
    }
}
