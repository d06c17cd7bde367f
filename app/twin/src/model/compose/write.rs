//! Writes rows of parts under their new names.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{Flat, Origin};
use crate::model::{
    ModelError,
    document::{Row, Text, Value},
    schema::{Kind, Shape},
    token::{Token, tokens},
};

pub(super) struct Writer {
    pub text: String,
    origins: Vec<Origin>,
}

/// A part's name and the tables of its model, which are functions.
pub(super) struct Naming<'n> {
    pub part: &'n str,
    pub tables: Vec<&'n str>,
}

impl Naming<'_> {
    pub(super) fn of(&self, name: &str) -> String {
        format!("{}.{name}", self.part)
    }

    /// The formula with every name of the part after the part's name.
    pub(super) fn formula(&self, formula: &str) -> String {
        let Ok(tokens) = tokens(formula) else { return formula.to_string() };
        let mut own = String::with_capacity(formula.len() + 32);
        let mut done = 0;
        for placed in &tokens {
            let Token::Name(name) = &placed.token else { continue };
            let is_call = formula[placed.to..].trim_start().starts_with('(');
            let is_word = matches!(name.as_str(), "and" | "or" | "not" | "time_of_day" | "day_of_year");
            if is_word || (is_call && !self.tables.contains(&name.as_str())) {
                continue;
            }
            own.push_str(&formula[done..placed.from]);
            own.push_str(&self.of(name));
            done = placed.to;
        }
        own.push_str(&formula[done..]);
        own
    }
}

impl Writer {
    pub(super) fn new(text: String) -> Writer {
        Writer { text, origins: Vec::new() }
    }

    pub(super) fn flat(self) -> Flat {
        Flat { text: self.text, origins: self.origins }
    }

    pub(super) fn comment(&mut self, text: &str) {
        self.text.push_str(&format!("\n# {text}\n"));
    }

    /// What is written from here on comes from a line of `file`.
    pub(super) fn comes_from(&mut self, file: &str, line: usize, column: usize) {
        let first = self.text.matches('\n').count() + 1;
        self.origins.push(Origin { first, file: file.to_string(), line, shift: None, column });
    }

    /// `keep` says which keys of the row are written.
    pub(super) fn row(&mut self, shape: &Shape, row: &Row, naming: &Naming, keep: impl Fn(&str) -> bool) {
        self.text.push_str(&format!("[{}.\"{}\"]\n", shape.section, naming.of(&row.name.text)));
        for (key, value) in row.values.iter().filter(|(key, _)| keep(key)) {
            let kind = shape.keys.iter().find(|own| own.name == *key).map_or(Kind::Text, |own| own.kind);
            let written = value_of(kind, value, naming);
            self.text.push_str(&format!("{key} = {written}\n"));
        }
    }

    pub(super) fn line(&mut self, key: &str, text: &str) {
        self.text.push_str(&format!("{key} = {}\n", quoted(text)));
    }

    pub(super) fn number(&mut self, key: &str, number: f64) {
        self.text.push_str(&format!("{key} = {number:?}\n"));
    }

    pub(super) fn intermediate(&mut self, name: &str, formula: &str, unit: &str) {
        self.text.push_str(&format!("[let.\"{name}\"]\nunit = {}\nvalue = {}\n", quoted(unit), quoted(formula)));
    }

    /// An intermediate for a connected input, which is written at `place`.
    pub(super) fn connection(&mut self, name: &str, formula: &str, unit: &str, place: &ModelError) {
        self.comes_from("", place.line, place.column);
        self.text.push_str(&format!("[let.\"{name}\"]\nunit = {}\n", quoted(unit)));
        self.comes_from("", place.line, place.column);
        if let Some(origin) = self.origins.last_mut() {
            origin.shift = Some("value = \"".len() as isize + 1 - place.column as isize);
        }
        self.line("value", formula);
    }
}

fn value_of(kind: Kind, value: &Value, naming: &Naming) -> String {
    let list = |items: Vec<String>| items.join(", ");
    match value {
        Value::Text(text) if kind == Kind::Formula => quoted(&naming.formula(&text.text)),
        Value::Text(text) if kind == Kind::Name => quoted(&naming.of(&text.text)),
        Value::Text(text) => quoted(&text.text),
        Value::Flag(flag) => format!("{flag}"),
        Value::Numbers(numbers) if kind == Kind::Number => {
            numbers.first().map_or(String::new(), |one| format!("{one:?}"))
        }
        Value::Numbers(numbers) => format!("[{}]", list(numbers.iter().map(|number| format!("{number:?}")).collect())),
        Value::Texts(texts) => format!("[{}]", list(texts.iter().map(|text| quoted(&naming.of(&text.text))).collect())),
        Value::Named(entries) => {
            let entry = |(name, text): &(Text, Text)| {
                let text = if kind == Kind::Formulas { naming.formula(&text.text) } else { text.text.clone() };
                // Numbers of states are no names.
                let name = if kind == Kind::Titles { name.text.clone() } else { naming.of(&name.text) };
                format!("\"{name}\" = {}", quoted(&text))
            };
            format!("{{ {} }}", list(entries.iter().map(entry).collect()))
        }
        Value::Valued(entries) if kind == Kind::Times => {
            let pair = |(time, value): &(Text, f64)| format!("[{}, {value:?}]", quoted(&time.text));
            format!("[{}]", list(entries.iter().map(pair).collect()))
        }
        Value::Valued(entries) => {
            let entry = |(name, value): &(Text, f64)| format!("\"{}\" = {value:?}", naming.of(&name.text));
            format!("{{ {} }}", list(entries.iter().map(entry).collect()))
        }
    }
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    let mut own = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => own.extend(['\\', letter]),
            '\n' => own.push_str("\\n"),
            '\t' => own.push_str("\\t"),
            letter if letter.is_control() => own.push_str(&format!("\\u{:04X}", u32::from(letter))),
            letter => own.push(letter),
        }
    }
    own.push('"');
    own
}
