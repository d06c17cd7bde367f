//! Normal numbers that are a function of where they are used: blocks of Philox, transformed on lanes.

use super::{MULTIPLIERS, ROUNDS, WEYL};
use crate::{
    lanes::{Bits, F, Lane, in_memory},
    maths::{poly, split_normal},
};

/// Fills `out` with one standard normal number a member, from member `first` on, a multiple of 16.
///
/// Members 16g to 16g + 15 share the blocks 4g to 4g + 3 of (step, draw): member 16g + 4i + j has number i of the four
/// that block 4g + j makes. So a member's number does not depend on how many members there are, and lanes of any width
/// lie side by side.
pub fn normals(seed: u64, first: u32, step: i64, draw: u32, out: &mut [f64]) {
    Begin::new(seed, step, draw).fill::<F>(first, out);
}

/// The standard normal number of one member: the same as `normals` gives it.
pub fn normal(seed: u64, member: u32, step: i64, draw: u32) -> f64 {
    let mut group = [0.0; GROUP];
    let within = member % GROUP as u32;
    normals(seed, member - within, step, draw, &mut group);
    group[within as usize]
}

/// Members that share four blocks.
const GROUP: usize = 16;
/// Members whose words are drawn before the first is transformed: either loop then overlaps with itself.
const CHUNK: usize = 64;
const BLOCKS: usize = CHUNK / 4;

#[inline(always)]
fn fill_chunk<L: Lane>(begin: &Begin, first: u32, out: &mut [f64]) {
    let numbers = [0, 1, 2, 3].map(f64::from_bits);
    let mut words = [[0.0; BLOCKS]; 4];
    let mut at = 0;
    while at < BLOCKS {
        let blocks = L::of(&numbers[at % 4..]).bits() + L::Bits::splat(u64::from(first) + (at - at % 4) as u64);
        let [a, b, c, d] = words_of::<L>(begin, blocks);
        L::from_bits(a).put(&mut words[0][at..]);
        L::from_bits(b).put(&mut words[1][at..]);
        L::from_bits(c).put(&mut words[2][at..]);
        L::from_bits(d).put(&mut words[3][at..]);
        at += L::WIDTH;
    }
    let (log, circle) = in_memory((&LOG, (&SINE, &COSINE)));
    let mut exponents = [[0.0; BLOCKS]; 2];
    // Short loops apart: one overlaps with itself while a division or a root takes its time. Counted by hand: iterators
    // are calls where the compiler is told to be sparing.
    at = 0;
    while at < BLOCKS {
        let (first, second) = (split(L::of(&words[0][at..])), split(L::of(&words[2][at..])));
        first.0.put(&mut words[0][at..]);
        first.1.put(&mut exponents[0][at..]);
        second.0.put(&mut words[2][at..]);
        second.1.put(&mut exponents[1][at..]);
        at += L::WIDTH;
    }
    at = 0;
    while at < BLOCKS {
        radius(L::of(&words[0][at..]), L::of(&exponents[0][at..]), log).put(&mut words[0][at..]);
        radius(L::of(&words[2][at..]), L::of(&exponents[1][at..]), log).put(&mut words[2][at..]);
        at += L::WIDTH;
    }
    at = 0;
    while at < BLOCKS {
        let first = halved(L::of(&words[0][at..]), L::of(&words[1][at..]));
        let second = halved(L::of(&words[2][at..]), L::of(&words[3][at..]));
        first.0.put(&mut words[0][at..]);
        first.1.put(&mut words[1][at..]);
        second.0.put(&mut words[2][at..]);
        second.1.put(&mut words[3][at..]);
        at += L::WIDTH;
    }
    at = 0;
    while at < BLOCKS {
        let to = at / 4 * GROUP + at % 4;
        let (x, y) = turned(L::of(&words[0][at..]), L::of(&words[1][at..]), circle);
        x.put(&mut out[to..]);
        y.put(&mut out[to + 4..]);
        let (x, y) = turned(L::of(&words[2][at..]), L::of(&words[3][at..]), circle);
        x.put(&mut out[to + 8..]);
        y.put(&mut out[to + 12..]);
        at += L::WIDTH;
    }
}

/// What the numbers of one draw at one step have in common: in the first rounds only the block differs, and the keys
/// of all rounds are the same.
pub(crate) struct Begin {
    keys: [[u32; 2]; ROUNDS],
    /// The first word after the second round, and what makes the others.
    a: u32,
    b: u32,
    first: u32,
    second: u32,
}

impl Begin {
    #[inline(always)]
    pub(crate) fn new(seed: u64, step: i64, draw: u32) -> Begin {
        let step = step as u64;
        let mut keys = [[seed as u32, (seed >> 32) as u32]; ROUNDS];
        for round in 1..ROUNDS {
            keys[round] = [keys[round - 1][0].wrapping_add(WEYL[0]), keys[round - 1][1].wrapping_add(WEYL[1])];
        }
        let (p, q) = (MULTIPLIERS[0] * u64::from(draw), MULTIPLIERS[1] * (step & 0xffff_ffff));
        let c = (p >> 32) as u32 ^ (step >> 32) as u32 ^ keys[0][1];
        let next = MULTIPLIERS[1] * u64::from(c);
        Begin {
            keys,
            a: (next >> 32) as u32 ^ q as u32 ^ keys[1][0],
            b: next as u32,
            first: (q >> 32) as u32 ^ keys[0][0],
            second: p as u32 ^ keys[1][1],
        }
    }

    /// As `normals`, on lanes of any width.
    #[inline(always)]
    pub(crate) fn fill<L: Lane>(&self, first: u32, out: &mut [f64]) {
        let mut block = first / 4;
        let mut chunks = out.chunks_exact_mut(CHUNK);
        for chunk in &mut chunks {
            fill_chunk::<L>(self, block, chunk);
            block += BLOCKS as u32;
        }
        let rest = chunks.into_remainder();
        if !rest.is_empty() {
            let mut chunk = [0.0; CHUNK];
            fill_chunk::<L>(self, block, &mut chunk);
            rest.copy_from_slice(&chunk[..rest.len()]);
        }
    }
}

/// As `draw` of each of `blocks`; the words are the lower halves, what stands above them has no meaning.
#[inline(always)]
fn words_of<L: Lane>(begin: &Begin, blocks: L::Bits) -> [L::Bits; 4] {
    let splat = |word: u32| L::Bits::splat(u64::from(word));
    let multipliers = (L::Bits::splat(MULTIPLIERS[0]), L::Bits::splat(MULTIPLIERS[1]));
    // In the first round two words are the same for all blocks, and one product each in the second and third.
    let d = (blocks ^ splat(begin.first)).times(multipliers.0);
    let c = d.shr::<32>() ^ splat(begin.second);
    let p = MULTIPLIERS[0] * u64::from(begin.a);
    let q = c.times(multipliers.1);
    let mut a = q.shr::<32>() ^ splat(begin.b ^ begin.keys[2][0]);
    let mut c = d ^ splat((p >> 32) as u32 ^ begin.keys[2][1]);
    let (mut b, mut d) = (q, L::Bits::splat(p));
    let mut round = 3;
    while round < ROUNDS {
        let (p, q) = (a.times(multipliers.0), c.times(multipliers.1));
        a = q.shr::<32>() ^ b ^ splat(begin.keys[round][0]);
        c = p.shr::<32>() ^ d ^ splat(begin.keys[round][1]);
        (b, d) = (q, p);
        round += 1;
    }
    [a, b, c, d]
}

/// 2^52: its bits plus a small whole number are the `f64` 2^52 + that number.
const WHOLE: f64 = 4_503_599_627_370_496.0;

/// (2 artanh(s) / s - 2) / s^2 in s^2, for |s| <= (sqrt 2 - 1) / (sqrt 2 + 1), to 2^-44.2.
const LOG: [f64; 6] = [
    0.666_666_666_666_620_8,
    0.400_000_000_112_065_05,
    0.285_714_241_383_241_6,
    0.222_228_622_801_087_16,
    0.181_401_938_028_659_92,
    0.166_218_171_528_589_28,
];

/// sin(pi v) / v in v^2, for |v| <= 1/2, to 2^-42.5.
const SINE: [f64; 7] = [
    3.141_592_653_589_635,
    -5.167_712_779_987_959,
    2.550_164_035_906_745,
    -0.599_264_433_935_728_6,
    0.082_144_794_670_648_54,
    -0.007_364_005_472_115_722,
    0.000_447_492_084_907_710_1,
];

/// cos(pi v) in v^2, for |v| <= 1/2, to 2^-40.2.
const COSINE: [f64; 7] = [
    0.999_999_999_999_247_9,
    -4.934_802_200_249_85,
    4.058_712_107_537_437_5,
    -1.335_262_315_261_57,
    0.235_325_436_587_711_2,
    -0.025_776_316_427_315_86,
    0.001_839_989_437_269_404_3,
];

/// Box and Muller's transformation of two words into two normal numbers: of the first, (word + 1/2) / 2^32 as
/// (1 + f) 2^e.
///
/// A word is 32 bits, so no number is beyond 6.8; the functions here are as exact as that needs, not to the last bit.
#[inline(always)]
fn split<L: Lane>(word: L) -> (L, L) {
    let word = (word.bits() & L::Bits::splat(0xffff_ffff)) | L::splat(WHOLE).bits();
    let (m, e) = split_normal(L::from_bits(word) - L::splat(WHOLE - 0.5), L::splat(WHOLE + 1023.0 + 32.0));
    (m - L::splat(1.0), e)
}

/// The radius, from the logarithm of (1 + f) 2^e, which is below zero.
#[inline(always)]
fn radius<L: Lane>(f: L, e: L, log: &[f64; 6]) -> L {
    let s = f / (L::splat(2.0) + f);
    let z = s * s;
    let ln = e * L::splat(core::f64::consts::LN_2) + (f - s * (f - z * poly(z, log)));
    (L::splat(-2.0) * ln).sqrt()
}

/// Of the second word, which says how far a radius is turned: half a turn by 31 bits; the upper bit says which half,
/// and goes to the radius.
#[inline(always)]
fn halved<L: Lane>(radius: L, word: L) -> (L, L) {
    let turn = (word.bits() & L::Bits::splat(0x7fff_ffff)) | L::splat(WHOLE).bits();
    let v = (L::from_bits(turn) - L::splat(WHOLE + 1_073_741_824.0)) * L::splat(1.0 / 2_147_483_648.0);
    (radius ^ L::from_bits(word.bits().shl::<32>() & L::splat(-0.0).bits()), v)
}

/// The two numbers of a radius turned by `v` halves of a turn.
#[inline(always)]
fn turned<L: Lane>(radius: L, v: L, (sine, cosine): (&[f64; 7], &[f64; 7])) -> (L, L) {
    let z = v * v;
    (radius * poly(z, cosine), radius * (v * poly(z, sine)))
}
