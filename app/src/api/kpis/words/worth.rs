//! What was saved against a baseline, and overall equipment effectiveness.

use services::{catalog::Asset, kpi::report::OfAsset};

use super::{
    Found,
    cards::card,
    detail, hours, many, percent, points,
    trend::{Better, target, trend},
};
use crate::{
    figures::{Card, Detail},
    wording,
};

pub fn savings(found: &Found) -> Card {
    let counted: Vec<_> = found.assets().filter_map(|(asset, of)| Some((asset, of, of.saved()?))).collect();
    let value = (!counted.is_empty()).then(|| counted.iter().map(|(_, _, saved)| saved).sum::<f64>());
    let of = |(asset, of, saved): &(&Asset, &OfAsset, f64)| {
        let then = of.baseline.unwrap_or_default();
        let (cost_then, cost_now) = of.compared().unwrap_or_default();
        format!(
            "{}: {} in {} then \u{d7} {} / {} now \u{2212} {} = {}",
            asset.title,
            wording::money(cost_then),
            hours(then.account.busy()),
            hours(of.figures.account.busy()),
            hours(then.account.busy()),
            wording::money(cost_now),
            wording::money(*saved)
        )
    };
    let filled = counted.iter().take(detail::LISTED).map(of).collect();
    let baseline = found.services.catalog.kpi().baseline;
    let told = baseline.map(|[first, last]| format!("against {first} to {last}"));
    let otherwise = if baseline.is_some() { "Nothing to compare" } else { "No baseline is set" };
    Card {
        aside: match value {
            Some(saved) if saved < 0.0 => format!("dearer than the baseline, {}", told.unwrap_or_default()),
            _ => told.unwrap_or_default(),
        },
        target: String::new(),
        trend: String::new(),
        detail: Detail {
            formula: "What as much planned busy time cost in the baseline \u{2212} what it cost now".into(),
            filled,
            standard: "As avoided cost in IPMVP: the baseline adjusted to the period, less the period.".into(),
            facts: vec![
                "Counted are downtime and energy that have a price and are known of both periods.".into(),
                format!("n = {}.", many(counted.len() as u64, "asset", "assets")),
            ],
            ..Detail::default()
        },
        ..card("savings", "Savings", value.map(wording::signed_money), otherwise)
    }
}

pub fn oee(found: &Found) -> Option<Card> {
    let counted: Vec<_> = found.assets().filter_map(|(asset, of)| Some((asset, of, of.figures.oee?))).collect();
    let (asset, of, oee) = counted.first().copied()?;
    let others = counted.len() - 1;
    let output = of.figures.output?;
    let (target, is_missed) = target(Some(oee.value()), asset.kpi.targets.oee, Better::Higher, percent, points);
    let count = |n: f64| wording::count(n.max(0.0) as u64);
    let possible = of.figures.account.operating().secs() * output.ideal_per_sec;
    let filled = vec![
        format!("Availability = {}", percent(oee.availability)),
        format!(
            "Effectiveness = {} made / {} possible by design = {}",
            count(output.made),
            count(possible),
            percent(oee.effectiveness)
        ),
        format!(
            "Quality ratio = {} good / {} made = {}",
            count(output.made - output.rejected),
            count(output.made),
            percent(oee.quality)
        ),
        format!(
            "{} \u{d7} {} \u{d7} {} = {}",
            percent(oee.availability),
            percent(oee.effectiveness),
            percent(oee.quality),
            percent(oee.value())
        ),
    ];
    let before = of.before.and_then(|before| before.oee).map(|oee| oee.value());
    let others =
        if others > 0 { format!("; {} in the table", many(others as u64, "other", "others")) } else { String::new() };
    Some(Card {
        aside: format!("{}{others}", asset.title),
        target,
        is_missed,
        trend: trend(found, Some(oee.value()), before, Better::Higher, points),
        detail: Detail {
            formula: "Availability \u{d7} effectiveness \u{d7} quality ratio".into(),
            filled,
            standard: "ISO 22400-2, overall equipment effectiveness index.".into(),
            facts: detail::facts(found),
            ..Detail::default()
        },
        ..card("oee", "OEE", Some(percent(oee.value())), "")
    })
}
