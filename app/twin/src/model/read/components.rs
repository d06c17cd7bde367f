//! Parameters, costs and states: what the members of an ensemble have.

use alloc::{format, string::String, vec::Vec};

use super::Reader;
use crate::model::{
    Component, Cost, Latent, LatentKind, Prior,
    check::Role,
    document::{Row, Text},
    expression::Expression,
    nature::Nature,
};

/// Of each section that gives components or plain numbers.
#[derive(Default)]
pub(super) struct Parts {
    /// Plain parameters, then costs.
    pub plain: Vec<f64>,
    pub states: Vec<Component>,
    pub calibrated: Vec<Component>,
}

/// A state's formulas.
pub(super) struct State {
    pub name: Text,
    pub initial: Expression,
    /// Where `initial` stands.
    pub initial_at: usize,
    pub moves: Moves,
}

pub(super) enum Moves {
    /// By so much a second.
    Rate(Expression),
    /// To this at the end of a step.
    Next(Expression),
}

const FREE: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];

impl Reader<'_> {
    /// Declares states, parameters and costs.
    pub(super) fn components(&mut self) -> Parts {
        let mut parts = Parts::default();
        for row in self.document.rows("state") {
            let nature = self.checker.unit(row, "unit");
            let role = if row.is_whole { Role::State(parts.states.len() as u16) } else { Role::Open };
            self.checker.declare(&row.name, role, nature);
            if row.is_whole {
                parts.states.push(self.component(row, 0.0));
            }
        }
        for row in self.document.rows("parameter") {
            let nature = self.checker.unit(row, "unit");
            let value = row.number("value").unwrap_or(0.0);
            let role = match (row.is_whole, row.flag("calibrate")) {
                (false, _) => Role::Open,
                (true, true) => {
                    parts.calibrated.push(self.component(row, value));
                    Role::Calibrated((parts.calibrated.len() - 1) as u16)
                }
                (true, false) => {
                    self.component(row, value);
                    parts.plain.push(value);
                    Role::Parameter((parts.plain.len() - 1) as u16)
                }
            };
            self.checker.declare(&row.name, role, nature);
        }
        for row in self.document.rows("cost") {
            let nature = self.checker.unit(row, "unit");
            let role = if row.is_whole { Role::Parameter(parts.plain.len() as u16) } else { Role::Open };
            self.checker.declare(&row.name, role, nature);
            if row.is_whole {
                parts.plain.push(row.number("value").unwrap_or(0.0));
            }
        }
        parts
    }

    fn component(&mut self, row: &Row, value: f64) -> Component {
        let bounds = row.pair("bounds").unwrap_or(FREE);
        self.range(&row.name, bounds);
        let [spread, drift] = ["spread", "drift"].map(|key| row.number(key).unwrap_or(0.0));
        let prior = match row.text("prior").map(|prior| prior.text.as_str()) {
            Some("lognormal") if value > 0.0 => Prior::Lognormal,
            Some("uniform") if bounds[0].is_finite() && bounds[1].is_finite() => Prior::Uniform,
            None | Some("normal") => Prior::Normal,
            Some(_) => {
                self.error(row.name.at, "a `lognormal` prior is of a value above 0, a `uniform` one has `bounds`");
                Prior::Normal
            }
        };
        // The file says what is gained in an hour.
        Component { start: value, spread, drift: drift * drift / 3600.0, bounds, prior }
    }

    /// The formulas of the states, in their order.
    pub(super) fn states(&mut self) -> Vec<State> {
        let mut states = Vec::new();
        for row in self.whole("state") {
            let nature = self.checker.unit(row, "unit");
            let Some(initial) = row.text("initial") else { continue };
            let moves = match (row.text("rate"), row.text("next")) {
                (Some(rate), None) => Moves::Rate(self.checker.rate(rate, nature)),
                (None, Some(next)) => Moves::Next(self.checker.formula(next, nature)),
                _ => {
                    let name = &row.name.text;
                    self.error(row.name.at, format!("`{name}` has a `rate`, by the second, or a `next` value"));
                    Moves::Rate(Expression::Number(0.0))
                }
            };
            let (name, initial_at) = (row.name.clone(), initial.at);
            let initial = self.checker.formula(initial, nature);
            states.push(State { name, initial, initial_at, moves });
        }
        states
    }

    /// What the twin estimates; the first calibrated parameter is component number `calibrated`.
    pub(super) fn latents(&self, calibrated: usize) -> Vec<Latent> {
        let states = self.whole("state").map(|row| (row, LatentKind::State)).zip(0..);
        let parameters = self.whole("parameter").filter(|row| row.flag("calibrate"));
        let parameters = parameters.map(|row| (row, LatentKind::Parameter)).zip(calibrated as u16..);
        let latent = |((row, kind), component): ((&Row, LatentKind), u16)| Latent {
            name: row.name.text.clone(),
            title: row.title(),
            unit: row.text("unit").map_or(String::new(), |unit| unit.text.clone()),
            kind,
            component,
        };
        states.chain(parameters).map(latent).collect()
    }

    pub(super) fn costs(&mut self) -> Vec<Cost> {
        let cost = |row: &Row| Cost {
            name: row.name.text.clone(),
            title: row.title(),
            unit: row.text("unit").map_or(String::new(), |unit| unit.text.clone()),
            value: row.number("value").unwrap_or(0.0),
            source: row.text("source").map_or(String::new(), |source| source.text.clone()),
        };
        self.whole("cost").map(cost).collect()
    }

    /// The nature of what `name` names, where that is known.
    pub(super) fn nature_of(&self, name: &str) -> Nature {
        self.checker.names.get(name).map_or(Nature::Unknown, |known| known.nature)
    }
}
