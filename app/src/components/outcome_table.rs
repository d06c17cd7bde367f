//! What comes of it: when each failure is met as it is and as simulated, and where the headline ends up.

use leptos::prelude::*;
use twin::{id::AssetId, twin::Band};

use crate::{
    live::{Live, asset::LiveAsset, outlook::Meeting},
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
            let outlook = asset.outlook.as_ref()?;
            let mut outcomes = meetings(asset, now)?;
            outcomes.push(ending(asset)?);
            Some((outcomes, outlook.scenario.is_some()))
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
    let outlook = asset.outlook.as_ref()?;
    let outcomes = outlook.baseline.crossings.iter().enumerate().filter_map(|(i, crossing)| {
        let failure = asset.model.failures.get(usize::from(crossing.failure))?;
        let baseline = Meeting::of(crossing, now);
        let scenario = outlook.scenario.as_ref().and_then(|scenario| scenario.crossings.get(i));
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

/// The headline at the end of both futures.
fn ending(asset: &LiveAsset) -> Option<Outcome> {
    let outlook = asset.outlook.as_ref()?;
    let quantity = asset.model.quantities.get(asset.model.headline)?;
    let decimals = wording::decimals(quantity.range);
    let last = |projection: &twin::Projection| projection.bands.get(asset.model.headline)?.last().copied();
    let words = |band: Band| wording::quantity(band.mid, decimals, &quantity.unit);
    let baseline = last(&outlook.baseline)?;
    let scenario = outlook.scenario.as_ref().and_then(last);
    let difference = scenario.map(|scenario| {
        let moved = scenario.mid - baseline.mid;
        let sign = if moved > 0.0 { "+" } else { "" };
        format!("{sign}{}", wording::quantity(moved, decimals, &quantity.unit))
    });
    let nothing = || wording::NOTHING.to_string();
    Some(Outcome {
        what: format!("{} at the end of the forecast", quantity.title),
        baseline: words(baseline),
        scenario: scenario.map_or_else(nothing, words),
        difference: difference.unwrap_or_else(nothing),
    })
}
