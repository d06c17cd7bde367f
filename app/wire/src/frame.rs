//! The frames of `/ws`. Variants and fields are only ever added at the end, with a new `VERSION`.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};
use twin::{Clock, ModelHash, Span, Timestamp, entry::Quality, id::AssetId, twin::StateHash};

use crate::batch::Batch;

/// The server sends a frame at least so often, `Alive` where it has nothing else to say.
pub const ALIVE_EVERY: Span = Span(2 * Span::SECOND.0);

/// Server to browser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ServerFrame {
    /// The first frame of a socket: the server's wall clock.
    Hello { now: Timestamp, kernel_version: u32 },
    /// Where an asset stands: sent after a subscription that could not be resumed, and whenever frames were missed.
    Snapshot { asset: AssetId, seq: u64, clock: Clock, latest: Vec<Latest> },
    /// Everything of one asset that one transaction kept.
    Samples(Batch),
    /// Stands for the frames of a client that fell behind: newest, smallest and largest a signal.
    Coalesced { asset: AssetId, from_seq: u64, to_seq: u64, signals: Vec<CoalescedSignal> },
    /// The server's twin after entry `seq`.
    Checkpoint { asset: AssetId, seq: u64, model_hash: ModelHash, kernel_version: u32, bytes: Vec<u8>, hash: StateHash },
    /// The asset's clock was set.
    ClockSet { asset: AssetId, clock: Clock },
    /// A request of the client's was not granted.
    Refused { reason: String },
    /// Nothing else to say: the server lives, and this is its wall clock.
    Alive { now: Timestamp },
}

/// The newest measured value of a signal.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Latest {
    pub signal: u16,
    pub t: Timestamp,
    pub value: f64,
    pub quality: Quality,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CoalescedSignal {
    pub newest: Latest,
    pub min: f64,
    pub max: f64,
    pub count: u64,
}

/// Browser to server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientFrame {
    /// Frames of these assets from now on. With `after`, the entries after that seq first.
    Subscribe {
        assets: Vec<Subscription>,
    },
    Unsubscribe {
        assets: Vec<AssetId>,
    },
    /// So many frames were taken in since the socket opened, `Hello` counted.
    Acknowledge {
        frames: u64,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    pub asset: AssetId,
    pub after: Option<u64>,
}
