//! Inputs, measured signals and outputs: what goes in and what is shown.

use alloc::{format, string::ToString, vec::Vec};

use super::Reader;
use crate::{
    model::{
        Future, Limit, Quantity, Role as SignalRole, Schedule, Signal,
        check::{Known, Role},
        document::{Row, Text},
        expression::{Binary, Expression, binary},
        nearest,
    },
    time::Span,
};

#[derive(Default)]
pub(super) struct Inputs {
    pub signals: Vec<(Signal, Quantity)>,
    pub starts: Vec<f64>,
    pub schedules: Vec<Schedule>,
}

#[derive(Default)]
pub(super) struct Measured {
    pub signals: Vec<(Signal, Quantity)>,
    pub observed: Vec<(Expression, usize)>,
    /// The names that each may correct; all where it says none.
    pub corrects: Vec<Option<Vec<Text>>>,
}

#[derive(Default)]
pub(super) struct Outputs {
    pub quantities: Vec<Quantity>,
    pub shown: Vec<(Expression, usize)>,
}

/// A schedule is kept in steps of this, as are days that repeat.
const GRAIN_MINUTES: u8 = 5;

impl Reader<'_> {
    pub(super) fn inputs(&mut self) -> Inputs {
        let mut inputs = Inputs::default();
        for row in self.document.rows("input") {
            let nature = self.checker.unit(row, "unit");
            if !row.is_whole {
                self.checker.declare(&row.name, Role::Open, nature);
                continue;
            }
            self.checker.declare(&row.name, Role::Input(inputs.signals.len() as u16), nature);
            let future = self.future(row, &mut inputs.schedules);
            inputs.starts.push(row.number("initial").unwrap_or(0.0));
            inputs.signals.push(self.signal(row, SignalRole::Input { future, is_known: row.flag("known") }));
        }
        inputs
    }

    fn future(&mut self, row: &Row, schedules: &mut Vec<Schedule>) -> Future {
        let word = row.text("future").map_or("", |word| word.text.as_str());
        match (word, row.number("value"), row.valued("schedule")) {
            ("hold", None, []) => Future::Hold,
            ("repeat_day", None, []) => Future::RepeatDay,
            ("constant", Some(value), []) if value.is_finite() => Future::Constant(value),
            ("schedule", None, [_, ..]) => {
                let mut from: Vec<(Span, f64)> = Vec::new();
                for (time, value) in row.valued("schedule") {
                    match time_of_day(&time.text) {
                        Some(span) if value.is_finite() && from.last().is_none_or(|(last, _)| *last < span) => {
                            from.push((span, *value));
                        }
                        _ => self.error(time.at, SCHEDULE),
                    }
                }
                schedules.push(Schedule { from });
                Future::Schedule((schedules.len() - 1) as u16)
            }
            _ => {
                let at = row.text("future").map_or(row.name.at, |word| word.at);
                self.error(at, "`constant` takes a `value`, `schedule` a `schedule`, the other futures take neither");
                Future::Hold
            }
        }
    }

    pub(super) fn measured(&mut self) -> Measured {
        let mut measured = Measured::default();
        for row in self.whole("signal") {
            let nature = self.checker.unit(row, "unit");
            let noise = row.number("noise").unwrap_or(0.0);
            if !(noise > 0.0 && noise < f64::INFINITY) {
                self.error(row.name.at, format!("`noise` of `{}` is a standard deviation above 0", row.name.text));
            }
            let Some(observes) = row.text("observes") else { continue };
            measured.observed.push((self.checker.formula(observes, nature), observes.at));
            measured.corrects.push(self.corrected(row));
            measured.signals.push(self.signal(row, SignalRole::Measured { noise }));
        }
        measured
    }

    fn corrected(&mut self, row: &Row) -> Option<Vec<Text>> {
        let names = row.texts("corrects")?;
        for name in names {
            let role = self.checker.names.get(&name.text).map(|known| known.role);
            if !matches!(role, Some(Role::State(_) | Role::Calibrated(_) | Role::Open)) {
                let is_one = |known: &Known| matches!(known.role, Role::State(_) | Role::Calibrated(_));
                let known = self.checker.names.iter().filter(|(_, known)| is_one(known)).map(|(name, _)| name.as_str());
                self.error(name.at, nearest::unknown("state or calibrated parameter", &name.text, known));
            }
        }
        Some(names.to_vec())
    }

    pub(super) fn outputs(&mut self) -> Outputs {
        let mut outputs = Outputs::default();
        for row in self.whole("output") {
            let nature = self.checker.unit(row, "unit");
            let Some(value) = row.text("value") else { continue };
            outputs.shown.push((self.checker.formula(value, nature), value.at));
            let range = row.pair("range").unwrap_or([f64::NEG_INFINITY, f64::INFINITY]);
            self.range(&row.name, range);
            outputs.quantities.push(quantity(row, range));
        }
        outputs
    }

    fn signal(&mut self, row: &Row, role: SignalRole) -> (Signal, Quantity) {
        let range = row.pair("range").unwrap_or_default();
        self.range(&row.name, range);
        let quantity = quantity(row, range);
        let Quantity { name, title, unit, .. } = quantity.clone();
        (Signal { name, title, unit, range, role }, quantity)
    }
}

const SCHEDULE: &str = "a schedule has times as `06:05`, in order, each a multiple of five minutes";

fn quantity(row: &Row, range: [f64; 2]) -> Quantity {
    let unit = row.text("unit").map_or("1", |unit| unit.text.as_str()).to_string();
    Quantity { name: row.name.text.clone(), title: row.title(), unit, range, normal: row.pair("normal") }
}

fn time_of_day(text: &str) -> Option<Span> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (u8, u8) = (hours.parse().ok()?, minutes.parse().ok()?);
    let is_one = hours < 24 && minutes < 60 && minutes % GRAIN_MINUTES == 0 && text.len() == 5;
    is_one.then_some(Span(i64::from(hours) * Span::HOUR.0 + i64::from(minutes) * Span::MINUTE.0))
}

/// The ends of all normal bands, and what says whether each is crossed. Inputs come first and are known by their names;
/// `shown` are the formulas of all other quantities.
pub(super) fn limits(quantities: &[Quantity], shown: &[(Expression, usize)]) -> (Vec<Limit>, Vec<(Expression, usize)>) {
    let inputs = quantities.len() - shown.len();
    let mut limits = Vec::new();
    let mut crossed = Vec::new();
    for (number, own) in quantities.iter().enumerate() {
        let (value, at) = match number.checked_sub(inputs) {
            None => (Expression::Name(own.name.clone()), 0),
            Some(index) => shown[index].clone(),
        };
        let [low, high] = own.normal.unwrap_or([f64::NEG_INFINITY, f64::INFINITY]);
        for (limit, is_upper) in [(low, false), (high, true)].into_iter().filter(|(limit, _)| limit.is_finite()) {
            let (a, b) = (value.clone(), Expression::Number(limit));
            let (a, b) = if is_upper { (b, a) } else { (a, b) };
            limits.push(Limit { quantity: number as u16, is_upper, value: limit });
            crossed.push((binary(Binary::Less, a, b), at));
        }
    }
    (limits, crossed)
}
