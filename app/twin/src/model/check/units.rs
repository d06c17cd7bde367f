//! What becomes of units where quantities are joined, and what to say where they do not fit.

use alloc::{format, string::String};

use super::{Checked, Checker, Place, WRONG};
use crate::model::{
    document::Text,
    expression::{Binary, Expression, binary},
    graph::{Graph, Value},
    nature::{Measure, Nature, PURE},
    tree::{Node, Tree},
};

/// Text of an expression beyond this is not repeated in an error.
const MOST_TEXT: usize = 60;

/// An operand as it is written and as it was checked.
pub(super) type Operand<'t> = (&'t Tree, Checked);

impl Checker<'_> {
    pub(super) fn said(&self, tree: &Tree, place: &Place) -> String {
        match place.formula.text.get(tree.from..tree.to) {
            Some(text) if text.len() <= MOST_TEXT => format!("`{text}`"),
            _ => String::from("this expression"),
        }
    }

    /// The unit of what is written, as the file spells it where it does.
    fn spelled(&self, tree: &Tree, nature: Nature) -> String {
        match &tree.node {
            Node::Name(name) if !nature.is_point() => self.spellings.get(name).cloned(),
            _ => None,
        }
        .unwrap_or_else(|| nature.spelled())
    }

    /// `a operator b`.
    pub(super) fn joined(
        &mut self,
        operator: Binary,
        (left, (a, of_a)): Operand,
        (right, (b, of_b)): Operand,
        tree: &Tree,
        place: &Place,
    ) -> Checked {
        match operator {
            Binary::Multiply | Binary::Divide => {
                for (tree, nature) in [(left, of_a), (right, of_b)] {
                    if nature.is_point() {
                        return self.point_misused(tree, nature, place);
                    }
                }
                let nature = match (of_a, of_b) {
                    (Nature::Unknown, _) | (_, Nature::Unknown) => Nature::Unknown,
                    (Nature::Bare, Nature::Bare) => Nature::Bare,
                    (own, Nature::Bare) => own,
                    (own, Nature::Of(other)) => {
                        let own = if let Nature::Of(own) = own { own } else { PURE };
                        Nature::Of(if operator == Binary::Multiply { own.times(other) } else { own.over(other) })
                    }
                };
                (binary(operator, a, b), nature)
            }
            Binary::Power => self.power((left, (a, of_a)), (right, (b, of_b)), place),
            Binary::Add | Binary::Subtract => self.sum(operator, (left, (a, of_a)), (right, (b, of_b)), tree, place),
            Binary::Min | Binary::Max => {
                let (a, b, nature) = self.alike((left, (a, of_a)), (right, (b, of_b)), place);
                (binary(operator, a, b), nature)
            }
            Binary::Less | Binary::LessEqual | Binary::Equal | Binary::And | Binary::Or => {
                let (a, b, nature) = self.alike((left, (a, of_a)), (right, (b, of_b)), place);
                let nature = if nature == Nature::Unknown { nature } else { Nature::Of(PURE) };
                (binary(operator, a, b), nature)
            }
        }
    }

    fn power(&mut self, (left, (a, of_a)): Operand, (right, b): Operand, place: &Place) -> Checked {
        if of_a.is_point() {
            return self.point_misused(left, of_a, place);
        }
        match (of_a, constant(&b.0)) {
            (Nature::Unknown, _) => (binary(Binary::Power, a, b.0), of_a),
            (Nature::Of(measure), Some(exponent)) if !measure.is_pure() => match measure.power(exponent) {
                Some(measure) => (binary(Binary::Power, a, b.0), Nature::Of(measure)),
                None => self.fault(left, place, format!("{} has no power {exponent}", measure.spelled())),
            },
            (Nature::Of(measure), None) if !measure.is_pure() => {
                let message = format!(
                    "{} is in {}: only a pure number has a power that is not written as a number",
                    self.said(left, place),
                    measure.spelled()
                );
                self.fault(left, place, message)
            }
            _ => {
                let a = self.pure((a, of_a), left, place);
                let b = self.pure(b, right, place);
                let nature = if of_a == Nature::Bare { of_a } else { Nature::Of(PURE) };
                (binary(Binary::Power, a, b), nature)
            }
        }
    }

    fn sum(
        &mut self,
        operator: Binary,
        (left, (a, of_a)): Operand,
        (right, (b, of_b)): Operand,
        tree: &Tree,
        place: &Place,
    ) -> Checked {
        let adds = operator == Binary::Add;
        let (x, y) = match (of_a, of_b) {
            (Nature::Unknown, _) | (_, Nature::Unknown) => return (binary(operator, a, b), Nature::Unknown),
            (Nature::Bare, Nature::Bare) => return (binary(operator, a, b), Nature::Bare),
            (Nature::Bare, Nature::Of(pure)) if self.is_doubtful(&a, &pure) => return self.doubtful(left, pure, place),
            (Nature::Of(pure), Nature::Bare) if self.is_doubtful(&b, &pure) => {
                return self.doubtful(right, pure, place);
            }
            // A bare number beside a point is a difference, except where a point is taken from it.
            (Nature::Of(x), Nature::Bare) => (x, x.difference()),
            (Nature::Bare, Nature::Of(y)) => (if adds { y.difference() } else { y }, y),
            (Nature::Of(x), Nature::Of(y)) => (x, y),
        };
        if !x.fits(&y) {
            return self.mismatch((left, of_a), (right, of_b), place);
        }
        match (x.is_point(), y.is_point()) {
            (true, true) if adds => {
                let said = self.said(tree, place);
                let message = format!("{said} adds two temperatures: write one of them as a difference, in K");
                self.fault(tree, place, message)
            }
            (false, true) if !adds => {
                let message = format!(
                    "{} takes a temperature on a scale from a difference: `kelvin(...)` makes it one in K",
                    self.said(tree, place)
                );
                self.fault(tree, place, message)
            }
            (true, true) => (binary(operator, a, y.converted(b, &x)), Nature::Of(x.difference())),
            (false, true) => {
                let (from, to) = (x, y.difference());
                (binary(operator, from.converted(a, &to), b), Nature::Of(y))
            }
            (true, false) => (binary(operator, a, y.converted(b, &x.difference())), Nature::Of(x)),
            (false, false) => (binary(operator, a, y.converted(b, &x)), Nature::Of(x)),
        }
    }

    /// Both in one unit: that of the first that has one.
    pub(super) fn alike(
        &mut self,
        (left, (a, of_a)): Operand,
        (right, (b, of_b)): Operand,
        place: &Place,
    ) -> (Expression, Expression, Nature) {
        match (of_a, of_b) {
            (Nature::Unknown, _) | (_, Nature::Unknown) => (a, b, Nature::Unknown),
            (Nature::Bare, Nature::Of(pure)) if self.is_doubtful(&a, &pure) => {
                self.doubtful(left, pure, place);
                (a, b, Nature::Unknown)
            }
            (Nature::Of(pure), Nature::Bare) if self.is_doubtful(&b, &pure) => {
                self.doubtful(right, pure, place);
                (a, b, Nature::Unknown)
            }
            (Nature::Bare, nature) | (nature, Nature::Bare) => (a, b, nature),
            (Nature::Of(x), Nature::Of(y)) if x.fits(&y) && x.is_point() == y.is_point() => {
                (a, y.converted(b, &x), Nature::Of(x))
            }
            _ => {
                self.mismatch((left, of_a), (right, of_b), place);
                (a, b, Nature::Unknown)
            }
        }
    }

    fn mismatch(&mut self, (left, of_a): (&Tree, Nature), (right, of_b): (&Tree, Nature), place: &Place) -> Checked {
        let (a, b) = (self.said(left, place), self.said(right, place));
        let hint = match (of_a, of_b) {
            (Nature::Of(x), Nature::Of(y)) if x.fits(&y) => String::from(
                ": one is a temperature on a scale, the other a difference or absolute; see `celsius` and `kelvin`",
            ),
            (Nature::Of(x), Nature::Of(y)) => self.taken_for(&[left, right], &x, &y),
            _ => String::new(),
        };
        let [in_a, in_b] = [self.spelled(left, of_a), self.spelled(right, of_b)];
        let message = format!("{a} is in {in_a}, {b} in {in_b}{hint}");
        self.fault(right, place, message)
    }

    pub(super) fn point_misused(&mut self, tree: &Tree, nature: Nature, place: &Place) -> Checked {
        let message = format!(
            "{} is on {}, which has no multiples: take a difference, as `x - 20[degC]`, or `kelvin(x)`",
            self.said(tree, place),
            nature.spelled()
        );
        self.fault(tree, place, message)
    }

    /// A pure number: what has a unit of its own is an error.
    pub(super) fn pure(&mut self, checked: Checked, tree: &Tree, place: &Place) -> Expression {
        self.assign(checked, Nature::Of(PURE), tree, place)
    }

    /// A formula that holds or does not.
    pub(in crate::model) fn condition(&mut self, formula: &Text) -> Expression {
        let Some(tree) = self.parse(formula) else { return WRONG.0 };
        self.truth(&tree, &Place { formula, fitted: None })
    }

    /// Something that holds where it is not 0.
    pub(super) fn truth(&mut self, tree: &Tree, place: &Place) -> Expression {
        let (own, nature) = self.value(tree, place);
        match nature {
            Nature::Of(measure) if !measure.is_pure() => {
                let said = self.said(tree, place);
                self.fault(tree, place, format!("{said} is in {} and no condition", measure.spelled())).0
            }
            _ => own,
        }
    }

    /// The checked value in the unit `wanted`.
    pub(super) fn assign(&mut self, (own, nature): Checked, wanted: Nature, tree: &Tree, place: &Place) -> Expression {
        let (Nature::Of(from), Nature::Of(to)) = (nature, wanted) else { return own };
        if from.fits(&to) && from.is_point() == to.is_point() {
            return from.converted(own, &to);
        }
        let said = self.said(tree, place);
        let message = match (from.fits(&to), to.is_point()) {
            (true, true) => {
                format!("{said} is a difference or absolute; `celsius(...)` makes it a temperature in degC")
            }
            (true, false) => format!("{said} is on {}; `kelvin(...)` makes it one in K", nature.spelled()),
            (false, _) => {
                let (own, hint) = (self.spelled(tree, nature), self.taken_for(&[tree], &from, &to));
                match to == PURE {
                    true => format!("{said} is in {own}, a pure number is expected{hint}"),
                    false => format!("{said} is in {own}, expected {}{hint}", to.spelled()),
                }
            }
        };
        self.fault(tree, place, message);
        WRONG.0
    }
}

/// The number that an expression is, where it needs no name.
pub(in crate::model) fn constant(expression: &Expression) -> Option<f64> {
    folded(&mut Graph::default(), expression)?.number()
}

fn folded(graph: &mut Graph, expression: &Expression) -> Option<Value> {
    match expression {
        Expression::Number(number) => Some(Value::literal(*number)),
        Expression::Unary(operator, a) => {
            let a = folded(graph, a)?;
            Some(graph.unary(*operator, a))
        }
        Expression::Binary(operator, a, b) => {
            let (a, b) = (folded(graph, a)?, folded(graph, b)?);
            Some(graph.binary(*operator, a, b))
        }
        Expression::Name(_) | Expression::If(..) => None,
    }
}

impl Nature {
    /// What it is by the second.
    pub(in crate::model) fn per_second(self) -> Nature {
        match self {
            Nature::Of(measure) => Nature::Of(measure.difference().over(crate::model::nature::SECOND)),
            other => other,
        }
    }

    pub(in crate::model) fn measure(self) -> Option<Measure> {
        if let Nature::Of(measure) = self { Some(measure) } else { None }
    }
}
