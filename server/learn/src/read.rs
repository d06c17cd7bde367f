//! Recordings as rows of numbers, an asset after the other; plain or compressed by gzip.

use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use anyhow::{Context, bail};
use flate2::read::MultiGzDecoder;

use crate::{
    instant::secs_of,
    mapping::{Columns, Layout, Mapping},
};

/// No more rows are filled into a gap.
const LONGEST_GAP: i64 = 100_000;

/// What was recorded of an asset.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recording {
    pub asset: String,
    /// The place in time of the first row, in rows; zero for what has no time.
    pub first: i64,
    /// Settings, then channels; NaN for what is missing.
    pub rows: Vec<Vec<f64>>,
    /// Seconds since 1970, and what a reference read, a row each.
    pub secs: Vec<i64>,
    pub references: Vec<f64>,
}

/// The places of what is read from a line.
struct Places {
    asset: Option<usize>,
    time: Vec<usize>,
    /// `None` for the hours since the row before.
    inputs: Vec<Option<usize>>,
    reference: Option<usize>,
}

/// What was recorded of each asset of `path`, in the order of their first rows.
pub fn recordings(path: &Path, mapping: &Mapping) -> anyhow::Result<Vec<Recording>> {
    let file = BufReader::new(File::open(path).with_context(|| format!("reading {}", path.display()))?);
    let is_compressed = path.extension().is_some_and(|extension| extension == "gz");
    let mut text = String::new();
    let done = if is_compressed {
        MultiGzDecoder::new(file).read_to_string(&mut text)
    } else {
        BufReader::new(file).read_to_string(&mut text)
    };
    done.with_context(|| format!("reading {}", path.display()))?;
    parse(&text, mapping).with_context(|| format!("reading {}", path.display()))
}

/// The recordings that are written in `text`.
pub fn parse(text: &str, mapping: &Mapping) -> anyhow::Result<Vec<Recording>> {
    let columns = &mapping.recording;
    let mut all: Vec<Recording> = Vec::new();
    match columns.layout {
        Layout::Csv => {
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            let names: Vec<String> = reader.headers()?.iter().map(String::from).collect();
            let places = Places::of(mapping, &names)?;
            for line in reader.records() {
                let line = line?;
                take(&mut all, columns, &places, |place| line.get(place).unwrap_or_default())?;
            }
        }
        Layout::Spaced => {
            let places = Places::of(mapping, &columns.columns)?;
            for line in text.lines().filter(|line| !line.trim().is_empty()) {
                let fields: Vec<&str> = line.split_whitespace().collect();
                if fields.len() != columns.columns.len() {
                    bail!("a row of {} numbers where there are {} columns", fields.len(), columns.columns.len());
                }
                take(&mut all, columns, &places, |place| fields[place])?;
            }
        }
    }
    Ok(all)
}

impl Places {
    fn of(mapping: &Mapping, names: &[String]) -> anyhow::Result<Places> {
        let columns = &mapping.recording;
        let place = |name: &String| {
            let found = names.iter().position(|own| own.trim() == name);
            found.with_context(|| format!("there is no column `{name}`"))
        };
        let input = |name: &String| {
            let is_made = columns.hours_since.as_ref() == Some(name);
            if is_made { Ok(None) } else { place(name).map(Some) }
        };
        Ok(Places {
            asset: columns.asset.as_ref().map(place).transpose()?,
            time: columns.time.iter().map(place).collect::<anyhow::Result<_>>()?,
            inputs: mapping.inputs().iter().map(input).collect::<anyhow::Result<_>>()?,
            reference: columns.reference.as_ref().map(place).transpose()?,
        })
    }
}

/// Adds a line to the recording of its asset.
fn take<'a>(
    all: &mut Vec<Recording>,
    columns: &Columns,
    places: &Places,
    field: impl Fn(usize) -> &'a str,
) -> anyhow::Result<()> {
    let asset = places.asset.map_or("", &field);
    let known = all.iter().rposition(|recording| recording.asset == asset);
    let known = known.unwrap_or_else(|| {
        all.push(Recording { asset: asset.into(), ..Recording::default() });
        all.len() - 1
    });
    let recording = &mut all[known];
    let number = |place: usize| {
        let value = field(place).trim().parse().unwrap_or(f64::NAN);
        if columns.missing == Some(value) { f64::NAN } else { value }
    };
    let mut secs = 0;
    if !places.time.is_empty() {
        let words: Vec<&str> = places.time.iter().map(|place| field(*place)).collect();
        let words = words.join(" ");
        secs = secs_of(&words).with_context(|| format!("`{words}` is no time"))?;
    }
    if let Some(step) = columns.step_secs {
        let place = secs.div_euclid(i64::from(step));
        if recording.rows.is_empty() {
            recording.first = place;
        }
        let next = recording.first + recording.rows.len() as i64;
        if place < next || place - next > LONGEST_GAP {
            bail!("rows are not in the order of their time, or far apart");
        }
        for missing in next..place {
            recording.push(vec![f64::NAN; places.inputs.len()], missing * i64::from(step), f64::NAN);
        }
    }
    let hours = recording.secs.last().map_or(0.0, |before| (secs - before) as f64 / 3_600.0);
    let row = places.inputs.iter().map(|place| place.map_or(hours, number)).collect();
    recording.push(row, secs, places.reference.map_or(f64::NAN, number));
    Ok(())
}

impl Recording {
    fn push(&mut self, row: Vec<f64>, secs: i64, reference: f64) {
        self.rows.push(row);
        self.secs.push(secs);
        self.references.push(reference);
    }
}
