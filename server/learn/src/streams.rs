//! `detect`: recordings and a mapping become detectors, which follow recordings and say where they are not as ever.
//!
//! Only what came before is ever looked at; which detector it is follows from what is known of the asset.

mod account;
mod follow;
mod mapping;
mod read;
#[cfg(test)]
mod tests;

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail, ensure};
use twin::streams::{Detector, Kind, Knowledge, Lesson, Level};

use self::{
    account::Account,
    follow::{Cost, Course, Lines},
    mapping::{Layout, Mapping},
    read::Recording,
};
use crate::{
    draft::{Draft, apart},
    seen::Seen,
};

#[derive(clap::Args)]
pub struct Options {
    /// What the columns are and what is known of the asset (TOML).
    #[arg(long, value_name = "FILE")]
    map: PathBuf,
    /// Where what is said goes (CSV).
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Where alarms that begin and end go, and change points (CSV).
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
    /// Where what the references read goes (CSV).
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
    /// A recording is called by its path from here.
    #[arg(long, value_name = "FOLDER")]
    root: Option<PathBuf>,
    /// A recording of which it is known that all is normal.
    #[arg(long, value_name = "RECORDING")]
    normal: Option<PathBuf>,
    /// Recordings with references or states to learn from, instead of those that are followed.
    #[arg(long, value_name = "RECORDING")]
    learn: Vec<PathBuf>,
    /// The states of windows.
    #[arg(long, value_name = "FILE")]
    states: Option<PathBuf>,
    /// Each recording is followed in so many parts, each by what the others teach.
    #[arg(long, value_name = "COUNT")]
    folds: Option<usize>,
    /// Where the detector of the first recording goes as it is at its end, for a model.
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// All recordings are one.
    #[arg(long)]
    joined: bool,
    /// A reference is shown every so many rows; never for 0.
    #[arg(long, default_value_t = 1, value_name = "ROWS")]
    every: usize,
    /// For how many references one counts.
    #[arg(long, default_value_t = 2000.0, value_name = "COUNT")]
    memory: f64,
    /// What is followed: text in columns, as it is or compressed by gzip.
    #[arg(required = true, value_name = "RECORDING")]
    recordings: Vec<PathBuf>,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    options.check()?;
    let mapping = Mapping::load(&options.map)?;
    let begin = |path: &PathBuf| Draft::begin(path);
    let mut lines = Lines {
        mapping: &mapping,
        out: Draft::begin(&options.out)?,
        events: options.events.as_ref().map(begin).transpose()?,
        truth: options.truth.as_ref().map(begin).transpose()?,
        account: Account::default(),
        cost: Cost::default(),
    };
    let mut save = options.save.as_ref().map(begin).transpose()?;
    lines.heads()?;
    let mut seen = Seen::default();
    let school = School::of(options, &mapping, &mut seen)?;
    eprintln!("{seen}");
    let references = mapping.recording.references.iter().enumerate();
    let targets: Vec<_> = references.map(|(place, name)| Some((place, name.as_str()))).collect();
    for target in if targets.is_empty() { vec![None] } else { targets } {
        let first = school.follow(target, &mut lines)?;
        if let (Some(save), Some(detector)) = (&mut save, first) {
            save.write_all(&detector.to_bytes())?;
        }
    }
    if lines.cost.samples == 0 && save.is_none() {
        let learnt = lines.account.learnt;
        bail!("nothing is followed: all {learnt} rows are learnt from, which `first` and `share` in `[learn]` bound");
    }
    let Lines { out, events, truth, account, cost: Cost { samples, time, bytes }, .. } = lines;
    out.keep()?;
    events.into_iter().chain(truth).chain(save).try_for_each(Draft::keep)?;
    let each = time.as_secs_f64() * 1e6 / f64::from(samples.max(1));
    println!("{}", account.words(school.kind));
    println!("{:?}: {samples} samples, {each:.2} us each, {bytes} bytes", school.kind);
    Ok(())
}

impl Options {
    /// Refuses what contradicts itself, before anything is read.
    fn check(&self) -> anyhow::Result<()> {
        let inputs =
            self.recordings.iter().chain(&self.normal).chain(&self.learn).chain(&self.states).chain([&self.map]);
        let more = [("--events", &self.events), ("--truth", &self.truth), ("--save", &self.save)];
        let more = more.into_iter().filter_map(|(option, path)| path.as_ref().map(|path| (option, path)));
        apart(inputs, [("--out", &self.out)].into_iter().chain(more))?;
        ensure!(self.folds.is_none_or(|folds| folds >= 2), "`--folds` are at least 2");
        ensure!(self.folds.is_none() || self.save.is_none(), "of `--folds` there are many detectors, none to `--save`");
        ensure!(self.folds.is_none() || self.learn.is_empty(), "`--folds` learn from each other, not from `--learn`");
        ensure!(self.memory > 0.0 && self.memory.is_finite(), "`--memory` is a number of references above 0");
        Ok(())
    }
}

/// What there is to learn from, and to follow.
struct School<'a> {
    options: &'a Options,
    mapping: &'a Mapping,
    kind: Kind,
    normal: Option<Recording>,
    taught: Option<Recording>,
    followed: Vec<Recording>,
    /// How far away in the level an alarm is.
    limit: f64,
}

impl<'a> School<'a> {
    fn of(options: &'a Options, mapping: &'a Mapping, seen: &mut Seen) -> anyhow::Result<School<'a>> {
        let is_of_windows = mapping.recording.layout == Layout::Windows;
        ensure!(
            is_of_windows == options.states.is_some(),
            "a layout of windows needs `--states`, and no other has them"
        );
        let is_taught = options.folds.is_some() || !options.learn.is_empty();
        ensure!(is_taught || !is_of_windows, "states are learnt from `--learn`, or by `--folds`");
        let count = mapping.recording.references.len();
        ensure!(
            count <= 1 || options.save.is_none(),
            "{count} references have a detector each, of which `--save` keeps one"
        );
        let mut read = |paths: &[PathBuf]| read(paths, options, mapping, seen);
        let mut followed = read(&options.recordings)?;
        let join = |recordings: &[Recording]| {
            let (first, rest) = recordings.split_first()?;
            let mut joined = Recording { name: String::new(), ..first.clone() };
            rest.iter().for_each(|more| joined.append(more));
            Some(joined)
        };
        if options.joined {
            followed = join(&followed).into_iter().collect();
        }
        let taught = join(&read(&options.learn)?);
        let normal = join(&read(options.normal.as_slice())?);
        let Some(first) = followed.first() else { bail!("no recordings") };
        let mut states = first.states.clone();
        states.sort_unstable();
        states.dedup();
        let known = Knowledge {
            signals: first.channels,
            states: states.len(),
            references: mapping.recording.references.len() * first.count(),
            normal_rows: normal.as_ref().map_or(0, Recording::count),
            start: mapping.learn.start,
        };
        let kind = Kind::of(known).context("no signals")?;
        let task = &mapping.learn;
        let limit = match (kind, task.false_alarms) {
            (Kind::Window, Some(_)) => bail!("a state is no alarm: `false_alarms` says nothing here"),
            (Kind::Level, Some(share)) => {
                let normal = normal.as_ref().context("`false_alarms` of levels needs a normal record")?;
                ensure!(task.first > 0 && task.followed > 0, "`false_alarms` of levels needs `first` and `followed`");
                let found = Level::limit_of(normal.rows(), task.first, task.followed, share);
                let limit =
                    found.context("the normal record is too short, or its steps are more than `false_alarms`")?;
                println!("limit: {limit:.2} deviations");
                limit
            }
            _ => task.limit,
        };
        Ok(School { options, mapping, kind, normal, taught, followed, limit })
    }

    /// Follows all recordings; the detector of the first, as it is at its end, where there is one.
    fn follow<W: Write>(
        &self,
        target: Option<(usize, &str)>,
        lines: &mut Lines<W>,
    ) -> anyhow::Result<Option<Detector>> {
        let course = Course { target, from: 0, every: self.options.every };
        let place = target.map(|(place, _)| place);
        if let Some(folds) = self.options.folds {
            return self.in_folds(folds, course, lines).map(|()| None);
        }
        let once = match self.kind {
            Kind::Innovation => self.normal.as_ref(),
            Kind::Sensor | Kind::Window => self.taught.as_ref(),
            Kind::Pattern | Kind::Level => None,
        };
        let once = once.map(|recording| self.learn(recording, place)).transpose()?;
        let mut first = None;
        for recording in &self.followed {
            let learnt = if once.is_some() { 0 } else { self.mapping.learn.learnt(recording.count()) };
            let detector = match &once {
                Some(detector) => Ok(detector.clone()),
                None => self.learn(&recording.only(1, |row| row < learnt), place),
            };
            let mut detector = detector.with_context(|| format!("learning from `{}`", recording.name))?;
            lines.follow(&mut detector, recording, Course { from: learnt, ..course })?;
            first.get_or_insert(detector);
        }
        Ok(first)
    }

    /// Follows each part by what the others teach, rows that belong together in one part.
    fn in_folds<W: Write>(&self, folds: usize, course: Course, lines: &mut Lines<W>) -> anyhow::Result<()> {
        let length = self.mapping.learn.windows.map_or(1, |own| own.length);
        for recording in &self.followed {
            let mut group = 0;
            let mut groups = Vec::new();
            for item in 0..recording.count() / length {
                let is_next = match self.mapping.learn.block {
                    Some(block) => item > 0 && item % block == 0,
                    None => {
                        item > 0
                            && recording
                                .numbers
                                .get(item - 1)
                                .zip(recording.numbers.get(item))
                                .is_some_and(|(a, b)| b - a > 1)
                    }
                };
                group += usize::from(is_next);
                groups.push(group);
            }
            for fold in 0..folds {
                let mut detector = self.learn(
                    &recording.only(length, |item| groups[item] % folds != fold),
                    course.target.map(|(place, _)| place),
                )?;
                let mut left_out = recording.only(length, |item| groups[item] % folds == fold);
                left_out.name = format!("{}#{fold}", recording.name);
                lines.follow(&mut detector, &left_out, course)?;
            }
        }
        Ok(())
    }

    fn learn(&self, from: &Recording, target: Option<usize>) -> anyhow::Result<Detector> {
        let rows = from.rows();
        let false_alarms = self.mapping.learn.false_alarms;
        let lesson = match self.kind {
            Kind::Pattern => Lesson::Signal { times: &from.times, values: &from.values, false_alarms },
            Kind::Level => Lesson::Start { rows, against: self.mapping.learn.against, limit: self.limit },
            Kind::Innovation => Lesson::Record { rows, false_alarms },
            Kind::Sensor => {
                let references = target.and_then(|place| from.references.get(place)).context("no references")?;
                Lesson::References { rows, references, memory: self.options.memory, false_alarms }
            }
            Kind::Window => {
                let windows = self.mapping.learn.windows.context("no windows")?;
                Lesson::States { rows, windows, states: &from.states }
            }
        };
        Ok(Detector::learn(lesson)?)
    }
}

fn read(paths: &[PathBuf], options: &Options, mapping: &Mapping, seen: &mut Seen) -> anyhow::Result<Vec<Recording>> {
    if let (Some(states), Some(windows)) = (options.states.as_deref(), mapping.learn.windows)
        && !paths.is_empty()
    {
        let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
        return Ok(vec![read::windows(&paths, states, windows.length, &mapping.recording, seen)?]);
    }
    paths.iter().map(|path| read::rows(path, options.root.as_deref(), mapping, seen)).collect()
}
