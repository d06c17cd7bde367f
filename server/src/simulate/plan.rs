//! What a command line asks for, read and checked before anything is stepped.

use std::{
    io::{self, Write},
    num::NonZero,
    path::Path,
    sync::Arc,
    thread,
};

use anyhow::{Context, bail};
use services::contract::duration;
use twin::{
    Entry, Horizon, Model, Scenario, Span, Timestamp, What, sensitivities,
    simulate::{begin, usual_inputs},
};

use super::{
    Options, Outcome, Simulated,
    scenario::{self, Named},
    share::{self, Question},
};
use crate::{
    model,
    recorded::{self, Judged, readings},
    terminal::Progress,
    wording,
};

/// 2000-01-01T00:00:00Z: a start that stays, so that what is written is the same on any day.
const START: Timestamp = Timestamp(946_684_800_000_000);
/// Readings that are followed at once.
const FOLLOWED: usize = 4_096;
const MEMBERS: u64 = 64;
/// As far as a model's file may look ahead.
const MOST_STEPS: i64 = 20_000;

/// How far ahead is looked: as far as `--horizon` says, else the model.
pub fn reach(model: &Model, horizon: Option<&str>) -> anyhow::Result<Span> {
    let Some(text) = horizon else { return Ok(model.horizon) };
    let span = duration::parse(text).map_err(anyhow::Error::msg).context("`--horizon`")?;
    if span < model.step {
        bail!("`--horizon` is shorter than a step of the model, {}", duration::text(model.step));
    }
    if span.0 / model.step.0 > MOST_STEPS {
        let most = duration::text(Span(model.step.0 * MOST_STEPS));
        bail!("`--horizon` is at most {MOST_STEPS} steps of the model, {most}, not {text}");
    }
    Ok(span)
}

#[derive(Debug)]
pub struct Plan {
    model: Arc<Model>,
    scenarios: Vec<Named>,
    ask: Question,
    wants_sensitivities: bool,
    /// When the twin begins, and what has driven it until then.
    since: Timestamp,
    inputs: Vec<f64>,
    readings: Judged,
}

impl Plan {
    /// Reads all files and checks all that was said.
    pub fn of(models: &Path, options: &Options, progress: &Progress) -> anyhow::Result<Plan> {
        let model = Arc::new(model::whole(&options.file, models)?.0);
        let scenarios = scenario::all(&model, &options.scenarios)?;
        let span = reach(&model, options.horizon.as_deref())?;
        let ask = Question {
            horizon: Horizon { span, points: options.points as usize },
            members: options.members as usize,
            seed: options.seed,
            threads: match options.threads {
                Some(threads) => usize::from(threads),
                None => thread::available_parallelism().map_or(1, NonZero::get),
            },
        };
        let readings = match &options.readings {
            None => Judged::default(),
            Some(path) => readings::read(path, &model, options.asset.as_deref(), options.precision, progress)?,
        };
        let since = match (readings.entries.first(), &options.start) {
            (Some(first), _) => first.t,
            (None, None) => START,
            (None, Some(text)) => wording::instant(text).context("`--start`")?,
        };
        let mut inputs = usual_inputs(&model, since);
        for text in &options.given {
            let (input, value) = scenario::input(&model, text).context("`--input`")?;
            inputs[input] = value;
        }
        // What was read first of an input is the best that is known of the time before.
        for entry in readings.entries.iter().rev() {
            if let What::Sample { signal, value } = entry.what
                && let Some(input) = inputs.get_mut(usize::from(signal))
            {
                *input = value;
            }
        }
        Ok(Plan { model, scenarios, ask, wants_sensitivities: options.sensitivities, since, inputs, readings })
    }

    /// Says what of the readings is not followed.
    pub fn told(&self, to: &mut dyn Write) -> io::Result<()> {
        recorded::told(&self.readings, to)
    }

    /// Follows the readings, then steps every future; `None` where it was stopped.
    pub fn simulate(self, progress: &Progress) -> Option<Simulated> {
        let Plan { model, scenarios, ask, since, readings, .. } = &self;
        let steps = |span: Span| (span.0 / model.step.0).unsigned_abs();
        let span_of = |entries: &[Entry]| match entries {
            [first, .., last] => last.t - first.t,
            _ => Span(0),
        };
        let ahead = ask.stepped() as u64 * scenarios.len() as u64 * steps(ask.horizon.span);
        progress.expect(MEMBERS * steps(span_of(&readings.entries)) + ahead);

        let mut twin = begin(model.clone(), ask.seed, *since, &self.inputs);
        for entries in readings.entries.chunks(FOLLOWED) {
            if progress.is_stopped() {
                return None;
            }
            twin.observe(entries);
            progress.add(MEMBERS * steps(span_of(entries)));
        }
        let changes: Vec<Scenario> = scenarios.iter().map(|named| named.scenario.clone()).collect();
        let projections = share::futures(&twin, &changes, *ask, progress)?;
        let mut slopes = if self.wants_sensitivities {
            share::each(ask.threads, &changes, progress, |scenario| {
                sensitivities(&twin, scenario, ask.horizon, ask.seed)
            })
        } else {
            Vec::new()
        }
        .into_iter();
        if progress.is_stopped() {
            return None;
        }
        let outcome = |(named, projection): (&Named, _)| {
            let Named { name, scenario } = named.clone();
            Outcome { name, scenario, projection, sensitivities: slopes.next() }
        };
        let futures: Vec<Outcome> = scenarios.iter().zip(projections).map(outcome).collect();
        let first = &futures.first()?.projection;
        Some(Simulated {
            seed: ask.seed,
            members: ask.stepped(),
            inputs: twin.at(twin.newest()?).bands.iter().take(self.inputs.len()).map(|band| band.mean).collect(),
            readings: readings.entries.len(),
            since: *since,
            from: *first.times.first()?,
            until: *first.times.last()?,
            model: model.clone(),
            futures,
        })
    }
}
