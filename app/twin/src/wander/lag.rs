//! From where to where an input went over a lag, and what that says of where it may go from now.

use alloc::vec::Vec;
use core::iter::repeat_n;

use serde::{Deserialize, Serialize};

use super::{
    LAGS,
    stray::{KNOTS, Misses, stand},
};
use crate::{filter::TAIL, maths::scalar, quantile};

/// Ways that are remembered at a lag.
const REMEMBERED: usize = 96;
/// From so many on they stand for all.
pub(super) const ENOUGH: usize = 19;
/// What was guessed before any way was seen counts like so many.
const GUESSED: usize = 2;
/// Of fewer: the 95 % quantile of Student's t with 1, 2, ... degrees of freedom, by that of the normal distribution.
const FEW: [f64; ENOUGH - 1 + GUESSED] = [
    3.839, 1.775, 1.431, 1.296, 1.225, 1.181, 1.152, 1.130, 1.114, 1.102, 1.092, 1.084, 1.077, 1.071, 1.066, 1.061,
    1.058, 1.054, 1.051, 1.049,
];
/// Of a standard normal distribution half is no further from 0.
const QUARTILE: f64 = 0.674_489_750_196_081_7;
/// In deviations.
const FURTHEST: f64 = 2.5;
/// By how much what is but guessed is wider.
pub(super) const UNSURE: f64 = FEW[GUESSED - 1];
/// Ways of one lag that go on at the same time.
const ABREAST: usize = 2;
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

/// From where to where an input went over one lag, as often as it is remembered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Lag {
    /// Ways that have begun and not ended yet, oldest first.
    begun: Vec<Begun>,
    /// From where, and by how much it changed; the oldest at `next` once there are as many as are remembered.
    pub(super) ways: Vec<(f32, f32)>,
    next: u8,
    /// By how much the ends that are foreseen are wider than the ways say: it grows after a miss, and shrinks after a hit, so
    /// that nine of ten hit.
    widened: f64,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Begun {
    step: i64,
    from: f64,
    /// Between which nine of ten ways from there were foreseen to end; NaN while too few were seen.
    ends: (f64, f64),
}

/// How a way goes on: how much is left of where the input is, and by how much members miss that, by where they stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Course {
    pub(super) left: f64,
    /// Of the misses, as far as they are known.
    pub(super) deviation: f64,
    /// The same, as the ways alone say; NaN of none.
    pub(super) seen: f64,
    pub(super) misses: [f64; KNOTS],
}

impl Lag {
    pub(super) fn none() -> [Lag; LAGS] {
        core::array::from_fn(|_| Lag { begun: Vec::new(), ways: Vec::new(), next: 0, widened: 1.0 })
    }

    pub(super) fn seen(&self) -> usize {
        self.ways.len()
    }

    /// Begins a way at `from`, and foresees where it ends.
    pub(super) fn begin(&mut self, step: i64, from: f64, returns: bool) {
        if from.is_nan() || self.begun.len() == ABREAST {
            return;
        }
        let known = if self.ways.len() < ENOUGH { None } else { self.course(from, returns, None) };
        let ends = known.map_or((f64::NAN, f64::NAN), |Course { left, misses, .. }| {
            let misses = Misses(misses);
            (left * from + misses.at(-TAIL), left * from + misses.at(TAIL))
        });
        self.begun.push(Begun { step, from, ends });
    }

    /// Ends the way that began `steps` before `step`, at `to`.
    pub(super) fn end(&mut self, step: i64, steps: i64, to: f64) {
        let lasts = |begun: &Begun| step.saturating_sub(begun.step);
        let ended = self.begun.iter().find(|begun| lasts(begun) == steps).copied();
        self.begun.retain(|begun| (0..steps).contains(&lasts(begun)));
        let Some(Begun { from, ends: (low, high), .. }) = ended.filter(|_| !to.is_nan()) else { return };
        if !low.is_nan() {
            let is_hit = low <= to && to <= high;
            self.widened = (self.widened * if is_hit { HIT } else { MISS }).clamp(NARROWEST, WIDEST);
        }
        let way = (from as f32, (to - from) as f32);
        if !(way.0.is_finite() && way.1.is_finite()) {
            return;
        }
        match self.ways.get_mut(usize::from(self.next)) {
            Some(oldest) => *oldest = way,
            None => self.ways.push(way),
        }
        self.next = (self.next + 1) % REMEMBERED as u8;
    }

    /// Ends no way that has begun: the time between was not stepped.
    pub(super) fn skip(&mut self) {
        self.begun.clear();
    }

    /// Whether it can be gone on with.
    pub(super) fn is_sound(&self) -> bool {
        let are_ways = self.ways.iter().all(|(from, change)| from.is_finite() && change.is_finite());
        let is_width = (NARROWEST..=WIDEST).contains(&self.widened);
        let is_bounded = self.begun.len() <= ABREAST && self.ways.len() <= REMEMBERED;
        is_width && are_ways && is_bounded && usize::from(self.next) < REMEMBERED
    }

    /// From where to where.
    fn ways(&self) -> impl Iterator<Item = [f64; 2]> + '_ {
        self.ways.iter().map(|(from, change)| [f64::from(*from), f64::from(*from) + f64::from(*change)])
    }

    /// From what is usual nine of ten are no further away.
    pub(super) fn most(&self) -> f64 {
        nearest(self.ways().map(|[_, to]| to), 0.9)
    }

    /// By how much the input changes, as a deviation: by how far half of the ways go, or nine of ten where that is less, as of
    /// what swings; NaN where nothing is known.
    pub(super) fn spread(&self) -> f64 {
        let changes = || self.ways.iter().map(|(_, change)| f64::from(*change));
        usual(changes()).min(nearest(changes(), 0.9) / TAIL)
    }

    /// How a way from `now` goes on; `guess` is how much is left and the deviation of the misses, as they are thought to be
    /// before any way was seen. `None` where nothing is known. All is left of an input that does not return.
    pub(super) fn course(&self, now: f64, returns: bool, guess: Option<[f64; 2]>) -> Option<Course> {
        let mut ways: Vec<[f64; 2]> = self.ways().collect();
        ways.sort_by(|[a, _], [b, _]| (a - now).abs().total_cmp(&(b - now).abs()));
        ways.truncate(ways.len().div_ceil(2).max(MANY));
        let count = ways.len();
        let sum = |of: fn(&[f64; 2]) -> f64| ways.iter().map(of).sum::<f64>();
        let (along, squares) = (sum(|[from, to]| from * to), sum(|[from, _]| from * from));
        let left = match guess {
            Some([left, _]) if count < GUESSED => left,
            _ if returns && squares > 0.0 => (along / squares).clamp(0.0, 1.0),
            _ => 1.0,
        };
        let mut misses: Vec<f64> = ways.iter().map(|[from, to]| to - left * from).collect();
        let mut shape = core::array::from_fn(stand);
        if count < ENOUGH {
            let (guessed, deviation) = guess.map_or((0, 0.0), |[_, deviation]| (GUESSED, deviation));
            let scale = FEW.get((count + guessed).checked_sub(1)?)?;
            // A few that are far from what most are do not say how far these are.
            misses.extend(repeat_n(QUARTILE * deviation, guessed));
            let furthest = FURTHEST * usual(misses.iter().copied());
            misses.truncate(count);
            misses.extend(repeat_n(deviation, guessed));
            let size = |miss: &f64| if furthest > 0.0 { miss.abs().min(furthest) } else { *miss };
            let mean = |of: &[f64]| of.iter().map(|miss| size(miss) * size(miss)).sum::<f64>() / of.len() as f64;
            let [deviation, seen] = [mean(&misses), mean(&misses[..count])].map(scalar::sqrt);
            return Some(Course { left, deviation, seen, misses: shape.map(|at| at * scale * deviation) });
        }
        let deviation = self.widened * usual(misses.iter().copied());
        quantile::sort(&mut misses);
        for (knot, miss) in shape.iter_mut().enumerate() {
            let below = match knot.checked_sub(KNOTS / 2) {
                Some(above) => BELOW[above],
                None => 1.0 - BELOW[KNOTS / 2 - knot],
            };
            *miss = quantile::of_next(&misses, below);
        }
        // What half of so few exceed is chance: what is foreseen is in the middle.
        let middle = shape[KNOTS / 2];
        let misses = shape.map(|miss| self.widened * (miss - middle));
        Some(Course { left, deviation, seen: deviation, misses })
    }
}

/// The deviation that normal numbers have of which half are no further from 0 than half of these: it minds no few that are far
/// out. NaN of none.
fn usual(numbers: impl Iterator<Item = f64>) -> f64 {
    nearest(numbers, 0.5) / QUARTILE
}

/// How far from 0 no more than this share of the numbers is; NaN of none.
fn nearest(numbers: impl Iterator<Item = f64>, share: f64) -> f64 {
    let mut sizes: Vec<f64> = numbers.map(f64::abs).collect();
    quantile::sort(&mut sizes);
    quantile::of_sorted(&sizes, share)
}
