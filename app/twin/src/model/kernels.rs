//! What each operation of a program does to a member.

use super::{
    expression::{
        Binary::{Add, And, Divide, Equal, Less, LessEqual, Max, Min, Multiply, Or, Power, Subtract},
        Unary::{Abs, Cos, Exp, Ln, Negate, Not, Sin, Sqrt, Tanh},
    },
    graph::Code,
    program::Op,
};
use crate::{
    lanes::{self, Kernel, Lane, Rows, select},
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
}

long_kernels! {
    SqrtKernel maths::sqrt, sqrt_two;
    ExpKernel maths::exp, maths::exp_two;
    LnKernel maths::ln, maths::ln_two;
    SinKernel maths::sin, sin_two;
    CosKernel maths::cos, cos_two;
    TanhKernel maths::tanh, tanh_two;
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

/// Does `op` to all members of a row.
#[inline(always)]
pub(super) fn apply<L: Lane>(rows: &mut Rows, op: &Op) {
    macro_rules! map {
        ($kernel:ty) => {
            rows.map::<L, $kernel>(op.to, op.of)
        };
    }
    macro_rules! second {
        ($second:expr, $is_turned:expr, $plus:ty, $minus:ty, $from:ty, $times:ty) => {
            match ($second, $is_turned) {
                (Add, _) => map!($plus),
                (Subtract, false) => map!($minus),
                (Subtract, true) => map!($from),
                _ => map!($times),
            }
        };
    }
    match op.code {
        // A negation is a difference from 0 in the graph already.
        Code::Unary(Negate) => {}
        Code::Unary(Not) => map!(NotKernel),
        Code::Unary(Abs) => map!(AbsKernel),
        Code::Unary(Exp) => map!(ExpKernel),
        Code::Unary(Ln) => map!(LnKernel),
        Code::Unary(Sqrt) => map!(SqrtKernel),
        Code::Unary(Sin) => map!(SinKernel),
        Code::Unary(Cos) => map!(CosKernel),
        Code::Unary(Tanh) => map!(TanhKernel),
        Code::Binary(Add) => map!(AddKernel),
        Code::Binary(Subtract) => map!(SubtractKernel),
        Code::Binary(Multiply) => map!(MultiplyKernel),
        Code::Binary(Divide) => map!(DivideKernel),
        Code::Binary(Power) => map!(PowerKernel),
        Code::Binary(Min) => map!(MinKernel),
        Code::Binary(Max) => map!(MaxKernel),
        Code::Binary(Less) => map!(LessKernel),
        Code::Binary(LessEqual) => map!(LessEqualKernel),
        Code::Binary(Equal) => map!(EqualKernel),
        Code::Binary(And) => map!(AndKernel),
        Code::Binary(Or) => map!(OrKernel),
        Code::If => map!(IfKernel),
        Code::Thrice(Add) => map!(SumTimesPlus),
        Code::Thrice(Subtract) => map!(DifferenceTimesPlus),
        Code::Thrice(_) => map!(ProductTimesPlus),
        Code::Fused { first, second, is_turned } => match first {
            Add => second!(second, is_turned, SumPlus, SumMinus, FromSum, SumTimes),
            Subtract => {
                second!(second, is_turned, DifferencePlus, DifferenceMinus, FromDifference, DifferenceTimes)
            }
            Multiply => second!(second, is_turned, ProductPlus, ProductMinus, FromProduct, ProductTimes),
            _ => second!(second, is_turned, QuotientPlus, QuotientMinus, FromQuotient, QuotientTimes),
        },
    }
}
