//! Events, failures and actions: what happens to an asset, and what it sets.

use alloc::{format, string::String, vec::Vec};

use super::Reader;
use crate::{
    model::{
        Action, Failure,
        check::{Known, Role},
        document::{Row, Text},
        expression::{Binary, Expression, binary},
        nature::Nature,
        nearest,
    },
    time::Span,
};

/// What components are set to, all at once.
#[derive(Clone, Default)]
pub(super) struct Sets {
    pub targets: Vec<Target>,
    pub formulas: Vec<Expression>,
    /// Where the first of them stands.
    pub at: usize,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Target {
    Of(Role),
    /// The time that is left of a repair, by its number.
    Left(usize),
}

/// Something that happens of itself when a condition begins to hold.
pub(super) struct Happens {
    pub when: Expression,
    pub at: usize,
    pub sets: Sets,
    /// The action that is done, where this is the end of a repair.
    action: Option<usize>,
}

#[derive(Default)]
pub(super) struct Happenings {
    /// Events from outside and actions, by name.
    pub events: Vec<(String, Sets)>,
    pub watched: Vec<Happens>,
    pub failures: Vec<Failure>,
    pub conditions: Vec<(Expression, usize)>,
    pub actions: Vec<Action>,
    /// Repairs that the model makes itself, each by the number of its action: each counts its time down.
    pub repairs: Vec<usize>,
}

impl Sets {
    fn put(&mut self, target: Target, value: f64) {
        self.targets.push(target);
        self.formulas.push(Expression::Number(value));
    }
}

impl Happenings {
    /// Whoever does an action, no repair by it is left to be done.
    fn end_repairs(&mut self) {
        for (count, number) in self.repairs.iter().enumerate() {
            let told = self.actions.get(*number).map(|action| usize::from(action.event));
            let told = told.and_then(|event| self.events.get_mut(event)).map(|(_, sets)| sets);
            let ended = self.watched.iter_mut().filter(|own| own.action == Some(*number)).map(|own| &mut own.sets);
            told.into_iter().chain(ended).for_each(|sets| sets.put(Target::Left(count), NEVER_SECS));
        }
    }
}

/// Time left of a repair that is not going on.
pub(super) const NEVER_SECS: f64 = 1e300;

/// The name of the time that is left of a repair; no name of a file has a space.
pub(super) fn left(repair: usize) -> String {
    format!("left {repair}")
}

impl Reader<'_> {
    pub(super) fn happenings(&mut self) -> Happenings {
        let mut all = Happenings::default();
        for row in self.whole("event") {
            let sets = self.sets(row, "set");
            match row.text("when") {
                None => all.events.push((row.name.text.clone(), sets)),
                Some(when) => {
                    let condition = self.checker.condition(when);
                    all.watched.push(Happens { when: condition, at: when.at, sets, action: None });
                }
            }
        }
        let mut repaired: Vec<(String, Sets)> = Vec::new();
        for row in self.whole("action") {
            let sets = self.sets(row, "set");
            if all.events.iter().any(|(name, _)| *name == row.name.text) {
                self.error(row.name.at, format!("`{}` is an event and an action", row.name.text));
            }
            let (duration, cost) = (self.duration(row, "duration"), self.money(row, "cost"));
            let (name, event) = (row.name.text.clone(), all.events.len() as u16);
            all.actions.push(Action { name: name.clone(), title: row.title(), event, duration, cost });
            all.events.push((name.clone(), sets.clone()));
            repaired.push((name, sets));
        }
        for row in self.whole("failure") {
            self.failure(row, &mut all, &repaired);
        }
        all.end_repairs();
        all
    }

    fn failure(&mut self, row: &Row, all: &mut Happenings, repaired: &[(String, Sets)]) {
        let Some(when) = row.text("when") else { return };
        let condition = self.checker.condition(when);
        let mut met = condition.clone();
        let mut effects = self.sets(row, "effects");
        let repair = row.text("repair").and_then(|repair| {
            let number = repaired.iter().position(|(name, _)| *name == repair.text);
            if number.is_none() && !self.document.rows("action").iter().any(|action| action.name.text == repair.text) {
                let known = repaired.iter().map(|(name, _)| name.as_str());
                self.error(repair.at, nearest::unknown("action", &repair.text, known));
            }
            number
        });
        let action = repair.map(|number| &all.actions[number]);
        let time = self.duration(row, "repair_time").or(action.and_then(|action| action.duration));
        let cost = self.money(row, "repair_cost").or(action.and_then(|action| action.cost));
        all.failures.push(Failure {
            name: row.name.text.clone(),
            title: row.title(),
            severity: row.text("severity").map_or(String::new(), |severity| severity.text.clone()),
            repair: repair.map(|number| number as u16),
            repair_time: time,
            repair_cost: cost,
        });
        if let Some(number) = repair {
            // The failure starts the countdown, and its end is what the action sets.
            let count = all.repairs.len();
            all.repairs.push(number);
            if !effects.targets.is_empty() {
                // Effects may end the condition where it begins, inside of a step: what is being repaired was met.
                let is_repaired = binary(Binary::Less, Expression::Name(left(count)), Expression::Number(NEVER_SECS));
                met = binary(Binary::Or, met, is_repaired);
            }
            effects.put(Target::Left(count), time.map_or(0.0, Span::secs));
            let over = binary(Binary::LessEqual, Expression::Name(left(count)), Expression::Number(0.0));
            let sets = repaired[number].1.clone();
            all.watched.push(Happens { when: over, at: when.at, sets, action: Some(number) });
        }
        all.conditions.push((met, when.at));
        if !effects.targets.is_empty() {
            all.watched.push(Happens { when: condition, at: when.at, sets: effects, action: None });
        }
    }

    fn sets(&mut self, row: &Row, key: &str) -> Sets {
        let mut sets = Sets { at: row.name.at, ..Sets::default() };
        for (name, formula) in row.named(key) {
            let (role, nature) = match self.checker.names.get(&name.text) {
                Some(Known { role: role @ (Role::State(_) | Role::Calibrated(_)), nature }) => (*role, *nature),
                Some(Known { role: Role::Open, .. }) => {
                    self.checker.formula(formula, Nature::Unknown);
                    continue;
                }
                _ => {
                    self.refuse_target(name);
                    continue;
                }
            };
            sets.targets.push(Target::Of(role));
            sets.formulas.push(self.checker.formula(formula, nature));
        }
        sets
    }

    fn refuse_target(&mut self, name: &Text) {
        if let Some(Known { role: Role::Parameter(_), .. }) = self.checker.names.get(&name.text) {
            let message = format!(
                "`{}` is a parameter and stays as it is: what changes is a state, which may have `rate = 0`",
                name.text
            );
            return self.error(name.at, message);
        }
        let is_one = |known: &Known| matches!(known.role, Role::State(_) | Role::Calibrated(_));
        let known = self.checker.names.iter().filter(|(_, known)| is_one(known)).map(|(name, _)| name.as_str());
        self.error(name.at, nearest::unknown("state or calibrated parameter", &name.text, known));
    }
}
