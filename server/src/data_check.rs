//! `twinlight data check`: what a file of readings would come to, without a server and without keeping any of it.

mod print;
mod scan;
mod source;

use std::{io::Write, path::PathBuf};

use anyhow::{Context, bail};
use services::{
    catalog::Catalog,
    ingest::{self, decode, line::Precision},
    survey::{Findings, Survey},
};

use crate::config::Config;
pub use print::refused;
pub use source::{Element, Source, SourceError, unzipped};

/// Readings after which the progress is told.
const TOLD_EVERY: u64 = 1_000_000;
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
pub fn run(config: &Config, action: Action) -> anyhow::Result<()> {
    let Action::Check(options) = action;
    let plant = options.plant.as_ref().unwrap_or(&config.plant.file);
    let catalog = Catalog::read(plant, &config.plant.models).context("the plant cannot be read")?;
    let file = options.file.display();
    let source = Source::open(&options.file, options.asset.as_deref(), options.precision);
    let source = source.with_context(|| format!("`{file}`"))?;
    let precision = options.precision.unwrap_or_default();
    let findings = check(&catalog, source, precision, &mut std::io::stderr()).with_context(|| format!("`{file}`"))?;
    print::findings(&catalog, &findings, &mut std::io::stdout().lock())?;
    if findings.refused > 0 {
        bail!("{} of {} readings would be refused", findings.refused, findings.readings);
    }
    Ok(())
}

/// Reads `--precision`.
pub fn precision(text: &str) -> Result<Precision, String> {
    Precision::parse(text).ok_or_else(|| "not ns, us, ms, s, m or h".to_owned())
}

/// Judges every reading of `source`, telling the progress to `progress`.
pub fn check(
    catalog: &Catalog,
    source: Source,
    precision: Precision,
    progress: &mut dyn Write,
) -> anyhow::Result<Findings> {
    let mut survey = Survey::start(catalog, ingest::received_at());
    let mut batch = Batch::default();
    let mut read = 0;
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
        read += 1;
        if read % TOLD_EVERY == 0 {
            // Nobody may be there to hear it.
            let _ = writeln!(progress, "{read} readings read");
        }
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
