//! The text of a model file as it stands, before anything is looked up.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use toml::{Spanned, de::DeTable};

use super::section::Section;

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

impl Section<'_> {
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
}
