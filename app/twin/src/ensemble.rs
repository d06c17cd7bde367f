//! The ensemble of one asset and how it steps: the one primitive beneath following, forecast and what-if.

use alloc::vec::Vec;

use crate::{
    aside::{self, Working},
    integrate::{Drives, feed},
    lanes::{self, F},
    model::{
        Component, Future, Method, Model, Prior, Role,
        program::{Block, MEMBERS, Scratch, WIDTH, splat},
    },
    philox, prior,
    time::{Span, Timestamp},
};

/// Bins of a day that a `repeat_day` input remembers.
pub(crate) const DAY_BINS: usize = 288;
/// A longer silence is stepped this far; then the ensemble waits for the time to catch up. So no two entries, however
/// far apart, can cost more than some 40 ms.
const LONGEST_RUN: i64 = 4_000;
/// The grid index of the draws that spread the first ensemble.
const BEFORE_ALL: i64 = i64::MIN;

/// Sixty-four members at one point of the time grid.
#[derive(Debug, Clone)]
pub(crate) struct Ensemble {
    /// Index on the time grid: the time is `step` times the model's step.
    pub step: i64,
    /// States, then calibrated parameters.
    pub components: Vec<Block>,
    /// The value that each input holds.
    pub inputs: Vec<f64>,
    /// By `repeat_day` input: the last day in bins of five minutes, NaN where nothing is known.
    pub days: Vec<Vec<f64>>,
}

impl Ensemble {
    /// Feeds every bit of the state, in model order; NaN in its one canonical form.
    pub(crate) fn hash_into(&self, hasher: &mut blake3::Hasher) {
        let mut feed = |value: f64| {
            let bits = if value.is_nan() { 0x7ff8_0000_0000_0000 } else { value.to_bits() };
            hasher.update(&bits.to_le_bytes());
        };
        self.components.iter().flatten().for_each(|pair| pair.to_array().into_iter().for_each(&mut feed));
        self.inputs.iter().chain(self.days.iter().flatten()).copied().for_each(&mut feed);
        hasher.update(&self.step.to_le_bytes());
    }
}

/// What drives the inputs while the ensemble steps.
pub(crate) trait Drive {
    /// Writes the inputs that hold during the step that begins at `t`.
    fn drive(&mut self, t: Timestamp, inputs: &mut [f64]);
}

/// Inputs stay as they are.
pub(crate) struct Held;

impl Drive for Held {
    fn drive(&mut self, _: Timestamp, _: &mut [f64]) {}
}

pub(crate) fn grid(model: &Model, t: Timestamp) -> i64 {
    t.0.div_euclid(model.step.0)
}

pub(crate) fn day_bin(t: Timestamp) -> usize {
    (t.0.rem_euclid(Span::DAY.0) / (Span::DAY.0 / DAY_BINS as i64)) as usize
}

/// The numbers of the inputs that repeat the last day, in order.
pub(crate) fn repeating(model: &Model) -> impl Iterator<Item = usize> + '_ {
    model
        .signals
        .iter()
        .enumerate()
        .filter_map(|(index, signal)| matches!(signal.role, Role::Input { future: Future::RepeatDay }).then_some(index))
}

/// A model with the memory that its programs run in.
pub(crate) struct Stepper<'m> {
    pub model: &'m Model,
    pub seed: u64,
    /// Number of the block's first member in all random draws.
    pub first_member: u32,
    /// Whether members differ: without spread all are the nominal asset.
    spreads: bool,
    parameters: Vec<f64>,
    rates: Scratch,
    shown: Scratch,
    conditions: Scratch,
    trial: Vec<Block>,
    slopes: Vec<Block>,
    /// Of a model that has more than rates.
    working: Option<Working>,
}

impl<'m> Stepper<'m> {
    pub(crate) fn new(model: &'m Model, seed: u64) -> Stepper<'m> {
        let inside = &model.inside;
        let empty = [splat(0.0); MEMBERS / WIDTH];
        let mut stepper = Stepper {
            model,
            seed,
            first_member: 0,
            spreads: true,
            parameters: Vec::new(),
            rates: inside.rates.scratch(),
            shown: inside.shown.scratch(),
            conditions: inside.conditions.scratch(),
            trial: alloc::vec![empty; inside.components.len()],
            slopes: alloc::vec![empty; inside.states],
            working: Working::new(inside),
        };
        stepper.set_parameters(inside.parameters.clone());
        stepper
    }

    /// A stepper whose members are all the asset as the model file states it.
    pub(crate) fn nominal(model: &'m Model) -> Stepper<'m> {
        Stepper { spreads: false, ..Stepper::new(model, 0) }
    }

    pub(crate) fn parameters(&self) -> &[f64] {
        &self.parameters
    }

    pub(crate) fn set_parameters(&mut self, parameters: Vec<f64>) {
        let inside = &self.model.inside;
        inside.rates.set_parameters(&mut self.rates, &parameters);
        inside.shown.set_parameters(&mut self.shown, &parameters);
        inside.conditions.set_parameters(&mut self.conditions, &parameters);
        if let Some(working) = &mut self.working {
            working.set_parameters(inside, &parameters);
        }
        self.parameters = parameters;
    }

    /// The ensemble before anything is known, at the grid point before `t`.
    pub(crate) fn start(&self, t: Timestamp) -> Ensemble {
        self.start_with(t, &self.model.inside.input_starts)
    }

    /// The ensemble of an asset whose inputs are `inputs`.
    pub(crate) fn start_with(&self, t: Timestamp, inputs: &[f64]) -> Ensemble {
        let inside = &self.model.inside;
        let mut components = alloc::vec![[splat(0.0); MEMBERS / WIDTH]; inside.components.len()];
        for (index, component) in inside.components.iter().enumerate().skip(inside.states) {
            components[index].fill(splat(component.start));
            self.spread(&mut components[index], index, component);
            self.bound(&mut components[index], index);
        }
        let mut scratch = inside.initial.scratch();
        inside.initial.set_parameters(&mut scratch, &self.parameters);
        let drives = Drives { inputs, t, secs: self.model.step.secs() };
        feed(inside, &inside.initial, &mut scratch, drives, 0.0);
        inside.initial.run(&mut scratch, &components);
        let mut states = Vec::with_capacity(inside.states);
        for index in 0..inside.states {
            let mut block = [splat(0.0); MEMBERS / WIDTH];
            inside.initial.result(&scratch, &components, index).copy_to(&mut block);
            self.scatter(&mut block, index, inside.components[index].spread, BEFORE_ALL);
            self.bound(&mut block, index);
            states.push(block);
        }
        components[..inside.states].copy_from_slice(&states);
        aside::settle(inside, &mut components, &self.parameters, drives);
        Ensemble {
            step: grid(self.model, t),
            components,
            inputs: inputs.to_vec(),
            days: repeating(self.model).map(|_| alloc::vec![f64::NAN; DAY_BINS]).collect(),
        }
    }

    /// Steps to the grid point before `t`, never back.
    pub(crate) fn advance(&mut self, ensemble: &mut Ensemble, t: Timestamp, drive: &mut impl Drive) {
        let target = grid(self.model, t);
        let stop = target.min(ensemble.step.saturating_add(LONGEST_RUN));
        while ensemble.step < stop {
            self.step(ensemble, drive);
        }
        ensemble.step = ensemble.step.max(target);
    }

    /// One step of the time grid.
    pub(crate) fn step(&mut self, ensemble: &mut Ensemble, drive: &mut impl Drive) {
        let now = Timestamp(ensemble.step.saturating_mul(self.model.step.0));
        drive.drive(now, &mut ensemble.inputs);
        for (day, input) in ensemble.days.iter_mut().zip(repeating(self.model)) {
            day[day_bin(now)] = ensemble.inputs[input];
        }
        let inside = &self.model.inside;
        inside.rates.set_inputs(&mut self.rates, &ensemble.inputs);
        let dt = self.model.step.secs();
        match (self.working.take(), inside.method) {
            (Some(mut working), _) => {
                let drives = Drives { inputs: &ensemble.inputs, t: now, secs: dt };
                working.step(self, &mut ensemble.components, ensemble.step, drives);
                self.working = Some(working);
            }
            (None, Method::Euler) => self.euler(&mut ensemble.components, dt),
            (None, _) => self.rk4(&mut ensemble.components, dt),
        }
        ensemble.step += 1;
        // Noise enters once a minute of the grid, or every step where steps are longer.
        let stride = (Span::MINUTE.0 / self.model.step.0).max(1);
        if ensemble.step.rem_euclid(stride) == 0 {
            for (index, component) in inside.components.iter().enumerate() {
                let deviation = lanes::sqrt(splat(component.drift * dt * stride as f64)).to_array()[0];
                self.scatter(&mut ensemble.components[index], index, deviation, ensemble.step);
            }
        }
        for (index, block) in ensemble.components.iter_mut().enumerate() {
            self.bound(block, index);
        }
    }

    fn euler(&mut self, components: &mut [Block], dt: f64) {
        let (rates, h) = (&self.model.inside.rates, splat(dt));
        rates.run(&mut self.rates, components);
        for (index, slope) in self.slopes.iter_mut().enumerate() {
            rates.result(&self.rates, components, index).copy_to(slope);
        }
        for (block, slope) in components.iter_mut().zip(&self.slopes) {
            for (x, k) in block.iter_mut().zip(slope) {
                *x += h * *k;
            }
        }
    }

    fn rk4(&mut self, components: &mut [Block], dt: f64) {
        let rates = &self.model.inside.rates;
        self.trial.copy_from_slice(components);
        for (stage, (weight, ahead)) in [(1.0, 0.5), (2.0, 0.5), (2.0, 1.0), (1.0, 0.0)].into_iter().enumerate() {
            let (weight, ahead) = (splat(weight), splat(ahead * dt));
            rates.run(&mut self.rates, &self.trial);
            for (index, slope) in self.slopes.iter_mut().enumerate() {
                let k = rates.result(&self.rates, &self.trial, index);
                for (at, sum) in slope.iter_mut().enumerate() {
                    let k = k.pair(at);
                    *sum = if stage == 0 { k } else { *sum + weight * k };
                }
            }
            if stage < 3 {
                // A slope may be read from `trial` itself, so all are taken before any is overwritten.
                self.next_trial(components, ahead);
            }
        }
        let sixth = splat(dt / 6.0);
        for (block, slope) in components.iter_mut().zip(&self.slopes) {
            for (x, k) in block.iter_mut().zip(slope) {
                *x += sixth * *k;
            }
        }
    }

    fn next_trial(&mut self, components: &[Block], ahead: F) {
        let rates = &self.model.inside.rates;
        let mut next = core::mem::take(&mut self.trial);
        let before: Vec<Block> = (0..self.model.inside.states)
            .map(|index| {
                let mut block = components[index];
                let k = rates.result(&self.rates, &next, index);
                for (at, x) in block.iter_mut().enumerate() {
                    *x += ahead * k.pair(at);
                }
                block
            })
            .collect();
        next[..before.len()].copy_from_slice(&before);
        self.trial = next;
    }

    /// Works out the quantities that are no inputs; `shown` reads them.
    pub(crate) fn show(&mut self, ensemble: &Ensemble) {
        let program = &self.model.inside.shown;
        let drives = self.drives(ensemble);
        feed(&self.model.inside, program, &mut self.shown, drives, 0.0);
        program.run(&mut self.shown, &ensemble.components);
    }

    /// The members' values of quantity `quantity`, inputs too, after `show`.
    pub(crate) fn shown(&self, ensemble: &Ensemble, quantity: usize) -> Block {
        let mut block = [splat(0.0); MEMBERS / WIDTH];
        match quantity.checked_sub(self.model.inside.inputs) {
            None => block.fill(splat(ensemble.inputs[quantity])),
            Some(index) => {
                self.model.inside.shown.result(&self.shown, &ensemble.components, index).copy_to(&mut block);
            }
        }
        block
    }

    /// Calls `meets(failure, member)` for each member that meets a failure's condition now.
    pub(crate) fn meet(&mut self, ensemble: &Ensemble, mut meets: impl FnMut(usize, usize)) {
        let program = &self.model.inside.conditions;
        let drives = self.drives(ensemble);
        feed(&self.model.inside, program, &mut self.conditions, drives, 0.0);
        program.run(&mut self.conditions, &ensemble.components);
        for failure in 0..self.model.failures.len() {
            let holds = program.result(&self.conditions, &ensemble.components, failure);
            for at in 0..MEMBERS / WIDTH {
                for (lane, holds) in holds.pair(at).to_array().into_iter().enumerate() {
                    // A condition over NaN compares as false, so a lost member meets nothing.
                    if holds == 1.0 {
                        meets(failure, at * WIDTH + lane);
                    }
                }
            }
        }
    }

    /// Sets what event number `event` sets, all at once.
    pub(crate) fn set_by_event(&self, ensemble: &mut Ensemble, event: usize) {
        let plan = &self.model.inside.events[event];
        let mut scratch = plan.program.scratch();
        plan.program.set_parameters(&mut scratch, &self.parameters);
        feed(&self.model.inside, &plan.program, &mut scratch, self.drives(ensemble), 0.0);
        plan.program.run(&mut scratch, &ensemble.components);
        let before = ensemble.components.clone();
        for (index, target) in plan.targets.iter().enumerate() {
            let block = &mut ensemble.components[*target];
            plan.program.result(&scratch, &before, index).copy_to(block);
            self.bound(block, *target);
        }
    }

    /// The inputs and the time of `ensemble`.
    fn drives<'e>(&self, ensemble: &'e Ensemble) -> Drives<'e> {
        let secs = self.model.step.secs();
        Drives { inputs: &ensemble.inputs, t: Timestamp(ensemble.step.saturating_mul(self.model.step.0)), secs }
    }

    /// Spreads a calibrated parameter as is believed before anything is known.
    fn spread(&self, block: &mut Block, index: usize, component: &Component) {
        match component.prior {
            Prior::Normal => self.scatter(block, index, component.spread, BEFORE_ALL),
            _ if !self.spreads => {}
            _ => prior::draw(component, (self.seed, self.first_member, BEFORE_ALL), index, block),
        }
    }

    pub(crate) fn scatter(&self, block: &mut Block, component: usize, deviation: f64, step: i64) {
        if deviation == 0.0 || !self.spreads {
            return;
        }
        let mut normals = [0.0; MEMBERS];
        philox::normals(self.seed, self.first_member, step, component as u32, &mut normals);
        for (x, [a, b]) in block.iter_mut().zip(normals.as_chunks::<WIDTH>().0) {
            *x += splat(deviation) * F::new([*a, *b]);
        }
    }

    pub(crate) fn bound(&self, block: &mut Block, component: usize) {
        let [low, high] = self.model.inside.components[component].bounds;
        if low == f64::NEG_INFINITY && high == f64::INFINITY {
            return;
        }
        let (low, high) = (splat(low), splat(high));
        for x in block.iter_mut() {
            // Written so that NaN stays NaN.
            *x = lanes::select(lanes::lt(*x, low), low, lanes::select(lanes::lt(high, *x), high, *x));
        }
    }
}
