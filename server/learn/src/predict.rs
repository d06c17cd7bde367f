//! `predict`: what was sealed follows recordings as they would have come, a row at a time.

use std::{collections::BTreeSet, fs, io::Write, path::PathBuf};

use anyhow::{Context, bail};
use twin::{
    learned::{Course, Kind, Learned, Remaining},
    streams::Detector,
};

use crate::{
    cell::quoted,
    draft::{Draft, apart},
    mapping::{Mapping, SoftTask, Task},
    read::{self, Recording},
    seen::Seen,
};

#[derive(clap::Args)]
pub struct Options {
    /// What `train` sealed.
    #[arg(long, value_name = "FILE")]
    pub sealed: PathBuf,
    /// What the columns are (TOML).
    #[arg(long, value_name = "FILE")]
    pub map: PathBuf,
    /// Where the predictions go (CSV).
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Where the references go that nothing was learned from (CSV).
    #[arg(long, value_name = "FILE")]
    pub truth: Option<PathBuf>,
    /// A first column that is the same in every line.
    #[arg(long, value_name = "NAME=VALUE", value_parser = label)]
    pub label: Option<(String, String)>,
    /// The assets to follow; all without this.
    #[arg(long, value_name = "ASSET", value_delimiter = ',')]
    pub only: Vec<String>,
    /// The first row to predict at: rows are counted from 1, as in the column `row`.
    #[arg(long, default_value_t = 0, hide_default_value = true, value_name = "ROW")]
    pub from: usize,
    /// The last row to predict at; it is predicted at, too.
    #[arg(long, default_value_t = usize::MAX, hide_default_value = true, value_name = "ROW")]
    pub to: usize,
    /// Predict at the last row of each asset alone.
    #[arg(long)]
    pub last: bool,
    /// What is followed: CSV or text in columns, as it is or compressed by gzip.
    #[arg(required = true, value_name = "RECORDING")]
    pub recordings: Vec<PathBuf>,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let outputs = options.truth.iter().map(|truth| ("--truth", truth));
    apart(
        options.recordings.iter().chain([&options.map, &options.sealed]),
        [("--out", &options.out)].into_iter().chain(outputs),
    )?;
    let mapping = Mapping::load(&options.map)?;
    let sealed = fs::read(&options.sealed).with_context(|| format!("reading {}", options.sealed.display()))?;
    let learned = Learned::unseal(&sealed);
    if learned.is_err() && Detector::from_bytes(&sealed).is_ok() {
        bail!("{} is a detector, which `detect` saved for a model: it predicts nothing", options.sealed.display());
    }
    let learned = learned.with_context(|| format!("reading {}", options.sealed.display()))?;
    if learned.inputs() != mapping.inputs() {
        bail!("{} is told {:?}, not what the mapping names", options.sealed.display(), learned.inputs());
    }
    let truth = options.truth.as_deref().map(Draft::begin).transpose()?;
    let mut said = Said { out: Draft::begin(&options.out)?, truth, options, lines: 0, inside: 0, came: 0 };
    said.heads(&mapping, &learned)?;
    let (mut seen, mut assets) = (Seen::default(), BTreeSet::new());
    for path in &options.recordings {
        for recording in read::recordings(path, &mapping, &mut seen)? {
            if options.only.is_empty() || options.only.contains(&recording.asset) {
                said.follow(&mapping, &learned, &recording)?;
            }
            assets.insert(recording.asset);
        }
    }
    eprintln!("{seen}");
    if let Some(asset) = options.only.iter().find(|asset| !assets.contains(*asset)) {
        let some: Vec<String> = assets.iter().take(5).map(|asset| format!("`{asset}`")).collect();
        bail!("`--only`: there is no asset `{asset}` among {}, as {}", assets.len(), some.join(", "));
    }
    if said.lines == 0 {
        bail!(
            "nothing is said of any of {} rows: `--from` and `--to` may leave none, or all say too little",
            seen.rows
        );
    }
    let Said { out, truth, inside, came, .. } = said;
    out.keep()?;
    truth.map_or(Ok(()), Draft::keep)?;
    if came > 0 {
        let share = inside as f64 / came as f64;
        println!("inside of the interval: {share:.4} of {came} values that came");
    }
    Ok(())
}

/// The name and the value of `NAME=VALUE`, which keep a line one line of as many cells.
fn label(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("it is `NAME=VALUE`")?;
    if name.is_empty() || text.contains([',', '"', '\n', '\r']) {
        return Err("a column has a name, and neither name nor value has commas, quotes or ends of lines".into());
    }
    Ok((name.into(), value.into()))
}

/// The lines of predictions.
struct Said<'a> {
    out: Draft,
    truth: Option<Draft>,
    options: &'a Options,
    lines: usize,
    /// Values that were forecast and came, and how many of them were inside of their intervals.
    came: usize,
    inside: usize,
}

impl Said<'_> {
    /// Begins a line.
    fn begin(&mut self) -> anyhow::Result<()> {
        self.lines += 1;
        if let Some((_, value)) = &self.options.label {
            write!(self.out, "{value},")?;
        }
        Ok(())
    }

    fn heads(&mut self, mapping: &Mapping, learned: &Learned) -> anyhow::Result<()> {
        let asset = mapping.recording.asset.as_deref().unwrap_or("asset");
        let mut heads: Vec<String> = match learned.kind() {
            Kind::Life(_) => vec![asset, "row", "rul", "lo", "hi"],
            Kind::Fade(_) => vec![asset, "row", "end", "lo", "hi"],
            Kind::Soft(_) => vec!["key", "value"],
            Kind::Outlook(_) => vec!["origin", "feature"],
        }
        .into_iter()
        .map(|head| quoted(head).into_owned())
        .collect();
        if let Kind::Outlook(outlook) = learned.kind() {
            heads.extend((1..=outlook.horizon()).map(|ahead| format!("h{ahead}")));
        }
        if let Some((name, _)) = &self.options.label {
            if heads.contains(name) {
                bail!("`--label`: there is a column `{name}` already");
            }
            heads.insert(0, name.clone());
        }
        writeln!(self.out, "{}", heads.join(","))?;
        if let Some(truth) = &mut self.truth {
            writeln!(truth, "key,value")?;
        }
        Ok(())
    }

    fn follow(&mut self, mapping: &Mapping, learned: &Learned, recording: &Recording) -> anyhow::Result<()> {
        let mut course = learned.begin(recording.first);
        let mut day = Day::default();
        let last = recording.rows.len().saturating_sub(1);
        for (place, row) in recording.rows.iter().enumerate() {
            learned.step(&mut course, row);
            let next = place + 1;
            let is_asked =
                (self.options.from..=self.options.to).contains(&next) && (!self.options.last || place == last);
            if is_asked && let Some(left) = learned.remaining_life(&course) {
                self.remaining(learned, &recording.asset, next, left)?;
            }
            if is_asked && matches!(learned.kind(), Kind::Outlook(_)) {
                self.ahead(learned, &course, next, &recording.rows[next..])?;
            }
            if let Task::Soft(task) = &mapping.learn {
                let reference = recording.references[place];
                if let Some(value) = learned.estimate(&course) {
                    let is_used = reference.is_finite() && day.is_due(task, recording.secs[place], recording.secs[0]);
                    // What is said here was said before the reference was looked at.
                    if is_used {
                        learned.refer(&mut course, reference);
                    } else if is_asked {
                        self.begin()?;
                        writeln!(self.out, "{place},{value}")?;
                    }
                    let is_scored = is_asked && !is_used && reference.is_finite();
                    if let Some(truth) = self.truth.as_mut().filter(|_| is_scored) {
                        writeln!(truth, "{place},{reference}")?;
                    }
                }
            }
        }
        Ok(())
    }

    fn remaining(&mut self, learned: &Learned, asset: &str, row: usize, left: Remaining) -> anyhow::Result<()> {
        self.begin()?;
        let Remaining { low, middle, high } = left;
        // What fades is asked when it ends, what wears how much is left.
        let passed = if matches!(learned.kind(), Kind::Fade(_)) { row as f64 } else { 0.0 };
        let asset = quoted(asset);
        writeln!(self.out, "{asset},{row},{},{},{}", middle + passed, low + passed, high + passed)?;
        Ok(())
    }

    /// Says what comes after `row` rows; `after` is what came, which only counts how often that was so.
    fn ahead(&mut self, learned: &Learned, course: &Course, row: usize, after: &[Vec<f64>]) -> anyhow::Result<()> {
        for (place, name) in learned.inputs().iter().enumerate() {
            let Some(ahead) = learned.forecast(course, place) else { return Ok(()) };
            self.begin()?;
            write!(self.out, "{row},{}", quoted(name))?;
            ahead.iter().try_for_each(|ahead| write!(self.out, ",{}", ahead.middle))?;
            writeln!(self.out)?;
            for (ahead, came) in ahead.iter().zip(after).filter(|(_, came)| came[place].is_finite()) {
                self.came += 1;
                self.inside += usize::from((ahead.low..=ahead.high).contains(&came[place]));
            }
        }
        Ok(())
    }
}

/// The days that a reference was already looked at.
#[derive(Default)]
struct Day {
    seen: Option<i64>,
}

impl Day {
    /// Whether the reference may be looked at now, `first` being when the recording began.
    fn is_due(&mut self, task: &SoftTask, secs: i64, first: i64) -> bool {
        let day = |secs: i64| secs.div_euclid(86_400);
        let today = day(secs) - day(first);
        let hour = (task.hour + task.shift * today).rem_euclid(24);
        let is_due = self.seen != Some(today) && secs.rem_euclid(86_400) / 3_600 >= hour;
        if is_due {
            self.seen = Some(today);
        }
        is_due
    }
}
