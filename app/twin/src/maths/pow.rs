//! Powers.

use super::{LN2_HI, LN2_LO, exp::exp_of_sum, ln::split, poly, upper};
use crate::lanes::{Lane, abs, clamp, eq, floor, gt, is_nan, lt, ne, select};

/// (2 artanh(s) / s - 2 - 2 s^2 / 3) / s^4 in s^2, for |s| <= (sqrt 2 - 1) / (sqrt 2 + 1), to 2^-55.1.
const R: [f64; 8] = [
    0.4,
    0.285_714_285_714_293_64,
    0.222_222_222_216_562_3,
    0.181_818_183_353_151_5,
    0.153_845_949_708_155_8,
    0.133_348_042_425_700_36,
    0.117_062_484_245_669_81,
    0.117_230_522_449_380_56,
];

/// 2/3 in two parts: 26 bits and the rest.
const TWO_THIRDS_HI: f64 = 0.666_666_656_732_559_2;
const TWO_THIRDS_LO: f64 = 9.934_107_462_565_104e-9;

/// 2^66: a greater exponent has the same power of every base, since |ln x| is zero or above 2^-54.
const ENOUGH: f64 = 73_786_976_294_838_206_464.0;

/// `x` to the power `y`, with the special values of IEEE 754: `pow(x, 0)` and `pow(1, y)` are 1 even with NaN, a
/// negative base has a power for whole exponents only.
#[inline(always)]
pub fn pow<L: Lane>(x: L, y: L) -> L {
    let (zero, one, infinity) = (L::splat(0.0), L::splat(1.0), L::splat(f64::INFINITY));
    let enough = L::splat(ENOUGH);
    let base = abs(x);
    let (ln_hi, ln_lo) = ln_of(base);
    let limited = clamp(y, zero - enough, enough);
    let y_hi = upper(limited);
    let ln_all = ln_hi + ln_lo;
    let ln_upper = upper(ln_all);
    let exact = y_hi * ln_upper;
    let small = y_hi * ((ln_hi - ln_upper) + ln_lo) + (limited - y_hi) * ln_all;
    let sum = exact + small;
    let magnitude = exp_of_sum(sum, (exact - sum) + small);

    // The bases without a logarithm.
    let shrinks = (eq(base, zero) & gt(y, zero)) | (eq(base, infinity) & lt(y, zero));
    let grows = (eq(base, zero) & lt(y, zero)) | (eq(base, infinity) & gt(y, zero));
    let magnitude = select(shrinks, zero, select(grows, infinity, magnitude));

    let half = y * L::splat(0.5);
    let odd = eq(floor(y), y) & ne(floor(half), half);
    let signed = magnitude | (x & odd & L::splat(-0.0));
    let undefined = (lt(x, zero) & lt(zero - infinity, x) & ne(floor(y), y)) | is_nan(x) | is_nan(y);
    let result = select(undefined, L::splat(f64::NAN), signed);
    select(eq(y, zero) | eq(x, one), one, result)
}

/// ln of a positive finite `x` as a sum of two (the second up to 2^-25 of the first), to about 2^-63 of its size.
///
/// With s = (m - 1) / (m + 1) it is e ln 2 + 2s + 2/3 s^3 + s^5 R(s^2). All but the last, which is small, is carried
/// in pairs whose first part has 26 bits, so that products of first parts are exact without a fused operation.
#[inline(always)]
fn ln_of<L: Lane>(x: L) -> (L, L) {
    let (m, e) = split(x);
    let f = m - L::splat(1.0);
    let t = m + L::splat(1.0);
    let t_hi = upper(t);
    let t_lo = m - (t_hi - L::splat(1.0));
    let r = L::splat(1.0) / t;
    let s = f * r;
    let s_hi = upper(s);
    let s_lo = ((f - s_hi * t_hi) - s_hi * t_lo) * r;

    let square = s_hi * s_hi;
    let square_rest = s_lo * (s_hi + s_hi + s_lo);
    let z = square + square_rest;
    let z_hi = upper(z);
    let z_lo = (square - z_hi) + square_rest;

    let cube = s_hi * z_hi;
    let cube_rest = s_hi * z_lo + s_lo * z;
    let c_hi = upper(cube + cube_rest);
    let c_lo = (cube - c_hi) + cube_rest;

    let tail = L::splat(TWO_THIRDS_LO) + z * poly(z, &R);
    let p = L::splat(TWO_THIRDS_HI) + tail;
    let p_hi = upper(p);
    let p_lo = (L::splat(TWO_THIRDS_HI) - p_hi) + tail;

    let u = c_hi * p_hi;
    let u_rest = c_hi * p_lo + c_lo * p;

    let s2 = s_hi + s_hi;
    let b = s2 + u;
    let b_rest = ((s2 - b) + u) + (s_lo + s_lo + u_rest);
    let a = e * L::splat(LN2_HI);
    let sum = a + b;
    (sum, ((a - sum) + b) + (b_rest + e * L::splat(LN2_LO)))
}

/// `x` to a whole power from -8 to 8 by repeated squaring: x^7 is x * (x^2 * x^4), x^-n is 1 / x^n.
///
/// # Panics
/// Where `n` is outside of -8..=8.
#[inline(always)]
pub fn powi_small<L: Lane>(x: L, n: i32) -> L {
    let power = match n.unsigned_abs() {
        0 => L::splat(1.0),
        1 => x,
        2 => x * x,
        3 => x * (x * x),
        4 => fourth(x),
        5 => x * fourth(x),
        6 => (x * x) * fourth(x),
        7 => x * ((x * x) * fourth(x)),
        8 => fourth(x) * fourth(x),
        _ => panic!("`{n}` is not a small exponent"),
    };
    if n < 0 { L::splat(1.0) / power } else { power }
}

#[inline(always)]
fn fourth<L: Lane>(x: L) -> L {
    let square = x * x;
    square * square
}
