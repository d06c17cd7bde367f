//! The exponential function.

use super::{LN2_HI, LN2_LO, SHIFTER, by_twos, poly};
use crate::lanes::{Bits, F, Lane, abs, gt, le, lt, select};

/// (e^r - 1 - r) / r^2 for |r| <= ln(2) / 2, to 2^-52.9.
pub(crate) const Q: [f64; 10] = [
    0.500_000_000_000_000_1,
    0.166_666_666_666_666_69,
    0.041_666_666_666_624_164,
    0.008_333_333_333_330_065,
    0.001_388_888_891_719_671_9,
    0.000_198_412_698_630_405_45,
    2.480_152_132_236_869_2e-5,
    2.755_726_848_031_002_4e-6,
    2.762_007_587_998_336_7e-7,
    2.510_037_583_256_123_4e-8,
];

/// Up to this magnitude the result and all on the way to it are normal numbers.
const NORMAL: f64 = 708.0;
/// Above it the result overflows whatever follows; below `LOWEST` it is zero.
const HIGHEST: f64 = 710.0;
const LOWEST: f64 = -746.0;

#[inline(always)]
pub fn exp<L: Lane>(x: L) -> L {
    if is_normal(x).all() { end(begin(x), &Q) } else { rare(x) }
}

/// All ones where `begin` and `end` give e^x.
#[inline(always)]
pub(crate) fn is_normal<L: Lane>(x: L) -> L {
    le(abs(x), L::splat(NORMAL))
}

/// e^x of any `x`, slowly.
#[inline(always)]
pub(crate) fn rare<L: Lane>(x: L) -> L {
    by_twos(x, any)
}

/// e^x = 2^n e^r with |r| <= ln(2) / 2: r, and n as what is added to an exponent.
#[inline(always)]
pub(crate) fn begin<L: Lane>(x: L) -> [L; 2] {
    let shifted = x * L::splat(core::f64::consts::LOG2_E) + L::splat(SHIFTER);
    let n = shifted - L::splat(SHIFTER);
    // The first difference is exact.
    let r = (x - n * L::splat(LN2_HI)) - n * L::splat(LN2_LO);
    [r, L::from_bits(shifted.bits().shl::<52>())]
}

#[inline(always)]
pub(crate) fn end<L: Lane>([r, exponent]: [L; 2], q: &[f64; 10]) -> L {
    let significand = L::splat(1.0) + (r + r * r * poly(r, q));
    L::from_bits(significand.bits() + exponent.bits())
}

#[cold]
fn any(x: F) -> F {
    // A lane has the bits that it has beside any other.
    select(is_normal(x), end(begin(x), &Q), exp_of_sum(x, F::splat(0.0)))
}

/// e^(high + low), where `low` is at most an ulp of `high`; NaN in `high` stays NaN.
#[inline(always)]
pub(super) fn exp_of_sum<L: Lane>(high: L, low: L) -> L {
    let above = gt(high, L::splat(HIGHEST));
    let below = lt(high, L::splat(LOWEST));
    let low = select(above | below, L::splat(0.0), low);
    let high = select(above, L::splat(HIGHEST), select(below, L::splat(LOWEST), high));

    let n = (high * L::splat(core::f64::consts::LOG2_E) + L::splat(SHIFTER)) - L::splat(SHIFTER);
    let a = high - n * L::splat(LN2_HI);
    let b = n * L::splat(LN2_LO) - low;
    let r = a - b;
    let lost = (a - r) - b;
    let significand = L::splat(1.0) + (r + (r * r * poly(r, &Q) + lost));

    // Two factors, since 2^n alone leaves the range of `f64` before the product does; only the second rounds.
    let half = n * L::splat(0.5) + L::splat(SHIFTER);
    let rest = (n - (half - L::splat(SHIFTER))) + L::splat(SHIFTER);
    significand * power_of_two(half) * power_of_two(rest)
}

/// 2^k for a whole k in -1022..=1023 given as `k + SHIFTER`.
#[inline(always)]
fn power_of_two<L: Lane>(shifted: L) -> L {
    L::from_bits((shifted.bits() + L::Bits::splat(1023)).shl::<52>())
}
