//! The functions of `maths` for one number, with the bits that a lane has.

use crate::lanes::F;

fn one(f: impl Fn(F) -> F, x: f64) -> f64 {
    f(F::splat(x)).to_array()[0]
}

pub fn exp(x: f64) -> f64 {
    one(super::exp, x)
}

pub fn ln(x: f64) -> f64 {
    one(super::ln, x)
}

pub fn pow(x: f64, y: f64) -> f64 {
    super::pow(F::splat(x), F::splat(y)).to_array()[0]
}

/// See `maths::powi_small`.
pub fn powi_small(x: f64, n: i32) -> f64 {
    super::powi_small(F::splat(x), n).to_array()[0]
}

pub fn sin(x: f64) -> f64 {
    one(super::sin, x)
}

pub fn cos(x: f64) -> f64 {
    one(super::cos, x)
}

pub fn tanh(x: f64) -> f64 {
    one(super::tanh, x)
}

pub fn sqrt(x: f64) -> f64 {
    one(super::sqrt, x)
}

pub fn floor(x: f64) -> f64 {
    one(super::floor, x)
}

pub fn abs(x: f64) -> f64 {
    one(super::abs, x)
}
