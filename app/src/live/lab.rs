//! The sliders of one asset, and the future that they make: stepped here, with no word to the server.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc, time::Duration};

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use twin::{Horizon, Scenario, id::AssetId, model::Slider};

use super::{
    Live,
    crew::{Crew, Sent},
    errand::Report,
    outlook::SEED,
};
use crate::browser::{self, workers::Workers};

/// A slider rests for so long before the many members are stepped; few are with every move.
const REST: Duration = Duration::from_millis(120);
/// After the twin has gone on, they are stepped again, at most so often.
const AGAIN: Duration = Duration::from_secs(5);
/// Instants at which the bands of many members are kept.
const POINTS: usize = 144;

/// The sliders of one page.
#[derive(Clone, Copy)]
pub struct Lab {
    live: Live,
    asset_id: StoredValue<AssetId>,
    pub sliders: StoredValue<Vec<Slider>>,
    /// The sliders that were moved, by number.
    moved: RwSignal<BTreeMap<u16, f64>>,
    /// The share of many members that is stepped, while they are.
    pub progress: RwSignal<Option<f64>>,
}

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
    /// The sliders of `asset_id`, moved as the page's address says.
    pub fn new(live: Live, asset_id: AssetId, said: impl Fn(&str) -> Option<String>) -> Lab {
        let sliders = live.read(&asset_id, |asset, _| asset.model.sliders.clone()).unwrap_or_default();
        let moved = (0u16..).zip(&sliders).filter_map(|(number, slider)| {
            let value: f64 = said(&slider.name)?.parse().ok()?;
            value.is_finite().then(|| (number, value.clamp(slider.min, slider.max)))
        });
        let moved = moved.collect();
        Lab {
            live,
            asset_id: StoredValue::new(asset_id),
            sliders: StoredValue::new(sliders),
            moved: RwSignal::new(moved),
            progress: RwSignal::new(None),
        }
    }

    /// Whether anything differs from the baseline.
    pub fn is_moved(&self) -> bool {
        self.moved.with(|moved| !moved.is_empty())
    }

    pub fn is_slider_moved(&self, number: u16) -> bool {
        self.moved.with(|moved| moved.contains_key(&number))
    }

    /// Where a slider stands: where it was moved to, or where it changes nothing.
    pub fn position(&self, number: u16) -> f64 {
        self.moved.with(|moved| moved.get(&number).copied()).unwrap_or_else(|| self.resting(number))
    }

    /// Moves a slider and draws the future that follows, before it returns.
    pub fn set(&self, number: u16, value: f64) {
        let Some((min, max)) = self.sliders.with_value(|all| all.get(usize::from(number)).map(|s| (s.min, s.max)))
        else {
            return;
        };
        if value.is_finite() {
            self.moved.update(|moved| {
                moved.insert(number, value.clamp(min, max));
            });
            self.run();
        }
    }

    /// Moves a slider by its name.
    pub fn set_named(&self, name: &str, value: f64) -> bool {
        let number = self.sliders.with_value(|all| all.iter().position(|slider| slider.name == name));
        if let Some(number) = number {
            self.set(number as u16, value);
        }
        number.is_some()
    }

    /// Takes a slider back to where it changes nothing.
    pub fn reset(&self, number: u16) {
        self.moved.update(|moved| {
            moved.remove(&number);
        });
        self.run();
        self.note_address();
    }

    pub fn reset_all(&self) {
        self.moved.update(BTreeMap::clear);
        self.run();
        self.note_address();
    }

    /// Writes the sliders into the page's address, so that a link carries them.
    pub fn note_address(&self) {
        let moved = self.moved.get_untracked();
        self.sliders.with_value(|sliders| {
            for (number, slider) in (0u16..).zip(sliders) {
                let value = moved.get(&number).map(f64::to_string);
                browser::address::note(&slider.name, value.as_deref());
            }
        });
    }

    /// Steps the scenario's future and paints it, now.
    pub fn run(&self) {
        self.apply(self.scenario());
        self.cancel();
        // Not watched: whoever runs this would run again with every move.
        if self.moved.with_untracked(|moved| !moved.is_empty()) {
            self.after(REST, Lab::refine);
        }
    }

    /// What the sliders come to.
    fn scenario(&self) -> Scenario {
        Scenario { sliders: self.moved.get_untracked().into_iter().collect() }
    }

    /// Has the workers ready before they are needed: later, a slider asks the server for nothing.
    pub fn warm(self) {
        // Moved sliders have them started anyway.
        let is_idle = BENCH.with_borrow(|bench| bench.next.is_none());
        if is_idle && self.sliders.with_value(|sliders| !sliders.is_empty()) {
            self.after(REST, |lab| BENCH.with_borrow_mut(|bench| lab.start(bench)));
        }
    }

    fn start(self, bench: &mut Bench) {
        if bench.workers.is_none() {
            bench.workers = Workers::start(Rc::new(move |worker, report| self.hear(worker, report)));
        }
    }

    /// Leaves the asset without a scenario: the page closes.
    pub fn close(&self) {
        self.cancel();
        BENCH.take();
        self.apply(Scenario::default());
    }

    /// Ends the stepping of many members; few are shown.
    pub fn cancel(&self) {
        BENCH.with_borrow_mut(|bench| {
            bench.next.take().inspect(TimeoutHandle::clear);
            bench.crew.iter_mut().for_each(Crew::cancel);
        });
        self.progress.set(None);
    }

    fn apply(&self, scenario: Scenario) {
        let asset_id = self.asset_id.get_value();
        self.live.change(&asset_id, |asset, now| asset.change_scenario(scenario, now));
        browser::canvas::paint_now(&asset_id);
        self.live.show(&asset_id);
    }

    /// Does this in a while, unless the page closes or something else is to be done before.
    fn after(self, rest: Duration, what: impl FnOnce(Lab) + 'static) {
        let next = set_timeout_with_handle(move || what(self), rest).ok();
        BENCH.with_borrow_mut(|bench| bench.next = next);
    }

    /// Has many members stepped beside the page.
    fn refine(self) {
        if !browser::frame::is_visible() {
            return self.after(AGAIN, Lab::refine);
        }
        let scenario = self.scenario();
        let asset_id = self.asset_id.get_value();
        let asked = self.live.read(&asset_id, |asset, _| {
            let (twin, outlook) = (asset.twin.as_ref()?, asset.outlook.as_ref()?);
            let horizon = Horizon { span: outlook.until - twin.newest()?, points: POINTS };
            Some((twin.clone(), asset.view.model.clone(), horizon))
        });
        // A page that was opened by a link has its sliders before its twin.
        let Some((twin, model, horizon)) = asked.flatten() else { return self.after(REST, Lab::refine) };
        BENCH.with_borrow_mut(|bench| {
            self.start(bench);
            for worker in std::mem::take(&mut bench.grown) {
                bench.workers.iter_mut().for_each(|workers| workers.replace(worker));
            }
            let Some(workers) = &bench.workers else { return };
            let crew = bench.crew.get_or_insert_with(|| Crew::new(browser::workers::COUNT));
            send(workers, crew.begin(&twin, &model, vec![Scenario::default(), scenario], horizon, SEED));
        });
        self.note_progress();
    }

    /// Takes in what a worker says; nothing from one that could not run: then few members stay.
    fn hear(self, worker: usize, report: Option<Report>) {
        let Some(report) = report else { return self.cancel() };
        let mut picture = None;
        BENCH.with_borrow_mut(|bench| {
            if let Report::Told { has_grown: true, .. } = report {
                bench.grown.push(worker);
            }
            let (Some(workers), Some(crew)) = (&bench.workers, &mut bench.crew) else { return };
            let (errands, made) = crew.take(worker, report);
            send(workers, errands);
            picture = made;
        });
        if let Some(picture) = picture {
            let scenario = self.scenario();
            let asset_id = self.asset_id.get_value();
            self.live.change(&asset_id, |asset, _| asset.refine(&scenario, picture.futures));
            browser::canvas::paint_now(&asset_id);
            self.live.show(&asset_id);
            if picture.is_final {
                self.after(AGAIN, Lab::refine);
            }
        }
        self.note_progress();
    }

    fn note_progress(self) {
        let progress = BENCH.with_borrow(|bench| bench.crew.as_ref().and_then(Crew::progress));
        self.progress.set(progress);
    }

    fn resting(&self, number: u16) -> f64 {
        let Some(slider) = self.sliders.with_value(|all| all.get(usize::from(number)).cloned()) else {
            return f64::NAN;
        };
        let present = || {
            let asset_id = self.asset_id.get_value();
            let signal = |asset: &super::asset::LiveAsset| asset.model.signal(&slider.name).map(usize::from);
            let latest = self.live.watch(&asset_id, |asset, _| asset.latest().get(signal(asset)?).copied().flatten());
            latest.flatten().map(|latest| latest.value)
        };
        let resting = slider.neutral.or_else(present).unwrap_or((slider.min + slider.max) / 2.0);
        resting.clamp(slider.min, slider.max)
    }
}

fn send(workers: &Workers, errands: Vec<Sent>) {
    errands.iter().for_each(|(worker, errand)| workers.send(*worker, errand));
}
