//! What a chart shows as a table, kept up to date while it is open, and as a file.

use leptos::prelude::*;
use twin::{Timestamp, id::AssetId, twin::Band};
use wire::view::FlagView;

use super::Instant;
use crate::{
    browser,
    live::{
        Live,
        asset::LiveAsset,
        stretch::{Shown, Stretch, View},
    },
    plot::{
        compose::{Chart, trend_of},
        layer::Layers,
        table::{self, Row},
        trend::{Detail, Trend},
    },
    wording,
};

/// As many as a table is read for.
const ROWS: usize = 24;
/// The chart that the table is of.
const WIDE: f64 = 960.0;
/// A chart so wide leaves out no point.
const EVERY: f64 = 1e9;

#[component]
pub fn PlotRows(
    live: Live,
    asset_id: AssetId,
    quantity: Signal<usize>,
    kept: Signal<Vec<char>>,
    shown: Shown,
    /// What happened in the stretch that is shown, and around it.
    flags: Signal<Vec<FlagView>>,
    is_open: RwSignal<bool>,
) -> impl IntoView {
    let id = asset_id.clone();
    let table = Memo::new(move |_| {
        let (number, view) = (quantity.get(), shown.view.get());
        is_open.get().then(|| live.watch(&id, |asset, now| Table::of(asset, number, now, view)).flatten()).flatten()
    });
    // Where the past is replayed, what was not known yet has a column of its own.
    let is_replayed = live.is_replayed();
    let column = |name: String| view! { <th scope="col">{name}</th> };
    let head = move || {
        let unit = table.with(|table| table.as_ref().map_or_else(String::new, |table| table.unit.clone()));
        let named = |name: &str| if unit.is_empty() { name.to_string() } else { format!("{name}, {unit}") };
        let kept = kept.get().into_iter().map(|letter| named(&format!("Scenario {letter}")));
        let later = is_replayed.then(|| named("What then came"));
        let first = [named("Measured")].into_iter().chain(later).chain([named("Twin, 5 to 95 %")]);
        super::all(first.chain(kept).chain([named("Simulation, 5 to 95 %")]).map(column))
    };
    let rows = move || {
        let row = |decimals: usize, row: Row| {
            let value = |value: Option<f64>| wording::number(value.unwrap_or(f64::NAN), decimals);
            let band = |band: Option<Band>| match band {
                Some(band) => {
                    format!("{} ({} to {})", value(Some(band.mid)), value(Some(band.low)), value(Some(band.high)))
                }
                None => wording::NOTHING.to_string(),
            };
            let kept = row.kept.iter().map(|kept| value(*kept));
            let later = is_replayed.then(|| value(row.later));
            let known = [value(row.measured)].into_iter().chain(later).chain([band(row.twin)]);
            let cells = known.chain(kept).chain([band(row.scenario)]);
            view! {
                <tr>
                    <th scope="row">
                        <Instant live t=row.t />
                    </th>
                    {super::all(cells.map(|cell| view! { <td>{cell}</td> }))}
                </tr>
            }
        };
        table.get().map(|table| super::all(table.rows.into_iter().map(|own| row(table.decimals, own))))
    };
    let happened = Memo::new(move |_| {
        let Some(Stretch { from, to }) = table.with(|table| table.as_ref().map(|table| table.stretch)) else {
            return Vec::new();
        };
        let is_within = |flag: &&FlagView| flag.t <= to && flag.until.unwrap_or(flag.t) >= from;
        flags.with(|flags| flags.iter().filter(is_within).cloned().collect::<Vec<FlagView>>())
    });
    let event = move |flag: FlagView| {
        view! {
            <li>
                <Instant live t=flag.t />
                " "
                {flag.words}
            </li>
        }
    };
    let save = move |_| {
        let made = live.read(&asset_id, |asset, now| {
            let (number, view) = (quantity.get_untracked(), shown.view.get_untracked());
            let quantity = asset.model.quantities.get(number)?;
            let text = table::csv(&trend(asset, number, now, view, EVERY), &quantity.unit, &kept.get_untracked());
            Some((format!("{asset_id}-{}.csv", quantity.name), text))
        });
        if let Some((name, text)) = made.flatten() {
            browser::download::save(&name, "text/csv;charset=utf-8", &text);
        }
    };
    view! {
        <div class="plot-table__scroll">
            <table>
                <caption class="plot-table__caption">"The chart at even instants"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Time"</th>
                        {head}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <div class="plot-table__events" hidden=move || happened.with(Vec::is_empty)>
            <h3>"Events in this stretch"</h3>
            <ul>{move || super::all(happened.get().into_iter().map(event))}</ul>
        </div>
        <button type="button" class="button" on:click=save>
            {move || match shown.view.get() {
                View::Around => "Download every point as CSV",
                // The history of a long stretch comes thinned; the page of its history has every sample.
                View::Last(_) | View::Held(_) => "Download the points of the chart as CSV",
            }}
        </button>
    }
}

/// What the table shows.
#[derive(Debug, Clone, PartialEq)]
struct Table {
    unit: String,
    decimals: usize,
    stretch: Stretch,
    rows: Vec<Row>,
}

impl Table {
    fn of(asset: &LiveAsset, number: usize, now: Timestamp, view: View) -> Option<Table> {
        let quantity = asset.model.quantities.get(number)?;
        let trend = trend(asset, number, now, view, WIDE);
        Some(Table {
            unit: wording::unit(&quantity.unit),
            decimals: wording::decimals(quantity.range),
            stretch: Stretch { from: trend.from, to: trend.to },
            rows: table::rows(&trend, ROWS),
        })
    }
}

fn trend(asset: &LiveAsset, quantity: usize, now: Timestamp, view: View, css_width: f64) -> Trend {
    let chart = Chart {
        quantity,
        detail: Detail::Full,
        css_width,
        css_height: 320.0,
        pixel_ratio: 1.0,
        view,
        horizon: None,
        // A table holds what can be hidden from sight.
        layers: Layers::default(),
        others: None,
    };
    trend_of(asset, asset.shown_now(now), &chart)
}
