//! The samples of one signal between two instants, and the events that tell of stops.

use std::collections::BTreeMap;

use rusqlite::params;
use twin::{Timestamp, entry::Quality};

use super::{
    Reader, StoreError, blocks,
    read::{Names, quality},
};

/// An event without its note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    pub seq: u64,
    pub t: Timestamp,
    pub until: Option<Timestamp>,
    pub kind: String,
}

impl Reader {
    /// Every sample of a signal in `from..to` that is not bad, in order of time; of two of a time the later one.
    pub fn samples(
        &mut self,
        asset: usize,
        signal: u16,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(Timestamp, f64)>, StoreError> {
        let (view, names, lately) = self.view(asset)?;
        let Some(key) = names.signals.get(usize::from(signal)) else { return Ok(Vec::new()) };
        let Names { key: asset, .. } = names;
        let lasting = "WHERE asset = ?1 AND signal = ?2 AND first_t < ?4 AND last_t >= ?3";
        let landed = "WHERE asset = ?1 AND signal = 0 AND first_t < ?3 AND last_t >= ?2";
        let mut kept = blocks::find(&view, lasting, &[asset, key, &from.0, &to.0])?;
        kept.extend(blocks::find(&view, landed, &[asset, &from.0, &to.0])?);
        let mut found: BTreeMap<i64, (u64, f64, Quality)> = BTreeMap::new();
        for kept in kept {
            let sections = lately.read(&view, &kept)?;
            let rows = sections.iter().filter(|section| section.signal == *key).flat_map(|section| section.rows());
            for row in rows.filter(|row| (from.0..to.0).contains(&row.t)) {
                let place = found.entry(row.t).or_insert((row.seq, row.value, quality(row.quality)));
                if place.0 < row.seq {
                    *place = (row.seq, row.value, quality(row.quality));
                }
            }
        }
        let good = found.into_iter().filter(|(_, (_, _, quality))| *quality != Quality::Bad);
        Ok(good.map(|(t, (_, value, _))| (Timestamp(t), value)).collect())
    }

    /// The smallest seq of the entries that were measured in `from..=to`.
    pub fn first_seq(&mut self, asset: usize, from: Timestamp, to: Timestamp) -> Result<Option<u64>, StoreError> {
        let (view, names, lately) = self.view(asset)?;
        let mut of_events =
            view.prepare_cached("SELECT min(seq) FROM event WHERE asset = ?1 AND t BETWEEN ?2 AND ?3")?;
        let mut first: Option<u64> = of_events.query_row(params![names.key, from.0, to.0], |row| row.get(0))?;
        let overlapping = "WHERE asset = ?1 AND first_t <= ?3 AND last_t >= ?2 ORDER BY first_seq";
        for kept in blocks::find(&view, overlapping, &[&names.key, &from.0, &to.0])? {
            // None of those that follow has a smaller one.
            if first.is_some_and(|first| first < kept.head.first_seq.cast_unsigned()) {
                break;
            }
            let sections = lately.read(&view, &kept)?;
            let inside = sections.iter().flat_map(|section| section.times.iter().zip(&section.seqs));
            let seqs = inside.filter(|(t, _)| (from.0..=to.0).contains(*t)).map(|(_, seq)| seq.cast_unsigned());
            first = first.into_iter().chain(seqs).min();
        }
        Ok(first)
    }

    /// Whether anything that was measured in `from..=to` was deleted.
    pub fn has_deleted(&mut self, asset: usize, from: Timestamp, to: Timestamp) -> Result<bool, StoreError> {
        let (view, names, _) = self.view(asset)?;
        let find = "SELECT EXISTS (SELECT 1 FROM deletion WHERE asset = ?1 AND from_t <= ?3 AND to_t >= ?2)";
        Ok(view.prepare_cached(find)?.query_row(params![names.key, from.0, to.0], |row| row.get(0))?)
    }

    /// The first instant of which anything is kept.
    pub fn first(&mut self, asset: usize) -> Result<Option<Timestamp>, StoreError> {
        let (view, names, _) = self.view(asset)?;
        let mut of_signal = view.prepare_cached("SELECT min(first_t) FROM block WHERE asset = ?1 AND signal = ?2")?;
        let mut first: Option<i64> = view
            .prepare_cached("SELECT min(t) FROM event WHERE asset = ?1")?
            .query_row([names.key], |row| row.get(0))?;
        for signal in names.signals.iter().chain([&0]) {
            let t: Option<i64> = of_signal.query_row([names.key, *signal], |row| row.get(0))?;
            first = first.into_iter().chain(t).min();
        }
        Ok(first.map(Timestamp))
    }

    /// Every event of an asset, in order of seq.
    pub fn occurrences(&mut self, asset: usize) -> Result<Vec<Occurrence>, StoreError> {
        let (view, names, _) = self.view(asset)?;
        let mut find = view.prepare_cached("SELECT seq, t, until, kind FROM event WHERE asset = ?1 ORDER BY seq")?;
        let found = find.query_map([names.key], |row| {
            let until: Option<i64> = row.get(2)?;
            let (seq, t) = (row.get(0)?, Timestamp(row.get(1)?));
            Ok(Occurrence { seq, t, until: until.map(Timestamp), kind: row.get(3)? })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// What was written to an event.
    pub fn note(&mut self, asset: usize, seq: u64) -> Result<Option<String>, StoreError> {
        use rusqlite::OptionalExtension;
        let (view, names, _) = self.view(asset)?;
        let mut find = view.prepare_cached("SELECT note FROM event WHERE asset = ?1 AND seq = ?2")?;
        Ok(find.query_row(params![names.key, seq], |row| row.get(0)).optional()?)
    }
}
