//! Reads a model file into a compiled model; all errors at once.

mod components;
mod gauges;
mod happenings;
mod initial;
mod lets;
mod places;
mod programs;
mod signals;
mod sliders;
mod titles;

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};

use sha2::{Digest, Sha256};

use super::{
    Beside, Method, Model, ModelError, ModelHash, Quantity,
    check::{Checker, Known, Role},
    document::{self, Document, Row, Text},
    inside::{MOST_STEPS, STEPS},
    nature::{DAY, HOUR, Nature},
    nearest,
    tree::Fault,
};
use crate::{
    gauge::Gauge,
    time::Span,
    unit::{Unit, meant},
};

/// How seldom a model that says nothing has a false alarm.
const FALSE_ALARM_EVERY: Span = Span(30 * Span::DAY.0);
/// Members that got back all that measurements take would learn nothing.
const INFLATION: core::ops::RangeInclusive<f64> = 0.0..=0.9;
/// Of what a model says of it.
const ALARMS: (i64, i64, &str) = (Span::MINUTE.0, 36_500 * Span::DAY.0, "1 min to 36500 d");
/// Entries of all sections.
const MOST_ROWS: usize = 2_000;

/// Without `sealed`, what was learned stays out of the model.
pub(super) fn read(text: &str, sealed: Option<Beside>) -> Result<Model, Vec<ModelError>> {
    let mut faults = Vec::new();
    let document = document::read(text, &mut faults);
    let mut reader = Reader { checker: Checker::new(text), document: &document, sealed };
    for Fault { at, message } in faults {
        reader.error(at, message);
    }
    // Of a file that is no TOML there is nothing else to say.
    let model = if document.sections.is_empty() { None } else { reader.model(text) };
    let mut errors = reader.checker.errors;
    errors.sort_by_key(|error| (error.line, error.column));
    match model {
        Some(model) if errors.is_empty() => Ok(model),
        _ => Err(errors),
    }
}

/// The units of all names, as derived.
pub(super) fn units(text: &str) -> Result<BTreeMap<String, String>, Vec<ModelError>> {
    let document = document::read(text, &mut Vec::new());
    let mut reader = Reader { checker: Checker::new(text), document: &document, sealed: None };
    let model = reader.model(text);
    let Checker { names, errors, .. } = reader.checker;
    if model.is_none() || !errors.is_empty() {
        // What is wrong with the file's form is said, too, where it is read to be used.
        return Err(read(text, None).err().unwrap_or(errors));
    }
    let spelled = |(name, known): (String, Known)| match known.nature {
        Nature::Of(measure) => (name, measure.spelled()),
        Nature::Bare | Nature::Unknown => (name, String::from("1")),
    };
    Ok(names.into_iter().map(spelled).collect())
}

fn hash(text: &str, gauges: &[Gauge]) -> ModelHash {
    let mut hasher = Sha256::new_with_prefix(text.as_bytes());
    gauges.iter().for_each(|gauge| hasher.update(&gauge.sealed));
    ModelHash(hasher.finalize().into())
}

pub(super) fn error_at(text: &str, at: usize, message: String) -> ModelError {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let (line, column) = (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1);
    ModelError { file: String::new(), line, column, message }
}

/// What may have been meant by the unit behind a number, beside others like `wanted`.
fn written_for(amount: &str, wanted: &str) -> String {
    let own = amount.trim_start_matches(|sign: char| sign.is_ascii_digit() || matches!(sign, '.' | ' '));
    meant::instead(own, wanted).map_or_else(String::new, |hint| format!("; {hint}"))
}

struct Reader<'a> {
    checker: Checker<'a>,
    document: &'a Document,
    sealed: Option<Beside<'a>>,
}

impl<'a> Reader<'a> {
    fn error(&mut self, at: usize, message: impl Into<String>) {
        self.checker.error(at, message);
    }

    /// The rows of a section that say all they must.
    fn whole(&self, section: &str) -> impl Iterator<Item = &'a Row> + use<'a> {
        self.document.rows(section).iter().filter(|row| row.is_whole)
    }

    fn model(&mut self, text: &str) -> Option<Model> {
        let top = &self.document.top;
        if self.document.sections.iter().map(Vec::len).sum::<usize>() > MOST_ROWS {
            self.error(0, format!("more than {MOST_ROWS} entries"));
            return None;
        }
        if let Some(at) = self.document.joins {
            self.error(at, "this file puts parts together: it is flattened before it is read");
        }
        let step = top.text("step").and_then(|step| self.span(step, "step", STEPS));
        let horizon = top.text("horizon").and_then(|horizon| self.span(horizon, "horizon", STEPS));
        if let (Some(step), Some(horizon), Some(text)) = (step, horizon, top.text("horizon"))
            && horizon.0 / step.0 > MOST_STEPS
        {
            self.error(text.at, format!("`horizon` is at most {MOST_STEPS} steps"));
        }
        if let Some(id) = top.text("id")
            && crate::id::AssetId::parse(&id.text).is_err()
        {
            self.error(id.at, crate::id::InvalidId.to_string());
        }
        let method = match top.text("method").map(|method| method.text.as_str()) {
            Some("euler") => Method::Euler,
            Some("heun") => Method::Heun,
            Some("rosenbrock") => Method::Rosenbrock,
            _ => Method::Rk4,
        };
        self.checker.step_secs = step.map_or(1.0, Span::secs);

        for (index, (name, unit)) in [("time_of_day", HOUR), ("day_of_year", DAY)].into_iter().enumerate() {
            self.checker.clock(name, Role::Clock(index as u16), Nature::Of(unit));
        }
        let inputs = self.inputs();
        let parts = self.components();
        self.tables();
        self.lets();
        let measured = self.measured();
        let outputs = self.outputs();
        let states = self.states();
        let happenings = self.happenings();

        let mut quantities: Vec<Quantity> =
            inputs.signals.iter().chain(&measured.signals).cloned().map(|(_, quantity)| quantity).collect();
        quantities.extend(outputs.quantities);
        let signals: Vec<_> = inputs.signals.into_iter().chain(measured.signals).map(|(signal, _)| signal).collect();
        let headline = quantities.iter().position(|own| top.text("headline").is_some_and(|text| own.name == text.text));
        if let (None, Some(text)) = (headline, top.text("headline")) {
            let known = quantities.iter().map(|own| own.name.as_str());
            let is_broken = ["input", "signal", "output"]
                .iter()
                .any(|section| self.document.rows(section).iter().any(|row| row.name.text == text.text));
            if !is_broken {
                self.error(text.at, nearest::unknown("input, signal or output", &text.text, known));
            }
        }
        let false_alarm_every = match top.text("false_alarm_every") {
            Some(every) => self.span(every, "false_alarm_every", ALARMS)?,
            None => FALSE_ALARM_EVERY,
        };
        let inflation = top.number("inflation").unwrap_or(0.0);
        if !INFLATION.contains(&inflation) {
            self.error(top.name.at, "`inflation` is from 0 to 0.9".to_string());
        }
        let (sliders, slider_plans) = self.sliders(&parts);
        let presets = self.presets(&sliders);

        let gauges = self.gauges(&signals);
        self.titles();

        let costs = self.costs();
        let (regimes, holding) = self.regimes();
        let shown: Vec<_> = measured.observed.into_iter().chain(outputs.shown).collect();
        let (limits, crossed) = signals::limits(&quantities, &shown);
        let step_secs = step.map_or(1.0, Span::secs);
        let (corrects, inputs_start) = (measured.corrects, inputs.starts);
        let formulas = programs::Formulas {
            method,
            step_secs,
            shown,
            crossed,
            regimes: holding,
            corrects,
            states,
            inputs: inputs_start,
        };
        let (inside, events, failures, actions) = self.programs(formulas, parts, happenings, slider_plans)?;
        let latents = self.latents(inside.states);
        let model = Model {
            id: top.text("id")?.text.clone(),
            title: top.text("title")?.text.clone(),
            source: top.text("source")?.text.clone(),
            hash: hash(text, &gauges),
            step: step?,
            horizon: horizon?,
            headline: headline?,
            signals,
            quantities,
            events,
            failures,
            limits,
            actions,
            sliders,
            presets,
            regimes,
            costs,
            schedules: inputs.schedules,
            latents,
            false_alarm_every,
            inflation,
            gauges,
            inside,
            apart: None,
        };
        Some(model.with_apart())
    }

    fn range(&mut self, name: &Text, [low, high]: [f64; 2]) {
        if low.partial_cmp(&high) != Some(core::cmp::Ordering::Less) {
            self.error(name.at, format!("the range of `{}` is empty", name.text));
        }
    }

    /// Reads `0.5 s`, `5 min`, `1 h`, from the least to the most microseconds.
    fn span(&mut self, text: &Text, key: &str, (least, most, words): (i64, i64, &str)) -> Option<Span> {
        let span = self.amount(text, "s").map(Span::from_secs).filter(|span| (least..=most).contains(&span.0));
        if span.is_none() {
            let hint = written_for(&text.text, "s");
            let message = format!("`{key}` is a number, a space and a unit of time, as `0.5 s`, from {words}{hint}");
            self.error(text.at, message);
        }
        span
    }

    /// Reads a number, a space and a unit; the number is then of `unit`.
    fn amount(&self, text: &Text, unit: &str) -> Option<f64> {
        let (number, own) = text.text.split_once(' ')?;
        let number: f64 = number.parse().ok()?;
        Unit::parse(own).ok()?.convert(number, &Unit::parse(unit).ok()?)
    }

    fn money(&mut self, row: &Row, key: &str) -> Option<f64> {
        let text = row.text(key)?;
        let money = self.amount(text, "EUR").filter(|money| money.is_finite() && *money >= 0.0);
        if money.is_none() {
            let hint = written_for(&text.text, "EUR");
            self.error(text.at, format!("`{key}` is an amount of money, as `1200 EUR`{hint}"));
        }
        money
    }

    fn duration(&mut self, row: &Row, key: &str) -> Option<Span> {
        self.span(row.text(key)?, key, STEPS)
    }
}
