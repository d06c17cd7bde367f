//! The one thread that writes: groups deliveries into transactions, publishes, then acknowledges.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

use rusqlite::Connection;
use tokio::sync::mpsc;
use twin::Timestamp;

use super::{
    Shared, StoreError, StoredBatch,
    blocks::Lately,
    compact,
    group::{self, Committed, Group},
    keeping::{Handed, Keeping},
    late,
    lock::Lock,
    memory::{self, AssetMemory},
    quality,
    queue::{Tell, Work},
    read::Layout,
    retention, schema,
};
use crate::{
    catalog::Catalog,
    ingest::Origin,
    quality::Monitor,
    refusals::{self, Line, Refusals},
};

/// Samples of decoded blocks at hand, for those that come late.
const LATELY: usize = 32 * compact::MOST;
/// Origins whose keys are known without asking the file.
const ORIGINS: usize = 4096;

pub struct Writer {
    path: PathBuf,
    connection: Connection,
    layout: Arc<Layout>,
    catalog: Arc<Catalog>,
    /// The number of the contracts that everything is checked against.
    contract: i64,
    shared: Arc<Shared>,
    /// `None` after a failure: what was remembered may be ahead of the file.
    memory: Option<Memory>,
    lately: Lately,
    origins: BTreeMap<Origin, i64>,
    last_delivery: i64,
    refusals: refusals::Log,
    /// Comes last: given back once the connection is closed.
    _lock: Lock,
}

/// What the writer knows by heart.
struct Memory {
    assets: Vec<AssetMemory>,
    monitor: Monitor,
}

impl Writer {
    pub fn new(
        lock: Lock,
        path: PathBuf,
        connection: Connection,
        layout: Arc<Layout>,
        (catalog, now): (Arc<Catalog>, Timestamp),
        shared: Arc<Shared>,
    ) -> Result<Writer, StoreError> {
        let contract = quality::revision(&connection, now, &catalog.contracts().body())?;
        quality::end_left_open(&connection)?;
        let last_delivery =
            connection.query_row("SELECT value FROM meta WHERE name = 'delivery'", [], |row| row.get(0))?;
        let lately = Lately::new(LATELY, shared.damages.clone());
        let mut writer = Writer {
            path,
            connection,
            layout,
            catalog,
            contract,
            shared,
            memory: None,
            lately,
            origins: BTreeMap::new(),
            last_delivery,
            refusals: refusals::Log::default(),
            _lock: lock,
        };
        let memory = writer.recall(now)?;
        for (asset, memory) in memory.assets.iter().enumerate() {
            writer.shared.stand(asset, memory);
        }
        writer.memory = Some(memory);
        Ok(writer)
    }

    fn recall(&mut self, now: Timestamp) -> Result<Memory, StoreError> {
        let assets = memory::recall(&self.connection, &self.layout, &mut self.lately)?;
        let newest = |asset: usize, signal: u16| {
            let latest = assets[asset].signals.get(usize::from(signal))?.latest?;
            Some((latest.t, latest.value))
        };
        // Nobody was silent for longer than the newest sample tells.
        let started = |asset: usize| {
            let times = assets[asset].signals.iter().filter_map(|signal| signal.latest.map(|latest| latest.t));
            times.max().unwrap_or(now)
        };
        let monitor = Monitor::start(&self.catalog, newest, started);
        Ok(Memory { assets, monitor })
    }

    /// Works until every handle of the store is gone and the queue is empty.
    pub fn run(mut self, mut queue: mpsc::Receiver<Work>, mut publish: impl FnMut(StoredBatch)) {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_time().build() {
            Ok(runtime) => runtime,
            Err(error) => return tracing::error!(%error, "the store's writer could not start"),
        };
        let mut begun = now();
        while let Some(mut group) = runtime.block_on(group::gather(&mut queue, begun + group::EVERY)) {
            let is_last = group.is_last;
            let mut tells = Vec::new();
            begun = now();
            let committed = self.commit(&mut group, &mut tells);
            self.shared.counters.commit_secs.observe(begun.elapsed().as_secs_f64());
            let told = committed.as_ref().map(|_| ()).map_err(StoreError::clone);
            match committed {
                Ok(mut committed) => {
                    self.shared.is_failing.store(false, Ordering::Relaxed);
                    let connectors = group.appends.iter().map(|(checked, _)| checked.origin.connector);
                    connectors
                        .zip(&committed.receipts)
                        .for_each(|(name, receipt)| self.shared.counters.kept(name, receipt));
                    self.shared.count(group.appends.iter().map(|(checked, _)| checked).zip(&committed.tallies));
                    let refused = std::mem::take(&mut committed.refused);
                    if !refused.is_empty() || group.look.is_some() {
                        self.refusals.hear(refused, group.time()).iter().for_each(Line::say);
                    }
                    group.succeed(committed, &mut publish);
                }
                Err(error) => {
                    tracing::error!(%error, "a commit failed; nothing of it is acknowledged");
                    self.shared.is_failing.store(true, Ordering::Relaxed);
                    self.recover(&error);
                    group.appends.iter().for_each(|(checked, _)| self.shared.counters.lost(checked.origin.connector));
                    group.fail(&error);
                }
            }
            for tell in tells {
                tell(told.clone());
            }
            if is_last {
                return;
            }
        }
    }

    fn commit(&mut self, group: &mut Group, tells: &mut Vec<Tell>) -> Result<Committed, StoreError> {
        // Taken out: whatever fails from here on leaves nothing that is ahead of the file.
        let mut memory = match self.memory.take() {
            Some(memory) => memory,
            None => self.recall(group.time())?,
        };
        let transaction = self.connection.transaction()?;
        let mut keeping = Keeping {
            connection: &transaction,
            layout: &self.layout,
            catalog: &self.catalog,
            contract: self.contract,
            memory: &mut memory.assets,
            monitor: &mut memory.monitor,
            lately: &mut self.lately,
            batches: BTreeMap::new(),
            told: Vec::new(),
            landing: BTreeMap::new(),
            refused: Refusals::default(),
            learned: 0,
        };
        let mut receipts = Vec::with_capacity(group.appends.len());
        let mut tallies = Vec::with_capacity(group.appends.len());
        for (checked, _) in &group.appends {
            let origin = match self.origins.get(&checked.origin) {
                Some(key) => *key,
                None => {
                    let key = keeping.origin(checked)?;
                    if self.origins.len() >= ORIGINS {
                        self.origins.clear();
                    }
                    self.origins.insert(checked.origin.clone(), key);
                    key
                }
            };
            self.last_delivery += 1;
            let (receipt, tally) = keeping.keep(checked, Handed { delivery: self.last_delivery, origin })?;
            receipts.push(receipt);
            tallies.push(tally);
        }
        for (by, now) in &group.wall_set {
            keeping.monitor.wall_was_set(&self.catalog, *by, *now, &mut keeping.told);
        }
        if let Some((asset_times, _)) = &group.look {
            let now = |asset: usize| asset_times.get(asset).copied().unwrap_or_default();
            keeping.monitor.tick(&self.catalog, now, &mut keeping.told);
        }
        keeping.keep_told(group.time())?;
        keeping.land()?;
        for row in &group.checkpoints {
            keeping.checkpoint(row)?;
        }
        for standing in &group.standings {
            keeping.standing(standing)?;
        }
        let batches = std::mem::take(&mut keeping.batches);
        let refused = std::mem::take(&mut keeping.refused);
        let mut replaced = Vec::with_capacity(group.replacements.len());
        for (replacement, _) in &group.replacements {
            replaced.push(compact::replace(&transaction, replacement)?);
        }
        let mut deleted = Vec::with_capacity(group.deletions.len());
        for (deletion, _) in &group.deletions {
            deleted.push(retention::delete(&transaction, deletion)?);
        }
        // What is deleted is not there any more, and what is known of the past has its bounds.
        if !group.deletions.is_empty() {
            late::forget(&mut memory.assets);
        }
        late::keep_within(&mut memory.assets, late::MOST);
        tells.extend(std::mem::take(&mut group.jobs).into_iter().map(|job| job(&transaction)));
        if !group.appends.is_empty() {
            let count = "UPDATE meta SET value = ?1 WHERE name = 'delivery'";
            transaction.prepare_cached(count)?.execute([self.last_delivery])?;
        }
        transaction.commit()?;
        for asset in batches.keys() {
            self.shared.stand(*asset, &memory.assets[*asset]);
        }
        self.memory = Some(memory);
        Ok(Committed { batches, receipts, tallies, refused, replaced, deleted })
    }

    /// Makes ready for the next group after a failure.
    fn recover(&mut self, error: &StoreError) {
        // The transaction may have made origins that are gone again.
        self.origins.clear();
        if !error.is_of_the_disk() {
            return;
        }
        // What a connection holds in memory of a file that could not be written is not to be trusted.
        match schema::open(&self.path) {
            Ok(connection) => self.connection = connection,
            Err(error) => tracing::error!(%error, "the store could not be opened anew"),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "how long a commit takes is no time of the plant's")]
fn now() -> Instant {
    Instant::now()
}

/// Does `work` in a transaction within the transaction: where it fails, nothing of it stays and the rest goes on.
pub fn apart<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    connection.execute_batch("SAVEPOINT apart")?;
    let worked = work(connection);
    let end = if worked.is_ok() { "RELEASE apart" } else { "ROLLBACK TO apart; RELEASE apart" };
    connection.execute_batch(end)?;
    worked
}
