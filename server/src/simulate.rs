//! `twinlight simulate`: futures of a model file on the command line, without a server.

mod plan;
mod print;
mod scenario;
mod share;
mod table;

use std::{
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    pin::pin,
    sync::Arc,
};

use anyhow::Context;
use services::ingest::line::Precision;
use twin::{Model, Projection, Scenario, Sensitivity, Timestamp};

use crate::{
    config::Config,
    data_check::precision,
    outputs,
    terminal::{self, Progress},
};
use plan::Plan;
pub use plan::reach;
use table::Form;

#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// The model file; parts of it stand beside it or in the folder of models.
    pub file: PathBuf,
    /// A future besides the one in which nothing is changed: `hot: heat_wave load=1.2`. Where wanted a name and a colon,
    /// then presets of the model, and sliders with their values. May be given several times.
    #[arg(long = "scenario", value_name = "SCENARIO")]
    pub scenarios: Vec<String>,
    /// Members of each future: a multiple of 64, above 512 of 512, or else raised to the next.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1 << 22))]
    pub members: u32,
    /// Decides spread and noise, the same for every scenario.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How far ahead, as `6 h` or `30 d`; as far as the model says without this.
    #[arg(long, visible_alias = "for", value_name = "SPAN")]
    pub horizon: Option<String>,
    /// At about how many instants values are kept.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub points: u32,
    /// When it begins, as `2026-07-01T06:00:00Z`; the first instant of 2000 without this, or where readings end.
    #[arg(long, value_name = "TIME", conflicts_with = "readings")]
    pub start: Option<String>,
    /// What an input is at the start, as `load=1500` or `load=1.5 kA`; what the model says without this. May be given
    /// several times.
    #[arg(long = "input", value_name = "NAME=VALUE")]
    pub given: Vec<String>,
    /// Readings of inputs and measured signals that the twin follows first: any file that `twinlight data check` reads,
    /// with the model's own names of signals.
    #[arg(long = "inputs", value_name = "FILE")]
    pub readings: Option<PathBuf>,
    /// The asset of which the readings are, where they are of several.
    #[arg(long)]
    pub asset: Option<String>,
    /// The unit of times that are whole numbers: ns, us, ms, s, m or h; ns in line protocol and us in CSV without this.
    #[arg(long, value_parser = precision, requires = "readings")]
    pub precision: Option<Precision>,
    /// Where all values go: a file that ends in `.csv` or `.json`, or `-` for CSV on the terminal.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Says, too, what a step of each slider does.
    #[arg(long)]
    pub sensitivities: bool,
    /// Threads; as many as there are processors without this. The result is the same.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

/// What a simulation comes to.
#[derive(Debug)]
pub struct Simulated {
    pub model: Arc<Model>,
    pub seed: u64,
    pub members: usize,
    /// Inputs where the futures begin, in model order.
    pub inputs: Vec<f64>,
    /// How many readings were followed, and since when.
    pub readings: usize,
    pub since: Timestamp,
    pub from: Timestamp,
    pub until: Timestamp,
    /// The baseline first.
    pub futures: Vec<Outcome>,
}

/// What comes under one scenario.
#[derive(Debug)]
pub struct Outcome {
    pub name: String,
    pub scenario: Scenario,
    pub projection: Projection,
    /// Where they were asked for.
    pub sensitivities: Option<Vec<Sensitivity>>,
}

/// Simulates, writes what was asked for and prints the rest; Ctrl-C ends it and leaves nothing behind.
pub async fn run(config: &Config, options: Options) -> anyhow::Result<()> {
    let (mut terminal, mut beside) = (io::stdout().lock(), io::stderr());
    let stop = terminal::ctrl_c();
    terminal::enough(until(&config.plant.models, &options, stop, &mut terminal, &mut beside).await)
}

/// The same, until `stop`: values and tables go to `to`, everything else that is to be said `beside`.
pub async fn until(
    models: &Path,
    options: &Options,
    stop: impl Future<Output = ()>,
    to: &mut dyn Write,
    beside: &mut dyn Write,
) -> anyhow::Result<()> {
    let form = options.out.as_deref().map(Form::of).transpose()?;
    if let Some(out) = options.out.as_deref().filter(|out| *out != Path::new("-")) {
        outputs::is_spare(out, [Some(&options.file), options.readings.as_ref()].into_iter().flatten())?;
        outputs::is_writable(out)?;
    }
    let mut stop = pin!(stop);
    let is_seen = io::stderr().is_terminal();
    let (models, own) = (models.to_owned(), options.clone());
    let read = move |progress: &Progress| Plan::of(&models, &own, progress);
    let plan = terminal::until(stop.as_mut(), read, is_seen.then_some(&mut *beside)).await??;
    plan.told(beside)?;
    let step = move |progress: &Progress| plan.simulate(progress);
    let found = terminal::until(stop.as_mut(), step, is_seen.then_some(&mut *beside)).await?;
    let found = found.context("the simulation broke off")?;
    terminal::end_by_ctrl_c();
    match (form, options.out.as_deref()) {
        (Some(form), Some(out)) if out == Path::new("-") => {
            form.write(&found, to)?;
            print::all(&found, beside)?;
        }
        (Some(form), Some(out)) => {
            outputs::put(out, |file| form.write(&found, file))?;
            print::all(&found, to)?;
        }
        _ => print::all(&found, to)?,
    }
    Ok(())
}
