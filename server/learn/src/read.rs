//! Recordings as rows of numbers, an asset after the other; plain or compressed by gzip.

use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use anyhow::{Context, bail};
use flate2::read::MultiGzDecoder;

use crate::{
    cell,
    instant::secs_of,
    mapping::{Layout, Mapping},
    seen::Seen,
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
    /// Names, and places; no place for the hours since the row before.
    inputs: Vec<(String, Option<usize>)>,
    reference: Option<(String, usize)>,
}

/// What was recorded of each asset of `path`, in the order of their first rows; `seen` is told what else there is.
pub fn recordings(path: &Path, mapping: &Mapping, seen: &mut Seen) -> anyhow::Result<Vec<Recording>> {
    let file = BufReader::new(File::open(path).with_context(|| format!("reading {}", path.display()))?);
    let is_compressed = path.extension().is_some_and(|extension| extension == "gz");
    let mut text = String::new();
    let done = if is_compressed {
        MultiGzDecoder::new(file).read_to_string(&mut text)
    } else {
        BufReader::new(file).read_to_string(&mut text)
    };
    done.with_context(|| format!("reading {}", path.display()))?;
    let mut own = Seen::default();
    let found = parse(&text, mapping, &mut own).with_context(|| format!("reading {}", path.display()))?;
    seen.join(own.of(path));
    Ok(found)
}

/// The recordings that are written in `text`.
pub fn parse(text: &str, mapping: &Mapping, seen: &mut Seen) -> anyhow::Result<Vec<Recording>> {
    let columns = &mapping.recording;
    let mut all: Vec<Recording> = Vec::new();
    match columns.layout {
        Layout::Csv => {
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            let names: Vec<String> = reader.headers()?.iter().map(String::from).collect();
            let places = Places::of(mapping, &names)?;
            for line in reader.records() {
                let line = line?;
                let number = line.position().map_or(0, csv::Position::line);
                take(&mut all, mapping, &places, seen, number, |place| line.get(place).unwrap_or_default())
                    .with_context(|| format!("line {number}"))?;
            }
        }
        Layout::Spaced => {
            let places = Places::of(mapping, &columns.columns)?;
            for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
                let fields: Vec<&str> = line.split_whitespace().collect();
                if fields.len() != columns.columns.len() {
                    let (own, wanted) = (fields.len(), columns.columns.len());
                    bail!("line {number}: a row of {own} numbers where there are {wanted} columns");
                }
                take(&mut all, mapping, &places, seen, number, |place| fields[place])
                    .with_context(|| format!("line {number}"))?;
            }
        }
    }
    Ok(all)
}

impl Places {
    fn of(mapping: &Mapping, names: &[String]) -> anyhow::Result<Places> {
        let columns = &mapping.recording;
        let place = |name: &String| {
            let mut found = names.iter().enumerate().filter(|(_, own)| own.trim() == name).map(|(place, _)| place);
            let first = found.next().with_context(|| format!("there is no column `{name}`"))?;
            if found.next().is_some() {
                bail!("there are two columns `{name}`");
            }
            Ok(first)
        };
        let input = |name: String| {
            let is_made = columns.hours_since.as_ref() == Some(&name);
            let place = if is_made { None } else { Some(place(&name)?) };
            Ok((name, place))
        };
        Ok(Places {
            asset: columns.asset.as_ref().map(place).transpose()?,
            time: columns.time.iter().map(place).collect::<anyhow::Result<_>>()?,
            inputs: mapping.inputs().into_iter().map(input).collect::<anyhow::Result<_>>()?,
            reference: columns.reference.as_ref().map(|name| anyhow::Ok((name.clone(), place(name)?))).transpose()?,
        })
    }
}

/// Adds line `number` to the recording of its asset.
fn take<'a>(
    all: &mut Vec<Recording>,
    mapping: &Mapping,
    places: &Places,
    seen: &mut Seen,
    number: u64,
    field: impl Fn(usize) -> &'a str,
) -> anyhow::Result<()> {
    let columns = &mapping.recording;
    let asset = places.asset.map_or("", &field);
    let known = all.iter().rposition(|recording| recording.asset == asset);
    let known = known.unwrap_or_else(|| {
        all.push(Recording { asset: asset.into(), ..Recording::default() });
        all.len() - 1
    });
    let recording = &mut all[known];
    let mut secs = 0;
    if !places.time.is_empty() {
        let words: Vec<&str> = places.time.iter().map(|place| field(*place)).collect();
        let words = words.join(" ");
        secs = secs_of(&words).with_context(|| format!("`{words}` is no time"))?;
    }
    let before = recording.secs.last().copied();
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
            seen.filled += 1;
        }
    } else if !places.time.is_empty() {
        if before.is_some_and(|before| secs < before) {
            bail!("rows are not in the order of their time");
        }
        seen.instant(before, secs, || format!("line {number}"));
    }
    seen.rows += 1;
    let mut value = |name: &str, place: usize| {
        let value = cell::number(field(place), columns.missing.as_ref()).with_context(|| format!("column `{name}`"))?;
        seen.cell(name, value);
        anyhow::Ok(value)
    };
    let hours = recording.secs.last().map_or(0.0, |before| (secs - before) as f64 / 3_600.0);
    let row = places.inputs.iter().map(|(name, place)| place.map_or(Ok(hours), |place| value(name, place)));
    let row = row.collect::<anyhow::Result<Vec<f64>>>()?;
    let reference = places.reference.as_ref().map_or(Ok(f64::NAN), |(name, place)| value(name, *place))?;
    recording.push(row, secs, reference);
    Ok(())
}

impl Recording {
    fn push(&mut self, row: Vec<f64>, secs: i64, reference: f64) {
        self.rows.push(row);
        self.secs.push(secs);
        self.references.push(reference);
    }
}
