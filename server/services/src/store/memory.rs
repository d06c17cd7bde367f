//! What the writer knows by heart: how far every asset is, and the newest samples of every signal.

use std::collections::VecDeque;

use rusqlite::Connection;
use twin::{Timestamp, entry::Quality};
use wire::frame::Latest;

use super::{
    block::Row,
    blocks::{self, Lately},
    late::Past,
    read::{Layout, Names, last_seq},
};

/// So many of the newest samples of a signal are told from what is new without a look at the disk.
const REMEMBERED: usize = 512;

/// What the store knows of one asset.
#[derive(Debug, Default)]
pub struct AssetMemory {
    pub last_seq: u64,
    /// By the signal's number.
    pub signals: Vec<SignalMemory>,
}

/// The newest samples of one signal, in order of time.
#[derive(Debug, Default)]
pub struct SignalMemory {
    newest: VecDeque<Known>,
    /// Whether there are samples before these.
    is_cut: bool,
    /// What is known of what was before these.
    pub past: Past,
    pub latest: Option<Latest>,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    t: i64,
    bits: u64,
}

/// Whether a sample of this time is kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Place {
    Free,
    /// This value is.
    Taken(f64),
    /// It is earlier than what is remembered: only the disk knows.
    Earlier,
}

impl SignalMemory {
    pub fn place(&mut self, t: i64) -> Place {
        match self.remembered(t) {
            Place::Earlier => self.past.place(t),
            place => place,
        }
    }

    /// The first time that is remembered: what is earlier is the past.
    pub fn since(&self) -> i64 {
        self.newest.front().map_or(i64::MAX, |first| first.t)
    }

    fn remembered(&self, t: i64) -> Place {
        if self.newest.back().is_none_or(|last| last.t < t) {
            return if self.newest.is_empty() && self.is_cut { Place::Earlier } else { Place::Free };
        }
        match self.newest.binary_search_by_key(&t, |known| known.t) {
            Ok(found) => Place::Taken(f64::from_bits(self.newest[found].bits)),
            Err(0) if self.is_cut => Place::Earlier,
            Err(_) => Place::Free,
        }
    }

    /// Remembers a sample that is kept; of a time that is remembered, the value becomes this one.
    pub fn remember(&mut self, signal: u16, t: i64, value: f64, quality: Quality) {
        let known = Known { t, bits: value.to_bits() };
        if self.latest.is_none_or(|latest| latest.t.0 <= t) {
            self.latest = Some(Latest { signal, t: Timestamp(t), value, quality });
        }
        if self.newest.back().is_none_or(|last| last.t < t) {
            self.newest.push_back(known);
        } else {
            match self.newest.binary_search_by_key(&t, |known| known.t) {
                Ok(found) => self.newest[found] = known,
                // Earlier than all that is remembered, and there is more on the disk: it stays there.
                Err(0) if self.is_cut => self.past.remember(t, known.bits),
                Err(place) => self.newest.insert(place, known),
            }
        }
        if self.newest.len() > REMEMBERED
            && let Some(first) = self.newest.pop_front()
        {
            self.is_cut = true;
            self.past.follow(first.t, first.bits, self.since());
        }
    }
}

/// Reads from the file what is to be remembered of every asset.
pub fn recall(
    connection: &Connection,
    layout: &Layout,
    lately: &mut Lately,
) -> Result<Vec<AssetMemory>, rusqlite::Error> {
    layout.assets().iter().map(|names| recall_one(connection, names, lately)).collect()
}

fn recall_one(connection: &Connection, names: &Names, lately: &mut Lately) -> Result<AssetMemory, rusqlite::Error> {
    let mut memory = AssetMemory {
        last_seq: last_seq(connection, names.key)?,
        signals: names.signals.iter().map(|_| SignalMemory::default()).collect(),
    };
    let mut rows: Vec<Vec<Row>> = vec![Vec::new(); names.signals.len()];
    // What is earlier than the blocks that are looked at stays on the disk.
    let mut since = vec![i64::MIN; names.signals.len()];
    for (number, key) in names.signals.iter().enumerate() {
        let last = blocks::find(
            connection,
            "WHERE asset = ?1 AND signal = ?2 ORDER BY first_t DESC LIMIT 2",
            &[&names.key, key],
        )?;
        for kept in &last {
            let sections = lately.read(connection, kept)?;
            rows[number].extend(sections.iter().flat_map(|section| section.rows()));
            since[number] = kept.head.first_t;
            memory.signals[number].is_cut = true;
        }
    }
    for kept in blocks::find(connection, "WHERE asset = ?1 AND signal = 0 ORDER BY key", &[&names.key])? {
        let sections = lately.read(connection, &kept)?;
        for section in sections.iter() {
            if let Some(number) = names.number(section.signal).map(usize::from) {
                rows[number].extend(section.rows().filter(|row| row.t >= since[number]));
            }
        }
    }
    for (number, (signal, rows)) in (0..).zip(memory.signals.iter_mut().zip(&mut rows)) {
        rows.sort_unstable_by_key(|row| (row.t, row.seq));
        let from = rows.len().saturating_sub(REMEMBERED);
        signal.is_cut |= from > 0;
        for row in &rows[from..] {
            signal.remember(number, row.t, row.value, super::read::quality(row.quality));
        }
    }
    Ok(memory)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remembering(times: impl IntoIterator<Item = i64>) -> SignalMemory {
        let mut memory = SignalMemory::default();
        times.into_iter().for_each(|t| memory.remember(0, t, t as f64, Quality::Good));
        memory
    }

    #[test]
    fn what_is_remembered_is_told_from_what_is_new() {
        let mut memory = remembering([10, 30, 20]);
        assert_eq!(memory.place(20), Place::Taken(20.0));
        assert_eq!(memory.place(25), Place::Free);
        assert_eq!(memory.place(5), Place::Free);
        assert_eq!(memory.place(31), Place::Free);
    }

    #[test]
    fn what_is_earlier_than_all_that_is_remembered_is_looked_up() {
        let mut memory = remembering(0..1000);
        assert_eq!(memory.place(10), Place::Earlier);
        assert_eq!(memory.place(999), Place::Taken(999.0));
        assert_eq!(memory.newest.len(), REMEMBERED);
    }

    #[test]
    fn the_latest_is_the_last_measured() {
        let memory = remembering([10, 30, 20]);
        assert_eq!(memory.latest.map(|latest| latest.t), Some(Timestamp(30)));
    }
}
