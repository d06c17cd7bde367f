//! What happens to members besides the model's equations: spread at the start, noise and bounds at each step,
//! events.

use alloc::vec::Vec;
use core::slice::from_mut;

use super::{BEFORE_ALL, Ensemble, Stepper};
use crate::{
    integrate::{Drives, feed},
    lanes::{self, Lane, Task},
    maths::scalar,
    model::{
        Component, Inside, Prior,
        program::{Block, MEMBERS, splat},
    },
    philox, prior, sum,
};

/// Noise and bounds of a component.
#[derive(Clone, Copy)]
pub(super) struct Change {
    component: usize,
    deviation: f64,
    bounds: [f64; 2],
}

impl Stepper<'_> {
    /// What happens to the members from number `first` on at the end of the step from grid index `step` on: noise, then
    /// bounds.
    pub(crate) fn disturb(&self, components: &mut [Block], first: u32, step: i64) {
        let is_noisy = (step + 1).rem_euclid(self.stride) == 0;
        for change in &self.changes {
            let deviation = if is_noisy { change.deviation } else { 0.0 };
            let blocks = &mut components[change.component * self.abreast..][..self.abreast];
            self.change(blocks, Change { deviation, ..*change }, first, step + 1);
        }
    }

    /// Changes `blocks`, whose first member has number `first`.
    fn change(&self, blocks: &mut [Block], change: Change, first: u32, step: i64) {
        lanes::run(self.inside.width, Changing { blocks, change, seed: self.seed, first, step });
    }

    /// Spreads the first members of a component as is believed before anything is known.
    pub(super) fn spread(&self, block: &mut Block, index: usize, believed: Prior) {
        let component = &self.inside.components[index];
        if self.spreads && believed != Prior::Normal {
            prior::draw(component, (self.seed, 0, BEFORE_ALL), index, block);
        }
        let deviation = if self.spreads && believed == Prior::Normal { component.spread } else { 0.0 };
        self.change(from_mut(block), Change { component: index, deviation, bounds: component.bounds }, 0, BEFORE_ALL);
    }

    /// Draws a component anew for the members from number `first` on: standard normal numbers, 0 for the nominal asset.
    pub(crate) fn draw(&self, block: &mut Block, component: usize, first: u32, step: i64) {
        *block = Block::splat(0.0);
        let deviation = if self.spreads { 1.0 } else { 0.0 };
        self.change(from_mut(block), Change { component, deviation, bounds: UNBOUNDED }, first, step);
    }

    /// Sets what event number `event` sets, all at once.
    pub(crate) fn set_by_event(&self, ensemble: &mut Ensemble, event: usize) {
        let plan = &self.inside.events[event];
        let mut scratch = plan.program.scratch(self.inside.width);
        plan.program.set_parameters(&mut scratch, &self.parameters);
        let drives = Drives { inputs: &ensemble.inputs, t: self.time(ensemble), secs: self.model.step.secs() };
        feed(self.inside, &plan.program, &mut scratch, drives, 0.0);
        plan.program.run(&mut scratch, &ensemble.components);
        let before = ensemble.components.clone();
        for (index, target) in plan.targets.iter().enumerate() {
            let block = &mut ensemble.components[*target];
            plan.program.result(&scratch, &before, index).copy_to(block);
            self.bound(block, *target);
        }
    }

    /// Has members be spread about `value` by `deviation`, within the latent's bounds, and by nothing else: what they were
    /// believed to be before tells them apart no longer.
    pub(crate) fn set_latent(&self, ensemble: &mut Ensemble, latent: u16, value: f64, deviation: f64) {
        let component = usize::from(self.model.latents[usize::from(latent)].component);
        let (step, block) = (ensemble.step, &mut ensemble.components[component]);
        self.draw(block, component, 0, step);
        // So that mean and standard deviation are those that were found, whatever was drawn.
        let mean = sum::mean(&block[..]);
        let drawn = scalar::sqrt(sum::variance(&block[..], mean));
        let scale = if drawn > 0.0 { deviation / drawn } else { 0.0 };
        for x in block.iter_mut() {
            *x = splat(value) + splat(scale) * (*x - splat(mean));
        }
        self.bound(block, component);
    }

    pub(crate) fn bound(&self, block: &mut Block, component: usize) {
        let change = Change { component, deviation: 0.0, bounds: self.inside.components[component].bounds };
        self.change(from_mut(block), change, 0, 0);
    }
}

const UNBOUNDED: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];

impl Change {
    /// Of the components that have any; noise enters every so many seconds.
    pub(super) fn all(inside: &Inside, noise: f64, secs: f64) -> Vec<Change> {
        let change = |(component, of): (usize, &Component)| Change {
            component,
            deviation: noise * scalar::sqrt(of.drift * secs),
            bounds: of.bounds,
        };
        inside.components.iter().enumerate().map(change).filter(Change::is_any).collect()
    }

    fn is_any(&self) -> bool {
        self.deviation != 0.0 || self.has_bounds()
    }

    fn has_bounds(&self) -> bool {
        self.bounds != UNBOUNDED
    }
}

/// Adds noise to the members of `blocks`, from number `first` on, and keeps them within bounds; NaN stays NaN.
struct Changing<'a> {
    blocks: &'a mut [Block],
    change: Change,
    seed: u64,
    first: u32,
    step: i64,
}

impl Task for Changing<'_> {
    type Done = ();

    #[inline(always)]
    fn run<L: Lane>(self) {
        let Changing { blocks, change, seed, first, step } = self;
        let begin = philox::Begin::new(seed, step, change.component as u32);
        for (block, first) in blocks.iter_mut().zip((first..).step_by(MEMBERS)) {
            let members = lanes::members_mut(&mut block[..]);
            if change.deviation != 0.0 {
                let mut normals = [0.0; MEMBERS];
                begin.fill::<L>(first, &mut normals);
                let deviation = L::splat(change.deviation);
                for (x, normal) in members.chunks_exact_mut(L::WIDTH).zip(normals.chunks_exact(L::WIDTH)) {
                    (L::of(x) + deviation * L::of(normal)).put(x);
                }
            }
            if change.has_bounds() {
                let [low, high] = change.bounds;
                for x in members.chunks_exact_mut(L::WIDTH) {
                    lanes::clamp(L::of(x), L::splat(low), L::splat(high)).put(x);
                }
            }
        }
    }
}
