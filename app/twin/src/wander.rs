//! How far inputs wander from what was foreseen of them, learned as they come: a future is as unsure of its inputs as that.
//!
//! At five lags, up to a model's horizon, it is remembered from where to where an input went: one that repeats the day by how
//! far it was from what is usual. Of these, the half that began most like it is now says how it may go on (an analogue
//! forecast): how much of a difference to the usual is left, by least squares, and by how much that was missed. In a future
//! each member misses by the quantile of these at which it stands, and where it stands goes along a Gaussian process of mean 0
//! and variance 1 (a Gaussian copula), so that it misses alike soon after.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::{
    ensemble::{DAY_BINS, day_bin},
    maths::scalar,
    model::{Future, Model, Role},
    quantile,
    time::Timestamp,
};

/// Each is four times the one before; the last is about the model's horizon.
const LAGS: usize = 5;
/// Ways that are remembered at a lag.
const REMEMBERED: usize = 96;
/// From so many on they stand for all.
const ENOUGH: usize = 9;
/// Where there are more than these, only half of them are looked at, those most like now.
const MANY: usize = 24;
/// Of fewer: the 95 % quantile of Student's t with 1, 2, ... degrees of freedom, by that of the normal distribution.
const FEW: [f64; ENOUGH - 1] = [3.838, 1.775, 1.431, 1.296, 1.225, 1.181, 1.152, 1.131];
/// What differs from the usual by so many times what nine of ten misses do not exceed is odd.
const ODD: f64 = 2.0;

/// Where members may stand: so many standard deviations from the middle, in steps of a quarter.
const REACH: f64 = 2.5;
const KNOTS: usize = 21;
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

/// Whether a signal with this role may wander. What a schedule or a constant says is taken as known.
pub(crate) fn can(model: &Model, role: Role) -> bool {
    model.has_physics() && matches!(role, Role::Input { future: Future::Hold | Future::RepeatDay, .. })
}

/// The numbers of the inputs that may wander.
pub(crate) fn inputs(model: &Model) -> impl Iterator<Item = usize> + '_ {
    (0..model.inside.inputs).filter(|index| can(model, model.signals[*index].role))
}

/// The shortest lag, in steps of the grid.
pub(crate) fn shortest(model: &Model) -> i64 {
    (model.horizon.0 / model.step.0 / 256).max(1)
}

fn lags(model: &Model) -> [i64; LAGS] {
    [1, 4, 16, 64, 256].map(|times| times * shortest(model))
}

fn repeats(role: Role) -> bool {
    matches!(role, Role::Input { future: Future::RepeatDay, .. })
}

/// What is known of how an input wanders.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Wander {
    lags: [Lag; LAGS],
    /// Of an input that repeats the day.
    day: Option<Day>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Lag {
    /// Where the input was; NaN where nothing waits to be compared with it.
    from: f64,
    /// From where to where; the oldest at `next` once there are as many as are remembered.
    ways: Vec<(f32, f32)>,
    next: u8,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Day {
    /// By five minutes of the day: what is usual then; NaN where nothing is known.
    usual: Vec<f64>,
    /// By five minutes: what it was the last time, where that was odd, else NaN.
    odd: Vec<f64>,
    /// Which five minutes they are, and what stood there of the days before.
    bin: u16,
    was_usual: f64,
    was_odd: f64,
    /// What is further away from what is usual is odd.
    limit: f64,
    /// Five minutes since anything was usual for the first time, up to a day. Of the first day nothing was foreseen but that
    /// the input stays as it is; what is usual in the second is not yet sure to be.
    since: u16,
}

impl Wander {
    fn new(role: Role) -> Wander {
        let unknown = || alloc::vec![f64::NAN; DAY_BINS];
        let day = || Day {
            usual: unknown(),
            odd: unknown(),
            bin: u16::MAX,
            was_usual: f64::NAN,
            was_odd: f64::NAN,
            limit: f64::INFINITY,
            since: 0,
        };
        Wander { lags: Lag::none(), day: repeats(role).then(day) }
    }

    /// Before anything came: one an input of the model that may wander.
    pub(crate) fn begin(model: &Model) -> Vec<Wander> {
        inputs(model).map(|input| Wander::new(model.signals[input].role)).collect()
    }

    /// Whether these are of a model and can be gone on with.
    pub(crate) fn fit(wanders: &[Wander], model: &Model) -> bool {
        let is_sound = |lag: &Lag| {
            let are_ways = lag.ways.iter().all(|(from, to)| from.is_finite() && to.is_finite());
            are_ways && lag.ways.len() <= REMEMBERED && usize::from(lag.next) < REMEMBERED
        };
        let is_day = |day: &Day| day.usual.len() == DAY_BINS && day.odd.len() == DAY_BINS;
        let fits = |(wander, input): (&Wander, usize)| {
            let is_of = wander.day.is_some() == repeats(model.signals[input].role);
            is_of && wander.day.iter().all(is_day) && wander.lags.iter().all(is_sound)
        };
        wanders.len() == inputs(model).count() && wanders.iter().zip(inputs(model)).all(fits)
    }

    /// Has `wanders`, one an input that may, look at `inputs` at step `step` of the grid.
    pub(crate) fn look(wanders: &mut [Wander], model: &Model, step: i64, inputs: &[f64]) {
        let lags = lags(model);
        let is_due = step.rem_euclid(lags[0]) == 0;
        let bin = day_bin(Timestamp(step.saturating_mul(model.step.0)));
        for (wander, input) in wanders.iter_mut().zip(self::inputs(model)) {
            wander.turn_to(bin);
            if is_due {
                wander.compare(&lags, (step, bin), inputs[input]);
            }
            wander.day.iter_mut().for_each(|day| day.take(inputs[input]));
        }
    }

    /// Has the days before at hand, before today takes their place.
    fn turn_to(&mut self, bin: usize) {
        let Some(day) = self.day.as_mut().filter(|day| usize::from(day.bin) != bin) else { return };
        (day.bin, day.was_usual, day.was_odd) = (bin as u16, day.usual[bin], day.odd[bin]);
        if day.since == 0 && !day.was_usual.is_nan() {
            self.lags = Lag::none();
        }
        day.since = (day.since + u16::from(day.since > 0 || !day.was_usual.is_nan())).min(DAY_BINS as u16);
        let [_, _, often, ..] = &self.lags;
        let is_sure = usize::from(day.since) == DAY_BINS && often.ways.len() >= ENOUGH;
        day.limit = if is_sure { ODD * often.most() } else { f64::INFINITY };
    }

    /// What is usual at that time of the day; 0 where the input is foreseen to stay as it is.
    fn usual_at(&self, bin: usize) -> f64 {
        let usual = |day: &Day| if usize::from(day.bin) == bin { day.was_usual } else { day.usual[bin] };
        self.day.as_ref().filter(|day| day.since > 0).map_or(0.0, usual)
    }

    fn compare(&mut self, lags: &[i64; LAGS], (step, bin): (i64, usize), value: f64) {
        let usual = self.usual_at(bin);
        // One NaN, whose bits are the same everywhere.
        let differs = if usual.is_nan() { f64::NAN } else { value - usual };
        let [_, _, often, ..] = *lags;
        for (lag, steps) in self.lags.iter_mut().zip(lags) {
            let every = often.max(*steps);
            let at = step.rem_euclid(every);
            if at == steps % every {
                lag.take(differs);
            }
            if at == 0 {
                lag.from = differs;
            }
        }
    }

    /// Has nothing wait to be compared with what comes: the time between was not stepped.
    pub(crate) fn skip(&mut self) {
        self.lags.iter_mut().for_each(|lag| lag.from = f64::NAN);
    }

    /// What is usual by five minutes of the day, of an input that repeats it.
    pub(crate) fn usual(&self) -> &[f64] {
        self.day.as_ref().map_or(&[], |day| &day.usual)
    }

    /// Whether it comes back to what is usual, having been elsewhere.
    fn returns(&self) -> bool {
        self.day.as_ref().is_some_and(|day| day.since > 0)
    }

    /// What futures from `t` on have of it, the input being `value`; `None` while nothing is known, and of an input that has
    /// never missed.
    pub(crate) fn stray(&self, model: &Model, t: Timestamp, value: f64) -> Option<Stray> {
        let returns = self.returns();
        let differs = value - self.usual_at(day_bin(t));
        let now = if differs.is_nan() { 0.0 } else { differs };
        let mut means = [0.0; LAGS];
        let mut shapes = [[0.0; KNOTS]; LAGS];
        let mut before: Option<(f64, [f64; KNOTS])> = None;
        for ((mean, shape), lag) in means.iter_mut().zip(&mut shapes).zip(&self.lags) {
            let (left, own) = match before {
                // Four times the lag: twice the miss where all is left, as of a random walk; no more where nothing is.
                Some((left, before)) if lag.ways.len() < ENOUGH => (left, before.map(|miss| (1.0 + left) * miss)),
                _ => lag.shape(now, returns)?,
            };
            (*mean, *shape) = (if returns { now * left } else { 0.0 }, own);
            before = Some((left, own));
        }
        let widths = shapes.map(|shape| width(&shape));
        let most = widths.into_iter().fold(0.0, f64::max);
        // By then it has done most of what it does.
        let settled = widths.iter().zip(lags(model)).find(|(width, _)| **width * **width >= 0.63 * most * most);
        let memory = settled.map_or(1.0, |(_, lag)| lag as f64);
        let begin = if returns { now } else { 0.0 };
        (most > 0.0).then_some(Stray { lags: lags(model), begin, means, shapes, memory })
    }
}

/// The root of the mean square of what members miss.
fn width(shape: &[f64; KNOTS]) -> f64 {
    let at = |knot: usize| knot as f64 / 4.0 - REACH;
    let share = |knot: usize| scalar::exp(-0.5 * at(knot) * at(knot));
    let squares: f64 = shape.iter().enumerate().map(|(knot, miss)| share(knot) * miss * miss).sum();
    let shares: f64 = (0..KNOTS).map(share).sum();
    scalar::sqrt(squares / shares)
}

impl Day {
    /// Takes `value` down. What is odd becomes usual only where it comes on a second day: else each standstill would be
    /// foreseen once more.
    fn take(&mut self, value: f64) {
        let bin = usize::from(self.bin);
        let is_near = |other: f64| (value - other).abs() <= self.limit;
        let is_usual = self.was_usual.is_nan() || is_near(self.was_usual) || is_near(self.was_odd);
        (self.usual[bin], self.odd[bin]) = if is_usual { (value, f64::NAN) } else { (self.was_usual, value) };
    }
}

impl Lag {
    fn none() -> [Lag; LAGS] {
        core::array::from_fn(|_| Lag { from: f64::NAN, ways: Vec::new(), next: 0 })
    }

    fn take(&mut self, to: f64) {
        let way = (self.from as f32, to as f32);
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

    /// From what is usual nine of ten are no further away.
    fn most(&self) -> f64 {
        let mut sizes: Vec<f64> = self.ways.iter().map(|(_, to)| f64::from(to.abs())).collect();
        quantile::sort(&mut sizes);
        quantile::of_sorted(&sizes, 0.9)
    }

    /// How much is left of where an input is that `returns`, all of one that stays, and by how much members miss that, by where
    /// they stand; `None` where nothing is known.
    fn shape(&self, now: f64, returns: bool) -> Option<(f64, [f64; KNOTS])> {
        let mut ways: Vec<[f64; 2]> = self.ways.iter().map(|(from, to)| [f64::from(*from), f64::from(*to)]).collect();
        ways.sort_by(|[a, _], [b, _]| (a - now).abs().total_cmp(&(b - now).abs()));
        ways.truncate(ways.len().div_ceil(2).max(MANY));
        let count = ways.len();
        let sum = |of: fn(&[f64; 2]) -> f64| ways.iter().map(of).sum::<f64>();
        let (along, squares) = (sum(|[from, to]| from * to), sum(|[from, _]| from * from));
        let left = if returns && squares > 0.0 { (along / squares).clamp(0.0, 1.0) } else { 1.0 };
        let mut misses: Vec<f64> = ways.iter().map(|[from, to]| to - left * from).collect();
        let mut shape = core::array::from_fn(|knot| knot as f64 / 4.0 - REACH);
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
        Some((left, shape.map(|miss| miss - middle)))
    }
}

/// How an input wanders after an instant.
#[derive(Debug, Clone)]
pub(crate) struct Stray {
    /// In steps.
    lags: [i64; LAGS],
    /// How far the input is from what was foreseen of it, and is expected to be after each lag.
    begin: f64,
    means: [f64; LAGS],
    shapes: [[f64; KNOTS]; LAGS],
    /// In steps.
    memory: f64,
}

impl Stray {
    /// How far the input is expected to be from what was foreseen of it, after `lag` steps.
    pub(crate) fn mean(&self, lag: i64) -> f64 {
        let (mut from, mut before) = (0, self.begin);
        for (to, mean) in self.lags.iter().zip(&self.means) {
            if lag <= *to {
                return before + (lag - from) as f64 / (to - from) as f64 * (mean - before);
            }
            (from, before) = (*to, *mean);
        }
        before
    }

    /// By how much members miss after `lag` steps.
    pub(crate) fn misses(&self, lag: i64) -> Misses {
        let (mut from, mut before) = (0, &[0.0; KNOTS]);
        for (to, shape) in self.lags.iter().zip(&self.shapes) {
            if lag <= *to {
                let share = (lag - from) as f64 / (to - from) as f64;
                return Misses(core::array::from_fn(|knot| before[knot] + share * (shape[knot] - before[knot])));
            }
            (from, before) = (*to, shape);
        }
        Misses(*before)
    }

    /// What is left of where a member stood `from` steps ahead, when it is `to`.
    pub(crate) fn keeps(&self, from: i64, to: i64) -> f64 {
        let [before, after] = [from, to].map(|lag| width(&self.misses(lag).0));
        let grown = if after > before { before / after } else { 1.0 };
        grown * scalar::exp((from - to) as f64 / self.memory)
    }
}

/// By how much members miss, by where they stand.
#[derive(Debug, Clone)]
pub(crate) struct Misses([f64; KNOTS]);

impl Misses {
    pub(crate) fn at(&self, stands: f64) -> f64 {
        let place = ((stands + REACH) * 4.0).clamp(0.0, (KNOTS - 1) as f64);
        let below = (place as usize).min(KNOTS - 2);
        let [low, high] = [self.0[below], self.0[below + 1]];
        low + (high - low) * (place - below as f64)
    }
}
