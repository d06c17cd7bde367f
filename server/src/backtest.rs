//! `twinlight backtest`: a recording through a twin, one entry at a time as it would have come, and what the twin would
//! have said.

mod chance;
mod forecasts;
mod life;
mod print;
mod report;
mod residuals;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail};
use services::contract::duration;
use twin::{
    Entry, Model, Span, Timestamp, Twin, What,
    detect::{Alarm, Change, words},
    series::Point,
};

use self::{forecasts::Forecasts, life::Life, residuals::Followed};
use crate::{
    config::Config,
    outputs,
    recorded::{self, Judged, Recorded},
    simulate,
    terminal::{self, Progress},
    wording,
};

#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    #[command(flatten)]
    pub of: recorded::Source,
    /// How many times, evenly over the recording, the twin is asked for a forecast, which is scored later.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(0..=10_000))]
    pub forecasts: u32,
    /// How far each forecast reaches, as `6 h`; as far as the model says without this.
    #[arg(long, value_name = "SPAN")]
    pub horizon: Option<String>,
    /// Decides spread and noise.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// When the asset failed, as `2026-07-01T06:00:00Z`: lives that were foreseen at each forecast are scored against the
    /// next failure. May be given several times.
    #[arg(long = "failed-at", value_name = "TIME")]
    pub failed: Vec<String>,
    /// The asset failed when the recording ended.
    #[arg(long)]
    pub end_is_failure: bool,
    /// What a row of life is, as `1 h`, for what foresees a failure and has no rows of its own; the usual pause between two
    /// instants of the recording without this.
    #[arg(long, value_name = "SPAN")]
    pub life_row: Option<String>,
    /// Writes all of it as one page of HTML with charts, too.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

/// An alarm as it came, and what it came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Raised {
    pub alarm: Alarm,
    /// When it was over; `None` where it was not.
    pub over: Option<Timestamp>,
    pub finding: String,
    pub causes: String,
}

impl Raised {
    /// Hears how its alarm is after so many instants: its words are those of when it was known well, and of what was learned
    /// those of when it was furthest.
    fn goes_on(&mut self, model: &Model, alarm: &Alarm, instants: usize) {
        let is_further = matches!(alarm.change, Change::Learned(_)) && alarm.ratio > self.alarm.ratio;
        if is_further || instants == ASKED_AFTER {
            self.alarm.ratio = self.alarm.ratio.max(alarm.ratio);
            self.finding = words::finding(model, &Alarm { ratio: self.alarm.ratio, ..*alarm });
        }
    }
}

/// What a twin would have said of a recording.
#[derive(Debug)]
pub struct Tested {
    pub model: Arc<Model>,
    /// What was followed, in words.
    pub recording: String,
    pub seed: u64,
    pub entries: usize,
    /// Instants at which anything came.
    pub rows: usize,
    /// What of the recording was followed; its entries are not kept.
    pub judged: Judged,
    pub from: Timestamp,
    pub until: Timestamp,
    /// When the twin had learnt what is normal.
    pub learnt: Option<Timestamp>,
    /// By signal; of inputs nothing is in it.
    pub followed: Vec<Followed>,
    /// By signal, where nothing is foreseen of any.
    pub measured: Vec<Vec<Point>>,
    pub alarms: Vec<Raised>,
    pub forecasts: Forecasts,
    /// When the asset failed, in order; empty where that is not known.
    pub failed: Vec<Timestamp>,
    pub lives: Vec<Life>,
}

/// Follows the recording, writes the page where one is asked for and prints the rest; Ctrl-C ends it and leaves nothing behind.
pub async fn run(config: &Config, options: Options) -> anyhow::Result<()> {
    let report = options.report.clone();
    if let Some(path) = &report {
        report::is_place(path)?;
        outputs::is_writable(path)?;
    }
    let models = config.plant.models.clone();
    let tested = terminal::until_done(move |progress| test(&models, &options, progress)).await??;
    if let Some(path) = report {
        outputs::put(&path, |file| report::write(&tested, file))?;
    }
    terminal::print(|to| print::all(&tested, to))
}

/// Reads what is asked for and follows it.
pub fn test(models: &Path, options: &Options, progress: &Progress) -> anyhow::Result<Tested> {
    let Recorded { model, mut judged } = recorded::read(models, &options.of, progress)?;
    let entries = std::mem::take(&mut judged.entries);
    let reach = simulate::reach(&model, options.horizon.as_deref())?;
    let (from, until) = (entries[0].t, entries[entries.len() - 1].t);
    let failed = failures(options, (from, until))?;
    let row = options.life_row.as_deref().map(duration::parse).transpose();
    let row = row.map_err(anyhow::Error::msg).context("`--life-row`")?.unwrap_or_else(|| usual_pause(&entries));
    if row <= Span(0) {
        bail!("`--life-row` is no length of time");
    }
    let mut lives = Life::all(&model, row, reach);
    let mut forecasts = Forecasts::new(&model, (from, until), options.forecasts, reach);
    let mut follower = Follower::new(model.clone(), options.seed);
    let (mut rest, mut rows) = (&entries[..], 0);
    progress.expect(entries.len() as u64);
    while let Some(next) = rest.first().filter(|_| !progress.is_stopped()) {
        let count = rest.iter().take_while(|entry| entry.t == next.t).count();
        progress.reach(next.t);
        let (group, left) = rest.split_at(count);
        forecasts.take(group);
        follower.take(group);
        if let Some(projection) = forecasts.look_ahead(&follower.twin, next.t) {
            lives.iter_mut().for_each(|life| life.ask(&follower.twin, next.t, &projection, &failed));
        }
        rows += 1;
        rest = left;
        progress.add(count as u64);
    }
    let Follower { followed, alarms, learnt, .. } = follower;
    let measured = measured(&model, &followed, &entries);
    let (recording, seed, entries) = (options.of.to_string(), options.seed, entries.len());
    Ok(Tested {
        model,
        recording,
        seed,
        entries,
        rows,
        judged,
        from,
        until,
        learnt,
        followed,
        measured,
        alarms,
        forecasts,
        failed,
        lives,
    })
}

/// What came of each signal, where a page could show nothing else.
fn measured(model: &Model, followed: &[Followed], entries: &[Entry]) -> Vec<Vec<Point>> {
    let mut measured = vec![Vec::new(); model.signals.len()];
    if followed.iter().any(|own| own.residuals.count() > 0) {
        return measured;
    }
    for Entry { t, what } in entries {
        if let What::Sample { signal, value } = *what {
            measured[usize::from(signal)].push(Point { t: *t, value });
        }
    }
    measured
}

/// When the asset failed, in order.
fn failures(options: &Options, (from, until): (Timestamp, Timestamp)) -> anyhow::Result<Vec<Timestamp>> {
    let mut failed = Vec::new();
    for text in &options.failed {
        let t = wording::instant(text).context("`--failed-at`")?;
        if t <= from {
            bail!("`--failed-at {text}` is before the recording begins");
        }
        failed.push(t);
    }
    failed.extend(options.end_is_failure.then_some(until));
    failed.sort_unstable();
    Ok(failed)
}

/// The median pause between two instants; a second where there is but one.
fn usual_pause(entries: &[Entry]) -> Span {
    let pauses = entries.windows(2).map(|pair| pair[1].t - pair[0].t);
    let mut pauses: Vec<Span> = pauses.filter(|pause| *pause > Span(0)).collect();
    let middle = pauses.len() / 2;
    if pauses.is_empty() { Span::SECOND } else { *pauses.select_nth_unstable(middle).1 }
}

/// So many instants after an alarm its causes are asked for: what came since tells them apart.
const ASKED_AFTER: usize = 20;

struct Follower {
    twin: Twin,
    followed: Vec<Followed>,
    alarms: Vec<Raised>,
    learnt: Option<Timestamp>,
    /// Alarms that are not over: their number, and for how many instants they have been known.
    open: Vec<(usize, usize)>,
}

impl Follower {
    fn new(model: Arc<Model>, seed: u64) -> Follower {
        let followed = vec![Followed::default(); model.signals.len()];
        Follower { twin: Twin::new(model, seed), followed, alarms: Vec::new(), learnt: None, open: Vec::new() }
    }

    fn take(&mut self, group: &[Entry]) {
        self.twin.observe(group);
        let t = group[0].t;
        let newest: Vec<_> = self.twin.innovations().rev().take_while(|said| said.t == t).copied().collect();
        for said in newest.into_iter().rev() {
            self.followed[usize::from(said.signal)].take(said);
        }
        if self.learnt.is_none() && self.twin.learnt() >= 1.0 {
            self.learnt = Some(t);
        }
        let alarms = self.twin.alarms();
        let model = self.twin.model().clone();
        let (raised, twin) = (&mut self.alarms, &self.twin);
        self.open.retain_mut(|(number, known)| {
            let own = &mut raised[*number];
            *known += 1;
            let goes_on =
                alarms.iter().find(|alarm| alarm.signal == own.alarm.signal && alarm.found == own.alarm.found);
            if *known == ASKED_AFTER || (goes_on.is_none() && *known < ASKED_AFTER) {
                own.causes = words::causes(&model, &twin.explain(own.alarm.began));
            }
            match goes_on {
                Some(alarm) => own.goes_on(&model, alarm, *known),
                None => own.over = Some(t),
            }
            goes_on.is_some()
        });
        for alarm in alarms.iter().filter(|alarm| alarm.found == t) {
            if !self.open.iter().any(|(number, _)| raised[*number].alarm.signal == alarm.signal) {
                self.open.push((raised.len(), 0));
                let finding = words::finding(&model, alarm);
                raised.push(Raised { alarm: *alarm, over: None, finding, causes: String::new() });
            }
        }
    }
}
