//! Which stretch of time the charts show: moved, zoomed, held, and back to now. Every gesture over a chart has its button.

use leptos::prelude::*;
use twin::id::AssetId;

use crate::{
    browser,
    live::{
        Live, heard,
        stretch::{PASTS, Shown, Stretch, View},
    },
    plot::hand::{PACE, ZOOM},
};

/// `busy` counts the charts that wait for the history of what is looked back at.
#[component]
pub fn StretchTools(live: Live, asset_id: AssetId, shown: Shown, busy: RwSignal<u32>) -> impl IntoView {
    let id = asset_id.clone();
    // As wide as a screen: what follows now moves by its pixels.
    let present = move || {
        let view = shown.view.get_untracked();
        live.read(&id, |asset, now| view.at(asset.shown_now(now), asset.model.horizon, 1_000))
    };
    let button = |sign: &'static str, name: &'static str, change: fn(Stretch) -> Stretch| {
        let present = present.clone();
        let press = move |_| {
            if let Some(stretch) = present() {
                shown.hold(change(stretch));
            }
        };
        view! {
            <button type="button" class="button stretch-tools__step" aria-label=name title=name on:click=press>
                {sign}
            </button>
        }
    };
    let steps = [
        button("\u{2190}", "Earlier", |stretch| stretch.moved(-PACE)),
        button("\u{2192}", "Later", |stretch| stretch.moved(PACE)),
        button("+", "Closer", |stretch| stretch.scaled(0.5, 1.0 / ZOOM)),
        button("\u{2212}", "More time", |stretch| stretch.scaled(0.5, ZOOM)),
    ];
    let choose = move |event: leptos::ev::Event| {
        let name = event_target_value(&event);
        let past = PASTS.iter().find(|(known, ..)| *known == name);
        shown.choose(past.map_or(View::Around, |(_, _, span)| View::Last(*span)));
    };
    let is_chosen = move |span| shown.view.get() == View::Last(span);
    let pasts = PASTS.map(|(name, title, span)| {
        view! {
            <option value=name selected=move || is_chosen(span)>
                {title}
            </option>
        }
    });
    let hold = move |_| {
        if let Some(stretch) = present() {
            shown.choose(shown.view.get_untracked().turned(stretch));
        }
    };
    let is_held = move || shown.view.get().is_held();
    // Of a replay it is another now, and another button pauses.
    let [around, back, stay] = match live.is_replayed() {
        true => ["Around the instant", "Back to the instant", "Hold the chart"],
        false => ["Around now", "Back to now", "Pause"],
    };
    let said = Memo::new(move |_| match shown.view.get() {
        _ if busy.get() > 0 => "Fetching history\u{2026}".to_string(),
        _ if !shown.misread.get().is_empty() => [shown.misread.get(), ": the usual one is shown."].concat(),
        View::Held(Stretch { from, to }) if heard(live.is_mounted) => {
            format!("{} \u{2013} {}", browser::clock::instant(from), browser::clock::instant(to))
        }
        _ => String::new(),
    });
    view! {
        <div class="stretch-tools" role="group" aria-label="Time shown">
            <select class="field stretch-tools__past" aria-label="Time shown" on:change=choose>
                <option value="" selected=move || shown.view.get() == View::Around>
                    {around}
                </option>
                {super::all(pasts.into_iter())}
                <option value="held" disabled selected=is_held>
                    "A stretch of your own"
                </option>
            </select>
            {super::all(steps.into_iter())}
            <button type="button" class="button" on:click=hold>
                {move || if is_held() { back } else { stay }}
            </button>
            // Always there, so that what is said is heard.
            <p class="stretch-tools__said" role="status">
                <span hidden=move || said.with(String::is_empty)>{said}</span>
            </p>
        </div>
    }
}
