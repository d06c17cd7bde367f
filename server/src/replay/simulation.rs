//! Simulations: an asset that its model makes, driven by a day's rhythm and seeded noise.

use std::collections::BTreeMap;

use anyhow::Context;
use serde::Deserialize;
use services::catalog::Asset;
use twin::{Span, Timestamp, id::AssetId, maths::scalar::cos, model::Role, simulate::Simulator};

use super::{Post, Posted, playback, recording::secs};
use crate::wording::instant;

/// How an asset's inputs go over a day.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Simulation {
    pub asset: String,
    pub seed: u64,
    /// How much of the past there is before the playback starts, as `24 h`; published at once.
    pub lead: Option<String>,
    /// By the input's name in the model.
    pub input: BTreeMap<String, Rhythm>,
    /// In order of time.
    #[serde(default)]
    pub stop: Vec<Standstill>,
}

/// A time in which the asset stands, and what its inputs are meanwhile.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standstill {
    /// The event that tells of it.
    pub kind: String,
    pub from: String,
    pub to: String,
    /// The event that tells of its end; without one the first event says how long it is to last.
    pub ends: Option<String>,
    pub note: String,
    /// By the input's name in the model.
    pub input: BTreeMap<String, f64>,
}

/// A sine over the day, slower swells, and noise.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rhythm {
    pub mean: f64,
    /// Half the difference of peak and trough.
    pub swing: f64,
    /// The hour of the day (UTC) at which it is highest.
    pub peak_hour: f64,
    /// How much days differ from each other, the same way.
    #[serde(default)]
    pub swell: f64,
    #[serde(default)]
    pub noise: f64,
    /// Decimals that the sensor gives.
    #[serde(default)]
    pub digits: i32,
}

impl Simulation {
    /// What the asset's sensors say at every step of its model, from the playback's start to its end.
    pub fn posts(&self, asset: &Asset) -> anyhow::Result<impl Iterator<Item = Post> + Send + use<>> {
        let (start, end) = playback(asset)?;
        let model = asset.model.clone();
        let (mut rhythms, mut names) = (Vec::new(), Vec::new());
        for signal in model.signals.iter().filter(|signal| matches!(signal.role, Role::Input { .. })) {
            let missing = || format!("the simulation of `{}` says nothing of `{}`", asset.id, signal.name);
            rhythms.push(self.input.get(&signal.name).with_context(missing)?.clone());
            names.push(signal.name.clone());
        }
        let stops: Vec<Stood> = self.stop.iter().map(|stop| stop.laid_out(&names)).collect::<anyhow::Result<_>>()?;
        let told: Vec<Post> =
            stops.iter().zip(&self.stop).flat_map(|(stood, stop)| stop.posts(stood, &asset.id)).collect();
        let bindings: Vec<(String, usize, f64, String)> = asset
            .bindings()
            .map(|(from, binding)| {
                let number = usize::from(binding.signal);
                (from.to_string(), number, binding.scale, model.signals[number].unit.clone())
            })
            .collect();
        let (seed, id) = (self.seed, asset.id.to_string());
        // On the model's grid, where its state is exact.
        let step = model.step.0;
        let lead = Span::from_secs(self.lead.as_deref().map(secs).transpose()?.unwrap_or(0.0));
        let first = Timestamp(((start - lead).0 + step - 1).div_euclid(step) * step);
        let inputs = move |t: Timestamp| -> Vec<f64> {
            let set = |input: usize| stops.iter().filter(|stood| stood.has(t)).find_map(|stood| stood.inputs[input]);
            let draws = (0..).zip(&rhythms).enumerate();
            draws.map(|(input, (draw, rhythm))| set(input).unwrap_or_else(|| rhythm.at(t, seed, draw))).collect()
        };
        let mut simulator = Simulator::new(model, first, &inputs(first));
        let times = (0..).map(move |n| first + Span(n * step)).take_while(move |t| *t <= end);
        Ok(times.flat_map(move |t| {
            simulator.advance(t, &inputs(t));
            let measured = simulator.measure(seed);
            let post = |(signal, number, scale, unit): &(String, usize, f64, String)| {
                let value = round(measured[*number] / scale, 3);
                Post {
                    t,
                    asset: id.clone(),
                    line: 0,
                    what: Posted::Sample { signal: signal.clone(), value, unit: unit.clone() },
                }
            };
            let due = |event: &&Post| t - Span(step) < event.t && event.t <= t;
            told.iter().filter(due).cloned().chain(bindings.iter().map(post)).collect::<Vec<_>>()
        }))
    }
}

/// A standstill in time, and each input's value meanwhile, where it has one.
struct Stood {
    from: Timestamp,
    to: Timestamp,
    inputs: Vec<Option<f64>>,
}

impl Stood {
    fn has(&self, t: Timestamp) -> bool {
        self.from <= t && t < self.to
    }
}

impl Standstill {
    fn laid_out(&self, names: &[String]) -> anyhow::Result<Stood> {
        if let Some(name) = self.input.keys().find(|name| !names.contains(name)) {
            anyhow::bail!("a stop sets `{name}`, which is no input");
        }
        let inputs = names.iter().map(|name| self.input.get(name).copied()).collect();
        Ok(Stood { from: instant(&self.from)?, to: instant(&self.to)?, inputs })
    }

    /// The events that tell of it.
    fn posts(&self, stood: &Stood, asset: &AssetId) -> impl Iterator<Item = Post> {
        let until = self.ends.is_none().then_some(stood.to);
        let post = |t: Timestamp, kind: &str, until, note: &str| {
            let id = format!("{kind}-{}", t.0);
            Post {
                t,
                asset: asset.to_string(),
                line: 0,
                what: Posted::Event { id, kind: kind.into(), until, note: note.into() },
            }
        };
        let first = post(stood.from, &self.kind, until, &self.note);
        let last = self.ends.as_deref().map(|kind| post(stood.to, kind, None, ""));
        std::iter::once(first).chain(last)
    }
}

impl Rhythm {
    /// The value at `t`: the same for the same seed and time, whenever it is asked for.
    fn at(&self, t: Timestamp, seed: u64, draw: u64) -> f64 {
        let day = t.0 as f64 / Span::DAY.0 as f64;
        let turn = (day - self.peak_hour / 24.0) * std::f64::consts::TAU;
        // Two slow waves of unequal length never repeat within a demo.
        let swell = cos(turn / 5.3) + cos(turn / 8.9);
        let noise = normal(seed ^ draw.wrapping_mul(0x9e37_79b9_7f4a_7c15), t.0.cast_unsigned());
        let value = self.mean + self.swing * cos(turn) + 0.5 * self.swell * swell + self.noise * noise;
        round(value, self.digits)
    }
}

fn round(value: f64, digits: i32) -> f64 {
    let power = 10f64.powi(digits);
    (value * power).round() / power
}

/// A draw of about standard normal distribution that is a function of its arguments.
fn normal(seed: u64, place: u64) -> f64 {
    let mut state = seed.wrapping_add(place.wrapping_mul(0xd134_2543_de82_ef95));
    let mut sum = 0.0;
    for _ in 0..12 {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        sum += (bits >> 11) as f64 / (1u64 << 53) as f64;
    }
    sum - 6.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rhythm_peaks_at_its_hour() {
        let rhythm = Rhythm { mean: 100.0, swing: 10.0, peak_hour: 18.0, swell: 0.0, noise: 0.0, digits: 3 };
        let at = |hour: i64| rhythm.at(Timestamp(hour * Span::HOUR.0), 1, 0);
        assert_eq!(at(18), 110.0);
        assert_eq!(at(6), 90.0);
    }

    #[test]
    fn noise_is_a_function_of_seed_and_time() {
        assert_eq!(normal(1, 2), normal(1, 2));
        assert_ne!(normal(1, 2), normal(2, 2));
        let draws: Vec<f64> = (0..10_000).map(|place| normal(7, place)).collect();
        let mean = draws.iter().sum::<f64>() / 1e4;
        let spread = draws.iter().map(|draw| (draw - mean) * (draw - mean)).sum::<f64>() / 1e4;
        assert!(mean.abs() < 0.05 && (spread - 1.0).abs() < 0.05, "{mean} {spread}");
    }
}
