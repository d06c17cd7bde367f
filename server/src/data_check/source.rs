//! A file of readings, whatever its form, reading by reading.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
};

use flate2::read::MultiGzDecoder;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::scan::{Elements, LONGEST, Piece, next_line};

/// A file that cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error(transparent)]
    File(#[from] std::io::Error),
    #[error(transparent)]
    Csv(#[from] csv::Error),
    #[error("the header has no column `{0}`")]
    Column(&'static str),
    #[error("the file does not say of which asset it is: `--asset` does")]
    Asset,
}

/// What a file is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Element {
    /// A reading as of `POST /api/v1/telemetry`, valid JSON.
    Reading {
        line: u64,
        json: String,
    },
    /// A line of line protocol.
    Line {
        line: u64,
        text: String,
    },
    Unreadable {
        line: u64,
        why: String,
    },
}

type Input = Box<dyn BufRead>;

/// The elements of a file.
pub struct Source {
    form: Form,
    /// The asset of readings that do not say one.
    asset: Option<String>,
    /// Elements that were read along.
    ahead: std::vec::IntoIter<Element>,
}

enum Form {
    Lines(Input, u64),
    Array(Input, Elements),
    LineProtocol(Input, u64),
    Csv(Box<csv::Reader<Input>>, Columns),
    Ended,
}

/// The places of columns.
struct Columns {
    t: usize,
    kind: Layout,
}

enum Layout {
    /// One reading a row.
    Long { asset: Option<usize>, signal: usize, value: usize, unit: Option<usize>, quality: Option<usize> },
    /// One column a signal.
    Wide(Vec<(usize, String)>),
}

impl Source {
    pub fn open(path: &Path, asset: Option<&str>) -> Result<Source, SourceError> {
        let file = File::open(path)?;
        let is_zipped = path.extension().is_some_and(|extension| extension == "gz");
        let file: Box<dyn Read> = if is_zipped { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
        Source::read(Box::new(BufReader::with_capacity(64 * 1024, file)), asset)
    }

    /// Tells the form from how the file begins.
    pub fn read(mut file: Input, asset: Option<&str>) -> Result<Source, SourceError> {
        let start = file.fill_buf()?;
        let first = start.iter().copied().find(|byte| !byte.is_ascii_whitespace());
        let line: Vec<u8> = start.iter().copied().take(LONGEST).take_while(|byte| *byte != b'\n').collect();
        let is_csv = String::from_utf8_lossy(&line).split(',').any(|name| name.trim() == "t");
        let form = match first {
            Some(b'[') => Form::Array(file, Elements::default()),
            Some(b'{') => Form::Lines(file, 0),
            _ if is_csv => {
                let mut table = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(file);
                let columns = Columns::find(table.headers()?, asset)?;
                Form::Csv(Box::new(table), columns)
            }
            _ => Form::LineProtocol(file, 0),
        };
        Ok(Source { form, asset: asset.map(str::to_owned), ahead: Vec::new().into_iter() })
    }

    fn advance(&mut self) -> Result<Option<Vec<Element>>, SourceError> {
        let piece = match &mut self.form {
            Form::Ended => return Ok(None),
            Form::Csv(table, columns) => {
                let mut row = csv::StringRecord::new();
                return match table.read_record(&mut row) {
                    Ok(false) => Ok(None),
                    Ok(true) => Ok(Some(columns.readings(&row, self.asset.as_deref()))),
                    Err(error) => match error.position() {
                        // A row of another length, or no text: the next row may be right.
                        Some(place) if !error.is_io_error() => {
                            Ok(Some(vec![Element::Unreadable { line: place.line(), why: error.to_string() }]))
                        }
                        _ => Err(error.into()),
                    },
                };
            }
            Form::Lines(file, line) | Form::LineProtocol(file, line) => next_line(file.as_mut(), line)?,
            Form::Array(file, elements) => elements.next(file.as_mut())?,
        };
        Ok(piece.map(|piece| vec![self.element(piece)]))
    }

    fn element(&self, piece: Piece) -> Element {
        let (line, text) = match piece {
            Piece::Whole(line, text) => (line, text),
            Piece::TooLong(line) => {
                return Element::Unreadable { line, why: format!("longer than {LONGEST} bytes") };
            }
            Piece::Ragged(line, why) => return Element::Unreadable { line, why: why.to_owned() },
        };
        if matches!(self.form, Form::LineProtocol(..)) {
            return Element::Line { line, text };
        }
        if let Err(error) = serde_json::from_str::<IgnoredAny>(&text) {
            return Element::Unreadable { line, why: error.to_string() };
        }
        match &self.asset {
            Some(asset) => Element::Reading { line, json: with_asset(text, asset) },
            None => Element::Reading { line, json: text },
        }
    }
}

impl Iterator for Source {
    type Item = Result<Element, SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(element) = self.ahead.next() {
                return Some(Ok(element));
            }
            match self.advance() {
                Ok(Some(elements)) => self.ahead = elements.into_iter(),
                Ok(None) => return None,
                Err(error) => {
                    self.form = Form::Ended;
                    return Some(Err(error));
                }
            }
        }
    }
}

/// A reading with the asset, where it says none itself.
fn with_asset(json: String, asset: &str) -> String {
    match serde_json::from_str::<Value>(&json) {
        Ok(Value::Object(mut object)) if !object.contains_key("asset") => {
            object.insert("asset".to_owned(), json!(asset));
            Value::Object(object).to_string()
        }
        _ => json,
    }
}

impl Columns {
    fn find(header: &csv::StringRecord, asset: Option<&str>) -> Result<Columns, SourceError> {
        let place = |name: &str| header.iter().position(|column| column == name);
        let t = place("t").ok_or(SourceError::Column("t"))?;
        let kind = match (place("signal"), place("v")) {
            (Some(signal), Some(value)) => {
                Layout::Long { asset: place("asset"), signal, value, unit: place("u"), quality: place("q") }
            }
            (Some(_), None) => return Err(SourceError::Column("v")),
            (None, _) => {
                let others = header.iter().enumerate().filter(|(number, _)| *number != t);
                Layout::Wide(others.map(|(number, name)| (number, name.to_owned())).collect())
            }
        };
        let says_asset = matches!(kind, Layout::Long { asset: Some(_), .. });
        if says_asset || asset.is_some() { Ok(Columns { t, kind }) } else { Err(SourceError::Asset) }
    }

    /// The readings of a row; an empty cell is none.
    fn readings(&self, row: &csv::StringRecord, given: Option<&str>) -> Vec<Element> {
        let line = row.position().map_or(0, csv::Position::line);
        let cell = |place: usize| row.get(place).unwrap_or_default();
        let known = |place: Option<usize>| place.map(cell).filter(|text| !text.is_empty());
        let t = cell(self.t);
        let t = t.parse::<i64>().map_or_else(|_| json!(t), |micros| json!(micros));
        let reading = |asset: Option<&str>, signal: &str, value: &str| {
            // What is no number stays text, for the door to say so.
            let value = value.parse().ok().and_then(serde_json::Number::from_f64).map_or(json!(value), Value::Number);
            json!({ "asset": asset.unwrap_or_default(), "signal": signal, "t": t, "v": value })
        };
        let element = |json: Value| Element::Reading { line, json: json.to_string() };
        match &self.kind {
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
        }
    }
}
