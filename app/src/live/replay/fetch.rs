//! Fetches what a replay needs: the window's entries, the twin before them, and what had been measured before.

use std::sync::Arc;

use leptos::{prelude::*, task::spawn_local};
use twin::{Model, Span, Timestamp, Twin, id::AssetId, series::Point};
use wire::{Batch, ServerFrame};

use super::{
    Before, Replay,
    player::{AT, Player, Stage},
    reel::{End, Missing, Reel},
};
use crate::{api, browser, live::stretch::Stretch};

/// The window of whoever names none, until the newest sample.
const USUAL: Span = Span::HOUR;
/// Columns of what was measured before the window.
const COLUMNS: u32 = 1_600;

impl Player {
    /// Fetches the window and stands at `at`, or at its begin. Without a window it is the last hour before `newest`. The
    /// window that it is.
    pub fn open(self, window: Option<Stretch>, newest: Timestamp, at: Option<Timestamp>) -> Stretch {
        let window = window.unwrap_or(Stretch { from: newest - USUAL, to: newest });
        self.window.set(Some(window));
        self.now.set(window.from);
        self.live.is_mounted.set(true);
        self.stage.set(Stage::Fetching);
        self.fetched.set(0);
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        spawn_local(async move {
            let found = self.fetch(window, turn).await;
            if !self.is_fetching(turn) {
                return;
            }
            match found {
                Ok(replay) => self.begin(replay, at.unwrap_or(window.from)),
                Err(why) => self.stage.set(Stage::Lost(why)),
            }
        });
        window
    }

    /// Whether that fetch is still waited for: the page may have closed meanwhile.
    fn is_fetching(self, turn: u32) -> bool {
        self.turn.try_get_value() == Some(turn) && self.stage.try_get_untracked() == Some(Stage::Fetching)
    }

    async fn fetch(self, window: Stretch, turn: u32) -> Result<Replay, String> {
        let asset_id = self.asset_id.get_value();
        let Some(model) = self.live.read(&asset_id, |asset, _| asset.model.clone()) else { return Err(String::new()) };
        let goes_on = |fetched| {
            let is_fetching = self.is_fetching(turn);
            if is_fetching {
                self.fetched.set(fetched);
            }
            is_fetching
        };
        let (reel, twin) = entries_of(&asset_id, &model, window, goes_on).await?;
        let measured = measured_before(&asset_id, &model, window.from).await;
        // Without them it is a replay still.
        let events = api::asset::events_before(asset_id.to_string(), reel.first_seq(), window.from.0).await;
        Ok(Replay::new(reel, twin, Before { measured, events: events.unwrap_or_default() }))
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
}

/// The entries of `window` and the twin after the first of them, or why there are none; after each answer `goes_on` hears how
/// many have come, and says whether somebody still waits for them.
pub async fn entries_of(
    asset_id: &AssetId,
    model: &Arc<Model>,
    window: Stretch,
    goes_on: impl Fn(usize) -> bool,
) -> Result<(Reel, Twin), String> {
    let Stretch { from, to } = window;
    let mut reel = Reel::new(asset_id.clone(), to);
    let first = entries(asset_id, &format!("from={}&to={}", from.0, to.0)).await?;
    if first.entries.is_empty() {
        return Err("Nothing that was measured in it is kept.".to_string());
    }
    let state = browser::hindsight::state(asset_id.as_str(), first.first_seq).await.map_err(no_twin)?;
    let twin = restore(model, &state)?;
    reel.add(first).map_err(gone)?;
    while reel.end == End::Open {
        if !goes_on(reel.len()) {
            return Err(String::new());
        }
        let next = entries(asset_id, &format!("after={}", reel.last_seq())).await?;
        reel.add(next).map_err(gone)?;
    }
    Ok((reel, twin))
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
async fn measured_before(asset_id: &AssetId, model: &Model, from: Timestamp) -> Vec<Vec<Point>> {
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
