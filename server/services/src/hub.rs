//! Fans stored batches out to subscribers; never blocks ingest.

use bytes::Bytes;
use tokio::sync::broadcast;
use wire::ServerFrame;

use crate::store::StoredBatch;

/// How many frames of an asset wait for a slow subscriber before it misses some.
const CAPACITY: usize = 1024;

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

/// One channel an asset.
#[derive(Debug, Clone)]
pub struct Hub {
    channels: Vec<broadcast::Sender<Published>>,
}

/// One subscriber's view of one asset.
#[derive(Debug)]
pub struct Feed {
    receiver: broadcast::Receiver<Published>,
}

#[derive(Debug)]
pub enum Update {
    Frame(Published),
    /// The subscriber was too slow; frames are gone.
    Missed,
}

impl Hub {
    /// A hub for so many assets.
    pub fn new(assets: usize) -> Hub {
        Hub { channels: (0..assets).map(|_| broadcast::Sender::new(CAPACITY)).collect() }
    }

    /// Sends what was stored to everyone who listens to its asset.
    pub fn publish(&self, batch: &StoredBatch) {
        let channel = &self.channels[batch.asset()];
        if channel.receiver_count() == 0 {
            return;
        }
        let entries = batch.batch();
        let carries = Carries::Entries { first_seq: entries.first_seq, last_seq: entries.last_seq() };
        let frame = Bytes::from(wire::encode(&ServerFrame::Samples(entries.clone())));
        // An error says that the last listener has just gone.
        let _ = channel.send(Published { carries, frame });
    }

    /// Sends a frame without entries to everyone who listens to asset number `asset`.
    pub fn announce(&self, asset: usize, carries: Carries, frame: Bytes) {
        let _ = self.channels[asset].send(Published { carries, frame });
    }

    /// Everything of asset number `asset` from now on.
    pub fn subscribe(&self, asset: usize) -> Feed {
        Feed { receiver: self.channels[asset].subscribe() }
    }
}

impl Feed {
    /// The next frame; `None` once the hub is gone.
    pub async fn next(&mut self) -> Option<Update> {
        match self.receiver.recv().await {
            Ok(published) => Some(Update::Frame(published)),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Update::Missed),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}
