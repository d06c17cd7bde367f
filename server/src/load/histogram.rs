//! Durations by size in bounded room: each is known to 1.6 per cent.

use std::time::Duration;

/// Buckets for each doubling.
const FINE: u64 = 64;
const BUCKETS: usize = (FINE as usize) * 60;

#[derive(Debug, Clone)]
pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
    largest: u64,
}

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram { counts: vec![0; BUCKETS], total: 0, largest: 0 }
    }
}

impl Histogram {
    pub fn add(&mut self, duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self.counts[bucket(micros)] += 1;
        self.total += 1;
        self.largest = self.largest.max(micros);
    }

    /// The share `q` of the durations lies at or below these milliseconds; 0 where there are none.
    pub fn quantile_millis(&self, q: f64) -> f64 {
        let rank = ((self.total as f64 * q).ceil() as u64).max(1);
        let mut seen = 0;
        for (number, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= rank {
                return upper(number).min(self.largest) as f64 / 1e3;
            }
        }
        0.0
    }
}

/// Below `FINE` a bucket a microsecond; then `FINE` buckets a doubling.
fn bucket(micros: u64) -> usize {
    let doublings = (micros | 1).ilog2().saturating_sub(FINE.ilog2());
    let number = u64::from(doublings) * FINE + (micros >> doublings);
    (number as usize).min(BUCKETS - 1)
}

/// The largest duration of a bucket.
fn upper(number: usize) -> u64 {
    let number = number as u64;
    let doublings = (number / FINE).saturating_sub(1);
    ((number - doublings * FINE + 1) << doublings) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_lies_in_its_bucket_and_the_bucket_is_narrow() {
        let mut before = 0;
        for micros in (0..5_000).chain([1 << 20, 1 << 30, (1 << 40) + 12_345]) {
            let number = bucket(micros);
            assert!(number >= before, "{micros}");
            before = number;
            let upper = upper(number);
            assert!(upper >= micros && upper - micros <= micros / FINE, "{micros} in a bucket up to {upper}");
        }
    }

    #[test]
    fn quantiles_are_those_of_the_durations() {
        let mut histogram = Histogram::default();
        (1..=1000).for_each(|millis| histogram.add(Duration::from_millis(millis)));
        assert!((histogram.quantile_millis(0.5) - 500.0).abs() < 8.0);
        assert!((histogram.quantile_millis(0.99) - 990.0).abs() < 16.0);
        assert_eq!(histogram.quantile_millis(1.0), 1000.0);
        assert_eq!(Histogram::default().quantile_millis(0.5), 0.0);
    }
}
