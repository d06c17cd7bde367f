//! The exponential function.

use super::{LN2_HI, LN2_LO, SHIFTER, poly};
use crate::lanes::{Bits, F, bits, from_bits, gt, lt, select};

/// (e^r - 1 - r) / r^2 for |r| <= ln(2) / 2, to 2^-58.4.
const Q: [f64; 11] = [
    0.5,
    0.166_666_666_666_666_7,
    0.041_666_666_666_666_67,
    0.008_333_333_333_326_141,
    0.001_388_888_888_888_375_2,
    0.000_198_412_698_748_006_83,
    2.480_158_732_553_350_2e-5,
    2.755_725_542_550_29e-6,
    2.755_727_366_117_472_6e-7,
    2.510_520_647_533_483_4e-8,
    2.091_467_944_897_855e-9,
];

/// Above it the result overflows whatever follows; below `LOWEST` it is zero.
const HIGHEST: F = F::splat(710.0);
const LOWEST: F = F::splat(-746.0);

#[inline]
pub fn exp(x: F) -> F {
    exp_of_sum(x, F::splat(0.0))
}

/// e^(high + low), where `low` is at most an ulp of `high`; NaN in `high` stays NaN.
#[inline(always)]
pub(super) fn exp_of_sum(high: F, low: F) -> F {
    let above = gt(high, HIGHEST);
    let below = lt(high, LOWEST);
    let low = select(above | below, F::splat(0.0), low);
    let high = select(above, HIGHEST, select(below, LOWEST, high));

    // e^x = 2^n e^r with |r| <= ln(2) / 2; the first difference is exact.
    let n = (high * F::splat(core::f64::consts::LOG2_E) + SHIFTER) - SHIFTER;
    let a = high - n * LN2_HI;
    let b = n * LN2_LO - low;
    let r = a - b;
    let lost = (a - r) - b;
    let significand = F::splat(1.0) + (r + (r * r * poly(r, &Q) + lost));

    // Two factors, since 2^n alone leaves the range of `f64` before the product does; only the second rounds.
    let half = n * F::splat(0.5) + SHIFTER;
    let rest = (n - (half - SHIFTER)) + SHIFTER;
    significand * power_of_two(half) * power_of_two(rest)
}

/// 2^k for a whole k in -1022..=1023 given as `k + SHIFTER`.
#[inline(always)]
fn power_of_two(shifted: F) -> F {
    from_bits((bits(shifted) + Bits::splat(1023)) << 52u32)
}
