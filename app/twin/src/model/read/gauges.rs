//! What was learned from recordings: sealed files, and which signals each reads.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::Reader;
use crate::{
    gauge::{self, Channel, Form, Gauge, Kind, LARGEST, Seal},
    model::{
        Signal,
        document::{Row, Text},
        inside::STEPS,
        nearest,
    },
    unit::{Conversion, Unit, meant},
};

impl Reader<'_> {
    /// Every gauge whose file is in order; none where files stay closed.
    pub(super) fn gauges(&mut self, signals: &[Signal]) -> Vec<Gauge> {
        if self.sealed.is_none() {
            return Vec::new();
        }
        self.whole("learned").filter_map(|row| self.gauge(row, signals)).collect()
    }

    fn gauge(&mut self, row: &Row, signals: &[Signal]) -> Option<Gauge> {
        let file = row.text("sealed")?;
        let every = self.span(row.text("every")?, "every", STEPS);
        let sealed = self.bytes(file)?;
        let reads =
            gauge::make(&sealed).map_err(|what| self.error(file.at, format!("`{}`: {what}", file.text))).ok()?;
        let form = reads.form();
        let inputs = self.channels(row, file, &form, signals)?;
        let reads_off = matches!(form.kind, Kind::Soft | Kind::Sensor);
        let unit = row.text("unit");
        if !reads_off {
            self.refuse(row, &["unit", "reference"], "reads nothing off");
        }
        if let (true, None) = (reads_off, unit) {
            self.error(row.name.at, format!("`unit` is missing: that of what `{}` reads off", row.name.text));
        }
        if let Some(unit) = unit {
            self.checker.measure(unit);
        }
        let reference = row.text("reference").and_then(|name| {
            let number = self.numbered(name, signals)?;
            self.channel(number, unit, name, signals)
        });
        let states = self.states_of(row, file, &form);
        Some(Gauge {
            name: row.name.text.clone(),
            title: row.title(),
            kind: form.kind,
            inputs,
            reference,
            every: every?,
            row: row.text("row").map(|row| row.text.clone()),
            unit: unit.map_or("1", |unit| unit.text.as_str()).to_string(),
            states,
            normal: row.number("normal").map(|number| number as u32).filter(|_| !form.states.is_empty()),
            most: form.most,
            seal: Seal::of(&sealed),
            sealed,
            reads: Some(reads),
        })
    }

    fn bytes(&mut self, file: &Text) -> Option<Vec<u8>> {
        let is_sign = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '.');
        if file.text.is_empty() || file.text.starts_with('.') || !file.text.chars().all(is_sign) {
            self.error(file.at, format!("`{}` is no name of a file beside this one", file.text));
            return None;
        }
        let bytes = self.sealed.and_then(|sealed| sealed(&file.text));
        let wrong = match &bytes {
            None => format!("there is no file `{}` beside the model file, or it cannot be read", file.text),
            Some(bytes) if bytes.len() > LARGEST => {
                format!("`{}` has {} bytes, a sealed file at most {LARGEST}", file.text, bytes.len())
            }
            Some(_) => return bytes,
        };
        self.error(file.at, wrong);
        None
    }

    /// The signals that are read, in the order of what was sealed.
    fn channels(&mut self, row: &Row, file: &Text, form: &Form, signals: &[Signal]) -> Option<Vec<Channel>> {
        let taken = row.named("in");
        let part = row.name.text.rfind('.').map_or("", |dot| &row.name.text[..=dot]);
        let names: Vec<Text> = match row.texts("inputs") {
            Some(names) => names.to_vec(),
            None if form.names.is_empty() => {
                let message = format!("`inputs` is missing: `{}` reads {}", file.text, counted(form.inputs));
                self.error(row.name.at, message);
                return None;
            }
            None => form.names.iter().map(|name| Text { text: format!("{part}{name}"), at: file.at }).collect(),
        };
        if names.len() != form.inputs {
            let at = names.first().map_or(row.name.at, |name| name.at);
            let of = if form.names.is_empty() { String::new() } else { format!(": {}", form.names.join(", ")) };
            self.error(at, format!("{} in `inputs`, `{}` reads {}{of}", names.len(), file.text, counted(form.inputs)));
            return None;
        }
        for (place, name) in names.iter().enumerate() {
            if names[..place].iter().any(|before| before.text == name.text) {
                self.error(name.at, format!("`{}` is read twice", name.text));
            }
        }
        for (name, _) in taken {
            if !names.iter().any(|own| own.text == name.text) {
                let known = names.iter().map(|own| own.text.as_str());
                self.error(name.at, nearest::unknown("input of what was learned", &name.text, known));
            }
        }
        let channel = |name: &Text| {
            let unit = taken.iter().find(|(own, _)| own.text == name.text).map(|(_, unit)| unit);
            let number = self.numbered(name, signals)?;
            self.channel(number, unit, unit.unwrap_or(name), signals)
        };
        let channels: Vec<Option<Channel>> = names.iter().map(channel).collect();
        channels.into_iter().collect()
    }

    /// The number of the input or signal called `name`; none of one that is wrong itself, which was said.
    fn numbered(&mut self, name: &Text, signals: &[Signal]) -> Option<u16> {
        let number = signals.iter().position(|signal| signal.name == name.text);
        let sections = ["input", "signal"];
        let is_broken = sections.iter().any(|own| self.document.rows(own).iter().any(|row| row.name.text == name.text));
        if number.is_none() && !is_broken {
            let known = signals.iter().map(|signal| signal.name.as_str());
            self.error(name.at, nearest::unknown("input or signal", &name.text, known));
        }
        number.map(|number| number as u16)
    }

    /// The way from a signal's unit to `unit`, where that is stated.
    fn channel(&mut self, signal: u16, unit: Option<&Text>, at: &Text, signals: &[Signal]) -> Option<Channel> {
        let own = &signals[usize::from(signal)];
        let Some(unit) = unit else { return Some(Channel { signal, divisor: 1.0, offset: 0.0 }) };
        let to = meant::parse(&unit.text).map_err(|message| self.error(unit.at, message)).ok()?;
        let from = Unit::parse(&own.unit).ok()?;
        if Conversion::between(&own.unit, &unit.text).is_none() {
            self.error(at.at, format!("`{}` is in {} and is taken in {}", own.name, own.unit, unit.text));
            return None;
        }
        Some(Channel { signal, divisor: to.factor / from.factor, offset: (from.offset - to.offset) / to.factor })
    }

    fn states_of(&mut self, row: &Row, file: &Text, form: &Form) -> Vec<(u32, String)> {
        if form.states.is_empty() {
            self.refuse(row, &["states", "normal"], "tells no states apart");
            return Vec::new();
        }
        let known: Vec<String> = form.states.iter().map(u32::to_string).collect();
        let list = known.join(", ");
        let mut states = Vec::new();
        for (number, title) in row.named("states") {
            match number.text.parse::<u32>().ok().filter(|number| form.states.contains(number)) {
                Some(number) => states.push((number, title.text.clone())),
                None => self
                    .error(number.at, format!("`{}` has no state {}; its states are {list}", file.text, number.text)),
            }
        }
        for state in &form.states {
            if !states.iter().any(|(own, _)| own == state) {
                self.error(row.name.at, format!("state {state} of `{}` has no title in `states`", file.text));
            }
        }
        let is_one = |normal: f64| form.states.iter().any(|state| f64::from(*state) == normal);
        if !row.number("normal").is_some_and(is_one) {
            self.error(row.name.at, format!("`normal` is the state that is as it should be, one of {list}"));
        }
        states
    }

    /// Refuses keys that say nothing of what was sealed.
    fn refuse(&mut self, row: &Row, keys: &[&str], why: &str) {
        for (key, _) in row.values.iter().filter(|(key, _)| keys.contains(key)) {
            self.error(row.name.at, format!("`{}` {why}: it has no use for `{key}`", row.name.text));
        }
    }
}

fn counted(inputs: usize) -> String {
    if inputs == 1 { String::from("one signal") } else { format!("{inputs} signals") }
}
