//! Futures of many members, shared out among threads: the same bits however many there are.

use std::{
    panic,
    sync::atomic::{AtomicU32, Ordering},
    thread,
};

use twin::{
    Horizon, Projection, Scenario, Twin, project,
    whatif::{CHUNK, Census, Grid, count},
};

use crate::terminal::Progress;

/// Members that a twin has, and about which many are counted.
const FEW: usize = 64;

/// What is asked of every future.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    pub horizon: Horizon,
    pub members: usize,
    pub seed: u64,
    pub threads: usize,
}

impl Question {
    /// Whether members are counted in chunks, rather than kept.
    fn is_counted(&self) -> bool {
        self.members > CHUNK
    }

    /// How many members are stepped: whole blocks, or whole chunks of them.
    pub fn stepped(&self) -> usize {
        self.members.max(1).next_multiple_of(if self.is_counted() { CHUNK } else { FEW })
    }
}

/// The future under each scenario, all with the same noise; `None` where it was stopped.
pub fn futures(twin: &Twin, scenarios: &[Scenario], ask: Question, progress: &Progress) -> Option<Vec<Projection>> {
    let Question { horizon, members, seed, threads } = ask;
    let steps = (horizon.span.0 / twin.model().step.0) as u64;
    let found = if ask.is_counted() {
        scenarios.iter().map_while(|scenario| counted(twin, scenario, ask, progress)).collect()
    } else {
        each(threads, scenarios, progress, |scenario| {
            let future = project(twin, scenario, horizon, members, seed);
            progress.add(ask.stepped() as u64 * steps);
            future
        })
    };
    (!progress.is_stopped()).then_some(found)
}

fn counted(twin: &Twin, scenario: &Scenario, ask: Question, progress: &Progress) -> Option<Projection> {
    let Question { horizon, seed, threads, .. } = ask;
    let steps = (horizon.span.0 / twin.model().step.0) as u64;
    let coarse = project(twin, scenario, horizon, FEW, seed);
    let grid = Grid::about(&coarse);
    let shares = shared_out(threads, (ask.stepped() / CHUNK) as u32, progress, |chunks| {
        let mut census = Census::default();
        for chunk in chunks {
            census.merge(&count(twin, scenario, horizon, &grid, chunk..chunk + 1, seed)?);
            progress.add(CHUNK as u64 * steps);
        }
        Some(census)
    });
    let mut census = Census::default();
    for share in shares {
        // A thread that came too late for any chunk has counted nothing.
        if let Some(share) = share.filter(|share| share.members > 0) {
            census.merge(&share);
        }
    }
    (census.members > 0 && !progress.is_stopped()).then(|| census.projection(&grid, &coarse))
}

/// `work` done on every item, in their order; fewer where it was stopped.
pub fn each<T: Sync, R: Send>(
    threads: usize,
    items: &[T],
    progress: &Progress,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let shares = shared_out(threads, items.len() as u32, progress, |jobs| {
        jobs.map(|job| (job, work(&items[job as usize]))).collect::<Vec<_>>()
    });
    let mut done: Vec<(u32, R)> = shares.into_iter().flatten().collect();
    done.sort_by_key(|(job, _)| *job);
    done.into_iter().map(|(_, result)| result).collect()
}

/// What each thread made of the jobs that it took, one after the other; a stop ends them after the job they are at.
fn shared_out<R: Send>(
    threads: usize,
    jobs: u32,
    progress: &Progress,
    work: impl Fn(&mut dyn Iterator<Item = u32>) -> R + Sync,
) -> Vec<R> {
    let next = AtomicU32::new(0);
    let take = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|job| *job < jobs && !progress.is_stopped());
    let share = || work(&mut std::iter::from_fn(take));
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(jobs as usize)).map(|_| scope.spawn(share)).collect();
        let own = share();
        let others = others.into_iter().map(|other| other.join().unwrap_or_else(|why| panic::resume_unwind(why)));
        others.chain([own]).collect()
    })
}
