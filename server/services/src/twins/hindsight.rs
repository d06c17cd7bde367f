//! A twin as it was after an entry of the past: a state that was kept before it, and the entries since.

use std::sync::Arc;

use tokio::sync::{Mutex, Semaphore};
use twin::{KERNEL_VERSION, Twin};
use wire::ServerFrame;

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
    #[error("too many states of the past are asked for at once")]
    Busy,
    #[error("{0}")]
    Store(#[from] StoreError),
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
        return Err(Lost::Gone { seq });
    }
    while told < seq {
        let batch = reader.entries(number, told, STRIDE.min(seq - told) as usize)?;
        // Over a hole nobody comes to where the twin was.
        if batch.entries.is_empty() || batch.first_seq != told + 1 {
            return Err(Lost::Gone { seq });
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
