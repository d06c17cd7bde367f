//! What drives the inputs ahead of the newest entry: the model file's word, changed by sliders.

use alloc::vec::Vec;

use super::Scenario;
use crate::{
    ensemble::{Drive, Ensemble, Stepper, day_bin},
    lanes::F,
    model::{Change, Effect, Future, Model, Role, Signal, SliderPlan, program::splat},
    time::Timestamp,
};

/// A slider, what it does and where it stands.
pub(super) type Changed = (u16, Effect, f64);

/// Inputs as the model file says they go on, changed by a scenario.
pub(crate) struct Foreseen {
    plans: Vec<Plan>,
}

struct Plan {
    future: Future,
    held: f64,
    /// The last day of a `repeat_day` input.
    day: Vec<f64>,
    changes: Vec<Changed>,
}

impl Foreseen {
    pub(crate) fn new(model: &Model, ensemble: &Ensemble) -> Foreseen {
        let mut days = ensemble.days.iter();
        let plan = |(signal, held): (&Signal, &f64)| {
            let Role::Input { future } = signal.role else { return None };
            let day = match future {
                Future::RepeatDay => days.next()?.clone(),
                Future::Schedule(number) => model.schedules[usize::from(number)].day(),
                Future::Hold | Future::Constant(_) => Vec::new(),
            };
            Some(Plan { future, held: *held, day, changes: Vec::new() })
        };
        Foreseen { plans: model.signals.iter().zip(&ensemble.inputs).filter_map(plan).collect() }
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

impl Foreseen {
    /// By how much input number `input` changes with a slider at `t`; `also` is the slider where it is not set.
    pub(super) fn slope(&self, t: Timestamp, input: usize, slider: u16, also: Option<Changed>) -> f64 {
        let plan = &self.plans[input];
        let (_, slope) = along(splat(plan.value(t)), plan.changes.iter().copied().chain(also), slider);
        slope.to_array()[0]
    }
}

impl Plan {
    /// What the input is without any change.
    fn value(&self, t: Timestamp) -> f64 {
        let known = self.day.get(day_bin(t)).copied().filter(|value| !value.is_nan());
        match self.future {
            Future::Hold => self.held,
            Future::RepeatDay | Future::Schedule(_) => known.unwrap_or(self.held),
            Future::Constant(value) => value,
        }
    }
}

impl Drive for Foreseen {
    fn drive(&mut self, t: Timestamp, inputs: &mut [f64]) {
        for (plan, input) in self.plans.iter().zip(inputs) {
            let changed = plan.changes.iter().fold(splat(plan.value(t)), |x, (_, effect, by)| effect.of(x, *by));
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
