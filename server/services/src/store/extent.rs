//! How much the store holds: its files, its blocks by asset, what was deleted.

use std::path::Path;

use rusqlite::Connection;
use twin::Timestamp;

use super::{Reader, StoreError, blocks::Head};

/// Deletions that are told, those of most lately first.
const DELETIONS: usize = 100;

/// What the store takes up, and what it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extent {
    pub file_bytes: u64,
    /// The write-ahead log beside the file.
    pub log_bytes: u64,
    /// What is free on the disk for this process; `None` where that cannot be told.
    pub free_bytes: Option<u64>,
    /// By the number of the asset; those that the plant no longer has together, last.
    pub assets: Vec<(Option<usize>, Held)>,
}

/// What is held of an asset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    pub samples: u64,
    pub blocks: u64,
    /// Of the blocks, their bytes.
    pub bytes: u64,
    /// Of the samples, those that are not compacted yet.
    pub landed: u64,
}

/// All that was deleted of a signal for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deleted {
    pub place: Place,
    pub samples: u64,
    pub from: Timestamp,
    pub to: Timestamp,
    /// When it happened last.
    pub at: Timestamp,
    pub reason: String,
}

/// The numbers of an asset and of a signal: those of the whole asset where there is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    /// `None` for what the plant no longer has.
    pub asset: Option<usize>,
    pub signal: Option<u16>,
}

impl Reader {
    /// How much the store holds. It looks at every block's head: not to be asked for all the time.
    pub fn extent(&mut self) -> Result<Extent, StoreError> {
        let (connection, layout) = self.parts();
        let mut extent = files(connection);
        let mut held = vec![Held::default(); layout.assets().len()];
        let mut others = Held::default();
        let mut find = connection.prepare_cached(
            "SELECT asset, sum(count), count(*), sum(length(bytes)), sum(CASE WHEN signal = 0 THEN count ELSE 0 END)
             FROM block GROUP BY asset",
        )?;
        let rows = find.query_map([], |row| {
            let own = Held { samples: row.get(1)?, blocks: row.get(2)?, bytes: row.get(3)?, landed: row.get(4)? };
            Ok((row.get::<_, i64>(0)?, own))
        })?;
        for row in rows {
            let (key, own) = row?;
            let number = layout.assets().iter().position(|names| names.key == key);
            number.map_or(&mut others, |number| &mut held[number]).add(&own);
        }
        extent.assets = held.into_iter().enumerate().map(|(number, held)| (Some(number), held)).collect();
        if others != Held::default() {
            extent.assets.push((None, others));
        }
        Ok(extent)
    }

    /// What was deleted by retention, by signal.
    pub fn deletions(&mut self) -> Result<Vec<Deleted>, StoreError> {
        let (connection, _) = self.parts();
        let mut find = connection.prepare_cached(
            "SELECT asset, signal, sum(count), min(from_t), max(to_t), max(at), reason FROM deletion
             GROUP BY asset, signal, reason ORDER BY max(at) DESC, asset, signal LIMIT ?1",
        )?;
        let rows = find.query_map([DELETIONS], |row| {
            let (from, to, at) = (Timestamp(row.get(3)?), Timestamp(row.get(4)?), Timestamp(row.get(5)?));
            let deleted = Deleted { place: Place::default(), samples: row.get(2)?, from, to, at, reason: row.get(6)? };
            Ok(((row.get(0)?, row.get(1)?), deleted))
        })?;
        let rows = rows.collect::<Result<Vec<((i64, i64), Deleted)>, _>>()?;
        drop(find);
        Ok(rows.into_iter().map(|((asset, signal), row)| Deleted { place: self.place(asset, signal), ..row }).collect())
    }

    /// Where a damaged block belongs.
    pub fn place_of(&mut self, head: &Head) -> Place {
        self.place(head.asset, head.signal)
    }

    fn place(&mut self, asset: i64, signal: i64) -> Place {
        let (_, layout) = self.parts();
        let number = layout.assets().iter().position(|names| names.key == asset);
        Place { asset: number, signal: number.and_then(|number| layout.assets()[number].number(signal)) }
    }
}

impl Held {
    pub fn add(&mut self, other: &Held) {
        self.samples += other.samples;
        self.blocks += other.blocks;
        self.bytes += other.bytes;
        self.landed += other.landed;
    }
}

fn files(connection: &Connection) -> Extent {
    let Some(path) = connection.path().map(Path::new) else { return Extent::default() };
    let bytes = |path: &Path| std::fs::metadata(path).map_or(0, |found| found.len());
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let free = path.parent().and_then(|folder| rustix::fs::statvfs(folder).ok());
    let free = free.map(|found| found.f_bavail.saturating_mul(found.f_frsize));
    Extent { file_bytes: bytes(path), log_bytes: bytes(Path::new(&log)), free_bytes: free, assets: Vec::new() }
}
