//! The beat of a replay: before each paint the twin is told what came by then, as far as there is time.

use std::time::Duration;

use leptos::prelude::*;
use twin::{Span, Timestamp};

use super::{
    Speed,
    player::{AT, Player},
};
use crate::{browser, wording};

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

/// Where it is to stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Goal {
    pub seq: u64,
    pub now: Timestamp,
}

/// Milliseconds on the page's clock.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pace {
    is_asked_for: bool,
    pub beat_at: f64,
    look_ahead_at: f64,
    noted_at: f64,
}

impl Player {
    pub(super) fn ask_for_beat(self) {
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
        // Where it was sent comes first, however long that takes.
        if is_playing && self.goal.get_value().seq == self.seq() {
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

    /// Sends the scout of fetch `turn` ahead, while nothing else is to be done, until it knows what came.
    pub(super) fn look_out(self, turn: u32) {
        browser::frame::on_frame(move || {
            if self.turn.try_get_value() != Some(turn) || self.is_scouted.get_untracked() {
                return;
            }
            if self.is_playing.get_untracked() || self.behind.get_untracked() > 0 {
                return self.look_out(turn);
            }
            let began = browser::clock::precise_millis();
            let mut is_scouted = false;
            self.replay.update_value(|replay| {
                let Some(replay) = replay else { return };
                while !is_scouted && browser::clock::precise_millis() - began < WORK_MILLIS {
                    is_scouted = replay.look_out(STRIDE);
                }
            });
            self.is_scouted.set(is_scouted);
            self.look_out(turn);
        });
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
}
