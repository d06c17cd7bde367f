//! Keeps what was taken in, durably, and numbers it.

mod history;
mod keeping;
mod lock;
mod read;
mod schema;
mod writer;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use twin::{ModelHash, Timestamp, twin::StateHash};
use wire::{Batch, view::HistoryView};

use crate::{
    catalog::Catalog,
    clocks::Standing,
    counters::Counters,
    validate::{Checked, Reason},
};
pub use read::{Found, Reader};

/// How many deliveries wait for the writer.
const QUEUE: usize = 1024;
/// How many items these may hold in all: a delivery may have one of them, or ten thousand.
const QUEUED_ITEMS: usize = 100_000;
const READERS: usize = 2;

#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    #[error("no asset `{0}`")]
    UnknownAsset(String),
    #[error("the store is full of work")]
    Full,
    #[error("the store has shut down")]
    Closed,
    #[error("the store failed: {0}")]
    Sqlite(Arc<rusqlite::Error>),
    #[error("the store's file is of schema {found}, this program knows {known}")]
    Schema { found: i64, known: i64 },
    #[error("`{}` is in use by another twinlight", .0.display())]
    InUse(PathBuf),
    #[error("`{0}`")]
    File(Arc<std::io::Error>),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        StoreError::Sqlite(Arc::new(error))
    }
}

/// What became of one delivery.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipt {
    pub accepted: usize,
    pub duplicates: usize,
    /// The place of each refused item in the delivery, and why.
    pub rejected: Vec<(usize, Reason)>,
}

/// A delivery on its way to the disk.
#[derive(Debug)]
pub struct Pending(oneshot::Receiver<Result<Receipt, StoreError>>);

impl Pending {
    /// Waits until the delivery is durable.
    pub async fn receipt(self) -> Result<Receipt, StoreError> {
        self.0.await.unwrap_or(Err(StoreError::Closed))
    }
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

/// What the writer is asked to do.
enum Work {
    Append {
        checked: Checked,
        done: oneshot::Sender<Result<Receipt, StoreError>>,
        room: OwnedSemaphorePermit,
    },
    Checkpoint(CheckpointRow),
    Clocks {
        standings: Vec<Standing>,
        done: oneshot::Sender<()>,
    },
    /// Finish what is in the queue, then end.
    Close,
}

/// The store; cheap to clone. One thread writes; reads run beside it.
#[derive(Debug, Clone)]
pub struct Store {
    work: mpsc::Sender<Work>,
    /// One permit an item that is handed in and not committed.
    room: Arc<Semaphore>,
    readers: Arc<Readers>,
    /// What became of what was handed in, in numbers.
    pub counters: Arc<Counters>,
}

#[derive(Debug)]
struct Readers {
    room: Semaphore,
    idle: Mutex<Vec<Reader>>,
    layout: Arc<read::Layout>,
    path: PathBuf,
}

/// The writer's thread; ends once the store is closed or every handle of it is gone.
#[derive(Debug)]
pub struct WriterThread(std::thread::JoinHandle<()>);

impl WriterThread {
    /// Waits until all that was handed in is on disk.
    pub fn join(self) {
        if self.0.join().is_err() {
            tracing::error!("the store's writer panicked");
        }
    }
}

impl Store {
    /// Opens or makes the store at `path`, which is this process's alone until the writer has ended. `publish` is called with every batch in the order of commits,
    /// before anyone is told that it was kept.
    pub fn open(
        path: &Path,
        catalog: &Catalog,
        publish: impl FnMut(StoredBatch) + Send + 'static,
    ) -> Result<(Store, WriterThread), StoreError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| StoreError::File(Arc::new(error)))?;
        }
        let lock = lock::take(path)?;
        let mut connection = schema::open_writer(path)?;
        let layout = Arc::new(schema::enter_names(&mut connection, catalog)?);
        let readers = (0..READERS).map(|_| Reader::open(path, &layout)).collect::<Result<_, _>>()?;
        let counters = Arc::new(Counters::default());
        let writer = writer::Writer::new(lock, connection, layout.clone(), counters.clone())?;
        let (work, queue) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("store".into())
            .spawn(move || writer.run(queue, publish))
            .map_err(|error| StoreError::File(Arc::new(error)))?;
        let readers =
            Readers { room: Semaphore::new(READERS), idle: Mutex::new(readers), layout, path: path.to_path_buf() };
        let room = Arc::new(Semaphore::new(QUEUED_ITEMS));
        Ok((Store { work, room, readers: Arc::new(readers), counters }, WriterThread(thread)))
    }

    /// Hands a delivery to the writer, or fails with `Full`.
    pub fn try_append(&self, checked: Checked) -> Result<Pending, StoreError> {
        let (done, pending) = oneshot::channel();
        let room = self.room.clone().try_acquire_many_owned(items(&checked)).map_err(|_| StoreError::Full)?;
        self.work.try_send(Work::Append { checked, done, room }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Full,
            mpsc::error::TrySendError::Closed(_) => StoreError::Closed,
        })?;
        Ok(Pending(pending))
    }

    /// Hands a delivery to the writer, waiting for room.
    pub async fn append(&self, checked: Checked) -> Result<Pending, StoreError> {
        let (done, pending) = oneshot::channel();
        let room = self.room.clone().acquire_many_owned(items(&checked)).await.map_err(|_| StoreError::Closed)?;
        self.work.send(Work::Append { checked, done, room }).await.map_err(|_| StoreError::Closed)?;
        Ok(Pending(pending))
    }

    /// Keeps a checkpoint beside the samples; only the newest few of an asset stay. Blocks while the writer is busy.
    pub fn keep_checkpoint(&self, row: CheckpointRow) {
        // A writer that has gone needs no checkpoint: the next start replays from an older one.
        let _ = self.work.blocking_send(Work::Checkpoint(row));
    }

    /// Keeps where the clocks stand; returns once that is on disk, or cannot be kept.
    pub async fn keep_clocks(&self, standings: Vec<Standing>) -> bool {
        let (done, kept) = oneshot::channel();
        self.work.send(Work::Clocks { standings, done }).await.is_ok() && kept.await.is_ok()
    }

    /// How many items are handed in and not committed, and how many there may be.
    pub fn queued(&self) -> (usize, usize) {
        (QUEUED_ITEMS - self.room.available_permits(), QUEUED_ITEMS)
    }

    /// Has the writer finish what it was handed and end. Blocks while its queue is full.
    pub fn close(&self) {
        let _ = self.work.blocking_send(Work::Close);
    }

    /// A reading connection of one's own, for a thread that blocks.
    pub fn reader(&self) -> Result<Reader, StoreError> {
        Reader::open(&self.readers.path, &self.readers.layout)
    }

    /// Where asset number `asset` stands: its last seq and the newest value of each signal.
    pub async fn standing(&self, asset: usize) -> Result<Found, StoreError> {
        self.read(move |reader| reader.standing(asset)).await
    }

    /// The entries of asset number `asset` after seq `after`, at most `limit` of them.
    pub async fn entries(&self, asset: usize, after: u64, limit: usize) -> Result<Batch, StoreError> {
        self.read(move |reader| reader.entries(asset, after, limit)).await
    }

    /// The samples of a signal in `from..=to`, thinned to first, min, max and last of each of `width_px` columns.
    pub async fn history(
        &self,
        asset: usize,
        signal: u16,
        from: Timestamp,
        to: Timestamp,
        width_px: u32,
    ) -> Result<HistoryView, StoreError> {
        self.read(move |reader| reader.history(asset, signal, from, to, width_px)).await
    }

    /// How many items were refused, by reason.
    pub async fn rejection_counts(&self) -> Result<Vec<(String, u64)>, StoreError> {
        self.read(Reader::rejection_counts).await
    }

    async fn read<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&mut Reader) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let readers = self.readers.clone();
        let _room = self.readers.room.acquire().await.map_err(|_| StoreError::Closed)?;
        let answer = tokio::task::spawn_blocking(move || {
            let idle = readers.idle.lock().expect("no one panics with the readers in hand").pop();
            let mut reader = match idle {
                Some(reader) => reader,
                None => Reader::open(&readers.path, &readers.layout)?,
            };
            let answer = ask(&mut reader);
            let mut idle = readers.idle.lock().expect("no one panics with the readers in hand");
            if idle.len() < READERS {
                idle.push(reader);
            }
            answer
        });
        answer.await.unwrap_or(Err(StoreError::Closed))
    }
}

/// How much of the queue's room a delivery takes.
fn items(checked: &Checked) -> u32 {
    (checked.fit.len() + checked.rejected.len()).clamp(1, QUEUED_ITEMS) as u32
}
