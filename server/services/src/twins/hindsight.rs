//! A twin as it was after an entry of the past: a state that was kept before it, and the entries since. And the entries of
//! a stretch of time, for whoever goes on from there.

use std::sync::Arc;

use tokio::sync::{Mutex, Semaphore};
use twin::{KERNEL_VERSION, Timestamp, Twin};
use wire::{Batch, ServerFrame};

use super::Checkpoint;
use crate::{
    catalog::{Asset, Catalog},
    store::{CheckpointRow, Reader, Store, StoreError},
};

/// How many questions wait for their turn.
const WAITING: usize = 16;
/// How many entries a state of the past is worked out over at most.
const LONGEST: u64 = 65_536;
/// How many entries are read at once.
const STRIDE: u64 = 1_024;

/// Why there is no state.
#[derive(Debug, thiserror::Error)]
pub enum Lost {
    #[error("there is no entry {seq} yet, the newest is {newest}")]
    Unknown { seq: u64, newest: u64 },
    #[error("the state after entry {seq} is kept no longer")]
    Gone { seq: u64 },
    #[error("entries that the state after entry {seq} is worked out from were deleted")]
    Hole { seq: u64 },
    #[error("the state after entry {seq} was kept by another model or kernel than that of today")]
    OtherModel { seq: u64 },
    #[error("what was measured between these instants was deleted: it is older than is kept")]
    Deleted,
    #[error("too many states of the past are asked for at once")]
    Busy,
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// Where a run of entries begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    After(u64),
    /// With the smallest seq of those that were measured from one instant to another.
    Within(Timestamp, Timestamp),
}

/// Works states of the past out, one after the other, beside the twins that go on; cheap to clone.
#[derive(Debug, Clone)]
pub struct Hindsight {
    catalog: Arc<Catalog>,
    store: Store,
    room: Arc<Semaphore>,
    /// Whoever has the reader has the turn.
    reader: Arc<Mutex<Option<Reader>>>,
}

impl Hindsight {
    pub fn new(catalog: Arc<Catalog>, store: Store) -> Hindsight {
        Hindsight { catalog, store, room: Arc::new(Semaphore::new(WAITING)), reader: Arc::default() }
    }

    /// The twin of asset number `number` after entry `seq`, by the model and the kernel of today.
    pub async fn after(&self, number: usize, seq: u64) -> Result<Checkpoint, Lost> {
        let newest = self.store.stand(number).0;
        if seq == 0 || seq > newest {
            return Err(Lost::Unknown { seq, newest });
        }
        let room = self.room.clone().try_acquire_owned().map_err(|_| Lost::Busy)?;
        let mut turn = self.reader.clone().lock_owned().await;
        let (catalog, store) = (self.catalog.clone(), self.store.clone());
        let worked_out = tokio::task::spawn_blocking(move || {
            // Whoever asked may be gone before there is an answer: the turn is taken until then all the same.
            let _room = room;
            let reader = match &mut *turn {
                Some(reader) => reader,
                none => none.insert(store.reader()?),
            };
            work_out(reader, number, &catalog.assets()[number], seq)
        });
        worked_out.await.unwrap_or(Err(Lost::Store(StoreError::Closed)))
    }

    /// At most `limit` entries of asset number `number`, without a hole; none where there are none.
    pub async fn entries(&self, number: usize, begin: Begin, limit: usize) -> Result<Batch, Lost> {
        let read = move |reader: &mut Reader| {
            let after = match begin {
                Begin::After(seq) => Some(seq),
                Begin::Within(from, to) => match reader.first_seq(number, from, to)? {
                    Some(first) => Some(first - 1),
                    None if reader.has_deleted(number, from, to)? => None,
                    // After all that there is.
                    None => Some(i64::MAX as u64),
                },
            };
            after.map(|after| reader.entries(number, after, limit)).transpose()
        };
        self.store.ask(read).await?.ok_or(Lost::Deleted)
    }
}

fn work_out(reader: &mut Reader, number: usize, asset: &Asset, seq: u64) -> Result<Checkpoint, Lost> {
    let kept = reader.checkpoints(number, asset.model.hash, KERNEL_VERSION, seq)?;
    let restored = |row: CheckpointRow| {
        let twin = Twin::restore(asset.model.clone(), &row.bytes).ok()?;
        (twin.hash() == row.hash).then_some((twin, row.seq))
    };
    let begin = kept.into_iter().find_map(restored);
    let (mut twin, mut told) = begin.unwrap_or_else(|| (Twin::new(asset.model.clone(), asset.seed()), 0));
    if seq - told > LONGEST {
        let is_other = reader.has_other_checkpoint(number, asset.model.hash, KERNEL_VERSION, seq)?;
        return Err(if is_other { Lost::OtherModel { seq } } else { Lost::Gone { seq } });
    }
    while told < seq {
        let batch = reader.entries(number, told, STRIDE.min(seq - told) as usize)?;
        // Over a hole nobody comes to where the twin was.
        if batch.entries.is_empty() || batch.first_seq != told + 1 {
            return Err(Lost::Hole { seq });
        }
        let entries: Vec<_> = batch.entries.iter().filter_map(|entry| entry.observed(&asset.model)).collect();
        twin.observe(&entries);
        told = batch.last_seq();
    }
    let state = twin.checkpoint();
    let frame = ServerFrame::Checkpoint {
        asset: asset.id.clone(),
        seq,
        model_hash: asset.model.hash,
        kernel_version: KERNEL_VERSION,
        bytes: state.bytes,
        hash: state.hash,
    };
    Ok(Checkpoint { seq, frame: wire::encode(&frame).into() })
}
