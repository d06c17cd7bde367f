//! A flat program over an ensemble: what a model's expressions become.

mod abreast;

use alloc::{collections::BTreeMap, vec::Vec};

use serde::{Deserialize, Serialize};

use self::abreast::Abreast;
use super::{
    graph::Code,
    kernels::{self, Opcode},
};
use crate::lanes::{self, EIGHTS, F, Lane, Outer, Places, Row, Rows, Task, Width};
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
    /// What depends on a member's inputs and on nothing else of it. Those at the same place of blocks side by side share these.
    #[serde(skip)]
    pub(super) input_ops: Vec<Op>,
    pub(super) member_ops: Vec<Op>,
    pub(super) results: Vec<Place>,
}

/// The memory a program runs in.
#[derive(Debug)]
pub(crate) struct Scratch {
    rows: Rows,
    width: Width,
    abreast: Option<Abreast>,
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
        self.memory(self.eights, width, None)
    }

    fn memory(&self, eights: usize, width: Width, abreast: Option<Abreast>) -> Scratch {
        let mut rows = Rows::new(eights);
        self.literals.iter().for_each(|(at, value)| rows.fill(*at, *value));
        Scratch { rows, width, abreast }
    }

    /// The same where each member has its own value of `inputs`, which stand in the components from number `first` on: what
    /// was worked out of them once for all is then worked out for each.
    pub(crate) fn apart(&self, inputs: &[usize], first: usize) -> Program {
        let outer = |component: usize| Row { at: (component * EIGHTS) as u32, stride: 1, is_outer: true };
        let of_inputs = inputs.iter().map(|input| (self.first_input + input) as u32);
        // From where it stood to where it stands.
        let mut moved: BTreeMap<u32, Row> = of_inputs.zip((first..).map(outer)).collect();
        let row = |moved: &BTreeMap<u32, Row>, row: Row| match row {
            Row { at, stride: 0, is_outer: false } => moved.get(&at).copied().unwrap_or(row),
            row => row,
        };
        let mut eights = self.eights;
        let (mut uniform_ops, mut input_ops) = (Vec::new(), Vec::new());
        for Op { opcode, places } in &self.uniform_ops {
            let (to, before) = places.rows();
            let of = before.map(|operand| row(&moved, operand));
            if of == before {
                uniform_ops.push(Op { opcode: *opcode, places: *places });
                continue;
            }
            let register = Row { at: eights as u32, stride: 1, is_outer: false };
            eights += EIGHTS;
            moved.insert(to.at, register);
            input_ops.push(Op { opcode: *opcode, places: Places::new(register, of) });
        }
        let member_op = |Op { opcode, places }: &Op| {
            let (to, of) = places.rows();
            Op { opcode: *opcode, places: Places::new(to, of.map(|operand| row(&moved, operand))) }
        };
        let place = |place: &Place| match *place {
            Place::Row(of) => match row(&moved, of) {
                Row { at, is_outer: true, .. } => Place::Component((at / EIGHTS as u32) as u16),
                own => Place::Row(own),
            },
            component => component,
        };
        Program {
            literals: self.literals.clone(),
            eights,
            uniform_ops,
            input_ops,
            member_ops: self.member_ops.iter().map(member_op).collect(),
            results: self.results.iter().map(place).collect(),
            ..*self
        }
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
        scratch.run(&self.uniform_ops, Outer::read(&[]));
    }

    /// Works out the rest.
    pub(crate) fn run_members(&self, scratch: &mut Scratch, components: &[Block]) {
        self.run_ops(scratch, Outer::read(components));
    }

    /// Works out the rest of a program whose result i is the next value of component i, and writes it there.
    pub(crate) fn run_over(&self, scratch: &mut Scratch, components: &mut [Block]) {
        self.run_ops(scratch, Outer::write(components));
        let blocks = scratch.blocks();
        // A result may be a component as it was: nothing is overwritten before all such are read.
        let other = |(index, place): (usize, &Place)| match *place {
            Place::Component(at) if usize::from(at) != index => {
                Some((index, components[usize::from(at) * blocks..][..blocks].to_vec()))
            }
            _ => None,
        };
        let others: Vec<(usize, Vec<Block>)> = self.results.iter().enumerate().filter_map(other).collect();
        let results = scratch.abreast.as_ref().map_or(&self.results, |abreast| &abreast.results);
        for (place, to) in results.iter().zip(components.chunks_exact_mut(blocks)) {
            match *place {
                Place::Row(Row { at, stride: 0, .. }) => {
                    to.iter_mut().for_each(|block| block.fill(scratch.rows.first(at as usize)));
                }
                Place::Row(Row { at, .. }) => {
                    to.iter_mut().zip((at as usize..).step_by(EIGHTS)).for_each(|(to, at)| *to = *scratch.rows.row(at));
                }
                Place::Component(_) => {}
            }
        }
        for (index, from) in others {
            components[index * blocks..][..blocks].copy_from_slice(&from);
        }
    }

    fn run_ops(&self, scratch: &mut Scratch, outer: Outer) {
        let abreast = scratch.abreast.take();
        let (input_ops, member_ops) = match &abreast {
            Some(abreast) => (&abreast.input_ops, &abreast.member_ops),
            None => (&self.input_ops, &self.member_ops),
        };
        let outer = scratch.run(input_ops, outer);
        if let Some(Abreast { blocks, repeated, .. }) = &abreast {
            repeated.iter().for_each(|at| scratch.rows.repeat(*at, *blocks));
        }
        scratch.run(member_ops, outer);
        scratch.abreast = abreast;
    }

    /// How many results there are.
    pub(crate) fn count(&self) -> usize {
        self.results.len()
    }

    /// Result number `index` of the last run.
    pub(crate) fn result<'a>(&self, scratch: &'a Scratch, components: &'a [Block], index: usize) -> Operand<'a> {
        self.result_of(scratch, components, index, 0)
    }

    /// As `result`, of block number `block` of those side by side.
    pub(crate) fn result_of<'a>(
        &self,
        scratch: &'a Scratch,
        components: &'a [Block],
        index: usize,
        block: usize,
    ) -> Operand<'a> {
        let results = scratch.abreast.as_ref().map_or(&self.results, |abreast| &abreast.results);
        match results[index] {
            Place::Component(at) => Operand::Members(&components[usize::from(at) * scratch.blocks() + block]),
            Place::Row(Row { at, stride: 0, .. }) => Operand::Uniform(scratch.rows.first(at as usize)),
            Place::Row(Row { at, .. }) => Operand::Members(scratch.rows.row(at as usize + block * EIGHTS)),
        }
    }
}

impl Scratch {
    /// How many stand side by side.
    fn blocks(&self) -> usize {
        self.abreast.as_ref().map_or(1, |abreast| abreast.blocks)
    }

    fn run<'a>(&mut self, ops: &[Op], outer: Outer<'a>) -> Outer<'a> {
        lanes::run(self.width, Run { ops, rows: &mut self.rows, outer })
    }
}

struct Run<'r, 'a> {
    ops: &'r [Op],
    rows: &'r mut Rows,
    outer: Outer<'a>,
}

impl<'a> Task for Run<'_, 'a> {
    type Done = Outer<'a>;

    #[inline(always)]
    fn run<L: Lane>(mut self) -> Outer<'a> {
        for op in self.ops {
            kernels::apply::<L>(self.rows, &mut self.outer, op);
        }
        self.outer
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
