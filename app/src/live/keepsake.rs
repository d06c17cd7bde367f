//! What is kept of an asset on this device: frames that bring a page without a server to where this one stood.

use serde::{Deserialize, Serialize};
use twin::{Clock, KERNEL_VERSION, Timestamp, id::AssetId, twin::StateHash};
use wire::{ServerFrame, StoreId, frame::Latest, view::EventView};

use super::{Live, asset::LiveAsset, fleet::Fleet};

/// One asset as it stood. Not the frames themselves: a page has no other use for the code that writes those.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Keepsake {
    /// The server's wall clock by then.
    pub at: Timestamp,
    store_id: StoreId,
    asset: AssetId,
    seq: u64,
    clock: Clock,
    latest: Vec<Latest>,
    events: Vec<EventView>,
    twin: Vec<u8>,
    hash: StateHash,
}

impl Keepsake {
    /// `None` where there is no twin yet: nothing is worth keeping.
    pub fn of(fleet: &Fleet, asset: &LiveAsset) -> Option<Keepsake> {
        let checkpoint = asset.twin.as_ref()?.checkpoint();
        Some(Keepsake {
            at: fleet.now,
            store_id: fleet.store_id,
            asset: asset.view.id.clone(),
            seq: asset.seq,
            clock: asset.clock,
            latest: asset.latest().iter().flatten().copied().collect(),
            events: asset.events.iter().cloned().collect(),
            twin: checkpoint.bytes,
            hash: checkpoint.hash,
        })
    }

    /// Brings `live` to where it stood; not where its plant is of another store.
    pub fn show(self, live: Live) -> bool {
        let Keepsake { store_id, asset, seq, clock, latest, events, twin: bytes, hash, .. } = self;
        let model = live.read(&asset, |asset, _| asset.model.hash);
        let Some(model_hash) = model.filter(|_| store_id == live.store_id()) else { return false };
        live.apply(ServerFrame::Snapshot { asset: asset.clone(), seq, clock, latest, events });
        // The bytes say themselves which model and kernel they are of, and are refused by any other.
        live.apply(ServerFrame::Checkpoint { asset, seq, model_hash, kernel_version: KERNEL_VERSION, bytes, hash });
        true
    }
}
