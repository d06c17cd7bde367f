//! What members show, in which regimes they are, and which conditions of failures and limits they meet.

use alloc::vec::Vec;

use super::{Ensemble, Stepper};
use crate::{
    integrate::{Drives, settle},
    lanes,
    model::program::{Block, MEMBERS, Operand, WIDTH, splat},
    sum,
    time::Timestamp,
};

impl Stepper<'_> {
    /// Works out the quantities that are no inputs; `shown` reads them.
    pub(crate) fn show(&mut self, ensemble: &Ensemble) {
        self.hold_shown(&ensemble.inputs, self.time(ensemble));
        self.show_members(&ensemble.components);
    }

    /// Lets `inputs` hold at `t` for the quantities that are shown.
    pub(crate) fn hold_shown(&mut self, inputs: &[f64], t: Timestamp) {
        let drives = Drives { inputs, t, secs: self.model.step.secs() };
        settle(self.inside, &self.inside.shown, &mut self.shown, drives);
    }

    pub(crate) fn show_members(&mut self, components: &[Block]) {
        self.inside.shown.run_members(&mut self.shown, components);
    }

    /// The members' values of quantity `quantity`, inputs too, after `show`.
    pub(crate) fn shown(&self, ensemble: &Ensemble, quantity: usize) -> Block {
        let mut block = Block::splat(0.0);
        match quantity.checked_sub(self.inside.inputs) {
            None => block.fill(splat(ensemble.inputs[quantity])),
            Some(index) => self.shown_members(&ensemble.components, index, 0).copy_to(&mut block),
        }
        block
    }

    /// The values of the quantity that has number `index` among those that are no inputs, of the members of block number
    /// `block` of those side by side.
    pub(crate) fn shown_members<'a>(&'a self, components: &'a [Block], index: usize, block: usize) -> Operand<'a> {
        self.inside.shown.result_of(&self.shown, components, index, block)
    }

    /// The share of members that is in each regime.
    pub(crate) fn regimes(&self, ensemble: &Ensemble) -> Vec<f64> {
        let inside = self.inside;
        let mut scratch = inside.regimes.scratch(inside.width);
        inside.regimes.set_parameters(&mut scratch, &self.parameters);
        let drives = Drives { inputs: &ensemble.inputs, t: self.time(ensemble), secs: self.model.step.secs() };
        settle(inside, &inside.regimes, &mut scratch, drives);
        inside.regimes.run_members(&mut scratch, &ensemble.components);
        let share = |regime: usize| {
            let mut holds = Block::splat(0.0);
            inside.regimes.result(&scratch, &ensemble.components, regime).copy_to(&mut holds);
            sum::mean(&holds[..])
        };
        (0..self.model.regimes.len()).map(share).collect()
    }

    /// Lets `inputs` hold at `t` for the conditions of failures and limits.
    pub(crate) fn hold_conditions(&mut self, inputs: &[f64], t: Timestamp) {
        let drives = Drives { inputs, t, secs: self.model.step.secs() };
        settle(self.inside, &self.inside.conditions, &mut self.conditions, drives);
    }

    /// Where `ensemble` stands on the time grid.
    pub(super) fn time(&self, ensemble: &Ensemble) -> Timestamp {
        Timestamp(ensemble.step.saturating_mul(self.model.step.0))
    }

    /// Calls `meets(condition, member)` for each member that meets a condition now: a failure's, or a limit's after those.
    pub(crate) fn meet(&mut self, components: &[Block], mut meets: impl FnMut(usize, usize)) {
        let program = &self.inside.conditions;
        program.run_members(&mut self.conditions, components);
        let each = (0..program.count()).flat_map(|condition| (0..self.abreast).map(move |block| (condition, block)));
        for (condition, block) in each {
            let holds = program.result_of(&self.conditions, components, condition, block);
            for at in 0..MEMBERS / WIDTH {
                // A condition over NaN compares as false, so a lost member meets nothing.
                let met = lanes::eq(holds.pair(at), splat(1.0));
                if lanes::any(met) {
                    let each = met.to_array().into_iter().enumerate().filter(|(_, met)| met.to_bits() != 0);
                    each.for_each(|(lane, _)| meets(condition, block * MEMBERS + at * WIDTH + lane));
                }
            }
        }
    }
}
