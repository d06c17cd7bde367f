//! Plays a window of the past on a page: moves the asset through its entries as somebody presses.

use leptos::prelude::*;
use twin::{Timestamp, id::AssetId};

use super::{
    Replay, Speed,
    beat::{Goal, Pace},
    foretold,
    reel::{End, MOST},
    scout::Scout,
};
use crate::{
    browser,
    live::{Live, asset::LiveAsset, pin, stretch::Stretch},
    wording,
};

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

/// What one page replays.
#[derive(Clone, Copy)]
pub struct Player {
    /// The asset by itself.
    pub live: Live,
    pub(super) asset_id: StoredValue<AssetId>,
    pub(super) replay: StoredValue<Option<Replay>>,
    /// Goes up with every fetch: of two, the later counts.
    pub(super) turn: StoredValue<u32>,
    pub(super) goal: StoredValue<Goal>,
    pub(super) pace: StoredValue<Pace>,
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
    /// Whether it is known what came of failures in the window.
    pub is_scouted: RwSignal<bool>,
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
            turn: StoredValue::new(0),
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
            is_scouted: RwSignal::new(false),
            rests_at: RwSignal::new(None),
        }
    }

    /// Begins to replay what was fetched.
    pub(super) fn begin(self, replay: Replay, at: Timestamp) {
        let Some(window) = self.window.get_untracked() else { return };
        let reel = &replay.reel;
        let (first, last) = (reel.instant(reel.first_seq()), reel.instant(reel.last_seq()));
        // A long while in which nothing was measured yet is nothing to sit through.
        let is_late = (first - window.from).0 > window.length().0 / 8;
        let window = if is_late { Stretch { from: first, ..window } } else { window };
        self.window.set(Some(window));
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
        self.is_scouted.set(false);
        self.stage.set(Stage::Ready);
        self.seek(at);
        self.look_out(self.turn.get_value());
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

    /// What is said of failures at the instant that is shown, and what came of them, as HTML.
    pub fn foretold(&self) -> String {
        let (now, (end, _)) = (self.now.get(), self.end.get());
        self.is_scouted.track();
        let said = |asset: &LiveAsset, scout: &Scout| foretold::html(scout, asset, now, end, browser::clock::instant);
        self.replay
            .with_value(|replay| {
                let scout = &replay.as_ref()?.scout;
                self.live.watch(&self.asset_id.get_value(), |asset, _| said(asset, scout))
            })
            .unwrap_or_default()
    }

    /// The entry after which the twin stands, and the hash of its state.
    pub(super) fn standing(&self) -> Option<(u64, String)> {
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

    pub(super) fn seq(&self) -> u64 {
        self.live.read(&self.asset_id.get_value(), |asset, _| asset.seq).unwrap_or(0)
    }

    pub(super) fn change(self, change: impl FnOnce(&mut LiveAsset)) {
        self.live.change(&self.asset_id.get_value(), |asset, _| change(asset));
    }

    fn go(self, goal: impl FnOnce(&Replay) -> Goal) {
        if let Some(goal) = self.replay.with_value(|replay| replay.as_ref().map(goal)) {
            self.goal.set_value(goal);
            self.now.set(goal.now);
            self.rests_at.set(None);
            self.ask_for_beat();
        }
    }

    pub(super) fn instant(&self, seq: u64) -> Timestamp {
        self.replay.with_value(|replay| replay.as_ref().map_or(Timestamp(0), |replay| replay.reel.instant(seq)))
    }
}

/// Towards which end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    On,
    Back,
}
