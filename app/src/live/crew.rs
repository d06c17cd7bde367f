//! A run of many members, shared out among the workers of a page. Whoever carries its errands only carries.

use twin::{
    Horizon, Projection, Scenario, Twin, project,
    whatif::{CHUNK, Census, Grid, Swing},
};

use super::{
    errand::{Errand, Report},
    outlook,
};

/// Chunks of each future: 10,240 members.
const CHUNKS: u32 = 20;
pub const MEMBERS: u32 = CHUNKS * CHUNK as u32;
/// Chunks that a worker has before it, so that it never waits for the page.
const AHEAD: usize = 2;
/// A picture is made once so many chunks of each future are counted: soon, again half-way, and at the end.
const PICTURES: [u32; 3] = [2, CHUNKS / 2, CHUNKS];

/// For which worker an errand is.
pub type Sent = (usize, Errand);

/// What a run is to come to.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The last entry that the twin was told.
    pub seq: u64,
    /// Packed.
    pub model: Vec<u8>,
    pub scenarios: Vec<Scenario>,
    pub horizon: Horizon,
    pub seed: u64,
    /// The scenario of which each slider is swung, too.
    pub swung: Option<Scenario>,
}

/// What a run has come to by now.
#[derive(Debug, Clone)]
pub enum News {
    /// The futures of the scenarios that were asked for, in their order.
    Picture { seq: u64, scenarios: Vec<Scenario>, futures: Vec<Projection> },
    /// All of them.
    Swings(Vec<Swing>),
}

#[derive(Debug)]
pub struct Crew {
    workers: usize,
    runs: u32,
    run: Option<Run>,
}

#[derive(Debug)]
struct Run {
    seq: u64,
    scenarios: Vec<Scenario>,
    futures: Vec<Future>,
    /// Chunks of all futures that were sent, and that were counted.
    sent: u32,
    counted: u32,
    /// The next of `PICTURES`, and the workers that have not told yet, while one is being made.
    picture: usize,
    untold: usize,
    is_pictured: bool,
    swung_scenario: Option<Scenario>,
    /// How many sliders are to be swung, how many were sent, and how many came back.
    sliders: u16,
    swinging: u16,
    swung: u16,
    swings: Vec<Swing>,
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
    pub fn begin(&mut self, twin: &Twin, asked: Asked) -> Vec<Sent> {
        let Asked { seq, model, scenarios, horizon, seed, swung } = asked;
        self.runs = self.runs.wrapping_add(1);
        // The few members about which the many are counted.
        let future = |scenario: &Scenario| {
            let coarse = project(twin, scenario, horizon, outlook::MEMBERS, seed);
            Future { grid: Grid::about(&coarse), coarse, census: Census::default() }
        };
        let futures: Vec<Future> = scenarios.iter().map(future).collect();
        let grids = futures.iter().map(|future| future.grid.clone());
        let begin = Errand::Begin {
            run: self.runs,
            model,
            checkpoint: twin.checkpoint().bytes,
            futures: scenarios.iter().cloned().zip(grids).collect(),
            horizon,
            seed,
        };
        let mut errands: Vec<Sent> = (0..self.workers).map(|worker| (worker, begin.clone())).collect();
        self.run = Some(Run {
            seq,
            futures,
            is_pictured: scenarios.is_empty(),
            scenarios,
            sent: 0,
            counted: 0,
            picture: 0,
            untold: 0,
            sliders: if swung.is_some() { twin.model().sliders.len() as u16 } else { 0 },
            swung_scenario: swung,
            swinging: 0,
            swung: 0,
            swings: Vec::new(),
        });
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

    /// The share of the run that is done, 0 to 1; `None` where there is none.
    pub fn progress(&self) -> Option<f64> {
        self.run.as_ref().map(|run| {
            let (done, all) = (run.counted + u32::from(run.swung), run.chunks() + u32::from(run.sliders));
            f64::from(done) / f64::from(all)
        })
    }

    /// Takes in what `worker` says: errands to be sent, and what the run has come to where that is more than before.
    pub fn take(&mut self, worker: usize, report: Report) -> (Vec<Sent>, Option<News>) {
        let number = match &report {
            Report::Counted { run } | Report::Told { run, .. } | Report::Swung { run, .. } | Report::Failed { run } => {
                *run
            }
            _ => return (Vec::new(), None),
        };
        let Some(run) = self.run.as_mut().filter(|_| number == self.runs) else { return (Vec::new(), None) };
        let mut errands: Vec<Sent> = Vec::new();
        let mut news = None;
        match report {
            Report::Counted { .. } => {
                run.counted += 1;
                errands.extend(self.tell());
                errands.extend(self.next(worker));
            }
            Report::Told { counted, .. } => {
                for (future, counted) in run.futures.iter_mut().zip(&counted) {
                    if counted.members > 0 {
                        future.census.merge(counted);
                    }
                }
                run.untold -= 1;
                if run.untold == 0 {
                    news = Some(run.picture());
                    // The next one may be due already: a slow worker told long after the fast one had counted all.
                    errands.extend(self.tell());
                }
            }
            Report::Swung { swing, .. } => {
                run.swung += 1;
                if let Some(swing) = swing {
                    let at = run.swings.partition_point(|own| own.slider < swing.slider);
                    run.swings.insert(at, swing);
                }
                if run.swung == run.sliders {
                    news = Some(News::Swings(std::mem::take(&mut run.swings)));
                }
                errands.extend(self.next(worker));
            }
            _ => self.run = None,
        }
        self.run.take_if(|run| run.is_pictured && run.swung == run.sliders);
        (errands, news)
    }

    /// Has every worker tell what it counted, where the next picture is due.
    fn tell(&mut self) -> Vec<Sent> {
        let Some(run) = &mut self.run else { return Vec::new() };
        let is_due = run.counted >= PICTURES[run.picture] * run.futures.len() as u32;
        if run.untold > 0 || run.is_pictured || !is_due {
            return Vec::new();
        }
        run.untold = self.workers;
        (0..self.workers).map(|worker| (worker, Errand::Tell { run: self.runs })).collect()
    }

    /// What a worker has to do next: a slider, which is soon done, or a chunk of one future and the other in turn.
    fn next(&mut self, worker: usize) -> Option<Sent> {
        let run = self.run.as_mut()?;
        let futures = run.futures.len() as u32;
        if let Some(scenario) = run.swung_scenario.clone().filter(|_| run.swinging < run.sliders) {
            run.swinging += 1;
            Some((worker, Errand::Swing { run: self.runs, scenario, slider: run.swinging - 1 }))
        } else if run.sent < run.chunks() {
            let (future, chunk) = ((run.sent % futures) as u8, run.sent / futures);
            run.sent += 1;
            Some((worker, Errand::Count { run: self.runs, future, chunk }))
        } else {
            None
        }
    }
}

impl Run {
    fn chunks(&self) -> u32 {
        CHUNKS * self.futures.len() as u32
    }

    fn picture(&mut self) -> News {
        let futures =
            self.futures.iter().map(|future| future.census.projection(&future.grid, &future.coarse)).collect();
        self.picture = (self.picture + 1).min(PICTURES.len() - 1);
        self.is_pictured = self.futures.iter().all(|future| future.census.members >= MEMBERS);
        News::Picture { seq: self.seq, scenarios: self.scenarios.clone(), futures }
    }
}

#[cfg(test)]
mod tests;
