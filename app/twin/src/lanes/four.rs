//! Four members at once, on machines with AVX2.
//!
//! A `Four` is made only inside of `run`, which sees to it that the machine has the instructions.

use core::{
    arch::x86_64::*,
    ops::{Add, BitAnd, BitOr, BitXor, Div, Mul, Sub},
};

use super::{Bits, Lane, Task};

cpufeatures::new!(avx2, "avx2");

pub(super) fn is_there() -> bool {
    avx2::get()
}

/// Does `task` on four lanes.
pub(super) fn run<T: Task>(task: T) -> T::Done {
    assert!(is_there(), "a machine without AVX2");
    // SAFETY: the machine has AVX2.
    unsafe { on_four(task) }
}

#[target_feature(enable = "avx2")]
fn on_four<T: Task>(task: T) -> T::Done {
    task.run::<Four>()
}

#[derive(Clone, Copy)]
pub struct Four(__m256d);

#[derive(Clone, Copy)]
pub struct FourBits(__m256i);

macro_rules! operators {
    ($($kind:ident: $name:ident $function:ident $instruction:ident;)*) => { $(
        impl $name for $kind {
            type Output = $kind;

            #[inline(always)]
            fn $function(self, other: $kind) -> $kind {
                // SAFETY: a `Four` is there only where the machine has AVX2.
                $kind(unsafe { $instruction(self.0, other.0) })
            }
        }
    )* };
}

operators! {
    Four: Add add _mm256_add_pd;
    Four: Sub sub _mm256_sub_pd;
    Four: Mul mul _mm256_mul_pd;
    Four: Div div _mm256_div_pd;
    Four: BitAnd bitand _mm256_and_pd;
    Four: BitOr bitor _mm256_or_pd;
    Four: BitXor bitxor _mm256_xor_pd;
    FourBits: Add add _mm256_add_epi64;
    FourBits: Sub sub _mm256_sub_epi64;
    FourBits: BitAnd bitand _mm256_and_si256;
    FourBits: BitOr bitor _mm256_or_si256;
    FourBits: BitXor bitxor _mm256_xor_si256;
}

/// One instruction on what is in a `Four`.
macro_rules! instruction {
    ($call:expr) => {
        // SAFETY: a `Four` is there only where the machine has AVX2.
        unsafe { $call }
    };
}

impl Lane for Four {
    type Bits = FourBits;
    const WIDTH: usize = 4;

    #[inline(always)]
    fn splat(x: f64) -> Four {
        Four(instruction!(_mm256_set1_pd(x)))
    }

    #[inline(always)]
    fn of(from: &[f64]) -> Four {
        let from: &[f64; 4] = &from[..4].as_chunks().0[0];
        Four(instruction!(_mm256_loadu_pd(from.as_ptr())))
    }

    #[inline(always)]
    fn put(self, to: &mut [f64]) {
        let to: &mut [f64; 4] = &mut to[..4].as_chunks_mut().0[0];
        instruction!(_mm256_storeu_pd(to.as_mut_ptr(), self.0));
    }

    #[inline(always)]
    unsafe fn read(from: *const f64) -> Four {
        // SAFETY: as the caller promises.
        Four(unsafe { _mm256_load_pd(from) })
    }

    #[inline(always)]
    unsafe fn write(self, to: *mut f64) {
        // SAFETY: as the caller promises.
        unsafe { _mm256_store_pd(to, self.0) }
    }

    #[inline(always)]
    fn bits(self) -> FourBits {
        FourBits(instruction!(_mm256_castpd_si256(self.0)))
    }

    #[inline(always)]
    fn from_bits(bits: FourBits) -> Four {
        Four(instruction!(_mm256_castsi256_pd(bits.0)))
    }

    #[inline(always)]
    fn sqrt(self) -> Four {
        Four(instruction!(_mm256_sqrt_pd(self.0)))
    }

    #[inline(always)]
    fn lt(self, other: Four) -> Four {
        Four(instruction!(_mm256_cmp_pd::<_CMP_LT_OQ>(self.0, other.0)))
    }

    #[inline(always)]
    fn le(self, other: Four) -> Four {
        Four(instruction!(_mm256_cmp_pd::<_CMP_LE_OQ>(self.0, other.0)))
    }

    #[inline(always)]
    fn eq(self, other: Four) -> Four {
        Four(instruction!(_mm256_cmp_pd::<_CMP_EQ_OQ>(self.0, other.0)))
    }

    #[inline(always)]
    fn ne(self, other: Four) -> Four {
        Four(instruction!(_mm256_cmp_pd::<_CMP_NEQ_UQ>(self.0, other.0)))
    }

    #[inline(always)]
    fn select(self, a: Four, b: Four) -> Four {
        Four(instruction!(_mm256_blendv_pd(b.0, a.0, self.0)))
    }

    #[inline(always)]
    fn any(self) -> bool {
        instruction!(_mm256_movemask_pd(self.0)) != 0
    }

    #[inline(always)]
    fn all(self) -> bool {
        instruction!(_mm256_movemask_pd(self.0)) == 0b1111
    }
}

impl Bits for FourBits {
    #[inline(always)]
    fn splat(x: u64) -> FourBits {
        FourBits(instruction!(_mm256_set1_epi64x(x as i64)))
    }

    #[inline(always)]
    fn shl<const BY: i32>(self) -> FourBits {
        FourBits(instruction!(_mm256_slli_epi64::<BY>(self.0)))
    }

    #[inline(always)]
    fn shr<const BY: i32>(self) -> FourBits {
        FourBits(instruction!(_mm256_srli_epi64::<BY>(self.0)))
    }

    #[inline(always)]
    fn times(self, other: FourBits) -> FourBits {
        FourBits(instruction!(_mm256_mul_epu32(self.0, other.0)))
    }

    #[inline(always)]
    fn lane(self, lane: usize) -> u64 {
        self.lanes()[lane]
    }

    #[inline(always)]
    fn with_lane(self, lane: usize, x: u64) -> FourBits {
        let mut lanes = self.lanes();
        lanes[lane] = x;
        FourBits(instruction!(_mm256_loadu_si256(lanes.as_ptr().cast())))
    }
}

impl FourBits {
    #[inline(always)]
    fn lanes(self) -> [u64; 4] {
        let mut lanes = [0; 4];
        instruction!(_mm256_storeu_si256(lanes.as_mut_ptr().cast(), self.0));
        lanes
    }
}
