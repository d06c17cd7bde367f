//! How much this tab holds of what it heard, kind by kind, and how much it may hold at most.

use super::{asset::LiveAsset, fleet::Fleet, trace, track};

/// How many of one kind are held, of how many at most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    pub used: usize,
    pub bound: usize,
}

/// The kinds, in the order in which they are counted.
pub const KINDS: [&str; 7] =
    ["samples", "said by twins", "entries to go back to", "hashes", "innovations", "events", "coalesced spans"];

/// What all assets of `fleet` hold, one a kind.
pub fn held(fleet: &Fleet) -> [Held; KINDS.len()] {
    let mut all = [Held::default(); KINDS.len()];
    for asset in fleet.assets() {
        for (sum, (used, bound)) in all.iter_mut().zip(held_of(asset)) {
            sum.used += used;
            sum.bound += bound;
        }
    }
    all
}

fn held_of(asset: &LiveAsset) -> [(usize, usize); KINDS.len()] {
    let (signals, quantities) = (asset.model.signals.len(), asset.model.quantities.len());
    let samples = (0..signals).filter_map(|signal| asset.track(signal)).map(|track| track.points().len()).sum();
    let said = (0..quantities).filter_map(|quantity| asset.trace(quantity)).map(|trace| trace.points().len()).sum();
    let innovations = asset.twin.as_ref().map_or(0, |twin| twin.innovations().len());
    let [recent, hashes, events, spans] = asset.queues();
    [
        (samples, signals * track::MOST_POINTS),
        (said, quantities * trace::MOST_POINTS),
        recent,
        hashes,
        (innovations, twin::twin::INNOVATIONS),
        events,
        spans,
    ]
}
