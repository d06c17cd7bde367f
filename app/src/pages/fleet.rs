//! All assets at a glance: a tile each.

use leptos::prelude::*;
use leptos_meta::Title;

use super::WithPlant;
use crate::{
    components::{AssetTile, LinkNote},
    live::{Live, condition::Condition},
};

#[component]
pub fn FleetPage() -> impl IntoView {
    view! {
        <Title text="Fleet" />
        <WithPlant page=|live| view! { <Tiles live /> } />
    }
}

#[component]
fn Tiles(live: Live) -> impl IntoView {
    let title = live.fleet(|fleet| fleet.title.clone());
    let asset_ids = live.asset_ids();
    let unreadable = live.fleet(|fleet| fleet.unreadable.clone());
    let is_empty = asset_ids.is_empty() && unreadable.is_empty();
    let ids = asset_ids.clone();
    let summary = Memo::new(move |_| {
        let conditions: Vec<Condition> =
            ids.iter().filter_map(|id| live.watch(id, |asset, now| asset.condition(now))).collect();
        summary_of(&conditions)
    });
    view! {
        <div class="fleet-page">
            <header class="fleet-page__head">
                <h1>{title}</h1>
                <p class="fleet-page__summary">{summary}</p>
            </header>
            <LinkNote live />
            {is_empty
                .then(|| {
                    view! {
                        <section class="notice">
                            <h2>"No assets yet"</h2>
                            <p>
                                "The plant file names the assets. Once the server has read one that has some, they stand here."
                            </p>
                        </section>
                    }
                })}
            <ul class="fleet-page__tiles">
                {asset_ids
                    .into_iter()
                    .map(|asset_id| {
                        view! {
                            <li>
                                <AssetTile live asset_id />
                            </li>
                        }
                    })
                    .collect_view()}
                {unreadable
                    .into_iter()
                    .map(|asset| {
                        view! {
                            <li class="notice notice--trouble">
                                <h2>{asset.title}</h2>
                                <p>
                                    "This page cannot read the asset\u{2019}s model. Loading the page again helps if the server is newer."
                                </p>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </div>
    }
}

fn summary_of(conditions: &[Condition]) -> String {
    let count = |is: fn(&Condition) -> bool| conditions.iter().filter(|condition| is(condition)).count();
    let abnormal = count(|condition| matches!(condition, Condition::Abnormal { .. }));
    let silent = count(|condition| matches!(condition, Condition::Stale | Condition::Empty));
    let assets = if conditions.len() == 1 { "1 asset".to_string() } else { format!("{} assets", conditions.len()) };
    match (abnormal, silent) {
        (0, 0) => format!("{assets}, none abnormal"),
        (0, _) => format!("{assets}, none abnormal, {silent} without new data"),
        (_, 0) => format!("{assets}, {abnormal} abnormal"),
        _ => format!("{assets}, {abnormal} abnormal, {silent} without new data"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::condition::Side;

    #[test]
    fn the_fleet_is_summed_up_in_one_line() {
        let abnormal = Condition::Abnormal { quantity: 0, side: Side::Above };
        let check = |conditions: &[Condition], expected: &str| assert_eq!(summary_of(conditions), expected);
        check(&[Condition::Live], "1 asset, none abnormal");
        check(&[Condition::Live, abnormal], "2 assets, 1 abnormal");
        check(&[Condition::Stale, Condition::Ended], "2 assets, none abnormal, 1 without new data");
    }
}
