//! What drives the inputs ahead of the newest entry: the model file's word, changed by sliders.

use alloc::vec::Vec;

use super::Scenario;
use crate::{
    ensemble::{Drive, Ensemble, Stepper, day_bin},
    lanes::F,
    maths::scalar,
    model::{
        Change, Effect, Future, Model, Role, Signal, SliderPlan,
        program::{Block, splat},
    },
    time::{Span, Timestamp},
    wander::{self, Misses, Stray},
};

/// A slider, what it does and where it stands.
pub(super) type Changed = (u16, Effect, f64);

/// Inputs as the model file says they go on, changed by a scenario.
pub(crate) struct Foreseen {
    plans: Vec<Plan>,
    /// The numbers of the inputs that may wander.
    wandering: Vec<usize>,
    /// From where on it is foreseen, and the step of the grid.
    from: i64,
    step: Span,
    /// After so many steps each members move on to where they stand.
    stride: i64,
}

struct Plan {
    future: Future,
    held: f64,
    /// What is usual by five minutes of the day, of a `repeat_day` input and of a schedule.
    day: Vec<f64>,
    changes: Vec<Changed>,
    range: [f64; 2],
    /// How it wanders, where anything is known of that.
    stray: Option<Stray>,
    /// Where members last moved on to.
    moved: Option<Moved>,
}

struct Moved {
    /// What they kept of where they stood.
    keeps: f64,
    /// By how much they miss.
    misses: Misses,
    /// The same on a first day of an input that repeats it, of times that this day has seen.
    again: Option<Misses>,
}

impl Foreseen {
    pub(crate) fn new(model: &Model, ensemble: &Ensemble) -> Foreseen {
        let mut wanders = ensemble.wanders.iter();
        let now = Timestamp(ensemble.step.saturating_mul(model.step.0));
        let plan = |(signal, held): (&Signal, &f64)| {
            let Role::Input { future, is_known } = signal.role else { return None };
            let wander = if wander::can(model, signal.role) { wanders.next() } else { None };
            let stray = wander.filter(|_| !is_known).and_then(|wander| wander.stray(model, now, *held));
            let day = match future {
                Future::Schedule(number) => model.schedules[usize::from(number)].day(),
                _ => wander.map_or(Vec::new(), |wander| wander.usual(now, *held)),
            };
            Some(Plan { future, held: *held, day, changes: Vec::new(), range: signal.range, stray, moved: None })
        };
        Foreseen {
            plans: model.signals.iter().zip(&ensemble.inputs).filter_map(plan).collect(),
            wandering: wander::inputs(model).collect(),
            from: ensemble.step,
            step: model.step,
            stride: wander::shortest(model),
        }
    }

    /// Whether members go apart by their inputs: not before anything is known of how these wander.
    pub(crate) fn goes_apart(&self) -> bool {
        self.plans.iter().any(|plan| plan.stray.is_some())
    }

    /// Steps ahead of where it began, where members last moved on.
    fn ahead(&self, t: Timestamp) -> i64 {
        let lag = t.0.div_euclid(self.step.0) - self.from;
        lag - lag.rem_euclid(self.stride)
    }

    /// Whether members move on at `t`.
    pub(super) fn moves_on(&self, t: Timestamp) -> bool {
        let lag = t.0.div_euclid(self.step.0) - self.from;
        lag > 0 && lag == self.ahead(t)
    }

    /// Moves on where the members from number `first` on stand with each input that may wander.
    pub(super) fn move_on(&self, stepper: &Stepper, t: Timestamp, first: usize, stand: &mut [Block]) {
        let lag = self.ahead(t);
        let mut drawn = Block::splat(0.0);
        for ((number, input), stand) in self.wandering.iter().enumerate().zip(stand) {
            let Some(Moved { keeps, .. }) = self.plans[*input].moved else { continue };
            let new = scalar::sqrt(1.0 - keeps * keeps);
            let component = stepper.inside.components.len() - self.wandering.len() + number;
            stepper.draw(&mut drawn, component, first as u32, self.from + lag);
            for (x, drawn) in stand.iter_mut().zip(&drawn) {
                *x = splat(keeps) * *x + splat(new) * *drawn;
            }
        }
    }

    /// Writes what each member has of the inputs that may wander at `t`, by where it stands: the same in each of so many blocks
    /// an input as `given` has.
    pub(super) fn give(&self, t: Timestamp, stand: &[Block], given: &mut [Block]) {
        let blocks = given.len() / self.wandering.len().max(1);
        for ((input, stand), given) in self.wandering.iter().zip(stand).zip(given.chunks_exact_mut(blocks.max(1))) {
            let plan = &self.plans[*input];
            let expected = plan.value(t, self.ahead(t));
            let misses = plan.misses(t);
            for (x, stands) in given[0].iter_mut().zip(stand) {
                *x = along(plan.told(expected, misses, *stands), plan.changes.iter().copied(), u16::MAX).0;
            }
            let (first, rest) = given.split_at_mut(1);
            rest.fill(first[0]);
        }
    }

    /// By how much input number `input` of each member changes with a slider at `t`, by where the members stand; `also` is the
    /// slider where it is not set.
    pub(super) fn slope(
        &self,
        t: Timestamp,
        input: usize,
        stand: &[Block],
        slider: u16,
        also: Option<Changed>,
    ) -> Block {
        let plan = &self.plans[input];
        let (expected, misses) = (plan.value(t, self.ahead(t)), plan.misses(t));
        let number = self.wandering.iter().position(|own| *own == input);
        let mut slopes = number.map_or(Block::splat(0.0), |number| stand[number]);
        for x in slopes.iter_mut() {
            *x = along(plan.told(expected, misses, *x), plan.changes.iter().copied().chain(also), slider).1;
        }
        slopes
    }

    pub(super) fn change(&mut self, stepper: &mut Stepper, ensemble: &mut Ensemble, scenario: &Scenario) {
        let mut parameters = stepper.parameters().to_vec();
        for (slider, value) in &scenario.sliders {
            let Some(SliderPlan { change, effect }) = stepper.model.inside.sliders.get(usize::from(*slider)) else {
                continue;
            };
            match *change {
                Change::Input(input) => self.plans[input].changes.push((*slider, *effect, *value)),
                Change::Parameter(index) => {
                    parameters[index] = effect.of(splat(parameters[index]), *value).to_array()[0]
                }
                Change::Component(index) => {
                    let block = &mut ensemble.components[index];
                    block.iter_mut().for_each(|x| *x = effect.of(*x, *value));
                    stepper.bound(block, index);
                }
            }
        }
        stepper.set_parameters(parameters);
    }
}

impl Plan {
    /// Moves on from `from` to `to` steps ahead.
    fn move_on(&mut self, from: i64, to: i64) {
        let repeats = self.future == Future::RepeatDay;
        self.moved = self.stray.as_ref().map(|stray| Moved {
            keeps: stray.keeps(from, to),
            misses: stray.misses(to),
            again: (repeats && !stray.returns).then(|| stray.misses_of_repeating(to)),
        });
    }

    /// By how much members miss at `t`.
    fn misses(&self, t: Timestamp) -> Option<&Misses> {
        let Moved { misses, again, .. } = self.moved.as_ref()?;
        let is_known = || self.day.get(day_bin(t)).is_some_and(|usual| !usual.is_nan());
        Some(again.as_ref().filter(|_| is_known()).unwrap_or(misses))
    }

    /// What the members that stand there are told of the input without any change.
    fn told(&self, expected: f64, misses: Option<&Misses>, stand: F) -> F {
        let [low, high] = self.range;
        match misses {
            Some(misses) => F::new(stand.to_array().map(|stands| (expected + misses.at(stands)).clamp(low, high))),
            None => splat(expected),
        }
    }

    /// What is expected of the input without any change, having moved on for the last time `ahead` steps after the start.
    fn value(&self, t: Timestamp, ahead: i64) -> f64 {
        let known = self.day.get(day_bin(t)).copied().filter(|value| !value.is_nan());
        match (self.future, known) {
            (Future::Constant(value), _) => value,
            (Future::RepeatDay, Some(usual)) => {
                let [low, high] = self.range;
                self.stray.as_ref().map_or(usual, |stray| (usual + stray.mean(ahead)).clamp(low, high))
            }
            (Future::Schedule(_), Some(value)) => value,
            _ => self.held,
        }
    }
}

impl Drive for Foreseen {
    fn drive(&mut self, t: Timestamp, inputs: &mut [f64]) {
        let ahead = self.ahead(t);
        if self.moves_on(t) {
            self.plans.iter_mut().for_each(|plan| plan.move_on(ahead - self.stride, ahead));
        }
        for (plan, input) in self.plans.iter().zip(inputs) {
            let (changed, _) = along(splat(plan.value(t, ahead)), plan.changes.iter().copied(), u16::MAX);
            *input = changed.to_array()[0];
        }
    }
}

/// `x` after `changes`, and by how much that changes with one of the sliders.
pub(super) fn along(x: F, changes: impl Iterator<Item = Changed>, slider: u16) -> (F, F) {
    changes.fold((x, splat(0.0)), |(x, slope), (own, effect, by)| {
        let direct = splat(if own == slider { 1.0 } else { 0.0 });
        let slope = match effect {
            Effect::Set => direct,
            Effect::Scale => slope * splat(by) + x * direct,
            Effect::Add => slope + direct,
        };
        (effect.of(x, by), slope)
    })
}

impl Effect {
    fn of(self, x: F, by: f64) -> F {
        match self {
            Effect::Set => splat(by),
            Effect::Scale => x * splat(by),
            Effect::Add => x + splat(by),
        }
    }
}
