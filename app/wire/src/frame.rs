//! The frames of `/ws`. Variants and fields are only ever added at the end, with a new `VERSION`.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};
use twin::{Clock, ModelHash, Span, Timestamp, entry::Quality, id::AssetId, twin::StateHash};

use crate::{batch::Batch, view::EventView};

/// The server sends a frame at least so often, `Alive` where it has nothing else to say.
pub const ALIVE_EVERY: Span = Span(2 * Span::SECOND.0);

/// A store's own number, drawn at random when it was made: the seqs of two stores say nothing of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreId(pub [u8; 16]);

/// Server to browser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ServerFrame {
    /// The first frame of a socket: the server's wall clock, and the store whose seqs it speaks of.
    Hello { now: Timestamp, kernel_version: u32, store_id: StoreId },
    /// Where an asset stands: sent after a subscription that could not be resumed, and whenever frames were missed.
    /// The last events come along, newest first: more may have been missed than a page ever shows.
    Snapshot { asset: AssetId, seq: u64, clock: Clock, latest: Vec<Latest>, events: Vec<EventView> },
    /// Everything of one asset that one transaction kept.
    Samples(Batch),
    /// Stands for entries `from_seq ..= to_seq`, which a client that fell behind is not sent one by one: newest,
    /// smallest and largest a signal, and every event whole, in order of seq.
    Coalesced { asset: AssetId, from_seq: u64, to_seq: u64, signals: Vec<CoalescedSignal>, events: Vec<CoalescedEvent> },
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
    /// By measured time; of one time, the one with the highest seq.
    pub newest: Latest,
    pub min: f64,
    pub max: f64,
    pub count: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoalescedEvent {
    pub seq: u64,
    pub t: Timestamp,
    pub id: String,
    pub kind: String,
    pub until: Option<Timestamp>,
    pub note: String,
}

/// Browser to server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientFrame {
    /// Frames of these assets from now on. With `after`, the entries after that seq first, if `store_id` is the store
    /// that the server has now; a client that names none trusts its seqs.
    Subscribe {
        assets: Vec<Subscription>,
        store_id: Option<StoreId>,
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
