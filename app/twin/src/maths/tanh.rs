//! The hyperbolic tangent.

use super::{exp, poly};
use crate::lanes::{Lane, abs, copysign, lt, select};

/// (tanh(x) / x - 1) / x^2 in x^2, for |x| <= 0.65, to 2^-55.4.
const T: [f64; 12] = [
    -0.333_333_333_333_333_3,
    0.133_333_333_333_326_9,
    -0.053_968_253_967_523_805,
    0.021_869_488_503_715_003,
    -0.008_863_234_783_115_31,
    0.003_592_117_855_584_859_6,
    -0.001_455_745_948_797_281,
    0.000_589_517_928_880_101_9,
    -0.000_237_147_524_388_384_8,
    9.171_864_832_560_293e-5,
    -3.027_591_747_967_918_2e-5,
    6.052_277_071_089_028e-6,
];

#[inline(always)]
pub fn tanh<L: Lane>(x: L) -> L {
    let a = abs(x);
    let z = a * a;
    let near = a + a * (z * poly(z, &T));
    let far = L::splat(1.0) - L::splat(2.0) / (exp(a + a) + L::splat(1.0));
    copysign(select(lt(a, L::splat(0.65)), near, far), x)
}
