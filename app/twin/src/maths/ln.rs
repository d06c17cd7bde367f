//! The natural logarithm.

use super::{LN2_HI, LN2_LO, poly};
use crate::lanes::{Bits, F, bits, eq, from_bits, is_nan, lt, select};

/// (2 artanh(s) / s - 2) / s^2 in s^2, for |s| <= (sqrt 2 - 1) / (sqrt 2 + 1), to 2^-54.6.
const P: [f64; 8] = [
    0.666_666_666_666_666_6,
    0.400_000_000_000_008_8,
    0.285_714_285_708_036_1,
    0.222_222_223_917_147_44,
    0.181_817_956_400_447_23,
    0.153_862_397_076_111_24,
    0.132_687_730_102_032_16,
    0.130_866_274_911_972_42,
];

const INFINITY: F = F::splat(f64::INFINITY);
/// 2^52: its bits plus a small whole number are the `f64` 2^52 + that number.
const WHOLE: F = F::splat(4_503_599_627_370_496.0);
const ROOT_HALF: Bits = Bits::splat(0x3fe6_a09e_667f_3bcd);
/// The bits of 1 less those of sqrt(1/2).
const TO_ONE: Bits = Bits::splat(0x3ff0_0000_0000_0000 - 0x3fe6_a09e_667f_3bcd);
const MANTISSA: Bits = Bits::splat(0x000f_ffff_ffff_ffff);

#[inline]
pub fn ln(x: F) -> F {
    let (m, e) = split(x);
    let f = m - F::splat(1.0);
    let s = f / (F::splat(2.0) + f);
    let z = s * s;
    // ln m = 2s + s z P(z), and 2s = f - s f: written from f, which is exact, so that only small terms round.
    let correction = s * (f - z * poly(z, &P));
    let y = e * LN2_HI - ((correction - e * LN2_LO) - f);

    let y = select(eq(x, INFINITY), INFINITY, y);
    let y = select(eq(x, F::splat(0.0)), F::splat(f64::NEG_INFINITY), y);
    select(lt(x, F::splat(0.0)) | is_nan(x), F::splat(f64::NAN), y)
}

/// A positive finite `x` as m * 2^e with sqrt(1/2) <= m < sqrt 2.
#[inline(always)]
pub(super) fn split(x: F) -> (F, F) {
    let subnormal = lt(x, F::splat(f64::MIN_POSITIVE));
    let normal = select(subnormal, x * F::splat(18_014_398_509_481_984.0), x);
    let bias = select(subnormal, WHOLE + F::splat(1023.0 + 54.0), WHOLE + F::splat(1023.0));
    // Adding the distance from sqrt(1/2) to 1 carries into the exponent exactly where m would reach sqrt 2.
    let moved = bits(normal) + TO_ONE;
    let e = from_bits((moved >> 52u32) | bits(WHOLE)) - bias;
    let m = from_bits((moved & MANTISSA) + ROOT_HALF);
    (m, e)
}
