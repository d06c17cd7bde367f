//! Futures: a twin forked, changed and stepped ahead.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::{
    KERNEL_VERSION,
    ensemble::{Drive, Ensemble, Stepper, day_bin},
    lanes::F,
    model::{
        Change, Effect, Future, Model, Role, Signal, SliderPlan,
        program::{MEMBERS, splat},
    },
    time::{Span, Timestamp},
    twin::{Band, StateHash, Twin},
};

/// What is changed against the present: slider number and value. Empty is the baseline.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    pub sliders: Vec<(u16, f64)>,
}

/// How far ahead, and at how many instants the bands are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horizon {
    pub span: Span,
    pub points: usize,
}

/// When each member first meets a failure's condition.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossing {
    /// Number of the failure in the model.
    pub failure: u16,
    /// One a member; `None` where it does not within the horizon.
    pub first: Vec<Option<Timestamp>>,
}

impl Crossing {
    /// The share of members that meet the condition within the horizon, 0 to 1.
    pub fn probability(&self) -> f64 {
        let met = self.first.iter().filter(|t| t.is_some()).count();
        met as f64 / self.first.len().max(1) as f64
    }

    /// The instant by which `share` of all members have met the condition.
    pub fn quantile(&self, share: f64) -> Option<Timestamp> {
        let mut times: Vec<Timestamp> = self.first.iter().flatten().copied().collect();
        times.sort_unstable();
        let rank = (share * self.first.len() as f64) as usize;
        times.get(rank).copied()
    }
}

/// A future of the twin.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    pub times: Vec<Timestamp>,
    /// By quantity of the model, then by time.
    pub bands: Vec<Vec<Band>>,
    /// One a failure of the model.
    pub crossings: Vec<Crossing>,
    /// Of the final ensemble.
    pub hash: StateHash,
}

/// Steps a copy of `twin` ahead from its newest entry under `scenario`.
/// Member i starts from the twin's member i modulo 64; the same seed gives the same noise to every scenario.
/// `members` is raised to a multiple of 64. A twin that was told nothing has no future: its projection is empty.
pub fn project(twin: &Twin, scenario: &Scenario, horizon: Horizon, members: usize, seed: u64) -> Projection {
    let model = twin.model();
    let crossings = |members: usize| {
        let of = |failure| Crossing { failure: failure as u16, first: alloc::vec![None; members] };
        (0..model.failures.len()).map(of).collect()
    };
    let mut projection = Projection {
        times: Vec::new(),
        bands: alloc::vec![Vec::new(); model.quantities.len()],
        crossings: Vec::new(),
        hash: StateHash(0),
    };
    let Some(estimate) = twin.estimate() else { return projection };
    let blocks = members.div_ceil(MEMBERS).max(1);
    projection.crossings = crossings(blocks * MEMBERS);

    let mut stepper = Stepper::new(model, seed);
    let mut foreseen = Foreseen::new(model, estimate);
    let mut fork = estimate.clone();
    foreseen.change(&mut stepper, &mut fork, scenario);
    let mut ensembles = alloc::vec![fork; blocks];

    let steps = (horizon.span.0 / model.step.0).max(1);
    let stride = (steps / horizon.points.max(1) as i64).max(1);
    for step in 0..=steps {
        let t = Timestamp((estimate.step + step).saturating_mul(model.step.0));
        for (block, ensemble) in ensembles.iter_mut().enumerate() {
            stepper.first_member = (block * MEMBERS) as u32;
            foreseen.drive(t, &mut ensemble.inputs);
            let crossings = &mut projection.crossings;
            stepper.meet(ensemble, |failure, member| {
                crossings[failure].first[block * MEMBERS + member].get_or_insert(t);
            });
        }
        if step % stride == 0 || step == steps {
            projection.times.push(t);
            keep(&mut projection.bands, &mut stepper, &ensembles);
        }
        if step < steps {
            for (block, ensemble) in ensembles.iter_mut().enumerate() {
                stepper.first_member = (block * MEMBERS) as u32;
                stepper.step(ensemble, &mut foreseen);
            }
        }
    }

    let mut hasher = blake3::Hasher::new();
    hasher.update(&KERNEL_VERSION.to_le_bytes());
    hasher.update(&model.hash.0);
    ensembles.iter().for_each(|ensemble| ensemble.hash_into(&mut hasher));
    projection.hash = StateHash::of(&hasher);
    projection
}

/// Adds the distributions of one instant.
fn keep(bands: &mut [Vec<Band>], stepper: &mut Stepper, ensembles: &[Ensemble]) {
    let mut values = alloc::vec![Vec::with_capacity(ensembles.len()); bands.len()];
    for ensemble in ensembles {
        stepper.show(ensemble);
        for (quantity, values) in values.iter_mut().enumerate() {
            values.push(stepper.shown(ensemble, quantity));
        }
    }
    for (bands, values) in bands.iter_mut().zip(values) {
        bands.push(Band::of(values.as_flattened()));
    }
}

/// Inputs as the model file says they go on, changed by a scenario.
pub(crate) struct Foreseen {
    plans: Vec<Plan>,
}

struct Plan {
    future: Future,
    held: f64,
    /// The last day of a `repeat_day` input.
    day: Vec<f64>,
    changes: Vec<(Effect, f64)>,
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

    fn change(&mut self, stepper: &mut Stepper, ensemble: &mut Ensemble, scenario: &Scenario) {
        let mut parameters = stepper.parameters().to_vec();
        for (slider, value) in &scenario.sliders {
            let Some(SliderPlan { change, effect }) = stepper.model.inside.sliders.get(usize::from(*slider)) else {
                continue;
            };
            match *change {
                Change::Input(input) => self.plans[input].changes.push((*effect, *value)),
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

impl Drive for Foreseen {
    fn drive(&mut self, t: Timestamp, inputs: &mut [f64]) {
        for (plan, input) in self.plans.iter().zip(inputs) {
            let known = plan.day.get(day_bin(t)).copied().filter(|value| !value.is_nan());
            let value = match plan.future {
                Future::Hold => plan.held,
                Future::RepeatDay | Future::Schedule(_) => known.unwrap_or(plan.held),
                Future::Constant(value) => value,
            };
            *input = plan.changes.iter().fold(splat(value), |x, (effect, by)| effect.of(x, *by)).to_array()[0];
        }
    }
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
