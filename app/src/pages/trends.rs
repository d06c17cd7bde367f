//! Quantities of any assets under each other, over one stretch of time and with one cursor.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use twin::{Span, id::AssetId};

use super::WithPlant;
use crate::{
    browser,
    components::{AssetBadges, LanePicker, LinkNote, PlotLegend, StretchTools, TrendPlot},
    live::{
        Live, foresight,
        lanes::{self, Lane, MOST},
        stretch::{Shown, View},
    },
    plot::trend::Detail,
    wording,
};

/// The name of the lanes in the address.
const LANES: &str = "lanes";

#[component]
pub fn TrendsPage() -> impl IntoView {
    view! {
        <Title text="Trends" />
        <WithPlant page=|live| view! { <Lanes live /> } />
    }
}

#[component]
fn Lanes(live: Live) -> impl IntoView {
    let asked = use_query_map().get_untracked().get(LANES).unwrap_or_default();
    let lanes = RwSignal::new(lanes::read(live, &asked));
    let (shown, busy) = (Shown::new(View::Around), RwSignal::new(0));
    let change = move |change: &dyn Fn(&mut Vec<Lane>)| {
        lanes.update(|lanes| change(lanes));
        browser::address::note(LANES, lanes::write(live, &lanes.get_untracked()).as_deref());
    };
    Effect::new(move |_| {
        browser::address::keep_view(shown);
        foresight::keep(live);
    });
    let add = Callback::new(move |lane: Lane| {
        change(&|lanes| {
            if lanes.len() < MOST && !lanes.contains(&lane) {
                lanes.push(lane.clone());
            }
        });
    });
    let remove = Callback::new(move |lane: Lane| change(&|lanes| lanes.retain(|own| *own != lane)));
    // Lanes under each other show the same time: as much of it as the one that looks furthest.
    let horizon = Memo::new(move |_| {
        let of = |lane: Lane| live.read(&lane.asset_id, |asset, _| asset.model.horizon);
        lanes.get().into_iter().filter_map(of).max()
    });
    let first = Memo::new(move |_| lanes.with(|lanes| lanes.first().map(|lane| lane.asset_id.clone())));
    view! {
        <div class="trends-page">
            <h1>"Trends"</h1>
            <LinkNote live />
            <div class="trends-page__tools">
                <LanePicker live lanes=lanes.into() on_choose=add />
                {move || first.get().map(|asset_id: AssetId| view! { <StretchTools live asset_id shown busy /> }.into_any())}
            </div>
            {move || {
                let (yes, no, none) = (Signal::stored(true), Signal::stored(false), Signal::stored(Vec::new()));
                let legend = view! { <PlotLegend is_measured=yes is_simulated=no is_limited=yes kept=none shown /> };
                first.get().map(|_| legend.into_any())
            }}
            <section class="notice" hidden=move || lanes.with(|lanes| !lanes.is_empty())>
                <h2>"Nothing to compare yet"</h2>
                <p>"Choose a quantity above, and another: they stand under each other, over the same time, each by the clock of its asset. The link to this page carries them."</p>
            </section>
            <For
                each=move || lanes.get()
                key=|lane| (lane.asset_id.clone(), lane.quantity)
                children=move |lane| view! { <OneLane live lane shown busy horizon on_remove=remove /> }.into_any()
            />
        </div>
    }
}

/// A chart with the name of what it shows.
#[component]
fn OneLane(
    live: Live,
    lane: Lane,
    shown: Shown,
    busy: RwSignal<u32>,
    horizon: Memo<Option<Span>>,
    on_remove: Callback<Lane>,
) -> impl IntoView {
    let Lane { asset_id, quantity } = lane.clone();
    let named = live.read(&asset_id, |asset, _| {
        let quantity = asset.model.quantities.get(quantity)?;
        Some((asset.view.title.clone(), quantity.title.clone(), wording::unit(&quantity.unit), quantity.name.clone()))
    });
    let Some((asset, title, unit, name)) = named.flatten() else { return ().into_any() };
    let unit = if unit.is_empty() { String::new() } else { format!(", {unit}") };
    let href = format!("/assets/{asset_id}?show={name}");
    let label = format!("Remove {title} of {asset}");
    let name_of_chart = format!("{title} of {asset}");
    view! {
        <section class="trends-page__lane">
            <header class="trends-page__head">
                <h2>{format!("{title}{unit}")}</h2>
                <a href=href>{asset.clone()}</a>
                // Whose clock is another stands at another time.
                <AssetBadges live asset_id=asset_id.clone() />
                <button
                    type="button"
                    class="button button--quiet"
                    aria-label=label
                    on:click=move |_| on_remove.run(lane.clone())
                >
                    "Remove"
                </button>
            </header>
            <TrendPlot
                live
                asset_id
                quantity=Signal::stored(quantity)
                detail=Detail::Full
                shown=shown
                busy=busy
                horizon=horizon
                flags=RwSignal::new(Vec::new())
                name=name_of_chart
            />
        </section>
    }
    .into_any()
}
