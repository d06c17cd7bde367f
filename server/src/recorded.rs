//! What a command follows: readings of a file, or the recording of a plant's asset, as entries of one model; judged as a
//! door would judge them.

pub mod readings;

use std::{
    borrow::Cow,
    fmt,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail};
use services::{
    catalog::Catalog,
    ingest::{Item, Reading, ReportedEvent, Told, line::Precision},
    survey::{Findings, Survey},
};
use twin::{Entry, Model, Timestamp, entry::Quality};

use crate::{
    data_check::{precision, refused},
    model,
    replay::{self, Posted, recording::Script},
    terminal::{Progress, READ},
};

/// 9999-01-01T00:00:00Z: a recording may be of any time, that of a plan too.
pub const LATEST: Timestamp = Timestamp(253_370_764_800_000_000);
/// Kinds of refusals that are told one by one.
const MOST_KINDS: usize = 20;

#[derive(Debug, Clone, clap::Args)]
#[command(group = clap::ArgGroup::new("of").required(true))]
pub struct Source {
    /// The model file whose twin follows `--inputs`.
    #[arg(group = "of", requires = "readings")]
    pub file: Option<PathBuf>,
    /// Readings in any form that `twinlight data check` reads, with the model's own names of signals.
    #[arg(long = "inputs", value_name = "FILE", requires = "file")]
    pub readings: Option<PathBuf>,
    /// In the place of a model and readings: a folder with `plant.toml` and recordings, as that of the demo.
    #[arg(long, value_name = "FOLDER", group = "of", requires = "asset")]
    pub plant: Option<PathBuf>,
    /// The asset of the plant, or that of the readings where they are of several.
    #[arg(long)]
    pub asset: Option<String>,
    /// The unit of times that are whole numbers: ns, us, ms, s, m or h; ns in line protocol and us in CSV without this.
    #[arg(long, value_parser = precision, requires = "readings")]
    pub precision: Option<Precision>,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asset = self.asset.as_deref();
        match (&self.readings, &self.plant) {
            (Some(readings), _) => write!(f, "{}", readings.display())?,
            (None, Some(folder)) => return write!(f, "{} of {}", asset.unwrap_or_default(), folder.display()),
            (None, None) => {}
        }
        asset.map_or(Ok(()), |asset| write!(f, ", asset {asset}"))
    }
}

/// A recording, in order of time; never empty.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub model: Arc<Model>,
    pub judged: Judged,
}

/// What a door would make of a recording.
#[derive(Debug, Clone, Default)]
pub struct Judged {
    pub file: PathBuf,
    /// By time.
    pub entries: Vec<Entry>,
    pub findings: Findings,
}

/// Reads what is asked for; `models` is the folder of models.
pub fn read(models: &Path, source: &Source, progress: &Progress) -> anyhow::Result<Recorded> {
    match (&source.file, &source.plant) {
        (Some(file), _) => {
            let model = Arc::new(model::whole(file, models)?.0);
            let path = source.readings.as_deref().context("`--inputs` says what to follow")?;
            let judged = readings::read(path, &model, source.asset.as_deref(), source.precision, progress)?;
            Ok(Recorded { model, judged })
        }
        (None, Some(folder)) => of_plant(folder, models, source.asset.as_deref().unwrap_or_default(), progress),
        (None, None) => bail!("a model file with `--inputs`, or `--plant` with `--asset`, says what to follow"),
    }
}

/// The recording of a plant's asset, or its simulation.
fn of_plant(folder: &Path, models: &Path, asset: &str, progress: &Progress) -> anyhow::Result<Recorded> {
    let file = folder.join("plant.toml");
    let catalog = Catalog::read_asset(&file, models, asset).with_context(|| format!("`{}`", file.display()))?;
    let asset = &catalog.assets()[0];
    let script = Script::read(folder)?;
    let file = script.file(asset).unwrap_or(folder);
    let posts = script.posts(asset)?;
    let posts = posts.with_context(|| format!("`{}` has no recording of `{}`", folder.display(), asset.id))?;
    let mut survey = Survey::keeping(&catalog, LATEST);
    progress.count(READ);
    for replay::Post { t, line, what, .. } in posts {
        progress.add(1);
        let (signal, what) = match what {
            Posted::Sample { signal, value, unit } => {
                let reading = Reading { t: Some(t), value, unit: Some(unit.into()), quality: Quality::Good };
                (Cow::from(signal), Told::Reading(reading))
            }
            Posted::Event { id, kind, until, note } => {
                let event = ReportedEvent { id, t: Some(t), until, kind, note };
                (Cow::from("$event"), Told::Event(Box::new(event)))
            }
        };
        survey.take_items(vec![Item { asset: asset.id.as_str().into(), signal, what, raw: "" }], line);
    }
    Ok(Recorded { model: asset.model.clone(), judged: judged(file, survey, &catalog)? })
}

/// What the survey of a file of a plant's only asset comes to; fails where nothing is left of a signal, or of all.
pub fn judged(file: &Path, survey: Survey<'_>, catalog: &Catalog) -> anyhow::Result<Judged> {
    usable(survey, catalog)
        .map(|(entries, findings)| Judged { file: file.to_owned(), entries, findings })
        .with_context(|| format!("`{}`", file.display()))
}

fn usable(mut survey: Survey<'_>, catalog: &Catalog) -> anyhow::Result<(Vec<Entry>, Findings)> {
    let entries = survey.entries();
    let findings = survey.finish();
    let asset = &catalog.assets()[0];
    for ((_, signal, reason), first) in &findings.refusals {
        if entries.is_empty() {
            bail!("no reading can be used: {}", refused(&[reason.as_str(), signal], first));
        }
        let is_lost = |number: u16| !findings.signals.contains_key(&(0, number));
        if asset.binding(signal).is_none_or(|binding| is_lost(binding.signal)) && !signal.is_empty() {
            bail!("nothing of `{signal}` can be used: {}", refused(&[reason.as_str(), signal], first));
        }
    }
    if entries.is_empty() {
        bail!("no readings");
    }
    Ok((entries, findings))
}

/// Says what of a recording is not followed.
pub fn told(judged: &Judged, to: &mut dyn Write) -> io::Result<()> {
    let Judged { file, findings, .. } = judged;
    let Findings { readings, duplicates, refused: left_out, untold, .. } = findings;
    if *left_out > 0 {
        writeln!(to, "left out: {left_out} of {readings} readings that no door would take, of `{}`", file.display())?;
    }
    for line in refusals(findings) {
        writeln!(to, "  {line}")?;
    }
    if *duplicates > 0 {
        writeln!(to, "duplicates: {duplicates}, which count once")?;
    }
    if *untold > 0 {
        writeln!(to, "nothing to the twin: {untold}, said to be bad or events that its model does not know")?;
    }
    Ok(())
}

/// What no door would take: a line a kind.
pub fn refusals(findings: &Findings) -> Vec<String> {
    let told = findings.refusals.iter().take(MOST_KINDS);
    let mut lines: Vec<String> =
        told.map(|((_, signal, reason), first)| refused(&[reason.as_str(), signal], first)).collect();
    if findings.refusals.len() > MOST_KINDS {
        lines.push("and more of other names".to_owned());
    }
    lines
}
