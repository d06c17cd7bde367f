//! What comes of it, as it is and in each scenario: when each failure is met, where the headline ends up, what it costs.

use leptos::prelude::*;
use twin::{
    Projection, Timestamp,
    id::AssetId,
    model::{Failure, Quantity},
};

use crate::{
    live::{Live, asset::LiveAsset, cost, outlook::Meeting},
    wording,
};

/// One line of the table, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Outcome {
    what: String,
    baseline: String,
    /// One a scenario that is kept.
    kept: Vec<String>,
    scenario: String,
    difference: String,
}

impl Outcome {
    /// What each future comes to, in words: `None` where it does not come to this at all.
    fn of<T>(
        asset: &LiveAsset,
        what: String,
        find: impl Fn(&Projection) -> Option<T>,
        words: impl Fn(&T) -> String,
        difference: impl Fn(&T, &T) -> String,
    ) -> Option<Outcome> {
        let said = |found: Option<T>| found.as_ref().map_or_else(|| wording::NOTHING.to_string(), &words);
        let baseline = find(asset.baseline()?)?;
        let scenario = asset.changed().and_then(&find);
        let difference = scenario.as_ref().map(|scenario| difference(&baseline, scenario));
        Some(Outcome {
            what,
            baseline: words(&baseline),
            kept: asset.kept_futures().into_iter().map(|future| said(find(future))).collect(),
            scenario: said(scenario),
            difference: difference.unwrap_or_else(|| wording::NOTHING.to_string()),
        })
    }
}

#[component]
pub fn OutcomeTable(live: Live, asset_id: AssetId, kept: Signal<Vec<char>>) -> impl IntoView {
    let outcomes = Memo::new(move |_| {
        live.watch(&asset_id, |asset, now| {
            let now = asset.shown_now(now);
            let mut outcomes = meetings(asset, now);
            outcomes.extend(headline(asset));
            outcomes.extend(costs(asset, now));
            (outcomes, asset.changed().is_some())
        })
        .unwrap_or_default()
    });
    let is_simulated = move || outcomes.with(|(_, is_simulated)| *is_simulated);
    let rows = move || {
        let letters = kept.get();
        let row = |outcome: Outcome| {
            let column = |(letter, words): (&char, String)| {
                view! {
                    <td class="outcome-table__kept" data-column=letter.to_string()>
                        {words}
                    </td>
                }
            };
            view! {
                <tr>
                    <th scope="row">{outcome.what}</th>
                    <td data-column="As it is">{outcome.baseline}</td>
                    {super::all(letters.iter().zip(outcome.kept).map(column))}
                    <td class="outcome-table__simulated" data-column="Simulation">
                        {outcome.scenario}
                    </td>
                    <td class="outcome-table__difference" data-column="Difference">
                        {outcome.difference}
                    </td>
                </tr>
            }
        };
        outcomes.with(|(outcomes, _)| super::all(outcomes.iter().cloned().map(row)))
    };
    let letter = |letter: char| view! { <th scope="col">{letter.to_string()}</th> };
    view! {
        <div class="outcome-table" class=("outcome-table--simulated", is_simulated)>
            <table>
                <caption>"What comes of it"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Outcome"</th>
                        <th scope="col">"As it is"</th>
                        {move || super::all(kept.get().into_iter().map(letter))}
                        <th scope="col">"Simulation"</th>
                        <th scope="col">"Difference"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            <p class="outcome-table__none" hidden=move || outcomes.with(|(outcomes, _)| !outcomes.is_empty())>
                "The twin waits for data: there is no future to show yet."
            </p>
        </div>
    }
}

fn meetings(asset: &LiveAsset, now: Timestamp) -> Vec<Outcome> {
    let of = |(number, failure): (usize, &Failure)| {
        let find = |future: &Projection| Some(Meeting::of(future.crossings.get(number)?, now));
        let words = |meeting: &Meeting| wording::meeting(meeting, asset.model.horizon);
        Outcome::of(asset, failure.title.clone(), find, words, wording::difference)
    };
    asset.model.failures.iter().enumerate().filter_map(of).collect()
}

/// The greatest and the least of the headline; nothing of a future that ends before, with the asset.
fn headline(asset: &LiveAsset) -> Vec<Outcome> {
    let number = asset.model.headline;
    let Some(quantity) = asset.model.quantities.get(number) else { return Vec::new() };
    let decimals = wording::decimals(quantity.range);
    let words = |value: &f64| wording::quantity(*value, decimals, &quantity.unit);
    let difference = |before: &f64, after: &f64| {
        wording::signed(after - before, decimals, wording::unit_of_difference(&quantity.unit))
    };
    let outcome = |end: &str, pick: fn(f64, f64) -> f64| {
        let find = |future: &Projection| {
            let is_whole = future.stop(&asset.model).is_none();
            let bands = future.bands.get(number).filter(|_| is_whole)?;
            bands.iter().map(|band| band.mid).reduce(pick)
        };
        Outcome::of(asset, format!("{}, {end}", quantity.title), find, words, difference)
    };
    [outcome("highest", f64::max), outcome("lowest", f64::min)].into_iter().flatten().collect()
}

/// What is spent until the future's end, by the model's own rates of cost, and what repairs are to be expected to cost.
fn costs(asset: &LiveAsset, now: Timestamp) -> Vec<Outcome> {
    let words = |cost: &f64| wording::money(*cost);
    let difference = |before: &f64, after: &f64| wording::signed_money(after - before);
    let of = |(number, quantity): (usize, &Quantity)| {
        let per = cost::seconds_of(&quantity.unit)?;
        let find = |future: &Projection| cost::spent(future, number, per, now);
        let what = format!("{}, until the forecast ends", quantity.title);
        Outcome::of(asset, what, find, words, difference)
    };
    let spent = asset.model.quantities.iter().enumerate().filter_map(of);
    let find = |future: &Projection| cost::first_repairs(&asset.model, future);
    let repairs = Outcome::of(asset, "First repair of each kind, by likelihood".to_string(), find, words, difference);
    spent.chain(repairs).collect()
}
