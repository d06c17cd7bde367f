//! The memory that a program's operations read and write: a row of one number a member, eight members at a time.

use alloc::vec::Vec;
use core::{
    marker::PhantomData,
    mem::MaybeUninit,
    ops::{Deref, DerefMut},
};

use super::{
    Bits, F, Lane, in_memory,
    places::{Address, Places},
};

/// Eights in a row.
pub const EIGHTS: usize = 8;
/// Members in an eight.
pub(super) const EIGHT: usize = 8;
/// Members in a row.
pub const MEMBERS: usize = EIGHTS * EIGHT;

/// One number a member of an ensemble.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
pub struct Block([F; MEMBERS / super::WIDTH]);

impl Block {
    pub fn splat(value: f64) -> Block {
        Block([F::splat(value); MEMBERS / super::WIDTH])
    }
}

impl Deref for Block {
    type Target = [F; MEMBERS / super::WIDTH];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Block {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl<'a> IntoIterator for &'a Block {
    type Item = &'a F;
    type IntoIter = core::slice::Iter<'a, F>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a mut Block {
    type Item = &'a mut F;
    type IntoIter = core::slice::IterMut<'a, F>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter_mut()
    }
}

/// Eight members on a cache line of their own.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
struct Eight([F; EIGHT / super::WIDTH]);

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

    /// Whether most members are worked out in two halves, with `of` for what neither half can take. Each half is a loop
    /// over many members: so short that one overlaps with the next, where the whole would have to wait for itself.
    const IS_HALVED: bool = false;
    /// What the second half is given.
    const TABLE: [f64; 10] = [0.0; 10];

    /// All ones for members that the halves can take.
    #[inline(always)]
    fn is_plain<L: Lane>(_: [L; 4]) -> L {
        L::splat(0.0)
    }

    #[inline(always)]
    fn begin<L: Lane>([a, b, ..]: [L; 4]) -> [L; 2] {
        [a, b]
    }

    #[inline(always)]
    fn end<L: Lane>([a, _]: [L; 2], _: &[f64; 10]) -> L {
        a
    }
}

/// The caller's blocks during a run.
pub struct Outer<'a> {
    start: *mut f64,
    eights: usize,
    is_writable: bool,
    blocks: PhantomData<&'a mut [Block]>,
}

impl<'a> Outer<'a> {
    pub fn read(blocks: &'a [Block]) -> Outer<'a> {
        let start = blocks.as_ptr().cast::<f64>().cast_mut();
        Outer { start, eights: blocks.len() * EIGHTS, is_writable: false, blocks: PhantomData }
    }

    pub fn write(blocks: &'a mut [Block]) -> Outer<'a> {
        let start = blocks.as_mut_ptr().cast();
        Outer { start, eights: blocks.len() * EIGHTS, is_writable: true, blocks: PhantomData }
    }
}

/// A program's own rows.
#[derive(Debug, Clone)]
pub struct Rows(Vec<Eight>);

impl Rows {
    pub fn new(eights: usize) -> Rows {
        Rows(alloc::vec![Eight([F::splat(0.0); EIGHT / super::WIDTH]); eights])
    }

    /// Lets eight number `at` be `value` throughout.
    pub fn fill(&mut self, at: usize, value: f64) {
        self.0[at] = Eight([F::splat(value); EIGHT / super::WIDTH]);
    }

    /// The first members of eight number `at`.
    pub fn first(&self, at: usize) -> F {
        self.0[at].0[0]
    }

    /// The row that begins at eight number `at`.
    pub fn row(&self, at: usize) -> &Block {
        let eights = &self.0[at..at + EIGHTS];
        // SAFETY: eight of `Eight` are as large and as aligned as a `Block`, and both are nothing but `F`.
        unsafe { &*eights.as_ptr().cast() }
    }

    /// Repeats the row that begins at eight number `at` right after itself, so that there are `count`.
    pub fn repeat(&mut self, at: usize, count: usize) {
        for copy in 1..count {
            self.0.copy_within(at..at + EIGHTS, at + copy * EIGHTS);
        }
    }

    /// Writes `K` of the operands to the result's place, which may be one of theirs.
    #[inline(always)]
    pub fn map<L: Lane, K: Kernel>(&mut self, outer: &mut Outer, places: &Places) {
        let [own, others] = places.reach;
        assert!(own as usize <= self.0.len() && others as usize <= outer.eights, "a place outside of the rows");
        assert!(places.to.bank == 0 || outer.is_writable, "blocks are only read");
        let banks = [self.0.as_mut_ptr().cast::<f64>(), outer.start];
        let place = |address: Address| banks[(address.bank & 1) as usize].wrapping_add(address.at as usize);
        let [a, b, c, d] = places.of;
        let mut to_at = place(places.to);
        let (mut a_at, mut b_at, mut c_at, mut d_at) = (place(a), place(b), place(c), place(d));
        // Macros and no closures: only what is surely inlined becomes code for the lanes it runs on.
        macro_rules! read {
            ($lane:expr) => {
                // SAFETY: `reach` covers the last eight of each place, and the lane stays inside of an eight.
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
        macro_rules! next {
            () => {
                a_at = a_at.wrapping_add(a.stride as usize);
                b_at = b_at.wrapping_add(b.stride as usize);
                c_at = c_at.wrapping_add(c.stride as usize);
                d_at = d_at.wrapping_add(d.stride as usize);
            };
        }
        if K::IS_HALVED {
            let mut halfway = MaybeUninit::<[Block; 2]>::uninit();
            let (x_at, y_at) =
                (halfway.as_mut_ptr().cast::<f64>(), halfway.as_mut_ptr().cast::<f64>().wrapping_add(MEMBERS));
            let table = in_memory(const { &K::TABLE });
            let mut left = places.eights as usize;
            while left > 0 {
                let eights = left.min(EIGHTS);
                let begin = (a_at, b_at, c_at, d_at);
                let mut plain = L::from_bits(L::Bits::splat(u64::MAX));
                for eight in 0..eights {
                    let mut lane = 0;
                    while lane < EIGHT {
                        let (first, second) = (read!(lane), read!(lane + L::WIDTH));
                        plain = plain & K::is_plain(first) & K::is_plain(second);
                        let ([x, y], [next_x, next_y]) = (K::begin(first), K::begin(second));
                        let at = eight * EIGHT + lane;
                        // SAFETY: no more than `EIGHTS` eights, which are `MEMBERS`, stand halfway.
                        unsafe {
                            x.write(x_at.add(at));
                            y.write(y_at.add(at));
                            next_x.write(x_at.add(at + L::WIDTH));
                            next_y.write(y_at.add(at + L::WIDTH));
                        }
                        lane += 2 * L::WIDTH;
                    }
                    next!();
                }
                if plain.all() {
                    let mut at = 0;
                    while at < eights * EIGHT {
                        // SAFETY: as above, all of which was written; `reach` covers the last eight of the result.
                        unsafe {
                            let first = K::end([L::read(x_at.add(at)), L::read(y_at.add(at))], table);
                            first.write(to_at);
                            let at = at + L::WIDTH;
                            let second = K::end([L::read(x_at.add(at)), L::read(y_at.add(at))], table);
                            second.write(to_at.add(L::WIDTH));
                        }
                        at += 2 * L::WIDTH;
                        to_at = to_at.wrapping_add(2 * L::WIDTH);
                    }
                } else {
                    (a_at, b_at, c_at, d_at) = begin;
                    for _ in 0..eights {
                        let mut lane = 0;
                        while lane < EIGHT {
                            let value = K::of(read!(lane));
                            // SAFETY: as above.
                            unsafe { value.write(to_at.add(lane)) };
                            lane += L::WIDTH;
                        }
                        to_at = to_at.wrapping_add(EIGHT);
                        next!();
                    }
                }
                left -= eights;
            }
            return;
        }
        for _ in 0..places.eights {
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
            to_at = to_at.wrapping_add(places.to.stride as usize);
            next!();
        }
    }
}
