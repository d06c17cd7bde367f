//! From where to where an input went over a lag, and what that says of where it may go from now.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{
    LAGS,
    stray::{KNOTS, Misses, stand},
};
use crate::{filter::TAIL, maths::scalar, quantile};

/// Ways that are remembered at a lag.
const REMEMBERED: usize = 96;
/// From so many on they stand for all.
pub(super) const ENOUGH: usize = 9;
/// Of fewer: the 95 % quantile of Student's t with 1, 2, ... degrees of freedom, by that of the normal distribution.
const FEW: [f64; ENOUGH - 1] = [3.838, 1.775, 1.431, 1.296, 1.225, 1.181, 1.152, 1.131];
/// Of the ways half are looked at, those most like now, but no fewer than these.
const MANY: usize = 24;
/// What widens after a miss and a hit: as nine hits undo a miss, nine of ten hit in the end, however the input changes. This is
/// adaptive conformal inference (Gibbs and Candès 2021), of a factor in the place of a level.
const MISS: f64 = 1.1;
/// 1.1 to the power of -1/9.
const HIT: f64 = 0.989_465_856_863_740_7;
const NARROWEST: f64 = 0.5;
const WIDEST: f64 = 5.0;
/// The standard normal distribution at 0, 0.25, ... 2.5.
const BELOW: [f64; KNOTS / 2 + 1] = [
    0.5,
    0.598_706_325_682_924,
    0.691_462_461_274_013,
    0.773_372_647_623_132,
    0.841_344_746_068_543,
    0.894_350_226_333_145,
    0.933_192_798_731_142,
    0.959_940_843_136_183,
    0.977_249_868_051_821,
    0.987_775_527_344_955,
    0.993_790_334_674_224,
];

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Lag {
    /// Where the input was; NaN where nothing waits to be compared with it.
    pub(super) from: f64,
    /// From where, and by how much it changed; the oldest at `next` once there are as many as are remembered.
    pub(super) ways: Vec<(f32, f32)>,
    next: u8,
    /// Between which ends nine of ten ways from there were foreseen to end.
    ends: (f64, f64),
    /// By how much these are wider than the ways say: it grows after a miss, and shrinks after a hit, so that nine of ten hit.
    widened: f64,
}

impl Lag {
    pub(super) fn none() -> [Lag; LAGS] {
        core::array::from_fn(|_| Lag {
            from: f64::NAN,
            ways: Vec::new(),
            next: 0,
            ends: (f64::NAN, f64::NAN),
            widened: 1.0,
        })
    }

    /// Begins a way at `from`, and foresees where it ends.
    pub(super) fn begin(&mut self, from: f64, returns: bool) {
        self.from = from;
        let known = if from.is_nan() || self.ways.len() < ENOUGH { None } else { self.shape(from, returns) };
        let end = |left: f64, miss: f64| left * from + miss;
        self.ends = known.map_or((f64::NAN, f64::NAN), |(left, shape)| {
            let misses = Misses(shape);
            (end(left, misses.at(-TAIL)), end(left, misses.at(TAIL)))
        });
    }

    /// The way ends at `to`.
    pub(super) fn take(&mut self, to: f64) {
        let (low, high) = self.ends;
        if !(self.from.is_nan() || to.is_nan() || low.is_nan()) {
            let is_hit = low <= to && to <= high;
            self.widened = (self.widened * if is_hit { HIT } else { MISS }).clamp(NARROWEST, WIDEST);
        }
        let way = (self.from as f32, (to - self.from) as f32);
        self.from = f64::NAN;
        if !(way.0.is_finite() && way.1.is_finite()) {
            return;
        }
        match self.ways.get_mut(usize::from(self.next)) {
            Some(oldest) => *oldest = way,
            None => self.ways.push(way),
        }
        self.next = (self.next + 1) % REMEMBERED as u8;
    }

    /// Whether it can be gone on with.
    pub(super) fn is_sound(&self) -> bool {
        let are_ways = self.ways.iter().all(|(from, change)| from.is_finite() && change.is_finite());
        let is_width = (NARROWEST..=WIDEST).contains(&self.widened);
        is_width && are_ways && self.ways.len() <= REMEMBERED && usize::from(self.next) < REMEMBERED
    }

    /// From where to where.
    fn ways(&self) -> impl Iterator<Item = [f64; 2]> + '_ {
        self.ways.iter().map(|(from, change)| [f64::from(*from), f64::from(*from) + f64::from(*change)])
    }

    /// From what is usual nine of ten are no further away.
    pub(super) fn most(&self) -> f64 {
        let mut sizes: Vec<f64> = self.ways().map(|[_, to]| to.abs()).collect();
        quantile::sort(&mut sizes);
        quantile::of_sorted(&sizes, 0.9)
    }

    /// How much is left of where an input is that `returns`, all of one that stays, and by how much members miss that, by where
    /// they stand; `None` where nothing is known.
    pub(super) fn shape(&self, now: f64, returns: bool) -> Option<(f64, [f64; KNOTS])> {
        let mut ways: Vec<[f64; 2]> = self.ways().collect();
        ways.sort_by(|[a, _], [b, _]| (a - now).abs().total_cmp(&(b - now).abs()));
        ways.truncate(ways.len().div_ceil(2).max(MANY));
        let count = ways.len();
        let sum = |of: fn(&[f64; 2]) -> f64| ways.iter().map(of).sum::<f64>();
        let (along, squares) = (sum(|[from, to]| from * to), sum(|[from, _]| from * from));
        let left = if returns && squares > 0.0 { (along / squares).clamp(0.0, 1.0) } else { 1.0 };
        let mut misses: Vec<f64> = ways.iter().map(|[from, to]| to - left * from).collect();
        let mut shape = core::array::from_fn(stand);
        if let Some(scale) = FEW.get(count.checked_sub(1)?) {
            let squares: f64 = misses.iter().map(|miss| miss * miss).sum();
            let deviation = scale * scalar::sqrt(squares / count as f64);
            return Some((left, shape.map(|at| at * deviation)));
        }
        quantile::sort(&mut misses);
        for (knot, miss) in shape.iter_mut().enumerate() {
            let below = match knot.checked_sub(KNOTS / 2) {
                Some(above) => BELOW[above],
                None => 1.0 - BELOW[KNOTS / 2 - knot],
            };
            // The next one is as likely to fall between any two of them.
            let place = (below * (count + 1) as f64 - 1.0).clamp(0.0, (count - 1) as f64);
            *miss = quantile::of_sorted(&misses, place / (count - 1) as f64);
        }
        // What half of so few exceed is chance: what is foreseen is in the middle.
        let middle = shape[KNOTS / 2];
        Some((left, shape.map(|miss| self.widened * (miss - middle))))
    }
}
