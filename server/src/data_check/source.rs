//! A file of readings, whatever its form, reading by reading.

mod columns;

use std::{
    fs::File,
    io::{BufRead, BufReader, Error, Read},
    path::Path,
};

use flate2::read::MultiGzDecoder;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use services::ingest::line::Precision;

use self::columns::{Columns, is_header};
use super::scan::{Elements, LONGEST, Piece, next_line};

/// A file that cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error(transparent)]
    File(#[from] std::io::Error),
    #[error(transparent)]
    Csv(#[from] csv::Error),
    #[error("the header has no column `{0}`, only {1}")]
    Column(&'static str, String),
    #[error("columns are separated by `,` here, not by {0:?}")]
    Separator(char),
    #[error("the file is UTF-16; it is read as UTF-8")]
    Encoding,
    #[error(
        "the first time, `{t}`, is hardly in microseconds: `--precision {unit}` says what it is in, or `--precision us`"
    )]
    Epoch { t: i64, unit: &'static str },
    #[error("whole numbers are microseconds in JSON: `--precision` is of line protocol and CSV")]
    Precision,
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

impl Source {
    /// Opens a file; `precision` is that of times that are whole numbers, where that was said.
    pub fn open(path: &Path, asset: Option<&str>, precision: Option<Precision>) -> Result<Source, SourceError> {
        Source::read(unzipped(path)?, asset, precision)
    }

    /// Tells the form from how the file begins.
    pub fn read(mut file: Input, asset: Option<&str>, precision: Option<Precision>) -> Result<Source, SourceError> {
        let start = file.fill_buf()?;
        if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
            return Err(SourceError::Encoding);
        }
        let is_marked = start.starts_with(MARK);
        file.consume(if is_marked { MARK.len() } else { 0 });
        let start = file.fill_buf()?;
        let first = start.iter().copied().find(|byte| !byte.is_ascii_whitespace());
        let line: Vec<u8> = start.iter().copied().take(LONGEST).take_while(|byte| *byte != b'\n').collect();
        let form = match first {
            Some(b'[' | b'{') if precision.is_some_and(|precision| precision != Precision::Micros) => {
                return Err(SourceError::Precision);
            }
            Some(b'[') => Form::Array(file, Elements::default()),
            Some(b'{') => Form::Lines(file, 0),
            _ if is_header(&String::from_utf8_lossy(&line))? => {
                let mut table = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(file);
                let columns = Columns::find(table.headers()?, asset, precision)?;
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
                    Ok(true) => columns.readings(&row, self.asset.as_deref()).map(Some),
                    Err(error) => match error.position() {
                        // A row of another length, or no text: the next row may be right.
                        Some(place) if !error.is_io_error() => {
                            let why = match error.kind() {
                                csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                                    format!("the whole row, which has {len} of {expected_len} columns")
                                }
                                _ => error.to_string(),
                            };
                            Ok(Some(vec![Element::Unreadable { line: place.line(), why }]))
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

/// What some programs begin text with.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// A file as it is read, decompressed where it is gzipped: all members of it, and no more.
pub fn unzipped(path: &Path) -> Result<Input, Error> {
    let mut file = BufReader::new(File::open(path)?);
    let is_zipped =
        path.extension().is_some_and(|extension| extension == "gz") || file.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    let file: Box<dyn Read> = if is_zipped { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    Ok(Box::new(BufReader::with_capacity(64 * 1024, file)))
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
