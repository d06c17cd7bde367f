//! A table of readings: which columns it has, and what stands in a row.

use serde_json::{Value, json};
use services::ingest::line::Precision;

use super::{Element, SourceError};

/// The places of columns, and what whole numbers of the first are.
pub struct Columns {
    t: usize,
    kind: Layout,
    times: Times,
}

#[derive(Clone, Copy)]
enum Times {
    Said(Precision),
    /// Microseconds, unless the first of them says that this cannot be.
    Supposed,
    Micros,
}

enum Layout {
    /// One reading a row.
    Long { asset: Option<usize>, signal: usize, value: usize, unit: Option<usize>, quality: Option<usize> },
    /// One column a signal.
    Wide(Vec<(usize, String)>),
}

/// Whether a line is the header of a table; fails where it is that of one that cannot be read, for line protocol has a `=`.
pub fn is_header(line: &str) -> Result<bool, SourceError> {
    let names = |separator: char| line.split(separator).map(|name| name.trim().trim_matches('"'));
    if names(',').any(|name| name == "t") {
        return Ok(true);
    }
    if line.contains('=') || line.trim_start().starts_with('#') {
        return Ok(false);
    }
    if let Some(separator) = [';', '\t'].into_iter().find(|separator| line.trim().contains(*separator)) {
        return Err(SourceError::Separator(separator));
    }
    if line.contains(',') { Err(SourceError::Column("t", listed(names(',')))) } else { Ok(false) }
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Seconds of 2001 to 2065 in other units than microseconds, of which these would be of 1970 or long after.
const SINCE_1970: [(i64, &str); 3] = [(1, "s"), (1_000, "ms"), (1_000_000_000, "ns")];

impl Columns {
    pub fn find(
        header: &csv::StringRecord,
        asset: Option<&str>,
        precision: Option<Precision>,
    ) -> Result<Columns, SourceError> {
        let place = |name: &str| header.iter().position(|column| column == name);
        let missing = |name| SourceError::Column(name, listed(header.iter()));
        let t = place("t").ok_or_else(|| missing("t"))?;
        let kind = match (place("signal"), place("v")) {
            (Some(signal), Some(value)) => {
                Layout::Long { asset: place("asset"), signal, value, unit: place("u"), quality: place("q") }
            }
            (Some(_), None) => return Err(missing("v")),
            (None, _) => {
                let others = header.iter().enumerate().filter(|(number, _)| *number != t);
                Layout::Wide(others.map(|(number, name)| (number, name.to_owned())).collect())
            }
        };
        let says_asset = matches!(kind, Layout::Long { asset: Some(_), .. });
        let times = precision.map_or(Times::Supposed, Times::Said);
        if says_asset || asset.is_some() { Ok(Columns { t, kind, times }) } else { Err(SourceError::Asset) }
    }

    /// A time as the door takes it: whole microseconds, or text.
    fn time(&mut self, text: &str) -> Result<Value, SourceError> {
        let Ok(t) = text.parse::<i64>() else { return Ok(json!(text)) };
        if let Times::Supposed = self.times {
            if let Some((_, unit)) =
                SINCE_1970.iter().find(|(one, _)| (1_000_000_000..=3_000_000_000).contains(&(t / one)))
            {
                return Err(SourceError::Epoch { t, unit });
            }
            self.times = Times::Micros;
        }
        Ok(match self.times {
            // One that fits nowhere stays text, for the door to say so.
            Times::Said(precision) => precision.time(t).map_or_else(|| json!(text), |t| json!(t.0)),
            Times::Supposed | Times::Micros => json!(t),
        })
    }

    /// The readings of a row; an empty cell is none.
    pub fn readings(&mut self, row: &csv::StringRecord, given: Option<&str>) -> Result<Vec<Element>, SourceError> {
        let line = row.position().map_or(0, csv::Position::line);
        let cell = |place: usize| row.get(place).unwrap_or_default();
        let known = |place: Option<usize>| place.map(cell).filter(|text| !text.is_empty());
        let t = self.time(cell(self.t))?;
        let reading = |asset: Option<&str>, signal: &str, value: &str| {
            // What is no number stays text, for the door to say so.
            let value = value.parse().ok().and_then(serde_json::Number::from_f64).map_or(json!(value), Value::Number);
            json!({ "asset": asset.unwrap_or_default(), "signal": signal, "t": t, "v": value })
        };
        let element = |json: Value| Element::Reading { line, json: json.to_string() };
        Ok(match &self.kind {
            Layout::Long { asset, signal, value, unit, quality } => {
                let mut json = reading(known(*asset).or(given), cell(*signal), cell(*value));
                for (key, text) in [("u", known(*unit)), ("q", known(*quality))] {
                    if let Some(text) = text {
                        json[key] = json!(text);
                    }
                }
                vec![element(json)]
            }
            Layout::Wide(signals) => signals
                .iter()
                .filter(|(place, _)| !cell(*place).is_empty())
                .map(|(place, signal)| element(reading(given, signal, cell(*place))))
                .collect(),
        })
    }
}
