//! Many members for the sliders' futures, stepped by the page's workers while it goes on.

use std::{cell::RefCell, rc::Rc, time::Duration};

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use twin::Horizon;

use super::{Lab, Stage, Swings};
use crate::{
    browser::{self, workers::Workers},
    live::{
        crew::{Asked, Crew, News, Sent},
        errand::{Errand, Report},
        outlook::SEED,
    },
};

/// A slider rests for so long before the many members are stepped; few are with every move.
const REST: Duration = Duration::from_millis(120);
/// After the twin has gone on, they are stepped again, at most so often.
const AGAIN: Duration = Duration::from_secs(5);
/// Instants at which the bands of many members are kept.
const POINTS: usize = 96;

thread_local! {
    /// Of the one page with sliders that a tab shows. On the server, where pages are rendered on many threads, nobody asks.
    static BENCH: RefCell<Bench> = RefCell::default();
}

/// What steps many members, and when it does next.
#[derive(Default)]
struct Bench {
    workers: Option<Workers>,
    crew: Option<Crew>,
    next: Option<TimeoutHandle>,
    /// Workers to be replaced once the run is over.
    grown: Vec<usize>,
}

impl Lab {
    /// Has the workers ready before they are needed: later, a slider asks the server for nothing.
    pub fn warm(self) {
        // Moved sliders have them started anyway.
        let is_idle = BENCH.with_borrow(|bench| bench.next.is_none());
        if is_idle && self.sliders.with_value(|sliders| !sliders.is_empty()) {
            self.after(REST, |lab| BENCH.with_borrow_mut(|bench| lab.start(bench)));
        }
    }

    /// Ends the stepping of many members; few are shown.
    pub fn cancel(&self) {
        BENCH.with_borrow_mut(|bench| {
            bench.next.take().inspect(TimeoutHandle::clear);
            bench.crew.iter_mut().for_each(Crew::cancel);
        });
        self.progress.set(None);
        self.swings.update(|swings| {
            if swings.stage == Stage::Stepping {
                swings.stage = Stage::Stopped;
            }
        });
    }

    /// Has many members stepped once the sliders rest, where there is anything to be compared.
    pub(super) fn refine_later(self) {
        if self.is_compared() {
            self.after(REST, Lab::refine);
        }
    }

    fn is_compared(&self) -> bool {
        self.moved.with_untracked(|moved| !moved.sliders.is_empty())
            || self.kept.with_untracked(|kept| !kept.is_empty())
            || self.is_swung()
    }

    /// Ends the workers.
    pub(super) fn end(&self) {
        self.cancel();
        Lab::end_probing();
        BENCH.take();
    }

    /// Has the last worker do what belongs to no run: the first one is asked first when a run begins.
    pub(super) fn send_aside(self, errand: &Errand) {
        BENCH.with_borrow_mut(|bench| {
            self.start(bench);
            bench.workers.iter().for_each(|workers| workers.send(browser::workers::COUNT - 1, errand));
        });
    }

    fn start(self, bench: &mut Bench) {
        if bench.workers.is_none() {
            bench.workers =
                Workers::start(browser::workers::COUNT, Rc::new(move |worker, report| self.hear(worker, report)));
        }
    }

    /// Does this in a while, in the place of what was to be done; not where the page closes before.
    fn after(self, rest: Duration, what: impl FnOnce(Lab) + 'static) {
        let next = set_timeout_with_handle(move || what(self), rest).ok();
        BENCH.with_borrow_mut(|bench| {
            std::mem::replace(&mut bench.next, next).inspect(TimeoutHandle::clear);
        });
    }

    /// Has many members stepped beside the page.
    fn refine(self) {
        if !self.is_compared() {
            return;
        }
        if !browser::frame::is_visible() {
            return self.after(AGAIN, Lab::refine);
        }
        let swung = self.is_swung().then(|| self.scenario());
        let asset_id = self.asset_id.get_value();
        let asked = self.live.read(&asset_id, |asset, _| {
            let ((twin, seq), outlook) = (asset.begin()?, asset.shown()?);
            let horizon = Horizon { span: outlook.until - twin.newest()?, points: POINTS };
            let (model, scenarios) = (asset.packed.to_vec(), asset.lacking());
            Some((twin.clone(), Asked { seq, model, scenarios, horizon, seed: SEED, swung }))
        });
        // A page that was opened by a link has its sliders before its twin.
        let Some((twin, asked)) = asked.flatten() else { return self.after(REST, Lab::refine) };
        let is_swinging = self.swings.with_untracked(|swings| swings.stage == Stage::Stepping);
        if asked.scenarios.is_empty() && !is_swinging {
            return self.after(AGAIN, Lab::refine);
        }
        BENCH.with_borrow_mut(|bench| {
            self.start(bench);
            for worker in std::mem::take(&mut bench.grown) {
                bench.workers.iter_mut().for_each(|workers| workers.replace(worker));
            }
            let Some(workers) = &bench.workers else { return };
            let crew = bench.crew.get_or_insert_with(|| Crew::new(browser::workers::COUNT));
            send(workers, crew.begin(&twin, asked));
        });
        self.note_progress();
    }

    /// Takes in what a worker says; nothing from one that could not run: then few members stay.
    fn hear(self, worker: usize, report: Option<Report>) {
        let report = match report {
            Some(Report::Probed { number, shares }) => return self.hear_probed(number, &shares),
            Some(Report::Explained { began, causes }) => return self.hear_explained(began, causes),
            Some(report) => report,
            None => {
                self.explain_here();
                return self.cancel();
            }
        };
        let (mut news, mut is_over) = (None, false);
        let has_failed = matches!(report, Report::Failed { .. });
        BENCH.with_borrow_mut(|bench| {
            if let Report::Told { has_grown: true, .. } = report {
                bench.grown.push(worker);
            }
            let (Some(workers), Some(crew)) = (&bench.workers, &mut bench.crew) else { return };
            let was_running = crew.is_running();
            let (errands, made) = crew.take(worker, report);
            send(workers, errands);
            news = made;
            is_over = was_running && !crew.is_running();
        });
        match news {
            Some(News::Picture { seq, scenarios, futures }) => {
                self.change(|asset, _| asset.refine(seq, scenarios, futures));
            }
            // Asked for before somebody stopped to look.
            Some(News::Swings(_)) if !self.is_swung() => {}
            Some(News::Swings(known)) => self.swings.set(Swings { stage: Stage::Done, known }),
            None => {}
        }
        if is_over && !has_failed {
            self.after(AGAIN, Lab::refine);
        }
        self.note_progress();
    }

    fn note_progress(self) {
        let progress = BENCH.with_borrow(|bench| bench.crew.as_ref().and_then(Crew::progress));
        self.progress.set(progress);
    }
}

/// Whether there is anybody who does errands.
pub(super) fn has_workers() -> bool {
    BENCH.with_borrow(|bench| bench.workers.is_some())
}

/// Whether no run is under way.
pub(super) fn is_idle() -> bool {
    BENCH.with_borrow(|bench| !bench.crew.as_ref().is_some_and(Crew::is_running))
}

fn send(workers: &Workers, errands: Vec<Sent>) {
    errands.iter().for_each(|(worker, errand)| workers.send(*worker, errand));
}
