//! What viewers saw of an asset, compared with its entries as they pass by in order of seq.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader},
    path::Path,
};

use anyhow::Context;
use wire::Entry;

use super::Outcome;
use crate::load::seen::{self, Shown, fold};

/// The record of all viewers, by asset.
#[derive(Debug, Default)]
pub struct Sight {
    assets: BTreeMap<String, Shows>,
}

/// What was shown of one asset.
#[derive(Debug, Default)]
pub struct Shows {
    /// In the order in which each viewer was shown them.
    viewers: BTreeMap<usize, Vec<Shown>>,
    /// Frames of entries that have not begun, the next one last: `first, last, hash`. Many viewers share one.
    frames: Vec<(u64, u64, u64)>,
    /// Frames that have begun: `last, hash` and what the entries come to so far.
    open: Vec<(u64, u64, u64)>,
    differing: Vec<u64>,
}

impl Sight {
    pub fn read(path: &Path) -> anyhow::Result<Sight> {
        let file = std::fs::File::open(path).with_context(|| format!("the viewers' record `{}`", path.display()))?;
        let mut sight = Sight::default();
        for line in BufReader::new(file).lines() {
            let line = line?;
            let line = seen::parse(&line).with_context(|| format!("`{line}` is of no viewers' record"))?;
            sight.assets.entry(line.asset).or_default().viewers.entry(line.viewer).or_default().push(line.shown);
        }
        Ok(sight)
    }

    /// What was shown of `asset`, to be compared.
    pub fn of(&mut self, asset: &str) -> Shows {
        let mut shows = self.assets.remove(asset).unwrap_or_default();
        let of_entries = shows.viewers.values().flatten().filter_map(|shown| match *shown {
            Shown::Samples { first, last, hash } => Some((first, last, hash)),
            _ => None,
        });
        let frames: BTreeSet<(u64, u64, u64)> = of_entries.collect();
        shows.frames = frames.into_iter().rev().collect();
        shows
    }
}

impl Shows {
    /// The entry `seq` is stored.
    pub fn pass(&mut self, seq: u64, entry: &Entry) {
        while let Some((_, last, hash)) = self.frames.pop_if(|(first, ..)| *first <= seq) {
            self.open.push((last, hash, 0));
        }
        for (_, _, so_far) in &mut self.open {
            *so_far = fold(*so_far, entry);
        }
        self.open.retain(|(last, hash, so_far)| {
            if *last == seq && hash != so_far {
                self.differing.push(seq);
            }
            *last != seq
        });
    }

    /// The store ends with entry `end`.
    pub fn finish(self, asset: &str, end: u64, outcome: &mut Outcome) {
        let beyond = self.frames.iter().map(|(_, last, _)| *last).chain(self.open.iter().map(|(last, ..)| *last));
        for last in self.differing.iter().copied().chain(beyond) {
            outcome.unstored_frames += 1;
            outcome.name(|| format!("{asset}: a frame up to entry {last} was seen and is not stored so"));
        }
        for (viewer, shown) in self.viewers {
            let mut reached = 0;
            for shown in shown {
                let (first, last) = match shown {
                    Shown::Samples { first, last, .. } => {
                        outcome.frames += 1;
                        (first, last)
                    }
                    Shown::Coalesced { first, last } => {
                        outcome.merged += (last + 1).saturating_sub(first);
                        (first, last)
                    }
                    Shown::Snapshot { seq } => {
                        outcome.merged += seq.saturating_sub(reached);
                        (reached + 1, seq)
                    }
                };
                unseen(asset, viewer, reached, first, outcome);
                reached = reached.max(last);
            }
            unseen(asset, viewer, reached, end + 1, outcome);
        }
    }
}

/// Counts the entries between the last that was seen and the next.
fn unseen(asset: &str, viewer: usize, reached: u64, next: u64, outcome: &mut Outcome) {
    if next > reached + 1 {
        outcome.unseen += next - reached - 1;
        outcome.name(|| format!("{asset}: viewer {viewer} saw nothing of entries {} to {}", reached + 1, next - 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use twin::{Timestamp, entry::Quality};
    use wire::What;

    fn entry(seq: u64) -> Entry {
        let what = What::Sample { signal: 0, value: seq as f64, quality: Quality::Good };
        Entry { t: Timestamp(seq as i64), what }
    }

    fn frame(first: u64, last: u64) -> Shown {
        Shown::Samples { first, last, hash: (first..=last).fold(0, |hash, seq| fold(hash, &entry(seq))) }
    }

    /// Compares with a store of the entries 1 to 9; gives frames that are not stored so, and entries never seen.
    fn check(shown: &[Shown], expected: (u64, u64)) {
        let mut sight = Sight::default();
        sight.assets.entry("a".into()).or_default().viewers.insert(0, shown.to_vec());
        let mut shows = sight.of("a");
        (1..=9).for_each(|seq| shows.pass(seq, &entry(seq)));
        let mut outcome = Outcome::default();
        shows.finish("a", 9, &mut outcome);
        assert_eq!((outcome.unstored_frames, outcome.unseen), expected, "{:?}", outcome.differences);
    }

    #[test]
    fn frames_without_a_hole_are_fine() {
        check(&[Shown::Snapshot { seq: 2 }, frame(3, 5), Shown::Coalesced { first: 6, last: 8 }, frame(9, 9)], (0, 0));
    }

    #[test]
    fn a_hole_is_counted_also_at_the_end() {
        check(&[Shown::Snapshot { seq: 2 }, frame(5, 6)], (0, 5));
    }

    #[test]
    fn a_frame_of_other_entries_or_of_entries_to_come_is_not_stored() {
        let Shown::Samples { hash, .. } = frame(1, 4) else { panic!() };
        check(&[Shown::Samples { first: 1, last: 5, hash }, frame(6, 9)], (1, 0));
        check(&[frame(1, 9), frame(10, 12)], (1, 0));
    }
}
