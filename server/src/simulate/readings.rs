//! Readings of a file as entries of one model: what the twin follows before it looks ahead.

use std::path::Path;

use anyhow::{Context, anyhow, bail};
use services::ingest::{
    Item, Text, Told, decode,
    line::{self, Precision},
};
use twin::{
    Entry, Model, What,
    model::{Signal, nearest},
    unit::{Conversion, meant},
};

use crate::{
    data_check::{Element, Source},
    wording::with_unit,
};

/// The most that are followed.
const MOST: usize = 5_000_000;

/// What a file comes to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Readings {
    /// By time.
    pub entries: Vec<Entry>,
    /// Readings that cannot be, and the first of them: a door would refuse them.
    pub left_out: u64,
    pub first: Option<String>,
}

/// Reads the readings of one asset: of `asset`, or of the only one that the file is of.
pub fn read(path: &Path, model: &Model, asset: Option<&str>, precision: Precision) -> anyhow::Result<Readings> {
    let (own, is_asked_for) = (asset.map(str::to_owned), asset.is_some());
    let mut reader = Reader { model, asset: own, is_asked_for, precision, readings: Readings::default() };
    // Where neither the file nor the command line names an asset it is the model's.
    for element in Source::open(path, asset.or(Some(&model.id)))? {
        reader.take(element?)?;
        if reader.readings.entries.len() > MOST {
            bail!("more than {MOST} readings");
        }
    }
    let mut readings = reader.readings;
    if let (Some(first), []) = (&readings.first, &readings.entries[..]) {
        bail!("no reading can be used: {first}");
    }
    if readings.entries.is_empty() {
        bail!("no readings");
    }
    readings.entries.sort_by_key(|entry| entry.t);
    Ok(readings)
}

struct Reader<'m> {
    model: &'m Model,
    /// The asset that was asked for, else that of the first reading.
    asset: Option<String>,
    is_asked_for: bool,
    precision: Precision,
    readings: Readings,
}

impl Reader<'_> {
    fn take(&mut self, element: Element) -> anyhow::Result<()> {
        match element {
            Element::Unreadable { line, why } => self.leave_out(line, &why),
            Element::Reading { line, json } => match decode::placed_reading(&json) {
                Ok((asset, signal, reading)) => {
                    self.item(line, Item { asset, signal, what: Told::Reading(reading), raw: "" })?;
                }
                Err(why) => self.leave_out(line, &why),
            },
            Element::Line { line, text } => {
                let text = Text::from(bytes::Bytes::from(text));
                for item in line::lines(&text, self.precision)? {
                    self.item(line, item)?;
                }
            }
        }
        Ok(())
    }

    /// A name that is not known is a slip of the pen in file or model; a value that cannot be is one of the sensor.
    fn item(&mut self, line: u64, item: Item<'_>) -> anyhow::Result<()> {
        let reading = match item.what {
            Told::Reading(reading) => reading,
            Told::Malformed(why) => {
                self.leave_out(line, &why);
                return Ok(());
            }
            Told::Event(_) | Told::Misplaced => return Ok(()),
        };
        match &self.asset {
            None => self.asset = Some(item.asset.to_string()),
            Some(own) if *own == item.asset => {}
            Some(_) if self.is_asked_for => return Ok(()),
            Some(own) => bail!("readings of `{own}` and, in line {line}, of `{}`: `--asset` says which", item.asset),
        }
        let names = self.model.signals.iter().map(|signal| signal.name.as_str());
        let unknown = || anyhow!("line {line}: {}", nearest::unknown("input or signal", &item.signal, names.clone()));
        let number = self.model.signal(&item.signal).ok_or_else(unknown)?;
        let Signal { name, unit, range: [low, high], .. } = &self.model.signals[usize::from(number)];
        let own = reading.unit.as_deref().unwrap_or(unit);
        let value = Conversion::between(own, unit).map(|conversion| conversion.apply(reading.value));
        let why = match (reading.t, value) {
            (None, _) => "it has no time".to_owned(),
            (_, None) => {
                let hint = meant::instead(own, unit).map_or_else(String::new, |hint| format!("; {hint}"));
                format!("`{own}` does not fit `{name}`, which is in {unit}{hint}")
            }
            (Some(_), Some(value)) if !(*low..=*high).contains(&value) => {
                format!("`{name}` is from {low} to {}, not {value}", with_unit(high, unit))
            }
            (Some(t), Some(value)) => {
                self.readings.entries.push(Entry { t, what: What::Sample { signal: number, value } });
                return Ok(());
            }
        };
        self.leave_out(line, &why);
        Ok(())
    }

    fn leave_out(&mut self, line: u64, why: &str) {
        self.readings.left_out += 1;
        self.readings.first.get_or_insert_with(|| format!("line {line}: {why}"));
    }
}

/// The precision of line protocol.
pub fn precision(text: &str) -> anyhow::Result<Precision> {
    Precision::parse(text).with_context(|| format!("`--precision` is ns, us, ms, s, m or h, not `{text}`"))
}
