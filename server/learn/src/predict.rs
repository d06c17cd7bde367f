//! `predict`: what was sealed follows recordings as they would have come, a row at a time.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::PathBuf,
};

use anyhow::{Context, bail};
use twin::learned::{Course, Kind, Learned, Remaining};

use crate::{
    mapping::{Mapping, SoftTask, Task},
    read::{self, Recording},
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
    #[arg(long, value_name = "NAME=VALUE")]
    pub label: Option<String>,
    /// The assets to follow; all without this.
    #[arg(long, value_name = "ASSET", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Which rows to predict at, counted from 0.
    #[arg(long, default_value_t = 0, value_name = "ROW")]
    pub from: usize,
    #[arg(long, default_value_t = usize::MAX, hide_default_value = true, value_name = "ROW")]
    pub to: usize,
    /// Predict at the last row of each asset alone.
    #[arg(long)]
    pub last: bool,
    #[arg(required = true, value_name = "RECORDING")]
    pub recordings: Vec<PathBuf>,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let mapping = Mapping::load(&options.map)?;
    let sealed = fs::read(&options.sealed).with_context(|| format!("reading {}", options.sealed.display()))?;
    let learned = Learned::unseal(&sealed).with_context(|| format!("reading {}", options.sealed.display()))?;
    if learned.inputs() != mapping.inputs() {
        bail!("{} is told {:?}, not what the mapping names", options.sealed.display(), learned.inputs());
    }
    let open = |path: &PathBuf| -> anyhow::Result<_> {
        Ok(BufWriter::new(File::create(path).with_context(|| format!("writing {}", path.display()))?))
    };
    let truth = options.truth.as_ref().map(open).transpose()?;
    let mut said = Said { out: open(&options.out)?, truth, options, inside: 0, came: 0 };
    said.heads(&mapping, &learned)?;
    for path in &options.recordings {
        for recording in read::recordings(path, &mapping)? {
            if options.only.is_empty() || options.only.contains(&recording.asset) {
                said.follow(&mapping, &learned, &recording)?;
            }
        }
    }
    said.out.flush()?;
    if said.came > 0 {
        let share = said.inside as f64 / said.came as f64;
        println!("inside of the interval: {share:.4} of {} values that came", said.came);
    }
    Ok(())
}

/// The lines of predictions.
struct Said<'a, W: Write> {
    out: W,
    truth: Option<W>,
    options: &'a Options,
    /// Values that were forecast and came, and how many of them were inside of their intervals.
    came: usize,
    inside: usize,
}

impl<W: Write> Said<'_, W> {
    fn label(&self) -> (&str, &str) {
        self.options.label.as_deref().and_then(|label| label.split_once('=')).unwrap_or_default()
    }

    /// Begins a line.
    fn begin(&mut self, label: impl Fn((&str, &str)) -> String) -> anyhow::Result<()> {
        let label = label(self.label());
        if !label.is_empty() {
            write!(self.out, "{label},")?;
        }
        Ok(())
    }

    fn heads(&mut self, mapping: &Mapping, learned: &Learned) -> anyhow::Result<()> {
        self.begin(|(name, _)| name.into())?;
        let asset = mapping.recording.asset.as_deref().unwrap_or("asset");
        match learned.kind() {
            Kind::Life(_) => writeln!(self.out, "{asset},row,rul,lo,hi")?,
            Kind::Fade(_) => writeln!(self.out, "{asset},row,end,lo,hi")?,
            Kind::Soft(_) => writeln!(self.out, "key,value")?,
            Kind::Outlook(outlook) => {
                write!(self.out, "origin,feature")?;
                (1..=outlook.horizon()).try_for_each(|ahead| write!(self.out, ",h{ahead}"))?;
                writeln!(self.out)?;
            }
        }
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
                    } else {
                        writeln!(self.out, "{place},{value}")?;
                    }
                    if let Some(truth) = self.truth.as_mut().filter(|_| !is_used && reference.is_finite()) {
                        writeln!(truth, "{place},{reference}")?;
                    }
                }
            }
        }
        Ok(())
    }

    fn remaining(&mut self, learned: &Learned, asset: &str, row: usize, left: Remaining) -> anyhow::Result<()> {
        self.begin(|(_, value)| value.into())?;
        let Remaining { low, middle, high } = left;
        // What fades is asked when it ends, what wears how much is left.
        let passed = if matches!(learned.kind(), Kind::Fade(_)) { row as f64 } else { 0.0 };
        writeln!(self.out, "{asset},{row},{},{},{}", middle + passed, low + passed, high + passed)?;
        Ok(())
    }

    /// Says what comes after `row` rows; `after` is what came, which only counts how often that was so.
    fn ahead(&mut self, learned: &Learned, course: &Course, row: usize, after: &[Vec<f64>]) -> anyhow::Result<()> {
        for (place, name) in learned.inputs().iter().enumerate() {
            let Some(ahead) = learned.forecast(course, place) else { return Ok(()) };
            self.begin(|(_, value)| value.into())?;
            write!(self.out, "{row},{name}")?;
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
