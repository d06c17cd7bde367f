//! What stands above every page of a wall: the plant, how it is, and what is abnormal now. Text, put up to date in place.

use crate::{
    components::{state_badge, summary_of},
    live::{
        Live,
        ranking::{Ask, Class, Ranking},
    },
    wording::escaped,
};

/// More would not be read from afar; the rest is counted.
const NAMED: usize = 4;

pub fn html(live: Live, ranking: &Ranking) -> String {
    let (title, abnormal) = live.fleet(|fleet| {
        let assets = fleet.order.iter().filter_map(|id| fleet.asset(id)).zip(&ranking.urgencies);
        let abnormal = assets.filter(|(_, urgency)| urgency.class == Class::Abnormal).map(|(asset, _)| {
            let now = fleet.asset_now(asset);
            let words = state_badge::words(asset, asset.condition(now), now);
            let (id, title) = (asset.view.id.as_str(), escaped(&asset.view.title));
            ["<li><a href=\"/assets/", id, "\"><b>", &title, "</b> ", &escaped(&words), "</a></li>"].concat()
        });
        (escaped(&fleet.title), abnormal.collect::<Vec<String>>())
    });
    let (all, counts) = ranking.counts(&Ask::default());
    let summary = summary_of(all, counts);
    let mut html = ["<p class=\"wall__plant\">", &title, "</p><p class=\"wall__summary\">", &summary, "</p>"].concat();
    html += "<div class=\"wall__abnormal\" role=\"status\" aria-label=\"Abnormal now\"><ul>";
    html += &abnormal[..abnormal.len().min(NAMED)].concat();
    if abnormal.len() > NAMED {
        html += &format!("<li class=\"wall__more\">and {} more</li>", abnormal.len() - NAMED);
    }
    html + "</ul></div>"
}
