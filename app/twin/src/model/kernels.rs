//! What each operation of a program does to a member.

use serde::{Deserialize, Serialize};

use super::{
    expression::{
        Binary::{Add, And, Divide, Equal, Less, LessEqual, Max, Min, Multiply, Or, Power, Subtract},
        Unary::{Abs, Cos, Exp, Floor, Ln, Negate, Not, Sin, Sqrt, Tanh},
    },
    graph::Code,
    program::Op,
};
use crate::{
    lanes::{self, Kernel, Lane, Outer, Rows, select},
    maths,
};

/// Kernels by name, each a function of operands.
macro_rules! kernels {
    ($($name:ident |$($operand:ident),*| $value:expr;)*) => { $(
        struct $name;

        impl Kernel for $name {
            #[inline(always)]
            fn of<L: Lane>([$($operand,)* ..]: [L; 4]) -> L {
                $value
            }
        }
    )* };
}

/// Kernels that are not written out for every lane of an eight.
macro_rules! long_kernels {
    ($($name:ident $one:path, $two:path;)*) => { $(
        struct $name;

        impl Kernel for $name {
            const IS_LONG: bool = true;

            #[inline(always)]
            fn of<L: Lane>([a, ..]: [L; 4]) -> L {
                $one(a)
            }

            #[inline(always)]
            fn of_two<L: Lane>([a, ..]: [L; 4], [b, ..]: [L; 4]) -> [L; 2] {
                $two(a, b)
            }
        }
    )* };
}

/// 1 where `mask` is set, else 0.
#[inline(always)]
fn truth<L: Lane>(mask: L) -> L {
    mask & L::splat(1.0)
}

/// All ones where `x` is not 0; NaN counts as true.
#[inline(always)]
fn holds<L: Lane>(x: L) -> L {
    lanes::ne(x, L::splat(0.0))
}

kernels! {
    NotKernel |a| truth(lanes::eq(a, L::splat(0.0)));
    AbsKernel |a| lanes::abs(a);
    AddKernel |a, b| a + b;
    SubtractKernel |a, b| a - b;
    MultiplyKernel |a, b| a * b;
    DivideKernel |a, b| a / b;
    MinKernel |a, b| lanes::min(a, b);
    MaxKernel |a, b| lanes::max(a, b);
    LessKernel |a, b| truth(lanes::lt(a, b));
    LessEqualKernel |a, b| truth(lanes::le(a, b));
    EqualKernel |a, b| truth(lanes::eq(a, b));
    AndKernel |a, b| truth(holds(a) & holds(b));
    OrKernel |a, b| truth(holds(a) | holds(b));
    IfKernel |a, b, c| select(holds(a), b, c);
}

/// `f` of each of two.
macro_rules! twice {
    ($($name:ident $f:path;)*) => { $(
        #[inline(always)]
        fn $name<L: Lane>(a: L, b: L) -> [L; 2] {
            [$f(a), $f(b)]
        }
    )* };
}

twice! {
    sqrt_two maths::sqrt;
    sin_two maths::sin;
    cos_two maths::cos;
    tanh_two maths::tanh;
    floor_two maths::floor;
}

long_kernels! {
    SqrtKernel maths::sqrt, sqrt_two;
    ExpKernel maths::exp, maths::exp_two;
    LnKernel maths::ln, maths::ln_two;
    SinKernel maths::sin, sin_two;
    CosKernel maths::cos, cos_two;
    TanhKernel maths::tanh, tanh_two;
    FloorKernel maths::floor, floor_two;
}

struct PowerKernel;

impl Kernel for PowerKernel {
    const IS_LONG: bool = true;

    #[inline(always)]
    fn of<L: Lane>([a, b, ..]: [L; 4]) -> L {
        maths::pow(a, b)
    }
}

/// Two operations at once, the second on the result of the first; each rounds by itself.
macro_rules! fused {
    ($($sign:tt $plus:ident $minus:ident $from:ident $times:ident;)*) => {
        kernels! {
            $(
                $plus |a, b, c| (a $sign b) + c;
                $minus |a, b, c| (a $sign b) - c;
                $from |a, b, c| c - (a $sign b);
                $times |a, b, c| (a $sign b) * c;
            )*
        }
    };
}

// The third operation adds to a product.
kernels! {
    SumTimesPlus |a, b, c, d| (a + b) * c + d;
    DifferenceTimesPlus |a, b, c, d| (a - b) * c + d;
    ProductTimesPlus |a, b, c, d| (a * b) * c + d;
}

fused! {
    + SumPlus SumMinus FromSum SumTimes;
    - DifferencePlus DifferenceMinus FromDifference DifferenceTimes;
    * ProductPlus ProductMinus FromProduct ProductTimes;
    / QuotientPlus QuotientMinus FromQuotient QuotientTimes;
}

/// Names every operation that there are kernels of.
macro_rules! opcodes {
    ($($name:ident $kernel:ty;)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        pub(super) enum Opcode {
            $($name,)*
        }

        /// Does `op` to all members of a row.
        #[inline(always)]
        pub(super) fn apply<L: Lane>(rows: &mut Rows, outer: &mut Outer, op: &Op) {
            match op.opcode {
                $(Opcode::$name => rows.map::<L, $kernel>(outer, &op.places),)*
            }
        }
    };
}

opcodes! {
    Not NotKernel;
    Abs AbsKernel;
    Exp ExpKernel;
    Ln LnKernel;
    Sqrt SqrtKernel;
    Sin SinKernel;
    Cos CosKernel;
    Tanh TanhKernel;
    Floor FloorKernel;
    Add AddKernel;
    Subtract SubtractKernel;
    Multiply MultiplyKernel;
    Divide DivideKernel;
    Power PowerKernel;
    Min MinKernel;
    Max MaxKernel;
    Less LessKernel;
    LessEqual LessEqualKernel;
    Equal EqualKernel;
    And AndKernel;
    Or OrKernel;
    If IfKernel;
    SumPlus SumPlus;
    SumMinus SumMinus;
    FromSum FromSum;
    SumTimes SumTimes;
    DifferencePlus DifferencePlus;
    DifferenceMinus DifferenceMinus;
    FromDifference FromDifference;
    DifferenceTimes DifferenceTimes;
    ProductPlus ProductPlus;
    ProductMinus ProductMinus;
    FromProduct FromProduct;
    ProductTimes ProductTimes;
    QuotientPlus QuotientPlus;
    QuotientMinus QuotientMinus;
    FromQuotient FromQuotient;
    QuotientTimes QuotientTimes;
    SumTimesPlus SumTimesPlus;
    DifferenceTimesPlus DifferenceTimesPlus;
    ProductTimesPlus ProductTimesPlus;
}

impl Opcode {
    /// How it is read: a capital letter for each operand.
    pub(super) fn formula(self) -> &'static str {
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

    pub(super) fn of(code: Code) -> Opcode {
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
