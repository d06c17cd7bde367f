//! Some of the members of a march, and who steps them.

use alloc::vec::Vec;
use core::{iter::repeat_n, ops::Range};

use super::{ABREAST, Foreseen};
use crate::{
    ensemble::Stepper,
    model::program::{Block, MEMBERS, Operand},
    time::Timestamp,
    wander,
};

/// Members in groups of as many blocks as their stepper takes side by side.
pub(super) struct Column<'s, 'm> {
    stepper: &'s mut Stepper<'m>,
    groups: Vec<Group>,
}

struct Group {
    /// Number of the first block.
    first: usize,
    components: Vec<Block>,
    /// Where members stand with each input of their own, the same at each place of blocks side by side.
    stand: Vec<Block>,
}

impl<'s, 'm> Column<'s, 'm> {
    /// The members of `blocks`, which begin with the values of `components`.
    pub(super) fn new(stepper: &'s mut Stepper<'m>, blocks: Range<usize>, components: &[Block]) -> Column<'s, 'm> {
        let abreast = stepper.abreast;
        let stand = alloc::vec![Block::splat(0.0); stepper.inside.components.len() - components.len()];
        let begin: Vec<Block> = components.iter().chain(&stand).flat_map(|block| repeat_n(*block, abreast)).collect();
        let group = |first| Group { first, components: begin.clone(), stand: stand.clone() };
        let groups = blocks.step_by(abreast).map(group).collect();
        Column { stepper, groups }
    }

    /// Gives members the inputs of their own at `t`. So many blocks as can go side by side share theirs, whether they do or not.
    pub(super) fn give(&mut self, foreseen: &Foreseen, t: Timestamp) {
        let sharing = if self.stepper.can_go_abreast() { ABREAST } else { 1 };
        for Group { first, components, stand } in &mut self.groups {
            if foreseen.moves_on(t) {
                foreseen.move_on(self.stepper, t, *first / sharing * sharing * MEMBERS, stand);
            }
            let begin = components.len() - stand.len() * self.stepper.abreast;
            foreseen.give(t, stand, &mut components[begin..]);
        }
    }

    /// Calls `meets(condition, member)` for each member that meets a condition at `t`.
    pub(super) fn meet(&mut self, inputs: &[f64], t: Timestamp, mut meets: impl FnMut(usize, usize)) {
        if self.groups.is_empty() || self.stepper.model.inside.conditions.count() == 0 {
            return;
        }
        self.stepper.hold_conditions(inputs, t);
        for Group { first, components, .. } in &self.groups {
            self.stepper.meet(components, |condition, member| meets(condition, first * MEMBERS + member));
        }
    }

    /// Calls `shows(blocks, quantity, values)` for each quantity that is not the same for all members, at `t`; blocks that share
    /// their values are shown together.
    pub(super) fn show(&mut self, inputs: &[f64], t: Timestamp, mut shows: impl FnMut(Range<usize>, usize, Operand)) {
        if self.groups.is_empty() {
            return;
        }
        let Column { stepper, groups } = self;
        let abreast = stepper.abreast;
        stepper.hold_shown(inputs, t);
        for Group { first, components, stand } in groups {
            stepper.show_members(components);
            let own = &components[components.len() - stand.len() * abreast..];
            for (input, own) in wander::inputs(stepper.model).zip(own.chunks_exact(abreast)) {
                shows(*first..*first + abreast, input, Operand::Members(&own[0]));
            }
            for quantity in inputs.len()..stepper.model.quantities.len() {
                for block in 0..abreast {
                    let shown = stepper.shown_members(components, quantity - inputs.len(), block);
                    shows(*first + block..*first + block + 1, quantity, shown);
                }
            }
        }
    }

    /// One step from grid index `step`, which is at `t`.
    pub(super) fn step(&mut self, inputs: &[f64], t: Timestamp, step: i64) {
        if self.groups.is_empty() {
            return;
        }
        self.stepper.hold(inputs, t);
        for Group { first, components, .. } in &mut self.groups {
            self.stepper.step_members(components, (*first * MEMBERS) as u32, step);
        }
    }

    /// The components of each block, in order of the members' numbers.
    pub(super) fn blocks(&self) -> impl Iterator<Item = &Block> {
        let abreast = self.stepper.abreast;
        self.groups.iter().flat_map(move |group| group.blocks(abreast))
    }
}

impl Group {
    fn blocks(&self, abreast: usize) -> impl Iterator<Item = &Block> {
        (0..abreast).flat_map(move |block| self.components.iter().skip(block).step_by(abreast))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        lanes::{self, F},
        model::Model,
        time::Span,
    };

    /// What the blocks of a column end in, show and meet.
    type Day = (Vec<u64>, Vec<Vec<u64>>, Vec<(usize, usize)>);

    /// Where members go apart each place of a block has other inputs.
    fn day(stepper: &mut Stepper, begin: &[Block]) -> Day {
        let bits = |block: &Block| lanes::members(&block[..]).iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        let mut column = Column::new(stepper, 4..12, begin);
        let mut shown = alloc::vec![Vec::new(); 8];
        let mut met = Vec::new();
        for step in 0..288 {
            let t = Timestamp(step * 5 * Span::MINUTE.0);
            let inputs = [700.0 + 5.0 * step as f64, 35.0];
            let abreast = column.stepper.abreast;
            for Group { components, stand, .. } in &mut column.groups {
                let first = components.len() - stand.len() * abreast;
                let own = stand.iter().enumerate().flat_map(|(input, _)| repeat_n(input, abreast));
                for (block, input) in components[first..].iter_mut().zip(own) {
                    for (place, x) in block.iter_mut().enumerate() {
                        *x = F::new([0.99, 1.01].map(|by| inputs[input] * by + place as f64));
                    }
                }
            }
            column.meet(&inputs, t, |condition, member| met.push((condition, member)));
            column.step(&inputs, t, step);
            column.show(&inputs, t, |blocks, _, values| {
                let mut copy = Block::splat(0.0);
                values.copy_to(&mut copy);
                blocks.for_each(|block| shown[block - 4].extend(bits(&copy)));
            });
        }
        met.sort_unstable();
        (column.blocks().flat_map(bits).collect(), shown, met)
    }

    #[test]
    fn blocks_side_by_side_go_the_way_of_a_block_alone() {
        let text = include_str!("../../../../server/models/power-transformer.toml");
        let model = Model::parse(text).unwrap();
        let begin = Stepper::new(&model, 3).start_with(Timestamp(0), &[700.0, 35.0]).components;
        let [together, apart] = [Stepper::new(&model, 3), Stepper::apart(&model, 3)].map(|mut alone| {
            let mut abreast = alone.abreast(4).unwrap();
            let day = day(&mut alone, &begin);
            let (ends, _, met) = &day;
            let own = ends.len() / 8;
            assert!(!met.is_empty() && ends[..own] != ends[own..2 * own]);
            assert!(day == self::day(&mut abreast, &begin));
            day
        });
        assert!(together != apart);
    }

    #[test]
    fn members_that_are_each_told_the_same_go_the_way_of_those_that_are_told_together() {
        let files = [
            include_str!("../../../../server/models/power-transformer.toml"),
            include_str!("../../../../server/models/li-ion-cell.toml"),
            include_str!("../../../../server/models/centrifugal-pump.toml"),
            include_str!("../../../../server/models/cold-room.toml"),
            include_str!("../../../../server/models/induction-motor.toml"),
        ];
        for text in files {
            let model = Model::parse(text).unwrap();
            let inputs = model.inside.input_starts.iter().map(|start| start * 1.1 + 0.5).collect::<Vec<_>>();
            let begin = Stepper::new(&model, 3).start_with(Timestamp(0), &inputs).components;
            let run = |stepper: &mut Stepper| {
                let mut column = Column::new(stepper, 1..2, &begin);
                let own: Vec<f64> = wander::inputs(&model).map(|input| inputs[input]).collect();
                for Group { components, stand, .. } in &mut column.groups {
                    let first = components.len() - stand.len();
                    components[first..].iter_mut().zip(&own).for_each(|(block, value)| *block = Block::splat(*value));
                }
                let mut seen = Vec::new();
                for step in 0..200 {
                    let t = Timestamp(step * model.step.0);
                    column.meet(&inputs, t, |condition, member| seen.push((condition, member as u64)));
                    column.step(&inputs, t, step);
                    column.show(&inputs, t, |_, quantity, values| {
                        let [value, _] = values.pair(7).to_array();
                        if quantity >= inputs.len() {
                            seen.push((quantity, value.to_bits()));
                        }
                    });
                }
                seen
            };
            let (together, apart) = (run(&mut Stepper::new(&model, 3)), run(&mut Stepper::apart(&model, 3)));
            assert!(!together.is_empty());
            assert!(together == apart, "{}", model.id);
        }
    }
}
