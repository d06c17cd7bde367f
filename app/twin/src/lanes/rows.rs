//! The memory that a program's operations read and write: a row of one number a member, eight members at a time.

use alloc::vec::Vec;

use super::{F, Lane};

/// Eights in a row.
pub const EIGHTS: usize = 8;
/// Members in an eight.
const EIGHT: usize = 8;

/// Eight members on a cache line of their own.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
struct Eight([F; EIGHT / 2]);

/// Where an operand stands: the number of its first eight, and 1 where each eight of members has its own or 0 where one
/// is for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    pub at: u32,
    pub stride: u32,
}

/// What is done to each member: a function of up to four operands.
pub trait Kernel {
    /// Whether it is too long to be written out for every lane of an eight.
    const IS_LONG: bool = false;

    /// Has to be `#[inline(always)]`, as the next.
    fn of<L: Lane>(of: [L; 4]) -> L;

    /// Of two at once, which may share what they need.
    #[inline(always)]
    fn of_two<L: Lane>(first: [L; 4], second: [L; 4]) -> [L; 2] {
        [Self::of(first), Self::of(second)]
    }
}

#[derive(Debug, Clone)]
pub struct Rows(Vec<Eight>);

impl Rows {
    pub fn new(eights: usize) -> Rows {
        Rows(alloc::vec![Eight([F::splat(0.0); EIGHT / 2]); eights])
    }

    /// Lets eight number `at` be `value` throughout.
    pub fn fill(&mut self, at: usize, value: f64) {
        self.0[at] = Eight([F::splat(value); EIGHT / 2]);
    }

    /// Eight number `at`, as two of its members.
    pub fn first(&self, at: usize) -> F {
        self.0[at].0[0]
    }

    /// The row that begins at eight number `at`.
    pub fn row(&self, at: usize) -> &[F; EIGHTS * EIGHT / 2] {
        let eights = &self.0[at..at + EIGHTS];
        // SAFETY: an `Eight` is four `F` without padding, so eight of them are 32.
        unsafe { &*eights.as_ptr().cast() }
    }

    pub fn row_mut(&mut self, at: usize) -> &mut [F; EIGHTS * EIGHT / 2] {
        let eights = &mut self.0[at..at + EIGHTS];
        // SAFETY: as above.
        unsafe { &mut *eights.as_mut_ptr().cast() }
    }

    /// Writes `K` of the operands to `to`, which may be one of them.
    #[inline(always)]
    pub fn map<L: Lane, K: Kernel>(&mut self, to: Row, of: [Row; 4]) {
        let [a, b, c, d] = of;
        let eights = if to.stride == 0 { 1 } else { EIGHTS };
        for row in [to, a, b, c, d] {
            assert!(row.at as usize + row.stride as usize * (eights - 1) < self.0.len());
        }
        let start = self.0.as_mut_ptr().cast::<f64>();
        let place = |row: Row| start.wrapping_add(row.at as usize * EIGHT);
        let stride = |row: Row| row.stride as usize * EIGHT;
        let (mut to_at, mut a_at, mut b_at, mut c_at, mut d_at) = (place(to), place(a), place(b), place(c), place(d));
        // Macros and no closures: only what is surely inlined becomes code for the lanes it runs on.
        macro_rules! read {
            ($lane:expr) => {
                // SAFETY: the assertion above covers the last eight of each, and the lane stays inside of an eight.
                unsafe {
                    let lane = $lane;
                    [L::read(a_at.add(lane)), L::read(b_at.add(lane)), L::read(c_at.add(lane)), L::read(d_at.add(lane))]
                }
            };
        }
        macro_rules! two {
            ($lane:expr) => {
                let [first, second] = K::of_two(read!($lane), read!($lane + L::WIDTH));
                // SAFETY: as above.
                unsafe {
                    first.write(to_at.add($lane));
                    second.write(to_at.add($lane + L::WIDTH));
                }
            };
        }
        for _ in 0..eights {
            if K::IS_LONG {
                let mut lane = 0;
                while lane < EIGHT {
                    two!(lane);
                    lane += 2 * L::WIDTH;
                }
            } else {
                two!(0);
                if L::WIDTH == 2 {
                    two!(4);
                }
            }
            to_at = to_at.wrapping_add(stride(to));
            a_at = a_at.wrapping_add(stride(a));
            b_at = b_at.wrapping_add(stride(b));
            c_at = c_at.wrapping_add(stride(c));
            d_at = d_at.wrapping_add(stride(d));
        }
    }
}
