//! The entries of a window of the past, in the order in which they came.

use std::ops::Range;

use twin::{
    Timestamp,
    id::AssetId,
    series::{Curve, Point},
};
use wire::{Batch, Entry, What};

/// Entries of a window that are replayed; of a longer one the rest is left out, and that is said.
pub const MOST: usize = 65_536;

/// Why a window has no further entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// There may be more.
    Open,
    /// What follows was measured later.
    Window,
    /// Nothing came since.
    Newest,
    /// There were more than are replayed.
    Cut,
}

/// Entries that are missing: from one seq to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing {
    pub from_seq: u64,
    pub to_seq: u64,
}

#[derive(Debug)]
pub struct Reel {
    asset: AssetId,
    /// Until when it is measured what belongs to it.
    to: Timestamp,
    first_seq: u64,
    entries: Vec<Entry>,
    /// When each came, by the asset's own time: the newest that had been measured by then.
    instants: Vec<Timestamp>,
    pub end: End,
}

impl Reel {
    pub fn new(asset: AssetId, to: Timestamp) -> Reel {
        Reel { asset, to, first_seq: 1, entries: Vec::new(), instants: Vec::new(), end: End::Open }
    }

    /// Takes in the entries that follow, as many as belong to the window.
    pub fn add(&mut self, batch: Batch) -> Result<(), Missing> {
        if batch.entries.is_empty() {
            self.end = End::Newest;
        } else if self.entries.is_empty() {
            self.first_seq = batch.first_seq;
        } else if batch.first_seq != self.last_seq() + 1 {
            return Err(Missing { from_seq: self.last_seq() + 1, to_seq: batch.first_seq - 1 });
        }
        for entry in batch.entries {
            if self.entries.len() == MOST {
                self.end = End::Cut;
            } else if entry.t > self.to {
                self.end = End::Window;
            }
            if self.end != End::Open {
                break;
            }
            self.instants.push(self.instants.last().map_or(entry.t, |newest| entry.t.max(*newest)));
            self.entries.push(entry);
        }
        Ok(())
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn first_seq(&self) -> u64 {
        self.first_seq
    }

    pub fn last_seq(&self) -> u64 {
        (self.first_seq + self.entries.len() as u64).saturating_sub(1)
    }

    /// When entry `seq` came, or the nearest that is here.
    pub fn instant(&self, seq: u64) -> Timestamp {
        let place = self.place(seq).min(self.instants.len().saturating_sub(1));
        self.instants.get(place).copied().unwrap_or_default()
    }

    /// The last entry that had come by `t`; the first before that.
    pub fn seq_at(&self, t: Timestamp) -> u64 {
        let come = self.instants.partition_point(|instant| *instant <= t) as u64;
        (self.first_seq + come).saturating_sub(1).max(self.first_seq)
    }

    /// Those up to entry `seq`.
    pub fn until(&self, seq: u64) -> &[Entry] {
        &self.entries[self.places(self.first_seq - 1, seq)]
    }

    /// Those after one entry and up to another.
    pub fn batch(&self, after: u64, to: u64) -> Batch {
        let places = self.places(after, to);
        let first_seq = self.first_seq + places.start as u64;
        Batch { asset: self.asset.clone(), first_seq, entries: self.entries[places].to_vec() }
    }

    /// Each event's instant and kind.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = (Timestamp, &str)> {
        self.entries.iter().zip(&self.instants).filter_map(|(entry, instant)| match &entry.what {
            What::Event { kind, .. } => Some((*instant, kind.as_str())),
            What::Sample { .. } => None,
        })
    }

    /// The kind of entry `seq`, where that is an event.
    pub fn kind(&self, seq: u64) -> Option<&str> {
        match &self.entries.get(self.place(seq))?.what {
            What::Event { kind, .. } => Some(kind),
            What::Sample { .. } => None,
        }
    }

    /// All samples, by signal, each in order of time.
    pub fn curves(&self, signals: usize) -> Vec<Curve> {
        let mut curves = vec![Curve::default(); signals];
        for entry in &self.entries {
            if let What::Sample { signal, value, .. } = entry.what
                && let Some(curve) = curves.get_mut(usize::from(signal))
            {
                curve.insert(Point { t: entry.t, value });
            }
        }
        curves
    }

    fn places(&self, after: u64, to: u64) -> Range<usize> {
        let end = self.place(to + 1).min(self.entries.len());
        self.place(after + 1).min(end)..end
    }

    fn place(&self, seq: u64) -> usize {
        seq.saturating_sub(self.first_seq) as usize
    }
}

#[cfg(test)]
mod tests {
    use twin::entry::Quality;

    use super::*;

    fn sample(t: i64) -> Entry {
        Entry { t: Timestamp(t), what: What::Sample { signal: 0, value: t as f64, quality: Quality::Good } }
    }

    fn batch(first_seq: u64, times: &[i64]) -> Batch {
        let asset = AssetId::parse("a").unwrap();
        Batch { asset, first_seq, entries: times.iter().copied().map(sample).collect() }
    }

    fn reel() -> Reel {
        Reel::new(AssetId::parse("a").unwrap(), Timestamp(100))
    }

    #[test]
    fn an_entry_that_is_late_comes_when_it_came() {
        let mut reel = reel();
        reel.add(batch(5, &[10, 30, 20, 40])).unwrap();
        assert_eq!([5, 6, 7, 8, 9].map(|seq| reel.instant(seq).0), [10, 30, 30, 40, 40]);
        assert_eq!([0, 10, 29, 30, 39, 99].map(|t| reel.seq_at(Timestamp(t))), [5, 5, 5, 7, 7, 8]);
        assert_eq!(reel.until(6), &batch(5, &[10, 30]).entries[..]);
        assert_eq!(reel.batch(6, 99), batch(7, &[20, 40]));
        assert_eq!(reel.batch(8, 8).entries, []);
        assert_eq!(reel.curves(1)[0].points().iter().map(|point| point.t.0).collect::<Vec<_>>(), [10, 20, 30, 40]);
    }

    #[test]
    fn a_window_ends_with_what_was_measured_later_with_the_newest_and_with_too_many() {
        let mut reel = reel();
        reel.add(batch(1, &[10, 100])).unwrap();
        assert_eq!(reel.end, End::Open);
        reel.add(batch(3, &[101, 50])).unwrap();
        assert_eq!((reel.end, reel.last_seq()), (End::Window, 2));
        let mut reel = self::reel();
        reel.add(batch(1, &[10])).unwrap();
        reel.add(batch(u64::MAX, &[])).unwrap();
        assert_eq!((reel.end, reel.last_seq()), (End::Newest, 1));
        let mut reel = self::reel();
        reel.add(batch(1, &vec![10; MOST + 7])).unwrap();
        assert_eq!((reel.end, reel.len()), (End::Cut, MOST));
    }

    #[test]
    fn entries_that_were_deleted_are_named() {
        let mut reel = reel();
        reel.add(batch(1, &[10, 20])).unwrap();
        assert_eq!(reel.add(batch(8, &[30])), Err(Missing { from_seq: 3, to_seq: 7 }));
    }
}
