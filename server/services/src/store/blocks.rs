//! The table of blocks: written once, checked whenever they are read, replaced by larger ones.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
};

use rusqlite::{Connection, Row as SqlRow, params};

use super::block::{self, Effort, Section};

/// What stands beside a block's bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Head {
    pub asset: i64,
    /// The signal's key; 0 for a block as it landed.
    pub signal: i64,
    pub count: i64,
    pub first_seq: i64,
    pub last_seq: i64,
    pub first_t: i64,
    pub last_t: i64,
    /// What the samples come to: enough to draw them where a block is less than a column wide.
    pub rollup: Rollup,
}

/// First, smallest, largest and last of a run of samples in order of time, and their sum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rollup {
    pub first: f64,
    pub last: f64,
    pub min_t: i64,
    pub min: f64,
    pub max_t: i64,
    pub max: f64,
    pub sum: f64,
}

/// A block that is ready to be written.
#[derive(Debug, Clone)]
pub struct Made {
    pub head: Head,
    checksum: i64,
    bytes: Vec<u8>,
}

/// A block in the file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kept {
    pub key: i64,
    pub head: Head,
    checksum: i64,
}

/// A block whose bytes are not what was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Damage {
    pub key: i64,
    pub head: Head,
    pub why: String,
}

/// Blocks that were found damaged since the start, by key; bounded, for there may be many.
#[derive(Debug, Default)]
pub struct Damages(Mutex<BTreeMap<i64, Damage>>);

const MOST_DAMAGES: usize = 10_000;

impl Damages {
    pub fn report(&self, damage: Damage) {
        let mut found = self.0.lock().expect("no one panics with the damages in hand");
        if found.len() < MOST_DAMAGES && !found.contains_key(&damage.key) {
            let Damage { key, head, why } = &damage;
            tracing::error!(
                key, asset = head.asset, signal = head.signal, from_t = head.first_t, to_t = head.last_t,
                from_seq = head.first_seq, to_seq = head.last_seq, count = head.count, %why, "a block is damaged"
            );
            found.insert(*key, damage);
        }
    }

    pub fn all(&self) -> Vec<Damage> {
        self.0.lock().expect("no one panics with the damages in hand").values().cloned().collect()
    }
}

/// Makes a block of sections of one asset; `signal` is 0 where these are of several signals, or not in order of time.
/// `None` where there is no sample.
pub fn make(asset: i64, signal: i64, sections: &[Section], effort: Effort) -> Option<Made> {
    let times = || sections.iter().flat_map(|section| section.times.iter().copied());
    let seqs = || sections.iter().flat_map(|section| section.seqs.iter().copied());
    let head = Head {
        asset,
        signal,
        count: sections.iter().map(Section::len).sum::<usize>() as i64,
        first_seq: seqs().min()?,
        last_seq: seqs().max()?,
        first_t: times().min()?,
        last_t: times().max()?,
        rollup: rollup(sections)?,
    };
    let bytes = block::encode(sections, effort);
    Some(Made { checksum: checksum(&head, &bytes), head, bytes })
}

fn rollup(sections: &[Section]) -> Option<Rollup> {
    let mut samples =
        sections.iter().flat_map(|section| section.times.iter().copied().zip(section.values.iter().copied()));
    let (t, value) = samples.next()?;
    let mut rollup = Rollup { first: value, last: value, min_t: t, min: value, max_t: t, max: value, sum: value };
    for (t, value) in samples {
        if value < rollup.min {
            (rollup.min_t, rollup.min) = (t, value);
        }
        if value > rollup.max {
            (rollup.max_t, rollup.max) = (t, value);
        }
        rollup.sum = (rollup.sum + value).clamp(f64::MIN, f64::MAX);
        rollup.last = value;
    }
    Some(rollup)
}

/// Over the bytes and all that stands beside them.
fn checksum(head: &Head, bytes: &[u8]) -> i64 {
    let Head { asset, signal, count, first_seq, last_seq, first_t, last_t, rollup } = head;
    let mut hasher = blake3::Hasher::new();
    for n in [asset, signal, count, first_seq, last_seq, first_t, last_t, &rollup.min_t, &rollup.max_t] {
        hasher.update(&n.to_le_bytes());
    }
    for value in [rollup.first, rollup.last, rollup.min, rollup.max, rollup.sum] {
        hasher.update(&value.to_le_bytes());
    }
    hasher.update(bytes);
    let mut first = [0; 8];
    first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    i64::from_le_bytes(first)
}

pub fn insert(connection: &Connection, made: &Made) -> Result<i64, rusqlite::Error> {
    let Head { asset, signal, count, first_seq, last_seq, first_t, last_t, rollup } = &made.head;
    connection.prepare_cached(INSERT)?.execute(params![
        asset,
        signal,
        count,
        first_seq,
        last_seq,
        first_t,
        last_t,
        rollup.first,
        rollup.last,
        rollup.min_t,
        rollup.min,
        rollup.max_t,
        rollup.max,
        rollup.sum,
        made.checksum,
        made.bytes
    ])?;
    Ok(connection.last_insert_rowid())
}

pub fn delete(connection: &Connection, key: i64) -> Result<bool, rusqlite::Error> {
    Ok(connection.prepare_cached("DELETE FROM block WHERE key = ?1")?.execute([key])? == 1)
}

/// The columns of a `Kept`, in the order in which `kept` reads them.
pub const KEPT: &str = "key, asset, signal, count, first_seq, last_seq, first_t, last_t, first_value, last_value,
    min_t, min_value, max_t, max_value, sum, checksum";

const INSERT: &str = "INSERT INTO block (asset, signal, count, first_seq, last_seq, first_t, last_t, first_value,
    last_value, min_t, min_value, max_t, max_value, sum, checksum, bytes)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";

pub fn kept(row: &SqlRow<'_>) -> Result<Kept, rusqlite::Error> {
    let rollup = Rollup {
        first: row.get(8)?,
        last: row.get(9)?,
        min_t: row.get(10)?,
        min: row.get(11)?,
        max_t: row.get(12)?,
        max: row.get(13)?,
        sum: row.get(14)?,
    };
    let head = Head {
        asset: row.get(1)?,
        signal: row.get(2)?,
        count: row.get(3)?,
        first_seq: row.get(4)?,
        last_seq: row.get(5)?,
        first_t: row.get(6)?,
        last_t: row.get(7)?,
        rollup,
    };
    Ok(Kept { key: row.get(0)?, head, checksum: row.get(15)? })
}

/// The blocks that `rest` of a query on the table finds, without their bytes.
pub fn find(
    connection: &Connection,
    rest: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<Vec<Kept>, rusqlite::Error> {
    let mut find = connection.prepare_cached(&format!("SELECT {KEPT} FROM block {rest}"))?;
    find.query_map(values, kept)?.collect()
}

/// Reads a block and checks that it is what was written; what is not is a `Damage`.
pub fn read(connection: &Connection, kept: &Kept) -> Result<Result<Vec<Section>, Damage>, rusqlite::Error> {
    let damage = |why: String| Ok(Err(Damage { key: kept.key, head: kept.head, why }));
    let bytes = connection
        .prepare_cached("SELECT bytes FROM block WHERE key = ?1")?
        .query_row([kept.key], |row| Ok(row.get_ref(0)?.as_blob().map(<[u8]>::to_vec)));
    let bytes = match bytes {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) => return damage(error.to_string()),
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseCorrupt) => {
            return damage(error.to_string());
        }
        Err(error) => return Err(error),
    };
    if checksum(&kept.head, &bytes) != kept.checksum {
        return damage("its checksum is another".into());
    }
    match block::decode(&bytes) {
        Ok(sections) => Ok(Ok(sections)),
        Err(error) => damage(error.to_string()),
    }
}

/// Key and checksum: the key of a block that is gone may be given out again.
type Name = (i64, i64);

/// Blocks that were read lately: what is read page by page is decoded once.
#[derive(Debug)]
pub struct Lately {
    blocks: BTreeMap<Name, Arc<Vec<Section>>>,
    /// The oldest first.
    order: VecDeque<Name>,
    samples: usize,
    most: usize,
    damages: Arc<Damages>,
}

/// A block takes room of its own, for as many samples.
const FRAME: usize = 64;

impl Lately {
    /// Room for so many samples.
    pub fn new(most: usize, damages: Arc<Damages>) -> Lately {
        Lately { blocks: BTreeMap::new(), order: VecDeque::new(), samples: 0, most, damages }
    }

    /// The sections of a block; none where it is damaged, which is reported.
    pub fn read(&mut self, connection: &Connection, kept: &Kept) -> Result<Arc<Vec<Section>>, rusqlite::Error> {
        let name = (kept.key, kept.checksum);
        if let Some(sections) = self.blocks.get(&name) {
            return Ok(sections.clone());
        }
        let sections = match read(connection, kept)? {
            Ok(sections) => Arc::new(sections),
            Err(damage) => {
                self.damages.report(damage);
                return Ok(Arc::default());
            }
        };
        self.put(name, sections.clone());
        Ok(sections)
    }

    /// Keeps the sections that a block was made of, which is written as `key`.
    pub fn keep(&mut self, key: i64, made: &Made, sections: Vec<Section>) {
        self.put((key, made.checksum), Arc::new(sections));
    }

    fn put(&mut self, name: Name, sections: Arc<Vec<Section>>) {
        let room = |sections: &[Section]| FRAME + sections.iter().map(Section::len).sum::<usize>();
        self.samples += room(&sections);
        match self.blocks.insert(name, sections) {
            Some(same) => self.samples -= room(&same),
            None => self.order.push_back(name),
        }
        while self.samples > self.most
            && let Some(oldest) = self.order.pop_front()
        {
            let gone = self.blocks.remove(&oldest);
            self.samples -= gone.map_or(0, |sections| room(&sections));
        }
    }
}
