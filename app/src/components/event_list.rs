//! The last events of an asset.

use leptos::prelude::*;
use twin::id::AssetId;

use super::Instant;
use crate::live::Live;

/// More would push everything else off a telephone's screen.
const SHOWN: usize = 12;

#[component]
pub fn EventList(live: Live, asset_id: AssetId) -> impl IntoView {
    let events = Memo::new(move |_| {
        live.watch(&asset_id, |asset, _| asset.events.iter().take(SHOWN).cloned().collect::<Vec<_>>())
            .unwrap_or_default()
    });
    let none = || view! { <p class="event-list__none">"None yet."</p> };
    view! {
        <section class="event-list" aria-labelledby="events-title">
            <h2 id="events-title">"Events"</h2>
            <Show when=move || !events.get().is_empty() fallback=none>
                <ol class="event-list__all">
                    <For each=move || events.get() key=|event| event.seq let:event>
                        <li>
                            <span class="event-list__kind">{event.kind}</span>
                            <Instant live t=event.t />
                            <span class="event-list__note">{event.note}</span>
                        </li>
                    </For>
                </ol>
            </Show>
        </section>
    }
}
