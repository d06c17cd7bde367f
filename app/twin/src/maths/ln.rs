//! The natural logarithm.

use super::{LN2_HI, LN2_LO, by_twos, poly};
use crate::lanes::{Bits, F, Lane, eq, is_nan, le, lt, select};

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

const INFINITY: f64 = f64::INFINITY;
/// 2^52: its bits plus a small whole number are the `f64` 2^52 + that number.
const WHOLE: f64 = 4_503_599_627_370_496.0;
const ROOT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
/// The bits of 1 less those of sqrt(1/2).
const TO_ONE: u64 = 0x3ff0_0000_0000_0000 - ROOT_HALF;
const MANTISSA: u64 = 0x000f_ffff_ffff_ffff;

#[inline(always)]
pub fn ln<L: Lane>(x: L) -> L {
    if is_normal(x).all() { of_parts(split_normal(x, L::splat(WHOLE + 1023.0))) } else { by_twos(x, any) }
}

/// `ln` of two, which share their constants.
#[inline(always)]
pub(crate) fn ln_two<L: Lane>(a: L, b: L) -> [L; 2] {
    if (is_normal(a) & is_normal(b)).all() {
        let bias = L::splat(WHOLE + 1023.0);
        [of_parts(split_normal(a, bias)), of_parts(split_normal(b, bias))]
    } else {
        [by_twos(a, any), by_twos(b, any)]
    }
}

#[inline(always)]
fn is_normal<L: Lane>(x: L) -> L {
    le(L::splat(f64::MIN_POSITIVE), x) & lt(x, L::splat(INFINITY))
}

#[cold]
fn any(x: F) -> F {
    let y = of_parts(split(x));
    let y = select(eq(x, F::splat(INFINITY)), F::splat(INFINITY), y);
    let y = select(eq(x, F::splat(0.0)), F::splat(f64::NEG_INFINITY), y);
    select(lt(x, F::splat(0.0)) | is_nan(x), F::splat(f64::NAN), y)
}

#[inline(always)]
fn of_parts<L: Lane>((m, e): (L, L)) -> L {
    let f = m - L::splat(1.0);
    let s = f / (L::splat(2.0) + f);
    let z = s * s;
    // ln m = 2s + s z P(z), and 2s = f - s f: written from f, which is exact, so that only small terms round.
    let correction = s * (f - z * poly(z, &P));
    e * L::splat(LN2_HI) - ((correction - e * L::splat(LN2_LO)) - f)
}

/// A positive finite `x` as m * 2^e with sqrt(1/2) <= m < sqrt 2.
#[inline(always)]
pub(super) fn split<L: Lane>(x: L) -> (L, L) {
    let subnormal = lt(x, L::splat(f64::MIN_POSITIVE));
    let normal = select(subnormal, x * L::splat(18_014_398_509_481_984.0), x);
    let bias = select(subnormal, L::splat(WHOLE + 1023.0 + 54.0), L::splat(WHOLE + 1023.0));
    split_normal(normal, bias)
}

/// As `split`, of a normal number whose exponent is counted from `bias` less 2^52.
#[inline(always)]
pub(crate) fn split_normal<L: Lane>(x: L, bias: L) -> (L, L) {
    // Adding the distance from sqrt(1/2) to 1 carries into the exponent exactly where m would reach sqrt 2.
    let moved = x.bits() + L::Bits::splat(TO_ONE);
    let e = L::from_bits(moved.shr::<52>() | L::splat(WHOLE).bits()) - bias;
    let m = L::from_bits((moved & L::Bits::splat(MANTISSA)) + L::Bits::splat(ROOT_HALF));
    (m, e)
}
