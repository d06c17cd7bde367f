//! `twinlight data check`: what a file of readings would come to, without a server and without keeping any of it.

mod print;
mod scan;
mod source;

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context, bail};
use services::{
    catalog::Catalog,
    ingest::{self, decode, line::Precision},
    survey::{Findings, Survey},
};

use crate::{
    config::Config,
    terminal::{self, Progress, READ},
};
pub use print::refused;
pub use source::{Element, Source, SourceError, unzipped};

/// The largest body that is judged at once, in bytes.
const BATCH_BYTES: usize = 1 << 20;

#[derive(Debug, Clone, clap::Subcommand)]
pub enum Action {
    /// Says of a file of readings what would be kept, what refused and why, and how the data are.
    Check(Options),
}

#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// JSON lines or a JSON array of readings as of `POST /api/v1/telemetry`, InfluxDB line protocol, or CSV: with
    /// columns `signal`, `t`, `v` and, where wanted, `asset`, `u`, `q`; or with `t` and one column a signal. All of
    /// them may be gzipped.
    pub file: PathBuf,
    /// The plant that the readings are of; that of the configuration without this.
    #[arg(long)]
    pub plant: Option<PathBuf>,
    /// The asset of readings that do not say one.
    #[arg(long)]
    pub asset: Option<String>,
    /// The unit of times that are whole numbers: ns, us, ms, s, m or h; ns in line protocol and us in CSV without this.
    #[arg(long, value_parser = precision)]
    pub precision: Option<Precision>,
}

/// Checks the file and prints what was found; fails where something would be refused.
pub async fn run(config: &Config, action: Action) -> anyhow::Result<()> {
    let Action::Check(options) = action;
    let plant = options.plant.as_ref().unwrap_or(&config.plant.file);
    let catalog = Arc::new(Catalog::read(plant, &config.plant.models).context("the plant cannot be read")?);
    let (own, file) = (catalog.clone(), options.file.display().to_string());
    let read = move |progress: &Progress| {
        let source = Source::open(&options.file, options.asset.as_deref(), options.precision)?;
        check(&own, source, options.precision.unwrap_or_default(), progress)
    };
    let findings = terminal::until_done(read).await?.with_context(|| format!("`{file}`"))?;
    terminal::print(|to| print::findings(&catalog, &findings, to))?;
    if findings.refused > 0 {
        bail!("{} of {} readings would be refused", findings.refused, findings.readings);
    }
    Ok(())
}

/// Reads `--precision`.
pub fn precision(text: &str) -> Result<Precision, String> {
    Precision::parse(text).ok_or_else(|| "not ns, us, ms, s, m or h".to_owned())
}

/// Judges every reading of `source`.
pub fn check(catalog: &Catalog, source: Source, precision: Precision, progress: &Progress) -> anyhow::Result<Findings> {
    let mut survey = Survey::start(catalog, ingest::received_at());
    let mut batch = Batch::default();
    progress.count(READ);
    for element in source {
        match element? {
            Element::Reading { line, json } => {
                batch.add(line, &json);
                if batch.is_full() {
                    batch.judge(&mut survey)?;
                }
            }
            Element::Line { line, text } => survey.take_line(&text, line, precision)?,
            Element::Unreadable { line, why } => survey.unreadable(line, why),
        }
        progress.add(1);
    }
    batch.judge(&mut survey)?;
    Ok(survey.finish())
}

/// Readings on their way to be judged, as a body of the HTTP door.
#[derive(Default)]
struct Batch {
    body: String,
    lines: Vec<u64>,
}

impl Batch {
    fn add(&mut self, line: u64, json: &str) {
        self.body.push(if self.body.is_empty() { '[' } else { ',' });
        self.body.push_str(json);
        self.lines.push(line);
    }

    fn is_full(&self) -> bool {
        self.lines.len() >= decode::MOST_ITEMS || self.body.len() >= BATCH_BYTES
    }

    fn judge(&mut self, survey: &mut Survey<'_>) -> anyhow::Result<()> {
        if self.lines.is_empty() {
            return Ok(());
        }
        self.body.push(']');
        survey.take(&self.body, &self.lines)?;
        self.body.clear();
        self.lines.clear();
        Ok(())
    }
}
