//! The last events of an asset, narrowed down by kind.

use leptos::prelude::*;
use twin::id::AssetId;
use wire::view::EventView;

use super::Instant;
use crate::{
    live::{Live, replay},
    wording,
};

/// More would push everything else off a telephone's screen.
const SHOWN: usize = 12;

#[component]
pub fn EventList(live: Live, asset_id: AssetId) -> impl IntoView {
    // Nothing for all of them.
    let kind = RwSignal::new(String::new());
    let is_whole = RwSignal::new(false);
    let of = StoredValue::new(asset_id.clone());
    let all = Memo::new(move |_| {
        live.watch(&asset_id, |asset, _| asset.events.iter().cloned().collect::<Vec<EventView>>()).unwrap_or_default()
    });
    let is_asked = move |event: &EventView| kind.with(|kind| kind.is_empty() || event.kind == *kind);
    let events = move || {
        let most = if is_whole.get() { usize::MAX } else { SHOWN };
        all.with(|all| all.iter().filter(|event| is_asked(event)).take(most).cloned().collect::<Vec<EventView>>())
    };
    let count = move || all.with(|all| all.iter().filter(|event| is_asked(event)).count());
    let kinds = Memo::new(move |_| all.with(|all| kinds_of(all)));
    let option = move |name: String| {
        let (own, value) = (name.clone(), name.clone());
        view! {
            <option value=value selected=move || kind.with(|kind| *kind == own)>
                {name}
            </option>
        }
    };
    let row = move |event: EventView| {
        let way = (!live.is_replayed()).then(|| {
            let href = of.with_value(|of| replay::address_before(of, event.t, event.until));
            let label = format!("Replay from 5 min before {} at {}", event.kind, wording::iso_instant(event.t));
            view! { <a class="event-list__replay" href=href aria-label=label>"Replay from 5 min before"</a> }.into_any()
        });
        view! {
            <li>
                <span class="event-list__kind">{event.kind}</span>
                <Instant live t=event.t />
                <span class="event-list__note">{event.note}</span>
                {way}
            </li>
        }
    };
    let none = || view! { <p class="event-list__none">"None yet."</p> };
    view! {
        <section class="event-list" aria-labelledby="events-title">
            <div class="event-list__head">
                <h2 id="events-title">"Events"</h2>
                <label hidden=move || all.with(Vec::is_empty)>
                    "Kind "
                    <select on:change=move |event| kind.set(event_target_value(&event))>
                        <option value="">"All"</option>
                        {move || super::all(kinds.get().into_iter().map(option))}
                    </select>
                </label>
            </div>
            <Show when=move || !all.with(Vec::is_empty) fallback=none>
                <ol class="event-list__all">
                    {move || super::all(events().into_iter().map(row))}
                </ol>
                <button
                    type="button"
                    class="button button--quiet"
                    hidden=move || is_whole.get() || count() <= SHOWN
                    on:click=move |_| is_whole.set(true)
                >
                    {move || format!("Show all {}", count())}
                </button>
            </Show>
        </section>
    }
}

/// Each once, in order.
fn kinds_of(events: &[EventView]) -> Vec<String> {
    let mut kinds: Vec<String> = Vec::new();
    for event in events {
        let at = kinds.partition_point(|own| *own < event.kind);
        if kinds.get(at) != Some(&event.kind) {
            kinds.insert(at, event.kind.clone());
        }
    }
    kinds
}
