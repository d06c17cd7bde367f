//! A run of many members, shared out among the workers of a page. Whoever carries its errands only carries.

use twin::{
    Horizon, Projection, Scenario, Twin,
    whatif::{CHUNK, Census, Grid},
};

use super::errand::{Errand, Report, coarse};

/// Chunks of each future: 10,240 members.
const CHUNKS: u32 = 20;
pub const MEMBERS: u32 = CHUNKS * CHUNK as u32;
/// Chunks that a worker has before it, so that it never waits for the page.
const AHEAD: usize = 2;
/// A picture is made once so many chunks of each future are counted: soon, again half-way, and at the end.
const PICTURES: [u32; 3] = [2, CHUNKS / 2, CHUNKS];

/// For which worker an errand is.
pub type Sent = (usize, Errand);

/// What a run has come to by now.
#[derive(Debug, Clone)]
pub struct Picture {
    /// One a future, in the order in which they were asked for.
    pub futures: Vec<Projection>,
    pub is_final: bool,
}

#[derive(Debug)]
pub struct Crew {
    workers: usize,
    runs: u32,
    run: Option<Run>,
}

#[derive(Debug)]
struct Run {
    futures: Vec<Future>,
    /// Chunks of all futures that were sent, and that were counted.
    sent: u32,
    counted: u32,
    /// The next of `PICTURES`, and the workers that have not told yet, while one is being made.
    picture: usize,
    untold: usize,
}

#[derive(Debug)]
struct Future {
    coarse: Projection,
    grid: Grid,
    census: Census,
}

impl Crew {
    pub fn new(workers: usize) -> Crew {
        Crew { workers, runs: 0, run: None }
    }

    /// Begins a run, in the place of the one before: errands to be sent.
    pub fn begin(
        &mut self,
        twin: &Twin,
        model: &[u8],
        scenarios: Vec<Scenario>,
        horizon: Horizon,
        seed: u64,
    ) -> Vec<Sent> {
        self.runs = self.runs.wrapping_add(1);
        let future = |scenario: &Scenario| {
            let coarse = coarse(twin, scenario, horizon, seed);
            Future { grid: Grid::about(&coarse), coarse, census: Census::default() }
        };
        let futures = scenarios.iter().map(future).collect();
        let checkpoint = twin.checkpoint().bytes;
        self.run = Some(Run { futures, sent: 0, counted: 0, picture: 0, untold: 0 });
        let begin = |worker: usize| {
            let (model, checkpoint, futures) = (model.to_vec(), checkpoint.clone(), scenarios.clone());
            (worker, Errand::Begin { run: self.runs, model, checkpoint, futures, horizon, seed })
        };
        let mut errands: Vec<Sent> = (0..self.workers).map(begin).collect();
        for _ in 0..AHEAD {
            (0..self.workers).for_each(|worker| errands.extend(self.next(worker)));
        }
        errands
    }

    /// Ends the run: what still comes of it is not heard.
    pub fn cancel(&mut self) {
        self.run = None;
    }

    pub fn is_running(&self) -> bool {
        self.run.is_some()
    }

    /// The share of the run that is counted, 0 to 1; `None` where there is none.
    pub fn progress(&self) -> Option<f64> {
        self.run.as_ref().map(|run| f64::from(run.counted) / f64::from(run.chunks()))
    }

    /// Takes in what `worker` says: errands to be sent, and a picture where one is ready.
    pub fn take(&mut self, worker: usize, report: Report) -> (Vec<Sent>, Option<Picture>) {
        let number = match &report {
            Report::Counted { run } | Report::Told { run, .. } | Report::Failed { run } => *run,
        };
        let Some(run) = self.run.as_mut().filter(|_| number == self.runs) else { return (Vec::new(), None) };
        match report {
            Report::Counted { .. } => {
                run.counted += 1;
                let is_due = run.untold == 0 && run.counted >= PICTURES[run.picture] * run.futures.len() as u32;
                let mut errands: Vec<Sent> = Vec::new();
                if is_due {
                    run.untold = self.workers;
                    errands.extend((0..self.workers).map(|worker| (worker, Errand::Tell { run: number })));
                }
                errands.extend(self.next(worker));
                (errands, None)
            }
            Report::Told { counted, .. } => {
                for (future, counted) in run.futures.iter_mut().zip(&counted) {
                    if counted.members > 0 {
                        future.census.merge(counted);
                    }
                }
                run.untold -= 1;
                (Vec::new(), if run.untold == 0 { self.picture() } else { None })
            }
            Report::Failed { .. } => {
                self.run = None;
                (Vec::new(), None)
            }
        }
    }

    fn picture(&mut self) -> Option<Picture> {
        let run = self.run.as_mut()?;
        let futures = run.futures.iter().map(|future| future.census.projection(&future.grid, &future.coarse)).collect();
        let is_final = run.futures.iter().all(|future| future.census.members >= MEMBERS);
        run.picture = (run.picture + 1).min(PICTURES.len() - 1);
        if is_final {
            self.run = None;
        }
        Some(Picture { futures, is_final })
    }

    /// The next chunk for a worker: of one future and the other in turn.
    fn next(&mut self, worker: usize) -> Option<Sent> {
        let run = self.run.as_mut().filter(|run| run.sent < run.chunks())?;
        let futures = run.futures.len() as u32;
        let (future, chunk) = ((run.sent % futures) as u8, run.sent / futures);
        run.sent += 1;
        Some((worker, Errand::Count { run: self.runs, future, chunk }))
    }
}

impl Run {
    fn chunks(&self) -> u32 {
        CHUNKS * self.futures.len() as u32
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::VecDeque, sync::Arc};

    use twin::{Entry, Model, Span, Timestamp, What, project};

    use super::*;
    use crate::live::errand::Worker;

    const TRANSFORMER: &str = include_str!("../../../server/models/power-transformer.toml");

    fn twin() -> Twin {
        let model = Arc::new(Model::parse(TRANSFORMER).unwrap());
        let mut twin = Twin::new(model.clone(), 3);
        for minute in 0..30 {
            let t = Timestamp(1_700_000_000_000_000 + minute * 60_000_000);
            let sample = |name: &str, value: f64| {
                let signal = model.signal(name).unwrap();
                Entry { t, what: What::Sample { signal, value } }
            };
            twin.observe(&[sample("load", 900.0), sample("ambient", 20.0)]);
        }
        twin
    }

    fn horizon(twin: &Twin) -> Horizon {
        Horizon { span: Span(twin.model().step.0 * 60), points: 20 }
    }

    fn scenarios() -> Vec<Scenario> {
        vec![Scenario::default(), Scenario { sliders: vec![(0, 1.2)] }]
    }

    /// Runs to the end with so many workers; every picture that came.
    fn pictures(workers: usize) -> Vec<Picture> {
        let twin = twin();
        let mut crew = Crew::new(workers);
        let mut all: Vec<Worker> = (0..workers).map(|_| Worker::default()).collect();
        let mut waiting: VecDeque<Sent> =
            crew.begin(&twin, &twin.model().pack(), scenarios(), horizon(&twin), 1).into();
        let mut pictures = Vec::new();
        while let Some((worker, errand)) = waiting.pop_front() {
            let Some(report) = all[worker].work(errand) else { continue };
            let (errands, picture) = crew.take(worker, report);
            waiting.extend(errands);
            pictures.extend(picture);
        }
        assert!(!crew.is_running());
        pictures
    }

    #[test]
    fn any_number_of_workers_comes_to_the_same() {
        let (one, three) = (pictures(1), pictures(3));
        let (one, three) = (one.last().unwrap(), three.last().unwrap());
        assert!(one.is_final && three.is_final);
        for (one, three) in one.futures.iter().zip(&three.futures) {
            assert_eq!(one, three);
            assert!(one.bands.iter().all(|bands| bands.len() == one.times.len()));
        }
        assert_ne!(one.futures[0].hash, one.futures[1].hash);
    }

    #[test]
    fn bands_come_soon_and_grow_finer() {
        let pictures = pictures(2);
        assert_eq!(pictures.iter().map(|picture| picture.is_final).collect::<Vec<_>>(), [false, false, true]);
        let few = pictures[0].futures[0].crossings[0].first.len();
        assert!(few < MEMBERS as usize / 4 && pictures[2].futures[0].crossings[0].first.len() == MEMBERS as usize);
    }

    #[test]
    fn the_counted_future_is_the_projected_one() {
        let twin = twin();
        let exact = project(&twin, &scenarios()[1], horizon(&twin), MEMBERS as usize, 1);
        let counted = &pictures(2).pop().unwrap().futures[1];
        let hot = twin.model().headline;
        for (ours, exact) in counted.bands[hot].iter().zip(&exact.bands[hot]).skip(1) {
            assert!((ours.high - exact.high).abs() < 0.05 * (exact.high - exact.low), "{ours:?} {exact:?}");
        }
    }

    #[test]
    fn what_a_run_before_still_says_is_not_heard() {
        let twin = twin();
        let mut crew = Crew::new(1);
        crew.begin(&twin, &twin.model().pack(), scenarios(), horizon(&twin), 1);
        crew.begin(&twin, &twin.model().pack(), scenarios(), horizon(&twin), 1);
        let (errands, picture) = crew.take(0, Report::Counted { run: 1 });
        assert!(errands.is_empty() && picture.is_none());
        assert_eq!(crew.progress(), Some(0.0));
        crew.cancel();
        assert_eq!(crew.progress(), None);
        assert!(crew.take(0, Report::Counted { run: 2 }).0.is_empty());
    }

    #[test]
    fn a_worker_that_cannot_restore_the_twin_ends_the_run() {
        let mut worker = Worker::default();
        let errand = Errand::Begin {
            run: 7,
            model: b"no model".to_vec(),
            checkpoint: Vec::new(),
            futures: scenarios(),
            horizon: Horizon { span: Span(1), points: 1 },
            seed: 1,
        };
        assert_eq!(worker.work(errand), Some(Report::Failed { run: 7 }));
        assert_eq!(worker.work(Errand::Count { run: 7, future: 0, chunk: 0 }), None);
    }
}
