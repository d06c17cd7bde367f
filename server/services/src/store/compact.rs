//! Replaces blocks as they landed by larger ones, one signal each, in order of time.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::{
    StoreError,
    block::{Effort, Row, Section},
    blocks::{self, Damages, Kept, Made},
};

/// The samples of a full block.
pub const MOST: usize = 8192;
/// So many landed samples, or blocks, of an asset are worth a round.
const WORTH_SAMPLES: i64 = 8192;
const WORTH_BLOCKS: i64 = 256;
/// The samples that one round replaces.
const ROUND: i64 = 65_536;

/// Blocks that stand for others.
#[derive(Debug, Default)]
pub struct Replacement {
    pub gone: Vec<i64>,
    pub made: Vec<Made>,
}

/// How much is worth a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// Only where much has landed.
    Much,
    /// Whatever has landed.
    Any,
}

/// The keys of assets of which so much has landed.
pub fn due(connection: &Connection, worth: Worth) -> Result<Vec<i64>, StoreError> {
    let (samples, blocks) = match worth {
        Worth::Much => (WORTH_SAMPLES, WORTH_BLOCKS),
        Worth::Any => (1, 1),
    };
    let find = "SELECT asset FROM block WHERE signal = 0 GROUP BY asset HAVING sum(count) >= ?1 OR count(*) >= ?2";
    let mut find = connection.prepare_cached(find)?;
    Ok(find.query_map([samples, blocks], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

/// What is to replace the oldest landed blocks of an asset; `None` where there is none that can be read.
pub fn plan(connection: &Connection, asset: i64, damages: &Damages) -> Result<Option<Replacement>, StoreError> {
    let mut replacement = Replacement::default();
    let mut landed: BTreeMap<i64, Vec<Row>> = BTreeMap::new();
    let mut samples = 0;
    for kept in blocks::find(connection, "WHERE asset = ?1 AND signal = 0 ORDER BY key", &[&asset])? {
        // What is damaged stays as it is, for whoever can mend it.
        let Some(sections) = sections(connection, &kept, damages)? else { continue };
        for section in sections {
            landed.entry(section.signal).or_default().extend(section.rows());
        }
        replacement.gone.push(kept.key);
        samples += kept.head.count;
        if samples >= ROUND {
            break;
        }
    }
    if replacement.gone.is_empty() {
        return Ok(None);
    }
    for (signal, rows) in landed {
        merge(connection, asset, signal, rows, damages, &mut replacement)?;
    }
    Ok(Some(replacement))
}

fn sections(connection: &Connection, kept: &Kept, damages: &Damages) -> Result<Option<Vec<Section>>, StoreError> {
    Ok(blocks::read(connection, kept)?.map_err(|damage| damages.report(damage)).ok())
}

/// Merges rows of a signal into the blocks whose time they fall into, or appends them.
fn merge(
    connection: &Connection,
    asset: i64,
    signal: i64,
    mut rows: Vec<Row>,
    damages: &Damages,
    replacement: &mut Replacement,
) -> Result<(), StoreError> {
    rows.sort_unstable_by_key(|row| (row.t, row.seq));
    let Some(first) = rows.first() else { return Ok(()) };
    // From the block that the first row falls into, or follows.
    let since = "WHERE asset = ?1 AND signal = ?2 AND first_t >= coalesce(
        (SELECT max(first_t) FROM block WHERE asset = ?1 AND signal = ?2 AND first_t <= ?3), ?4) ORDER BY first_t";
    let there = blocks::find(connection, since, &[&asset, &signal, &first.t, &i64::MIN])?;
    let mut rest = rows.as_slice();
    for (number, kept) in there.iter().enumerate() {
        let next = there.get(number + 1);
        let here = next.map_or(rest.len(), |next| rest.partition_point(|row| row.t < next.head.first_t));
        let (falling, after) = rest.split_at(here);
        rest = after;
        let is_full = kept.head.count >= MOST as i64;
        let follows = falling.first().is_none_or(|row| row.t > kept.head.last_t);
        if falling.is_empty() {
            continue;
        }
        let before = if next.is_none() && is_full && follows { None } else { sections(connection, kept, damages)? };
        let mut merged: Vec<Row> = before.iter().flatten().flat_map(Section::rows).collect();
        if before.is_some() {
            replacement.gone.push(kept.key);
        }
        merged.extend(falling);
        merged.sort_unstable_by_key(|row| (row.t, row.seq));
        let chunk = if next.is_none() { MOST } else { merged.len().div_ceil(merged.len().div_ceil(MOST)) };
        make(asset, signal, &merged, chunk, replacement);
    }
    make(asset, signal, rest, MOST, replacement);
    Ok(())
}

fn make(asset: i64, signal: i64, rows: &[Row], chunk: usize, replacement: &mut Replacement) {
    for rows in rows.chunks(chunk) {
        let mut section = Section::new(signal);
        rows.iter().for_each(|row| section.push(*row));
        replacement.made.extend(blocks::make(asset, signal, &[section], Effort::Lasting));
    }
}

/// Puts new blocks into the place of those that they stand for, unless one of these has gone meanwhile.
pub fn replace(connection: &Connection, replacement: &Replacement) -> Result<bool, StoreError> {
    let mut is_there = connection.prepare_cached("SELECT 1 FROM block WHERE key = ?1")?;
    for key in &replacement.gone {
        if !is_there.exists(params![key])? {
            return Ok(false);
        }
    }
    for key in &replacement.gone {
        blocks::delete(connection, *key)?;
    }
    for made in &replacement.made {
        blocks::insert(connection, made)?;
    }
    Ok(true)
}
