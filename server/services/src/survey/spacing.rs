//! The times from sample to sample, in little room: how long they mostly are, and how many are much longer.

use twin::Span;

/// Eight bins an octave.
const BINS: usize = 64 * 8;
/// Periods that make a hole.
const HOLE: i64 = 3;

/// Counts spans by their length.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spacing {
    /// By length: how many, and how long together. Empty until the first.
    bins: Vec<(u64, f64)>,
    count: u64,
    longest: Span,
}

impl Spacing {
    /// Adds a span longer than nothing.
    pub fn add(&mut self, span: Span) {
        if self.bins.is_empty() {
            self.bins.resize(BINS, (0, 0.0));
        }
        let bin = &mut self.bins[bin(span)];
        bin.0 += 1;
        bin.1 += span.0 as f64;
        self.count += 1;
        self.longest = self.longest.max(span);
    }

    /// The median, to an eighth of an octave; exact where spans of that length are all equal.
    pub fn period(&self) -> Option<Span> {
        let mut before = 0;
        let (count, sum) = self.bins.iter().find(|(count, _)| {
            before += count;
            before * 2 >= self.count
        })?;
        (*count > 0).then(|| Span((sum / *count as f64).round() as i64))
    }

    /// How many spans are longer than three periods, to an eighth of an octave, and the longest of all.
    pub fn holes(&self) -> (u64, Span) {
        let Some(period) = self.period() else { return (0, Span(0)) };
        let first = bin(Span(period.0.saturating_mul(HOLE))) + 1;
        (self.bins[first.min(BINS)..].iter().map(|(count, _)| count).sum(), self.longest)
    }
}

/// The octave, and the eighth of it.
fn bin(span: Span) -> usize {
    let length = span.0.max(1).unsigned_abs();
    let octave = length.ilog2();
    let eighth = if octave >= 3 { length >> (octave - 3) } else { length << (3 - octave) } & 7;
    octave as usize * 8 + eighth as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(spans: &[i64], period: Option<i64>, holes: u64) {
        let mut spacing = Spacing::default();
        spans.iter().for_each(|span| spacing.add(Span(*span)));
        assert_eq!((spacing.period().map(|span| span.0), spacing.holes().0), (period, holes), "{spans:?}");
    }

    #[test]
    fn the_period_is_the_length_of_most_spans() {
        check(&[], None, 0);
        check(&[1_000_000], Some(1_000_000), 0);
        check(&[1_000_000, 1_000_000, 60_000_000, 1_000_000, 4_000_000], Some(1_000_000), 2);
        check(&[1], Some(1), 0);
        check(&[i64::MAX], Some(i64::MAX), 0);
    }

    proptest! {
        #[test]
        fn the_period_is_near_the_median(mut spans in proptest::collection::vec(1..i64::MAX / 4, 1..200)) {
            let mut spacing = Spacing::default();
            spans.iter().for_each(|span| spacing.add(Span(*span)));
            spans.sort_unstable();
            let median = spans[(spans.len() - 1) / 2] as f64;
            let period = spacing.period().unwrap().0 as f64;
            prop_assert!(period <= median * 1.13 && period >= median / 1.13, "{period} {median}");
        }
    }
}
