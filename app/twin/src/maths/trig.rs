//! Sine and cosine.

use super::{SHIFTER, poly, turns};
use crate::lanes::{Bits, Lane, abs, any, gt, lt, select};

/// (sin(x) / x - 1) / x^2 in x^2, for |x| <= pi/4, to 2^-56.6.
const S: [f64; 7] = [
    -0.166_666_666_666_666_66,
    0.008_333_333_333_333_331,
    -0.000_198_412_698_412_650_65,
    2.755_731_921_933_909_5e-6,
    -2.505_210_623_242_298_4e-8,
    1.605_853_161_508_815_6e-10,
    -7.586_696_887_928_201e-13,
];

/// (cos(x) - 1 + x^2 / 2) / x^4 in x^2, for |x| <= pi/4, to 2^-58.6.
const C: [f64; 6] = [
    0.041_666_666_666_666_664,
    -0.001_388_888_888_888_739_8,
    2.480_158_729_876_564_5e-5,
    -2.755_731_727_170_749_5e-7,
    2.087_614_626_375_541_6e-9,
    -1.138_263_209_066_567_3e-11,
];

/// pi/2 in three parts of 33 bits, whose products with 2^20 quarter turns are exact, and the rest.
const QUARTER: [f64; 4] =
    [1.570_796_326_734_125_6, 6.077_100_506_303_966e-11, 2.022_266_248_711_166_5e-21, 8.478_427_660_368_9e-32];

/// 2^20 quarter turns; farther angles are reduced one by one.
const NEAR: f64 = 1_048_576.0 * core::f64::consts::FRAC_PI_2;

#[inline(always)]
pub fn sin<L: Lane>(x: L) -> L {
    sin_cos(x).0
}

#[inline(always)]
pub fn cos<L: Lane>(x: L) -> L {
    sin_cos(x).1
}

/// Both at once; NaN for an infinite angle.
#[inline(always)]
pub fn sin_cos<L: Lane>(x: L) -> (L, L) {
    let (high, low, quarter) = reduce(x);
    let z = high * high;
    // sin(high + low) and cos(high + low), where `low` counts in first order only.
    let half = L::splat(0.5) * z;
    let w = L::splat(1.0) - half;
    let sine = high + (high * (z * poly(z, &S)) + low * w);
    let cosine = w + (((L::splat(1.0) - w) - half) + (z * z * poly(z, &C) - high * low));

    let odd = L::from_bits(L::Bits::splat(0) - (quarter & L::Bits::splat(1)));
    let second = L::from_bits((quarter & L::Bits::splat(2)).shl::<62>());
    let third = L::from_bits(((quarter + L::Bits::splat(1)) & L::Bits::splat(2)).shl::<62>());
    // So small an angle is its own sine; this also keeps the sign of zero.
    let tiny = lt(abs(x), L::splat(7.450_580_596_923_828e-9));
    (select(tiny, x, select(odd, cosine, sine) ^ second), select(odd, sine, cosine) ^ third)
}

/// `x` less whole quarter turns, as a sum of two, and the number of quarter turns (its low bits).
#[inline(always)]
fn reduce<L: Lane>(x: L) -> (L, L, L::Bits) {
    let shifted = x * L::splat(core::f64::consts::FRAC_2_PI) + L::splat(SHIFTER);
    let n = shifted - L::splat(SHIFTER);
    let a = x - n * L::splat(QUARTER[0]);
    let (b, b_lost) = difference(a, n * L::splat(QUARTER[1]));
    let (c, c_lost) = difference(b, n * L::splat(QUARTER[2]));
    let rest = (b_lost + c_lost) - n * L::splat(QUARTER[3]);
    let high = c + rest;
    let near = (high, (c - high) + rest, shifted.bits());
    let far = gt(abs(x), L::splat(NEAR));
    if any(far) { reduce_far(x, far, near) } else { near }
}

/// a - b, and what rounding took from it.
#[inline(always)]
fn difference<L: Lane>(a: L, b: L) -> (L, L) {
    let d = a - b;
    let taken = a - d;
    (d, (a - (d + taken)) + (taken - b))
}

/// Replaces what `reduce` found in the lanes of `far`.
#[cold]
fn reduce_far<L: Lane>(x: L, far: L, (high, low, quarter): (L, L, L::Bits)) -> (L, L, L::Bits) {
    let [mut high, mut low, mut quarter] = [high.bits(), low.bits(), quarter];
    for lane in 0..L::WIDTH {
        if far.bits().lane(lane) != 0 {
            let (h, l, q) = turns::reduce(f64::from_bits(x.bits().lane(lane)));
            high = high.with_lane(lane, h.to_bits());
            low = low.with_lane(lane, l.to_bits());
            quarter = quarter.with_lane(lane, q);
        }
    }
    (L::from_bits(high), L::from_bits(low), quarter)
}
