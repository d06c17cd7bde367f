//! Expressions that are checked and ready to be compiled: every name is known, every conversion stands in them.

use alloc::{boxed::Box, string::String, vec::Vec};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    Number(f64),
    Name(String),
    Unary(Unary, Box<Expression>),
    Binary(Binary, Box<Expression>, Box<Expression>),
    If(Box<Expression>, Box<Expression>, Box<Expression>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unary {
    Negate,
    Not,
    Abs,
    Exp,
    Ln,
    Sqrt,
    Sin,
    Cos,
    Tanh,
    Floor,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Min,
    Max,
    Less,
    LessEqual,
    Equal,
    And,
    Or,
}

impl Expression {
    /// The names that it needs.
    pub(super) fn names(&self) -> Vec<&str> {
        let (mut found, mut open) = (Vec::new(), Vec::from([self]));
        while let Some(own) = open.pop() {
            match own {
                Expression::Number(_) => {}
                Expression::Name(name) => found.push(name.as_str()),
                Expression::Unary(_, a) => open.push(a),
                Expression::Binary(_, a, b) => open.extend([&**a, &**b]),
                Expression::If(c, a, b) => open.extend([&**c, &**a, &**b]),
            }
        }
        found
    }
}

pub(super) fn unary(operator: Unary, a: Expression) -> Expression {
    Expression::Unary(operator, Box::new(a))
}

pub(super) fn binary(operator: Binary, a: Expression, b: Expression) -> Expression {
    Expression::Binary(operator, Box::new(a), Box::new(b))
}

pub(super) fn choose(condition: Expression, a: Expression, b: Expression) -> Expression {
    Expression::If(Box::new(condition), Box::new(a), Box::new(b))
}
