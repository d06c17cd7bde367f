//! Which streams are fed, from when on, and which publisher feeds which of them.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde::Deserialize;

use super::wave::{Keeping, Wave};

/// Where a stream without samples begins, before its asset's now: there is room for much that may not be of the future.
const LEAD: i64 = 24 * 3_600_000_000;

/// What is taken of the answer to `/api/v1/plant`.
#[derive(Debug, Deserialize)]
pub struct Plant {
    assets: Vec<PlantAsset>,
}

#[derive(Debug, Deserialize)]
struct PlantAsset {
    id: String,
    clock: PlantClock,
    signals: Vec<PlantSignal>,
}

#[derive(Debug, Deserialize)]
struct PlantClock {
    now: i64,
    rate: f64,
}

#[derive(Debug, Deserialize)]
struct PlantSignal {
    from: String,
    number: u16,
    unit: String,
    kept_in: String,
    scale: f64,
    range: [f64; 2],
    t: Option<i64>,
}

/// Sample number `k` of a stream is of `start + k * step`.
#[derive(Debug, Clone)]
pub struct Stream {
    pub asset: String,
    pub signal: String,
    /// The signal's number in the model.
    pub number: u16,
    pub unit: String,
    pub kept_in: String,
    pub scale: f64,
    pub start: i64,
    pub step: i64,
    pub wave: Wave,
}

impl Stream {
    pub fn t(&self, k: u64) -> i64 {
        self.start + k as i64 * self.step
    }

    /// How its values are kept.
    pub fn keeping(&self) -> anyhow::Result<Keeping> {
        Keeping::between(&self.unit, &self.kept_in, self.scale)
            .with_context(|| format!("unit `{}` does not fit `{}`", self.unit, self.kept_in))
    }
}

/// What streams are made of.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Only these assets and signals; all of them where none is named.
    pub assets: Vec<String>,
    pub signals: Vec<String>,
    pub seed: u64,
    pub step: i64,
    pub start: Option<i64>,
}

#[derive(Debug)]
pub struct Plan {
    pub streams: Vec<Stream>,
    /// By stream: when its asset's clock stood where, and how fast it goes.
    clocks: Vec<(i64, f64)>,
    asked: Instant,
    /// Streams of one asset stand together; these are where each asset's begin and end.
    assets: Vec<std::ops::Range<usize>>,
}

/// A share of a stream: samples `place`, `place + stride`, ...
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lane {
    pub stream: usize,
    pub place: u64,
    pub stride: u64,
}

impl Plan {
    pub fn new(plant: &Plant, wanted: &Wanted) -> anyhow::Result<Plan> {
        let is_named = |names: &[String], id: &str| names.is_empty() || names.iter().any(|name| name == id);
        let mut plan = Plan { streams: Vec::new(), clocks: Vec::new(), asked: Instant::now(), assets: Vec::new() };
        for asset in plant.assets.iter().filter(|asset| is_named(&wanted.assets, &asset.id)) {
            let first = plan.streams.len();
            let newest = asset.signals.iter().filter_map(|signal| signal.t).max().map(|t| t + wanted.step);
            let start = wanted.start.unwrap_or_else(|| newest.unwrap_or(i64::MIN).max(asset.clock.now - LEAD));
            for signal in asset.signals.iter().filter(|signal| is_named(&wanted.signals, &signal.from)) {
                let keeping = Keeping::between(&signal.unit, &signal.kept_in, signal.scale)
                    .with_context(|| format!("asset `{}`: unit of `{}`", asset.id, signal.from))?;
                let range = keeping.sendable(signal.range);
                plan.streams.push(Stream {
                    asset: asset.id.clone(),
                    signal: signal.from.clone(),
                    number: signal.number,
                    unit: signal.unit.clone(),
                    kept_in: signal.kept_in.clone(),
                    scale: signal.scale,
                    start,
                    step: wanted.step,
                    wave: Wave::within(wanted.seed, &asset.id, &signal.from, range),
                });
                plan.clocks.push((asset.clock.now, asset.clock.rate));
            }
            if plan.streams.len() > first {
                plan.assets.push(first..plan.streams.len());
            }
        }
        if plan.streams.is_empty() {
            bail!("the plant has no such signals");
        }
        Ok(plan)
    }

    /// When the asset's clock has come to `t`: nobody measures what has not happened.
    pub fn due(&self, stream: usize, t: i64) -> Instant {
        let (now, rate) = self.clocks[stream];
        let ahead = (t - now) as f64 / 1e6 / rate;
        self.asked + Duration::try_from_secs_f64(ahead.max(0.0)).unwrap_or(Duration::from_secs(1 << 30))
    }

    /// The lanes of each of so many publishers: whole assets each, else whole streams, else shares of streams.
    pub fn share(&self, publishers: usize) -> Vec<Vec<Lane>> {
        let mut lanes = vec![Vec::new(); publishers];
        let most = publishers.min(self.assets.len()).max(1);
        for (number, asset) in self.assets.iter().enumerate() {
            // The publishers of this asset: one of several assets, or several of one.
            let own: Vec<usize> = (number % most..publishers).step_by(self.assets.len().max(1)).collect();
            let sharing = own.len().div_ceil(asset.len()).max(1);
            for (place, stream) in asset.clone().enumerate() {
                for (turn, publisher) in own.iter().enumerate() {
                    let is_owner = if sharing == 1 { place % own.len() == turn } else { turn % asset.len() == place };
                    if is_owner {
                        let of_stream = own.len().saturating_sub(place).div_ceil(asset.len()).max(1) as u64;
                        let (place, stride) =
                            if sharing == 1 { (0, 1) } else { ((turn / asset.len()) as u64, of_stream) };
                        lanes[*publisher].push(Lane { stream, place, stride });
                    }
                }
            }
        }
        lanes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(signals: &[usize]) -> Plan {
        let asset = |(number, signals): (usize, &usize)| PlantAsset {
            id: format!("asset-{number}"),
            clock: PlantClock { now: 0, rate: 1.0 },
            signals: (0..*signals)
                .map(|number| PlantSignal {
                    from: format!("signal-{number}"),
                    number: number as u16,
                    unit: "V".into(),
                    kept_in: "V".into(),
                    scale: 1.0,
                    range: [0.0, 5.0],
                    t: None,
                })
                .collect(),
        };
        let plant = Plant { assets: signals.iter().enumerate().map(asset).collect() };
        let wanted = Wanted { assets: vec![], signals: vec![], seed: 1, step: 1, start: Some(0) };
        Plan::new(&plant, &wanted).unwrap()
    }

    #[test]
    fn every_sample_has_one_publisher_however_many_there_are() {
        for signals in [vec![1], vec![4, 4, 4], vec![3, 1, 2, 5, 1]] {
            let plan = plan(&signals);
            for publishers in 1..40 {
                let lanes: Vec<Lane> = plan.share(publishers).into_iter().flatten().collect();
                for stream in 0..plan.streams.len() {
                    for k in 0..60 {
                        let own = |lane: &&Lane| lane.stream == stream && k % lane.stride == lane.place;
                        let owners = lanes.iter().filter(own).count();
                        assert_eq!(owners, 1, "sample {k} of {stream}, {publishers} publishers of {signals:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_publisher_of_few_feeds_whole_assets() {
        let share = plan(&[4, 4, 4]).share(3);
        for (publisher, lanes) in share.iter().enumerate() {
            let streams: Vec<usize> = lanes.iter().map(|lane| lane.stream).collect();
            assert_eq!(streams, (publisher * 4..publisher * 4 + 4).collect::<Vec<_>>());
        }
    }
}
