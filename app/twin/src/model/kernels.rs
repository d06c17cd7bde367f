//! What each operation of a program does to a member.

mod choice;

use serde::{Deserialize, Serialize};

use super::program::Op;
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
    LnKernel maths::ln, maths::ln_two;
    SinKernel maths::sin, sin_two;
    CosKernel maths::cos, cos_two;
    TanhKernel maths::tanh, tanh_two;
    FloorKernel maths::floor, floor_two;
}

struct ExpKernel;

impl Kernel for ExpKernel {
    const IS_HALVED: bool = true;
    const TABLE: [f64; 10] = maths::exp::Q;

    #[inline(always)]
    fn of<L: Lane>([a, ..]: [L; 4]) -> L {
        maths::exp::rare(a)
    }

    #[inline(always)]
    fn is_plain<L: Lane>([a, ..]: [L; 4]) -> L {
        maths::exp::is_normal(a)
    }

    #[inline(always)]
    fn begin<L: Lane>([a, ..]: [L; 4]) -> [L; 2] {
        maths::exp::begin(a)
    }

    #[inline(always)]
    fn end<L: Lane>(begun: [L; 2], table: &[f64; 10]) -> L {
        maths::exp::end(begun, table)
    }
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
