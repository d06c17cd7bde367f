//! The pages of a wall, each as large as the screen: what is on them is read, and nothing has to be pressed.

use std::time::Duration;

use leptos::{html, prelude::*};
use twin::id::AssetId;

use super::rota::{Page, Turn, said};
use crate::{
    browser::{self, plan::Nodes},
    components::{AssetBadges, AssetTile, PlantPlan, PlotLegend, StateBadge, TrendPlot, ValueTile},
    live::{
        Live,
        asset::LiveAsset,
        condition::Finding,
        lanes::{self, Lane},
        ranking::{Ask, Ranking},
        stretch::{PASTS, Shown, View},
    },
    plot::trend::Detail,
    wording,
};

/// Tiles that can be read from afar.
const TILES: usize = 8;
/// Values beside a chart.
const VALUES: usize = 5;
const LOOK_EVERY: Duration = Duration::from_secs(1);

#[component]
pub fn Board(live: Live, turn: Turn, plan: RwSignal<String>) -> impl IntoView {
    match turn.page {
        Page::Fleet(query) => view! { <FleetBoard live query /> }.into_any(),
        Page::Plan(query) => view! { <PlanBoard live query plan /> }.into_any(),
        Page::Asset(asset_id, query) => view! { <AssetBoard live asset_id query /> }.into_any(),
        Page::Trends(query) => view! { <TrendsBoard live query /> }.into_any(),
        // It holds no script, and may not have one here either.
        Page::Words(address) => view! {
            <iframe
                class="wall__frame"
                src=address
                title="Words and numbers"
                sandbox="allow-same-origin"
                on:load=|event| browser::wall::bare(&event_target(&event))
            ></iframe>
        }
        .into_any(),
    }
}

/// The most urgent of the fleet, as tiles.
#[component]
fn FleetBoard(live: Live, query: String) -> impl IntoView {
    let ask = Ask::read(|name| said(&query, name));
    let ranking = Ranking::of(live);
    let (chosen, ids) = (ranking.choose(&ask), live.asset_ids());
    let count = chosen.len();
    let of_all = if count > TILES { format!("The {TILES} most urgent of {count}") } else { String::new() };
    let tile = |number: &usize| {
        let asset_id = ids[*number].clone();
        view! { <li><AssetTile live asset_id /></li> }
    };
    view! {
        <section class="wall__fleet">
            <header class="wall__head">
                <h1>{title_of(&ask, "Fleet")}</h1>
                <p>{of_all}</p>
            </header>
            <ul class="wall__tiles">{chosen.iter().take(TILES).map(tile).collect_view()}</ul>
        </section>
    }
}

/// The plant's plan; it is scrolled where it is longer than the screen.
#[component]
fn PlanBoard(live: Live, query: String, plan: RwSignal<String>) -> impl IntoView {
    let ask = Ask::read(|name| said(&query, name));
    let title = title_of(&ask, "Plan");
    let place = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        plan.track();
        let Some(place) = place.get() else { return };
        let (nodes, ask) = (Nodes::of(&place, live), ask.clone());
        let show = move || nodes.show(live, &Ranking::of(live).choose(&ask));
        show();
        browser::frame::every_while_shown(LOOK_EVERY, show);
    });
    view! {
        <section class="wall__plan">
            <header class="wall__head">
                <h1>{title}</h1>
            </header>
            {move || view! { <PlantPlan place html=plan.get() /> }.into_any()}
        </section>
    }
}

/// One asset: a chart as large as there is room for, and its values beside it.
#[component]
fn AssetBoard(live: Live, asset_id: AssetId, query: String) -> impl IntoView {
    let show = said(&query, "show");
    let facts = live.read(&asset_id, |asset, now| {
        let quantities = &asset.model.quantities;
        let named = show.and_then(|show| quantities.iter().position(|quantity| quantity.name == show));
        // What is abnormal is what it is shown for.
        let first = named.unwrap_or(match asset.condition(now).finding {
            Finding::Abnormal { quantity, .. } => quantity,
            _ => asset.model.headline,
        });
        let others = (0..quantities.len()).filter(move |quantity| *quantity != first);
        let tiles: Vec<usize> = std::iter::once(first).chain(others).take(VALUES).collect();
        let path = asset.view.path.replace('/', " / ");
        (asset.view.title.clone(), path, asset.model.signals.len(), asset.model.has_physics(), tiles)
    });
    let Some((title, path, signals, has_physics, tiles)) = facts else {
        return view! { <p class="notice">"This plant has no such asset."</p> }.into_any();
    };
    let shown = RwSignal::new(tiles[0]);
    let choose = Callback::new(move |quantity| shown.set(quantity));
    let id = asset_id.clone();
    let hint = Memo::new(move |_| {
        let of = |asset: &LiveAsset, now| match asset.learned_hint() {
            Some((words, _)) => Some(words),
            None => Some(asset.outlook.as_ref()?.hint?.words(&asset.model, now)),
        };
        live.watch(&id, of).flatten().unwrap_or_default()
    });
    let id = asset_id.clone();
    let named = Memo::new(move |_| {
        let name = live.read(&id, |asset, _| asset.model.quantities.get(shown.get()).map(|own| own.title.clone()));
        name.flatten().unwrap_or_default()
    });
    let id = asset_id.clone();
    let is_limited = Signal::derive(move || {
        let normal = live.read(&id, |asset, _| asset.model.quantities.get(shown.get()).and_then(|own| own.normal));
        normal.flatten().is_some()
    });
    let tile = |quantity: usize| {
        let asset_id = asset_id.clone();
        view! { <ValueTile live asset_id quantity shown=shown.into() on_choose=choose /> }
    };
    let (time, busy) = (Shown::new(view_of(&query)), RwSignal::new(0));
    view! {
        <section class="wall__asset">
            <header class="wall__head">
                <h1>{title}</h1>
                <StateBadge live asset_id=asset_id.clone() />
                <p>{path}</p>
                <p class="wall__hint">{hint}</p>
                <AssetBadges live asset_id=asset_id.clone() />
            </header>
            <div class="wall__values">{tiles.into_iter().map(tile).collect_view()}</div>
            <div class="wall__chart">
                <h2>{named}</h2>
                <PlotLegend
                    is_measured=Signal::derive(move || shown.get() < signals)
                    is_foreseen=Signal::stored(has_physics)
                    is_simulated=Signal::stored(false)
                    is_limited
                    kept=Signal::stored(Vec::new())
                    shown=time
                />
                <TrendPlot live asset_id quantity=shown.into() detail=Detail::Full shown=time busy=busy />
            </div>
        </section>
    }
    .into_any()
}

/// Charts under each other, as their link has them.
#[component]
fn TrendsBoard(live: Live, query: String) -> impl IntoView {
    let lanes = lanes::read(live, &said(&query, "lanes").unwrap_or_default());
    let (time, busy) = (Shown::new(view_of(&query)), RwSignal::new(0));
    let horizon = lanes.iter().filter_map(|lane| live.read(&lane.asset_id, |asset, _| asset.model.horizon)).max();
    let is_none = lanes.is_empty();
    let lane = |Lane { asset_id, quantity }: Lane| {
        let named = live.read(&asset_id, |asset, _| {
            let own = asset.model.quantities.get(quantity)?;
            Some((own.title.clone(), wording::unit(&own.unit), asset.view.title.clone()))
        });
        let (title, unit, asset) = named.flatten().unwrap_or_default();
        let unit = if unit.is_empty() { unit } else { format!(", {unit}") };
        view! {
            <section class="wall__lane">
                <h2>{format!("{asset}: {title}{unit}")}</h2>
                <TrendPlot
                    live
                    asset_id
                    quantity=Signal::stored(quantity)
                    detail=Detail::Full
                    shown=time
                    busy=busy
                    horizon=Signal::stored(horizon)
                    name=title
                />
            </section>
        }
    };
    view! {
        <section class="wall__trends">
            <header class="wall__head">
                <h1>"Trends"</h1>
                <p hidden=!is_none>"The link names no quantity of this plant."</p>
            </header>
            {lanes.into_iter().map(lane).collect_view()}
        </section>
    }
}

fn title_of(ask: &Ask, whole: &str) -> String {
    if ask.site.is_empty() { whole.to_string() } else { ask.site.replace('/', " / ") }
}

/// The stretch of time that follows now; one that was held would be of the past for ever.
fn view_of(query: &str) -> View {
    let past = said(query, "past").unwrap_or_default();
    PASTS.iter().find(|(name, ..)| *name == past).map_or(View::Around, |(_, _, span)| View::Last(*span))
}
