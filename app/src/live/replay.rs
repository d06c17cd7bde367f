//! A window of the past that is replayed: its entries, told one by one to the twin as it was before them.

mod beat;
pub(super) mod fetch;
pub mod foretold;
pub mod player;
pub mod reel;
pub mod scout;

use twin::{Span, Timestamp, Twin, id::AssetId, model::Role, series::Point};
use wire::view::EventView;

use super::{
    asset::{LiveAsset, Stand},
    loss,
    outlook::band_at,
    trace::Trace,
};
use crate::wording;
use reel::Reel;
use scout::Scout;

/// Twins of the window that are kept, so that whoever jumps need not wait.
const KEPT: usize = 64;
/// Between two of these there are so many entries at least.
const LEAST_APART: usize = 64;
/// Samples that a forecast is held against at most.
const JUDGED: usize = 512;

/// How fast it is replayed: so many times as fast as it was, or as fast as this machine can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speed {
    Times(u32),
    Fastest,
}

pub const SPEEDS: [Speed; 6] =
    [Speed::Times(1), Speed::Times(10), Speed::Times(60), Speed::Times(600), Speed::Times(3_600), Speed::Fastest];

impl Speed {
    /// As an address has it.
    pub fn name(self) -> String {
        match self {
            Speed::Times(times) => times.to_string(),
            Speed::Fastest => "fastest".to_string(),
        }
    }

    /// As people read it.
    pub fn title(self) -> String {
        match self {
            Speed::Times(times) => format!("\u{d7}{times}"),
            Speed::Fastest => "as fast as possible".to_string(),
        }
    }

    /// What `name` wrote; sixty times where it did not.
    pub fn read(name: &str) -> Speed {
        SPEEDS.into_iter().find(|speed| speed.name() == name).unwrap_or(Speed::Times(60))
    }
}

/// Where a window of an asset's past is replayed.
pub fn address(asset_id: &AssetId, from: Timestamp, to: Timestamp) -> String {
    format!("/assets/{asset_id}/replay?from={}&to={}", wording::rfc3339(from), wording::rfc3339(to))
}

/// Where what led to an event is replayed: from five minutes before it.
pub fn address_before(asset_id: &AssetId, t: Timestamp, until: Option<Timestamp>) -> String {
    let to = until.unwrap_or(t).max(t) + Span(15 * Span::MINUTE.0);
    address(asset_id, t - Span(5 * Span::MINUTE.0), to)
}

/// What was known before the window.
#[derive(Debug, Default)]
pub struct Before {
    /// What was measured, by signal.
    pub measured: Vec<Vec<Point>>,
    /// The events that were open or lately told, newest first.
    pub events: Vec<EventView>,
}

#[derive(Debug)]
pub struct Replay {
    pub reel: Reel,
    /// Goes ahead.
    pub scout: Scout,
    /// Twins after entries of the reel, in order of seq; that after its first among them.
    kept: Vec<(u64, Twin)>,
    apart: u64,
    before: Before,
    /// What the twin has said by the farthest entry that was come to.
    said: Vec<Trace>,
    farthest: u64,
}

impl Replay {
    /// `begin` is the twin after the first entry of `reel`.
    pub fn new(reel: Reel, begin: Twin, before: Before) -> Replay {
        let apart = reel.len().div_ceil(KEPT).max(LEAST_APART) as u64;
        let scout = Scout::new(&reel, begin.clone(), &before.events);
        let kept = vec![(reel.first_seq(), begin)];
        Replay { reel, scout, kept, apart, before, said: Vec::new(), farthest: 0 }
    }

    /// Has the scout go on by at most so many entries; whether it is done.
    pub fn look_out(&mut self, most: u64) -> bool {
        self.scout.go_on(&self.reel, most)
    }

    /// Brings `asset` nearer to where it stood after entry `seq`, by at most so many entries; whether it stands there.
    pub fn approach(&mut self, asset: &mut LiveAsset, seq: u64, most: u64) -> bool {
        let seq = seq.clamp(self.reel.first_seq(), self.reel.last_seq());
        let place = self.kept.partition_point(|(known, _)| *known <= seq).saturating_sub(1);
        let nearest = self.kept[place].0;
        if asset.twin.is_none() || asset.seq > seq || asset.seq < nearest {
            self.put_back(asset, place);
        }
        let since = asset.seq - self.reel.first_seq();
        let next_kept = asset.seq - since % self.apart + self.apart;
        let to = seq.min(asset.seq + most).min(next_kept);
        asset.take(&self.reel.batch(asset.seq, to));
        let newest = self.kept.last().map_or(0, |(known, _)| *known);
        if asset.seq == next_kept && asset.seq > newest {
            self.kept.extend(asset.twin.clone().map(|twin| (asset.seq, twin)));
        }
        asset.seq >= seq
    }

    fn put_back(&mut self, asset: &mut LiveAsset, place: usize) {
        if asset.seq > self.farthest {
            self.farthest = asset.seq;
            self.said = asset.said().to_vec();
        }
        let (seq, twin) = self.kept[place].clone();
        let by = self.reel.instant(seq);
        let said = match &self.said[..] {
            [] => asset.said().to_vec(),
            said => said.iter().map(|trace| trace.until(by)).collect(),
        };
        let (first_seq, entries) = (self.reel.first_seq(), self.reel.until(seq));
        asset.put_back(Stand { twin, before: &self.before, first_seq, entries, said });
    }
}

/// How many of the samples that then came while something is foreseen lie in its band, and how many there are to judge by.
pub fn judged(asset: &LiveAsset, quantity: usize, now: Timestamp) -> (usize, usize) {
    let (Some(track), Some(future)) = (asset.track(quantity), asset.baseline()) else { return (0, 0) };
    let came = track.to_come(now);
    // Of the time after it has surely stopped nothing is foreseen.
    let end = future.stop(&asset.model).map(|stop| stop.late).or(future.times.last().copied());
    let came = &came[..came.partition_point(|point| end.is_some_and(|end| point.t <= end))];
    let step = came.len() / JUDGED + 1;
    let judged = came.iter().step_by(step).filter(|point| point.value.is_finite());
    let noise = match asset.model.signals.get(quantity).map(|signal| signal.role) {
        Some(Role::Measured { noise }) => noise,
        _ => 0.0,
    };
    let bands = judged.filter_map(|point| Some((point.value, band_at(future, quantity, point.t)?)));
    bands.fold((0, 0), |(inside, all), (value, band)| (inside + usize::from(loss::holds(band, noise, value)), all + 1))
}
