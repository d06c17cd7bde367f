//! Questions to the store: where an asset stands, its entries by seq, its checkpoints.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, params};
use twin::{ModelHash, Timestamp, entry::Quality, id::AssetId, twin::StateHash};
use wire::{Batch, Entry, What, frame::Latest, view::EventView};

use super::{CheckpointRow, StoreError};
use crate::clocks::Standing;

/// The number of a kept signal that the model no longer has; no model has so many.
const GONE: u16 = u16::MAX - 1;

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
    /// Whether it was said that the asset's seqs are not dense.
    is_reported: AtomicBool,
}

impl Layout {
    pub fn push(&mut self, id: AssetId, key: i64, signals: Vec<i64>) {
        let numbers = signals.iter().zip(0..).map(|(key, number)| (*key, number)).collect();
        self.assets.push(Names { id, key, signals, numbers, is_reported: AtomicBool::new(false) });
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
    /// The last events, newest first.
    pub events: Vec<EventView>,
}

/// Events that a page lists.
const EVENTS: usize = 12;

/// A reading connection.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
    layout: Arc<Layout>,
}

impl Reader {
    pub(super) fn open(path: &Path, layout: &Arc<Layout>) -> Result<Reader, StoreError> {
        let connection = Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI,
        )?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        Ok(Reader { connection, layout: layout.clone() })
    }

    /// Where asset number `asset` stands.
    pub fn standing(&mut self, asset: usize) -> Result<Found, StoreError> {
        let names = &self.layout.assets()[asset];
        let view = self.connection.transaction()?;
        let mut latest = Vec::new();
        for (key, signal) in names.signals.iter().zip(0..) {
            let newest =
                "SELECT t, value, quality FROM sample WHERE asset = ?1 AND signal = ?2 ORDER BY t DESC LIMIT 1";
            let found = view
                .prepare_cached(newest)?
                .query_row([names.key, *key], |row| {
                    Ok(Latest { signal, t: Timestamp(row.get(0)?), value: row.get(1)?, quality: quality(row.get(2)?) })
                })
                .optional()?;
            latest.extend(found);
        }
        let find = "SELECT seq, t, until, kind, note FROM event WHERE asset = ?1 ORDER BY seq DESC LIMIT ?2";
        let events = view
            .prepare_cached(find)?
            .query_map(params![names.key, EVENTS], |row| {
                let until: Option<i64> = row.get(2)?;
                let (seq, t) = (row.get(0)?, Timestamp(row.get(1)?));
                Ok(EventView { seq, t, until: until.map(Timestamp), kind: row.get(3)?, note: row.get(4)? })
            })?
            .collect::<Result<_, _>>()?;
        Ok(Found { seq: last_seq(&view, names.key)?, latest, events })
    }

    /// The entries of asset number `asset` after seq `after`, at most `limit` of them.
    pub fn entries(&mut self, asset: usize, after: u64, limit: usize) -> Result<Batch, StoreError> {
        let names = &self.layout.assets()[asset];
        let view = self.connection.transaction()?;
        let mut entries = samples_after(&view, names, after, limit)?;
        entries.extend(events_after(&view, names, after, limit)?);
        entries.sort_unstable_by_key(|(seq, _)| *seq);
        entries.truncate(limit);
        // Seqs are dense; where the file says otherwise, what follows the hole is not told as if it followed on.
        let dense = entries.iter().zip(after + 1..).take_while(|((seq, _), expected)| seq == expected).count();
        if let Some((found, _)) = entries.get(dense)
            && !names.is_reported.swap(true, Ordering::Relaxed)
        {
            let expected = after + 1 + dense as u64;
            tracing::error!(asset = %names.id, expected, found, "the store has a hole or a seq twice; nothing after it is told");
        }
        entries.truncate(dense);
        let entries = entries.into_iter().map(|(_, entry)| entry).collect();
        Ok(Batch { asset: names.id.clone(), first_seq: after + 1, entries })
    }

    /// The checkpoints of asset number `asset` that this model and kernel made, newest first.
    pub fn checkpoints(
        &mut self,
        asset: usize,
        model_hash: ModelHash,
        kernel_version: u32,
    ) -> Result<Vec<CheckpointRow>, StoreError> {
        let key = self.layout.assets()[asset].key;
        let find = "SELECT seq, bytes, hash FROM checkpoint
            WHERE asset = ?1 AND model_hash = ?2 AND kernel_version = ?3 ORDER BY seq DESC";
        let mut find = self.connection.prepare_cached(find)?;
        let rows = find.query_map(params![key, model_hash.0, kernel_version], |row| {
            let hash = StateHash(row.get::<_, i64>(2)?.cast_unsigned());
            Ok(CheckpointRow { asset, seq: row.get(0)?, model_hash, kernel_version, bytes: row.get(1)?, hash })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
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

    /// How many items were refused, by reason.
    pub fn rejection_counts(&mut self) -> Result<Vec<(String, u64)>, StoreError> {
        let mut find = self.connection.prepare_cached("SELECT reason, count FROM rejection_count ORDER BY reason")?;
        let rows = find.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(super) fn parts(&mut self) -> (&mut Connection, &Layout) {
        (&mut self.connection, &self.layout)
    }

    /// A consistent view of the file, with the keys of asset number `asset`.
    pub(super) fn view(&mut self, asset: usize) -> Result<(Transaction<'_>, &Names), StoreError> {
        Ok((self.connection.transaction()?, &self.layout.assets()[asset]))
    }
}

fn samples_after(
    view: &Connection,
    names: &Names,
    after: u64,
    limit: usize,
) -> Result<Vec<(u64, Entry)>, rusqlite::Error> {
    let find = "SELECT seq, t, signal, value, quality FROM sample WHERE asset = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
    view.prepare_cached(find)?
        .query_map(params![names.key, after, limit], |row| {
            let signal = names.numbers.get(&row.get(2)?).copied().unwrap_or(GONE);
            let what = What::Sample { signal, value: row.get(3)?, quality: quality(row.get(4)?) };
            Ok((row.get(0)?, Entry { t: Timestamp(row.get(1)?), what }))
        })?
        .collect()
}

fn events_after(
    view: &Connection,
    names: &Names,
    after: u64,
    limit: usize,
) -> Result<Vec<(u64, Entry)>, rusqlite::Error> {
    let find = "SELECT seq, t, id, kind, until, note FROM event WHERE asset = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
    view.prepare_cached(find)?
        .query_map(params![names.key, after, limit], |row| {
            let until: Option<i64> = row.get(4)?;
            let what =
                What::Event { id: row.get(2)?, kind: row.get(3)?, until: until.map(Timestamp), note: row.get(5)? };
            Ok((row.get(0)?, Entry { t: Timestamp(row.get(1)?), what }))
        })?
        .collect()
}

/// The last seq of the asset with this key; 0 where it has no entry.
pub fn last_seq(connection: &Connection, asset: i64) -> Result<u64, rusqlite::Error> {
    let find = "SELECT max(coalesce((SELECT max(seq) FROM sample WHERE asset = ?1), 0),
        coalesce((SELECT max(seq) FROM event WHERE asset = ?1), 0))";
    connection.prepare_cached(find)?.query_row([asset], |row| row.get(0))
}

fn quality(rank: i64) -> Quality {
    match rank {
        0 => Quality::Good,
        1 => Quality::Uncertain,
        _ => Quality::Bad,
    }
}
