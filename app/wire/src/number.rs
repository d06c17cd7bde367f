//! Numbers as people and addresses write them, for programs that have to be small.

use alloc::{vec, vec::Vec};

/// So many digits decide; of the rest it counts only whether they are all zeros.
const DIGITS: usize = 800;
/// From ten to this power on, whatever is not zero is infinite,
const LARGEST: i32 = 310;
/// and with `DIGITS` digits before it, whatever is smaller is nothing.
const SMALLEST: i32 = -1200;
/// The places of `f64`: the bits of a mantissa, and the power of two that its last one stands for in the smallest number.
const MANTISSA: i32 = 53;
const LAST: i32 = -1074;

/// The finite number that `text` is, to the bit what `str::parse` makes of it. That one knows the powers of five by heart,
/// which is faster, and 10 kB that no compression makes smaller.
pub fn read(text: &str) -> Option<f64> {
    let (is_negative, text) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        all => (false, all),
    };
    let place = text.iter().position(|byte| matches!(byte, b'e' | b'E'));
    let (digits, power) = text.split_at(place.unwrap_or(text.len()));
    let mut power = if power.is_empty() { 0 } else { read_power(&power[1..])? };

    let mut whole = Whole(Vec::new());
    let (mut count, mut is_more, mut is_any, mut has_point) = (0, false, false, false);
    for &byte in digits {
        match byte {
            b'0'..=b'9' => {
                is_any = true;
                if count < DIGITS {
                    whole.take(10, u32::from(byte - b'0'));
                    count += usize::from(!whole.0.is_empty());
                    power -= i32::from(has_point);
                } else {
                    is_more |= byte != b'0';
                    power += i32::from(!has_point);
                }
            }
            b'.' if !has_point => has_point = true,
            _ => return None,
        }
    }
    if !is_any {
        return None;
    }
    let size = match power {
        _ if whole.0.is_empty() => 0.0,
        ..SMALLEST => 0.0,
        LARGEST.. => return None,
        _ => whole.scaled(power, is_more),
    };
    size.is_finite().then_some(if is_negative { -size } else { size })
}

/// A power of ten, with or without a sign. What is too large for any number is as good as what is just too large.
fn read_power(text: &[u8]) -> Option<i32> {
    let (is_negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        all => (false, all),
    };
    let more =
        |power: i32, byte: &u8| byte.is_ascii_digit().then(|| (power * 10 + i32::from(byte - b'0')).min(1 << 24));
    let power = digits.iter().try_fold(0, more).filter(|_| !digits.is_empty())?;
    Some(if is_negative { -power } else { power })
}

/// A whole number of any size, the lowest of its parts first; none of them is no number but zero.
struct Whole(Vec<u32>);

impl Whole {
    /// `by` times as much, and `more`.
    fn take(&mut self, by: u32, more: u32) {
        let mut carried = u64::from(more);
        for part in &mut self.0 {
            carried += u64::from(*part) * u64::from(by);
            *part = carried as u32;
            carried >>= 32;
        }
        if carried > 0 {
            self.0.push(carried as u32);
        }
    }

    /// A tenth of it; whether something is left over.
    fn tenth(&mut self) -> bool {
        let mut left = 0;
        for part in self.0.iter_mut().rev() {
            let all = (left << 32) | u64::from(*part);
            *part = (all / 10) as u32;
            left = all % 10;
        }
        left > 0
    }

    fn bit(&self, place: i32) -> bool {
        let part = usize::try_from(place).ok().and_then(|place| self.0.get(place / 32));
        part.is_some_and(|part| (part >> (place % 32)) & 1 == 1)
    }

    /// The nearest number to it times ten to `power`, the even one of two; `is_more` where it is a little less than that.
    fn scaled(mut self, power: i32, mut is_more: bool) -> f64 {
        let mut lowest = 0;
        if power < 0 {
            // So far up that 64 bits and more are left of it.
            let parts = (power.unsigned_abs() as usize * 4 + 64).div_ceil(32);
            self.0.splice(0..0, vec![0; parts]);
            lowest = -32 * parts as i32;
        }
        for _ in 0..power.unsigned_abs() {
            if power < 0 {
                is_more |= self.tenth();
            } else {
                self.take(10, 0);
            }
        }
        let mut top = 32 * self.0.len() as i32;
        while !self.bit(top - 1) {
            top -= 1;
        }
        let last = (top + lowest - MANTISSA).max(LAST);
        let cut = last - lowest;
        let mantissa = (cut..cut + MANTISSA).rev().fold(0, |sum, place| (sum << 1) | u64::from(self.bit(place)));
        let is_half = self.bit(cut - 1);
        is_more |= (0..cut - 1).any(|place| self.bit(place));
        let mantissa = mantissa + u64::from(is_half && (is_more || mantissa & 1 == 1));
        if last > 971 {
            return f64::INFINITY;
        }
        // A mantissa that is rounded up to the next power of two adds one to the exponent above it.
        let exponent = (last - LAST + 1) as u64;
        f64::from_bits((exponent << (MANTISSA - 1)) + mantissa - (1 << (MANTISSA - 1)))
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use proptest::prelude::*;
    use std::format;

    use super::*;

    fn check(text: &str) {
        let known = text.parse::<f64>().ok().filter(|number| number.is_finite());
        assert_eq!(read(text).map(f64::to_bits), known.map(f64::to_bits), "`{text}`");
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in [
            "", "-", "+", ".", "e5", "-.e1", "1e", "1e+", "1 ", " 1", "1,5", "0x10", "1.2.3", "--1", "1e5.0", "1e1e1",
            "\u{663}",
        ] {
            assert_eq!(read(text), None, "`{text}`");
        }
        // Nor is what no measurement can be.
        for text in ["inf", "-infinity", "NaN", "1e309", "1e999999999999"] {
            assert_eq!(read(text), None, "`{text}`");
        }
    }

    #[test]
    fn the_edges_are_those_of_the_standard_library() {
        for text in [
            "0",
            "-0",
            "+0.0",
            "1.",
            ".5",
            "0e99999",
            "0.1",
            "71.2",
            "1e-400",
            "4.9e-324",
            "2.47e-324",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "2.2250738585072011e-308",
            "2.2250738585072014e-308",
            "1.7976931348623157e308",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
            "9007199254740993",
            "9007199254740993.00000000001",
            "9007199254740992.99999999999",
            "00000000000001e-00005",
            "123456789012345678901234567890e-30",
            "1e22",
            "1e23",
        ] {
            check(text);
            check(&format!("-{text}"));
        }
        // Half-way between two numbers, to the last of 770 digits, and beyond what is looked at.
        let half = format!("{:.1100}", f64::from_bits(1) * 1.5);
        for text in
            [half.clone(), format!("{half}1"), format!("1{}", "0".repeat(900)), format!("1{}e-900", "0".repeat(900))]
        {
            check(&text);
        }
        check(&format!("0.{}1e1000", "0".repeat(999)));
        check(&format!("{}{}1", 9_007_199_254_740_993u64, format_args!(".{}", "0".repeat(900))));
    }

    proptest! {
        #[test]
        fn every_number_comes_back(bits: u64) {
            let number = f64::from_bits(bits);
            prop_assume!(number.is_finite());
            for text in [format!("{number}"), format!("{number:e}"), format!("{number:.3e}")] {
                prop_assert_eq!(read(&text).map(f64::to_bits), text.parse().ok().map(f64::to_bits));
            }
        }

        #[test]
        fn any_digits_are_read_alike(text in "[+-]?[0-9]{0,25}[.]?[0-9]{0,25}(e[+-]?[0-9]{0,3})?") {
            check(&text);
        }

        #[test]
        fn any_text_is_read_alike(text in "[-+0-9.eE]{0,12}") {
            check(&text);
        }
    }
}
