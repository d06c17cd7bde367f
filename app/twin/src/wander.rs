//! How far inputs wander from what was foreseen of them, learned as they come: a future is as unsure of its inputs as that.
//!
//! At five lags, up to a model's horizon, it is remembered from where to where an input went: one that repeats the day by how
//! far it was from what is usual. Of these, the half that began most like it is now says how it may go on (an analogue
//! forecast): how much of a difference to the usual is left, by least squares, and by how much that was missed. In a future
//! each member misses by the quantile of these at which it stands, and where it stands goes along a Gaussian process of mean 0
//! and variance 1 (a Gaussian copula), so that it misses alike soon after.
//!
//! While few ways are known, misses are thought to be normal, their variance is pooled with what was to be expected before
//! (that of a random walk, by the lag before; of a second day, by how the first went), the band is Student's, and what is far
//! from what most are counts for less: an hour's standstill is no way in which a load goes on. By how much short lags missed
//! otherwise than was expected goes for the long ones, too, of which little was seen.

mod lag;
mod stray;

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

pub(crate) use self::stray::{Misses, Stray};
use self::{
    lag::{Course, ENOUGH, Lag},
    stray::{KNOTS, along, width},
};
use crate::{
    ensemble::{DAY_BINS, day_bin},
    maths::scalar,
    model::{Future, Model, Role},
    time::{Span, Timestamp},
};

/// The last is about the model's horizon, each of the others a quarter of the next where steps are as short.
const LAGS: usize = 5;
/// With fewer ways nothing is said.
const LEAST: usize = 2;
/// A day repeats the one before about as well as what was then goes on to be so for so long. Of 24 public records (loads,
/// weather, traffic, machines) nine of ten misses of the one were 1.1 times as large as of the other in the median, and between
/// half and twice as large in 18.
const AS_A_DAY: Span = Span(3 * Span::HOUR.0);
/// How much less or more than guessed a lag missed counts as no less than this, and as no more than its inverse.
const UNLIKE: f64 = 0.1;
/// Lags so short that what is odd lasts over them.
const SHORT: usize = 2;
/// What differs from the usual by so many deviations of a lag is odd, while few ways are known.
const ODD_ONE: f64 = 3.0;
/// What differs from the usual by so many times what nine of ten misses do not exceed is odd.
const ODD: f64 = 2.0;

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
    let shortest = shortest(model);
    let horizon = model.horizon.0 / model.step.0 / shortest;
    [1, 2, 3, 4, 5].map(|number| shortest * (horizon >> (10 - 2 * number)).max(number))
}

/// In steps.
fn as_a_day(model: &Model) -> i64 {
    (AS_A_DAY.0 / model.step.0).max(1)
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
    /// The deviation of what misses the second day at each lag, as the first one says; NaN where it says nothing.
    guess: [f64; LAGS],
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
            guess: [f64::NAN; LAGS],
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
        let is_day = |day: &Day| {
            [day.usual.len(), day.odd.len()] == [DAY_BINS; 2]
                && usize::from(day.since) <= DAY_BINS
                && day.guess.iter().all(|guess| !(guess.is_infinite() || *guess < 0.0))
        };
        let fits = |(wander, input): (&Wander, usize)| {
            let is_of = wander.day.is_some() == repeats(model.signals[input].role);
            is_of && wander.day.iter().all(is_day) && wander.lags.iter().all(Lag::is_sound)
        };
        wanders.len() == inputs(model).count() && wanders.iter().zip(inputs(model)).all(fits)
    }

    /// Has `wanders`, one an input that may, look at `inputs` at step `step` of the grid.
    pub(crate) fn look(wanders: &mut [Wander], model: &Model, step: i64, inputs: &[f64]) {
        let lags = lags(model);
        let is_due = step.rem_euclid(lags[0]) == 0;
        let bin = day_bin(Timestamp(step.saturating_mul(model.step.0)));
        for (wander, input) in wanders.iter_mut().zip(self::inputs(model)) {
            wander.turn_to(model, bin);
            if is_due {
                wander.compare(&lags, (step, bin), inputs[input]);
            }
            wander.day.iter_mut().for_each(|day| day.take(inputs[input]));
        }
    }

    /// Has the days before at hand, before today takes their place.
    fn turn_to(&mut self, model: &Model, bin: usize) {
        let Some(day) = self.day.as_mut().filter(|day| usize::from(day.bin) != bin) else { return };
        (day.bin, day.was_usual, day.was_odd) = (bin as u16, day.usual[bin], day.odd[bin]);
        if day.since == 0 && !day.was_usual.is_nan() {
            let (lags, spreads) = (lags(model), self.lags.each_ref().map(Lag::spread));
            day.guess = lags.map(|lag| along(&lags, lag.min(as_a_day(model)), 0.0, &spreads));
            self.lags = Lag::none();
        }
        day.since = (day.since + u16::from(day.since > 0 || !day.was_usual.is_nan())).min(DAY_BINS as u16);
        let [_, _, often, ..] = &self.lags;
        let is_sure = usize::from(day.since) == DAY_BINS && often.seen() >= ENOUGH;
        day.limit = if is_sure { ODD * often.most() } else { f64::INFINITY };
    }

    /// What is usual at that time of the day; 0 where the input is foreseen to stay as it is.
    fn usual_at(&self, bin: usize) -> f64 {
        let usual = |day: &Day| if usize::from(day.bin) == bin { day.was_usual } else { day.usual[bin] };
        self.day.as_ref().filter(|_| self.returns()).map_or(0.0, usual)
    }

    fn compare(&mut self, lags: &[i64; LAGS], (step, bin): (i64, usize), value: f64) {
        let usual = self.usual_at(bin);
        // One NaN, whose bits are the same everywhere.
        let differs = if usual.is_nan() { f64::NAN } else { value - usual };
        let returns = self.returns();
        let [_, _, often, ..] = *lags;
        for (lag, steps) in self.lags.iter_mut().zip(lags) {
            lag.end(step, *steps, differs);
            // Long ones begin at another time of the day each time, and before the last has ended.
            let every = match *steps {
                steps if steps > often => often + (steps / 2).max(often),
                steps if lag.seen() < ENOUGH => steps,
                _ => often,
            };
            if step.rem_euclid(every) == 0 {
                lag.begin(step, differs, returns);
            }
        }
    }

    /// Has nothing wait to be compared with what comes: the time between was not stepped.
    pub(crate) fn skip(&mut self) {
        self.lags.iter_mut().for_each(Lag::skip);
    }

    /// What is usual by five minutes of the day, of an input that repeats it and is `value` at `t`.
    pub(crate) fn usual(&self, t: Timestamp, value: f64) -> Vec<f64> {
        let Some(day) = &self.day else { return Vec::new() };
        let bin = day_bin(t);
        let mut usual = day.usual.clone();
        if usize::from(day.bin) != bin {
            (usual[bin], _) = day.after(value, [day.usual[bin], day.odd[bin]]);
        }
        usual
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
        let lags = lags(model);
        let courses = self.courses(&lags, now)?;
        let widths = courses.map(|course| width(&course.misses));
        let most = widths.into_iter().fold(0.0, f64::max);
        // By then it has done most of what it does.
        let settled = widths.iter().zip(lags).find(|(width, _)| **width * **width >= 0.63 * most * most);
        let memory = settled.map_or(1.0, |(_, lag)| lag as f64);
        let begin = if returns { now } else { 0.0 };
        let mut means = courses.map(|course| begin * course.left);
        for ((mean, course), lag) in means.iter_mut().zip(&courses).zip(&self.lags).skip(SHORT) {
            // Either now is odd, or the day before was: neither lasts.
            if lag.seen() < ENOUGH && begin.abs() > ODD_ONE * course.deviation {
                *mean = 0.0;
            }
        }
        let shapes = courses.map(|course| course.misses);
        (most > 0.0).then_some(Stray { lags, begin, means, shapes, memory, as_a_day: as_a_day(model), returns })
    }

    /// How the input goes on over each lag, being `now` where ways are compared.
    fn courses(&self, lags: &[i64; LAGS], now: f64) -> Option<[Course; LAGS]> {
        let guess = self.day.as_ref().filter(|day| day.since > 0).map(|day| day.guess);
        let mut before: Option<(i64, Course)> = None;
        let mut courses = [Course { left: 1.0, deviation: 0.0, seen: f64::NAN, misses: [0.0; KNOTS] }; LAGS];
        // By how much shorter lags were found to miss otherwise than was guessed, longer ones will: of so many ways, the
        // logarithms of these ratios.
        let (mut ways, mut ratios) = (ENOUGH as f64, 0.0);
        for (number, (course, lag)) in courses.iter_mut().zip(&self.lags).enumerate() {
            let left = before.map_or(1.0, |(_, before)| before.left);
            let first = guess.map_or(f64::NAN, |guess| guess[number]);
            let guessed = match before {
                _ if !first.is_nan() => Some(first * scalar::exp(ratios / ways)),
                // As of a random walk where all is left.
                Some((shorter, before)) => {
                    let longer = scalar::sqrt(lags[number] as f64 / shorter as f64);
                    Some(before.deviation * (1.0 + left * (longer - 1.0)))
                }
                _ if lag.seen() < LEAST => return None,
                _ => None,
            };
            *course = lag.course(now, self.returns(), guessed.map(|deviation| [left, deviation]))?;
            before = Some((lags[number], *course));
            if first > 0.0 && !course.seen.is_nan() {
                let tell = lag.seen().min(ENOUGH) as f64;
                ways += tell;
                ratios += tell * scalar::ln((course.seen / first).clamp(UNLIKE, 1.0 / UNLIKE));
            }
        }
        Some(courses)
    }
}

impl Day {
    /// Takes `value` down.
    fn take(&mut self, value: f64) {
        let bin = usize::from(self.bin);
        (self.usual[bin], self.odd[bin]) = self.after(value, [self.was_usual, self.was_odd]);
    }

    /// What is usual and what was odd after `value`. What is odd becomes usual only where it comes on a second day: else each
    /// standstill would be foreseen once more.
    fn after(&self, value: f64, [usual, odd]: [f64; 2]) -> (f64, f64) {
        let is_near = |other: f64| (value - other).abs() <= self.limit;
        if usual.is_nan() || is_near(usual) || is_near(odd) { (value, f64::NAN) } else { (usual, value) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_gone_on_with_is_told() {
        let model = Model::parse(include_str!("../../../server/models/power-transformer.toml")).unwrap();
        let day = |change: fn(&mut Day)| {
            let mut wanders = Wander::begin(&model);
            wanders[0].day.iter_mut().for_each(change);
            Wander::fit(&wanders, &model)
        };
        assert!(day(|_| {}));
        assert!(!day(|day| day.since = u16::MAX));
        assert!(!day(|day| day.odd.truncate(1)));
        assert!(!day(|day| day.guess[1] = f64::INFINITY));
        let lag = |change: fn(&mut Lag)| {
            let mut wanders = Wander::begin(&model);
            wanders[0].lags.iter_mut().for_each(change);
            Wander::fit(&wanders, &model)
        };
        assert!(lag(|lag| lag.ways.push((1.0, 2.0))));
        assert!(!lag(|lag| lag.ways.push((f32::NAN, 2.0))));
        assert!(!lag(|lag| lag.ways = alloc::vec![(0.0, 0.0); 97]));
        assert!(!Wander::fit(&[], &model));
    }
}
