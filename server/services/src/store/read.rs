//! Questions to the store: where an asset stands, its entries by seq, its checkpoints.

mod entries;

pub use entries::KeptEntry;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, Transaction, params};
use twin::{ModelHash, Timestamp, entry::Quality, id::AssetId, twin::StateHash};
use wire::{frame::Latest, view::EventView};

use super::{
    CheckpointRow, StoreError,
    blocks::{Damages, Lately},
    compact,
    keeping::CHECKPOINTS,
};
use crate::clocks::Standing;

/// How many samples of decoded blocks a reader keeps at hand.
const LATELY: usize = 32 * compact::MOST;

/// The keys of assets and signals in the file, by their numbers in the catalog and the models.
#[derive(Debug, Default)]
pub struct Layout {
    assets: Vec<Names>,
}

#[derive(Debug)]
pub struct Names {
    pub id: AssetId,
    pub key: i64,
    /// By the signal's number.
    pub signals: Vec<i64>,
    numbers: BTreeMap<i64, u16>,
}

impl Names {
    /// The number of the signal with this key; `None` for one that the model no longer has.
    pub fn number(&self, signal: i64) -> Option<u16> {
        self.numbers.get(&signal).copied()
    }
}

impl Layout {
    pub fn push(&mut self, id: AssetId, key: i64, signals: Vec<i64>) {
        let numbers = signals.iter().zip(0..).map(|(key, number)| (*key, number)).collect();
        self.assets.push(Names { id, key, signals, numbers });
    }

    pub fn assets(&self) -> &[Names] {
        &self.assets
    }
}

/// Where an asset stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The last entry kept; 0 where there is none.
    pub seq: u64,
    /// The newest value of each signal by measured time, in the order of signals.
    pub latest: Vec<Latest>,
    /// The last events and those that are still open, newest first.
    pub events: Vec<EventView>,
}

/// Events that a page lists.
const EVENTS: usize = 12;

fn event(row: &Row) -> Result<EventView, rusqlite::Error> {
    let until: Option<i64> = row.get(2)?;
    let (seq, t) = (row.get(0)?, Timestamp(row.get(1)?));
    Ok(EventView { seq, t, until: until.map(Timestamp), kind: row.get(3)?, note: row.get(4)? })
}

/// As the file's own functions read them.
fn listed(seqs: &[u64]) -> String {
    format!("{seqs:?}")
}

/// A reading connection.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
    layout: Arc<Layout>,
    lately: Lately,
}

impl Reader {
    pub(super) fn open(path: &Path, layout: &Arc<Layout>, damages: &Arc<Damages>) -> Result<Reader, StoreError> {
        let connection = Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI,
        )?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        let lately = Lately::new(LATELY, damages.clone());
        Ok(Reader { connection, layout: layout.clone(), lately })
    }

    /// The last events of asset number `asset` and those whose seqs are `open`, newest first.
    pub fn events(&mut self, asset: usize, open: &[u64]) -> Result<Vec<EventView>, StoreError> {
        let find = "SELECT seq, t, until, kind, note FROM event
            WHERE asset = ?1 AND (seq IN (SELECT value FROM json_each(?3)) OR seq IN
                (SELECT seq FROM event WHERE asset = ?1 ORDER BY seq DESC LIMIT ?2))
            ORDER BY seq DESC";
        let mut find = self.connection.prepare_cached(find)?;
        let events = find.query_map(params![self.layout.assets()[asset].key, EVENTS, listed(open)], event)?;
        Ok(events.collect::<Result<_, _>>()?)
    }

    /// The last events of asset number `asset` that touch `from..=to`, newest first; no more than `most`.
    pub fn events_within(
        &mut self,
        asset: usize,
        from: Timestamp,
        to: Timestamp,
        most: usize,
    ) -> Result<Vec<EventView>, StoreError> {
        let find = "SELECT seq, t, until, kind, note FROM event
            WHERE asset = ?1 AND t <= ?3 AND max(t, coalesce(until, t)) >= ?2 ORDER BY seq DESC LIMIT ?4";
        let mut find = self.connection.prepare_cached(find)?;
        let events = find.query_map(params![self.layout.assets()[asset].key, from.0, to.0, most], event)?;
        Ok(events.collect::<Result<_, _>>()?)
    }

    /// The events of asset number `asset` before entry `seq` that were still open at `t`, as those whose seqs are `open`, and
    /// the last few, newest first.
    pub fn events_before(
        &mut self,
        asset: usize,
        seq: u64,
        t: Timestamp,
        open: &[u64],
    ) -> Result<Vec<EventView>, StoreError> {
        let find = "SELECT seq, t, until, kind, note FROM event
            WHERE asset = ?1 AND seq < ?2 AND (seq IN (SELECT value FROM json_each(?5)) OR seq IN
                (SELECT seq FROM event WHERE asset = ?1 AND seq < ?2 AND until > ?3 ORDER BY seq DESC LIMIT 2 * ?4) OR seq IN
                (SELECT seq FROM event WHERE asset = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?4))
            ORDER BY seq DESC";
        let mut find = self.connection.prepare_cached(find)?;
        let asked = params![self.layout.assets()[asset].key, seq, t.0, EVENTS, listed(open)];
        let events = find.query_map(asked, event)?;
        Ok(events.collect::<Result<_, _>>()?)
    }

    /// The last checkpoints of asset number `asset` until entry `seq` that this model and kernel made, newest first.
    pub fn checkpoints(
        &mut self,
        asset: usize,
        model_hash: ModelHash,
        kernel_version: u32,
        seq: u64,
    ) -> Result<Vec<CheckpointRow>, StoreError> {
        let key = self.layout.assets()[asset].key;
        let find = "SELECT seq, bytes, hash FROM checkpoint
            WHERE asset = ?1 AND model_hash = ?2 AND kernel_version = ?3 AND seq <= ?4 ORDER BY seq DESC LIMIT ?5";
        let mut find = self.connection.prepare_cached(find)?;
        let asked = params![key, model_hash.0, kernel_version, seq.min(i64::MAX as u64), CHECKPOINTS];
        let rows = find.query_map(asked, |row| {
            let hash = StateHash(row.get::<_, i64>(2)?.cast_unsigned());
            Ok(CheckpointRow { asset, seq: row.get(0)?, model_hash, kernel_version, bytes: row.get(1)?, hash })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether another model or kernel made a checkpoint of asset number `asset` until entry `seq`.
    pub fn has_other_checkpoint(
        &mut self,
        asset: usize,
        model_hash: ModelHash,
        kernel_version: u32,
        seq: u64,
    ) -> Result<bool, StoreError> {
        let key = self.layout.assets()[asset].key;
        let find = "SELECT EXISTS (SELECT 1 FROM checkpoint
            WHERE asset = ?1 AND seq <= ?4 AND (model_hash <> ?2 OR kernel_version <> ?3))";
        let asked = params![key, model_hash.0, kernel_version, seq.min(i64::MAX as u64)];
        Ok(self.connection.prepare_cached(find)?.query_row(asked, |row| row.get(0))?)
    }

    /// Where the clocks stood when they were last kept.
    pub fn standings(&mut self) -> Result<Vec<Standing>, StoreError> {
        let mut find = self.connection.prepare("SELECT asset, start_t, asset_t FROM clock")?;
        let rows = find.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?)))?;
        let mut standings = Vec::new();
        for row in rows {
            let (key, start, at) = row?;
            if let Some(asset) = self.layout.assets().iter().position(|names| names.key == key) {
                standings.push(Standing { asset, start: Timestamp(start), at: Timestamp(at) });
            }
        }
        Ok(standings)
    }

    /// Who handed a sample in, by its origin's key: connector and client.
    pub fn origin(&mut self, key: i64) -> Result<Option<(String, String)>, StoreError> {
        let mut find = self.connection.prepare_cached("SELECT connector, client FROM origin WHERE key = ?1")?;
        Ok(find.query_row([key], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }

    /// The unit that a sample came in, by its key; `None` for the agreed one.
    pub fn unit(&mut self, key: i64) -> Result<Option<String>, StoreError> {
        let mut find = self.connection.prepare_cached("SELECT name FROM unit WHERE key = ?1")?;
        Ok(find.query_row([key], |row| row.get(0)).optional()?)
    }

    /// How many items were refused, by reason.
    pub fn rejection_counts(&mut self) -> Result<Vec<(String, u64)>, StoreError> {
        let mut find = self.connection.prepare_cached("SELECT reason, count FROM rejection_count ORDER BY reason")?;
        let rows = find.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(super) fn parts(&mut self) -> (&mut Connection, &Layout) {
        (&mut self.connection, &self.layout)
    }

    /// A consistent view of the file, with the keys of asset number `asset` and what was read of it lately.
    pub(super) fn view(&mut self, asset: usize) -> Result<(Transaction<'_>, &Names, &mut Lately), StoreError> {
        let Reader { connection, layout, lately } = self;
        Ok((connection.transaction()?, &layout.assets()[asset], lately))
    }
}

/// The last seq of the asset with this key; 0 where it has no entry.
pub fn last_seq(connection: &Connection, asset: i64) -> Result<u64, rusqlite::Error> {
    let find = "SELECT max(coalesce((SELECT max(last_seq) FROM block WHERE asset = ?1), 0),
        coalesce((SELECT max(seq) FROM event WHERE asset = ?1), 0),
        coalesce((SELECT max(last_seq) FROM deletion WHERE asset = ?1), 0))";
    connection.prepare_cached(find)?.query_row([asset], |row| row.get(0))
}

pub fn quality(rank: u8) -> Quality {
    match rank {
        0 => Quality::Good,
        1 => Quality::Uncertain,
        _ => Quality::Bad,
    }
}

/// A quality as it stands in the file.
pub fn rank(quality: Quality) -> u8 {
    match quality {
        Quality::Good => 0,
        Quality::Uncertain => 1,
        Quality::Bad => 2,
    }
}
