//! What stands beneath a figure: how much is known, and the stops that it is made of.

use services::{
    catalog::Asset,
    kpi::{Known, calendar, hold, report::OfAsset},
};
use twin::kpi::StopKind;

use super::{Found, link, many, percent};
use crate::{
    figures::{Detail, StopLine},
    wording,
};

/// Lines of a list; the rest is counted.
pub const LISTED: usize = 12;

/// How much of the time is known, and by what rules.
pub fn facts(found: &Found) -> Vec<String> {
    let mut facts = Vec::new();
    match found.now.coverage() {
        Some(coverage) => facts.push(format!(
            "Coverage: telemetry is known for {} of the required time of {}.",
            percent(coverage),
            many(found.assets().filter(|(asset, _)| is_watched(asset)).count() as u64, "asset", "assets")
        )),
        None => facts.push("Coverage: by told events alone; no rule looks at telemetry for what was not told.".into()),
    }
    for (asset, _) in found.assets().take(LISTED) {
        facts.extend(asset.kpi.stopped.as_ref().map(|rule| {
            let signal = &asset.model.signals[usize::from(rule.signal)];
            format!(
                "{} is derived to stand where {} is below {} for {} or longer, a value holding for up to {}.",
                asset.title,
                signal.title.to_lowercase(),
                wording::as_set(rule.below, &signal.unit),
                wording::span(rule.at_least),
                wording::span(hold(asset, rule.signal))
            )
        }));
    }
    facts
}

fn is_watched(asset: &Asset) -> bool {
    asset.kpi.stopped.is_some() || asset.kpi.energy.is_some()
}

/// The stops of the period of the kinds that are wanted, the last first.
pub fn stops(found: &Found, is_wanted: impl Fn(StopKind) -> bool) -> Detail {
    let of_asset = |(asset, of)| stops_of(asset, of);
    let mut all: Vec<_> =
        found.assets().flat_map(of_asset).filter(|(_, _, known)| is_wanted(known.stop.kind)).collect();
    let count = all.len();
    let begins = |(_, _, known): &(_, _, &Known)| std::cmp::Reverse(known.stop.during.from);
    if count > LISTED {
        // Of very many only the last are to be in order.
        all.select_nth_unstable_by_key(LISTED, begins);
        all.truncate(LISTED);
    }
    all.sort_by_key(begins);
    let lines = all.into_iter().map(|(asset, of, known)| line(found, asset, of, known)).collect();
    let left = count.saturating_sub(LISTED) as u64;
    let more = if left > 0 { format!("{} before these.", many(left, "stop", "stops")) } else { String::new() };
    Detail { stops: lines, more, ..Detail::default() }
}

fn stops_of<'a>(
    asset: &'a Asset,
    of: &'a OfAsset,
) -> impl Iterator<Item = (&'a Asset, &'a OfAsset, &'a Known)> + use<'a> {
    of.stops.iter().map(move |known| (asset, of, known))
}

fn line(found: &Found, asset: &Asset, of: &OfAsset, known: &Known) -> StopLine {
    let zone = &found.services.catalog.kpi().zone;
    let stop = known.stop;
    let what = match stop.kind {
        StopKind::Failure => "Failure",
        StopKind::Unplanned => "Unplanned stop",
        StopKind::Planned => "Planned stop",
    };
    let mut marks = Vec::new();
    if known.seq.is_none() {
        marks.push("derived".to_owned());
    }
    if asset.simulated {
        marks.push("simulated".to_owned());
    }
    let length = wording::span(stop.during.length());
    StopLine {
        when: calendar::zoned(zone, stop.during.from).strftime("%-d %b %H:%M").to_string(),
        lasts: if stop.is_open { format!("{length}, lasts still") } else { length },
        what: what.into(),
        asset: asset.title.clone(),
        link: link(asset),
        marks,
        note: known.seq.and_then(|seq| of.notes.get(&seq)).cloned().unwrap_or_default(),
    }
}
