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

/// What is done to each member: a function of up to three operands.
pub trait Kernel {
    /// Whether it is too long to be written out for every lane of an eight.
    const IS_LONG: bool = false;

    /// Has to be `#[inline(always)]`.
    fn of<L: Lane>(a: L, b: L, c: L) -> L;
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
    pub fn map<L: Lane, K: Kernel>(&mut self, to: Row, [a, b, c]: [Row; 3]) {
        let eights = if to.stride == 0 { 1 } else { EIGHTS };
        for row in [to, a, b, c] {
            assert!(row.at as usize + row.stride as usize * (eights - 1) < self.0.len());
        }
        let start = self.0.as_mut_ptr().cast::<f64>();
        let [mut to_at, mut a_at, mut b_at, mut c_at] = [to, a, b, c].map(|row| row.at as usize * EIGHT);
        let [to_by, a_by, b_by, c_by] = [to, a, b, c].map(|row| row.stride as usize * EIGHT);
        // Not a closure: only what is surely inlined becomes code for the lanes it runs on.
        macro_rules! one {
            ($lane:expr) => {
                // SAFETY: the assertion above covers the last eight of each, and the lane stays inside of an eight.
                unsafe {
                    let [a, b, c] = [a_at, b_at, c_at].map(|at| start.add(at + $lane));
                    K::of(L::read(a), L::read(b), L::read(c)).write(start.add(to_at + $lane));
                }
            };
        }
        // Of a long kernel for all members at once one lane is enough, and is copied.
        let lanes = if to.stride == 0 { L::WIDTH } else { EIGHT };
        for _ in 0..eights {
            if K::IS_LONG {
                let mut lane = 0;
                while lane < lanes {
                    one!(lane);
                    lane += L::WIDTH;
                }
            } else if L::WIDTH == 4 {
                one!(0);
                one!(4);
            } else {
                one!(0);
                one!(2);
                one!(4);
                one!(6);
            }
            to_at += to_by;
            a_at += a_by;
            b_at += b_by;
            c_at += c_by;
        }
        if K::IS_LONG && to.stride == 0 {
            let eight = &mut self.0[to.at as usize];
            *eight = Eight([eight.0[0]; EIGHT / 2]);
        }
    }
}
