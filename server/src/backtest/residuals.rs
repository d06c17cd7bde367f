//! How near a twin came to what was measured next.

use twin::twin::{Band, Innovation};

use super::chance::Inside;

/// Fewer instants do not tell how they follow one another.
pub const LEAST: u64 = 20;

/// Differences of what was measured from what was expected, and how many of them lay inside of the 90 % interval.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Residuals {
    pub inside: Inside,
    sum: f64,
    squares: f64,
    magnitudes: f64,
}

impl Residuals {
    pub fn take(&mut self, measured: f64, expected: &Band) {
        let difference = measured - expected.mean;
        self.inside.take((expected.low..=expected.high).contains(&measured));
        self.sum += difference;
        self.squares += difference * difference;
        self.magnitudes += difference.abs();
    }

    pub fn count(&self) -> u64 {
        self.inside.count
    }

    pub fn bias(&self) -> f64 {
        self.sum / self.count() as f64
    }

    /// Root of the mean square.
    pub fn rmse(&self) -> f64 {
        (self.squares / self.count() as f64).sqrt()
    }

    /// Mean magnitude.
    pub fn mae(&self) -> f64 {
        self.magnitudes / self.count() as f64
    }

    /// Standard deviation about the bias; not a number of fewer than two.
    pub fn deviation(&self) -> f64 {
        let count = self.count() as f64;
        ((self.squares - self.sum * self.sum / count).max(0.0) / (count - 1.0)).sqrt()
    }
}

/// A signal as a twin followed it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Followed {
    pub residuals: Residuals,
    /// The same by the deviations that were expected.
    pub normed: Normed,
    pub said: Vec<Innovation>,
}

impl Followed {
    pub fn take(&mut self, said: Innovation) {
        self.residuals.take(said.measured, &said.expected);
        self.normed.take(said.standardised());
        self.said.push(said);
    }
}

/// Normalised innovations, one after the other: of a filter that is right they have a deviation of 1 and no memory.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Normed {
    count: u64,
    sum: f64,
    squares: f64,
    /// Of each with the one before.
    products: f64,
    first: f64,
    last: f64,
}

impl Normed {
    pub fn take(&mut self, value: f64) {
        if !value.is_finite() {
            return;
        }
        if self.count == 0 {
            self.first = value;
        } else {
            self.products += self.last * value;
        }
        self.count += 1;
        self.sum += value;
        self.squares += value * value;
        self.last = value;
    }

    /// `None` of too few.
    pub fn deviation(&self) -> Option<f64> {
        let count = self.count as f64;
        (self.count >= LEAST).then(|| (self.about_mean() / (count - 1.0)).sqrt())
    }

    /// Autocorrelation of each with the one before; `None` of too few, or where all are the same.
    pub fn lag_one(&self) -> Option<f64> {
        let count = self.count as f64;
        let mean = self.sum / count;
        let products = self.products - mean * (2.0 * self.sum - self.first - self.last) + (count - 1.0) * mean * mean;
        (self.count >= LEAST && self.about_mean() > 0.0).then(|| products / self.about_mean())
    }

    fn about_mean(&self) -> f64 {
        (self.squares - self.sum * self.sum / self.count as f64).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_are_those_of_their_definitions() {
        let band = Band { mean: 1.0, low: 0.0, mid: 1.0, high: 2.0 };
        let mut residuals = Residuals::default();
        // Differences 1, -2, 4: mean 1, mean magnitude 7/3, mean square 7, variance (0 + 9 + 9) / 2 = 9.
        [2.0, -1.0, 5.0].iter().for_each(|measured| residuals.take(*measured, &band));
        assert_eq!((residuals.bias(), residuals.rmse(), residuals.deviation()), (1.0, 7f64.sqrt(), 3.0));
        assert_eq!((residuals.mae(), residuals.inside), (7.0 / 3.0, Inside { inside: 1, count: 3 }));
    }

    #[test]
    fn memory_is_told_of_enough_only() {
        let mut normed = Normed::default();
        // 2, 4, 2, 4 ...: mean 3, deviations -1 and 1. Nineteen products of -1 over twenty squares of 1.
        for n in 0..LEAST {
            assert_eq!((normed.lag_one(), normed.deviation()), (None, None));
            normed.take(if n % 2 == 0 { 2.0 } else { 4.0 });
        }
        assert!((normed.lag_one().unwrap() + 0.95).abs() < 1e-12, "{:?}", normed.lag_one());
        assert!((normed.deviation().unwrap() - (20.0f64 / 19.0).sqrt()).abs() < 1e-12);
    }
}
