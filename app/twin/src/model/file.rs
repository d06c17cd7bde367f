//! The text of a model file as it stands, before anything is looked up.

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

/// A table of the file, in the order of the file.
pub(super) type Table<T> = Vec<(Spanned<String>, T)>;

/// What is wrong, and at which byte of the file.
pub(super) type Fault = (usize, String);

pub(super) struct File {
    pub id: Spanned<String>,
    pub title: String,
    pub source: String,
    pub step: Spanned<String>,
    pub horizon: Spanned<String>,
    pub headline: Spanned<String>,
    pub method: Option<Spanned<String>>,
    pub input: Table<Input>,
    pub signal: Table<Signal>,
    pub parameter: Table<Parameter>,
    pub lets: Table<Spanned<Let>>,
    pub state: Table<State>,
    pub output: Table<Output>,
    pub event: Table<Event>,
    pub failure: Table<Failure>,
    pub slider: Table<Slider>,
}

pub(super) struct Input {
    pub title: Option<String>,
    pub unit: Spanned<String>,
    pub range: [f64; 2],
    /// Before the first sample.
    pub initial: f64,
    pub future: Spanned<String>,
    pub value: Option<f64>,
    pub normal: Option<[f64; 2]>,
}

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

pub(super) struct Parameter {
    pub unit: Spanned<String>,
    pub value: f64,
    pub bounds: Option<[f64; 2]>,
    pub calibrate: bool,
    /// Standard deviation over the ensemble at the start.
    pub spread: f64,
    /// Standard deviation gained per square root of an hour.
    pub drift: f64,
}

pub(super) struct State {
    pub unit: Spanned<String>,
    pub initial: Spanned<Formula>,
    pub rate: Spanned<Formula>,
    pub spread: f64,
    pub drift: f64,
    pub bounds: Option<[f64; 2]>,
}

pub(super) struct Output {
    pub title: Option<String>,
    pub unit: Spanned<String>,
    pub value: Spanned<Formula>,
    pub range: Option<[f64; 2]>,
    pub normal: Option<[f64; 2]>,
}

pub(super) struct Event {
    pub set: Table<Spanned<Formula>>,
}

pub(super) struct Failure {
    pub title: Option<String>,
    pub when: Spanned<Formula>,
    pub severity: Spanned<String>,
}

pub(super) struct Slider {
    pub title: Option<String>,
    pub of: Spanned<String>,
    pub effect: Option<Spanned<String>>,
    pub min: f64,
    pub max: f64,
    pub step: f64,
}

/// An expression as text; a bare number is one too.
pub(super) struct Formula(pub String);

/// A named intermediate: plain, or a fitted formula whose names are divided by units first.
pub(super) struct Let {
    pub formula: String,
    /// Of a fitted formula: the units its names are divided by, and the unit of the result.
    pub empirical: Option<(Vec<(String, String)>, String)>,
}

/// Reads the file's tables; everything that is missing, unknown or of another kind at once.
///
/// By hand and not by derive: derived readers take a tenth of what a browser loads, and stop at the first fault.
pub(super) fn read(text: &str) -> Result<File, Vec<Fault>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let fault = |error: &toml::de::Error| (error.span().map_or(0, |span| span.start), error.message().to_string());
    let mut faults: Vec<Fault> = errors.iter().map(fault).collect();
    let file = Section::of(table.get_ref(), 0, &mut faults).file();
    match file {
        Some(file) if faults.is_empty() => Ok(file),
        _ => Err(faults),
    }
}

/// One table while it is read.
struct Section<'a> {
    table: &'a DeTable<'a>,
    at: usize,
    known: Vec<&'static str>,
    faults: &'a mut Vec<Fault>,
}

impl<'a> Section<'a> {
    fn of(table: &'a DeTable<'a>, at: usize, faults: &'a mut Vec<Fault>) -> Section<'a> {
        Section { table, at, known: Vec::new(), faults }
    }

    fn file(mut self) -> Option<File> {
        let file = File {
            id: self.text("id")?,
            title: self.text("title")?.into_inner(),
            source: self.text("source")?.into_inner(),
            step: self.text("step")?,
            horizon: self.text("horizon")?,
            headline: self.text("headline")?,
            method: self.maybe_text("method"),
            input: self.rows("input", |mut row| {
                let input = Input {
                    title: row.title(),
                    unit: row.text("unit")?,
                    range: row.pair("range")?,
                    initial: row.maybe_number("initial").unwrap_or(0.0),
                    future: row.text("future")?,
                    value: row.maybe_number("value"),
                    normal: row.maybe_pair("normal"),
                };
                row.end(input)
            }),
            signal: self.rows("signal", |mut row| {
                let signal = Signal {
                    title: row.title(),
                    unit: row.text("unit")?,
                    range: row.pair("range")?,
                    noise: row.number("noise")?,
                    observes: row.formula("observes")?,
                    corrects: row.maybe_texts("corrects"),
                    normal: row.maybe_pair("normal"),
                };
                row.end(signal)
            }),
            parameter: self.rows("parameter", |mut row| {
                let parameter = Parameter {
                    unit: row.text("unit")?,
                    value: row.number("value")?,
                    bounds: row.maybe_pair("bounds"),
                    calibrate: row.flag("calibrate"),
                    spread: row.maybe_number("spread").unwrap_or(0.0),
                    drift: row.maybe_number("drift").unwrap_or(0.0),
                };
                row.end(parameter)
            }),
            lets: self.entries("let", Section::intermediate),
            state: self.rows("state", |mut row| {
                let state = State {
                    unit: row.text("unit")?,
                    initial: row.formula("initial")?,
                    rate: row.formula("rate")?,
                    spread: row.maybe_number("spread").unwrap_or(0.0),
                    drift: row.maybe_number("drift").unwrap_or(0.0),
                    bounds: row.maybe_pair("bounds"),
                };
                row.end(state)
            }),
            output: self.rows("output", |mut row| {
                let output = Output {
                    title: row.title(),
                    unit: row.text("unit")?,
                    value: row.formula("value")?,
                    range: row.maybe_pair("range"),
                    normal: row.maybe_pair("normal"),
                };
                row.end(output)
            }),
            event: self.rows("event", |mut row| {
                let event = Event { set: row.entries("set", Section::as_formula) };
                row.end(event)
            }),
            failure: self.rows("failure", |mut row| {
                let failure =
                    Failure { title: row.title(), when: row.formula("when")?, severity: row.text("severity")? };
                row.end(failure)
            }),
            slider: self.rows("slider", |mut row| {
                let slider = Slider {
                    title: row.title(),
                    of: row.text("of")?,
                    effect: row.maybe_text("as"),
                    min: row.number("min")?,
                    max: row.number("max")?,
                    step: row.number("step")?,
                };
                row.end(slider)
            }),
        };
        self.end(file)
    }

    /// Every key that nothing asked for is a fault.
    fn end<T>(self, read: T) -> Option<T> {
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

    fn maybe_text(&mut self, key: &'static str) -> Option<Spanned<String>> {
        self.maybe(key, "a text in quotes", text_of)
    }

    fn text(&mut self, key: &'static str) -> Option<Spanned<String>> {
        let read = self.maybe_text(key);
        self.required(key, read)
    }

    fn title(&mut self) -> Option<String> {
        self.maybe_text("title").map(Spanned::into_inner)
    }

    fn maybe_texts(&mut self, key: &'static str) -> Option<Vec<Spanned<String>>> {
        self.maybe(key, "a list of texts in quotes", |value| value.get_ref().as_array()?.iter().map(text_of).collect())
    }

    fn maybe_number(&mut self, key: &'static str) -> Option<f64> {
        self.maybe(key, "a number", |value| number_of(value.get_ref()))
    }

    fn number(&mut self, key: &'static str) -> Option<f64> {
        let read = self.maybe_number(key);
        self.required(key, read)
    }

    fn maybe_pair(&mut self, key: &'static str) -> Option<[f64; 2]> {
        self.maybe(key, "two numbers, as `[0, 5]`", |value| {
            let numbers: Vec<f64> =
                value.get_ref().as_array()?.iter().filter_map(|number| number_of(number.get_ref())).collect();
            numbers.try_into().ok()
        })
    }

    fn pair(&mut self, key: &'static str) -> Option<[f64; 2]> {
        let read = self.maybe_pair(key);
        self.required(key, read)
    }

    fn flag(&mut self, key: &'static str) -> bool {
        self.maybe(key, "`true` or `false`", |value| value.get_ref().as_bool()).unwrap_or(false)
    }

    fn formula(&mut self, key: &'static str) -> Option<Spanned<Formula>> {
        let read = self.maybe(key, FORMULA, formula_of);
        self.required(key, read)
    }

    /// Every entry of the table `key`, in the order of the file.
    fn entries<T>(
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
    fn rows<T>(&mut self, key: &'static str, read: fn(Section<'_>) -> Option<T>) -> Table<T> {
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

    fn as_formula(&mut self, value: &'a Spanned<DeValue<'a>>) -> Option<Spanned<Formula>> {
        let formula = formula_of(value);
        if formula.is_none() {
            self.fault(value.span().start, FORMULA.to_owned());
        }
        formula
    }

    fn intermediate(&mut self, value: &'a Spanned<DeValue<'a>>) -> Option<Spanned<Let>> {
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
