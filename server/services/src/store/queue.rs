//! What the writer is handed: in order, and no more of it than there is room for.

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use twin::{Span, Timestamp};

use super::{CheckpointRow, Receipt, Store, StoreError, compact, retention::Deletion, writer};
use crate::{clocks::Standing, validate::Checked};

/// How many deliveries wait for the writer.
pub const QUEUE: usize = 1024;
/// How many items these may hold in all: a delivery may have one of them, or ten thousand.
pub const QUEUED_ITEMS: usize = 100_000;

/// A delivery on its way to the disk.
#[derive(Debug)]
pub struct Pending(oneshot::Receiver<Result<Receipt, StoreError>>);

impl Pending {
    /// Waits until the delivery is durable.
    pub async fn receipt(self) -> Result<Receipt, StoreError> {
        self.0.await.unwrap_or(Err(StoreError::Closed))
    }
}

/// What the writer is asked to do.
pub enum Work {
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
    /// Put blocks into the place of others; whether that was possible.
    Replace {
        replacement: compact::Replacement,
        done: oneshot::Sender<Result<bool, StoreError>>,
    },
    Delete {
        deletion: Deletion,
        done: oneshot::Sender<Result<bool, StoreError>>,
    },
    /// Look which signals are silent at these times of the assets, and the wall clock's.
    Look {
        asset_times: Vec<Timestamp>,
        now: Timestamp,
    },
    /// The wall clock was set, so much further, to this.
    WallSet {
        by: Span,
        now: Timestamp,
    },
    /// Something rare, in the order of the queue.
    Do(Job),
    /// Finish what is in the queue, then end.
    Close,
}

/// Does its work in the group's transaction; what it gives is told whether that was committed.
pub type Job = Box<dyn FnOnce(&Connection) -> Tell + Send>;
pub type Tell = Box<dyn FnOnce(Result<(), StoreError>)>;

impl Store {
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

    /// Has the writer do something in a transaction, and waits until it is on disk. Where it fails, it leaves nothing.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (done, answer) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let worked = writer::apart(connection, work);
            Box::new(move |committed| {
                let _ = done.send(committed.and(worked));
            })
        });
        self.work.send(Work::Do(job)).await.map_err(|_| StoreError::Closed)?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Has the writer do something in a transaction, some time; whether it has taken that on: not while its queue is full.
    pub(super) fn have_written(
        &self,
        work: impl FnOnce(&Connection) -> Result<(), StoreError> + Send + 'static,
    ) -> bool {
        let job: Job = Box::new(move |connection| {
            let worked = writer::apart(connection, work);
            Box::new(move |committed| {
                if let Err(error) = committed.and(worked) {
                    tracing::warn!(%error, "something beside the samples could not be kept");
                }
            })
        });
        self.work.try_send(Work::Do(job)).is_ok()
    }

    /// Has it written down that the wall clock was set, so much further, to `now`.
    pub async fn wall_was_set(&self, by: Span, now: Timestamp) {
        // A writer that has gone is told no more.
        let _ = self.work.send(Work::WallSet { by, now }).await;
    }
}

/// How much of the queue's room a delivery takes.
fn items(checked: &Checked) -> u32 {
    (checked.fit.len() + checked.rejected.len()).clamp(1, QUEUED_ITEMS) as u32
}
