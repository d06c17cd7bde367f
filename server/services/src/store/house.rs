//! Keeps the store in order, on a thread that gives way to all others: compaction, retention, the write-ahead log.

use std::{path::PathBuf, sync::Arc};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};
use twin::Timestamp;

use super::{
    StoreError,
    blocks::{self, Damages},
    compact::{self, Worth},
    queue::Work,
    retention::{self, Keep},
    schema,
};
use crate::give_way;

/// Requests that wait; a full queue means that there is work under way already.
pub const QUEUE: usize = 16;
/// The log is written back to the file once it has so many pages.
const LOG_PAGES: i64 = 1024;

pub enum Chore {
    /// Look what is due; the wall clock's time, and that of each asset.
    Look {
        asset_times: Vec<Timestamp>,
        now: Timestamp,
    },
    /// Compact whatever there is, and say when it is done.
    Compact(oneshot::Sender<Result<(), StoreError>>),
    Stop,
}

pub struct House {
    pub path: PathBuf,
    pub work: mpsc::Sender<Work>,
    pub damages: Arc<Damages>,
    /// What is to be deleted, and when.
    pub keep: Vec<Keep>,
    /// The last block that was read to see whether it is still what was written.
    pub scrubbed_to: i64,
}

impl House {
    pub fn run(mut self, mut chores: mpsc::Receiver<Chore>) {
        give_way(15);
        let connection = match schema::open(&self.path) {
            Ok(connection) => connection,
            Err(error) => return tracing::error!(%error, "the store's housekeeping could not start"),
        };
        while let Some(chore) = chores.blocking_recv() {
            match chore {
                Chore::Look { asset_times, now } => {
                    let done = self
                        .compact(&connection, Worth::Much)
                        .and_then(|()| self.retain(&connection, &asset_times, now))
                        .and_then(|()| self.scrub(&connection))
                        .and_then(|()| write_back(&connection));
                    if let Err(error) = done {
                        tracing::warn!(%error, "the store's housekeeping left something undone");
                    }
                }
                Chore::Compact(done) => {
                    let _ = done.send(self.compact(&connection, Worth::Any));
                }
                Chore::Stop => return,
            }
        }
    }

    /// Compacts a round of every asset that is due, until none is.
    fn compact(&self, connection: &Connection, worth: Worth) -> Result<(), StoreError> {
        loop {
            let mut is_done = true;
            for asset in compact::due(connection, worth)? {
                let Some(replacement) = compact::plan(connection, asset, &self.damages)? else { continue };
                is_done &= !self.ask(|done| Work::Replace { replacement, done })?;
            }
            if is_done {
                return Ok(());
            }
            write_back(connection)?;
        }
    }

    fn retain(&self, connection: &Connection, asset_times: &[Timestamp], now: Timestamp) -> Result<(), StoreError> {
        for keep in &self.keep {
            let Some(asset_now) = asset_times.get(keep.asset) else { continue };
            while let Some(deletion) = retention::plan(connection, keep, *asset_now, now)? {
                if !self.ask(|done| Work::Delete { deletion, done })? {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Reads a few blocks, each look the next ones: what has rotted is found before somebody needs it.
    fn scrub(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let next = blocks::find(connection, "WHERE key > ?1 ORDER BY key LIMIT 16", &[&self.scrubbed_to])?;
        self.scrubbed_to = next.last().map_or(0, |last| last.key);
        for kept in &next {
            if let Err(damage) = blocks::read(connection, kept)? {
                self.damages.report(damage);
            }
        }
        Ok(())
    }

    /// Has the writer do something; whether it was done.
    fn ask(&self, work: impl FnOnce(oneshot::Sender<Result<bool, StoreError>>) -> Work) -> Result<bool, StoreError> {
        let (done, answer) = oneshot::channel();
        self.work.blocking_send(work(done)).map_err(|_| StoreError::Closed)?;
        answer.blocking_recv().unwrap_or(Err(StoreError::Closed))
    }
}

/// Copies the log back to the file, without keeping anyone from writing; the writer begins the log anew once all of it
/// is copied.
fn write_back(connection: &Connection) -> Result<(), StoreError> {
    let pages: i64 = connection.query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| row.get(1)).unwrap_or(i64::MAX);
    if pages >= LOG_PAGES {
        connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
    }
    Ok(())
}
