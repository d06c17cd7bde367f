//! Fetches what was measured before this page was opened, what was missed since, and what is looked back at.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use twin::{Span, id::AssetId, series::Point};

use super::{
    Live,
    stretch::{Shown, Stretch, View},
};
use crate::api;

/// The same stretch is fetched again at most so often.
const PAUSE: Duration = Duration::from_millis(1_000);

/// Keeps the shown stretch of `quantity` filled in, in so many columns, for as long as the caller's owner lives; not before
/// it `is_seen`. The stretch is one `horizon` back from now, or that of the model.
pub fn keep(
    live: Live,
    asset_id: AssetId,
    quantity: Signal<usize>,
    columns: u32,
    horizon: Option<Signal<Option<Span>>>,
    is_seen: RwSignal<bool>,
) {
    let wanted = {
        let asset_id = asset_id.clone();
        Memo::new(move |_| {
            let horizon = horizon.and_then(|horizon| horizon.get());
            (quantity.get(), horizon, live.watch(&asset_id, |asset, _| asset.history_wanted).unwrap_or(0))
        })
    };
    let is_busy = RwSignal::new(false);
    let fetched = StoredValue::new(None);
    // What is replayed is told what it is to know.
    if live.is_replayed() {
        return;
    }
    // Effects run in the browser only: the server has no charts to fill.
    Effect::new(move |_| {
        let now_wanted = wanted.get();
        let (quantity, horizon, _) = now_wanted;
        if !is_seen.get() || is_busy.get() || fetched.get_value() == Some(now_wanted) {
            return;
        }
        let stretch = live.read(&asset_id, |asset, now| {
            let is_measured = quantity < asset.model.signals.len();
            let (shown, horizon) = (asset.shown_now(now).0, horizon.unwrap_or(asset.model.horizon).0);
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

/// How long a stretch has to stay before its history is asked for.
const REST: Duration = Duration::from_millis(120);
/// Moving by less than this share of a stretch needs no other history.
const MARGIN: f64 = 1.0;

/// How long after a failure the same is asked for again.
const RETRY: Duration = Duration::from_secs(5);

/// Keeps the history of the stretch that `shown` holds at hand, for as long as the caller's owner lives; `busy` counts those
/// who wait for theirs.
pub fn keep_held(
    live: Live,
    asset_id: AssetId,
    quantity: Signal<usize>,
    shown: Shown,
    columns: u32,
    busy: RwSignal<u32>,
) {
    if live.is_replayed() {
        return;
    }
    let fetched = StoredValue::new(None::<(usize, u64, Stretch)>);
    let turn = StoredValue::new(0_u64);
    let failures = RwSignal::new(0_u32);
    let id = asset_id.clone();
    // Entries were missed, or another time is now: what there is may have holes.
    let missed = Memo::new(move |_| live.watch(&id, |asset, _| asset.history_wanted).unwrap_or(0));
    let waits = StoredValue::new(false);
    let wait = move |is_waiting: bool| {
        if waits.try_get_value().is_some_and(|before| before != is_waiting) {
            waits.set_value(is_waiting);
            busy.try_update(|busy| *busy = if is_waiting { *busy + 1 } else { busy.saturating_sub(1) });
        }
    };
    on_cleanup(move || wait(false));
    Effect::new(move |_| {
        let (view, quantity, missed) = (shown.view.get(), quantity.get(), missed.get());
        failures.track();
        let number = turn.get_value() + 1;
        turn.set_value(number);
        let wanted = live.read(&asset_id, |asset, now| {
            let now = asset.shown_now(now);
            let is_measured = quantity < asset.model.signals.len();
            let stretch = view.at(now, asset.model.horizon, columns as usize);
            (is_measured && view != View::Around && stretch.from < now).then_some((stretch, now))
        });
        // As long as it is inside of what there is, and not so small a part of it that points are missing.
        let is_there = |stretch: Stretch, now| {
            fetched.get_value().is_some_and(|(of, after, there)| {
                let is_inside = there.from <= stretch.from && (stretch.to <= there.to || now <= there.to);
                let is_fine = there.length().0 <= stretch.length().0.saturating_mul(4);
                (of, after) == (quantity, missed) && is_inside && is_fine
            })
        };
        let Some((stretch, now)) = wanted.flatten().filter(|(stretch, now)| !is_there(*stretch, *now)) else {
            return wait(false);
        };
        wait(true);
        let asset_id = asset_id.clone();
        let ask = move || {
            if turn.try_get_value() != Some(number) {
                return;
            }
            let wide = stretch.part(-MARGIN, 1.0 + MARGIN);
            let wide = Stretch { to: wide.to.min(now), ..wide };
            let width_px = (f64::from(columns) * (1.0 + 2.0 * MARGIN)) as u32;
            spawn_local(async move {
                let (from, to) = (wide.from.0, wide.to.0);
                let answer = api::history::history(asset_id.to_string(), quantity as u16, from, to, width_px).await;
                if turn.try_get_value() != Some(number) {
                    return;
                }
                wait(false);
                let Ok(history) = answer else {
                    // The link says what is wrong.
                    let again = move || {
                        failures.try_update(|failures| *failures += 1);
                    };
                    return set_timeout(again, RETRY);
                };
                fetched.set_value(Some((quantity, missed, wide)));
                let points = history.points.into_iter().map(|point| Point { t: point.t, value: point.value });
                live.change(&asset_id, |asset, _| asset.hold(quantity, wide, points.collect()));
                live.show(&asset_id);
            });
        };
        set_timeout(ask, REST);
    });
}
