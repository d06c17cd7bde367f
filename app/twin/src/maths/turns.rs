//! Quarter turns of a huge angle, found in whole-number arithmetic.

/// 2/pi after the binary point, 64 bits a word, after one word of zeros.
const TWO_OVER_PI: [u64; 21] = [
    0,
    0xa2f9_836e_4e44_1529,
    0xfc27_57d1_f534_ddc0,
    0xdb62_9599_3c43_9041,
    0xfe51_63ab_debb_c561,
    0xb724_6e3a_424d_d2e0,
    0x0649_2eea_09d1_921c,
    0xfe1d_eb1c_b129_a73e,
    0xe882_35f5_2ebb_4484,
    0xe99c_7026_b45f_7e41,
    0x3991_d639_8353_39f4,
    0x9c84_5f8b_bdf9_283b,
    0x1ff8_97ff_de05_980f,
    0xef2f_118b_5a0a_6d1f,
    0x6d36_7ecf_27cb_09b7,
    0x4f46_3f66_9e5f_ea2d,
    0x7527_bac7_ebe5_f17b,
    0x3d07_39f7_8a52_92ea,
    0x6bfb_5fb1_1f8d_5d08,
    0x5603_3046_fc7b_6bab,
    0xf0cf_bc20_9af4_361d,
];

const HALF_PI_HI: f64 = core::f64::consts::FRAC_PI_2;
const HALF_PI_LO: f64 = 6.123_233_995_736_766e-17;

/// `x` (beyond 2^20) less whole quarter turns as a sum of two, and the number of these turns modulo 4.
///
/// With x = m 2^k the product m 2^k 2/pi is wanted modulo 4. The digits of 2/pi that give multiples of 4 are left
/// out; of those that follow 192 are taken, which leaves the fraction at least 137 good bits, and no `f64` comes
/// closer than 2^-62 to a whole number of quarter turns.
pub(super) fn reduce(x: f64) -> (f64, f64, u64) {
    if !x.is_finite() {
        return (f64::NAN, f64::NAN, 0);
    }
    let bits = x.to_bits() & (u64::MAX >> 1);
    let m = (bits & 0x000f_ffff_ffff_ffff) | 0x0010_0000_0000_0000;
    let k = (bits >> 52) as i64 - 1075;
    let first = (k - 2 + 64) as usize;
    let digits: [u64; 3] = core::array::from_fn(|i| digits_from(first + 64 * i));
    let [mut a, mut b, mut c] = product(m, digits);

    // The upper two bits count quarter turns, rounded to the nearest; what is left is a signed fraction.
    let quarter = (a.wrapping_add(1 << 61) >> 62) & 3;
    a = a.wrapping_sub(quarter << 62);
    let negative = a >> 63 == 1;
    if negative {
        (a, b, c) = negated(a, b, c);
    }
    let (high, low) = times_half_pi(a, b, c);
    let flipped = negative != x.is_sign_negative();
    let quarter = if x.is_sign_negative() { quarter.wrapping_neg() & 3 } else { quarter };
    if flipped { (-high, -low, quarter) } else { (high, low, quarter) }
}

/// 64 binary digits from digit number `first` on.
fn digits_from(first: usize) -> u64 {
    let (word, shift) = (first / 64, first % 64);
    let pair = (u128::from(TWO_OVER_PI[word]) << 64) | u128::from(TWO_OVER_PI[word + 1]);
    (pair >> (64 - shift)) as u64
}

/// m * digits modulo 2^192, most significant word first.
fn product(m: u64, [a, b, c]: [u64; 3]) -> [u64; 3] {
    let m = u128::from(m);
    let low = m * u128::from(c);
    let mid = m * u128::from(b) + (low >> 64);
    let high = (m * u128::from(a)).wrapping_add(mid >> 64);
    [high as u64, mid as u64, low as u64]
}

fn negated(a: u64, b: u64, c: u64) -> (u64, u64, u64) {
    let (c, carry) = (!c).overflowing_add(1);
    let (b, carry) = (!b).overflowing_add(u64::from(carry));
    ((!a).wrapping_add(u64::from(carry)), b, c)
}

/// The fraction abc / 2^190 of a quarter turn in radians, as a sum of two.
fn times_half_pi(a: u64, b: u64, c: u64) -> (f64, f64) {
    // The product of a finite x with 2/pi is never whole, so `a` and `b` are not both zero.
    let skipped = if a == 0 { 64 + b.leading_zeros() } else { a.leading_zeros() };
    let upper = (u128::from(a) << 64) | u128::from(b);
    let lower = (u128::from(b) << 64) | u128::from(c);
    let (first, second) = if skipped < 64 {
        ((upper << skipped >> 64) as u64, (lower << skipped >> 64) as u64)
    } else {
        ((lower << (skipped - 64) >> 64) as u64, c << (skipped - 64))
    };
    // Three addends of 32 and 64 bits, the greatest first, scaled so that the first bit is worth 1/2 ... 1.
    let v0 = (first >> 32) as f64 / 4_294_967_296.0;
    let v1 = (first & 0xffff_ffff) as f64 / 18_446_744_073_709_551_616.0;
    let v2 = second as f64 / 18_446_744_073_709_551_616.0 / 18_446_744_073_709_551_616.0;
    let high = v0 + v1;
    let low = ((v0 - high) + v1) + v2;

    let split = |x: f64| f64::from_bits(x.to_bits() & 0xffff_ffff_f800_0000);
    let (h0, p0) = (split(high), split(HALF_PI_HI));
    let (h1, p1) = (high - h0, HALF_PI_HI - p0);
    let p = high * HALF_PI_HI;
    let lost = ((h0 * p0 - p) + h0 * p1 + h1 * p0) + h1 * p1;
    let rest = lost + (high * HALF_PI_LO + low * HALF_PI_HI);
    let sum = p + rest;
    // abc / 2^190 = 0.first.. * 2^(2 - skipped).
    let scale = f64::from_bits((1023 + 2 - u64::from(skipped)) << 52);
    (sum * scale, ((p - sum) + rest) * scale)
}
