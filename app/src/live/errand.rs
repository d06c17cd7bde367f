//! What a page has its workers do: members of a future stepped and counted, a chunk at a time.
//!
//! A worker does one errand after the other and keeps what it counted until it is asked to tell. So a run is stopped by
//! sending no more of it, and a worker is never more than one chunk late.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use twin::{
    Horizon, Model, Scenario, Span, Timestamp, Twin,
    detect::words,
    project,
    whatif::{Census, Grid, Swing, count, probe, swing},
};

use super::{flat, outlook::MEMBERS};

/// From the page to a worker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Errand {
    /// A run begins: these futures of this twin, whose model comes packed, and where each is counted. The run before is
    /// forgotten.
    Begin { run: u32, model: Vec<u8>, checkpoint: Vec<u8>, futures: Vec<(Scenario, Grid)>, horizon: Horizon, seed: u64 },
    /// A chunk of one of the futures.
    Count { run: u32, future: u8, chunk: u32 },
    /// The future of this scenario with one slider at either end of its range.
    Swing { run: u32, scenario: Scenario, slider: u16 },
    /// What was counted since it was told last.
    Tell { run: u32 },
    /// The future of a twin in which nothing is changed, by the members that a page shows; it belongs to no run.
    Foresee { model: Vec<u8>, checkpoint: Vec<u8>, horizon: Horizon, seed: u64 },
    /// The futures of a scenario with one slider at places all along its range; it belongs to no run, and `number` is
    /// told with what comes of it.
    Probe { number: u32, model: Vec<u8>, checkpoint: Vec<u8>, scenario: Scenario, span: Span, seed: u64, slider: u16 },
    /// What would account for what is not as expected since `began`; it belongs to no run, and is done apart.
    Explain { model: Vec<u8>, checkpoint: Vec<u8>, began: Timestamp },
    /// A `calibration::bench::Question` of window number `window`; it belongs to no run, and is done apart.
    Calibrate { window: u32, question: Vec<u8> },
}

/// From a worker to the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Report {
    Counted {
        run: u32,
    },
    Swung {
        run: u32,
        swing: Option<Swing>,
    },
    /// By future.
    Told {
        run: u32,
        counted: Vec<Census>,
        /// Whether the worker has taken so much memory that it had better be replaced.
        has_grown: bool,
    },
    /// The twin could not be restored: the run ends.
    Failed {
        run: u32,
    },
    /// As `flat` writes it; empty where the twin could not be restored.
    Foreseen {
        numbers: Vec<f64>,
    },
    /// By condition, then by place; empty where the twin could not be restored.
    Probed {
        number: u32,
        shares: Vec<f64>,
    },
    /// In words; empty where nothing does, or it could not be found.
    Explained {
        began: Timestamp,
        causes: String,
    },
    Calibrated {
        window: u32,
        /// A `calibration::bench::Answer`.
        answer: Vec<u8>,
    },
}

/// What a worker has at hand.
#[derive(Debug, Default)]
pub struct Worker {
    run: Option<Run>,
    /// The last model, by how it was packed: read once.
    model: Option<(Vec<u8>, Arc<Model>)>,
}

#[derive(Debug)]
struct Run {
    number: u32,
    twin: Twin,
    horizon: Horizon,
    seed: u64,
    futures: Vec<Future>,
}

#[derive(Debug)]
struct Future {
    scenario: Scenario,
    grid: Grid,
    counted: Census,
}

impl Worker {
    /// Does an errand that is not done apart; errands of a run that is over come to nothing.
    pub fn work(&mut self, errand: Errand) -> Option<Report> {
        match errand {
            Errand::Begin { run, model, checkpoint, futures, horizon, seed } => {
                self.run = None;
                let begun = self.model(model).and_then(|model| Twin::restore(model, &checkpoint).ok());
                let Some(twin) = begun else { return Some(Report::Failed { run }) };
                let future = |(scenario, grid)| Future { scenario, grid, counted: Census::default() };
                let futures = futures.into_iter().map(future).collect();
                self.run = Some(Run { number: run, twin, horizon, seed, futures });
                None
            }
            Errand::Count { run, future, chunk } => {
                let Run { twin, horizon, seed, futures, .. } = self.run_of(run)?;
                let future = futures.get_mut(usize::from(future))?;
                let counted = count(twin, &future.scenario, *horizon, &future.grid, chunk..chunk + 1, *seed);
                match counted {
                    Some(counted) => {
                        future.counted.merge(&counted);
                        Some(Report::Counted { run })
                    }
                    None => Some(Report::Failed { run }),
                }
            }
            Errand::Swing { run, scenario, slider } => {
                let Run { twin, horizon, seed, .. } = self.run_of(run)?;
                Some(Report::Swung { run, swing: swing(twin, &scenario, *horizon, MEMBERS, *seed, slider) })
            }
            Errand::Tell { run } => {
                let futures = &mut self.run_of(run)?.futures;
                let counted = futures.iter_mut().map(|future| std::mem::take(&mut future.counted)).collect();
                Some(Report::Told { run, counted, has_grown: false })
            }
            Errand::Foresee { model, checkpoint, horizon, seed } => {
                let numbers = self.foresee(model, &checkpoint, horizon, seed).unwrap_or_default();
                Some(Report::Foreseen { numbers })
            }
            Errand::Probe { number, model, checkpoint, scenario, span, seed, slider } => {
                let twin = self.model(model).and_then(|model| Twin::restore(model, &checkpoint).ok());
                let probe = twin.and_then(|twin| probe(&twin, &scenario, span, MEMBERS, seed, slider));
                let shares = probe.map_or(Vec::new(), |probe| probe.met.concat());
                Some(Report::Probed { number, shares })
            }
            Errand::Explain { .. } | Errand::Calibrate { .. } => None,
        }
    }

    fn foresee(&mut self, model: Vec<u8>, checkpoint: &[u8], horizon: Horizon, seed: u64) -> Option<Vec<f64>> {
        let twin = Twin::restore(self.model(model)?, checkpoint).ok()?;
        Some(flat::write(&project(&twin, &Scenario::default(), horizon, MEMBERS, seed)))
    }

    fn run_of(&mut self, number: u32) -> Option<&mut Run> {
        self.run.as_mut().filter(|run| run.number == number)
    }

    fn model(&mut self, packed: Vec<u8>) -> Option<Arc<Model>> {
        if let Some((known, model)) = &self.model
            && *known == packed
        {
            return Some(model.clone());
        }
        let model = Arc::new(Model::unpack_closed(&packed).ok()?);
        self.model = Some((packed, model.clone()));
        Some(model)
    }
}

/// What would account for what is not as expected of a twin since `began`, in words.
pub fn causes(model: &[u8], checkpoint: &[u8], began: Timestamp) -> String {
    let twin = Model::unpack_closed(model).ok().and_then(|model| Twin::restore(Arc::new(model), checkpoint).ok());
    twin.map(|twin| words::causes(twin.model(), &twin.explain(began))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use twin::{Entry, What};

    use super::*;

    #[test]
    fn a_worker_finds_the_causes_that_the_twin_of_the_page_finds() {
        let model = Arc::new(Model::parse(include_str!("../../../server/models/power-transformer.toml")).unwrap());
        let mut twin = Twin::new(model.clone(), 3);
        let start = Timestamp(1_700_000_000_000_000);
        for number in 0..120 {
            let t = start + Span(number * 5 * Span::MINUTE.0);
            let oil = if number < 60 { 50.0 } else { 62.0 };
            let values = [900.0, 20.0, oil];
            let told = (0..).zip(values).map(|(signal, value)| Entry { t, what: What::Sample { signal, value } });
            twin.observe(&told.collect::<Vec<Entry>>());
        }
        let began = start + Span(60 * 5 * Span::MINUTE.0);
        let own = words::causes(&model, &twin.explain(began));
        assert!(!own.is_empty());
        assert_eq!(causes(&model.pack(), &twin.checkpoint().bytes, began), own);
        assert_eq!(causes(&[], &[], began), "");
    }
}
