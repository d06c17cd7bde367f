//! What goes into one transaction, and how long it is waited for; who handed it in is answered afterwards.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use twin::{Span, Timestamp};
use wire::Batch;

use super::{
    CheckpointRow, Receipt, StoreError, StoredBatch,
    compact::Replacement,
    queue::{Job, Work},
    retention::Deletion,
};
use crate::{clocks::Standing, quality::traffic::Tally, refusals::Refusals, validate::Checked};

/// From the beginning of one group to that of the next, and the rows from which it does not wait so long. What comes
/// after a pause is written at once, and what came while a group took long has waited enough.
pub const EVERY: Duration = Duration::from_millis(4);
const ROWS: usize = 4096;
/// The rows of a group when there are more.
const MOST_ROWS: usize = 65_536;

type Done<T> = oneshot::Sender<Result<T, StoreError>>;

/// What is to go into one transaction.
#[derive(Default)]
pub struct Group {
    pub appends: Vec<(Checked, Done<Receipt>)>,
    /// Given back once the group is through.
    pub rooms: Vec<OwnedSemaphorePermit>,
    pub checkpoints: Vec<CheckpointRow>,
    pub standings: Vec<Standing>,
    pub clocks_kept: Vec<oneshot::Sender<()>>,
    pub replacements: Vec<(Replacement, Done<bool>)>,
    pub deletions: Vec<(Deletion, Done<bool>)>,
    /// The time of each asset, where it is to be looked who is silent; and the wall clock's.
    pub look: Option<(Vec<Timestamp>, Timestamp)>,
    /// By how much the wall clock was set, and to what.
    pub wall_set: Vec<(Span, Timestamp)>,
    pub jobs: Vec<Job>,
    pub rows: usize,
    pub is_last: bool,
}

/// What a transaction came to.
pub struct Committed {
    pub batches: BTreeMap<usize, Batch>,
    pub receipts: Vec<Receipt>,
    pub tallies: Vec<Tally>,
    /// What was refused, for the log.
    pub refused: Refusals,
    pub replaced: Vec<bool>,
    pub deleted: Vec<bool>,
}

/// Waits for work, then takes along what is there, and what comes until then.
pub async fn gather(queue: &mut mpsc::Receiver<Work>, until: Instant) -> Option<Group> {
    let mut group = Group::default();
    group.add(queue.recv().await?);
    while group.rows < MOST_ROWS && !group.is_last {
        match queue.try_recv() {
            Ok(work) => group.add(work),
            Err(_) => break,
        }
    }
    let over = tokio::time::sleep_until(until.into());
    tokio::pin!(over);
    while group.rows < ROWS && !group.is_last {
        tokio::select! {
            biased;
            work = queue.recv() => match work {
                Some(work) => group.add(work),
                None => break,
            },
            () = &mut over => break,
        }
    }
    Some(group)
}

impl Group {
    fn add(&mut self, work: Work) {
        match work {
            Work::Append { checked, done, room } => {
                self.rooms.push(room);
                self.rows += checked.fit.len() + checked.rejected.len();
                self.appends.push((checked, done));
            }
            Work::Checkpoint(row) => self.checkpoints.push(row),
            Work::Clocks { standings, done } => {
                self.standings = standings;
                self.clocks_kept.push(done);
            }
            Work::Replace { replacement, done } => self.replacements.push((replacement, done)),
            Work::Delete { deletion, done } => self.deletions.push((deletion, done)),
            Work::Look { asset_times, now } => self.look = Some((asset_times, now)),
            Work::WallSet { by, now } => self.wall_set.push((by, now)),
            Work::Do(job) => self.jobs.push(job),
            Work::Close => self.is_last = true,
        }
    }

    /// The wall clock's time, as far as the group tells it.
    pub fn time(&self) -> Timestamp {
        let arrived = self.appends.iter().map(|(checked, _)| checked.received_at).max();
        self.look.as_ref().map(|(_, now)| *now).max(arrived).unwrap_or_default()
    }

    /// Publishes, then answers everybody. Who asked may have gone.
    pub fn succeed(self, committed: Committed, publish: &mut impl FnMut(StoredBatch)) {
        // Published before it is acknowledged: who hears `kept` can ask for it.
        for (asset, batch) in committed.batches {
            publish(StoredBatch { asset, batch });
        }
        for ((_, done), receipt) in self.appends.into_iter().zip(committed.receipts) {
            let _ = done.send(Ok(receipt));
        }
        for kept in self.clocks_kept {
            let _ = kept.send(());
        }
        for ((_, done), answer) in self.replacements.into_iter().zip(committed.replaced) {
            let _ = done.send(Ok(answer));
        }
        for ((_, done), answer) in self.deletions.into_iter().zip(committed.deleted) {
            let _ = done.send(Ok(answer));
        }
    }

    pub fn fail(self, error: &StoreError) {
        for (_, done) in self.appends {
            let _ = done.send(Err(error.clone()));
        }
        for (_, done) in self.replacements {
            let _ = done.send(Err(error.clone()));
        }
        for (_, done) in self.deletions {
            let _ = done.send(Err(error.clone()));
        }
    }
}
