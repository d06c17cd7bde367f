//! The whole history of a quantity in a strip, with the stretch that the charts show marked in it, to be moved and resized.

use leptos::{
    ev::{KeyboardEvent, PointerEvent},
    prelude::*,
    task::spawn_local,
};
use twin::{Timestamp, id::AssetId};

use crate::{
    api::{self, history::Overview},
    browser,
    live::{
        Live,
        asset::LiveAsset,
        stretch::{Shown, Stretch, View},
    },
    plot::strip::{self, Grip, HEIGHT, WIDTH},
};

/// How far beside an end of the window a pointer still has it, in pixels of the page.
const REACH: f64 = 8.0;

/// It is there while the past is looked at.
#[component]
pub fn OverviewStrip(live: Live, asset_id: AssetId, quantity: Signal<usize>, shown: Shown) -> impl IntoView {
    let known = RwSignal::new(None::<Overview>);
    let is_past = Memo::new(move |_| shown.view.get() != View::Around);
    let id = asset_id.clone();
    Effect::new(move |_| {
        let (asked, asset) = (quantity.get(), id.to_string());
        if is_past.get() {
            spawn_local(async move {
                // Without an answer there is no strip: the charts and their buttons are there.
                let found = api::history::whole(asset, asked as u16).await.ok().flatten();
                if quantity.try_get_untracked() == Some(asked) {
                    known.try_set(found);
                }
            });
        }
    });
    let id = asset_id.clone();
    Effect::new(move |_| {
        let found = known.with(|known| known.as_ref().map(|found| (found.from, found.to)));
        let end = |asset: &LiveAsset, now: Timestamp| {
            asset.baseline().and_then(|future| future.times.last().copied()).max(Some(now))
        };
        let end = live.watch(&id, end).flatten();
        let bounds = found.zip(end).map(|((from, to), end)| Stretch::new(from, to.max(end)));
        if shown.bounds.get_untracked() != bounds {
            shown.bounds.set(bounds);
        }
    });
    // The history as it has grown since, and what is shown of it.
    let both = Memo::new(move |_| {
        let found = known.with(|known| known.as_ref().map(|found| (found.from, found.to)));
        let (from, to) = found.filter(|_| is_past.get())?;
        live.watch(&asset_id, |asset, now| {
            let now = asset.shown_now(now);
            (Stretch::new(from, to.max(now)), shown.view.get().at(now, asset.model.horizon, WIDTH as usize))
        })
    });
    let hold = move |stretch: Stretch| shown.choose(View::Held(stretch));
    let held = StoredValue::new(None::<(Grip, f64, Stretch)>);
    let press = move |event: PointerEvent| {
        let (Some((whole, window)), Some((share, pixel))) = (both.get_untracked(), browser::strip::place(&event))
        else {
            return;
        };
        let grip = strip::grip(share, whole, window, REACH * pixel);
        let window = if grip.is_none() { strip::centred(whole, window, share) } else { window };
        if grip.is_none() {
            hold(window);
        }
        held.set_value(Some((grip.unwrap_or(Grip::Window), share, window)));
    };
    let drag = move |event: PointerEvent| {
        if let (Some((grip, from, window)), Some((whole, _))) = (held.get_value(), both.get_untracked())
            && let Some((share, _)) = browser::strip::place(&event)
        {
            hold(strip::dragged(grip, whole, window, share - from));
        }
    };
    let release = move |_: PointerEvent| held.set_value(None);
    let slider = move |grip: Grip, name: &'static str| {
        let ends = move || {
            let (whole, window) = both.get()?;
            let (begin, end) = (whole.share(window.from).clamp(0.0, 1.0), whole.share(window.to).clamp(0.0, 1.0));
            Some(match grip {
                Grip::Begin => (begin, 0.0),
                Grip::Window => (begin, end - begin),
                Grip::End => (end, 0.0),
            })
        };
        let said = move || {
            let Some((_, Stretch { from, to })) = both.get() else { return String::new() };
            match grip {
                Grip::Begin => browser::clock::instant(from),
                Grip::Window => format!("{} \u{2013} {}", browser::clock::instant(from), browser::clock::instant(to)),
                Grip::End => browser::clock::instant(to),
            }
        };
        let keys = move |event: KeyboardEvent| {
            let moved = both.get_untracked().and_then(|(whole, window)| strip::key(&event.key(), grip, whole, window));
            if let Some(stretch) = moved.filter(|_| !(event.ctrl_key() || event.alt_key() || event.meta_key())) {
                event.prevent_default();
                hold(stretch);
            }
        };
        let percent = |share: f64| format!("{:.2}%", share * 100.0);
        let x = move || ends().map(|(x, _)| percent(x));
        let width = move || match grip {
            Grip::Window => ends().map(|(_, width)| percent(width)),
            Grip::Begin | Grip::End => Some("6".to_string()),
        };
        view! {
            <rect
                class=if grip == Grip::Window { "overview-strip__window" } else { "overview-strip__end" }
                role="slider"
                tabindex="0"
                aria-label=name
                aria-valuemin="0"
                aria-valuemax="100"
                aria-valuenow=move || ends().map(|(x, _)| format!("{:.0}", x * 100.0))
                aria-valuetext=said
                x=x
                width=width
                height="100%"
                on:keydown=keys
            />
        }
    };
    let line = move || known.with(|known| known.as_ref().map(|found| found.path.clone()));
    let grown = move || {
        let end = known.with(|known| known.as_ref().map(|found| found.to))?;
        both.get().map(|(whole, _)| format!("{:.2}%", whole.share(end) * 100.0))
    };
    view! {
        <div class="overview-strip" hidden=move || both.with(Option::is_none)>
            <svg
                class="overview-strip__picture"
                role="group"
                aria-label="The whole history"
                on:pointerdown=press
                on:pointermove=drag
                on:pointerup=release
                on:pointercancel=release
            >
                <svg width=grown height="100%" viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none">
                    <path class="overview-strip__line" d=line />
                </svg>
                {slider(Grip::Window, "Stretch of time shown")}
                {slider(Grip::Begin, "Its begin")}
                {slider(Grip::End, "Its end")}
            </svg>
        </div>
    }
}
