//! Samples that come late: the past before all that is remembered, looked up a stretch at a time.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::{
    StoreError,
    block::Section,
    blocks::{self, Lately},
    memory::{AssetMemory, Place},
};

/// So many samples before and after a time are looked up with it: what comes late comes mostly in order.
const BEFORE: usize = 64;
const AFTER: usize = 960;
/// Samples that are known of the past, of all signals together: some 16 MB.
pub const MOST: usize = 512 * 1024;

/// What is known of a signal's past: every sample of some stretches.
#[derive(Debug, Default)]
pub struct Past {
    /// From here up to there, which is excluded. They neither overlap nor touch.
    stretches: BTreeMap<i64, i64>,
    /// The bits of the value by time.
    samples: BTreeMap<i64, u64>,
    /// Whether somebody asked since it was last looked whether anybody does.
    is_used: bool,
}

/// All samples of a signal from one time up to another, which is excluded.
#[derive(Debug, PartialEq)]
pub struct Stretch {
    from: i64,
    to: i64,
    samples: Vec<Sample>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Sample {
    t: i64,
    seq: i64,
    bits: u64,
}

impl Past {
    pub fn place(&mut self, t: i64) -> Place {
        if self.stretches.range(..=t).next_back().is_none_or(|(_, to)| *to <= t) {
            return Place::Earlier;
        }
        self.is_used = true;
        self.samples.get(&t).map_or(Place::Free, |bits| Place::Taken(f64::from_bits(*bits)))
    }

    /// Learns a stretch, which may overlap what is known.
    pub fn learn(&mut self, stretch: &Stretch) {
        let (mut from, mut to) = (stretch.from, stretch.to);
        if from >= to {
            return;
        }
        while let Some((first, last)) = self.stretches.range(..=to).next_back().map(|(from, to)| (*from, *to)) {
            if last < from {
                break;
            }
            (from, to) = (from.min(first), to.max(last));
            self.stretches.remove(&first);
        }
        self.stretches.insert(from, to);
        for Sample { t, bits, .. } in &stretch.samples {
            self.samples.entry(*t).or_insert(*bits);
        }
        self.is_used = true;
    }

    /// Hears of a sample that is kept.
    pub fn remember(&mut self, t: i64, bits: u64) {
        if self.stretches.range(..=t).next_back().is_some_and(|(_, to)| *to > t) {
            self.samples.insert(t, bits);
        }
    }

    /// Takes over what is no longer remembered elsewhere, where it follows what is known here: the sample of `t`, after
    /// which there is none before `next`.
    pub fn follow(&mut self, t: i64, bits: u64, next: i64) {
        if let Some((_, to)) = self.stretches.range_mut(..t).next_back()
            && *to == t
        {
            *to = next;
            self.samples.insert(t, bits);
        }
    }

    fn size(&self) -> usize {
        self.samples.len() + self.stretches.len()
    }
}

/// Forgets what nobody asked for lately where more than `most` is known, and all of it if that is not enough.
pub fn keep_within(memory: &mut [AssetMemory], most: usize) {
    let size = |memory: &[AssetMemory]| -> usize {
        memory.iter().flat_map(|asset| &asset.signals).map(|signal| signal.past.size()).sum()
    };
    if size(memory) <= most {
        return;
    }
    for signal in memory.iter_mut().flat_map(|asset| &mut asset.signals) {
        if !std::mem::take(&mut signal.past.is_used) {
            signal.past = Past::default();
        }
    }
    if size(memory) > most {
        forget(memory);
    }
}

/// Forgets all that is known of the past.
pub fn forget(memory: &mut [AssetMemory]) {
    memory.iter_mut().flat_map(|asset| &mut asset.signals).for_each(|signal| signal.past = Past::default());
}

impl Stretch {
    /// Reads what is kept of a signal around `t` and before `end`: in its blocks, in those that have landed since, and
    /// in what lands with this transaction. What is damaged holds nothing.
    pub fn look_up(
        connection: &Connection,
        lately: &mut Lately,
        landing: &[Section],
        [asset, signal]: [i64; 2],
        t: i64,
        end: i64,
    ) -> Result<Stretch, StoreError> {
        let before = "WHERE asset = ?1 AND signal = ?2 AND first_t <= ?3 ORDER BY first_t DESC LIMIT 1";
        let after = "WHERE asset = ?1 AND signal = ?2 AND first_t > ?3 ORDER BY first_t LIMIT 1";
        let lasting = blocks::find(connection, before, &[&asset, &signal, &t])?;
        let next = blocks::find(connection, after, &[&asset, &signal, &t])?;
        // The blocks of one signal do not overlap: what lasts from one's beginning to the next one's is in the one.
        let mut stretch = Stretch {
            from: lasting.first().map_or(i64::MIN, |kept| kept.head.first_t),
            to: next.first().map_or(end, |kept| kept.head.first_t.min(end)),
            samples: Vec::new(),
        };
        for kept in &lasting {
            stretch.add(&lately.read(connection, kept)?, signal);
        }
        stretch.clip(t);
        let landed = "WHERE asset = ?1 AND signal = 0 AND first_t < ?3 AND last_t >= ?2";
        for kept in blocks::find(connection, landed, &[&asset, &stretch.from, &stretch.to])? {
            stretch.add(&lately.read(connection, &kept)?, signal);
        }
        stretch.add(landing, signal);
        stretch.samples.sort();
        stretch.clip(t);
        Ok(stretch)
    }

    fn add(&mut self, sections: &[Section], signal: i64) {
        for section in sections.iter().filter(|section| section.signal == signal) {
            let columns = section.times.iter().zip(&section.seqs).zip(&section.values);
            let samples = columns.map(|((t, seq), value)| Sample { t: *t, seq: *seq, bits: value.to_bits() });
            self.samples.extend(samples.filter(|sample| (self.from..self.to).contains(&sample.t)));
        }
    }

    /// Leaves what is near `t`, of samples that are in order.
    fn clip(&mut self, t: i64) {
        // Of two of a time the later one counts.
        self.samples.dedup_by(|later, kept| {
            let is_same = later.t == kept.t;
            if is_same {
                *kept = *later;
            }
            is_same
        });
        let at = self.samples.partition_point(|sample| sample.t < t);
        if let Some(first) = self.samples.get(at + AFTER) {
            self.to = first.t;
            self.samples.truncate(at + AFTER);
        }
        if let Some(gone) = at.checked_sub(BEFORE).filter(|gone| *gone > 0) {
            self.from = self.samples[gone].t;
            self.samples.drain(..gone);
        }
    }

    /// The value of this time.
    pub fn at(&self, t: i64) -> Option<f64> {
        let place = self.samples.binary_search_by_key(&t, |sample| sample.t).ok()?;
        Some(f64::from_bits(self.samples[place].bits))
    }

    pub fn len(&self) -> usize {
        self.samples.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(from: i64, to: i64, times: impl IntoIterator<Item = i64>) -> Stretch {
        let samples = times.into_iter().map(|t| Sample { t, seq: t, bits: (t as f64).to_bits() }).collect();
        Stretch { from, to, samples }
    }

    #[test]
    fn what_is_known_of_the_past_is_told_from_what_is_not() {
        let mut past = Past::default();
        past.learn(&stretch(10, 20, [10, 15]));
        past.learn(&stretch(30, 40, [35]));
        let places = [9, 10, 11, 15, 19, 20, 35, 40].map(|t| past.place(t));
        let (earlier, free) = (Place::Earlier, Place::Free);
        assert_eq!(
            places,
            [earlier, Place::Taken(10.0), free, Place::Taken(15.0), free, earlier, Place::Taken(35.0), earlier]
        );
        past.remember(11, 1.5f64.to_bits());
        past.remember(25, 1.5f64.to_bits());
        past.learn(&stretch(20, 30, [25]));
        assert_eq!(past.stretches.iter().collect::<Vec<_>>(), [(&10, &40)]);
        assert_eq!((past.place(11), past.place(25)), (Place::Taken(1.5), Place::Taken(25.0)));
    }

    #[test]
    fn what_is_forgotten_elsewhere_is_taken_over_where_it_follows() {
        let mut past = Past::default();
        past.learn(&stretch(i64::MIN, 20, [5]));
        past.follow(20, 2f64.to_bits(), 30);
        past.follow(40, 4f64.to_bits(), 50);
        assert_eq!(
            [20, 29, 30, 40].map(|t| past.place(t)),
            [Place::Taken(2.0), Place::Free, Place::Earlier, Place::Earlier]
        );
    }

    #[test]
    fn a_stretch_ends_where_the_next_sample_that_it_leaves_out_begins() {
        let mut long = stretch(i64::MIN, i64::MAX, (0..5000).map(|t| t * 10));
        long.clip(20_005);
        assert_eq!((long.from, long.to, long.len()), (20_010 - 640, 20_010 + 9600, BEFORE + AFTER));
        assert_eq!((long.at(20_010), long.at(20_005)), (Some(20_010.0), None));
        let mut short = stretch(i64::MIN, i64::MAX, [1, 2, 3]);
        short.clip(2);
        assert_eq!(short, stretch(i64::MIN, i64::MAX, [1, 2, 3]));
    }

    #[test]
    fn of_two_samples_of_a_time_the_later_one_counts() {
        let sample = |t, seq| Sample { t, seq, bits: (seq as f64).to_bits() };
        let samples = vec![sample(1, 1), sample(2, 3), sample(2, 9), sample(4, 4)];
        let mut found = Stretch { from: 0, to: 5, samples };
        found.clip(2);
        assert_eq!([2, 3, 4].map(|t| found.at(t)), [Some(9.0), None, Some(4.0)]);
    }

    #[test]
    fn no_more_is_known_of_the_past_than_there_is_room_for() {
        let mut memory = vec![AssetMemory { last_seq: 0, signals: vec![Default::default(), Default::default()] }];
        for signal in &mut memory[0].signals {
            signal.past.learn(&stretch(0, 100, 0..100));
            signal.past.is_used = false;
        }
        memory[0].signals[1].past.place(5);
        let sizes = |memory: &[AssetMemory]| [0, 1].map(|n: usize| memory[0].signals[n].past.samples.len());
        keep_within(&mut memory, 1000);
        assert_eq!(sizes(&memory), [100, 100]);
        keep_within(&mut memory, 150);
        assert_eq!(sizes(&memory), [0, 100]);
        memory[0].signals[0].past.learn(&stretch(0, 100, 0..100));
        memory[0].signals[1].past.place(5);
        keep_within(&mut memory, 150);
        assert_eq!(sizes(&memory), [0, 0]);
    }
}
