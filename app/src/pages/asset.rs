//! One asset: what is measured, what the twin makes of it, what comes next, and what would come of a change.

pub(super) mod facts;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use twin::id::AssetId;

use self::facts::{Facts, regimes_of, summary_of};
use super::WithAsset;
use crate::{
    browser,
    components::{
        AssetBadges, Diagnosis, EventList, Histogram, LearnedCard, LifeBar, LinkNote, LossNote, MembersNote,
        OriginNote, OutcomeTable, OverviewStrip, PlotLegend, PlotTable, ProcessSketch, ResidualPlot, ResultPin,
        ScenarioForm, StateBadge, StretchTools, Tornado, TrendPlot, ValueTile, VerifiedBadge,
    },
    live::{
        Live,
        asset::LiveAsset,
        calibration,
        lab::Lab,
        replay,
        stretch::{Shown, View},
    },
    plot::trend::Detail,
    wording,
};

/// The name of the chosen quantity in the address. Sliders stand there under their own names.
const SHOW: &str = "show";

#[component]
pub fn AssetPage() -> impl IntoView {
    view! { <WithAsset page=|live, asset_id| view! { <OneAsset live asset_id /> }.into_any() /> }
}

#[component]
fn OneAsset(live: Live, asset_id: AssetId) -> impl IntoView {
    let Some(facts) = live.read(&asset_id, |asset, _| Facts::of(asset)) else { return ().into_any() };
    let query = use_query_map().get_untracked();
    let lab = Lab::asked(live, asset_id.clone(), &query);
    let chosen = query.get(SHOW).and_then(|name| facts.quantities.iter().position(|known| *known == name));
    let shown = RwSignal::new(chosen.unwrap_or(facts.headline));
    let (time, busy, flags) = (Shown::new(View::Around), RwSignal::new(0), RwSignal::new(Vec::new()));
    Effect::new(move |_| browser::address::keep_view(time));
    let choose = {
        let names = facts.quantities.clone();
        Callback::new(move |quantity: usize| {
            shown.set(quantity);
            browser::address::note(SHOW, names.get(quantity).map(String::as_str));
        })
    };
    let id = asset_id.clone();
    Effect::new(move |_| {
        lab.run();
        lab.warm();
        let move_slider = std::rc::Rc::new(move |name: &str, value: f64| lab.set_named(name, value));
        browser::inspect::set_lab(Some((id.clone(), move_slider)));
        on_cleanup(move || {
            browser::inspect::set_lab(None);
            lab.close();
        });
    });

    let id = asset_id.clone();
    // The state of a link is that of a whole twin.
    let is_open = Memo::new(move |_| live.is_open(&id));
    Effect::new(move |_| {
        if is_open.get() {
            lab.open();
        }
    });

    let id = asset_id.clone();
    let title_of_shown = move || {
        live.read(&id, |asset, _| asset.model.quantities.get(shown.get()).map(|quantity| quantity.title.clone()))
            .flatten()
    };
    let id = asset_id.clone();
    let age = move || match live.watch(&id, |asset, now| asset.age(now)).flatten() {
        Some(age) => format!("last sample {}", wording::age(age)),
        None => "no sample yet".to_string(),
    };
    let id = asset_id.clone();
    let summary =
        Signal::derive(move || live.watch(&id, |asset, now| summary_of(asset, shown.get(), now)).unwrap_or_default());
    let signals = facts.signals;
    let is_measured = Signal::derive(move || shown.get() < signals);
    let id = asset_id.clone();
    let is_limited = Signal::derive(move || {
        let limits = |asset: &LiveAsset| asset.model.quantities.get(shown.get())?.normal;
        live.read(&id, |asset, _| limits(asset)).flatten().is_some()
    });
    let id = asset_id.clone();
    let name_of_shown = Memo::new(move |_| {
        let name = |asset: &LiveAsset| asset.model.quantities.get(shown.get()).map(|quantity| quantity.name.clone());
        live.read(&id, |asset, _| name(asset)).flatten().unwrap_or_default()
    });
    let id = asset_id.clone();
    let frozen = Memo::new(move |_| {
        let words = |(t, _)| {
            let t = browser::clock::instant(t);
            format!("The chart stands at {t}, where its futures begin.")
        };
        live.watch(&id, |asset, _| asset.frozen_at()).flatten().map(words).unwrap_or_default()
    });
    let id = asset_id.clone();
    let all_of_it = Memo::new(move |_| format!("/history?asset={id}&signal={}", name_of_shown.get()));
    let id = asset_id.clone();
    let replayed = Memo::new(move |_| match time.view.get() {
        View::Held(held) => {
            let held = held.rounded();
            (replay::address(&id, held.from, held.to), "Replay this stretch")
        }
        View::Around | View::Last(_) => (format!("/assets/{id}/replay"), "Replay the last hour"),
    });
    let id = asset_id.clone();
    let calibrated = Memo::new(move |_| match time.view.get() {
        View::Held(held) => {
            let held = held.rounded();
            calibration::address(&id, held.from, held.to)
        }
        View::Around | View::Last(_) => format!("/assets/{id}/calibration"),
    });
    let is_simulated = Signal::derive(move || lab.is_moved());
    let is_compared = move || lab.is_moved() || lab.kept.with(|kept| !kept.is_empty());
    let kept = Signal::derive(move || lab.kept.with(|kept| kept.iter().map(|own| own.letter).collect::<Vec<char>>()));
    let id = asset_id.clone();
    let regimes = Memo::new(move |_| live.watch(&id, |asset, _| regimes_of(asset)).unwrap_or_default());
    let tiles = (0..facts.quantities.len())
        .map(|quantity| {
            let asset_id = asset_id.clone();
            view! { <ValueTile live asset_id quantity shown=shown.into() on_choose=choose /> }
        })
        .collect_view();
    let assumption = |(title, future): &(String, String)| view! { <li>{format!("{title}: {future}")}</li> };
    let has_sliders = lab.sliders.with_value(|sliders| !sliders.is_empty());
    let id = asset_id.clone();
    let tornado = has_sliders.then(|| view! { <Tornado live asset_id=id lab shown=shown.into() /> });
    let id = asset_id.clone();
    let confidence = Memo::new(move |_| {
        let (inside, all) = live.watch(&id, |asset, _| asset.confidence()).flatten()?;
        Some(format!("twin\u{2019}s 90\u{a0}% band held {inside} of the last {all} measurements"))
    });
    let costs = (!facts.costs.is_empty()).then(|| {
        view! {
            <div class="asset-page__assumptions">
                <h3>"Costs are assumptions"</h3>
                <ul>{facts.costs.iter().map(|cost| view! { <li>{cost.clone()}</li> }).collect_view()}</ul>
            </div>
        }
    });
    let has_physics = facts.has_physics;
    let id = asset_id.clone();
    // Without a formula there is nothing to ask, and nothing that comes of it.
    let what_if = has_physics.then(|| {
        view! {
            <section
                class="asset-page__card asset-page__lab"
                class=("asset-page__card--simulated", is_compared)
                aria-labelledby="lab-title"
            >
                <h2 id="lab-title">"What if"</h2>
                <p class="asset-page__lab-note">
                    <strong>"Simulation."</strong>
                    " Computed in this page; nothing is sent to the asset or the server."
                </p>
                <ScenarioForm lab />
                <ResultPin live asset_id=id.clone() lab />
            </section>
            <section
                class="asset-page__card asset-page__outcomes"
                class=("asset-page__card--simulated", is_compared)
                aria-label="Outcomes"
            >
                <LifeBar live asset_id=id.clone() />
                <OutcomeTable live asset_id=id.clone() kept />
                <Histogram live asset_id=id.clone() shown=shown.into() />
                {costs}
                {tornado}
                <MembersNote live asset_id=id.clone() lab />
            </section>
        }
    });
    view! {
        <Title text=facts.title.clone() />
        <article class="asset-page">
            <header class="asset-page__head">
                <p class="asset-page__path">
                    <a href="/">"Fleet"</a>
                    <span>{facts.path}</span>
                </p>
                <div class="asset-page__title">
                    <h1>{facts.title}</h1>
                    <StateBadge live asset_id=asset_id.clone() />
                </div>
                <div class="asset-page__facts" class=("asset-page__facts--expected", has_physics)>
                    <VerifiedBadge live asset_id=asset_id.clone() />
                    <p class="asset-page__age">{age}</p>
                    <p class="asset-page__confidence" hidden=move || confidence.with(Option::is_none)>
                        {move || confidence.get()}
                    </p>
                    <p class="asset-page__regime" hidden=move || regimes.with(String::is_empty)>
                        {regimes}
                    </p>
                    <AssetBadges live asset_id=asset_id.clone() />
                </div>
            </header>
            <LinkNote live />
            <Diagnosis live asset_id=asset_id.clone() lab />
            <LearnedCard live asset_id=asset_id.clone() />
            <LossNote live asset_id=asset_id.clone() />
            <section class="asset-page__tiles" aria-label="Values">
                {tiles}
            </section>
            <div class="asset-page__main" class=("asset-page__main--plain", !has_physics)>
                <section class="asset-page__card asset-page__chart" aria-labelledby="chart-title">
                    <div class="asset-page__chart-head">
                        <h2 id="chart-title">{title_of_shown}</h2>
                        <StretchTools live asset_id=asset_id.clone() shown=time busy />
                    </div>
                    <p class="asset-page__frozen">{frozen}</p>
                    <PlotLegend is_measured is_foreseen=Signal::stored(has_physics) has_outlook=facts.has_outlook is_simulated is_limited kept shown=time />
                    <TrendPlot
                        live
                        asset_id=asset_id.clone()
                        quantity=shown.into()
                        detail=Detail::Full
                        summary=summary
                        shown=time
                        busy=busy
                        flags=flags
                    />
                    <OverviewStrip live asset_id=asset_id.clone() quantity=shown.into() shown=time />
                    <ResidualPlot live asset_id=asset_id.clone() quantity=shown.into() shown=time />
                    <OriginNote asset_id=asset_id.clone() of=name_of_shown />
                    <p class="asset-page__all">
                        <a href=move || replayed.with(|(href, _)| href.clone())>{move || replayed.with(|(_, words)| *words)}</a>
                    </p>
                    <p class="asset-page__all" hidden=!facts.has_parameters>
                        <a href=move || calibrated.get() data-key="g c">"Calibrate the model over it"</a>
                    </p>
                    <p class="asset-page__all" hidden=move || !is_measured.get()>
                        // A page of mere words.
                        <a rel="external" href=all_of_it>"All of its history"</a>
                    </p>
                    <PlotTable live asset_id=asset_id.clone() quantity=shown.into() kept shown=time flags=flags.into() />
                    {has_physics
                        .then(|| {
                            view! {
                                <div class="asset-page__assumptions">
                                    <h3>"The forecast assumes"</h3>
                                    <ul>{facts.futures.iter().map(assumption).collect_view()}</ul>
                                </div>
                            }
                        })}
                </section>
                {what_if}
                <div class="asset-page__events">
                    <EventList live asset_id=asset_id.clone() />
                </div>
            </div>
            {has_physics.then(|| view! { <ProcessSketch live asset_id=asset_id.clone() /> })}
            <footer class="asset-page__model">
                <p>{format!("Model: {}. Source: {}.", facts.model_title, facts.source)}</p>
                // From the server: where the lineage stands on that page is known to nobody before it is there.
                <p>
                    <a rel="external" href=format!("/data?asset={asset_id}#lineage")>"Where its values come from"</a>
                </p>
            </footer>
        </article>
    }
    .into_any()
}
