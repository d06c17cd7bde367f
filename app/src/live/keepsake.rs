//! What is kept of an asset on this device: frames that bring a page without a server to where this one stood.

use serde::Serialize;
use twin::{Clock, KERNEL_VERSION, ModelHash, Timestamp, id::AssetId, twin::StateHash};
use wire::{ServerFrame, StoreId, frame::Latest, view::EventView};

use super::{Live, asset::LiveAsset, fleet::Fleet};

/// The two frames of a server's that a page writes, to the byte: it has no other use for the code that writes all.
#[derive(Serialize)]
enum Frame {
    Hello {
        now: Timestamp,
        kernel_version: u32,
        store_id: StoreId,
    },
    Snapshot {
        asset: AssetId,
        seq: u64,
        clock: Clock,
        latest: Vec<Latest>,
        events: Vec<EventView>,
    },
    #[expect(dead_code, reason = "frames are told apart by their place")]
    Samples,
    #[expect(dead_code, reason = "frames are told apart by their place")]
    Coalesced,
    Checkpoint {
        asset: AssetId,
        seq: u64,
        model_hash: ModelHash,
        kernel_version: u32,
        bytes: Vec<u8>,
        hash: StateHash,
    },
}

/// An asset as it stands: frames, each with its length before it; `None` where there is no twin yet.
pub fn keep(fleet: &Fleet, asset: &LiveAsset) -> Option<Vec<u8>> {
    let checkpoint = asset.twin.as_ref()?.checkpoint();
    let id = &asset.view.id;
    let frames = [
        Frame::Hello { now: fleet.now, kernel_version: KERNEL_VERSION, store_id: fleet.store_id },
        Frame::Snapshot {
            asset: id.clone(),
            seq: asset.seq,
            clock: asset.clock,
            latest: asset.latest().iter().flatten().copied().collect(),
            events: asset.events.iter().cloned().collect(),
        },
        Frame::Checkpoint {
            asset: id.clone(),
            seq: asset.seq,
            model_hash: asset.model.hash,
            kernel_version: KERNEL_VERSION,
            bytes: checkpoint.bytes,
            hash: checkpoint.hash,
        },
    ];
    let mut kept = Vec::new();
    for frame in &frames {
        let bytes = wire::encode(frame);
        kept.extend((bytes.len() as u32).to_le_bytes());
        kept.extend(bytes);
    }
    Some(kept)
}

/// Brings `live` to where the asset stood, and says when that was; not where its plant is of another store.
pub fn show(live: Live, mut kept: &[u8]) -> Option<Timestamp> {
    let mut at = None;
    while let Some((length, rest)) = kept.split_first_chunk() {
        let (frame, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        kept = rest;
        match wire::decode(frame).ok()? {
            ServerFrame::Hello { store_id, .. } if store_id != live.store_id() => return None,
            ServerFrame::Hello { now, .. } => at = Some(now),
            // A server was quicker: what it said is newer.
            ServerFrame::Snapshot { asset, .. } if live.read(&asset, |asset, _| asset.has_stood()) == Some(true) => {
                return None;
            }
            frame => {
                live.apply(frame);
            }
        }
    }
    at
}
