//! What expressions work out, as a graph of operations: constants folded, common parts shared.
//!
//! Rewriting keeps what a formula means to within an ulp an operation. Bits differ from the plain order of evaluation
//! in two ways only: a division by what is the same for all members is a multiplication by its reciprocal, and factors
//! that are the same for all members are multiplied with one another first.

use alloc::{collections::BTreeMap, vec::Vec};

use super::{
    expression::{Binary, Unary},
    program,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Value {
    Literal(u64),
    Input(u16),
    Parameter(u16),
    Component(u16),
    /// Node of that number, the same for all members.
    Uniform(u32),
    /// Node of that number, of each member.
    Member(u32),
}

impl Value {
    pub(super) fn literal(number: f64) -> Value {
        Value::Literal(number.to_bits())
    }

    pub(super) fn number(self) -> Option<f64> {
        match self {
            Value::Literal(bits) => Some(f64::from_bits(bits)),
            _ => None,
        }
    }

    pub(super) fn node(self) -> Option<usize> {
        match self {
            Value::Uniform(number) | Value::Member(number) => Some(number as usize),
            _ => None,
        }
    }

    pub(super) fn is_uniform(self) -> bool {
        !matches!(self, Value::Component(_) | Value::Member(_))
    }

    fn is(self, number: f64) -> bool {
        self == Value::literal(number)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Code {
    Unary(Unary),
    Binary(Binary),
    /// `b` where `a` is not 0, else `c`.
    If,
    /// The second of two operations on the result of the first and on `c`, which stands first where `is_turned`.
    Fused {
        first: Binary,
        second: Binary,
        is_turned: bool,
    },
    /// The first operation, times `c`, plus `d`.
    Thrice(Binary),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Node {
    pub code: Code,
    pub of: [Value; 4],
}

/// Operations, each after those that it needs.
#[derive(Debug, Default, Clone)]
pub(super) struct Graph {
    pub nodes: Vec<Node>,
    known: BTreeMap<Node, Value>,
}

const NONE: Value = Value::Literal(0);

impl Graph {
    pub(super) fn unary(&mut self, operator: Unary, a: Value) -> Value {
        match operator {
            Unary::Negate => self.binary(Binary::Subtract, Value::literal(0.0), a),
            _ => self.node(Code::Unary(operator), [a, NONE, NONE, NONE]),
        }
    }

    pub(super) fn binary(&mut self, operator: Binary, a: Value, b: Value) -> Value {
        use Binary::{Add, And, Divide, Equal, Multiply, Or, Power, Subtract};
        match operator {
            Power => {
                if let Some(exponent) = b.number()
                    && (-8.0..=8.0).contains(&exponent)
                    && f64::from(exponent as i8) == exponent
                {
                    return self.whole_power(a, exponent as i8);
                }
            }
            Multiply if a.is(1.0) => return b,
            Multiply | Divide if b.is(1.0) => return a,
            Subtract if b.is(0.0) => return a,
            Divide if b.is_uniform() && !a.is_uniform() => {
                let reciprocal = self.binary(Divide, Value::literal(1.0), b);
                return self.binary(Multiply, a, reciprocal);
            }
            Multiply if a.is_uniform() && !b.is_uniform() => return self.binary(Multiply, b, a),
            Multiply if b.is_uniform() => {
                if let Some((rest, factor)) = self.scaled(a) {
                    let factor = self.binary(Multiply, factor, b);
                    return self.binary(Multiply, rest, factor);
                }
            }
            _ => {}
        }
        let commutes = matches!(operator, Add | Multiply | Equal | And | Or);
        // Of what differs from member to member, that which is the same for all stands second.
        let turned =
            commutes && a.is_uniform() == b.is_uniform() && b < a || commutes && a.is_uniform() && !b.is_uniform();
        let (a, b) = if turned { (b, a) } else { (a, b) };
        self.node(Code::Binary(operator), [a, b, NONE, NONE])
    }

    pub(super) fn choice(&mut self, condition: Value, a: Value, b: Value) -> Value {
        match condition.number() {
            Some(0.0) => b,
            Some(_) => a,
            None if a == b => a,
            None => self.node(Code::If, [condition, a, b, NONE]),
        }
    }

    /// `x` and `factor` where `value` is `x` of each member times a `factor` that is the same for all.
    fn scaled(&self, value: Value) -> Option<(Value, Value)> {
        let Value::Member(number) = value else { return None };
        match self.nodes[number as usize] {
            Node { code: Code::Binary(Binary::Multiply), of: [x, factor, ..] } if factor.is_uniform() => {
                Some((x, factor))
            }
            _ => None,
        }
    }

    /// By repeated squaring: x^7 is x * (x^2 * x^4), x^-n is 1 / x^n.
    fn whole_power(&mut self, x: Value, exponent: i8) -> Value {
        let mut times = |a, b| self.binary(Binary::Multiply, a, b);
        let mut power = None;
        let mut square = x;
        let mut rest = exponent.unsigned_abs();
        let mut parts = Vec::new();
        while rest > 0 {
            if rest & 1 == 1 {
                parts.push(square);
            }
            rest >>= 1;
            if rest > 0 {
                square = times(square, square);
            }
        }
        while let Some(part) = parts.pop() {
            power = Some(power.map_or(part, |higher| times(part, higher)));
        }
        let power = power.unwrap_or(Value::literal(1.0));
        if exponent < 0 { self.binary(Binary::Divide, Value::literal(1.0), power) } else { power }
    }

    fn node(&mut self, code: Code, of: [Value; 4]) -> Value {
        if let [Some(a), Some(b), Some(c), Some(d)] = of.map(Value::number) {
            return Value::literal(program::apply_once(code, [a, b, c, d]));
        }
        let node = Node { code, of };
        if let Some(value) = self.known.get(&node) {
            return *value;
        }
        let number = self.nodes.len() as u32;
        let is_uniform = of.into_iter().all(Value::is_uniform);
        let value = if is_uniform { Value::Uniform(number) } else { Value::Member(number) };
        self.known.insert(node, value);
        self.nodes.push(node);
        value
    }
}

/// Results and the graph that works them out.
#[derive(Debug, Default, Clone)]
pub(super) struct Formulas {
    pub graph: Graph,
    pub results: Vec<Value>,
    /// How many inputs and plain parameters there are.
    pub inputs: usize,
    pub parameters: usize,
}

impl Formulas {
    /// Which nodes the results need.
    pub(super) fn needed(&self) -> Vec<bool> {
        let mut needed = alloc::vec![false; self.graph.nodes.len()];
        for number in self.results.iter().filter_map(|value| value.node()) {
            needed[number] = true;
        }
        for (number, node) in self.graph.nodes.iter().enumerate().rev() {
            if needed[number] {
                for operand in node.of.iter().filter_map(|value| value.node()) {
                    needed[operand] = true;
                }
            }
        }
        needed
    }

    /// Works these out in `graph` too, with `leaf` for every input, parameter and component.
    pub(super) fn repeat(&self, graph: &mut Graph, leaf: impl Fn(Value) -> Value) -> Vec<Value> {
        let needed = self.needed();
        let mut made: Vec<Value> = Vec::with_capacity(self.graph.nodes.len());
        let of = |made: &[Value], value: Value| match value.node() {
            Some(number) => made[number],
            None if value.number().is_some() => value,
            None => leaf(value),
        };
        for (node, needed) in self.graph.nodes.iter().zip(needed) {
            let [a, b, c, _] = node.of.map(|operand| if needed { of(&made, operand) } else { NONE });
            made.push(match node.code {
                _ if !needed => NONE,
                Code::Unary(operator) => graph.unary(operator, a),
                Code::Binary(operator) => graph.binary(operator, a, b),
                Code::If => graph.choice(a, b, c),
                Code::Fused { .. } | Code::Thrice(_) => NONE,
            });
        }
        self.results.iter().map(|value| of(&made, *value)).collect()
    }
}
