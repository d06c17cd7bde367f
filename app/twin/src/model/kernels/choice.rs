//! Which kernel each operation of a graph has.

use super::Opcode;
use crate::model::{
    expression::{
        Binary::{Add, And, Divide, Equal, Less, LessEqual, Max, Min, Multiply, Or, Power, Subtract},
        Unary::{Abs, Cos, Exp, Floor, Ln, Negate, Not, Sin, Sqrt, Tanh},
    },
    graph::Code,
};

impl Opcode {
    /// How it is read: a capital letter for each operand.
    #[cfg(feature = "language")]
    pub(in crate::model) fn formula(self) -> &'static str {
        match self {
            Opcode::Not => "not A",
            Opcode::Abs => "abs(A)",
            Opcode::Exp => "exp(A)",
            Opcode::Ln => "ln(A)",
            Opcode::Sqrt => "sqrt(A)",
            Opcode::Sin => "sin(A)",
            Opcode::Cos => "cos(A)",
            Opcode::Tanh => "tanh(A)",
            Opcode::Floor => "floor(A)",
            Opcode::Add => "A + B",
            Opcode::Subtract => "A - B",
            Opcode::Multiply => "A * B",
            Opcode::Divide => "A / B",
            Opcode::Power => "A ^ B",
            Opcode::Min => "min(A, B)",
            Opcode::Max => "max(A, B)",
            Opcode::Less => "A < B",
            Opcode::LessEqual => "A <= B",
            Opcode::Equal => "A == B",
            Opcode::And => "A and B",
            Opcode::Or => "A or B",
            Opcode::If => "if(A, B, C)",
            Opcode::SumPlus => "(A + B) + C",
            Opcode::SumMinus => "(A + B) - C",
            Opcode::FromSum => "C - (A + B)",
            Opcode::SumTimes => "(A + B) * C",
            Opcode::DifferencePlus => "(A - B) + C",
            Opcode::DifferenceMinus => "(A - B) - C",
            Opcode::FromDifference => "C - (A - B)",
            Opcode::DifferenceTimes => "(A - B) * C",
            Opcode::ProductPlus => "A * B + C",
            Opcode::ProductMinus => "A * B - C",
            Opcode::FromProduct => "C - A * B",
            Opcode::ProductTimes => "(A * B) * C",
            Opcode::QuotientPlus => "A / B + C",
            Opcode::QuotientMinus => "A / B - C",
            Opcode::FromQuotient => "C - A / B",
            Opcode::QuotientTimes => "(A / B) * C",
            Opcode::SumTimesPlus => "(A + B) * C + D",
            Opcode::DifferenceTimesPlus => "(A - B) * C + D",
            Opcode::ProductTimesPlus => "(A * B) * C + D",
        }
    }

    pub(in crate::model) fn of(code: Code) -> Opcode {
        let second = |second, is_turned, [plus, minus, from, times]: [Opcode; 4]| match (second, is_turned) {
            (Add, _) => plus,
            (Subtract, false) => minus,
            (Subtract, true) => from,
            _ => times,
        };
        match code {
            Code::Unary(Not) => Opcode::Not,
            Code::Unary(Abs) => Opcode::Abs,
            Code::Unary(Exp) => Opcode::Exp,
            Code::Unary(Ln) => Opcode::Ln,
            Code::Unary(Sqrt) => Opcode::Sqrt,
            Code::Unary(Sin) => Opcode::Sin,
            Code::Unary(Cos) => Opcode::Cos,
            Code::Unary(Tanh) => Opcode::Tanh,
            Code::Unary(Floor) => Opcode::Floor,
            Code::Binary(Add) => Opcode::Add,
            // A negation is a difference from 0 in the graph already.
            Code::Binary(Subtract) | Code::Unary(Negate) => Opcode::Subtract,
            Code::Binary(Multiply) => Opcode::Multiply,
            Code::Binary(Divide) => Opcode::Divide,
            Code::Binary(Power) => Opcode::Power,
            Code::Binary(Min) => Opcode::Min,
            Code::Binary(Max) => Opcode::Max,
            Code::Binary(Less) => Opcode::Less,
            Code::Binary(LessEqual) => Opcode::LessEqual,
            Code::Binary(Equal) => Opcode::Equal,
            Code::Binary(And) => Opcode::And,
            Code::Binary(Or) => Opcode::Or,
            Code::If => Opcode::If,
            Code::Thrice(Add) => Opcode::SumTimesPlus,
            Code::Thrice(Subtract) => Opcode::DifferenceTimesPlus,
            Code::Thrice(_) => Opcode::ProductTimesPlus,
            Code::Fused { first, second: then, is_turned } => second(
                then,
                is_turned,
                match first {
                    Add => [Opcode::SumPlus, Opcode::SumMinus, Opcode::FromSum, Opcode::SumTimes],
                    Subtract => {
                        let minus = [Opcode::DifferencePlus, Opcode::DifferenceMinus];
                        [minus[0], minus[1], Opcode::FromDifference, Opcode::DifferenceTimes]
                    }
                    Multiply => [Opcode::ProductPlus, Opcode::ProductMinus, Opcode::FromProduct, Opcode::ProductTimes],
                    _ => [Opcode::QuotientPlus, Opcode::QuotientMinus, Opcode::FromQuotient, Opcode::QuotientTimes],
                },
            ),
        }
    }
}
