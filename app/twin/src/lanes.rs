//! The lanes that an ensemble is stepped in: two `f64` at once, the same bits natively and as WebAssembly.
//!
//! Used of the vector crate: `+ - * /`, negation, `sqrt`, comparisons, bit operations, integer add, subtract and
//! shift by one amount. Each is one exact IEEE 754 or integer instruction of SSE2 and of `simd128`. Never used: its
//! fused or estimated operations, its `round`, `floor`, `min`, `max` and its elementary functions, whose results
//! depend on the target; its `fast_min` and `fast_max` only in `pair`, for what they agree on. A sum over lanes is made in `sum`, in a fixed order.

use wide::{bytemuck::cast, f64x2, u64x2};

/// Two members of an ensemble.
pub type F = f64x2;

/// The bits of two members.
pub type Bits = u64x2;

/// Members in one `F`.
pub const WIDTH: usize = 2;

const SIGN: F = F::splat(-0.0);
/// 2^52: from here on every `f64` is whole.
const WHOLE: F = F::splat(4_503_599_627_370_496.0);

#[inline]
pub fn bits(x: F) -> Bits {
    cast(x)
}

#[inline]
pub fn from_bits(x: Bits) -> F {
    cast(x)
}

/// Takes `a` where `mask` is all ones and `b` where it is zero, bit for bit.
#[inline]
pub fn select(mask: F, a: F, b: F) -> F {
    mask.bitselect(a, b)
}

/// All ones where `a < b`; NaN on either side gives zero, as in the next four.
#[inline]
pub fn lt(a: F, b: F) -> F {
    a.simd_lt(b)
}

#[inline]
pub fn le(a: F, b: F) -> F {
    a.simd_le(b)
}

#[inline]
pub fn gt(a: F, b: F) -> F {
    b.simd_lt(a)
}

#[inline]
pub fn ge(a: F, b: F) -> F {
    b.simd_le(a)
}

#[inline]
pub fn eq(a: F, b: F) -> F {
    a.simd_eq(b)
}

/// All ones where `a` and `b` differ or one of them is NaN.
#[inline]
pub fn ne(a: F, b: F) -> F {
    a.simd_ne(b)
}

#[inline]
pub fn is_nan(x: F) -> F {
    x.simd_ne(x)
}

/// `if a < b { a } else { b }`: `b` where either is NaN, and `b` of two zeros.
#[inline]
pub fn min(a: F, b: F) -> F {
    select(lt(a, b), a, b)
}

/// `if b < a { a } else { b }`: `b` where either is NaN, and `b` of two zeros.
#[inline]
pub fn max(a: F, b: F) -> F {
    select(lt(b, a), a, b)
}

#[inline]
pub fn abs(x: F) -> F {
    x & !SIGN
}

/// The magnitude of `x` with the sign of `sign`.
#[inline]
pub fn copysign(x: F, sign: F) -> F {
    (x & !SIGN) | (sign & SIGN)
}

/// The greatest whole number not above `x`; NaN, infinities and -0 stay what they are.
#[inline]
pub fn floor(x: F) -> F {
    let magnitude = abs(x);
    // Adding and taking away 2^52 rounds to the nearest whole number, which is at most one too high.
    let nearest = copysign((magnitude + WHOLE) - WHOLE, x);
    let whole = nearest - (gt(nearest, x) & F::splat(1.0));
    select(lt(magnitude, WHOLE), copysign(whole, x), x)
}

#[inline]
pub fn sqrt(x: F) -> F {
    x.sqrt()
}

/// Whether `mask` is set in any lane.
#[inline]
pub fn any(mask: F) -> bool {
    let [a, b] = bits(mask).to_array();
    (a | b) != 0
}

/// Whether `mask` is set in lane 0 and in lane 1.
#[inline]
pub fn each(mask: F) -> [bool; WIDTH] {
    bits(mask).to_array().map(|lane| lane != 0)
}

/// The lesser and the greater of two that are numbers; of NaN, and of zeros of two signs, nothing is promised.
#[inline]
pub fn pair(a: F, b: F) -> (F, F) {
    (a.fast_min(b), a.fast_max(b))
}

/// The members one after the other.
pub fn members(lanes: &[F]) -> &[f64] {
    wide::bytemuck::cast_slice(lanes)
}

pub fn members_mut(lanes: &mut [F]) -> &mut [f64] {
    wide::bytemuck::cast_slice_mut(lanes)
}
