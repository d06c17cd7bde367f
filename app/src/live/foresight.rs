//! Futures of all assets of a fleet, stepped by a worker one after the other while somebody looks at them.
//!
//! The page's own thread only hands a twin over and takes its future in: a future takes longer than a frame may.

use std::{cell::RefCell, rc::Rc, time::Duration};

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use twin::{Horizon, id::AssetId};

use super::{
    Live,
    asset::LiveAsset,
    errand::{Errand, Report},
    flat,
    outlook::{Outlook, SEED},
};
use crate::browser::{self, clock, workers::Workers};

/// Instants at which the bands are kept: a tile is no wider.
const POINTS: usize = 96;
/// A worker rests so many times as long as it worked: a tab is not to warm a room.
const REST: f64 = 2.0;
/// Where there is no worker, the page steps futures itself, and rests longer.
const REST_ALONE: f64 = 20.0;
const LEAST: Duration = Duration::from_millis(20);
/// How long nothing is looked for after every future was up to date.
const IDLE: Duration = Duration::from_millis(500);

thread_local! {
    /// Of the one fleet page that a tab shows. On the server nobody asks.
    static ROUND: RefCell<Option<Round>> = const { RefCell::new(None) };
}

struct Round {
    live: Live,
    workers: Option<Workers>,
    ids: Vec<AssetId>,
    /// Those that are shown, in their order: they come first as long as they have no future at all.
    shown: Vec<usize>,
    /// Whose turn it is.
    next: usize,
    /// What the worker is at, and since when.
    out: Option<(AssetId, Outlook, f64)>,
    timer: Option<TimeoutHandle>,
    /// Whether the last turn was of an asset without a future: those are not kept waiting.
    is_new: bool,
}

/// Keeps the futures of all assets up to date until the caller's owner is gone.
pub fn keep(live: Live) {
    let workers = Workers::start(1, Rc::new(|_, report| hear(report)));
    let round = Round {
        live,
        workers,
        ids: live.asset_ids(),
        shown: Vec::new(),
        next: 0,
        out: None,
        timer: None,
        is_new: false,
    };
    ROUND.set(Some(round));
    ROUND.with_borrow_mut(|round| round.iter_mut().for_each(|round| round.after(LEAST)));
    on_cleanup(|| {
        let round = ROUND.take();
        round.and_then(|round| round.timer).inspect(TimeoutHandle::clear);
    });
}

/// Has these looked after first.
pub fn show(shown: &[usize]) {
    ROUND.with_borrow_mut(|round| round.iter_mut().for_each(|round| round.shown = shown.to_vec()));
}

fn turn() {
    ROUND.with_borrow_mut(|round| round.iter_mut().for_each(Round::turn));
}

fn hear(report: Option<Report>) {
    ROUND.with_borrow_mut(|round| round.iter_mut().for_each(|round| round.hear(report.as_ref())));
}

impl Round {
    fn after(&mut self, pause: Duration) {
        let next = set_timeout_with_handle(turn, pause).ok();
        std::mem::replace(&mut self.timer, next).inspect(TimeoutHandle::clear);
    }

    /// Has the future of the next asset stepped that knows more than its future.
    fn turn(&mut self) {
        let count = self.ids.len();
        let is_new = |place: &usize| {
            let is_new = |asset: &LiveAsset, now| asset.outlook.is_none() && asset.outlook_is_old(now);
            self.live.read(&self.ids[*place], is_new) == Some(true)
        };
        let is_due = |place: &usize| {
            let is_old = |asset: &LiveAsset, now| !asset.is_studied() && asset.outlook_is_old(now);
            self.live.read(&self.ids[*place], is_old) == Some(true)
        };
        let new = self.shown.iter().copied().find(is_new).or_else(|| (0..count).find(is_new));
        let due = new.or_else(|| (self.next..self.next + count).map(|turn| turn % count).find(is_due));
        self.is_new = new.is_some();
        let Some(place) = due.filter(|_| browser::frame::is_visible()) else { return self.after(IDLE) };
        self.next = place + 1;
        let asset_id = self.ids[place].clone();
        let began = clock::precise_millis();
        let Some(workers) = &self.workers else {
            self.live.change(&asset_id, |asset, now| asset.look_ahead(now));
            return self.rest(began, REST_ALONE);
        };
        let made = self.live.read(&asset_id, |asset, now| {
            let twin = asset.twin.as_ref()?;
            let outlook = Outlook::towards(twin, asset.seq, now)?;
            let horizon = Horizon { span: outlook.until - twin.newest()?, points: POINTS };
            let (model, checkpoint) = (asset.packed.to_vec(), twin.checkpoint().bytes);
            Some((outlook, Errand::Foresee { model, checkpoint, horizon, seed: SEED }))
        });
        let Some((outlook, errand)) = made.flatten() else { return self.after(IDLE) };
        workers.send(0, &errand);
        self.out = Some((asset_id, outlook, began));
    }

    fn hear(&mut self, report: Option<&Report>) {
        let out = self.out.take();
        let Some(Report::Foreseen { numbers }) = report else {
            self.workers = None;
            return self.after(IDLE);
        };
        let Some((asset_id, outlook, began)) = out else { return };
        self.live.change(&asset_id, |asset, _| {
            if let Some(future) = flat::read(numbers, &asset.model) {
                asset.foresee(outlook.with(future));
            }
        });
        self.rest(began, REST);
    }

    fn rest(&mut self, began: f64, share: f64) {
        let took = (clock::precise_millis() - began).max(0.0);
        let share = if self.is_new && self.workers.is_some() { 0.0 } else { share };
        self.after(LEAST.max(Duration::from_millis((took * share) as u64)));
    }
}
