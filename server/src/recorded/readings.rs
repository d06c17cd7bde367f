//! Readings of a file as entries of one model: what the twin follows before it looks ahead.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use anyhow::{Context, anyhow, bail};
use services::{
    catalog::Catalog,
    ingest::{
        Item, Text, Told, decode, http,
        line::{self, Precision},
    },
    survey::Survey,
};
use twin::{Model, id::AssetId, model::nearest};

use super::{Judged, LATEST, judged};
use crate::{
    data_check::{Element, Source},
    terminal::{Progress, READ},
};

/// The most that are followed.
const MOST: u64 = 5_000_000;
/// Assets that are named where the one that was asked for is not there.
const NAMED: usize = 8;

/// Reads the readings of one asset: of `asset`, or of the only one that the file is of.
pub fn read(
    path: &Path,
    model: &Arc<Model>,
    asset: Option<&str>,
    precision: Option<Precision>,
    progress: &Progress,
) -> anyhow::Result<Judged> {
    let within = || format!("`{}`", path.display());
    let source = Source::open(path, asset.or(Some(&model.id)), precision).with_context(within)?;
    let catalog = Catalog::of_model(AssetId::parse(&model.id)?, model.clone());
    let mut reader = Reader {
        model,
        asset: asset.map(str::to_owned),
        is_asked_for: asset.is_some(),
        others: BTreeSet::new(),
        precision: precision.unwrap_or_default(),
        survey: Survey::keeping(&catalog, LATEST),
    };
    // Where neither the file nor the command line names an asset it is the model's.
    reader.all(source, progress).with_context(within)?;
    judged(path, reader.survey, &catalog)
}

fn named(assets: &BTreeSet<String>) -> String {
    let shown: Vec<String> = assets.iter().map(|asset| format!("`{asset}`")).collect();
    shown.join(", ")
}

struct Reader<'m> {
    model: &'m Model,
    /// The asset that was asked for, else that of the first reading.
    asset: Option<String>,
    is_asked_for: bool,
    /// Others, the first few.
    others: BTreeSet<String>,
    precision: Precision,
    survey: Survey<'m>,
}

impl Reader<'_> {
    fn all(&mut self, source: Source, progress: &Progress) -> anyhow::Result<()> {
        progress.count(READ);
        for element in source {
            progress.add(1);
            self.take(element?)?;
            if self.survey.findings().accepted > MOST {
                bail!("more than {MOST} readings");
            }
        }
        match &self.asset {
            Some(own) if self.survey.findings().readings == 0 && !self.others.is_empty() => {
                bail!("no readings of `{own}`: there are those of {}", named(&self.others))
            }
            _ => Ok(()),
        }
    }

    fn take(&mut self, element: Element) -> anyhow::Result<()> {
        match element {
            Element::Unreadable { line, why } => self.survey.unreadable(line, why),
            Element::Reading { line, json } => match decode::placed_reading(&json) {
                Ok((asset, signal, reading)) => {
                    self.item(line, Item { asset, signal, what: Told::Reading(reading), raw: "" })?;
                }
                Err(_) => {
                    let text = Text::from(bytes::Bytes::from(format!("[{json}]")));
                    for item in http::telemetry(&text)? {
                        self.item(line, item)?;
                    }
                }
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
        let what = match item.what {
            Told::Malformed(why) if item.asset.is_empty() || item.signal.is_empty() => {
                self.survey.unreadable(line, why);
                return Ok(());
            }
            Told::Reading(reading) if reading.t.is_none() => Told::Malformed("it has no time".to_owned()),
            Told::Event(_) | Told::Misplaced => return Ok(()),
            what => what,
        };
        match &self.asset {
            None => self.asset = Some(item.asset.to_string()),
            Some(own) if *own == item.asset => {}
            Some(_) if self.is_asked_for => {
                if self.others.len() < NAMED && !self.others.contains(&*item.asset) {
                    self.others.insert(item.asset.into_owned());
                }
                return Ok(());
            }
            Some(own) => bail!("readings of `{own}` and, in line {line}, of `{}`: `--asset` says which", item.asset),
        }
        if self.model.signal(&item.signal).is_none() {
            let names = self.model.signals.iter().map(|signal| signal.name.as_str());
            return Err(anyhow!("line {line}: {}", nearest::unknown("input or signal", &item.signal, names)));
        }
        let own = Item { asset: self.model.id.as_str().into(), what, ..item };
        self.survey.take_items(vec![own], line);
        Ok(())
    }
}
