//! One table of a model file while it is read: each key as the kind it must be, and a fault for all that is not.

use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString},
    vec::Vec,
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::file::{Fault, Formula, Let, Table};

/// One table while it is read.
pub(super) struct Section<'a> {
    table: &'a DeTable<'a>,
    at: usize,
    known: Vec<&'static str>,
    faults: &'a mut Vec<Fault>,
}

impl<'a> Section<'a> {
    pub(super) fn of(table: &'a DeTable<'a>, at: usize, faults: &'a mut Vec<Fault>) -> Section<'a> {
        Section { table, at, known: Vec::new(), faults }
    }

    /// Every key that nothing asked for is a fault.
    pub(super) fn end<T>(self, read: T) -> Option<T> {
        for name in self.table.keys().filter(|name| !self.known.contains(&name.get_ref().as_ref())) {
            let message = format!("unknown key `{}`; there are {}", name.get_ref(), self.known.join(", "));
            self.faults.push((name.span().start, message));
        }
        Some(read)
    }

    fn find(&mut self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.known.push(key);
        self.table.get(key)
    }

    fn fault(&mut self, at: usize, message: String) {
        self.faults.push((at, message));
    }

    /// The value of `key` as `kind`, if it is there.
    fn maybe<T>(
        &mut self,
        key: &'static str,
        kind: &str,
        read: impl FnOnce(&'a Spanned<DeValue<'a>>) -> Option<T>,
    ) -> Option<T> {
        let value = self.find(key)?;
        let read = read(value);
        if read.is_none() {
            self.fault(value.span().start, format!("`{key}` is {kind}"));
        }
        read
    }

    fn required<T>(&mut self, key: &'static str, read: Option<T>) -> Option<T> {
        if read.is_none() && !self.table.contains_key(key) {
            self.fault(self.at, format!("`{key}` is missing"));
        }
        read
    }

    pub(super) fn maybe_text(&mut self, key: &'static str) -> Option<Spanned<String>> {
        self.maybe(key, "a text in quotes", text_of)
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<Spanned<String>> {
        let read = self.maybe_text(key);
        self.required(key, read)
    }

    pub(super) fn title(&mut self) -> Option<String> {
        self.maybe_text("title").map(Spanned::into_inner)
    }

    pub(super) fn maybe_texts(&mut self, key: &'static str) -> Option<Vec<Spanned<String>>> {
        self.maybe(key, "a list of texts in quotes", |value| value.get_ref().as_array()?.iter().map(text_of).collect())
    }

    pub(super) fn maybe_number(&mut self, key: &'static str) -> Option<f64> {
        self.maybe(key, "a number", |value| number_of(value.get_ref()))
    }

    pub(super) fn number(&mut self, key: &'static str) -> Option<f64> {
        let read = self.maybe_number(key);
        self.required(key, read)
    }

    pub(super) fn maybe_pair(&mut self, key: &'static str) -> Option<[f64; 2]> {
        self.maybe(key, "two numbers, as `[0, 5]`", |value| {
            let numbers: Vec<f64> =
                value.get_ref().as_array()?.iter().filter_map(|number| number_of(number.get_ref())).collect();
            numbers.try_into().ok()
        })
    }

    pub(super) fn pair(&mut self, key: &'static str) -> Option<[f64; 2]> {
        let read = self.maybe_pair(key);
        self.required(key, read)
    }

    pub(super) fn flag(&mut self, key: &'static str) -> bool {
        self.maybe(key, "`true` or `false`", |value| value.get_ref().as_bool()).unwrap_or(false)
    }

    pub(super) fn formula(&mut self, key: &'static str) -> Option<Spanned<Formula>> {
        let read = self.maybe(key, FORMULA, formula_of);
        self.required(key, read)
    }

    /// Every entry of the table `key`, in the order of the file.
    pub(super) fn entries<T>(
        &mut self,
        key: &'static str,
        read: fn(&mut Section<'a>, &'a Spanned<DeValue<'a>>) -> Option<T>,
    ) -> Table<T> {
        let table = self.maybe(key, "a table", |value| value.get_ref().as_table());
        let Some(table) = table else { return Vec::new() };
        let mut places: Vec<(usize, &str)> =
            table.keys().map(|name| (name.span().start, name.get_ref().as_ref())).collect();
        places.sort_unstable();
        let entry = |(_, name): (usize, &str)| {
            let (name, value) = table.get_key_value(name)?;
            let named = Spanned::new(name.span(), name.get_ref().to_string());
            Some((named, read(self, value)?))
        };
        places.into_iter().filter_map(entry).collect()
    }

    /// Every table in the table `key`.
    pub(super) fn rows<T>(&mut self, key: &'static str, read: fn(Section<'_>) -> Option<T>) -> Table<T> {
        let tables = self.entries(key, |section, value| match value.get_ref().as_table() {
            Some(table) => Some((value.span().start, table)),
            None => {
                section.fault(value.span().start, "a table is expected, as `{ unit = \"V\" }`".to_owned());
                None
            }
        });
        let row = |(name, (at, table))| Some((name, read(Section::of(table, at, self.faults))?));
        tables.into_iter().filter_map(row).collect()
    }

    pub(super) fn as_formula(&mut self, value: &'a Spanned<DeValue<'a>>) -> Option<Spanned<Formula>> {
        let formula = formula_of(value);
        if formula.is_none() {
            self.fault(value.span().start, FORMULA.to_owned());
        }
        formula
    }

    pub(super) fn intermediate(&mut self, value: &'a Spanned<DeValue<'a>>) -> Option<Spanned<Let>> {
        if let Some(formula) = formula_of(value) {
            return Some(Spanned::new(value.span(), Let { formula: formula.into_inner().0, empirical: None }));
        }
        let Some(table) = value.get_ref().as_table() else {
            self.fault(value.span().start, format!("{FORMULA}, or {{ empirical = ..., in = ..., out = ... }}"));
            return None;
        };
        let mut fitted = Section::of(table, value.span().start, self.faults);
        let formula = fitted.text("empirical")?;
        let inputs = fitted.entries("in", |section, unit| {
            let text = text_of(unit);
            if text.is_none() {
                section.fault(unit.span().start, "a unit in quotes is expected".to_owned());
            }
            text
        });
        let inputs = inputs.into_iter().map(|(name, unit)| (name.into_inner(), unit.into_inner())).collect();
        let out = fitted.text("out")?.into_inner();
        let place = formula.span();
        fitted.end(Spanned::new(place, Let { formula: formula.into_inner(), empirical: Some((inputs, out)) }))
    }
}

const FORMULA: &str = "an expression in quotes, or a number";

fn text_of(value: &Spanned<DeValue<'_>>) -> Option<Spanned<String>> {
    Some(Spanned::new(value.span(), value.get_ref().as_str()?.to_owned()))
}

fn formula_of(value: &Spanned<DeValue<'_>>) -> Option<Spanned<Formula>> {
    let text = match value.get_ref() {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Float(number) => number.as_str().to_owned(),
        _ => return None,
    };
    Some(Spanned::new(value.span(), Formula(text)))
}

fn number_of(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
        DeValue::Float(number) => number.as_str().parse().ok(),
        _ => None,
    }
}
