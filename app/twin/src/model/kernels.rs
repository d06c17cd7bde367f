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

/// Kernels by name, each a function of operands; `long` ones are not written out for every lane of an eight.
macro_rules! kernels {
    ($($name:ident |$a:ident, $b:ident, $c:ident| $value:expr;)*) => { $( kernels!(@ $name, false, $a, $b, $c, $value); )* };
    (long $($name:ident |$a:ident, $b:ident, $c:ident| $value:expr;)*) => { $( kernels!(@ $name, true, $a, $b, $c, $value); )* };
    (@ $name:ident, $is_long:expr, $a:ident, $b:ident, $c:ident, $value:expr) => {
        struct $name;

        impl Kernel for $name {
            const IS_LONG: bool = $is_long;

            #[inline(always)]
            fn of<L: Lane>($a: L, $b: L, $c: L) -> L {
                let _ = ($a, $b, $c);
                $value
            }
        }
    };
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
    NotKernel |a, b, c| truth(lanes::eq(a, L::splat(0.0)));
    AbsKernel |a, b, c| lanes::abs(a);
    AddKernel |a, b, c| a + b;
    SubtractKernel |a, b, c| a - b;
    MultiplyKernel |a, b, c| a * b;
    DivideKernel |a, b, c| a / b;
    MinKernel |a, b, c| lanes::min(a, b);
    MaxKernel |a, b, c| lanes::max(a, b);
    LessKernel |a, b, c| truth(lanes::lt(a, b));
    LessEqualKernel |a, b, c| truth(lanes::le(a, b));
    EqualKernel |a, b, c| truth(lanes::eq(a, b));
    AndKernel |a, b, c| truth(holds(a) & holds(b));
    OrKernel |a, b, c| truth(holds(a) | holds(b));
    IfKernel |a, b, c| select(holds(a), b, c);
}

kernels! {
    long
    SqrtKernel |a, b, c| lanes::sqrt(a);
    ExpKernel |a, b, c| maths::exp(a);
    LnKernel |a, b, c| maths::ln(a);
    SinKernel |a, b, c| maths::sin(a);
    CosKernel |a, b, c| maths::cos(a);
    TanhKernel |a, b, c| maths::tanh(a);
    PowerKernel |a, b, c| maths::pow(a, b);
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
