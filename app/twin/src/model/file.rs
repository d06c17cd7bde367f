//! The text of a model file as it stands, before anything is looked up.

use alloc::{
    borrow::ToOwned,
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use toml::Spanned;

/// A table of the file; `rows` gives it in the order of the file.
pub(super) type Table<T> = BTreeMap<Spanned<String>, T>;

pub(super) fn rows<T>(table: Table<T>) -> Vec<(Spanned<String>, T)> {
    let mut rows: Vec<_> = table.into_iter().collect();
    rows.sort_by_key(|(name, _)| name.span().start);
    rows
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub id: Spanned<String>,
    pub title: String,
    pub source: String,
    pub step: Spanned<String>,
    pub horizon: Spanned<String>,
    pub headline: Spanned<String>,
    #[serde(default)]
    pub method: MethodName,
    #[serde(default)]
    pub input: Table<Input>,
    #[serde(default)]
    pub signal: Table<Signal>,
    #[serde(default)]
    pub parameter: Table<Parameter>,
    #[serde(default, rename = "let")]
    pub lets: Table<Spanned<Let>>,
    #[serde(default)]
    pub state: Table<State>,
    #[serde(default)]
    pub output: Table<Output>,
    #[serde(default)]
    pub event: Table<Event>,
    #[serde(default)]
    pub failure: Table<Failure>,
    #[serde(default)]
    pub slider: Table<Slider>,
}

#[derive(Deserialize, Default, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum MethodName {
    #[default]
    Rk4,
    Euler,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    pub title: Option<String>,
    pub unit: Spanned<String>,
    pub range: [f64; 2],
    /// Before the first sample.
    #[serde(default)]
    pub initial: f64,
    pub future: Spanned<String>,
    pub value: Option<f64>,
    pub normal: Option<[f64; 2]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signal {
    pub title: Option<String>,
    pub unit: Spanned<String>,
    pub range: [f64; 2],
    pub noise: f64,
    pub observes: Spanned<Formula>,
    /// The states and calibrated parameters that this measurement may correct; all where left out.
    pub corrects: Option<Vec<Spanned<String>>>,
    pub normal: Option<[f64; 2]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameter {
    pub unit: Spanned<String>,
    pub value: f64,
    pub bounds: Option<[f64; 2]>,
    #[serde(default)]
    pub calibrate: bool,
    /// Standard deviation over the ensemble at the start.
    #[serde(default)]
    pub spread: f64,
    /// Standard deviation gained per square root of an hour.
    #[serde(default)]
    pub drift: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    pub unit: Spanned<String>,
    pub initial: Spanned<Formula>,
    pub rate: Spanned<Formula>,
    #[serde(default)]
    pub spread: f64,
    #[serde(default)]
    pub drift: f64,
    pub bounds: Option<[f64; 2]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Output {
    pub title: Option<String>,
    pub unit: Spanned<String>,
    pub value: Spanned<Formula>,
    pub range: Option<[f64; 2]>,
    pub normal: Option<[f64; 2]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Event {
    #[serde(default)]
    pub set: Table<Spanned<Formula>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Failure {
    pub title: Option<String>,
    pub when: Spanned<Formula>,
    pub severity: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Slider {
    pub title: Option<String>,
    pub of: Spanned<String>,
    #[serde(default, rename = "as")]
    pub effect: EffectName,
    pub min: f64,
    pub max: f64,
    pub step: f64,
}

#[derive(Deserialize, Default, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum EffectName {
    #[default]
    Set,
    Scale,
    Add,
}

/// An expression as text; a bare number is one too.
#[derive(Debug, Clone)]
pub(super) struct Formula(pub String);

/// A named intermediate: plain, or a fitted formula whose names are divided by units first.
#[derive(Debug, Clone)]
pub(super) struct Let {
    pub formula: String,
    /// Of a fitted formula: the units its names are divided by, and the unit of the result.
    pub empirical: Option<(Vec<(String, String)>, String)>,
}

impl<'de> Deserialize<'de> for Formula {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Formula, D::Error> {
        deserializer.deserialize_any(FormulaVisitor).map(|own| Formula(own.formula))
    }
}

impl<'de> Deserialize<'de> for Let {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Let, D::Error> {
        deserializer.deserialize_any(FormulaVisitor)
    }
}

struct FormulaVisitor;

impl<'de> Visitor<'de> for FormulaVisitor {
    type Value = Let;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "an expression in quotes, a number, or { empirical = \"...\", in = { name = \"unit\" }, out = \"unit\" }",
        )
    }

    fn visit_str<E>(self, text: &str) -> Result<Let, E> {
        Ok(Let { formula: text.to_owned(), empirical: None })
    }

    fn visit_i64<E>(self, number: i64) -> Result<Let, E> {
        Ok(Let { formula: number.to_string(), empirical: None })
    }

    fn visit_f64<E>(self, number: f64) -> Result<Let, E> {
        Ok(Let { formula: number.to_string(), empirical: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Let, A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Empirical {
            empirical: String,
            #[serde(default, rename = "in")]
            inputs: BTreeMap<String, String>,
            out: String,
        }
        let fitted = Empirical::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
        Ok(Let { formula: fitted.empirical, empirical: Some((fitted.inputs.into_iter().collect(), fitted.out)) })
    }
}
