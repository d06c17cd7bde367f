//! A flat program over an ensemble: what a model's expressions become.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{
    graph::Code,
    kernels::{self, Opcode},
};
use crate::lanes::{self, F, Lane, Outer, Places, Row, Rows, Task, Width};
pub(crate) use crate::lanes::{Block, MEMBERS, WIDTH};

pub(crate) fn splat(value: f64) -> F {
    F::splat(value)
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Op {
    pub opcode: Opcode,
    pub places: Places,
}

/// Where a result stands afterwards.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) enum Place {
    Component(u16),
    Row(Row),
}

/// Operations in order, and where the results stand afterwards.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Program {
    /// Where each stands.
    pub(super) literals: Vec<(usize, f64)>,
    pub(super) first_input: usize,
    pub(super) first_parameter: usize,
    pub(super) eights: usize,
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

    /// The hands of the clock follow `inputs` inputs.
    pub(crate) fn set_hands(&self, scratch: &mut Scratch, inputs: usize, hands: [f64; 2]) {
        (self.first_input + inputs..).zip(hands).for_each(|(at, value)| scratch.rows.fill(at, value));
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
        run(&self.uniform_ops, scratch, Outer::read(&[]));
    }

    /// Works out the rest.
    pub(crate) fn run_members(&self, scratch: &mut Scratch, components: &[Block]) {
        run(&self.member_ops, scratch, Outer::read(components));
    }

    /// Works out the rest of a program whose result i is the next value of component i, and writes it there.
    pub(crate) fn run_over(&self, scratch: &mut Scratch, components: &mut [Block]) {
        run(&self.member_ops, scratch, Outer::write(components));
        // A result may be a component as it was: nothing is overwritten before all such are read.
        let other = |(index, place): (usize, &Place)| match *place {
            Place::Component(at) if usize::from(at) != index => Some((index, components[usize::from(at)])),
            _ => None,
        };
        let others: Vec<(usize, Block)> = self.results.iter().enumerate().filter_map(other).collect();
        for (index, place) in self.results.iter().enumerate() {
            match *place {
                Place::Row(Row { at, stride: 0, .. }) => components[index].fill(scratch.rows.first(at as usize)),
                Place::Row(Row { at, .. }) => components[index] = *scratch.rows.row(at as usize),
                Place::Component(_) => {}
            }
        }
        others.into_iter().for_each(|(index, block)| components[index] = block);
    }

    /// How many results there are.
    pub(crate) fn count(&self) -> usize {
        self.results.len()
    }

    /// Result number `index` of the last run.
    pub(crate) fn result<'a>(&self, scratch: &'a Scratch, components: &'a [Block], index: usize) -> Operand<'a> {
        match self.results[index] {
            Place::Component(at) => Operand::Members(&components[usize::from(at)]),
            Place::Row(Row { at, stride: 0, .. }) => Operand::Uniform(scratch.rows.first(at as usize)),
            Place::Row(Row { at, .. }) => Operand::Members(scratch.rows.row(at as usize)),
        }
    }
}

fn run(ops: &[Op], scratch: &mut Scratch, outer: Outer) {
    lanes::run(scratch.width, Run { ops, rows: &mut scratch.rows, outer });
}

struct Run<'a> {
    ops: &'a [Op],
    rows: &'a mut Rows,
    outer: Outer<'a>,
}

impl Task for Run<'_> {
    type Done = ();

    #[inline(always)]
    fn run<L: Lane>(mut self) {
        for op in self.ops {
            kernels::apply::<L>(self.rows, &mut self.outer, op);
        }
    }
}

/// One operation on plain numbers, with the bits that `Program::run` gives.
pub(super) fn apply_once(code: Code, operands: [f64; 4]) -> f64 {
    let mut rows = Rows::new(5);
    operands.into_iter().enumerate().for_each(|(at, value)| rows.fill(at, value));
    let [a, b, c, d, to] = [0, 1, 2, 3, 4].map(|at| Row { at, stride: 0, is_outer: false });
    let op = Op { opcode: Opcode::of(code), places: Places::new(to, [a, b, c, d]) };
    lanes::run(Width::Two, Run { ops: &[op], rows: &mut rows, outer: Outer::read(&[]) });
    let [value, _] = rows.first(4).to_array();
    value
}
