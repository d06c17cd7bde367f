//! Looks names up, derives and compares units, and writes conversions into expressions; all errors at once.

mod doubt;
mod functions;
mod order;
mod taken;
pub(super) mod units;

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{
    ModelError,
    document::{Row, Text},
    expression::{Binary, Expression, Unary, binary, unary},
    nature::{Measure, Nature, PURE},
    nearest,
    read::error_at,
    tree::{self, Fault, Node, Tree},
};
use crate::unit::meant;

pub(super) use functions::{Curve, FUNCTIONS, hidden_name};
pub(super) use order::order;
use units::Operand;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Role {
    Input(u16),
    /// A plain parameter or a cost.
    Parameter(u16),
    State(u16),
    Calibrated(u16),
    Let(u16),
    /// Number of the clock's hand.
    Clock(u16),
    /// An intermediate that is not worked out yet, or an entry with an error of its own.
    Open,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub role: Role,
    pub nature: Nature,
}

/// What a formula keeps between steps, in a component that has no name in the file.
#[derive(Debug)]
pub(super) enum Hidden {
    /// Follows `of` with the time constant `tau`, in seconds.
    Lag { of: Expression, tau: Expression },
    /// `of` as it was so many steps ago.
    Delay { of: Expression, steps: usize },
    /// A standard normal number at each step.
    Noise,
}

pub(super) struct Checker<'a> {
    pub file: &'a str,
    pub errors: Vec<ModelError>,
    pub names: BTreeMap<String, Known>,
    /// Units of names as the file spells them.
    spellings: BTreeMap<String, String>,
    pub curves: BTreeMap<String, Option<Curve>>,
    /// Intermediates, each after those that it needs, and parts of formulas that are needed more than once.
    pub lets: Vec<(String, Expression)>,
    pub hidden: Vec<Hidden>,
    /// Seconds of a step: a delay is so many.
    pub step_secs: f64,
    /// Whether a formula looks at the asset's clock.
    pub is_clocked: bool,
}

/// Where a formula stands, and how its names are read.
pub(super) struct Place<'t> {
    pub formula: &'t Text,
    /// Of a fitted formula: names with the units they are taken in.
    fitted: Option<&'t [(String, Measure)]>,
}

/// Of a fitted formula: the units its names are taken in, and the unit of the result.
pub(super) type Fitted<'t> = (&'t [(Text, Text)], &'t Text);

pub(super) type Checked = (Expression, Nature);

/// What stands for something that is wrong.
const WRONG: Checked = (Expression::Number(0.0), Nature::Unknown);

/// Begins the names of parts of formulas that are needed more than once.
pub(super) const PART: &str = "part";
/// Intermediates and shared parts of a model.
const MOST_LETS: usize = 4096;

impl<'a> Checker<'a> {
    pub(super) fn new(file: &'a str) -> Checker<'a> {
        Checker {
            file,
            errors: Vec::new(),
            names: BTreeMap::new(),
            spellings: BTreeMap::new(),
            curves: BTreeMap::new(),
            lets: Vec::new(),
            hidden: Vec::new(),
            step_secs: 1.0,
            is_clocked: false,
        }
    }

    pub(super) fn error(&mut self, at: usize, message: impl Into<String>) {
        let error = error_at(self.file, at, message.into());
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }

    pub(super) fn declare(&mut self, name: &Text, role: Role, nature: Nature) {
        if matches!(name.text.as_str(), "and" | "or" | "not" | "time_of_day" | "day_of_year") {
            self.error(name.at, format!("`{}` is a word of the language", name.text));
        } else if self.names.contains_key(&name.text) {
            self.error(name.at, format!("`{}` is named twice", name.text));
        } else {
            self.names.insert(name.text.clone(), Known { role, nature });
        }
    }

    /// A hand of the asset's clock.
    pub(super) fn clock(&mut self, name: &str, role: Role, nature: Nature) {
        self.names.insert(String::from(name), Known { role, nature });
    }

    /// The unit under `key`; what is wrong with it is said here.
    pub(super) fn unit(&mut self, row: &Row, key: &str) -> Nature {
        let Some(unit) = row.text(key) else { return Nature::Unknown };
        self.spellings.insert(row.name.text.clone(), unit.text.clone());
        self.measure(unit)
    }

    pub(super) fn measure(&mut self, unit: &Text) -> Nature {
        match meant::parse(&unit.text) {
            Ok(unit) => Nature::Of(Measure::from(unit)),
            Err(message) => {
                self.error(unit.at, message);
                Nature::Unknown
            }
        }
    }

    /// A formula whose result must be in the unit `wanted`.
    pub(super) fn formula(&mut self, formula: &Text, wanted: Nature) -> Expression {
        let Some(tree) = self.parse(formula) else { return WRONG.0 };
        let place = Place { formula, fitted: None };
        let checked = self.value(&tree, &place);
        self.assign(checked, wanted, &tree, &place)
    }

    pub(super) fn parse(&mut self, formula: &Text) -> Option<Tree> {
        tree::parse(&formula.text).map_err(|Fault { at, message }| self.error(formula.at + at, message)).ok()
    }

    fn fault(&mut self, tree: &Tree, place: &Place, message: String) -> Checked {
        self.error(place.formula.at + tree.from, message);
        WRONG
    }

    fn value(&mut self, tree: &Tree, place: &Place) -> Checked {
        match &tree.node {
            Node::Number(number, None) => (Expression::Number(*number), Nature::Bare),
            Node::Number(number, Some(unit)) => match meant::parse(unit) {
                Ok(unit) => (Expression::Number(*number), Nature::Of(Measure::from(unit))),
                Err(message) => self.fault(tree, place, message),
            },
            Node::Name(name) => self.named(name, tree, place),
            Node::Unary(Unary::Not, a) => (unary(Unary::Not, self.truth(a, place)), Nature::Of(PURE)),
            Node::Unary(operator, a) => {
                let (own, nature) = self.value(a, place);
                if nature.is_point() {
                    return self.point_misused(a, nature, place);
                }
                (unary(*operator, own), nature)
            }
            Node::Binary(operator @ (Binary::And | Binary::Or), a, b) => {
                let (a, b) = (self.truth(a, place), self.truth(b, place));
                (binary(*operator, a, b), Nature::Of(PURE))
            }
            Node::Binary(operator, a, b) => {
                let (x, y) = (self.value(a, place), self.value(b, place));
                self.joined(*operator, (a, x), (b, y), tree, place)
            }
            Node::Call(name, arguments) => self.call(name, arguments, tree, place),
        }
    }

    fn named(&mut self, name: &str, tree: &Tree, place: &Place) -> Checked {
        let Some(Known { role, nature }) = self.names.get(name).copied() else {
            let message = nearest::unknown("name", name, self.names.keys().map(String::as_str));
            return self.fault(tree, place, message);
        };
        if role == Role::Open {
            return (WRONG.0, nature);
        }
        self.is_clocked |= matches!(role, Role::Clock(_));
        let own = Expression::Name(name.to_string());
        let (Some(fitted), Nature::Of(measure)) = (place.fitted, nature) else { return (own, nature) };
        match fitted.iter().find(|(known, _)| known == name) {
            Some((_, taken)) if taken.fits(&measure) => (measure.converted(own, taken), Nature::Of(PURE)),
            Some((_, taken)) => {
                let message = format!("`{name}` is in {} and is taken in {}", measure.spelled(), taken.spelled());
                self.fault(tree, place, message)
            }
            None if measure.is_pure() => (measure.converted(own, &PURE), Nature::Of(PURE)),
            None => {
                let unit = measure.spelled();
                let message =
                    format!("`{name}` is in {unit}: say in `in` the unit that the fitted formula takes it in");
                self.fault(tree, place, message)
            }
        }
    }

    /// Works an intermediate out, in `unit` where that is stated; those that it needs were worked out before.
    pub(super) fn intermediate(
        &mut self,
        name: &Text,
        formula: &Text,
        tree: Option<&Tree>,
        (fitted, unit): (Option<Fitted>, Option<&Text>),
    ) {
        let Some(tree) = tree else { return };
        let place = Place { formula, fitted: None };
        let mut own = match fitted {
            None => self.value(tree, &place),
            Some((units, out)) => self.fitted(formula, tree, units, out),
        };
        if let Some(unit) = unit {
            self.spellings.insert(name.text.clone(), unit.text.clone());
            let unit = self.measure(unit);
            own = (self.assign(own, unit, tree, &place), unit);
        }
        let (expression, nature) = own;
        let index = self.lets.len() as u16;
        self.lets.push((name.text.clone(), expression));
        if let Some(known) = self.names.get_mut(&name.text) {
            *known = Known { role: Role::Let(index), nature };
        }
    }

    /// `own` as something that may stand in many places and is worked out once.
    fn shared(&mut self, own: Expression) -> Expression {
        if matches!(own, Expression::Name(_) | Expression::Number(_)) {
            return own;
        }
        if self.lets.len() >= MOST_LETS {
            self.error(0, format!("more than {MOST_LETS} intermediates"));
            return WRONG.0;
        }
        let name = hidden_name(PART, self.lets.len());
        self.lets.push((name.clone(), own));
        Expression::Name(name)
    }

    fn fitted(&mut self, formula: &Text, tree: &Tree, units: &[(Text, Text)], out: &Text) -> Checked {
        let out = self.measure(out);
        let mut taken = Vec::new();
        for (name, unit) in units {
            if !self.names.contains_key(&name.text) {
                let message = nearest::unknown("name", &name.text, self.names.keys().map(String::as_str));
                self.error(name.at, message);
            }
            if let Nature::Of(measure) = self.measure(unit) {
                taken.push((name.text.clone(), measure));
            }
        }
        let place = Place { formula, fitted: Some(&taken) };
        let own = self.value(tree, &place);
        (self.assign(own, Nature::Of(PURE), tree, &place), out)
    }
}

#[cfg(test)]
impl Checker<'_> {
    /// `text` with these names, whose units nobody knows.
    pub(super) fn bare<const N: usize>(names: [&str; N], text: &str) -> Expression {
        let mut checker = Checker::new(text);
        for name in names {
            checker.names.insert(String::from(name), Known { role: Role::State(0), nature: Nature::Unknown });
        }
        let own = checker.formula(&Text { text: String::from(text), at: 0 }, Nature::Unknown);
        assert!(checker.errors.is_empty(), "{text}: {:?}", checker.errors);
        own
    }
}
