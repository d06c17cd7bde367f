//! Fetches what happened over the stretch that a chart shows.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use twin::{Span, id::AssetId};
use wire::view::FlagView;

use super::{Live, stretch::Stretch};
use crate::api;

/// How long a stretch has to stay before its flags are asked for.
const REST: Duration = Duration::from_millis(250);
/// What is noticed in the data is told to nobody: whoever looks asks again, at most so often by the wall clock.
const BEAT: Span = Span(30 * Span::SECOND.0);

/// Keeps `flags` those of the stretch that is shown, and of as much again on either side, for as long as the caller's owner
/// lives.
pub fn keep(
    live: Live,
    asset_id: AssetId,
    quantity: Signal<usize>,
    stretch: Memo<Option<Stretch>>,
    flags: RwSignal<Vec<FlagView>>,
) {
    let id = asset_id.clone();
    let is_replayed = live.is_replayed();
    let wanted = Memo::new(move |_| {
        // What is past stays as it was.
        if is_replayed {
            return (quantity.get(), None, 0);
        }
        let newest = live.watch(&id, |asset, _| asset.events.front().map(|event| event.seq)).flatten();
        (quantity.get(), newest, live.fleet(|fleet| fleet.now.0) / BEAT.0)
    });
    let fetched = StoredValue::new(None);
    let is_busy = RwSignal::new(false);
    let is_there = move |of, shown: Stretch| {
        fetched.get_value().is_some_and(|(known, there): (_, Stretch)| {
            let is_inside = there.from <= shown.from && shown.to <= there.to;
            known == of && is_inside && there.length().0 <= shown.length().0.saturating_mul(8)
        })
    };
    Effect::new(move |_| {
        let (Some(shown), now_wanted, false) = (stretch.get(), wanted.get(), is_busy.get()) else { return };
        if is_there(now_wanted, shown) {
            return;
        }
        is_busy.set(true);
        let asset_id = asset_id.clone();
        let ask = move || {
            // The stretch has moved on meanwhile: whoever follows now never rests.
            let (Some(Some(shown)), Some(wanted)) = (stretch.try_get_untracked(), wanted.try_get_untracked()) else {
                return;
            };
            let wide = shown.part(-1.0, 2.0);
            fetched.set_value(Some((wanted, wide)));
            spawn_local(async move {
                let quantity = wanted.0 as u16;
                let answer = api::flags::flags(asset_id.to_string(), quantity, wide.from.0, wide.to.0).await;
                // A failure is no news: the link says what is wrong, and the next beat asks again.
                if let Ok(found) = answer
                    && flags.try_with_untracked(|known| *known != found) == Some(true)
                {
                    flags.set(found);
                }
                is_busy.try_set(false);
            });
        };
        set_timeout(ask, REST);
    });
}

/// Those of `flags` that are known at the asset's now: in a replay some are of later.
pub fn known(live: Live, asset_id: AssetId, flags: RwSignal<Vec<FlagView>>) -> Signal<Vec<FlagView>> {
    if !live.is_replayed() {
        return flags.into();
    }
    let now = Memo::new(move |_| live.watch(&asset_id, |_, now| now));
    Signal::derive(move || {
        let mut known = flags.get();
        known.retain(|flag| now.get().is_some_and(|now| flag.t <= now));
        known
    })
}
