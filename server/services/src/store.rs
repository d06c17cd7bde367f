//! Keeps what was taken in, durably, and numbers it.

pub mod backup;
pub mod block;
pub mod blocks;
pub mod check;
mod compact;
mod error;
pub mod estimates;
pub mod events;
pub mod extent;
mod group;
mod history;
mod house;
mod keeping;
mod late;
mod lock;
mod memory;
pub mod quality;
pub mod quarantine;
mod queue;
pub mod range;
mod read;
mod readers;
mod retention;
mod schema;
mod shared;
#[cfg(test)]
mod tests;
mod writer;

use std::{
    path::Path,
    sync::{Arc, atomic::Ordering},
};

use tokio::sync::{Semaphore, mpsc, oneshot};
use twin::{ModelHash, Timestamp, twin::StateHash};
use wire::Batch;

use crate::{catalog::Catalog, counters::Counters, quality::traffic::Traffic, validate::Reason};
pub use block::Provenance;
pub use blocks::{Damage, Head};
pub use error::StoreError;
pub use queue::Pending;
use queue::Work;
pub use read::{Found, KeptEntry, Reader};
use readers::Readers;
pub use retention::Deletion;
use shared::Shared;

/// What became of one delivery.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipt {
    pub accepted: usize,
    pub duplicates: usize,
    /// By their places in the delivery.
    pub rejected: Vec<Refused>,
}

/// An item that was not taken in: its place in the delivery, and why, in a word and in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub index: usize,
    pub reason: Reason,
    pub detail: String,
}

/// Everything of one asset that one transaction kept. Only the store makes one.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredBatch {
    asset: usize,
    batch: Batch,
}

impl StoredBatch {
    /// The asset's number in the catalog.
    pub fn asset(&self) -> usize {
        self.asset
    }

    pub fn batch(&self) -> &Batch {
        &self.batch
    }
}

/// A twin's state to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckpointRow {
    pub asset: usize,
    pub seq: u64,
    pub model_hash: ModelHash,
    pub kernel_version: u32,
    pub bytes: Vec<u8>,
    pub hash: StateHash,
}

/// Where a kept sample came from, in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Lineage {
    pub entry: wire::Entry,
    pub from: Provenance,
    /// Connector and client.
    pub origin: Option<(String, String)>,
    /// The unit that it came in, where that was not the agreed one.
    pub unit: Option<String>,
}

/// The store; cheap to clone. One thread writes; reads run beside it.
#[derive(Debug, Clone)]
pub struct Store {
    work: mpsc::Sender<Work>,
    /// One permit an item that is handed in and not committed.
    room: Arc<Semaphore>,
    readers: Arc<Readers>,
    chores: mpsc::Sender<house::Chore>,
    shared: Arc<Shared>,
}

/// The store's threads; they end once the store is closed.
#[derive(Debug)]
pub struct Threads {
    house: std::thread::JoinHandle<()>,
    writer: std::thread::JoinHandle<()>,
}

impl Threads {
    /// Waits until all that was handed in is on disk.
    pub fn join(self) {
        for thread in [self.house, self.writer] {
            if thread.join().is_err() {
                tracing::error!("a thread of the store panicked");
            }
        }
    }
}

impl Store {
    /// Opens or makes the store at `path`, which is this process's alone until the writer has ended. `publish` is
    /// called with every batch in the order of commits, before anyone is told that it was kept. `now` is the wall clock.
    pub fn open(
        path: &Path,
        catalog: &Arc<Catalog>,
        now: Timestamp,
        publish: impl FnMut(StoredBatch) + Send + 'static,
    ) -> Result<(Store, Threads), StoreError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| StoreError::File(Arc::new(error)))?;
        }
        let lock = lock::take(path)?;
        let mut connection = schema::open_writer(path)?;
        let layout = Arc::new(schema::enter_names(&mut connection, catalog)?);
        let shared = Arc::new(Shared::new(schema::id(&connection)?, layout.assets().len()));
        let readers = Readers::new(path, &layout, &shared);
        let (at, plant) = (path.to_path_buf(), (catalog.clone(), now));
        let writer = writer::Writer::new(lock, at, connection, layout.clone(), plant, shared.clone())?;
        let (work, queue) = mpsc::channel(queue::QUEUE);
        let (chores, chore_queue) = mpsc::channel(house::QUEUE);
        let house = house::House {
            path: path.to_path_buf(),
            work: work.clone(),
            damages: shared.damages.clone(),
            keep: catalog.keep_for().iter().filter_map(|keep| retention::Keep::of(*keep, &layout)).collect(),
            scrubbed_to: 0,
        };
        let thread = |name: &str| std::thread::Builder::new().name(name.into());
        let failed = |error| StoreError::File(Arc::new(error));
        let writer = thread("store").spawn(move || writer.run(queue, publish)).map_err(failed)?;
        let house = thread("store-house").spawn(move || house.run(chore_queue)).map_err(failed)?;
        let room = Arc::new(Semaphore::new(queue::QUEUED_ITEMS));
        Ok((Store { work, room, readers: Arc::new(readers), chores, shared }, Threads { house, writer }))
    }

    /// What names this store: another one, even at the same place, has another.
    pub fn id(&self) -> [u8; 16] {
        self.shared.id
    }

    /// Whether the last commit failed.
    pub fn is_failing(&self) -> bool {
        self.shared.is_failing.load(Ordering::Relaxed)
    }

    /// Blocks that were found damaged since the start.
    pub fn damages(&self) -> Vec<Damage> {
        self.shared.damages.all()
    }

    /// Has the housekeeping look what is due; to be called every second. `now` is the wall clock's time, `asset_times`
    /// each asset's.
    pub fn look_after(&self, asset_times: Vec<Timestamp>, now: Timestamp) {
        // A full queue: it has enough to do, and the next look is near.
        let _ = self.chores.try_send(house::Chore::Look { asset_times: asset_times.clone(), now });
        let _ = self.work.try_send(Work::Look { asset_times, now });
    }

    /// Compacts all that has landed.
    pub async fn compact(&self) -> Result<(), StoreError> {
        let (done, answer) = oneshot::channel();
        self.chores.send(house::Chore::Compact(done)).await.map_err(|_| StoreError::Closed)?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// What became of what was handed in, in numbers.
    pub fn counters(&self) -> &Arc<Counters> {
        &self.shared.counters
    }

    /// Who sent how much since the start.
    pub fn traffic(&self) -> Traffic {
        self.shared.traffic()
    }

    /// Has the writer finish what it was handed and end. Blocks while its queue is full.
    pub fn close(&self) {
        let _ = self.chores.blocking_send(house::Chore::Stop);
        let _ = self.work.blocking_send(Work::Close);
    }
}
