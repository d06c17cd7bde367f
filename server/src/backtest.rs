//! `twinlight backtest`: a recording through a twin, one entry at a time as it would have come, and what the twin would
//! have said.

mod print;
mod score;

use std::{io, path::Path, sync::Arc};

use anyhow::{Context, bail};
use twin::{
    Entry, Model, Timestamp, Twin,
    detect::{Alarm, words},
};

use self::score::{Forecasts, Residuals};
use crate::{
    config::Config,
    recorded::{self, Recorded},
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

/// What a twin would have said of a recording.
#[derive(Debug)]
pub struct Tested {
    pub model: Arc<Model>,
    pub entries: usize,
    pub left_out: u64,
    pub from: Timestamp,
    pub until: Timestamp,
    /// When the twin had learnt what is normal.
    pub learnt: Option<Timestamp>,
    pub residuals: Vec<Residuals>,
    pub alarms: Vec<Raised>,
    pub forecasts: Forecasts,
}

pub fn run(config: &Config, options: &Options) -> anyhow::Result<()> {
    let tested = test(&config.plant.models, options)?;
    match print::all(&tested, &mut io::stdout().lock()) {
        // Whoever reads along may have seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => Ok(done?),
    }
}

/// Reads what is asked for and follows it.
pub fn test(models: &Path, options: &Options) -> anyhow::Result<Tested> {
    let Recorded { model, entries, left_out } = recorded::read(models, &options.of)?;
    let span = match &options.horizon {
        None => model.horizon,
        Some(text) => services::contract::duration::parse(text).map_err(anyhow::Error::msg).context("`--horizon`")?,
    };
    if span < model.step {
        bail!("`--horizon` is shorter than a step of the model");
    }
    let (from, until) = (entries[0].t, entries[entries.len() - 1].t);
    let mut forecasts = Forecasts::new(&model, (from, until), options.forecasts, span);
    let mut follower = Follower::new(model.clone(), options.seed);
    let mut rest = &entries[..];
    while let Some(next) = rest.first() {
        let count = rest.iter().take_while(|entry| entry.t == next.t).count();
        let (group, left) = rest.split_at(count);
        forecasts.take(group);
        follower.take(group);
        forecasts.look_ahead(&follower.twin, next.t);
        rest = left;
    }
    let Follower { residuals, alarms, learnt, .. } = follower;
    Ok(Tested { model, entries: entries.len(), left_out, from, until, learnt, residuals, alarms, forecasts })
}

/// So many instants after an alarm its causes are asked for: what came since tells them apart.
const ASKED_AFTER: usize = 20;

struct Follower {
    twin: Twin,
    residuals: Vec<Residuals>,
    alarms: Vec<Raised>,
    learnt: Option<Timestamp>,
    /// Alarms that are not over: their number, and for how many instants they have been known.
    open: Vec<(usize, usize)>,
}

impl Follower {
    fn new(model: Arc<Model>, seed: u64) -> Follower {
        let residuals = model.signals.iter().map(|_| Residuals::default()).collect();
        Follower { twin: Twin::new(model, seed), residuals, alarms: Vec::new(), learnt: None, open: Vec::new() }
    }

    fn take(&mut self, group: &[Entry]) {
        self.twin.observe(group);
        let t = group[0].t;
        let newest: Vec<_> = self.twin.innovations().rev().take_while(|said| said.t == t).copied().collect();
        for said in newest.iter().rev() {
            self.residuals[usize::from(said.signal)].take(said);
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
                Some(alarm) if *known == ASKED_AFTER => own.finding = words::finding(&model, alarm),
                Some(_) => {}
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
