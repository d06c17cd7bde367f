//! Fetches what was measured before this page was opened, and what was missed since.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use twin::{id::AssetId, series::Point};

use super::Live;
use crate::api;

/// The same stretch is fetched again at most so often.
const PAUSE: Duration = Duration::from_millis(1_000);

/// Keeps the shown stretch of `quantity` filled in, in so many columns, for as long as the caller's owner lives; not before
/// it `is_seen`.
pub fn keep(live: Live, asset_id: AssetId, quantity: Signal<usize>, columns: u32, is_seen: RwSignal<bool>) {
    let wanted = {
        let asset_id = asset_id.clone();
        Memo::new(move |_| (quantity.get(), live.watch(&asset_id, |asset, _| asset.history_wanted).unwrap_or(0)))
    };
    let is_busy = RwSignal::new(false);
    let fetched = StoredValue::new(None);
    // Effects run in the browser only: the server has no charts to fill.
    Effect::new(move |_| {
        let now_wanted = wanted.get();
        let (quantity, _) = now_wanted;
        if !is_seen.get() || is_busy.get() || fetched.get_value() == Some(now_wanted) {
            return;
        }
        let stretch = live.read(&asset_id, |asset, now| {
            let is_measured = quantity < asset.model.signals.len();
            let (shown, horizon) = (asset.shown_now(now).0, asset.model.horizon.0);
            is_measured.then(|| (shown.saturating_sub(horizon), now.0.min(shown.saturating_add(horizon))))
        });
        fetched.set_value(Some(now_wanted));
        let Some((from, to)) = stretch.flatten() else { return };
        is_busy.set(true);
        let asset_id = asset_id.clone();
        spawn_local(async move {
            // A failure is no news: the link says what is wrong, and the next change asks again.
            if let Ok(history) = api::history::history(asset_id.to_string(), quantity as u16, from, to, columns).await {
                let points = history.points.into_iter().map(|point| Point { t: point.t, value: point.value });
                live.change(&asset_id, |asset, _| asset.fill(quantity, points));
                live.show(&asset_id);
            }
            set_timeout(
                move || {
                    is_busy.try_set(false);
                },
                PAUSE,
            );
        });
    });
}
