//! Recordings of signals as rows of numbers; plain or compressed by gzip.

use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use anyhow::{Context, bail};
use flate2::read::MultiGzDecoder;
use twin::{Timestamp, streams::Rows};

use super::mapping::{Columns, Mapping, Named};
use crate::{cell, instant::secs_of, seen::Seen};

/// Of so many rows one may go back in time, as where clocks are set back. More are in no order.
const ROWS_BACK: usize = 100;

/// What was recorded of an asset.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recording {
    pub name: String,
    pub channels: usize,
    /// What the channels are called.
    pub signals: Vec<String>,
    pub times: Vec<Timestamp>,
    /// Row by row; NaN for what is missing.
    pub values: Vec<f64>,
    /// What references read, row by row, a list each.
    pub references: Vec<Vec<f64>>,
    /// Of windows: their numbers and states.
    pub numbers: Vec<i64>,
    pub states: Vec<u32>,
}

impl Recording {
    pub fn rows(&self) -> Rows<'_> {
        Rows::new(&self.values, self.channels.max(1)).unwrap_or_else(|| unreachable!("only whole rows are added"))
    }

    pub fn count(&self) -> usize {
        self.times.len()
    }

    /// The rows for which something holds; of windows, the windows. `length` is how many rows go together.
    pub fn only(&self, length: usize, is_wanted: impl Fn(usize) -> bool) -> Recording {
        let mut part = Recording {
            name: self.name.clone(),
            channels: self.channels,
            signals: self.signals.clone(),
            references: vec![Vec::new(); self.references.len()],
            ..Recording::default()
        };
        for item in (0..self.count() / length).filter(|item| is_wanted(*item)) {
            let rows = item * length..(item + 1) * length;
            part.times.extend(&self.times[rows.clone()]);
            part.values.extend(&self.values[rows.start * self.channels..rows.end * self.channels]);
            for (part, own) in part.references.iter_mut().zip(&self.references) {
                part.extend(&own[rows.clone()]);
            }
            part.numbers.extend(self.numbers.get(item));
            part.states.extend(self.states.get(item));
        }
        part
    }

    /// Goes on with another recording of the same asset.
    pub fn append(&mut self, more: &Recording) {
        self.times.extend(&more.times);
        self.values.extend(&more.values);
        self.references.iter_mut().zip(&more.references).for_each(|(own, more)| own.extend(more));
        self.numbers.extend(&more.numbers);
        self.states.extend(&more.states);
    }
}

/// The recording in the file at `path`; `seen` is told what else there is.
pub fn rows(path: &Path, root: Option<&Path>, mapping: &Mapping, seen: &mut Seen) -> anyhow::Result<Recording> {
    let reader = reader(path, &mapping.recording, Names::Above)?;
    let mut own = Seen::default();
    let recording = parse(reader, mapping, &mut own).with_context(|| format!("reading {}", path.display()))?;
    seen.join(own.of(path));
    Ok(Recording { name: named(path, root, mapping.said.named), ..recording })
}

/// The recording that stands in a table, without a name.
pub fn parse<R: Read>(mut reader: csv::Reader<R>, mapping: &Mapping, seen: &mut Seen) -> anyhow::Result<Recording> {
    let columns = &mapping.recording;
    let names: Vec<String> = reader.headers()?.iter().map(|name| name.trim().into()).collect();
    let place = |name: &String| {
        let mut found = (0..names.len()).filter(|place| names[*place] == *name);
        let first = found.next().with_context(|| format!("there is no column `{name}`"))?;
        if found.next().is_some() {
            bail!("there are two columns `{name}`");
        }
        Ok(first)
    };
    let time = columns.time.as_ref().map(place).transpose()?;
    let references: Vec<usize> = columns.references.iter().map(place).collect::<anyhow::Result<_>>()?;
    let channels: Vec<usize> = if columns.channels.is_empty() {
        (0..names.len()).filter(|place| Some(*place) != time && !references.contains(place)).collect()
    } else {
        columns.channels.iter().map(place).collect::<anyhow::Result<_>>()?
    };
    let mut recording = Recording {
        channels: channels.len(),
        signals: channels.iter().map(|place| names[*place].clone()).collect(),
        references: vec![Vec::new(); references.len()],
        ..Recording::default()
    };
    let mut before = None;
    for (index, line) in reader.records().enumerate() {
        let line = line?;
        let at = || format!("line {}", line.position().map_or(0, csv::Position::line));
        let mut number = |place: usize| {
            let text = line.get(place).unwrap_or_default();
            let value = cell::number(text, columns.missing.as_ref());
            let value = value.with_context(|| format!("{}: column `{}`", at(), names[place]))?;
            seen.cell(&names[place], value);
            anyhow::Ok(value)
        };
        for place in &channels {
            recording.values.push(number(*place)?);
        }
        for (own, place) in recording.references.iter_mut().zip(&references) {
            own.push(number(*place)?);
        }
        let secs = match time.map(|place| line.get(place).unwrap_or_default()) {
            Some(cell) => secs_of(cell).with_context(|| format!("{}: `{cell}` is no time", at()))?,
            None => index as i64 * columns.step_secs,
        };
        recording.times.push(Timestamp(secs * 1_000_000));
        seen.instant(before, secs, at);
        seen.rows += 1;
        before = Some(secs);
    }
    let (back, first) = seen.back();
    if back * ROWS_BACK > seen.rows {
        bail!("{back} of {} rows are before the row before, the first in {first}", seen.rows);
    }
    Ok(recording)
}

/// The windows of which each file has one signal, and their states, which are in another.
pub fn windows(
    paths: &[&Path],
    states: &Path,
    length: usize,
    columns: &Columns,
    seen: &mut Seen,
) -> anyhow::Result<Recording> {
    let mut recording = Recording { channels: paths.len(), ..Recording::default() };
    let mut signals: Vec<Vec<Vec<f64>>> = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut lines = Vec::new();
        for (number, line) in (1..).zip(reader(path, columns, Names::Nowhere)?.into_records()) {
            let window = line.map_err(anyhow::Error::from).and_then(|line| window(&line, length, columns, &name, seen));
            lines.push(window.with_context(|| format!("reading {}: line {number}", path.display()))?);
        }
        signals.push(lines);
        recording.signals.push(name);
    }
    let Some(first) = signals.first() else { bail!("no recordings") };
    if signals.iter().any(|signal| signal.len() != first.len()) {
        bail!("signals have different numbers of windows");
    }
    for (index, window) in first.iter().enumerate() {
        recording.numbers.push(window[0] as i64);
        for sample in 1..=length {
            let row = index * length + sample - 1;
            recording.times.push(Timestamp(row as i64 * columns.step_secs * 1_000_000));
            recording.values.extend(signals.iter().map(|signal| signal[index][sample]));
        }
    }
    seen.rows += recording.count();
    if let Some(name) = &columns.state {
        let mut reader = reader(states, columns, Names::Above)?;
        let place = reader.headers()?.iter().position(|own| own.trim() == name);
        let place = place.with_context(|| format!("there is no column `{name}` in {}", states.display()))?;
        for (number, line) in (2..).zip(reader.records()) {
            let cell = line?.get(place).unwrap_or_default().trim().to_owned();
            let state = cell.parse().ok();
            let state =
                state.with_context(|| format!("reading {}: line {number}: `{cell}` is no state", states.display()));
            recording.states.push(state?);
        }
        if recording.states.len() != recording.numbers.len() {
            bail!("{} windows have {} states", recording.numbers.len(), recording.states.len());
        }
    }
    Ok(recording)
}

/// The number of a window, and its samples.
fn window(
    line: &csv::StringRecord,
    length: usize,
    columns: &Columns,
    name: &str,
    seen: &mut Seen,
) -> anyhow::Result<Vec<f64>> {
    if line.len() != length + 1 {
        bail!("{} cells are no number and window of {length}", line.len());
    }
    let mut cells = Vec::with_capacity(line.len());
    for (place, cell) in line.iter().enumerate() {
        let value = cell::number(cell, columns.missing.as_ref());
        let value = value.with_context(|| format!("cell {}", place + 1))?;
        if place == 0 && value.is_nan() {
            bail!("a window without a number");
        }
        if place > 0 {
            seen.cell(name, value);
        }
        cells.push(value);
    }
    Ok(cells)
}

/// Where a file says what its columns are.
#[derive(PartialEq, Eq)]
enum Names {
    Above,
    Nowhere,
}

fn reader(path: &Path, columns: &Columns, names: Names) -> anyhow::Result<csv::Reader<Box<dyn Read>>> {
    let file = BufReader::new(File::open(path).with_context(|| format!("reading {}", path.display()))?);
    let is_compressed = path.extension().is_some_and(|extension| extension == "gz");
    let text: Box<dyn Read> = if is_compressed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    let separator = u8::try_from(columns.separator).context("a separator is one byte")?;
    Ok(csv::ReaderBuilder::new().delimiter(separator).has_headers(names == Names::Above).from_reader(text))
}

pub fn named(path: &Path, root: Option<&Path>, named: Named) -> String {
    let from_root = root.and_then(|root| path.strip_prefix(root).ok());
    let path = from_root.unwrap_or(path).to_string_lossy().replace('\\', "/");
    let path = path.strip_suffix(".gz").unwrap_or(&path);
    let file = path.rsplit('/').next().unwrap_or(path);
    match named {
        Named::Path => path.into(),
        Named::Stem => path[..path.len() - file.len() + file.find('.').unwrap_or(file.len())].into(),
        Named::Number => {
            let digits = file.trim_start_matches(|own: char| !own.is_ascii_digit());
            let end = digits.find(|own: char| !own.is_ascii_digit()).unwrap_or(digits.len());
            let number = digits[..end].trim_start_matches('0');
            if number.is_empty() { "0".into() } else { number.into() }
        }
    }
}
