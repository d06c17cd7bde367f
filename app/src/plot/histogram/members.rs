//! Members by value, whichever way they were counted.

use twin::{
    Span, Timestamp,
    maths::scalar,
    whatif::{Crossing, Spread},
};

/// How many members are where, and how many there are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Members {
    /// In order: from, to, and how many lie evenly in between.
    pub piles: Vec<(f64, f64, u32)>,
    /// Those too that have no value.
    pub all: u32,
}

impl Members {
    /// Members by when they first meet something: so many times `unit` after `now`. A member that is found to have met it
    /// after a `step` did so within it.
    pub fn meeting(crossing: &Crossing, now: Timestamp, step: Span, unit: Span) -> Members {
        let mut times: Vec<Timestamp> = crossing.first.iter().flatten().copied().collect();
        times.sort_unstable();
        let of = |t: Timestamp| ((t - now).secs() / unit.secs()).max(0.0);
        let pile = |same: &[Timestamp]| (of(Timestamp(same[0].0 - step.0)), of(same[0]), same.len() as u32);
        Members { piles: times.chunk_by(|a, b| a == b).map(pile).collect(), all: crossing.first.len() as u32 }
    }

    /// Members by where they end; what lies beyond the bins stands at their edge.
    pub fn ending(spread: &Spread) -> Members {
        let Spread { low, width, counts } = spread;
        let bins = counts.len().saturating_sub(2);
        let edge = |bin: usize| low + width * bin.min(bins) as f64;
        let pile = |(slot, count): (usize, &u32)| (edge(slot.saturating_sub(1)), edge(slot), *count);
        let mut piles: Vec<_> = counts.iter().enumerate().map(pile).filter(|(_, _, count)| *count > 0).collect();
        if let Some(first) = piles.first_mut().filter(|_| counts[0] > 0) {
            first.1 = *low;
        }
        Members { piles, all: counts.iter().sum() }
    }

    /// Members that have a value.
    pub fn counted(&self) -> u32 {
        self.piles.iter().map(|(_, _, count)| count).sum()
    }

    /// The least and the greatest value.
    pub fn range(&self) -> Option<(f64, f64)> {
        Some((self.piles.first()?.0, self.piles.last()?.1))
    }

    /// Below which `share` of all members lie; `None` where fewer have a value.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        self.after(share * f64::from(self.all))
    }

    fn after(&self, wanted: f64) -> Option<f64> {
        let mut below = 0.0;
        for (from, to, count) in &self.piles {
            let count = f64::from(*count);
            if below + count >= wanted {
                return Some(from + (to - from) * (wanted - below).max(0.0) / count);
            }
            below += count;
        }
        None
    }

    /// How wide a bell each member is to be for all of them to make a smooth line: Silverman's rule, by the middle half of
    /// those that have a value.
    pub fn bandwidth(&self) -> f64 {
        let counted = f64::from(self.counted());
        let middle = self.after(0.75 * counted).zip(self.after(0.25 * counted)).map_or(0.0, |(high, low)| high - low);
        0.9 * middle / 1.34 * scalar::pow(counted.max(1.0), -0.2)
    }

    /// The members that have a value, in `bins` equal parts of `low..high`; what lies outside is in the part at that edge.
    pub fn in_bins(&self, low: f64, high: f64, bins: usize) -> Vec<f64> {
        let mut counts = vec![0.0; bins];
        let last = bins.saturating_sub(1);
        let place = |value: f64| (value - low) / (high - low) * bins as f64;
        for (from, to, count) in &self.piles {
            let (begin, end, count) = (place(*from), place(*to), f64::from(*count));
            // Negative places are cut off to 0.
            let (first, other) = ((begin as usize).min(last), (end as usize).min(last));
            if first >= other {
                counts[first] += count;
                continue;
            }
            let mut left = 1.0;
            for (bin, own) in counts.iter_mut().enumerate().take(other).skip(first) {
                let inside = (bin + 1) as f64 - if bin == first { begin } else { bin as f64 };
                let share = inside / (end - begin);
                *own += count * share;
                left -= share;
            }
            counts[other] += count * left;
        }
        counts
    }
}
