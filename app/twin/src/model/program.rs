//! A flat program over an ensemble: what a model's expressions become.

use alloc::vec::Vec;

use super::expression::{Binary, Unary};
use crate::{
    lanes::{self, F},
    maths,
};

/// Members that a program works on at once.
pub(crate) const MEMBERS: usize = 64;
/// Lanes of one `F`.
pub(crate) const WIDTH: usize = 2;

/// One number a member.
pub(crate) type Block = [F; MEMBERS / WIDTH];

pub(crate) fn splat(value: f64) -> F {
    F::splat(value)
}

/// Where an operand stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// The same for all members: literals, inputs and plain parameters first, then what follows from them.
    Uniform(u16),
    /// A state or calibrated parameter.
    Component(u16),
    /// Of each member, worked out on the way.
    Register(u16),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Code {
    Unary(Unary),
    Binary(Binary),
    /// `a` to the small integer.
    Integer(i8),
    /// `b` where `a` is not 0, else `c`.
    If,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Op {
    pub code: Code,
    pub a: Place,
    pub b: Place,
    pub c: Place,
    pub to: Place,
}

/// Operations in order, and where the results stand afterwards.
#[derive(Debug)]
pub(crate) struct Program {
    /// Values of the uniforms before the first operation; inputs and parameters are set by the caller.
    pub(super) uniforms: Vec<f64>,
    pub(super) first_input: usize,
    pub(super) first_parameter: usize,
    pub(super) registers: usize,
    pub(super) ops: Vec<Op>,
    pub(super) results: Vec<Place>,
}

/// The memory a program runs in.
#[derive(Debug)]
pub(crate) struct Scratch {
    uniforms: Vec<F>,
    registers: Vec<Block>,
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
    pub(crate) fn scratch(&self) -> Scratch {
        Scratch {
            uniforms: self.uniforms.iter().map(|value| splat(*value)).collect(),
            registers: alloc::vec![[splat(0.0); MEMBERS / WIDTH]; self.registers],
        }
    }

    pub(crate) fn set_inputs(&self, scratch: &mut Scratch, inputs: &[f64]) {
        for (place, value) in scratch.uniforms[self.first_input..].iter_mut().zip(inputs) {
            *place = splat(*value);
        }
    }

    /// The hands of the clock follow `inputs` inputs.
    pub(crate) fn set_hands(&self, scratch: &mut Scratch, inputs: usize, hands: [f64; 2]) {
        for (place, value) in scratch.uniforms[self.first_input + inputs..].iter_mut().zip(hands) {
            *place = splat(value);
        }
    }

    pub(crate) fn set_parameters(&self, scratch: &mut Scratch, parameters: &[f64]) {
        for (place, value) in scratch.uniforms[self.first_parameter..].iter_mut().zip(parameters) {
            *place = splat(*value);
        }
    }

    /// Works everything out for `components`: states and calibrated parameters in model order.
    pub(crate) fn run(&self, scratch: &mut Scratch, components: &[Block]) {
        for op in &self.ops {
            match op.to {
                Place::Uniform(to) => {
                    let value = |place: Place| match place {
                        Place::Uniform(index) => scratch.uniforms[usize::from(index)],
                        Place::Component(_) | Place::Register(_) => splat(0.0),
                    };
                    let mut out = [splat(0.0)];
                    let [a, b, c] = [op.a, op.b, op.c].map(|place| Operand::Uniform(value(place)));
                    apply(op.code, &mut out, a, b, c);
                    scratch.uniforms[usize::from(to)] = out[0];
                }
                Place::Register(to) => {
                    let (low, rest) = scratch.registers.split_at_mut(usize::from(to));
                    let Some((out, high)) = rest.split_first_mut() else { continue };
                    let (low, high) = (&*low, &*high);
                    let operand = |place: Place| match place {
                        Place::Uniform(index) => Operand::Uniform(scratch.uniforms[usize::from(index)]),
                        Place::Component(index) => Operand::Members(&components[usize::from(index)]),
                        Place::Register(index) if index < to => Operand::Members(&low[usize::from(index)]),
                        // A result never overwrites its own operand, so `index` is above `to` here.
                        Place::Register(index) => Operand::Members(&high[usize::from(index - to - 1)]),
                    };
                    apply(op.code, out, operand(op.a), operand(op.b), operand(op.c));
                }
                Place::Component(_) => {}
            }
        }
    }

    /// How many results there are.
    pub(crate) fn count(&self) -> usize {
        self.results.len()
    }

    /// Result number `index` of the last run.
    pub(crate) fn result<'a>(&self, scratch: &'a Scratch, components: &'a [Block], index: usize) -> Operand<'a> {
        match self.results[index] {
            Place::Uniform(at) => Operand::Uniform(scratch.uniforms[usize::from(at)]),
            Place::Component(at) => Operand::Members(&components[usize::from(at)]),
            Place::Register(at) => Operand::Members(&scratch.registers[usize::from(at)]),
        }
    }
}

/// One operation on plain numbers, with the bits that `Program::run` gives.
pub(super) fn apply_once(code: Code, a: f64, b: f64, c: f64) -> f64 {
    let mut out = [splat(0.0)];
    let [a, b, c] = [a, b, c].map(|value| Operand::Uniform(splat(value)));
    apply(code, &mut out, a, b, c);
    let [value, _] = out[0].to_array();
    value
}

fn apply(code: Code, out: &mut [F], a: Operand, b: Operand, c: Operand) {
    let (one, zero) = (splat(1.0), splat(0.0));
    match code {
        Code::Unary(Unary::Negate) => unary(out, a, |a| zero - a),
        Code::Unary(Unary::Not) => unary(out, a, |a| lanes::select(lanes::eq(a, zero), one, zero)),
        Code::Unary(Unary::Abs) => unary(out, a, lanes::abs),
        Code::Unary(Unary::Exp) => unary(out, a, maths::exp),
        Code::Unary(Unary::Ln) => unary(out, a, maths::ln),
        Code::Unary(Unary::Sqrt) => unary(out, a, maths::sqrt),
        Code::Unary(Unary::Sin) => unary(out, a, maths::sin),
        Code::Unary(Unary::Cos) => unary(out, a, maths::cos),
        Code::Unary(Unary::Tanh) => unary(out, a, maths::tanh),
        Code::Unary(Unary::Floor) => unary(out, a, maths::floor),
        Code::Binary(Binary::Add) => binary(out, a, b, |a, b| a + b),
        Code::Binary(Binary::Subtract) => binary(out, a, b, |a, b| a - b),
        Code::Binary(Binary::Multiply) => binary(out, a, b, |a, b| a * b),
        Code::Binary(Binary::Divide) => binary(out, a, b, |a, b| a / b),
        Code::Binary(Binary::Power) => binary(out, a, b, maths::pow),
        Code::Binary(Binary::Min) => binary(out, a, b, lanes::min),
        Code::Binary(Binary::Max) => binary(out, a, b, lanes::max),
        Code::Binary(Binary::Less) => binary(out, a, b, |a, b| lanes::select(lanes::lt(a, b), one, zero)),
        Code::Binary(Binary::LessEqual) => binary(out, a, b, |a, b| lanes::select(lanes::le(a, b), one, zero)),
        Code::Binary(Binary::Equal) => binary(out, a, b, |a, b| lanes::select(lanes::eq(a, b), one, zero)),
        Code::Binary(Binary::And) => {
            binary(out, a, b, |a, b| lanes::select(lanes::eq(a, zero) | lanes::eq(b, zero), zero, one))
        }
        Code::Binary(Binary::Or) => {
            binary(out, a, b, |a, b| lanes::select(lanes::eq(a, zero) & lanes::eq(b, zero), zero, one))
        }
        Code::Integer(exponent) => unary(out, a, |a| maths::powi_small(a, i32::from(exponent))),
        Code::If => {
            for (index, out) in out.iter_mut().enumerate() {
                *out = lanes::select(lanes::eq(a.pair(index), zero), c.pair(index), b.pair(index));
            }
        }
    }
}

fn unary(out: &mut [F], a: Operand, f: impl Fn(F) -> F) {
    match a {
        Operand::Uniform(a) => out.fill(f(a)),
        Operand::Members(a) => {
            for (out, a) in out.iter_mut().zip(a) {
                *out = f(*a);
            }
        }
    }
}

fn binary(out: &mut [F], a: Operand, b: Operand, f: impl Fn(F, F) -> F) {
    match (a, b) {
        (Operand::Uniform(a), Operand::Uniform(b)) => out.fill(f(a, b)),
        (Operand::Uniform(a), Operand::Members(b)) => {
            for (out, b) in out.iter_mut().zip(b) {
                *out = f(a, *b);
            }
        }
        (Operand::Members(a), Operand::Uniform(b)) => {
            for (out, a) in out.iter_mut().zip(a) {
                *out = f(*a, b);
            }
        }
        (Operand::Members(a), Operand::Members(b)) => {
            for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
                *out = f(*a, *b);
            }
        }
    }
}
