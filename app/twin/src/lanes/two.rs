//! Two members at once: SSE2 natively, `simd128` in the browser.

use wide::{bytemuck::cast, f64x2, u64x2};

use super::{Bits, Lane};

impl Lane for f64x2 {
    type Bits = u64x2;
    const WIDTH: usize = super::WIDTH;

    // The vector crate's goes through memory where the compiler is told to be sparing.
    #[cfg(target_arch = "wasm32")]
    #[inline(always)]
    fn splat(x: f64) -> f64x2 {
        // SAFETY: both are 128 bits that are two numbers.
        unsafe { core::mem::transmute(core::arch::wasm32::f64x2_splat(x)) }
    }

    #[cfg(not(target_arch = "wasm32"))]
    #[inline(always)]
    fn splat(x: f64) -> f64x2 {
        f64x2::splat(x)
    }

    #[inline(always)]
    fn of(from: &[f64]) -> f64x2 {
        let from: &[f64; 2] = &from[..2].as_chunks().0[0];
        // SAFETY: two numbers stand there, and they need not be aligned.
        unsafe { from.as_ptr().cast::<f64x2>().read_unaligned() }
    }

    #[inline(always)]
    fn put(self, to: &mut [f64]) {
        let to: &mut [f64; 2] = &mut to[..2].as_chunks_mut().0[0];
        // SAFETY: as above.
        unsafe { to.as_mut_ptr().cast::<f64x2>().write_unaligned(self) }
    }

    #[inline(always)]
    unsafe fn read(from: *const f64) -> f64x2 {
        // SAFETY: as the caller promises.
        unsafe { from.cast::<f64x2>().read() }
    }

    #[inline(always)]
    unsafe fn write(self, to: *mut f64) {
        // SAFETY: as the caller promises.
        unsafe { to.cast::<f64x2>().write(self) }
    }

    #[inline(always)]
    fn bits(self) -> u64x2 {
        cast(self)
    }

    #[inline(always)]
    fn from_bits(bits: u64x2) -> f64x2 {
        cast(bits)
    }

    #[inline(always)]
    fn sqrt(self) -> f64x2 {
        f64x2::sqrt(self)
    }

    #[inline(always)]
    fn lt(self, other: f64x2) -> f64x2 {
        self.simd_lt(other)
    }

    #[inline(always)]
    fn le(self, other: f64x2) -> f64x2 {
        self.simd_le(other)
    }

    #[inline(always)]
    fn eq(self, other: f64x2) -> f64x2 {
        self.simd_eq(other)
    }

    #[inline(always)]
    fn ne(self, other: f64x2) -> f64x2 {
        self.simd_ne(other)
    }

    #[inline(always)]
    fn select(self, a: f64x2, b: f64x2) -> f64x2 {
        self.bitselect(a, b)
    }

    #[inline(always)]
    fn any(self) -> bool {
        f64x2::any(self)
    }

    #[inline(always)]
    fn all(self) -> bool {
        f64x2::all(self)
    }
}

impl Bits for u64x2 {
    #[cfg(target_arch = "wasm32")]
    #[inline(always)]
    fn splat(x: u64) -> u64x2 {
        // SAFETY: both are 128 bits that are two numbers.
        unsafe { core::mem::transmute(core::arch::wasm32::u64x2_splat(x)) }
    }

    #[cfg(not(target_arch = "wasm32"))]
    #[inline(always)]
    fn splat(x: u64) -> u64x2 {
        u64x2::splat(x)
    }

    #[inline(always)]
    fn shl<const BY: i32>(self) -> u64x2 {
        self << BY as u32
    }

    #[inline(always)]
    fn shr<const BY: i32>(self) -> u64x2 {
        self >> BY as u32
    }

    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn times(self, other: u64x2) -> u64x2 {
        // SAFETY: every x86-64 machine has SSE2.
        cast(unsafe { core::arch::x86_64::_mm_mul_epu32(cast(self), cast(other)) })
    }

    #[cfg(target_arch = "wasm32")]
    #[inline(always)]
    fn times(self, other: u64x2) -> u64x2 {
        use core::arch::wasm32::{i32x4_shuffle, u64x2_extmul_low_u32x4, v128};
        // SAFETY: both are 128 bits without a meaning of their own.
        let [a, b]: [v128; 2] = unsafe { core::mem::transmute([self, other]) };
        let lower = |x| i32x4_shuffle::<0, 2, 0, 2>(x, x);
        let product = u64x2_extmul_low_u32x4(lower(a), lower(b));
        // SAFETY: as above.
        unsafe { core::mem::transmute(product) }
    }

    #[cfg(not(any(target_arch = "x86_64", target_arch = "wasm32")))]
    #[inline(always)]
    fn times(self, other: u64x2) -> u64x2 {
        let ([a, b], [c, d]) = (self.to_array(), other.to_array());
        let lower = u64::from(u32::MAX);
        u64x2::new([(a & lower) * (c & lower), (b & lower) * (d & lower)])
    }

    #[inline(always)]
    fn lane(self, lane: usize) -> u64 {
        self.to_array()[lane]
    }

    #[inline(always)]
    fn with_lane(self, lane: usize, x: u64) -> u64x2 {
        let mut lanes = self.to_array();
        lanes[lane] = x;
        u64x2::new(lanes)
    }
}
