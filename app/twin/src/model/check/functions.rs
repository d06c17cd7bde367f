//! The functions of the language: what they take, what they give, and what they become.

use alloc::{format, string::String, vec::Vec};

use super::{Checked, Checker, Hidden, Operand, Place};
use crate::model::{
    expression::{Binary, Expression, Unary, binary, choose, unary},
    nature::{CELSIUS, KELVIN, Measure, Nature, PURE, SECOND},
    nearest,
    tree::Tree,
};

/// The functions and how many arguments they take, at least and at most.
pub(in crate::model) const FUNCTIONS: &[(&str, usize, usize)] = &[
    ("abs", 1, 1),
    ("celsius", 1, 1),
    ("clamp", 3, 3),
    ("cos", 1, 1),
    ("delay", 2, 2),
    ("exp", 1, 1),
    ("floor", 1, 1),
    ("if", 3, 3),
    ("kelvin", 1, 1),
    ("lag", 2, 2),
    ("ln", 1, 1),
    ("max", 2, usize::MAX),
    ("min", 2, usize::MAX),
    ("noise", 1, 1),
    ("pow", 2, 2),
    ("sign", 1, 1),
    ("sin", 1, 1),
    ("sqrt", 1, 1),
    ("tanh", 1, 1),
];

/// A table of the file.
#[derive(Debug)]
pub(in crate::model) struct Curve {
    pub input: Measure,
    pub output: Measure,
    pub points: Vec<(f64, f64)>,
}

/// Steps that all delays of a model may keep together.
const MOST_KEPT: usize = 512;
/// Lags, delays and noises of a model.
const MOST_HIDDEN: usize = 64;

impl Checker<'_> {
    pub(super) fn call(&mut self, name: &str, arguments: &[Tree], tree: &Tree, place: &Place) -> Checked {
        let takes = FUNCTIONS.iter().find(|(known, ..)| *known == name);
        let (least, most) = match takes {
            Some((_, least, most)) => (*least, *most),
            None if self.curves.contains_key(name) => (1, 1),
            None => {
                let known = FUNCTIONS.iter().map(|(name, ..)| *name).chain(self.curves.keys().map(String::as_str));
                let message = nearest::unknown("function", name, known);
                return self.fault(tree, place, message);
            }
        };
        let count = arguments.len();
        if count < least || count > most {
            let wanted = if most == usize::MAX { format!("{least} or more") } else { format!("{least}") };
            return self.fault(tree, place, format!("`{name}` takes {wanted} arguments, not {count}"));
        }
        let mut checked: Vec<Operand> = arguments.iter().map(|tree| (tree, self.value(tree, place))).collect();
        match (name, &mut checked[..]) {
            ("min" | "max", _) => self.least_or_most(name, checked, tree, place),
            ("clamp", [_, ..]) => {
                let high = checked.pop();
                let raised = self.least_or_most("max", checked, tree, place);
                self.least_or_most("min", [(tree, raised)].into_iter().chain(high).collect(), tree, place)
            }
            ("pow", _) => match (checked.pop(), checked.pop()) {
                (Some(b), Some(a)) => self.joined(Binary::Power, a, b, tree, place),
                _ => super::WRONG,
            },
            ("if", [(condition, _), a, b]) => {
                let condition = self.truth(condition, place);
                let (a, b, nature) = self.alike(a.clone(), b.clone(), place);
                (choose(condition, a, b), nature)
            }
            ("lag", [(of, own), (_, tau)]) => {
                let tau = self.assign(tau.clone(), Nature::Of(SECOND), &arguments[1], place);
                let (of, nature) = (*of, own.1);
                self.hide(Hidden::Lag { of: own.0.clone(), tau }, "lag", nature, of, place)
            }
            ("delay", [(of, own), (_, time)]) => {
                let before = self.errors.len();
                let time = self.assign(time.clone(), Nature::Of(SECOND), &arguments[1], place);
                if self.errors.len() > before {
                    return super::WRONG;
                }
                let (of, own) = (*of, own.clone());
                self.delay(of, own, &time, &arguments[1], place)
            }
            (_, [(argument, own)]) => {
                let (argument, own) = (*argument, core::mem::replace(own, super::WRONG));
                self.of_one(name, argument, own, place)
            }
            _ => super::WRONG,
        }
    }

    fn least_or_most(&mut self, name: &str, operands: Vec<Operand>, tree: &Tree, place: &Place) -> Checked {
        let operator = if name == "min" { Binary::Min } else { Binary::Max };
        let joined = operands.into_iter().reduce(|a, b| (tree, self.joined(operator, a, b, tree, place)));
        joined.map_or(super::WRONG, |(_, joined)| joined)
    }

    fn of_one(&mut self, name: &str, tree: &Tree, (own, nature): Checked, place: &Place) -> Checked {
        let bare_or = |nature: Nature, measure: Measure| match nature {
            Nature::Of(_) => Nature::Of(measure),
            other => other,
        };
        let of_pure = match name {
            "exp" => Some(Unary::Exp),
            "ln" => Some(Unary::Ln),
            "sin" => Some(Unary::Sin),
            "cos" => Some(Unary::Cos),
            "tanh" => Some(Unary::Tanh),
            _ => None,
        };
        if let Some(operator) = of_pure {
            let own = self.pure((own, nature), tree, place);
            return (unary(operator, own), bare_or(nature, PURE));
        }
        match name {
            "celsius" => {
                let own = self.assign((own, nature), Nature::Of(KELVIN), tree, place);
                (KELVIN.converted(own, &CELSIUS), Nature::Of(CELSIUS))
            }
            "kelvin" => {
                let own = match nature {
                    Nature::Of(point) if point.is_point() => point.converted(own, &KELVIN),
                    _ => self.assign((own, nature), Nature::Of(CELSIUS), tree, place),
                };
                (own, Nature::Of(KELVIN))
            }
            "sign" => {
                let own = self.shared(own);
                let negative = choose(binary(Binary::Less, own.clone(), ZERO), Expression::Number(-1.0), own.clone());
                let sign = choose(binary(Binary::Less, ZERO, own), Expression::Number(1.0), negative);
                (sign, bare_or(nature, PURE))
            }
            "abs" | "floor" | "sqrt" | "noise" if nature.is_point() => self.point_misused(tree, nature, place),
            "abs" => (unary(Unary::Abs, own), nature),
            "floor" => (unary(Unary::Floor, own), nature),
            "sqrt" => {
                let root = match nature {
                    Nature::Of(measure) => measure.power(0.5).map_or(Nature::Unknown, Nature::Of),
                    other => other,
                };
                (unary(Unary::Sqrt, own), root)
            }
            "noise" => {
                let (normal, _) = self.hide(Hidden::Noise, "noise", Nature::Unknown, tree, place);
                (binary(Binary::Multiply, own, normal), nature)
            }
            _ => self.curve(name, tree, (own, nature), place),
        }
    }

    fn delay(&mut self, of: &Tree, own: Checked, time: &Expression, tree: &Tree, place: &Place) -> Checked {
        let Some(secs) = super::units::constant(time).filter(|secs| secs.is_finite() && *secs > 0.0) else {
            return self.fault(tree, place, String::from("the time of a `delay` is a number above 0, as `5[min]`"));
        };
        let steps = crate::maths::scalar::floor(secs / self.step_secs + 0.5);
        let kept: usize =
            self.hidden.iter().map(|hidden| if let Hidden::Delay { steps, .. } = hidden { *steps } else { 0 }).sum();
        if !(1.0..=MOST_KEPT as f64).contains(&steps) || kept + steps as usize > MOST_KEPT {
            let message = format!("a `delay` is of 1 step or more, and all of a model of {MOST_KEPT} steps at most");
            return self.fault(tree, place, message);
        }
        let nature = own.1;
        self.hide(Hidden::Delay { of: own.0, steps: steps as usize }, "delay", nature, of, place)
    }

    fn hide(&mut self, hidden: Hidden, what: &str, nature: Nature, tree: &Tree, place: &Place) -> Checked {
        if self.hidden.len() >= MOST_HIDDEN {
            return self.fault(tree, place, format!("more than {MOST_HIDDEN} of `lag`, `delay` and `noise`"));
        }
        let name = hidden_name(what, self.hidden.len());
        self.hidden.push(hidden);
        (Expression::Name(name), nature)
    }

    /// A table at `own`: straight lines between its points, its ends held.
    fn curve(&mut self, name: &str, tree: &Tree, own: Checked, place: &Place) -> Checked {
        let Some(Some(Curve { input, output, .. })) = self.curves.get(name) else { return super::WRONG };
        let (input, output) = (*input, *output);
        let own = self.assign(own, Nature::Of(input), tree, place);
        let own = self.shared(own);
        let Some(Some(Curve { points, .. })) = self.curves.get(name) else { return super::WRONG };
        let (Some((first, low)), Some((last, high))) = (points.first(), points.last()) else { return super::WRONG };
        // What is not a number is beyond no end and below no point: it stays so.
        let end = binary(Binary::LessEqual, Expression::Number(*last), own.clone());
        let mut value = choose(end, Expression::Number(*high), own.clone());
        for pair in points.windows(2).rev() {
            let [(x, y), (next_x, next_y)] = [pair[0], pair[1]];
            let slope = Expression::Number((next_y - y) / (next_x - x));
            let along = binary(Binary::Multiply, binary(Binary::Subtract, own.clone(), Expression::Number(x)), slope);
            let line = binary(Binary::Add, Expression::Number(y), along);
            value = choose(binary(Binary::Less, own.clone(), Expression::Number(next_x)), line, value);
        }
        let below = binary(Binary::Less, own, Expression::Number(*first));
        (choose(below, Expression::Number(*low), value), Nature::Of(output))
    }
}

const ZERO: Expression = Expression::Number(0.0);

/// The name of what a formula keeps; no name of a file has a space.
pub(in crate::model) fn hidden_name(what: &str, index: usize) -> String {
    format!("{what} {index}")
}
