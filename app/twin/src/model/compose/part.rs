//! One part of a composition: its model's rows under the part's name.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{DEEPEST, Flat, Whole, nested, write::Naming};
use crate::model::{
    ModelError,
    document::{self, Document, Row, Value},
    nearest,
    read::error_at,
    schema::SECTIONS,
    token::{Token, tokens},
};

/// Sections whose entries can be named in formulas.
const NAMING: &[&str] = &["input", "parameter", "cost", "let", "regime", "state"];

impl Whole<'_> {
    /// Adds a part; what it has is not known where it cannot be read.
    pub(super) fn part(&mut self, row: &Row, connected: &[&str], path: &mut Vec<String>) {
        let before = self.errors.len();
        self.add(row, connected, path);
        self.is_whole &= self.errors.len() == before;
    }

    fn add(&mut self, row: &Row, connected: &[&str], path: &mut Vec<String>) {
        let Some(model) = row.text("model") else { return };
        let (id, at) = (model.text.clone(), model.at);
        let name = row.name.text.as_str();
        if name.contains('.') {
            return self.error(row.name.at, format!("`{name}` is no name of a part: it has a dot"));
        }
        if path.contains(&id) || path.len() >= DEEPEST {
            let message = format!("`{}` contains itself: {} → {id}", id, path.join(" → "));
            return self.error(at, message);
        }
        let Some(text) = (self.resolve)(&id) else {
            return self.error(at, format!("there is no model `{id}`"));
        };
        path.push(id.clone());
        let flat = nested(&text, self.resolve, path).and_then(|flat| flat.check().map(|()| flat));
        path.pop();
        match flat {
            Ok(flat) => self.join(row, &id, &flat, connected),
            Err(errors) => {
                let placed = |error: ModelError| {
                    let file = if error.file.is_empty() { id.clone() } else { error.file };
                    ModelError { file, ..error }
                };
                let new: Vec<ModelError> =
                    errors.into_iter().map(placed).filter(|error| !self.errors.contains(error)).collect();
                self.errors.extend(new);
            }
        }
    }

    fn join(&mut self, row: &Row, id: &str, flat: &Flat, connected: &[&str]) {
        let mut faults = Vec::new();
        let document = document::read(&flat.text, &mut faults);
        self.same_step(row, &document);
        let part = row.name.text.as_str();
        let tables = document.rows("table").iter().map(|row| row.name.text.as_str()).collect();
        let naming = Naming { part, tables };
        let title = row.title();
        let taken = |name: &str| connected.contains(&naming.of(name).as_str());
        self.set_what_is_there(row, &document);

        self.writer.comment(&format!("{part}: {id}"));
        for (shape, rows) in SECTIONS.iter().zip(&document.sections) {
            for own in rows {
                let name = &own.name.text;
                let unit = own.text("unit").map_or("1", |unit| unit.text.as_str());
                match shape.section {
                    "input" => {
                        self.inputs.insert(naming.of(name), unit.to_string());
                        if taken(name) {
                            continue;
                        }
                    }
                    // What is connected cannot be moved by hand.
                    "slider" if own.text("of").is_some_and(|of| taken(&of.text)) => continue,
                    "preset"
                        if own.valued("sliders").iter().any(|(slider, _)| moves(&document, &slider.text, taken)) =>
                    {
                        continue;
                    }
                    _ => {}
                }
                let place = error_at(&flat.text, own.name.at, String::new());
                let place = flat.placed(place);
                let file = if place.file.is_empty() { id } else { place.file.as_str() };
                self.writer.comes_from(file, place.line, place.column);
                let set = row.valued("set").iter().find(|(set, _)| set.text == *name).map(|(_, value)| *value);
                let is_set = matches!(shape.section, "parameter" | "cost") && set.is_some();
                let has_title = shape.keys.iter().any(|key| key.name == "title");
                self.writer.row(shape, own, &naming, |key| key != "title" && !(is_set && key == "value"));
                if has_title {
                    self.writer.line("title", &format!("{title}: {}", own.title()));
                }
                if let Some(value) = set.filter(|_| is_set) {
                    self.writer.number("value", value);
                }
                if NAMING.contains(&shape.section) {
                    self.names.push(naming.of(name));
                }
            }
        }
        self.give(&document, &naming);
    }

    /// Outputs and signals can be named where nothing else has their name.
    fn give(&mut self, document: &Document, naming: &Naming) {
        let is_named =
            |name: &str| NAMING.iter().any(|section| document.rows(section).iter().any(|row| row.name.text == name));
        for (section, key) in [("signal", "observes"), ("output", "value")] {
            for row in document.rows(section).iter().filter(|row| !is_named(&row.name.text)) {
                if let (Some(formula), Some(unit)) = (row.text(key), row.text("unit")) {
                    let formula = naming.formula(&formula.text);
                    self.writer.intermediate(&naming.of(&row.name.text), &formula, &unit.text);
                    self.names.push(naming.of(&row.name.text));
                }
            }
        }
    }

    fn set_what_is_there(&mut self, row: &Row, document: &Document) {
        let known = || ["parameter", "cost"].iter().flat_map(|section| document.rows(section));
        for (name, _) in row.valued("set") {
            if !known().any(|own| own.name.text == name.text) {
                let known: Vec<&str> = known().map(|own| own.name.text.as_str()).collect();
                self.error(name.at, nearest::unknown("parameter", &name.text, known));
            }
        }
    }

    /// What goes by steps means another thing where steps are of another length.
    fn same_step(&mut self, row: &Row, document: &Document) {
        let own = document::read(self.text, &mut Vec::new());
        let [step, theirs] = [&own, document].map(|document| document.top.text("step").map(|step| step.text.clone()));
        if step == theirs {
            return;
        }
        let calls = |formula: &str| {
            let is_noise = |token: &Token| matches!(token, Token::Name(name) if name == "noise");
            tokens(formula).unwrap_or_default().iter().any(|placed| is_noise(&placed.token))
        };
        let goes_by_steps = document
            .sections
            .iter()
            .flatten()
            .flat_map(|row| &row.values)
            .any(|(key, value)| *key == "next" || matches!(value, Value::Text(text) if calls(&text.text)));
        if goes_by_steps {
            let theirs = theirs.unwrap_or_default();
            let message = format!("`{}` goes by steps of {theirs}, the whole does not", row.name.text);
            self.error(row.name.at, message);
        }
    }
}

/// Whether a slider of the part moves what is connected.
fn moves(document: &Document, slider: &str, taken: impl Fn(&str) -> bool) -> bool {
    let row = document.rows("slider").iter().find(|row| row.name.text == slider);
    row.and_then(|row| row.text("of")).is_some_and(|of| taken(&of.text))
}
