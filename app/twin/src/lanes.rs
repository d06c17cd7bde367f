//! The lanes that an ensemble is stepped in: two or four `f64` at once, with the same bits at every width.
//!
//! A lane type does `+ - * /`, `sqrt`, comparisons, bit operations and integer add, subtract, shift and 32-bit multiply.
//! Each is one exact IEEE 754 or integer instruction of SSE2, AVX2 or `simd128`. There is no fused and no estimated
//! operation, and no `round`, `floor`, `min`, `max` of a machine, whose results depend on the target. A sum over lanes
//! is made in `sum`, in a fixed order. This is the one module where `unsafe` is allowed.

#[cfg(target_arch = "x86_64")]
mod four;
mod places;
mod rows;
mod two;

use core::ops::{Add, BitAnd, BitOr, BitXor, Div, Mul, Sub};

pub use self::{
    places::{Places, Row},
    rows::{Block, EIGHTS, Kernel, MEMBERS, Outer, Rows},
};

/// Two members of an ensemble: what every machine has.
pub type F = wide::f64x2;

/// Members in one `F`.
pub const WIDTH: usize = 2;

/// 2^52: from here on every `f64` is whole.
const WHOLE: f64 = 4_503_599_627_370_496.0;
const SIGN: f64 = -0.0;

/// Some members of an ensemble at once; a comparison gives all ones or zero in each.
pub trait Lane:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + BitXor<Output = Self>
{
    type Bits: Bits;
    /// Members in one.
    const WIDTH: usize;

    fn splat(x: f64) -> Self;
    /// The first of `from`.
    fn of(from: &[f64]) -> Self;
    /// Writes over the first of `to`.
    fn put(self, to: &mut [f64]);
    /// # Safety
    /// `WIDTH` numbers can be read from `from`, which is aligned for them.
    unsafe fn read(from: *const f64) -> Self;
    /// # Safety
    /// `WIDTH` numbers can be written to `to`, which is aligned for them.
    unsafe fn write(self, to: *mut f64);
    fn bits(self) -> Self::Bits;
    fn from_bits(bits: Self::Bits) -> Self;
    fn sqrt(self) -> Self;
    fn lt(self, other: Self) -> Self;
    fn le(self, other: Self) -> Self;
    fn eq(self, other: Self) -> Self;
    fn ne(self, other: Self) -> Self;
    /// `a` where `self` is all ones and `b` where it is zero.
    fn select(self, a: Self, b: Self) -> Self;
    /// Whether `self` is set in any lane.
    fn any(self) -> bool;
    /// Whether `self` is set in every lane.
    fn all(self) -> bool;
}

/// The bits of some members.
pub trait Bits:
    Copy + Add<Output = Self> + Sub<Output = Self> + BitAnd<Output = Self> + BitOr<Output = Self> + BitXor<Output = Self>
{
    fn splat(x: u64) -> Self;
    fn shl<const BY: i32>(self) -> Self;
    fn shr<const BY: i32>(self) -> Self;
    /// The whole product of the lower halves of each lane.
    fn times(self, other: Self) -> Self;
    /// Number `lane`, for the rare case that one is treated apart.
    fn lane(self, lane: usize) -> u64;
    fn with_lane(self, lane: usize, x: u64) -> Self;
}

/// How many members are worked on at once; it changes how long that takes, and no bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    Two,
    Four,
}

impl Width {
    /// The widest that this machine has.
    pub fn widest() -> Width {
        if has_four() { Width::Four } else { Width::Two }
    }
}

fn has_four() -> bool {
    #[cfg(target_arch = "x86_64")]
    let has = four::is_there();
    #[cfg(not(target_arch = "x86_64"))]
    let has = false;
    has
}

/// Work that can be done on lanes of any width.
pub trait Task {
    type Done;

    /// Has to be `#[inline(always)]`, with all that it calls: only so it becomes code for the lanes it runs on.
    fn run<L: Lane>(self) -> Self::Done;
}

/// Does `task` on lanes of `width`, or on those that the machine has.
pub fn run<T: Task>(width: Width, task: T) -> T::Done {
    #[cfg(target_arch = "x86_64")]
    if width == Width::Four && has_four() {
        return four::run(task);
    }
    let _ = width;
    task.run::<F>()
}

/// `table` in such a way that a browser reads its numbers from memory: constants it would make anew, in three
/// instructions each, in every turn of a loop. Natively they stay in registers.
#[inline(always)]
pub(crate) fn in_memory<T>(table: T) -> T {
    if cfg!(target_arch = "wasm32") { core::hint::black_box(table) } else { table }
}

/// Takes `a` where `mask` is all ones and `b` where it is zero, bit for bit.
#[inline(always)]
pub fn select<L: Lane>(mask: L, a: L, b: L) -> L {
    mask.select(a, b)
}

/// All ones where `a < b`; NaN on either side gives zero, as in the next four.
#[inline(always)]
pub fn lt<L: Lane>(a: L, b: L) -> L {
    a.lt(b)
}

#[inline(always)]
pub fn le<L: Lane>(a: L, b: L) -> L {
    a.le(b)
}

#[inline(always)]
pub fn gt<L: Lane>(a: L, b: L) -> L {
    b.lt(a)
}

#[inline(always)]
pub fn ge<L: Lane>(a: L, b: L) -> L {
    b.le(a)
}

#[inline(always)]
pub fn eq<L: Lane>(a: L, b: L) -> L {
    a.eq(b)
}

/// All ones where `a` and `b` differ or one of them is NaN.
#[inline(always)]
pub fn ne<L: Lane>(a: L, b: L) -> L {
    a.ne(b)
}

#[inline(always)]
pub fn is_nan<L: Lane>(x: L) -> L {
    x.ne(x)
}

/// `if a < b { a } else { b }`: `b` where either is NaN, and `b` of two zeros.
#[inline(always)]
pub fn min<L: Lane>(a: L, b: L) -> L {
    select(lt(a, b), a, b)
}

/// `if b < a { a } else { b }`: `b` where either is NaN, and `b` of two zeros.
#[inline(always)]
pub fn max<L: Lane>(a: L, b: L) -> L {
    select(lt(b, a), a, b)
}

/// `x` no less than `low` and no more than `high`; NaN stays NaN.
#[inline(always)]
pub fn clamp<L: Lane>(x: L, low: L, high: L) -> L {
    select(lt(x, low), low, select(lt(high, x), high, x))
}

#[inline(always)]
pub fn abs<L: Lane>(x: L) -> L {
    x & L::from_bits(L::Bits::splat(u64::MAX >> 1))
}

/// The magnitude of `x` with the sign of `sign`.
#[inline(always)]
pub fn copysign<L: Lane>(x: L, sign: L) -> L {
    abs(x) | (sign & L::splat(SIGN))
}

/// The greatest whole number not above `x`; NaN, infinities and -0 stay what they are.
#[inline(always)]
pub fn floor<L: Lane>(x: L) -> L {
    let magnitude = abs(x);
    // Adding and taking away 2^52 rounds to the nearest whole number, which is at most one too high.
    let nearest = copysign((magnitude + L::splat(WHOLE)) - L::splat(WHOLE), x);
    let whole = nearest - (gt(nearest, x) & L::splat(1.0));
    select(lt(magnitude, L::splat(WHOLE)), copysign(whole, x), x)
}

#[inline(always)]
pub fn sqrt<L: Lane>(x: L) -> L {
    x.sqrt()
}

/// Whether `mask` is set in any lane.
#[inline(always)]
pub fn any<L: Lane>(mask: L) -> bool {
    mask.any()
}

/// The lesser and the greater of two that are numbers; of NaN, and of zeros of two signs, nothing is promised.
#[inline]
pub fn pair(a: F, b: F) -> (F, F) {
    (a.fast_min(b), a.fast_max(b))
}

/// The lanes of all blocks, one after the other.
pub fn flat(blocks: &[Block]) -> &[F] {
    // SAFETY: a `Block` is nothing but `F`, without padding.
    unsafe { core::slice::from_raw_parts(blocks.as_ptr().cast(), blocks.len() * (MEMBERS / WIDTH)) }
}

/// The members one after the other.
pub fn members(lanes: &[F]) -> &[f64] {
    wide::bytemuck::cast_slice(lanes)
}

pub fn members_mut(lanes: &mut [F]) -> &mut [f64] {
    wide::bytemuck::cast_slice_mut(lanes)
}
