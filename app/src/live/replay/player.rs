//! Plays a window of the past on a page: fetches its entries, and moves the asset through them as somebody presses.

use std::{sync::Arc, time::Duration};

use leptos::{prelude::*, task::spawn_local};
use twin::{Model, Span, Timestamp, Twin, id::AssetId, series::Point};
use wire::{Batch, ServerFrame};

use super::{
    Replay, Speed,
    reel::{End, MOST, Missing, Reel},
};
use crate::{
    api, browser,
    live::{Live, asset::LiveAsset, pin, stretch::Stretch},
    wording,
};

/// Milliseconds of a frame that go into telling the twin.
const WORK_MILLIS: f64 = 10.0;
/// Entries that it is told before somebody looks at the clock.
const STRIDE: u64 = 16;
/// A future is stepped anew at most so often while it plays,
const LOOK_AHEAD_MILLIS: f64 = 150.0;
/// and takes up one part in so many of the main thread.
const LOOK_AHEAD_SHARE: f64 = 4.0;
/// The address follows at most so often.
const NOTE_MILLIS: f64 = 1_000.0;
/// The pace for whoever prefers less motion.
const CALM_MILLIS: f64 = 500.0;
/// A tab that was not looked at goes on where it was.
const LONGEST_FRAME_MILLIS: f64 = 250.0;
/// The window of whoever names none, until the newest sample.
const USUAL: Span = Span::HOUR;
/// Columns of what was measured before the window.
const COLUMNS: u32 = 1_600;

/// The names of where it stands and how fast it goes in the address.
pub const AT: &str = "at";
pub const SPEED: &str = "speed";

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Stage {
    #[default]
    Fetching,
    Ready,
    /// Somebody cancelled before there was anything to replay.
    Stopped,
    /// Why it cannot be replayed.
    Lost(String),
}

/// Where it is to stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Goal {
    seq: u64,
    now: Timestamp,
}

/// Milliseconds on the page's clock.
#[derive(Debug, Clone, Copy, Default)]
struct Pace {
    is_asked_for: bool,
    beat_at: f64,
    look_ahead_at: f64,
    noted_at: f64,
}

/// What one page replays.
#[derive(Clone, Copy)]
pub struct Player {
    /// The asset by itself.
    pub live: Live,
    asset_id: StoredValue<AssetId>,
    replay: StoredValue<Option<Replay>>,
    goal: StoredValue<Goal>,
    pace: StoredValue<Pace>,
    pub window: RwSignal<Option<Stretch>>,
    pub stage: RwSignal<Stage>,
    pub fetched: RwSignal<usize>,
    pub speed: RwSignal<Speed>,
    pub is_playing: RwSignal<bool>,
    /// The instant that is shown.
    pub now: RwSignal<Timestamp>,
    /// Entries that the twin is still to be told before it stands where it should.
    pub behind: RwSignal<u64>,
    /// Where it ends, and why there.
    pub end: RwSignal<(Timestamp, String)>,
    /// Each event's instant and kind.
    pub events: StoredValue<Vec<(Timestamp, String)>>,
    /// The entry that it rests at, and the hash of the twin after that.
    pub rests_at: RwSignal<Option<(u64, String)>>,
}

impl Player {
    /// `live` is the asset by itself.
    pub fn new(live: Live, asset_id: AssetId, speed: Speed) -> Player {
        Player {
            live,
            asset_id: StoredValue::new(asset_id),
            replay: StoredValue::new(None),
            goal: StoredValue::new(Goal::default()),
            pace: StoredValue::new(Pace::default()),
            window: RwSignal::new(None),
            stage: RwSignal::new(Stage::Fetching),
            fetched: RwSignal::new(0),
            speed: RwSignal::new(speed),
            is_playing: RwSignal::new(false),
            now: RwSignal::new(Timestamp(0)),
            behind: RwSignal::new(0),
            end: RwSignal::new((Timestamp(0), String::new())),
            events: StoredValue::new(Vec::new()),
            rests_at: RwSignal::new(None),
        }
    }

    /// Fetches the window and stands at `at`, or at its begin. Without a window it is the last hour before `newest`.
    pub fn open(self, window: Option<Stretch>, newest: Timestamp, at: Option<Timestamp>) {
        let window = window.unwrap_or(Stretch { from: newest - USUAL, to: newest });
        self.window.set(Some(window));
        self.now.set(window.from);
        self.live.is_mounted.set(true);
        self.stage.set(Stage::Fetching);
        self.fetched.set(0);
        spawn_local(async move {
            let found = self.fetch(window).await;
            // The page may have closed meanwhile.
            if self.stage.try_get_untracked() != Some(Stage::Fetching) {
                return;
            }
            match found {
                Ok(replay) => self.begin(replay, at.unwrap_or(window.from)),
                Err(why) => self.stage.set(Stage::Lost(why)),
            }
        });
    }

    async fn fetch(self, window: Stretch) -> Result<Replay, String> {
        let Stretch { from, to } = window;
        let asset_id = self.asset_id.get_value();
        let Some(model) = self.live.read(&asset_id, |asset, _| asset.model.clone()) else { return Err(String::new()) };
        let mut reel = Reel::new(asset_id.clone(), to);
        let first = entries(&asset_id, &format!("from={}&to={}", from.0, to.0)).await?;
        if first.entries.is_empty() {
            return Err("Nothing that was measured in it is kept.".to_string());
        }
        let state = browser::hindsight::state(asset_id.as_str(), first.first_seq).await.map_err(no_twin)?;
        let twin = restore(&model, &state)?;
        reel.add(first).map_err(gone)?;
        while reel.end == End::Open {
            if self.fetched.try_set(reel.len()).is_some() || self.stage.try_get_untracked() != Some(Stage::Fetching) {
                return Err(String::new());
            }
            let next = entries(&asset_id, &format!("after={}", reel.last_seq())).await?;
            reel.add(next).map_err(gone)?;
        }
        Ok(Replay::new(reel, twin, before(&asset_id, &model, from).await))
    }

    fn begin(self, replay: Replay, at: Timestamp) {
        let Some(window) = self.window.get_untracked() else { return };
        let reel = &replay.reel;
        let last = reel.instant(reel.last_seq());
        let (end, why) = match reel.end {
            End::Window | End::Open => (window.to.max(last), String::new()),
            End::Newest => (last, "It ends with the newest entry.".to_string()),
            End::Cut => (last, format!("Cut: only its first {} entries.", wording::count(MOST as u64))),
        };
        self.end.set((end, why));
        self.events.set_value(reel.events().map(|(t, kind)| (t, kind.to_string())).collect());
        self.change(|asset| asset.will_measure(reel.curves(asset.model.signals.len())));
        self.fetched.set(reel.len());
        self.replay.set_value(Some(replay));
        self.stage.set(Stage::Ready);
        self.seek(at);
    }

    /// Fetches no further.
    pub fn cancel(self) {
        if self.stage.get_untracked() == Stage::Fetching {
            self.stage.set(Stage::Stopped);
        }
    }

    /// Fetches the same window once more.
    pub fn again(self) {
        let window = self.window.get_untracked();
        self.open(window, Timestamp(0), browser::address::value(AT).and_then(|at| browser::clock::read(&at)));
    }

    /// Plays on, or stands still; from the begin again where it has come to the end.
    pub fn turn(self) {
        if self.is_playing.get_untracked() {
            return self.rest();
        }
        if self.stage.get_untracked() != Stage::Ready {
            return;
        }
        if self.now.get_untracked() >= self.end.get_untracked().0 {
            let from = self.window.get_untracked().map_or(Timestamp(0), |window| window.from);
            self.seek(from);
        }
        self.rests_at.set(None);
        self.pace.update_value(|pace| pace.beat_at = browser::clock::precise_millis());
        self.is_playing.set(true);
        self.ask_for_beat();
    }

    /// Stands still where it is.
    pub fn rest(self) {
        self.is_playing.set(false);
        let now = self.now.get_untracked();
        let seq = self.seq();
        self.go(|_| Goal { seq, now });
    }

    /// Stands after the next entry, or where `by` is negative after the one before.
    pub fn step(self, by: i64) {
        self.is_playing.set(false);
        let seq = self.seq();
        self.go(|replay| {
            let seq = seq.saturating_add_signed(by).clamp(replay.reel.first_seq(), replay.reel.last_seq());
            Goal { seq, now: replay.reel.instant(seq) }
        });
    }

    /// Stands at `t`, or at the end that is nearer.
    pub fn seek(self, t: Timestamp) {
        let from = self.window.get_untracked().map_or(t, |window| window.from);
        let (end, _) = self.end.get_untracked();
        let t = t.min(end).max(from);
        self.go(|replay| Goal { seq: replay.reel.seq_at(t), now: t });
    }

    /// Stands at the nearest event that way.
    pub fn seek_event(self, way: Way) {
        let now = self.now.get_untracked();
        let found = self.events.with_value(|events| {
            let mut times = events.iter().map(|(t, _)| *t);
            match way {
                Way::On => times.filter(|t| *t > now).min(),
                Way::Back => times.rfind(|t| *t < now),
            }
        });
        if let Some(t) = found {
            self.is_playing.set(false);
            self.seek(t);
        }
    }

    pub fn set_speed(self, speed: Speed) {
        self.speed.set(speed);
        browser::address::note(SPEED, Some(&speed.name()));
    }

    /// The entry after which the twin stands, and the hash of its state.
    fn standing(&self) -> Option<(u64, String)> {
        let of = |asset: &LiveAsset| Some((asset.seq, pin::words(&asset.twin.as_ref()?.hash())));
        self.live.read(&self.asset_id.get_value(), |asset, _| of(asset)).flatten()
    }

    /// The same, and the first and the last entry of the window.
    pub fn inspected(&self) -> Option<(u64, String, u64, u64)> {
        let (seq, hash) = self.standing()?;
        let ends = |replay: &Replay| (replay.reel.first_seq(), replay.reel.last_seq());
        let (first, last) = self.replay.with_value(|replay| replay.as_ref().map(ends))?;
        Some((seq, hash, first, last))
    }

    fn seq(&self) -> u64 {
        self.live.read(&self.asset_id.get_value(), |asset, _| asset.seq).unwrap_or(0)
    }

    fn change(self, change: impl FnOnce(&mut LiveAsset)) {
        self.live.change(&self.asset_id.get_value(), |asset, _| change(asset));
    }

    fn go(self, goal: impl FnOnce(&Replay) -> Goal) {
        if let Some(goal) = self.replay.with_value(|replay| replay.as_ref().map(goal)) {
            self.goal.set_value(goal);
            self.rests_at.set(None);
            self.ask_for_beat();
        }
    }

    fn ask_for_beat(self) {
        let mut is_asked_for = true;
        self.pace.update_value(|pace| is_asked_for = std::mem::replace(&mut pace.is_asked_for, true));
        if !is_asked_for {
            browser::frame::on_frame(move || self.beat());
        }
    }

    /// What is due before the next paint.
    fn beat(self) {
        // The page may have closed meanwhile.
        let Some(mut pace) = self.pace.try_get_value() else { return };
        let began = browser::clock::precise_millis();
        let passed = began - pace.beat_at;
        let is_playing = self.is_playing.get_untracked();
        pace.is_asked_for = false;
        if is_playing && browser::frame::prefers_reduced_motion() && passed < CALM_MILLIS {
            self.pace.set_value(pace);
            let again = move || {
                if self.pace.try_get_value().is_some() {
                    self.ask_for_beat();
                }
            };
            return set_timeout(again, Duration::from_millis(CALM_MILLIS as u64));
        }
        pace.beat_at = began;
        if is_playing {
            self.go_on(passed.min(LONGEST_FRAME_MILLIS.max(CALM_MILLIS)));
        }
        let goal = self.goal.get_value();
        let is_there = self.approach(goal, began);
        let seq = self.seq();
        let now = if is_there { goal.now } else { self.instant(seq) };
        self.live.tell_now(now);
        let is_at_rest = is_there && !self.is_playing.get_untracked();
        if is_at_rest || began >= pace.look_ahead_at {
            self.change(|asset| asset.look_ahead(now));
            let ended = browser::clock::precise_millis();
            pace.look_ahead_at = ended + LOOK_AHEAD_MILLIS.max((ended - began) * LOOK_AHEAD_SHARE);
        }
        self.live.show(&self.asset_id.get_value());
        self.now.set(now);
        self.behind.set(goal.seq.saturating_sub(seq));
        if is_at_rest || began >= pace.noted_at + NOTE_MILLIS {
            browser::address::note(AT, Some(&wording::rfc3339(now)));
            pace.noted_at = began;
        }
        self.pace.set_value(pace);
        if is_at_rest {
            self.rests_at.set(self.standing());
        } else {
            self.ask_for_beat();
        }
    }

    /// Sets the goal so far ahead as time has passed.
    fn go_on(self, passed_millis: f64) {
        let (end, _) = self.end.get_untracked();
        let now = match self.speed.get_untracked() {
            Speed::Fastest => end,
            Speed::Times(times) => self.now.get_untracked() + Span((passed_millis * 1_000.0 * f64::from(times)) as i64),
        };
        let now = now.min(end);
        let seq = self.replay.with_value(|replay| replay.as_ref().map_or(0, |replay| replay.reel.seq_at(now)));
        self.goal.set_value(Goal { seq, now });
    }

    /// Tells the twin as many entries as there is time for; whether it stands at its goal.
    fn approach(self, goal: Goal, began: f64) -> bool {
        let mut is_there = false;
        self.change(|asset| {
            self.replay.update_value(|replay| {
                let Some(replay) = replay else { return };
                while !is_there {
                    is_there = replay.approach(asset, goal.seq, STRIDE);
                    if browser::clock::precise_millis() - began > WORK_MILLIS {
                        break;
                    }
                }
            });
        });
        if is_there && self.is_playing.get_untracked() && goal.now >= self.end.get_untracked().0 {
            self.is_playing.set(false);
        }
        is_there
    }

    fn instant(&self, seq: u64) -> Timestamp {
        self.replay.with_value(|replay| replay.as_ref().map_or(Timestamp(0), |replay| replay.reel.instant(seq)))
    }
}

/// Towards which end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    On,
    Back,
}

async fn entries(asset_id: &AssetId, question: &str) -> Result<Batch, String> {
    let frame = browser::hindsight::entries(asset_id.as_str(), question).await.map_err(no_entries)?;
    match wire::decode(&frame) {
        Ok(ServerFrame::Samples(batch)) => Ok(batch),
        _ => Err(OTHER_VERSION.to_string()),
    }
}

fn restore(model: &Arc<Model>, state: &[u8]) -> Result<Twin, String> {
    let Ok(ServerFrame::Checkpoint { bytes, hash, .. }) = wire::decode(state) else {
        return Err(OTHER_VERSION.to_string());
    };
    match Twin::restore(model.clone(), &bytes) {
        Ok(twin) if twin.hash() == hash => Ok(twin),
        Ok(_) => Err(OTHER_VERSION.to_string()),
        Err(error) => Err(format!("The twin as it was before cannot be restored: {error}. Load the page again.")),
    }
}

/// What was measured in the last horizon before the window, by signal: for the chart alone, the twin knows it.
async fn before(asset_id: &AssetId, model: &Model, from: Timestamp) -> Vec<Vec<Point>> {
    let mut before = Vec::new();
    for signal in 0..model.signals.len() as u16 {
        let (begin, end) = ((from - model.horizon).0, from.0 - 1);
        let found = api::history::history(asset_id.to_string(), signal, begin, end, COLUMNS).await;
        let points = found.map(|history| history.points).unwrap_or_default();
        before.push(points.into_iter().map(|point| Point { t: point.t, value: point.value }).collect());
    }
    before
}

const OTHER_VERSION: &str = "Server and page are of two versions. Load the page again.";

fn no_entries(why: String) -> String {
    format!("Its entries cannot be had: {why}.")
}

fn no_twin(why: String) -> String {
    format!("The twin as it was before cannot be had: {why}.")
}

fn gone(missing: Missing) -> String {
    let Missing { from_seq, to_seq } = missing;
    format!("Entries {from_seq} to {to_seq} of it were deleted: over such a hole no twin comes to where it was.")
}
