//! The beat of a tab: what changed is shown before the next paint, at most once a frame; futures are stepped as often
//! as this machine can bear.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, VecDeque},
    rc::Rc,
};

use twin::{Span, Timestamp, id::AssetId};

use super::{clock, frame};
use crate::live::{
    Live,
    asset::LiveAsset,
    link::{DELAYED_AFTER, Millis},
};

/// A future is stepped anew at most so often,
const LOOK_AHEAD_EVERY: Millis = 500;
/// and may take up one part in so many of the main thread.
const LOOK_AHEAD_SHARE: f64 = 10.0;
/// Ages move on for so many assets a frame.
const AGED_A_FRAME: usize = 16;
/// The pace for whoever prefers less motion.
const CALM_EVERY: Millis = 1_000;
/// A clock that is off by less is not set: the network's own delay moves it about.
const CLOCK_TOLERANCE: Span = Span(250_000);
/// No server that can be heard is silent for so long.
const SILENCE: Span = Span(DELAYED_AFTER as i64 * 1_000);

#[derive(Clone)]
pub struct Pulse(Rc<RefCell<State>>);

struct State {
    live: Live,
    /// The server's wall clock when this page was opened, by a clock that nobody can set.
    opened_at: Timestamp,
    /// When the last frame came, by that clock and by this machine's.
    heard_at: (Span, Timestamp),
    dirty: BTreeSet<AssetId>,
    /// Those of which nothing is new but the time.
    aged: VecDeque<AssetId>,
    is_requested: bool,
    shown_at: Millis,
    look_ahead_at: BTreeMap<AssetId, Millis>,
}

impl Pulse {
    pub fn new(live: Live) -> Pulse {
        Pulse(Rc::new(RefCell::new(State {
            live,
            // Until a frame says it better: the plant is no older than the page.
            opened_at: live.fleet(|fleet| fleet.now),
            heard_at: (clock::since_opened(), clock::wall()),
            dirty: BTreeSet::new(),
            aged: VecDeque::new(),
            is_requested: false,
            shown_at: 0,
            look_ahead_at: BTreeMap::new(),
        })))
    }

    /// The server's wall clock is `now`.
    pub fn tell_now(&self, now: Timestamp) {
        let mut state = self.0.borrow_mut();
        let opened_at = now - clock::since_opened();
        if (opened_at - state.opened_at).0.abs() > CLOCK_TOLERANCE.0 {
            state.opened_at = opened_at;
        }
    }

    /// A frame came.
    pub fn hear(&self) {
        self.0.borrow_mut().heard_at = (clock::since_opened(), clock::wall());
    }

    /// Tells all assets what time it is by now: frames, which do that else, do not come while the tab is hidden.
    pub fn tell_time(&self) {
        let state = self.0.borrow();
        let (now, (heard_at, wall)) = (clock::since_opened(), state.heard_at);
        let silence = Span(now.0 - heard_at.0);
        // The clock that nobody sets may stand while a machine sleeps. Where no server says better, the longer time holds.
        let slept = Span((clock::wall() - wall).0 - silence.0);
        let is_behind = silence > SILENCE && slept > SILENCE;
        state.live.tell_now(state.opened_at + if is_behind { now + slept } else { now });
    }

    /// This asset changed.
    pub fn mark(&self, asset_id: AssetId) {
        self.0.borrow_mut().dirty.insert(asset_id);
        self.request();
    }

    /// Time went by for all of them. Where there are many, they are shown a few a frame.
    pub fn mark_all(&self) {
        {
            let mut state = self.0.borrow_mut();
            state.aged = state.live.asset_ids().into();
        }
        self.request();
    }

    fn request(&self) {
        let is_requested = std::mem::replace(&mut self.0.borrow_mut().is_requested, true);
        if !is_requested {
            let pulse = self.clone();
            frame::on_frame(move || pulse.beat());
        }
    }

    fn beat(&self) {
        let now = clock::millis();
        self.tell_time();
        let (live, dirty, is_rest) = {
            let mut state = self.0.borrow_mut();
            state.is_requested = false;
            if frame::prefers_reduced_motion() && now < state.shown_at + CALM_EVERY {
                return;
            }
            state.shown_at = now;
            let mut dirty = std::mem::take(&mut state.dirty);
            let few = if frame::prefers_reduced_motion() { usize::MAX } else { AGED_A_FRAME };
            let few = few.min(state.aged.len());
            dirty.extend(state.aged.drain(..few));
            (state.live, dirty, !state.aged.is_empty())
        };
        self.look_ahead(live, now);
        for asset_id in &dirty {
            live.show(asset_id);
        }
        if is_rest {
            self.request();
        }
    }

    /// Steps the future of the asset that a page has sliders for, when it is time.
    ///
    /// Those of others are stepped beside the page: `live::foresight`.
    fn look_ahead(&self, live: Live, now: Millis) {
        let due = live.asset_ids().into_iter().find(|asset_id| {
            let is_old = |asset: &LiveAsset, now| asset.is_studied() && asset.outlook_is_old(now);
            let is_old = live.read(asset_id, is_old);
            is_old == Some(true) && self.0.borrow().look_ahead_at.get(asset_id).is_none_or(|at| now >= *at)
        });
        let Some(asset_id) = due else { return };
        let began = clock::precise_millis();
        live.change(&asset_id, |asset, asset_now| asset.look_ahead(asset_now));
        let ended = clock::precise_millis();
        let pause = LOOK_AHEAD_EVERY.max(((ended - began) * LOOK_AHEAD_SHARE) as Millis);
        self.0.borrow_mut().look_ahead_at.insert(asset_id, ended as Millis + pause);
    }
}
