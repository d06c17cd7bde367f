//! A window of an asset's past, replayed: at each instant what was known then, and beside its forecast what then came.

use std::rc::Rc;

use leptos::{ev::SubmitEvent, html::Input, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use twin::{Timestamp, id::AssetId};

use super::{
    WithAsset,
    asset::facts::{Facts, regimes_of, summary_of},
    once_open,
};
use crate::{
    browser,
    components::{
        AssetBadges, Diagnosis, EventList, LearnedCard, OutcomeTable, PlotLegend, PlotTable, ProcessSketch,
        ReplayBadge, ReplayTools, ResidualPlot, StateBadge, StretchTools, TrendPlot, ValueTile,
    },
    live::{
        self, Live,
        asset::LiveAsset,
        heard,
        lab::Lab,
        pin::{self, Pin},
        replay::{self, Speed, player},
        stretch::{Shown, Stretch, View},
    },
    plot::trend::Detail,
    wording,
};

/// The names in the address of the window's ends and of the chosen quantity.
const FROM: &str = "from";
const TO: &str = "to";
const SHOW: &str = "show";

#[component]
pub fn ReplayPage() -> impl IntoView {
    view! {
        <WithAsset page=|live, asset_id| {
            once_open(live, asset_id, |live, asset_id| {
                // Another window is replayed from the start.
                let query = use_query_map();
                Memo::new(move |_| query.with(|query| (query.get(FROM), query.get(TO)))).track();
                view! { <OneReplay live asset_id /> }.into_any()
            })
        } />
    }
}

#[component]
fn OneReplay(live: Live, asset_id: AssetId) -> impl IntoView {
    let facts = live.read(&asset_id, |asset, _| Facts::of(asset));
    let (Some(facts), Some(alone)) = (facts, live.replayed(&asset_id)) else { return ().into_any() };
    let query = use_query_map().get_untracked();
    let speed = Speed::read(&query.get(player::SPEED).unwrap_or_default());
    let player = player::Player::new(alone, asset_id.clone(), speed);
    // Nothing is bent in it: its workers find causes.
    let lab = Lab::new(alone, asset_id.clone(), |_| None);
    let chosen = query.get(SHOW).and_then(|name| facts.quantities.iter().position(|known| *known == name));
    let shown = RwSignal::new(chosen.unwrap_or(facts.headline));
    let (time, busy, flags) = (Shown::new(View::Around), RwSignal::new(0), RwSignal::new(Vec::new()));
    let known = live::flags::known(alone, asset_id.clone(), flags);
    let choose = {
        let names = facts.quantities.clone();
        Callback::new(move |quantity: usize| {
            shown.set(quantity);
            browser::address::note(SHOW, names.get(quantity).map(String::as_str));
        })
    };
    let is_refused = RwSignal::new(false);
    let end = |pick: fn(Stretch) -> Timestamp| {
        move || match player.window.get() {
            Some(window) if heard(live.is_mounted) => browser::clock::field(pick(window)),
            _ => String::new(),
        }
    };
    let (from_field, to_field) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let choose_window = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = |field: NodeRef<Input>| browser::clock::read_field(&field.get_untracked()?.value());
        match typed(from_field).zip(typed(to_field)) {
            // What is replayed begins anew, and the rest of the view stays.
            Some((from, to)) if from < to => browser::address::go_with(&[
                (FROM, Some(&wording::rfc3339(from))),
                (TO, Some(&wording::rfc3339(to))),
                (player::AT, None),
            ]),
            _ => is_refused.set(true),
        }
    };
    let id = asset_id.clone();
    Effect::new(move |_| {
        browser::header::begin_replay();
        let instant = |name| browser::clock::read(&browser::address::value(name)?);
        let ends = instant(FROM).zip(instant(TO)).filter(|(from, to)| from < to);
        let is_asked = [FROM, TO].into_iter().any(|name| browser::address::value(name).is_some());
        is_refused.set(is_asked && ends.is_none());
        let newest = |asset: &LiveAsset| asset.latest().iter().flatten().map(|latest| latest.t).max();
        let newest = live.read(&id, |asset, now| newest(asset).unwrap_or(now)).unwrap_or_default();
        // The last hour is another one whenever it is asked for: the address says which it was.
        let window = player.open(ends.map(|(from, to)| Stretch { from, to }), newest, instant(player::AT));
        for (name, t) in [(FROM, window.from), (TO, window.to)].into_iter().filter(|_| ends.is_none()) {
            browser::address::note(name, Some(&wording::rfc3339(t)));
        }
        browser::inspect::set_replay(Some(Rc::new(move || player.inspected())));
        on_cleanup(move || {
            browser::inspect::set_replay(None);
            lab.close();
            browser::header::end_replay(live.link.get_untracked());
        });
    });

    let id = asset_id.clone();
    let title_of_shown = move || {
        live.read(&id, |asset, _| asset.model.quantities.get(shown.get()).map(|quantity| quantity.title.clone()))
            .flatten()
    };
    let id = asset_id.clone();
    let summary =
        Signal::derive(move || alone.watch(&id, |asset, now| summary_of(asset, shown.get(), now)).unwrap_or_default());
    let signals = facts.signals;
    let is_measured = Signal::derive(move || shown.get() < signals);
    let id = asset_id.clone();
    let is_limited = Signal::derive(move || {
        let limits = |asset: &LiveAsset| asset.model.quantities.get(shown.get())?.normal;
        live.read(&id, |asset, _| limits(asset)).flatten().is_some()
    });
    let id = asset_id.clone();
    let regimes = Memo::new(move |_| alone.watch(&id, |asset, _| regimes_of(asset)).unwrap_or_default());
    let id = asset_id.clone();
    let judged = Memo::new(move |_| {
        let (inside, all) = alone.watch(&id, |asset, now| replay::judged(asset, shown.get(), now)).unwrap_or_default();
        match all {
            0 => String::new(),
            all => {
                format!("Of {all} measurements that then came, {inside} lie in the 90\u{a0}% band of this forecast.")
            }
        }
    });
    let id = asset_id.clone();
    Effect::new(move |_| {
        let horizon = alone.read(&id, |asset, _| asset.model.horizon).unwrap_or_default();
        let (window, (end, _)) = (player.window.get(), player.end.get());
        time.bounds.set(window.map(|window| Stretch::new(window.from - horizon, end.max(window.to) + horizon)));
    });
    let foretold = Memo::new(move |_| player.foretold());
    let stand = move || match player.rests_at.get() {
        Some((seq, hash)) => format!("Twin after entry {}: state {}. ", wording::count(seq), &hash[..8]),
        None => String::new(),
    };
    let id = asset_id.clone();
    let what_if = Memo::new(move |_| {
        player.rests_at.track();
        let pin = alone.read(&id, |asset, _| Pin::shown(asset)).flatten()?;
        Some(format!("/assets/{id}?{}={}", pin::KEY, pin.write()))
    });
    let tiles = (0..facts.quantities.len())
        .map(|quantity| {
            let asset_id = asset_id.clone();
            view! { <ValueTile live=alone asset_id quantity shown=shown.into() on_choose=choose /> }
        })
        .collect_view();
    let assumption = |(title, future): &(String, String)| view! { <li>{format!("{title}: {future}")}</li> };
    let none = Signal::stored(Vec::<char>::new());
    let has_physics = facts.has_physics;
    view! {
        <Title text=format!("Replay of {}", facts.title) />
        <article class="replay-page">
            <header class="replay-page__head">
                <p class="replay-page__path">
                    <a href=format!("/assets/{asset_id}")>"Back to live"</a>
                    <span>{facts.path}</span>
                </p>
                <div class="replay-page__title">
                    <h1>{format!("Replay of {}", facts.title)}</h1>
                    <StateBadge live=alone asset_id=asset_id.clone() />
                    <p class="replay-page__note" hidden=move || regimes.with(String::is_empty)>
                        {regimes}
                    </p>
                    <AssetBadges live=alone asset_id=asset_id.clone() />
                </div>
            </header>
            <ReplayBadge player />
            <p class="notice" role="alert" hidden=move || !is_refused.get()>
                "A window has a begin and an end after it: the one that was asked for has not, and is not replayed."
            </p>
            <form class="replay-page__window" on:submit=choose_window>
                <label>
                    "Window from "
                    <input
                        type="datetime-local"
                        step="1"
                        name=FROM
                        node_ref=from_field
                        prop:value=end(|window| window.from)
                        required
                    />
                </label>
                <label>
                    "to "
                    <input
                        type="datetime-local"
                        step="1"
                        name=TO
                        node_ref=to_field
                        prop:value=end(|window| window.to)
                        required
                    />
                </label>
                <button class="button">"Replay"</button>
            </form>
            <Diagnosis live=alone asset_id=asset_id.clone() lab ahead=foretold />
            <section class="replay-page__card" aria-labelledby="chart-title">
                <ReplayTools player />
                <div class="replay-page__chart-head">
                    <h2 id="chart-title">{title_of_shown}</h2>
                    <StretchTools live=alone asset_id=asset_id.clone() shown=time busy />
                </div>
                <PlotLegend is_measured is_foreseen=Signal::stored(has_physics) has_outlook=facts.has_outlook is_simulated=Signal::stored(false) is_limited kept=none shown=time />
                <ul class="plot-legend" aria-label="Line of what was not known yet" hidden=move || !is_measured.get()>
                    <li class="plot-legend__one">
                        <svg class="plot-legend__line plot-legend__line--later" viewBox="0 0 32 12" aria-hidden="true">
                            <path d="M0 6h32" />
                        </svg>
                        "what then came, not known at this instant"
                    </li>
                </ul>
                <TrendPlot
                    live=alone
                    asset_id=asset_id.clone()
                    quantity=shown.into()
                    detail=Detail::Full
                    summary=summary
                    shown=time
                    busy=busy
                    flags=flags
                />
                <ResidualPlot live=alone asset_id=asset_id.clone() quantity=shown.into() shown=time />
                <p class="replay-page__note">{judged}</p>
                <PlotTable
                    live=alone
                    asset_id=asset_id.clone()
                    quantity=shown.into()
                    kept=none
                    shown=time
                    flags=known
                />
                <p class="replay-page__note">
                    {stand}
                    <a hidden=move || what_if.with(Option::is_none) href=move || what_if.get().unwrap_or_default()>
                        "What if somebody had acted here?"
                    </a>
                </p>
                <div class="replay-page__assumptions" hidden=!has_physics>
                    <h3>"Each forecast assumes"</h3>
                    <ul>{facts.futures.iter().map(assumption).collect_view()}</ul>
                </div>
            </section>
            <LearnedCard live=alone asset_id=asset_id.clone() />
            <section class="replay-page__tiles" aria-label="Values of this instant">
                {tiles}
            </section>
            <section class="replay-page__card replay-page__outcomes" hidden=!has_physics aria-label="Outcomes as foreseen at this instant">
                <OutcomeTable live=alone asset_id=asset_id.clone() kept=none />
            </section>
            <EventList live=alone asset_id=asset_id.clone() />
            <ProcessSketch live=alone asset_id=asset_id.clone() />
            <p class="replay-page__note">
                "Entries come in the order in which they were kept: one that was late comes when it came. The twin is stepped by the model and the kernel of today, from the state that the server works out for the first entry of the window."
            </p>
        </article>
    }
    .into_any()
}
