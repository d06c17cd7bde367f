//! Random numbers that are a function of where they are used: Philox 4x32-10, keyed by a seed.
//!
//! Nothing is drawn "next": member, step and draw say which number is meant, so threads, batches and the order of
//! calls change nothing. The generator is of Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".

mod normals;

pub(crate) use normals::Begin;
pub use normals::{normal, normals};

const MULTIPLIERS: [u64; 2] = [0xd251_1f53, 0xcd9e_8d57];
const WEYL: [u32; 2] = [0x9e37_79b9, 0xbb67_ae85];
const ROUNDS: usize = 10;

/// The four words of `draw` number `draw` of `member` at `step`.
#[inline]
pub fn draw(seed: u64, member: u32, step: i64, draw: u32) -> [u32; 4] {
    let step = step as u64;
    scramble([draw, member, step as u32, (step >> 32) as u32], [seed as u32, (seed >> 32) as u32])
}

/// The bare generator: ten rounds over `counter` with `key`.
#[inline]
pub fn scramble(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..ROUNDS {
        let [a, b, c, d] = counter;
        let p = MULTIPLIERS[0] * u64::from(a);
        let q = MULTIPLIERS[1] * u64::from(c);
        counter = [(q >> 32) as u32 ^ b ^ key[0], q as u32, (p >> 32) as u32 ^ d ^ key[1], p as u32];
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
    counter
}

/// A number of (0, 1), neither end included: an odd multiple of 2^-53.
#[inline]
pub fn uniform(low: u32, high: u32) -> f64 {
    let bits = (u64::from(high) << 32) | u64::from(low);
    ((bits >> 11) | 1) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(counter: [u32; 4], key: [u32; 2], want: [u32; 4]) {
        assert_eq!(scramble(counter, key), want);
    }

    #[test]
    fn the_published_vectors_come_out() {
        check([0; 4], [0; 2], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        check([u32::MAX; 4], [u32::MAX; 2], [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        check(
            [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
            [0xa409_3822, 0x299f_31d0],
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
        );
    }

    #[test]
    fn every_argument_changes_the_draw() {
        let base = draw(7, 3, 11, 2);
        assert_eq!(base, draw(7, 3, 11, 2));
        for other in
            [draw(8, 3, 11, 2), draw(7, 4, 11, 2), draw(7, 3, 12, 2), draw(7, 3, 11, 3), draw(7 << 32, 3, 11, 2)]
        {
            assert_ne!(base, other);
        }
        assert_ne!(draw(0, 0, 0, 0), draw(0, 0, 1 << 32, 0));
        assert_ne!(draw(0, 0, 1, 0), draw(0, 0, -1, 0));
    }

    #[test]
    fn a_uniform_number_is_inside_of_its_interval() {
        assert_eq!(uniform(0, 0), 1.0 / 9_007_199_254_740_992.0);
        assert_eq!(uniform(u32::MAX, u32::MAX), 1.0 - f64::EPSILON / 2.0);
        assert!(uniform(0, 1 << 31) > 0.5 && uniform(u32::MAX, (1 << 31) - 1) < 0.5);
    }

    #[test]
    fn a_member_has_the_same_normal_number_in_every_ensemble() {
        let mut small = [0.0; 8];
        let mut odd = [0.0; 7];
        let mut large = [0.0; 64];
        normals(5, 0, -3, 1, &mut small);
        normals(5, 0, -3, 1, &mut odd);
        normals(5, 0, -3, 1, &mut large);
        assert_eq!(small, large[..8]);
        assert_eq!(odd, large[..7]);
        for (member, value) in large.into_iter().enumerate() {
            assert_eq!(normal(5, member as u32, -3, 1), value);
        }
        let mut later = [0.0; 32];
        normals(5, 32, -3, 1, &mut later);
        assert_eq!(later, large[32..]);
    }

    #[test]
    fn a_normal_number_is_the_transformation_of_two_words_of_its_block() {
        let mut members = [0.0; 64];
        normals(9, 0, 77, 3, &mut members);
        for (member, value) in members.into_iter().enumerate() {
            let (group, number, block) = (member / 16, member % 16 / 4, member % 4);
            let words = draw(9, (4 * group + block) as u32, 77, 3);
            let [length, turn] = [words[number / 2 * 2], words[number / 2 * 2 + 1]].map(f64::from);
            let radius = libm::sqrt(-2.0 * libm::log((length + 0.5) / 4_294_967_296.0));
            // Half turns are counted from a quarter turn back.
            let sign = if turn >= 2_147_483_648.0 { -1.0 } else { 1.0 };
            let angle = core::f64::consts::PI * (turn % 2_147_483_648.0 / 2_147_483_648.0 - 0.5);
            let want = sign * radius * if number % 2 == 0 { libm::cos(angle) } else { libm::sin(angle) };
            assert!((value - want).abs() < 1e-11, "member {member} has {value}, not {want}");
        }
    }

    #[test]
    fn normal_numbers_have_the_moments_of_their_kind() {
        let (mut sum, mut squares, mut fourth, mut product, mut beyond) = (0.0, 0.0, 0.0, 0.0, 0);
        let steps = 20_000;
        for step in 0..steps {
            let mut members = [0.0; 16];
            normals(1, 0, step, 0, &mut members);
            for pair in members.chunks(2) {
                product += pair[0] * pair[1];
            }
            for x in members {
                sum += x;
                squares += x * x;
                fourth += x * x * x * x;
                beyond += u32::from(x > 1.959_964);
            }
        }
        let n = f64::from(16 * steps as u32);
        // Four standard errors of each.
        assert!((sum / n).abs() < 4.0 / libm::sqrt(n));
        assert!((squares / n - 1.0).abs() < 4.0 * libm::sqrt(2.0 / n));
        assert!((fourth / n - 3.0).abs() < 4.0 * libm::sqrt(96.0 / n));
        assert!((product / (n / 2.0)).abs() < 4.0 / libm::sqrt(n / 2.0));
        assert!((f64::from(beyond) / n - 0.025).abs() < 4.0 * libm::sqrt(0.025 * 0.975 / n));
    }
}
