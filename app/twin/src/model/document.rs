//! The text of a model file as it stands, before anything is looked up; everything that does not fit at once.
//!
//! By hand and not by derive: derived readers take a tenth of what a browser loads, and stop at the first fault.

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

use super::{
    nearest::unknown,
    schema::{JOINING, Key, Kind, SECTIONS, Shape, TOP},
    tree::Fault,
};

/// A text, and the byte of the file at which it begins.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Text {
    pub text: String,
    pub at: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Text(Text),
    Flag(bool),
    Numbers(Vec<f64>),
    Texts(Vec<Text>),
    /// Names with formulas or units.
    Named(Vec<(Text, Text)>),
    /// Names or times with numbers.
    Valued(Vec<(Text, f64)>),
}

/// One entry of a section.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub name: Text,
    pub values: Vec<(&'static str, Value)>,
    /// Whether all that it says fits, and nothing is missing.
    pub is_whole: bool,
}

#[derive(Debug, Default)]
pub(super) struct Document {
    pub top: Row,
    /// Rows in the order of the file, by section of `SECTIONS`.
    pub sections: Vec<Vec<Row>>,
    /// Where parts are put together, in a composition.
    pub joins: Option<usize>,
}

impl Document {
    pub(super) fn rows(&self, section: &str) -> &[Row] {
        let index = SECTIONS.iter().position(|shape| shape.section == section);
        index.and_then(|index| self.sections.get(index)).map_or(&[], Vec::as_slice)
    }
}

impl Row {
    fn get(&self, key: &str) -> Option<&Value> {
        self.values.iter().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    pub(super) fn text(&self, key: &str) -> Option<&Text> {
        if let Some(Value::Text(text)) = self.get(key) { Some(text) } else { None }
    }

    pub(super) fn number(&self, key: &str) -> Option<f64> {
        if let Some(Value::Numbers(numbers)) = self.get(key) { numbers.first().copied() } else { None }
    }

    pub(super) fn numbers(&self, key: &str) -> &[f64] {
        if let Some(Value::Numbers(numbers)) = self.get(key) { numbers } else { &[] }
    }

    pub(super) fn pair(&self, key: &str) -> Option<[f64; 2]> {
        self.numbers(key).try_into().ok()
    }

    pub(super) fn flag(&self, key: &str) -> bool {
        self.get(key) == Some(&Value::Flag(true))
    }

    pub(super) fn texts(&self, key: &str) -> Option<&[Text]> {
        if let Some(Value::Texts(texts)) = self.get(key) { Some(texts) } else { None }
    }

    pub(super) fn named(&self, key: &str) -> &[(Text, Text)] {
        if let Some(Value::Named(named)) = self.get(key) { named } else { &[] }
    }

    pub(super) fn valued(&self, key: &str) -> &[(Text, f64)] {
        if let Some(Value::Valued(valued)) = self.get(key) { valued } else { &[] }
    }

    /// The `title`, or the name in words.
    pub(super) fn title(&self) -> String {
        self.text("title").map_or_else(
            || {
                let words = self.name.text.replace(['_', '.'], " ");
                let mut letters = words.chars();
                letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
            },
            |title| title.text.clone(),
        )
    }
}

/// Reads the file's tables: none, where it is no TOML.
pub(super) fn read(text: &str, faults: &mut Vec<Fault>) -> Document {
    let (table, mut errors) = DeTable::parse_recoverable(text);
    errors.sort_by_key(|error| error.span().map_or(0, |span| span.start));
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        let key = text.get(span.clone()).unwrap_or_default();
        let is_twice = error.message() == "duplicate key";
        let message = if is_twice {
            format!("`{key}` is there already: what belongs to it stands together, once")
        } else {
            error.message().to_string()
        };
        faults.push(Fault { at: span.start, message });
        if !is_twice {
            break;
        }
    }
    // What else would be said follows from these.
    if !errors.is_empty() {
        return Document::default();
    }
    let mut reader = Reader { text, faults };
    let table = table.get_ref();
    let top = reader.row(&TOP, Text::default(), table, 0);
    let sections = SECTIONS.iter().map(|shape| reader.section(shape, table)).collect();
    let sections_known = || SECTIONS.iter().chain(JOINING).map(|shape| shape.section);
    let mut joins = None;
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        if JOINING.iter().any(|shape| shape.section == name) {
            joins = joins.or(Some(key.span().start));
            continue;
        }
        if TOP.keys.iter().any(|key| key.name == name) || sections_known().any(|known| known == name) {
            continue;
        }
        let what = if value.get_ref().as_table().is_some() { "section" } else { "key" };
        let known = TOP.keys.iter().map(|key| key.name).chain(sections_known());
        reader.fault(key.span().start, unknown(what, name, known));
    }
    Document { top, sections, joins }
}

/// Reads the sections that put parts together.
pub(super) fn read_joining(text: &str, faults: &mut Vec<Fault>) -> [Vec<Row>; 2] {
    let (table, _) = DeTable::parse_recoverable(text);
    let mut reader = Reader { text, faults };
    [0, 1].map(|index| reader.section(&JOINING[index], table.get_ref()))
}

struct Reader<'a> {
    text: &'a str,
    faults: &'a mut Vec<Fault>,
}

type Found<'a> = &'a Spanned<DeValue<'a>>;

impl Reader<'_> {
    fn fault(&mut self, at: usize, message: String) {
        self.faults.push(Fault { at, message });
    }

    fn section(&mut self, shape: &Shape, file: &DeTable<'_>) -> Vec<Row> {
        let Some(value) = file.get(shape.section) else { return Vec::new() };
        let Some(table) = value.get_ref().as_table() else {
            self.fault(value.span().start, format!("`{}` is a section, as `[{0}]`", shape.section));
            return Vec::new();
        };
        let mut rows: Vec<Row> = Vec::new();
        for (key, value) in table {
            let name = Text { text: key.get_ref().to_string(), at: key.span().start };
            if super::token::name_length(&name.text) != name.text.len() || name.text.is_empty() {
                let message = format!("`{}` is no name: letters, digits and `_`, a letter first", name.text);
                self.fault(name.at, message);
            }
            rows.push(match value.get_ref().as_table() {
                Some(table) => self.row(shape, name, table, value.span().start),
                None => self.short_row(shape, name, value),
            });
        }
        rows.sort_by_key(|row| row.name.at);
        rows
    }

    /// An entry that is not a table stands for one key.
    fn short_row(&mut self, shape: &Shape, name: Text, value: &Spanned<DeValue<'_>>) -> Row {
        let key = shape.keys.iter().find(|key| key.name == shape.short);
        let read = key.and_then(|key| Some((key.name, self.value(key.kind, value)?)));
        if read.is_none() {
            let wanted = key.map_or("a table, as `{ unit = \"V\" }`", |key| key.kind.wanted());
            self.fault(value.span().start, format!("`{}` is {wanted}", name.text));
        }
        Row { name, is_whole: read.is_some(), values: read.into_iter().collect() }
    }

    /// Every key that is missing, unknown or of another kind is a fault.
    fn row(&mut self, shape: &Shape, name: Text, table: &DeTable<'_>, at: usize) -> Row {
        let mut row = Row { name, values: Vec::new(), is_whole: true };
        for Key { name, kind, required } in shape.keys {
            match table.get(*name) {
                Some(value) => match self.value(*kind, value) {
                    Some(read) => row.values.push((name, read)),
                    None => {
                        row.is_whole = false;
                        let wanted = match kind {
                            Kind::One(words) => format!("one of `{}`", words.join("`, `")),
                            kind => kind.wanted().to_owned(),
                        };
                        self.fault(value.span().start, format!("`{name}` is {wanted}"));
                    }
                },
                None if *required => {
                    row.is_whole = false;
                    self.fault(at, format!("`{name}` is missing: {}", kind.wanted()));
                }
                None => {}
            }
        }
        if !shape.section.is_empty() {
            let names = shape.keys.iter().map(|key| key.name);
            for key in table.keys().filter(|key| !names.clone().any(|name| name == key.get_ref().as_ref())) {
                self.fault(key.span().start, unknown("key", key.get_ref(), names.clone()));
            }
        }
        row
    }

    fn value(&self, kind: Kind, value: &Spanned<DeValue<'_>>) -> Option<Value> {
        let own = value.get_ref();
        Some(match kind {
            Kind::Text | Kind::Unit | Kind::Span | Kind::Amount | Kind::Name => Value::Text(self.text_of(value)?),
            Kind::One(words) => {
                let text = self.text_of(value)?;
                words.contains(&text.text.as_str()).then_some(Value::Text(text))?
            }
            Kind::Formula => Value::Text(self.formula_of(value)?),
            Kind::Number => Value::Numbers(Vec::from([number_of(own)?])),
            Kind::Flag => Value::Flag(own.as_bool()?),
            Kind::Pair | Kind::Numbers => {
                let numbers: Option<Vec<f64>> =
                    own.as_array()?.iter().map(|number| number_of(number.get_ref())).collect();
                Value::Numbers(numbers.filter(|numbers| kind == Kind::Numbers || numbers.len() == 2)?)
            }
            Kind::Names => Value::Texts(own.as_array()?.iter().map(|text| self.text_of(text)).collect::<Option<_>>()?),
            Kind::Formulas => Value::Named(self.named(value, Self::formula_of)?),
            Kind::Units | Kind::Titles => Value::Named(self.named(value, Self::text_of)?),
            Kind::Values => Value::Valued(self.named(value, |_, value| number_of(value.get_ref()))?),
            Kind::Times => {
                let mut times = Vec::new();
                for pair in own.as_array()?.iter() {
                    let [time, number] = pair.get_ref().as_array()?.iter().as_slice() else { return None };
                    times.push((self.text_of(time)?, number_of(number.get_ref())?));
                }
                Value::Valued(times)
            }
        })
    }

    /// The entries of a table in the order of the file.
    fn named<T>(&self, value: Found<'_>, read: impl Fn(&Self, Found<'_>) -> Option<T>) -> Option<Vec<(Text, T)>> {
        let mut entries = Vec::new();
        for (key, value) in value.get_ref().as_table()? {
            let name = Text { text: key.get_ref().to_string(), at: key.span().start };
            entries.push((name, read(self, value)?));
        }
        entries.sort_by_key(|(name, _)| name.at);
        Some(entries)
    }

    fn text_of(&self, value: Found<'_>) -> Option<Text> {
        let text = value.get_ref().as_str()?.to_owned();
        let start = value.span().start;
        // Past the opening quotes, so that places inside of the text are places in the file.
        let written = self.text.get(start..).unwrap_or_default();
        let quotes = if written.starts_with("\"\"\"") || written.starts_with("'''") { 3 } else { 1 };
        let newline = quotes == 3 && written[3..].starts_with('\n');
        Some(Text { text, at: start + quotes + usize::from(newline) })
    }

    fn formula_of(&self, value: Found<'_>) -> Option<Text> {
        let text = match value.get_ref() {
            DeValue::Integer(number) => number.as_str().to_owned(),
            DeValue::Float(number) => number.as_str().to_owned(),
            _ => return self.text_of(value),
        };
        Some(Text { text, at: value.span().start })
    }
}

fn number_of(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
        DeValue::Float(number) => number.as_str().parse().ok(),
        _ => None,
    }
}
