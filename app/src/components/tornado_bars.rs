//! How far each slider alone can move the shown quantity: the widest bar first.

use leptos::prelude::*;
use twin::{
    Timestamp,
    id::AssetId,
    whatif::{End, Extent, Swing},
};

use crate::{
    live::{
        Live,
        asset::LiveAsset,
        lab::{Lab, Stage},
    },
    wording,
};

/// What of a future a bar is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Statistic {
    Last,
    Highest,
    Lowest,
}

const STATISTICS: [(Statistic, &str); 3] = [
    (Statistic::Last, "at the horizon's end"),
    (Statistic::Highest, "at its highest"),
    (Statistic::Lowest, "at its lowest"),
];

impl Statistic {
    fn of(self, extent: &Extent) -> f64 {
        match self {
            Statistic::Last => extent.last,
            Statistic::Highest => extent.highest,
            Statistic::Lowest => extent.lowest,
        }
    }
}

/// One slider, in words and as places on the common axis in percent.
#[derive(Debug, Clone, PartialEq)]
struct Bar {
    title: String,
    /// The slider's least and greatest value.
    ends: [String; 2],
    /// What comes of them.
    outcomes: [String; 2],
    /// Where the bar begins and ends, and where the sliders as they stand leave the quantity.
    from: f64,
    to: f64,
    centre: f64,
}

#[component]
pub fn TornadoBars(live: Live, asset_id: AssetId, lab: Lab, shown: Signal<usize>) -> impl IntoView {
    let statistic = RwSignal::new(Statistic::Last);
    let bars = Memo::new(move |_| {
        let (shown, statistic) = (shown.get(), statistic.get());
        lab.swings.with(|swings| {
            live.read(&asset_id, |asset, now| bars_of(asset, asset.shown_now(now), &swings.known, shown, statistic))
        })
    });
    let row = |bar: Bar| {
        let percent = |share: f64| format!("{share:.2}%");
        let [low, high] = bar.ends;
        let [of_low, of_high] = bar.outcomes;
        view! {
            <tr>
                <th scope="row">
                    {bar.title} <span class="tornado__ends">{format!("{low} to {high}")}</span>
                </th>
                <td class="tornado__bar">
                    <svg aria-hidden="true">
                        <rect x=percent(bar.from) y="3" width=percent(bar.to - bar.from) height="10" />
                        <line x1=percent(bar.centre) x2=percent(bar.centre) y1="0" y2="16" />
                    </svg>
                </td>
                <td class="tornado__outcomes">{format!("{of_low} to {of_high}")}</td>
            </tr>
        }
    };
    let choose = move |event: leptos::ev::Event| {
        let chosen = event_target_value(&event);
        if let Some((own, _)) = STATISTICS.iter().find(|(_, words)| *words == chosen) {
            statistic.set(*own);
        }
    };
    let options = STATISTICS.map(|(_, words)| view! { <option value=words>{words}</option> });
    let stage = move || lab.swings.with(|swings| swings.stage);
    let said = move || match stage() {
        Stage::Idle | Stage::Done => "",
        Stage::Stepping => "Stepping the futures at both ends of each slider\u{2026}",
        Stage::Stopped => "Not stepped to the end: move a slider to begin again.",
    };
    view! {
        <label class="tornado__choice">
            "The chart\u{2019}s quantity "
            <select on:change=choose>{super::all(options.into_iter())}</select>
        </label>
        <p class="tornado__said" role="status">{said}</p>
        <table class=("tornado__table--old", move || stage() != Stage::Done)>
            <caption class="tornado__caption">
                "Each slider from its least to its greatest value, the others as they stand. The line is where they stand now."
            </caption>
            <thead class="tornado__head">
                <tr>
                    <th scope="col">"Slider"</th>
                    <th scope="col">"Bar"</th>
                    <th scope="col">"Outcome"</th>
                </tr>
            </thead>
            <tbody>{move || super::all(bars.get().unwrap_or_default().into_iter().map(row))}</tbody>
        </table>
    }
}

fn bars_of(asset: &LiveAsset, now: Timestamp, swings: &[Swing], shown: usize, statistic: Statistic) -> Vec<Bar> {
    let Some(quantity) = asset.model.quantities.get(shown) else { return Vec::new() };
    let value = |end: &End| {
        let value = end.extents.get(shown).map(|extent| statistic.of(extent))?;
        value.is_finite().then_some(value)
    };
    let known = |swing: &Swing| Some([value(&swing.low)?, value(&swing.set)?, value(&swing.high)?]);
    let width = |[low, _, high]: &[f64; 3]| (high - low).abs();
    // The widest first.
    let mut all: Vec<(&Swing, [f64; 3])> = Vec::new();
    for (swing, values) in swings.iter().filter_map(|own| Some((own, known(own)?))) {
        let at = all.partition_point(|(_, own)| width(own) >= width(&values));
        all.insert(at, (swing, values));
    }

    let values = || all.iter().flat_map(|(_, values)| *values);
    let (least, most) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    // A bar of a slider that moves nothing is still seen.
    let place = |value: f64| if most > least { 1.0 + 98.0 * (value - least) / (most - least) } else { 50.0 };
    let decimals = wording::decimals(quantity.range);
    let outcome = |value: f64, end: &End| {
        let words = wording::quantity(value, decimals, &quantity.unit);
        end.stops.map_or(words.clone(), |stops| format!("{words} (stops in {})", wording::span(stops - now)))
    };
    let bar = |(swing, [low, set, high]): (&Swing, [f64; 3])| {
        let slider = asset.model.sliders.get(usize::from(swing.slider))?;
        Some(Bar {
            title: slider.title.clone(),
            ends: [wording::as_set(slider.min, "1"), wording::as_set(slider.max, &slider.unit)],
            outcomes: [outcome(low, &swing.low), outcome(high, &swing.high)],
            from: place(low.min(high)) - 0.25,
            to: place(low.max(high)) + 0.25,
            centre: place(set),
        })
    };
    all.into_iter().filter_map(bar).collect()
}
