//! Entries by seq, out of the blocks and events that hold them.

use rusqlite::{Connection, OptionalExtension, params};
use twin::Timestamp;
use wire::{Batch, Entry, What};

use super::{Names, Reader, StoreError, quality};
use crate::store::{
    block::Provenance,
    blocks::{self, KEPT, Lately},
};

/// The number of a kept signal that the model no longer has; no model has so many.
const GONE: u16 = u16::MAX - 1;

/// One kept entry, and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptEntry {
    pub seq: u64,
    pub entry: Entry,
    /// That of a sample; an event's is in its row.
    pub from: Option<Provenance>,
}

impl Reader {
    /// The entries of asset number `asset` after seq `after`, at most `limit` of them, without a hole. They begin
    /// later than at `after + 1` where what was between is gone: deleted on purpose, or damaged.
    pub fn entries(&mut self, asset: usize, after: u64, limit: usize) -> Result<Batch, StoreError> {
        let found = self.kept_entries(asset, after, limit)?;
        let first_seq = found.first().map_or(after + 1, |first| first.seq);
        let dense = found.iter().zip(first_seq..).take_while(|(kept, expected)| kept.seq == *expected).count();
        let entries = found.into_iter().take(dense).map(|kept| kept.entry).collect();
        Ok(Batch { asset: self.layout.assets()[asset].id.clone(), first_seq, entries })
    }

    /// The entries of asset number `asset` after seq `after`, at most `limit` of them, in order of seq, whatever is
    /// gone between them.
    pub fn kept_entries(&mut self, asset: usize, after: u64, limit: usize) -> Result<Vec<KeptEntry>, StoreError> {
        let (view, names, lately) = self.view(asset)?;
        // None at all would never come to an end.
        let (mut after, limit) = (after, limit.max(1));
        loop {
            let to = after.saturating_add(limit as u64).min(i64::MAX as u64);
            let mut found = events(&view, names, after, to)?;
            samples(&view, names, lately, after, to, limit, &mut found)?;
            if !found.is_empty() {
                found.sort_unstable_by_key(|kept| kept.seq);
                return Ok(found);
            }
            // All of it is gone: what comes next?
            if to == i64::MAX as u64 {
                return Ok(found);
            }
            match next_seq(&view, names.key, to)? {
                Some(next) if next > to => after = next - 1,
                _ => return Ok(found),
            }
        }
    }
}

/// The first seq after `to` that may be there.
fn next_seq(view: &Connection, asset: i64, to: u64) -> Result<Option<u64>, rusqlite::Error> {
    let find = "SELECT min(seq) FROM (
        SELECT min(first_seq) AS seq FROM block WHERE asset = ?1 AND first_seq > ?2
        UNION ALL SELECT min(max(first_seq, ?2 + 1)) FROM block WHERE asset = ?1 AND last_seq > ?2 AND first_seq <= ?2
        UNION ALL SELECT min(seq) FROM event WHERE asset = ?1 AND seq > ?2)";
    Ok(view.prepare_cached(find)?.query_row(params![asset, to], |row| row.get(0)).optional()?.flatten())
}

fn samples(
    view: &Connection,
    names: &Names,
    lately: &mut Lately,
    after: u64,
    to: u64,
    limit: usize,
    found: &mut Vec<KeptEntry>,
) -> Result<(), rusqlite::Error> {
    // Blocks in order of their last seq: mostly the first few hold all that is asked for.
    let mut find = view.prepare_cached(&format!(
        "SELECT {KEPT} FROM block WHERE asset = ?1 AND last_seq > ?2 AND first_seq <= ?3 ORDER BY last_seq"
    ))?;
    let mut rows = find.query(params![names.key, after, to])?;
    let is_wanted = |seq: i64| seq > after as i64 && seq <= to as i64;
    while found.len() < limit {
        let Some(row) = rows.next()? else { break };
        let sections = lately.read(view, &blocks::kept(row)?)?;
        for section in sections.iter() {
            let number = names.number(section.signal).unwrap_or(GONE);
            if section.seqs.iter().any(|seq| is_wanted(*seq)) {
                let asked = section.rows().filter(|row| is_wanted(row.seq.cast_signed()));
                found.extend(asked.map(|row| {
                    let what = What::Sample { signal: number, value: row.value, quality: quality(row.quality) };
                    KeptEntry { seq: row.seq, entry: Entry { t: Timestamp(row.t), what }, from: Some(row.from) }
                }));
            }
        }
    }
    Ok(())
}

fn events(view: &Connection, names: &Names, after: u64, to: u64) -> Result<Vec<KeptEntry>, rusqlite::Error> {
    let find = "SELECT seq, t, id, kind, until, note FROM event WHERE asset = ?1 AND seq > ?2 AND seq <= ?3";
    view.prepare_cached(find)?
        .query_map(params![names.key, after, to], |row| {
            let until: Option<i64> = row.get(4)?;
            let what =
                What::Event { id: row.get(2)?, kind: row.get(3)?, until: until.map(Timestamp), note: row.get(5)? };
            Ok(KeptEntry { seq: row.get(0)?, entry: Entry { t: Timestamp(row.get(1)?), what }, from: None })
        })?
        .collect()
}
