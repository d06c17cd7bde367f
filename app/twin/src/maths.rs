//! Elementary functions of the kernel's own, on lanes, with the same bits on every machine.
//!
//! Every function is made of `+ - * /`, `sqrt`, comparisons and bit operations only, without branches on data (the
//! reduction of huge angles excepted, which each lane goes through by itself), and is within 2 ulp of the true value.
//! `scalar` has the same functions for one `f64`, with the same bits.
//!
//! Polynomial coefficients were computed for this file: in 300-bit arithmetic the polynomial through the function's
//! values at the Chebyshev nodes of the interval, then rounded to `f64`. The error bound noted beside each is the
//! largest deviation of the rounded polynomial over a thousand points of the interval.

mod exp;
mod ln;
mod pow;
pub mod scalar;
mod tanh;
mod trig;
mod turns;

pub use exp::exp;
pub use ln::ln;
pub use pow::{pow, powi_small};
pub use tanh::tanh;
pub use trig::{cos, sin, sin_cos};

use crate::lanes::{F, from_bits};
pub use crate::lanes::{abs, floor, sqrt};

/// 1.5 * 2^52: adding it rounds to a whole number and leaves that number in the low bits.
const SHIFTER: F = F::splat(6_755_399_441_055_744.0);

/// ln 2 in two parts: 42 bits, so that the product with an exponent is exact, and the rest.
const LN2_HI: F = F::splat(0.693_147_180_559_890_3);
const LN2_LO: F = F::splat(5.497_923_018_708_371e-14);

/// The polynomial with coefficients `c`, lowest first; even and odd powers apart, for two shorter chains.
#[inline(always)]
fn poly<const N: usize>(x: F, c: &[f64; N]) -> F {
    let x2 = x * x;
    let mut even = F::splat(c[(N - 1) & !1]);
    let mut odd = F::splat(c[((N - 2) & !1) + 1]);
    let mut k = (N - 1) & !1;
    while k >= 2 {
        k -= 2;
        even = even * x2 + F::splat(c[k]);
    }
    k = ((N - 2) & !1) + 1;
    while k >= 3 {
        k -= 2;
        odd = odd * x2 + F::splat(c[k]);
    }
    even + x * odd
}

/// The upper 26 bits of each significand: products of two such numbers are exact.
#[inline(always)]
fn upper(x: F) -> F {
    x & from_bits(wide::u64x2::splat(0xffff_ffff_f800_0000))
}
