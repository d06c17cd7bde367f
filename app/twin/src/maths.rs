//! Elementary functions of the kernel's own, on lanes, with the same bits on every machine.
//!
//! Every function is made of `+ - * /`, `sqrt`, comparisons and bit operations only, without branches on data (the
//! reduction of huge angles excepted, which each lane goes through by itself), and is within 2 ulp of the true value.
//! `scalar` has the same functions for one `f64`, with the same bits.
//!
//! Polynomial coefficients were computed for this file: in 300-bit arithmetic the polynomial through the function's
//! values at the Chebyshev nodes of the interval, then rounded to `f64`. The error bound noted beside each is the
//! largest deviation of the rounded polynomial over a thousand points of the interval.

pub(crate) mod exp;
mod ln;
mod pow;
pub mod scalar;
mod tanh;
mod trig;
mod turns;

pub use exp::exp;
pub use ln::ln;
pub(crate) use ln::{ln_two, split_normal};
pub use pow::{pow, powi_small};
pub use tanh::tanh;
pub use trig::{cos, sin, sin_cos};

use crate::lanes::{Bits, F, Lane};
pub use crate::lanes::{abs, floor, sqrt};

/// 1.5 * 2^52: adding it rounds to a whole number and leaves that number in the low bits.
const SHIFTER: f64 = 6_755_399_441_055_744.0;

/// ln 2 in two parts: 42 bits, so that the product with an exponent is exact, and the rest.
const LN2_HI: f64 = 0.693_147_180_559_890_3;
const LN2_LO: f64 = 5.497_923_018_708_371e-14;

/// The polynomial with coefficients `c`, lowest first; even and odd powers apart, for two shorter chains.
#[inline(always)]
pub(crate) fn poly<L: Lane, const N: usize>(x: L, c: &[f64; N]) -> L {
    const { assert!(N <= 12, "a longer polynomial needs more terms here") };
    let x2 = x * x;
    let (highest_even, highest_odd) = ((N - 1) & !1, ((N - 2) & !1) + 1);
    let mut even = L::splat(c[highest_even]);
    let mut odd = L::splat(c[highest_odd]);
    // Written out: a loop would stay one where the compiler is told to be sparing.
    macro_rules! term {
        ($($k:literal)*) => { $(
            if $k < highest_even {
                even = even * x2 + L::splat(c[$k]);
            }
            if $k + 1 < highest_odd {
                odd = odd * x2 + L::splat(c[$k + 1]);
            }
        )* };
    }
    term!(8 6 4 2 0);
    even + x * odd
}

/// The upper 26 bits of each significand: products of two such numbers are exact.
#[inline(always)]
fn upper<L: Lane>(x: L) -> L {
    x & L::from_bits(L::Bits::splat(0xffff_ffff_f800_0000))
}

/// `f` of each lane, two at a time: for what is rare.
#[inline(always)]
fn by_twos<L: Lane>(x: L, f: fn(F) -> F) -> L {
    let mut lanes = [0.0; 4];
    x.put(&mut lanes);
    for two in lanes[..L::WIDTH].chunks_exact_mut(F::WIDTH) {
        f(F::of(two)).put(two);
    }
    L::of(&lanes)
}
