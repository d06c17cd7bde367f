//! Fans stored batches out to listeners, encoded once; never blocks ingest.

mod listener;
mod ring;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use tokio::sync::Notify;
use wire::ServerFrame;

use crate::store::StoredBatch;
use listener::Ear;
pub use listener::{Listener, Update};
use ring::Ring;

/// After the first frame in a while, so long is waited for those of the same commit: they leave together.
const GATHER: Duration = Duration::from_millis(1);
/// Listeners are told of new frames at most so often. What came meanwhile leaves in one write a listener, which costs
/// little more than one frame; a screen shows a new picture every 16 ms.
const BEAT: Duration = Duration::from_millis(25);

/// A frame, encoded once for everybody.
#[derive(Debug, Clone)]
pub struct Published {
    pub carries: Carries,
    pub frame: Bytes,
}

/// What a frame is about, for those who forward it unread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carries {
    Entries {
        first_seq: u64,
        last_seq: u64,
    },
    /// The state of the asset's twin.
    Checkpoint,
    Clock,
}

/// A place among the frames of an asset: how many were before it since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(u64);

/// One channel an asset.
#[derive(Debug, Clone)]
pub struct Hub {
    channels: Arc<[Channel]>,
    fresh: Arc<Fresh>,
    /// The number of the next listener.
    next: Arc<AtomicU64>,
}

#[derive(Debug, Default)]
struct Channel {
    ring: Mutex<Ring>,
    ears: Mutex<BTreeMap<u64, Arc<Ear>>>,
    /// Whether it is among the fresh.
    is_fresh: AtomicBool,
}

/// Assets with frames that listeners have not been told of.
#[derive(Debug, Default)]
struct Fresh {
    assets: Mutex<Vec<usize>>,
    bell: Notify,
}

impl Hub {
    /// A hub for so many assets.
    pub fn new(assets: usize) -> Hub {
        let channels = (0..assets).map(|_| Channel::default()).collect();
        Hub { channels, fresh: Arc::default(), next: Arc::default() }
    }

    /// Keeps what was stored for everyone who listens to its asset.
    pub fn publish(&self, batch: &StoredBatch) {
        let asset = batch.asset();
        if held(&self.channels[asset].ears).is_empty() {
            // Whoever comes now finds it in the store; the frames from before do not lead there any more.
            return held(&self.channels[asset].ring).skip();
        }
        let entries = batch.batch();
        let carries = Carries::Entries { first_seq: entries.first_seq, last_seq: entries.last_seq() };
        self.announce(asset, carries, wire::encode(&ServerFrame::Samples(entries.clone())).into());
    }

    /// Keeps a frame for everyone who listens to asset number `asset`.
    pub fn announce(&self, asset: usize, carries: Carries, frame: Bytes) {
        let channel = &self.channels[asset];
        held(&channel.ring).push(Published { carries, frame });
        if !channel.is_fresh.swap(true, Ordering::AcqRel) {
            held(&self.fresh.assets).push(asset);
        }
        self.fresh.bell.notify_one();
    }

    /// Someone who listens to no asset yet.
    pub fn listener(&self) -> Listener {
        Listener::new(self.clone(), self.next.fetch_add(1, Ordering::Relaxed))
    }

    /// Where the next frame of asset number `asset` will be.
    pub fn end(&self, asset: usize) -> Position {
        held(&self.channels[asset].ring).end()
    }

    /// How many frames of an asset there are from `position` on; `None` where some of them are gone.
    pub fn since(&self, asset: usize, position: Position) -> Option<u64> {
        held(&self.channels[asset].ring).since(position)
    }

    /// From where the frames of an asset carry every entry after seq `after` and none is missing.
    pub fn after(&self, asset: usize, after: u64) -> Option<Position> {
        held(&self.channels[asset].ring).after(after)
    }

    /// Tells listeners of new frames, for as long as it is polled.
    pub async fn run(self) {
        loop {
            self.fresh.bell.notified().await;
            tokio::time::sleep(GATHER).await;
            self.ring();
            tokio::time::sleep(BEAT - GATHER).await;
        }
    }

    /// Tells everyone concerned of every frame that was published before this.
    pub fn ring(&self) {
        let assets = std::mem::take(&mut *held(&self.fresh.assets));
        for asset in assets {
            let channel = &self.channels[asset];
            channel.is_fresh.store(false, Ordering::Release);
            held(&channel.ears).values().for_each(|ear| ear.ring(asset));
        }
    }
}

/// What a lock guards. Nobody panics with one of the hub's in hand.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
