//! What comes of it: when each failure is met as it is and as simulated, and where the headline ends up.

use leptos::prelude::*;
use twin::{Projection, id::AssetId, twin::Band};

use crate::{
    live::{
        Live,
        asset::LiveAsset,
        outlook::{self, Meeting},
    },
    wording,
};

/// One line of the table, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Outcome {
    what: String,
    baseline: String,
    scenario: String,
    difference: String,
}

#[component]
pub fn OutcomeTable(live: Live, asset_id: AssetId) -> impl IntoView {
    let outcomes = Memo::new(move |_| {
        live.watch(&asset_id, |asset, now| {
            let mut outcomes = meetings(asset, now)?;
            outcomes.extend(headline(asset).unwrap_or_default());
            Some((outcomes, asset.changed().is_some()))
        })
        .flatten()
        .unwrap_or_default()
    });
    let is_simulated = move || outcomes.get().1;
    let rows = move || {
        let row = |outcome: Outcome| {
            view! {
                <tr>
                    <th scope="row">{outcome.what}</th>
                    <td>{outcome.baseline}</td>
                    <td class="outcome-table__simulated">{outcome.scenario}</td>
                    <td class="outcome-table__difference">{outcome.difference}</td>
                </tr>
            }
        };
        outcomes.get().0.into_iter().map(row).collect_view()
    };
    view! {
        <div class="outcome-table" class=("outcome-table--simulated", is_simulated)>
            <table>
                <caption>"What comes of it"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Outcome"</th>
                        <th scope="col">"As it is"</th>
                        <th scope="col">"Simulation"</th>
                        <th scope="col">"Difference"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            <p class="outcome-table__none" hidden=move || !outcomes.get().0.is_empty()>
                "The twin waits for data: there is no future to show yet."
            </p>
        </div>
    }
}

fn meetings(asset: &LiveAsset, now: twin::Timestamp) -> Option<Vec<Outcome>> {
    let outcomes = asset.baseline()?.crossings.iter().enumerate().filter_map(|(i, crossing)| {
        let failure = asset.model.failures.get(usize::from(crossing.failure))?;
        let baseline = Meeting::of(crossing, now);
        let scenario = asset.changed().and_then(|changed| changed.crossings.get(i));
        let scenario = scenario.map(|crossing| Meeting::of(crossing, now));
        let words = |meeting: &Meeting| wording::meeting(meeting, asset.model.horizon);
        Some(Outcome {
            what: failure.title.clone(),
            baseline: words(&baseline),
            scenario: scenario.as_ref().map_or_else(|| wording::NOTHING.to_string(), words),
            difference: scenario
                .map_or_else(|| wording::NOTHING.to_string(), |scenario| wording::difference(&baseline, &scenario)),
        })
    });
    Some(outcomes.collect())
}

/// The greatest and the least of the headline; nothing where a future ends before, with the asset.
fn headline(asset: &LiveAsset) -> Option<Vec<Outcome>> {
    let (before, after) = (asset.baseline()?, asset.changed());
    let number = asset.model.headline;
    let quantity = asset.model.quantities.get(number)?;
    let stops = |projection: &Projection| outlook::stop_of(&asset.model, projection).is_some();
    if stops(before) || after.is_some_and(stops) {
        return None;
    }
    let decimals = wording::decimals(quantity.range);
    let words = |value: f64| wording::quantity(value, decimals, &quantity.unit);
    let outcome = |what: String, pick: fn(&[Band]) -> Option<f64>| {
        let of = |projection: &Projection| projection.bands.get(number).and_then(|bands| pick(bands));
        let baseline = of(before)?;
        let scenario = after.and_then(of);
        let difference = scenario.map(|scenario| {
            let moved = scenario - baseline;
            let sign = if moved > 0.0 { "+" } else { "" };
            let unit = wording::unit_of_difference(&quantity.unit);
            format!("{sign}{}", wording::quantity(moved, decimals, unit))
        });
        let nothing = || wording::NOTHING.to_string();
        Some(Outcome {
            what,
            baseline: words(baseline),
            scenario: scenario.map_or_else(nothing, words),
            difference: difference.unwrap_or_else(nothing),
        })
    };
    let title = &quantity.title;
    let outcomes = [
        outcome(format!("{title}, highest"), |bands| bands.iter().map(|band| band.mid).reduce(f64::max)),
        outcome(format!("{title}, lowest"), |bands| bands.iter().map(|band| band.mid).reduce(f64::min)),
    ];
    Some(outcomes.into_iter().flatten().collect())
}
