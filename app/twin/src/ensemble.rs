//! The ensemble of one asset and how it steps: the one primitive beneath following, forecast and what-if.

mod change;
mod show;

use alloc::vec::Vec;

use self::change::Change;
use crate::{
    aside::{self, Working},
    detect::Charts,
    entry::What,
    gauge,
    integrate::{Drives, feed},
    lanes,
    maths::scalar,
    model::{
        Inside, Latent, Model, Prior,
        program::{Block, Scratch, splat},
    },
    sum,
    time::{Span, Timestamp},
    twin::Innovation,
    wander::Wander,
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
    /// How far inputs have been from what was foreseen of them, one an input that may wander.
    pub wanders: Vec<Wander>,
    /// What was found out about measurements so far. It moves with these only, and no future has any.
    pub charts: Charts,
    /// What gauges have read of measurements so far, one a gauge of the model.
    pub runs: Vec<gauge::Run>,
}

impl Ensemble {
    /// Puts how a measurement differed from what was expected on its chart.
    pub(crate) fn take_note(&mut self, model: &Model, said: &Innovation) {
        let components = &self.components;
        let normal = || {
            let of = |latent: &Latent| {
                let block = &components[usize::from(latent.component)][..];
                let mean = sum::mean(block);
                [mean, scalar::sqrt(sum::variance(block, mean))]
            };
            model.latents.iter().map(of).collect()
        };
        self.charts.take(model, said, normal);
    }

    /// Has gauges read what came at an instant.
    pub(crate) fn read(&mut self, model: &Model, t: Timestamp, entries: &[What]) {
        self.runs.iter_mut().zip(&model.gauges).for_each(|(run, gauge)| run.take(gauge, t, entries));
    }

    /// Feeds every bit of the state, in model order; NaN in its one canonical form.
    pub(crate) fn hash_into(&self, model: &Model, hasher: &mut blake3::Hasher) {
        hash_numbers(hasher, lanes::flat(&self.components).iter().flat_map(|pair| pair.to_array()));
        hash_numbers(hasher, self.inputs.iter().copied());
        hasher.update(&self.step.to_le_bytes());
        hasher.update(&postcard::to_extend(&(&self.charts, &self.wanders), Vec::new()).unwrap_or_default());
        for (run, gauge) in self.runs.iter().zip(&model.gauges) {
            hasher.update(&postcard::to_extend(&run.keep(gauge), Vec::new()).unwrap_or_default());
        }
    }
}

/// Feeds the bits of `numbers`; NaN in its one canonical form.
pub(crate) fn hash_numbers(hasher: &mut blake3::Hasher, numbers: impl Iterator<Item = f64>) {
    // Many at a time: fed one by one they cost more than the hash.
    let mut bytes = Vec::with_capacity(512);
    for number in numbers {
        let bits = if number.is_nan() { 0x7ff8_0000_0000_0000 } else { number.to_bits() };
        bytes.extend_from_slice(&bits.to_le_bytes());
        if bytes.len() == 512 {
            hasher.update(&bytes);
            bytes.clear();
        }
    }
    hasher.update(&bytes);
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

/// A model with the memory that its programs run in.
pub(crate) struct Stepper<'m> {
    pub model: &'m Model,
    /// Of the model: as it is followed, or as members go apart in futures.
    pub inside: &'m Inside,
    pub seed: u64,
    /// Whether members differ: without spread all are the nominal asset.
    spreads: bool,
    /// What happens to each component after a step: noise, then its bounds.
    changes: Vec<Change>,
    /// Noise enters whenever the grid's index is a multiple of this.
    stride: i64,
    parameters: Vec<f64>,
    step: Scratch,
    shown: Scratch,
    conditions: Scratch,
    /// Blocks of members that are stepped side by side: component i has those from number i * `abreast` on.
    pub abreast: usize,
    /// Of a model that has more than rates.
    working: Option<Working>,
    /// The inputs that hold, and since when.
    held: Vec<f64>,
    held_at: Timestamp,
}

impl<'m> Stepper<'m> {
    pub(crate) fn new(model: &'m Model, seed: u64) -> Stepper<'m> {
        Stepper::with_noise(model, &model.inside, seed, 1.0)
    }

    /// A stepper for members of which each has its own value of the inputs that may wander.
    pub(crate) fn apart(model: &'m Model, seed: u64) -> Stepper<'m> {
        Stepper::with_noise(model, model.apart(), seed, 1.0)
    }

    /// A stepper whose members are all the asset as the model file states it.
    pub(crate) fn nominal(model: &'m Model) -> Stepper<'m> {
        Stepper::with_noise(model, &model.inside, 0, 0.0)
    }

    /// A stepper with `noise` times the model's noise.
    fn with_noise(model: &'m Model, inside: &'m Inside, seed: u64, noise: f64) -> Stepper<'m> {
        // Once a minute of the grid, or every step where steps are longer.
        let stride = (Span::MINUTE.0 / model.step.0).max(1);
        let mut stepper = Stepper {
            model,
            inside,
            seed,
            spreads: noise != 0.0,
            changes: Change::all(inside, noise, stride as f64 * model.step.secs()),
            stride,
            parameters: Vec::new(),
            step: inside.step.scratch(inside.width),
            shown: inside.shown.scratch(inside.width),
            conditions: inside.conditions.scratch(inside.width),
            abreast: 1,
            working: Working::new(inside),
            held: Vec::new(),
            held_at: Timestamp(0),
        };
        stepper.set_parameters(inside.parameters.clone());
        stepper
    }

    /// Whether blocks can go side by side: not those of a model that has more than rates.
    pub(crate) fn can_go_abreast(&self) -> bool {
        self.working.is_none()
    }

    /// The same for `blocks` blocks of members side by side, which takes less time a member; `None` where they cannot.
    pub(crate) fn abreast(&self, blocks: usize) -> Option<Stepper<'m>> {
        let inside = self.inside;
        if !self.can_go_abreast() {
            return None;
        }
        let mut stepper = Stepper {
            changes: self.changes.clone(),
            parameters: Vec::new(),
            step: inside.step.scratch_abreast(inside.width, blocks),
            shown: inside.shown.scratch_abreast(inside.width, blocks),
            conditions: inside.conditions.scratch_abreast(inside.width, blocks),
            abreast: blocks,
            working: None,
            held: Vec::new(),
            ..*self
        };
        stepper.set_parameters(self.parameters.clone());
        Some(stepper)
    }

    pub(crate) fn parameters(&self) -> &[f64] {
        &self.parameters
    }

    pub(crate) fn set_parameters(&mut self, parameters: Vec<f64>) {
        let inside = self.inside;
        inside.shown.set_parameters(&mut self.shown, &parameters);
        inside.conditions.set_parameters(&mut self.conditions, &parameters);
        if let Some(working) = &mut self.working {
            working.set_parameters(inside, &parameters);
        } else {
            inside.step.set_parameters(&mut self.step, &parameters);
        }
        self.parameters = parameters;
    }

    /// The ensemble before anything is known, at the grid point before `t`.
    pub(crate) fn start(&self, t: Timestamp) -> Ensemble {
        self.start_with(t, &self.inside.input_starts)
    }

    /// The ensemble of an asset whose inputs are `inputs`.
    pub(crate) fn start_with(&self, t: Timestamp, inputs: &[f64]) -> Ensemble {
        let inside = self.inside;
        let mut components = alloc::vec![Block::splat(0.0); inside.components.len()];
        for (index, component) in inside.components.iter().enumerate().skip(inside.states) {
            components[index].fill(splat(component.start));
            self.spread(&mut components[index], index, component.prior);
        }
        self.begin(&mut components, t, inputs);
        Ensemble {
            step: grid(self.model, t),
            components,
            inputs: inputs.to_vec(),
            wanders: Wander::begin(self.model),
            charts: Charts::new(self.model),
            runs: gauge::begin(self.model),
        }
    }

    /// Lets the states of members begin as they do under their own parameters and `inputs`.
    pub(crate) fn begin(&self, components: &mut [Block], t: Timestamp, inputs: &[f64]) {
        let inside = self.inside;
        let mut scratch = inside.initial.scratch(inside.width);
        inside.initial.set_parameters(&mut scratch, &self.parameters);
        let drives = Drives { inputs, t, secs: self.model.step.secs() };
        feed(inside, &inside.initial, &mut scratch, drives, 0.0);
        inside.initial.run(&mut scratch, components);
        let before = components.to_vec();
        for (index, block) in components.iter_mut().enumerate().take(inside.states) {
            inside.initial.result(&scratch, &before, index).copy_to(block);
            self.spread(block, index, Prior::Normal);
        }
        aside::settle(inside, components, &self.parameters, drives);
    }

    /// Steps to the grid point before `t`, never back.
    pub(crate) fn advance(&mut self, ensemble: &mut Ensemble, t: Timestamp, drive: &mut impl Drive) {
        let target = grid(self.model, t);
        let stop = target.min(ensemble.step.saturating_add(LONGEST_RUN));
        while ensemble.step < stop {
            self.step(ensemble, drive);
        }
        if ensemble.step < target {
            ensemble.wanders.iter_mut().for_each(Wander::skip);
        }
        ensemble.step = ensemble.step.max(target);
    }

    /// One step of the time grid.
    fn step(&mut self, ensemble: &mut Ensemble, drive: &mut impl Drive) {
        let now = Timestamp(ensemble.step.saturating_mul(self.model.step.0));
        drive.drive(now, &mut ensemble.inputs);
        Wander::look(&mut ensemble.wanders, self.model, ensemble.step, &ensemble.inputs);
        self.hold(&ensemble.inputs, now);
        self.step_members(&mut ensemble.components, 0, ensemble.step);
        ensemble.step += 1;
    }

    /// Lets `inputs` hold during the step that begins at `t`.
    pub(crate) fn hold(&mut self, inputs: &[f64], t: Timestamp) {
        if self.working.is_some() {
            self.held.clear();
            self.held.extend_from_slice(inputs);
            self.held_at = t;
        } else {
            self.inside.step.set_inputs(&mut self.step, inputs);
            self.inside.step.settle(&mut self.step);
        }
    }

    /// One step, the one from grid index `step` on, of the members from number `first` on under the inputs that hold.
    pub(crate) fn step_members(&mut self, components: &mut [Block], first: u32, step: i64) {
        if let Some(mut working) = self.working.take() {
            let drives = Drives { inputs: &self.held, t: self.held_at, secs: self.model.step.secs() };
            working.step(self, components, (first, step), drives);
            self.working = Some(working);
        } else {
            self.inside.step.run_over(&mut self.step, components);
        }
        self.disturb(components, first, step);
    }
}
