//! Quantiles over the members of an ensemble.
//!
//! The quantile p of n members lies at rank (n - 1) p counted from 0, interpolated linearly between the two members
//! beside it (type 7 of Hyndman and Fan 1996); that of what comes next, which is as likely to fall between any two of them, at
//! rank (n + 1) p - 1 (type 6). A member that is NaN counts as the greatest.

use alloc::vec::Vec;

use crate::lanes::{F, WIDTH, any, is_nan, pair};

/// Members for which the order is found on lanes: those of a live twin.
const LIVE: usize = 64;
/// Rows of two columns.
const ROWS: usize = LIVE / WIDTH;

/// The 5 %, 50 % and 95 % quantiles of what comes next, where it is one more like `members`; NaN for no members. `scratch` is
/// working space.
pub fn band(members: &[F], scratch: &mut Vec<f64>) -> [f64; 3] {
    let shares = [0.05, 0.5, 0.95];
    if let Ok(rows) = <[F; ROWS]>::try_from(members)
        && !rows.iter().any(|row| any(is_nan(*row)))
    {
        let sorted = sort_live(rows);
        let value = |rank: usize| sorted[rank % ROWS].to_array()[rank / ROWS];
        return shares.map(|share| at(next(share, LIVE), LIVE, value));
    }
    scratch.clear();
    scratch.extend(members.iter().flat_map(|lane| lane.to_array()));
    sort(scratch);
    shares.map(|share| of_next(scratch, share))
}

/// Sorts ascending, with NaN last.
pub fn sort(values: &mut [f64]) {
    for value in values.iter_mut() {
        // One NaN and one zero, so that the order is that of numbers.
        *value = if value.is_nan() { f64::NAN } else { *value + 0.0 };
    }
    values.sort_unstable_by(f64::total_cmp);
}

/// The quantile `share` (0 to 1) of ascending `values`; NaN for none.
pub fn of_sorted(values: &[f64], share: f64) -> f64 {
    let last = values.len().saturating_sub(1) as f64;
    if values.is_empty() { f64::NAN } else { at(last * share, values.len(), |rank| values[rank]) }
}

/// The quantile `share` of what comes next, where it is one more like these ascending `values`; NaN for none.
pub fn of_next(values: &[f64], share: f64) -> f64 {
    let count = values.len();
    if count == 0 { f64::NAN } else { at(next(share, count), count, |rank| values[rank]) }
}

/// At which rank of `count` that lies: no further out than they do.
fn next(share: f64, count: usize) -> f64 {
    ((count + 1) as f64 * share - 1.0).clamp(0.0, (count - 1) as f64)
}

fn at(place: f64, count: usize, value: impl Fn(usize) -> f64) -> f64 {
    let last = count - 1;
    let below = (place as usize).min(last);
    let (a, b) = (value(below), value((below + 1).min(last)));
    // Two equal infinities have no difference.
    if a == b { a } else { a + (b - a) * (place - below as f64) }
}

/// Sorts 64 members without NaN: column 0 becomes the lesser half, column 1 the greater, both ascending.
fn sort_live(mut rows: [F; ROWS]) -> [F; ROWS] {
    for row in &mut rows {
        *row += F::splat(0.0);
    }
    for (low, high) in COLUMNS {
        exchange(&mut rows, usize::from(low), usize::from(high));
    }
    // Of two ascending columns, the lesser of each pair from opposite ends are the lesser half, and each half then
    // rises and falls once: halving distances sort it.
    let mut halves = [F::splat(0.0); ROWS];
    for (row, half) in halves.iter_mut().enumerate() {
        let a = rows[row].to_array()[0];
        let b = rows[ROWS - 1 - row].to_array()[1];
        *half = if a < b { F::new([a, b]) } else { F::new([b, a]) };
    }
    let mut distance = ROWS / 2;
    while distance > 0 {
        for low in (0..ROWS).filter(|row| row & distance == 0) {
            exchange(&mut halves, low, low + distance);
        }
        distance /= 2;
    }
    halves
}

#[inline(always)]
fn exchange(rows: &mut [F; ROWS], low: usize, high: usize) {
    (rows[low], rows[high]) = pair(rows[low], rows[high]);
}

/// How many exchanges Batcher's odd-even merge sort makes for 32 rows.
const EXCHANGES: usize = 191;

/// Batcher's odd-even merge sort of each column (Batcher 1968).
const COLUMNS: [(u8, u8); EXCHANGES] = {
    let mut network = [(0, 0); EXCHANGES];
    let mut made = 0;
    let mut run = 1;
    while run < ROWS {
        let mut distance = run;
        while distance > 0 {
            let mut row = distance % run;
            while row + distance < ROWS {
                let mut low = row;
                while low < row + distance && low + distance < ROWS {
                    if low / (2 * run) == (low + distance) / (2 * run) {
                        network[made] = (low as u8, (low + distance) as u8);
                        made += 1;
                    }
                    low += 1;
                }
                row += 2 * distance;
            }
            distance /= 2;
        }
        run *= 2;
    }
    assert!(made == EXCHANGES);
    network
};

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::philox;

    fn lanes(values: &[f64]) -> Vec<F> {
        values.chunks_exact(2).map(|pair| F::new([pair[0], pair[1]])).collect()
    }

    #[test]
    fn the_live_order_is_the_plain_order() {
        for step in 0..2_000 {
            let mut values = vec![0.0; LIVE];
            philox::normals(9, 0, step, 0, &mut values);
            for (i, value) in values.iter_mut().enumerate() {
                match (step + i as i64) % 7 {
                    // Ties, both zeros, infinities.
                    0 => *value = (*value * 2.0).trunc_to_whole(),
                    1 if step % 5 == 0 => *value = if i % 2 == 0 { -0.0 } else { 0.0 },
                    2 if step % 11 == 0 => *value = f64::INFINITY,
                    3 if step % 13 == 0 => *value = f64::NEG_INFINITY,
                    _ => {}
                }
            }
            let rows = <[F; ROWS]>::try_from(&lanes(&values)[..]).unwrap();
            let sorted = sort_live(rows);
            let live: Vec<u64> = (0..LIVE).map(|r| sorted[r % ROWS].to_array()[r / ROWS].to_bits()).collect();
            sort(&mut values);
            let plain: Vec<u64> = values.iter().map(|x| x.to_bits()).collect();
            assert_eq!(live, plain);
        }
    }

    trait Whole {
        fn trunc_to_whole(self) -> f64;
    }

    impl Whole for f64 {
        fn trunc_to_whole(self) -> f64 {
            self as i64 as f64
        }
    }

    #[track_caller]
    fn check(values: &[f64], want: [f64; 3]) {
        let got = band(&lanes(values), &mut Vec::new());
        for (got, want) in got.into_iter().zip(want) {
            assert!(
                (got - want).abs() < 1e-12 || got == want || (got.is_nan() && want.is_nan()),
                "{got} is not {want}"
            );
        }
    }

    #[test]
    fn quantiles_are_interpolated_between_ranks() {
        let count_up: Vec<f64> = (0..64).map(f64::from).collect();
        check(&count_up, [2.25, 31.5, 60.75]);
        let down: Vec<f64> = (0..64).rev().map(f64::from).collect();
        check(&down, [2.25, 31.5, 60.75]);
        check(&[1.0, 2.0], [1.0, 1.5, 2.0]);
        let many: Vec<f64> = (0..10_000).map(f64::from).collect();
        check(&many, [499.05, 4999.5, 10_001.0 * 0.95 - 1.0]);
        check(&[], [f64::NAN; 3]);
    }

    #[test]
    fn members_that_are_nan_are_the_greatest() {
        let mut values: Vec<f64> = (0..64).map(f64::from).collect();
        values[0] = f64::NAN;
        check(&values, [3.25, 32.5, 61.75]);
        values[..10].fill(-f64::NAN);
        check(&values, [12.25, 41.5, f64::NAN]);
    }

    #[test]
    fn infinite_members_do_not_make_nan() {
        check(&[f64::INFINITY; 64], [f64::INFINITY; 3]);
        check(&[f64::NEG_INFINITY; 64], [f64::NEG_INFINITY; 3]);
    }
}
