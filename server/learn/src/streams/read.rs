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
use crate::instant::secs_of;

/// What was recorded of an asset.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recording {
    pub name: String,
    pub channels: usize,
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
        let mut part = Recording { name: self.name.clone(), channels: self.channels, ..Recording::default() };
        part.references = vec![Vec::new(); self.references.len()];
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

/// The recording in the file at `path`.
pub fn rows(path: &Path, root: Option<&Path>, mapping: &Mapping) -> anyhow::Result<Recording> {
    let reader = reader(path, &mapping.recording, Names::Above)?;
    let recording = parse(reader, mapping).with_context(|| format!("reading {}", path.display()))?;
    Ok(Recording { name: named(path, root, mapping.said.named), ..recording })
}

/// The recording that stands in a table, without a name.
pub fn parse<R: Read>(mut reader: csv::Reader<R>, mapping: &Mapping) -> anyhow::Result<Recording> {
    let columns = &mapping.recording;
    let names: Vec<String> = reader.headers()?.iter().map(|name| name.trim().into()).collect();
    let place = |name: &String| {
        let found = names.iter().position(|own| own == name);
        found.with_context(|| format!("there is no column `{name}`"))
    };
    let time = columns.time.as_ref().map(place).transpose()?;
    let references: Vec<usize> = columns.references.iter().map(place).collect::<anyhow::Result<_>>()?;
    let channels: Vec<usize> = if columns.channels.is_empty() {
        (0..names.len()).filter(|place| Some(*place) != time && !references.contains(place)).collect()
    } else {
        columns.channels.iter().map(place).collect::<anyhow::Result<_>>()?
    };
    let references_of = vec![Vec::new(); references.len()];
    let mut recording = Recording { channels: channels.len(), references: references_of, ..Recording::default() };
    for (index, line) in reader.records().enumerate() {
        let line = line?;
        let number = |place: usize| line.get(place).and_then(|cell| cell.trim().parse().ok()).unwrap_or(f64::NAN);
        let secs = match time.and_then(|place| line.get(place)) {
            Some(cell) => secs_of(cell).with_context(|| format!("`{cell}` is no time"))?,
            None => index as i64 * columns.step_secs,
        };
        recording.times.push(Timestamp(secs * 1_000_000));
        recording.values.extend(channels.iter().map(|place| number(*place)));
        for (own, place) in recording.references.iter_mut().zip(&references) {
            own.push(number(*place));
        }
    }
    Ok(recording)
}

/// The windows of which each file has one signal, and their states, which are in another.
pub fn windows(paths: &[&Path], states: Option<&Path>, length: usize, columns: &Columns) -> anyhow::Result<Recording> {
    let mut signals: Vec<Vec<Vec<f64>>> = Vec::new();
    for path in paths {
        let lines = reader(path, columns, Names::Nowhere)?.into_records().map(|line| {
            let cells: Vec<f64> = line?.iter().map(|cell| cell.trim().parse().unwrap_or(f64::NAN)).collect();
            if cells.len() != length + 1 {
                bail!("a line of {} cells is no window of {length} in {}", cells.len(), path.display());
            }
            Ok(cells)
        });
        signals.push(lines.collect::<anyhow::Result<_>>()?);
    }
    let mut recording = Recording { channels: signals.len(), ..Recording::default() };
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
    if let (Some(path), Some(name)) = (states, &columns.state) {
        let mut reader = reader(path, columns, Names::Above)?;
        let place = reader.headers()?.iter().position(|own| own.trim() == name);
        let place = place.with_context(|| format!("there is no column `{name}` in {}", path.display()))?;
        for line in reader.records() {
            let cell = line?.get(place).unwrap_or_default().trim().to_owned();
            recording.states.push(cell.parse().with_context(|| format!("`{cell}` is no state"))?);
        }
        if recording.states.len() != recording.numbers.len() {
            bail!("{} windows have {} states", recording.numbers.len(), recording.states.len());
        }
    }
    Ok(recording)
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
