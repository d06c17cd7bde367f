//! Puts an asset together from others: one file from a composition and the models that its parts are of.
//!
//! The composition's own lines stay where they are; the parts follow, every name of theirs after the part's. So one
//! text is the whole model, wherever it is read.

mod part;
mod write;

use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};

use self::write::Writer;
use super::{
    Beside, Model, ModelError,
    document::{self, Document, Row},
    nearest,
    read::{self, error_at},
    token::{Token, tokens},
    tree::Fault,
};

/// Gives the text of the model with an id, where there is one.
pub type Resolve<'r> = &'r dyn Fn(&str) -> Option<String>;

/// Parts in parts beyond this are refused.
const DEEPEST: usize = 8;
/// Bytes of a whole.
const LARGEST: usize = 1 << 20;

/// A whole model as one text.
#[derive(Debug, Clone)]
pub struct Flat {
    pub text: String,
    /// Where lines come from that are not the file's own, by line.
    origins: Vec<Origin>,
}

#[derive(Debug, Clone)]
struct Origin {
    /// The first line of the whole text that comes from there.
    first: usize,
    file: String,
    line: usize,
    /// What to take from a column of the whole to have one of the file; `None` where only the line is known.
    shift: Option<isize>,
    column: usize,
}

/// Reads a model file, which may put parts together.
pub fn read(text: &str, resolve: Resolve) -> Result<(Model, String), Vec<ModelError>> {
    read_beside(text, resolve, &|_| None)
}

/// The same of one that may name files with what was learned.
pub fn read_beside(text: &str, resolve: Resolve, sealed: Beside) -> Result<(Model, String), Vec<ModelError>> {
    let flat = flatten(text, resolve)?;
    let model = flat.parse_beside(sealed)?;
    Ok((model, flat.text))
}

/// Puts the parts of a composition together; a file without parts stays as it is, byte for byte.
pub fn flatten(text: &str, resolve: Resolve) -> Result<Flat, Vec<ModelError>> {
    nested(text, resolve, &mut Vec::new())
}

fn nested(text: &str, resolve: Resolve, path: &mut Vec<String>) -> Result<Flat, Vec<ModelError>> {
    let mut faults = Vec::new();
    let document = document::read(text, &mut faults);
    if document.joins.is_none() {
        return Ok(Flat { text: text.to_string(), origins: Vec::new() });
    }
    let [parts, connections] = document::read_joining(text, &mut faults);
    let mut whole = Whole {
        text,
        resolve,
        errors: faults.into_iter().map(|Fault { at, message }| error_at(text, at, message)).collect(),
        writer: Writer::new(own_lines(text)),
        inputs: BTreeMap::new(),
        names: Vec::new(),
        is_whole: parts.iter().all(|row| row.is_whole),
    };
    if let Some(at) = document.joins.filter(|_| document::read(&own_lines(text), &mut Vec::new()).joins.is_some()) {
        whole.error(at, "parts are written as `[part.name]`, connections below `[connect]`");
    }
    let connected: Vec<&str> = connections.iter().map(|row| row.name.text.as_str()).collect();
    for row in parts.iter().filter(|row| row.is_whole) {
        whole.part(row, &connected, path);
        if whole.writer.text.len() > LARGEST {
            whole.error(row.name.at, format!("a whole of more than {LARGEST} bytes"));
            break;
        }
    }
    whole.connect(&connections, &document);
    whole.errors.sort_by_key(|error| (error.line, error.column));
    if whole.errors.is_empty() { Ok(whole.writer.flat()) } else { Err(whole.errors) }
}

/// The text with the lines that put parts together turned into comments.
fn own_lines(text: &str) -> String {
    let mut joins = false;
    let mut own = String::with_capacity(text.len() + 64);
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        if let Some(header) = bare.strip_prefix('[')
            && bare.split('#').next().is_some_and(|bare| bare.trim_end().ends_with(']'))
        {
            let name = header.trim_start_matches('[').trim_start();
            let word = &name[..name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len())];
            joins = matches!(word, "part" | "connect");
        }
        if joins && !bare.is_empty() && !bare.starts_with('#') {
            own.push_str("# ");
        }
        own.push_str(line);
    }
    if !own.ends_with('\n') {
        own.push('\n');
    }
    own
}

struct Whole<'a> {
    text: &'a str,
    resolve: Resolve<'a>,
    errors: Vec<ModelError>,
    writer: Writer,
    /// Inputs of parts and their units.
    inputs: BTreeMap<String, String>,
    /// All that parts give: states, intermediates, parameters, outputs.
    names: Vec<String>,
    /// Whether all parts were read.
    is_whole: bool,
}

impl Whole<'_> {
    fn error(&mut self, at: usize, message: impl Into<String>) {
        self.errors.push(error_at(self.text, at, message.into()));
    }

    /// Each connected input becomes an intermediate in the input's unit.
    fn connect(&mut self, connections: &[Row], document: &Document) {
        for row in connections {
            let Some(value) = row.text("value") else { continue };
            let Some(unit) = self.inputs.get(&row.name.text).cloned() else {
                if self.is_whole {
                    let known = self.inputs.keys().map(String::as_str);
                    let message = nearest::unknown("input of a part", &row.name.text, known);
                    self.error(row.name.at, message);
                }
                continue;
            };
            self.know_names(value, document);
            let place = error_at(self.text, value.at, String::new());
            self.writer.connection(&row.name.text, &value.text, &unit, &place);
        }
    }

    /// Names of parts that a connection needs are looked for here, where the nearest one can be said.
    fn know_names(&mut self, value: &document::Text, document: &Document) {
        let own: Vec<&str> = document
            .sections
            .iter()
            .flatten()
            .map(|row| row.name.text.as_str())
            .filter(|name| !name.is_empty())
            .collect();
        for placed in tokens(&value.text).unwrap_or_default() {
            let Token::Name(name) = &placed.token else { continue };
            let is_known = !name.contains('.')
                || self.names.iter().chain(self.inputs.keys()).any(|known| known == name)
                || own.contains(&name.as_str())
                || value.text[placed.to..].trim_start().starts_with('(');
            if !is_known && self.is_whole {
                let known = self.names.iter().map(String::as_str);
                let message = nearest::unknown("output of a part", name, known);
                self.error(value.at + placed.from, message);
            }
        }
    }
}

impl Flat {
    /// Reads the whole; errors say in which file they are.
    pub fn parse(&self) -> Result<Model, Vec<ModelError>> {
        self.parse_beside(&|_| None)
    }

    pub fn parse_beside(&self, sealed: Beside) -> Result<Model, Vec<ModelError>> {
        self.errors_placed(read::read(&self.text, Some(sealed)))
    }

    /// Reads the whole, whatever it has learned.
    fn check(&self) -> Result<(), Vec<ModelError>> {
        self.errors_placed(read::read(&self.text, None)).map(drop)
    }

    fn errors_placed(&self, read: Result<Model, Vec<ModelError>>) -> Result<Model, Vec<ModelError>> {
        read.map_err(|errors| errors.into_iter().map(|error| self.placed(error)).collect())
    }

    fn placed(&self, error: ModelError) -> ModelError {
        let after = self.origins.partition_point(|origin| origin.first <= error.line);
        let Some(origin) = after.checked_sub(1).map(|index| &self.origins[index]) else { return error };
        let column = match origin.shift {
            Some(shift) => error.column.saturating_add_signed(-shift).max(1),
            None => origin.column,
        };
        ModelError { file: origin.file.clone(), line: origin.line, column, message: error.message }
    }
}
