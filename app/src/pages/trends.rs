//! Quantities of any assets under each other, over one stretch of time and with one cursor.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use twin::{Span, id::AssetId};

use super::WithPlant;
use crate::{
    browser,
    components::{
        AssetBadges, LanePicker, LearnedNote, LinkNote, OverviewStrip, PlotLegend, SharedAxis, StretchTools, TrendPlot,
    },
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
/// The name of how their axes of values are, and of the one that is not usual.
const AXES: &str = "axes";
const SHARED: &str = "shared";

/// What the lanes show of each unit: lowest and highest value.
type Ranges = RwSignal<Vec<(Lane, String, [f64; 2])>>;

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
    let unknown = match lanes::unknown(live, &asked) {
        0 => String::new(),
        1 => "One quantity that the link names is none of this plant.".to_string(),
        several => format!("{several} quantities that the link names are none of this plant."),
    };
    let is_shared = RwSignal::new(use_query_map().get_untracked().get(AXES).as_deref() == Some(SHARED));
    let ranges: Ranges = RwSignal::new(Vec::new());
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
    let share = move |_| {
        is_shared.update(|shared| *shared = !*shared);
        browser::address::note(AXES, is_shared.get_untracked().then_some(SHARED));
    };
    view! {
        <div class="trends-page">
            <h1>"Trends"</h1>
            <LinkNote live />
            <LearnedNote live />
            <p class="notice" role="status" hidden=unknown.is_empty()>
                {unknown.clone()}
            </p>
            <div class="trends-page__tools">
                <LanePicker live lanes=lanes.into() on_choose=add />
                <label hidden=move || lanes.with(|lanes| lanes.len() < 2)>
                    <input type="checkbox" prop:checked=move || is_shared.get() on:change=share />
                    " One axis for each unit"
                </label>
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
                children=move |lane| view! { <OneLane live lane shown busy horizon ranges is_shared on_remove=remove /> }.into_any()
            />
            // By the clock of the first, as the buttons are.
            {move || {
                let strip = |Lane { asset_id, quantity }| {
                    view! { <OverviewStrip live asset_id quantity=Signal::stored(quantity) shown /> }.into_any()
                };
                lanes.with(|lanes| lanes.first().cloned()).map(strip)
            }}
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
    ranges: Ranges,
    is_shared: RwSignal<bool>,
    on_remove: Callback<Lane>,
) -> impl IntoView {
    let Lane { asset_id, quantity } = lane.clone();
    let named = live.read(&asset_id, |asset, _| {
        let quantity = asset.model.quantities.get(quantity)?;
        Some((asset.view.title.clone(), quantity.title.clone(), wording::unit(&quantity.unit), quantity.name.clone()))
    });
    let Some((asset, title, unit, name)) = named.flatten() else { return ().into_any() };
    let axis = axis_of(&lane, &unit, ranges, is_shared);
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
                axis=axis
                name=name_of_chart
            />
        </section>
    }
    .into_any()
}

/// The axis that a lane shares with those of its unit, while they are to share one.
fn axis_of(lane: &Lane, unit: &str, ranges: Ranges, is_shared: RwSignal<bool>) -> SharedAxis {
    let own = RwSignal::new(None::<[f64; 2]>);
    let (of_lane, of_unit) = (lane.clone(), unit.to_string());
    Effect::new(move |_| {
        let shown = own.get();
        ranges.update(|ranges| {
            ranges.retain(|(lane, ..)| *lane != of_lane);
            ranges.extend(shown.map(|shown| (of_lane.clone(), of_unit.clone(), shown)));
        });
    });
    let of_lane = lane.clone();
    on_cleanup(move || {
        ranges.try_update(|ranges| ranges.retain(|(lane, ..)| *lane != of_lane));
    });
    let of_unit = unit.to_string();
    let others = Memo::new(move |_| {
        let all = ranges.with(|ranges| {
            let alike = ranges.iter().filter(|(_, unit, _)| *unit == of_unit).map(|(.., range)| *range);
            alike.reduce(|[low, high], [lower, higher]| [low.min(lower), high.max(higher)])
        });
        all.filter(|_| is_shared.get())
    });
    SharedAxis { own, others }
}
