//! What chance alone does to a count: how many of so many independent instants an interval that is right holds.

/// How many of `count` lay where they were to lie.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Inside {
    pub inside: u64,
    pub count: u64,
}

/// What a 90 % interval holds.
const RIGHT: f64 = 0.9;

impl Inside {
    pub fn take(&mut self, is_inside: bool) {
        self.inside += u64::from(is_inside);
        self.count += 1;
    }

    /// In %; not a number of nothing.
    pub fn percent(&self) -> f64 {
        100.0 * self.inside as f64 / self.count as f64
    }

    /// In which range, in %, the share lies in 95 of 100 recordings where a 90 % interval is right and instants do not
    /// follow one another: quantiles of the binomial distribution itself, which hold for few, too.
    pub fn range(&self) -> [f64; 2] {
        [0.025, 0.975].map(|share| 100.0 * quantile(self.count, share) as f64 / self.count as f64)
    }
}

/// The least number of hits of `count` that is not exceeded with a probability of `share` or more.
fn quantile(count: u64, share: f64) -> u64 {
    let (trials, odds) = (count as f64, (RIGHT / (1.0 - RIGHT)).ln());
    // As logarithms: the probability of no hit of a thousand is below all numbers.
    let mut log = trials * (1.0 - RIGHT).ln();
    let mut below = 0.0;
    for hits in 0..count {
        below += log.exp();
        if below >= share {
            return hits;
        }
        log += ((trials - hits as f64) / (hits as f64 + 1.0)).ln() + odds;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_is_that_of_the_binomial_distribution() {
        // Of ten at 0.9: P(X <= 6) = 0.0128, P(X <= 7) = 0.0702, P(X <= 9) = 0.6513.
        assert_eq!(Inside { inside: 9, count: 10 }.range(), [70.0, 100.0]);
        // Of many as the normal distribution has it: 900 +- 1.96 * 9.49.
        assert_eq!(Inside { inside: 0, count: 1_000 }.range(), [88.1, 91.8]);
        assert!(Inside::default().percent().is_nan());
    }
}
