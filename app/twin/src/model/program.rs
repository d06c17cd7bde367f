//! A flat program over an ensemble: what a model's expressions become.

use alloc::vec::Vec;

use super::graph::Code;
use crate::lanes::{self, EIGHTS, F, Lane, Row, Rows, Task, Width};

/// Members that a program works on at once.
pub(crate) const MEMBERS: usize = 64;
/// Lanes of one `F`.
pub(crate) const WIDTH: usize = lanes::WIDTH;

/// One number a member.
pub(crate) type Block = [F; MEMBERS / WIDTH];

pub(crate) fn splat(value: f64) -> F {
    F::splat(value)
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Op {
    pub code: Code,
    pub of: [Row; 4],
    pub to: Row,
}

/// Where a result stands afterwards.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    Component(u16),
    Row(Row),
}

/// Operations in order, and where the results stand afterwards.
#[derive(Debug)]
pub(crate) struct Program {
    /// Where each stands.
    pub(super) literals: Vec<(usize, f64)>,
    pub(super) first_input: usize,
    pub(super) first_parameter: usize,
    pub(super) eights: usize,
    /// Those that are read: number and where its row begins.
    pub(super) components: Vec<(usize, usize)>,
    /// What is the same for all members.
    pub(super) uniform_ops: Vec<Op>,
    pub(super) member_ops: Vec<Op>,
    pub(super) results: Vec<Place>,
}

/// The memory a program runs in.
#[derive(Debug)]
pub(crate) struct Scratch {
    rows: Rows,
    width: Width,
}

/// A result: one value for all members, or one a member.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Operand<'a> {
    Uniform(F),
    Members(&'a Block),
}

impl Operand<'_> {
    pub(crate) fn pair(&self, index: usize) -> F {
        match self {
            Operand::Uniform(value) => *value,
            Operand::Members(block) => block[index],
        }
    }

    pub(crate) fn copy_to(&self, block: &mut Block) {
        match self {
            Operand::Uniform(value) => block.fill(*value),
            Operand::Members(members) => *block = **members,
        }
    }
}

impl Program {
    /// Memory to run in on lanes of `width`.
    pub(crate) fn scratch(&self, width: Width) -> Scratch {
        let mut rows = Rows::new(self.eights);
        self.literals.iter().for_each(|(at, value)| rows.fill(*at, *value));
        Scratch { rows, width }
    }

    pub(crate) fn set_inputs(&self, scratch: &mut Scratch, inputs: &[f64]) {
        (self.first_input..).zip(inputs).for_each(|(at, value)| scratch.rows.fill(at, *value));
    }

    pub(crate) fn set_parameters(&self, scratch: &mut Scratch, parameters: &[f64]) {
        (self.first_parameter..).zip(parameters).for_each(|(at, value)| scratch.rows.fill(at, *value));
    }

    /// Works everything out for `components`: states and calibrated parameters in model order.
    pub(crate) fn run(&self, scratch: &mut Scratch, components: &[Block]) {
        self.settle(scratch);
        self.run_members(scratch, components);
    }

    /// Works out what is the same for all members: again whenever an input or a parameter was set.
    pub(crate) fn settle(&self, scratch: &mut Scratch) {
        lanes::run(scratch.width, Run { ops: &self.uniform_ops, rows: &mut scratch.rows });
    }

    /// Works out the rest.
    pub(crate) fn run_members(&self, scratch: &mut Scratch, components: &[Block]) {
        for (index, at) in &self.components {
            *scratch.rows.row_mut(*at) = components[*index];
        }
        lanes::run(scratch.width, Run { ops: &self.member_ops, rows: &mut scratch.rows });
    }

    /// Result number `index` of the last run.
    pub(crate) fn result<'a>(&self, scratch: &'a Scratch, components: &'a [Block], index: usize) -> Operand<'a> {
        match self.results[index] {
            Place::Component(at) => Operand::Members(&components[usize::from(at)]),
            Place::Row(Row { at, stride: 0 }) => Operand::Uniform(scratch.rows.first(at as usize)),
            Place::Row(Row { at, .. }) => Operand::Members(scratch.rows.row(at as usize)),
        }
    }

    /// Writes result i over component i, all at once.
    pub(crate) fn copy_results(&self, scratch: &Scratch, components: &mut [Block]) {
        let mut whole: Vec<(usize, Block)> = Vec::new();
        for (index, place) in self.results.iter().enumerate() {
            if let Place::Component(at) = place
                && usize::from(*at) != index
            {
                whole.push((index, components[usize::from(*at)]));
            }
        }
        for (index, place) in self.results.iter().enumerate() {
            if let Place::Row(_) = place {
                let result = self.result(scratch, &[], index);
                result.copy_to(&mut components[index]);
            }
        }
        whole.into_iter().for_each(|(index, block)| components[index] = block);
    }
}

const _: () = assert!(EIGHTS * 8 == MEMBERS, "a row holds the members of a block");

struct Run<'a> {
    ops: &'a [Op],
    rows: &'a mut Rows,
}

impl Task for Run<'_> {
    type Done = ();

    #[inline(always)]
    fn run<L: Lane>(self) {
        for op in self.ops {
            super::kernels::apply::<L>(self.rows, op);
        }
    }
}

/// One operation on plain numbers, with the bits that `Program::run` gives.
pub(super) fn apply_once(code: Code, operands: [f64; 4]) -> f64 {
    let mut rows = Rows::new(5);
    operands.into_iter().enumerate().for_each(|(at, value)| rows.fill(at, value));
    let [a, b, c, d, to] = [0, 1, 2, 3, 4].map(|at| Row { at, stride: 0 });
    lanes::run(Width::Two, Run { ops: &[Op { code, of: [a, b, c, d], to }], rows: &mut rows });
    let [value, _] = rows.first(4).to_array();
    value
}
