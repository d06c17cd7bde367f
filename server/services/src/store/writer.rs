//! The one thread that writes: groups deliveries into transactions, publishes, then acknowledges.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use super::{CheckpointRow, Receipt, StoreError, StoredBatch, Work, keeping::Keeping, lock::Lock, read::Layout};
use crate::{clocks::Standing, counters::Counters, ingest::Origin, validate::Checked};

const GROUP_FOR: Duration = Duration::from_millis(5);
const GROUP_ROWS: usize = 4096;

type Done = oneshot::Sender<Result<Receipt, StoreError>>;

pub struct Writer {
    connection: Connection,
    layout: Arc<Layout>,
    /// The last seq given out, by asset number.
    last_seqs: Vec<u64>,
    origins: BTreeMap<Origin, i64>,
    counters: Arc<Counters>,
    /// Comes last: given back once the connection is closed.
    _lock: Lock,
}

/// What is to go into one transaction.
#[derive(Default)]
struct Group {
    appends: Vec<(Checked, Done)>,
    /// Given back once the group is through.
    rooms: Vec<OwnedSemaphorePermit>,
    checkpoints: Vec<CheckpointRow>,
    standings: Vec<Standing>,
    clocks_kept: Vec<oneshot::Sender<()>>,
    rows: usize,
    is_last: bool,
}

impl Writer {
    pub fn new(
        lock: Lock,
        connection: Connection,
        layout: Arc<Layout>,
        counters: Arc<Counters>,
    ) -> Result<Writer, StoreError> {
        let mut last_seqs = Vec::new();
        for asset in layout.assets() {
            last_seqs.push(super::read::last_seq(&connection, asset.key)?);
        }
        Ok(Writer { connection, layout, last_seqs, origins: BTreeMap::new(), counters, _lock: lock })
    }

    /// Works until every handle of the store is gone and the queue is empty.
    pub fn run(mut self, mut queue: mpsc::Receiver<Work>, mut publish: impl FnMut(StoredBatch)) {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_time().build() {
            Ok(runtime) => runtime,
            Err(error) => return tracing::error!(%error, "the store's writer could not start"),
        };
        while let Some(group) = runtime.block_on(gather(&mut queue)) {
            let is_last = group.is_last;
            let begun = now();
            let committed = self.commit(&group);
            self.counters.commit_secs.observe(begun.elapsed().as_secs_f64());
            match committed {
                Ok((batches, receipts)) => {
                    // Published before it is acknowledged: who hears `kept` can ask for it.
                    batches.into_iter().for_each(&mut publish);
                    for ((checked, done), receipt) in group.appends.into_iter().zip(receipts) {
                        self.counters.kept(checked.origin.connector, &receipt);
                        let _ = done.send(Ok(receipt));
                    }
                    for kept in group.clocks_kept {
                        let _ = kept.send(());
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "a commit failed; nothing of it is acknowledged");
                    // The transaction may have made origins that are gone again.
                    self.origins.clear();
                    for (checked, done) in group.appends {
                        self.counters.lost(checked.origin.connector);
                        let _ = done.send(Err(error.clone()));
                    }
                }
            }
            if is_last {
                return;
            }
        }
    }

    fn commit(&mut self, group: &Group) -> Result<(Vec<StoredBatch>, Vec<Receipt>), StoreError> {
        let transaction = self.connection.transaction()?;
        let mut keeping = Keeping::new(&transaction, &self.layout, self.last_seqs.clone());
        let mut receipts = Vec::with_capacity(group.appends.len());
        for (checked, _) in &group.appends {
            let origin = match self.origins.get(&checked.origin) {
                Some(key) => *key,
                None => keeping.origin(checked)?,
            };
            self.origins.insert(checked.origin.clone(), origin);
            receipts.push(keeping.keep(checked, origin)?);
        }
        for row in &group.checkpoints {
            keeping.checkpoint(row)?;
        }
        for standing in &group.standings {
            keeping.standing(standing)?;
        }
        let Keeping { seqs, batches, .. } = keeping;
        transaction.commit()?;
        self.last_seqs = seqs;
        let batches = batches.into_iter().map(|(asset, batch)| StoredBatch { asset, batch }).collect();
        Ok((batches, receipts))
    }
}

#[expect(clippy::disallowed_methods, reason = "how long a commit takes is no time of the plant's")]
fn now() -> Instant {
    Instant::now()
}

/// Waits for work, then takes along what comes within the group's time and rows.
async fn gather(queue: &mut mpsc::Receiver<Work>) -> Option<Group> {
    let mut group = Group::default();
    group.add(queue.recv().await?);
    let over = tokio::time::sleep(GROUP_FOR);
    tokio::pin!(over);
    while group.rows < GROUP_ROWS && !group.is_last {
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
            Work::Close => self.is_last = true,
        }
    }
}
