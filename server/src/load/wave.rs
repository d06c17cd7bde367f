//! The value rule: what a stream measures at an instant, from nothing but the seed, its ids and the time.

use services::catalog::Conversion;

/// How long a value takes to come back to where it was.
const PERIOD: i64 = 3_600_000_000;
/// A value moves within so many steps of its last digit, at least.
const FINENESS: f64 = 10_000.0;
const MOST_DIGITS: u8 = 6;
const POWERS: [i64; 7] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

/// A slow triangle with a little noise, in whole steps of the last digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wave {
    key: u64,
    pub middle: i64,
    pub swing: i64,
    pub digits: u8,
}

impl Wave {
    /// The wave of a stream, within `low..=high` and well away from both.
    pub fn within(seed: u64, asset: &str, signal: &str, [low, high]: [f64; 2]) -> Wave {
        let span = high - low;
        let fits = |digits: &u8| span * POWERS[usize::from(*digits)] as f64 >= FINENESS;
        let digits = (0..=MOST_DIGITS).find(fits).unwrap_or(MOST_DIGITS);
        let power = POWERS[usize::from(digits)] as f64;
        let middle = ((low + high) / 2.0 * power) as i64;
        Wave { key: key(seed, asset, signal), middle, swing: (span * power * 0.2) as i64, digits }
    }

    /// The wave that was written down as these numbers.
    pub fn of(seed: u64, asset: &str, signal: &str, middle: i64, swing: i64, digits: u8) -> Wave {
        Wave { key: key(seed, asset, signal), middle, swing, digits: digits.min(MOST_DIGITS) }
    }

    /// The value at `t`, in steps of the last digit.
    pub fn steps(&self, t: i64) -> i64 {
        let half = PERIOD / 2;
        let phase = t.wrapping_add((self.key % PERIOD as u64) as i64).rem_euclid(PERIOD);
        let slow = self.swing * (2 * (phase - half).abs() - half) / half;
        let noise = (mix(self.key ^ t as u64) % (self.swing as u64 / 64 + 1)) as i64;
        self.middle + slow + noise
    }

    /// The value at `t`, as whoever reads its decimal digits has it.
    pub fn value(&self, t: i64) -> f64 {
        self.steps(t) as f64 / POWERS[usize::from(self.digits)] as f64
    }

    /// Writes the value at `t` in decimal.
    pub fn write(&self, into: &mut Vec<u8>, t: i64) {
        let steps = self.steps(t);
        if steps < 0 {
            into.push(b'-');
        }
        let (power, size) = (POWERS[usize::from(self.digits)] as u64, steps.unsigned_abs());
        whole(into, size / power);
        if self.digits > 0 {
            into.push(b'.');
            let rest = size % power;
            for digit in (0..self.digits).rev() {
                into.push(b'0' + (rest / POWERS[usize::from(digit)] as u64 % 10) as u8);
            }
        }
    }
}

/// How a value that is sent becomes the value that is kept.
#[derive(Debug, Clone, Copy)]
pub struct Keeping {
    conversion: Conversion,
    scale: f64,
}

impl Keeping {
    /// From `unit` to `kept_in`, then times `scale`; `None` where the units do not fit.
    pub fn between(unit: &str, kept_in: &str, scale: f64) -> Option<Keeping> {
        Some(Keeping { conversion: Conversion::between(unit, kept_in)?, scale })
    }

    pub fn apply(&self, value: f64) -> f64 {
        let converted = self.conversion.apply(value);
        let scaled = if self.scale == 1.0 { converted } else { converted * self.scale };
        if scaled == 0.0 { 0.0 } else { scaled }
    }

    /// The values that may be sent so that what is kept lies within `range`.
    pub fn sendable(&self, range: [f64; 2]) -> [f64; 2] {
        let zero = self.conversion.apply(0.0);
        let slope = self.conversion.apply(1.0) - zero;
        let [a, b] = range.map(|kept| (kept / self.scale - zero) / slope);
        if a < b { [a, b] } else { [b, a] }
    }
}

/// Writes a whole number in decimal.
pub fn whole(into: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    into.extend_from_slice(&digits[at..]);
}

/// A number that looks like chance and depends on nothing but `seed`.
pub fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn key(seed: u64, asset: &str, signal: &str) -> u64 {
    let ids = asset.bytes().chain([b'/']).chain(signal.bytes());
    ids.fold(mix(seed), |key, byte| mix(key ^ u64::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(range: [f64; 2]) {
        let wave = Wave::within(7, "cell", "voltage", range);
        let mut text = Vec::new();
        for t in (0..PERIOD * 2).step_by(7_654_321) {
            let value = wave.value(t);
            assert!(value > range[0] && value < range[1], "{value} of {range:?}");
            text.clear();
            wave.write(&mut text, t);
            let read: f64 = std::str::from_utf8(&text).unwrap().parse().unwrap();
            assert_eq!(read.to_bits(), value.to_bits(), "{value}");
        }
    }

    #[test]
    fn values_stay_in_the_range_and_come_out_of_their_digits_to_the_bit() {
        for range in [[0.0, 5.0], [-10.0, 10.0], [-40.0, 120.0], [0.0, 3000.0], [0.0, 1e9], [-0.003, -0.001]] {
            check(range);
        }
    }

    #[test]
    fn a_value_depends_on_seed_stream_and_time() {
        let wave = |seed, asset| Wave::within(seed, asset, "s", [0.0, 100.0]);
        assert_eq!(wave(1, "a").value(5), wave(1, "a").value(5));
        assert_ne!(wave(1, "a").value(5), wave(2, "a").value(5));
        assert_ne!(wave(1, "a").value(5), wave(1, "b").value(5));
        assert_ne!(wave(1, "a").value(5), wave(1, "a").value(1_000_005));
    }

    #[test]
    fn what_may_be_sent_is_kept_within_the_range() {
        let keeping = Keeping::between("degC", "K", -2.0).unwrap();
        let [low, high] = keeping.sendable([-600.0, -500.0]);
        assert!((keeping.apply(low) + 500.0).abs() < 1e-9 && (keeping.apply(high) + 600.0).abs() < 1e-9);
    }
}
