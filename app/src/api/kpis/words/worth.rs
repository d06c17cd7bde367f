//! What was saved against a baseline, and overall equipment effectiveness.

use services::{
    catalog::Asset,
    kpi::{figures::Figures as Sums, report::OfAsset},
};
use twin::kpi::{Compared, an_hour};

use super::{
    Found,
    cards::card,
    detail, hours, many,
    past::drawn,
    percent, points,
    trend::{Better, target, trend},
};
use crate::{
    figures::{Card, Detail},
    wording,
};

pub fn savings(found: &Found) -> Card {
    let counted: Vec<_> = found.assets().filter_map(|(asset, of)| Some((asset, of, of.saved()?))).collect();
    let value = (!counted.is_empty()).then(|| counted.iter().map(|(_, _, saved)| saved).sum::<f64>());
    let lines = counted.iter().flat_map(|(asset, of, _)| lines(asset, of));
    let mut filled: Vec<String> = lines.take(detail::LISTED).collect();
    if filled.len() > 1 {
        filled.extend(value.map(|saved| format!("{} in all", wording::signed_money(saved))));
    }
    let baseline = found.services.catalog.kpi().baseline;
    let told = baseline.map(|[first, last]| format!("against {first} to {last}"));
    let otherwise = if baseline.is_some() { "Nothing to compare" } else { "No baseline is set" };
    Card {
        aside: match value {
            Some(saved) if saved < 0.0 => format!("dearer than the baseline, {}", told.unwrap_or_default()),
            _ => told.unwrap_or_default(),
        },
        past: drawn(found, rates(found), None, Better::Higher, |rate| {
            format!("{}/d", wording::signed_money(rate * 24.0))
        }),
        detail: Detail {
            formula: "What as much time cost in the baseline \u{2212} what it cost now".into(),
            filled,
            standard: "As avoided cost in IPMVP: the baseline adjusted to the period, less the period.".into(),
            facts: vec![
                "Counted are downtime and energy that have a price and are known of both periods: downtime over the \
                 planned busy time, energy over the time in which it is known."
                    .into(),
                format!("n = {}.", many(counted.len() as u64, "asset", "assets")),
            ],
            ..Detail::default()
        },
        ..card("savings", "Savings", value.map(wording::signed_money), otherwise)
    }
}

/// How the savings of an asset come about: by downtime, by energy.
fn lines(asset: &Asset, of: &OfAsset) -> Vec<String> {
    let Some(then) = &of.baseline else { return Vec::new() };
    let line = |(what, compared): (&str, Option<Compared>)| {
        let Compared { then, over_then, now, over_now } = compared?;
        let (over_then, saved) = (hours(over_then), wording::money(compared?.saved()?));
        let (title, then, now, over_now) = (&asset.title, wording::money(then), wording::money(now), hours(over_now));
        Some(format!(
            "{title}, {what}: {then} in {over_then} then \u{d7} {over_now} / {over_then} now \u{2212} {now} = {saved}"
        ))
    };
    ["downtime", "energy"].into_iter().zip(of.figures.compared(then)).filter_map(line).collect()
}

/// EUR saved in an hour of required time, in each of the last periods and in this one.
fn rates(found: &Found) -> Vec<Option<f64>> {
    let of = |get: &dyn Fn(&OfAsset) -> Option<&Sums>| {
        let counted = found.report.assets.iter().filter_map(|of| {
            let sums = get(of)?;
            Some((sums.saved(of.baseline.as_ref()?)?, sums.account.required))
        });
        let (saved, over) = counted.reduce(|one, two| (one.0 + two.0, one.1 + two.1))?;
        an_hour(saved, over)
    };
    let past = (0..found.past.len()).map(|place| of(&|of| of.past.get(place)?.as_ref()));
    past.chain([of(&|of| Some(&of.figures))]).collect()
}

pub fn oee(found: &Found) -> Option<Card> {
    let counted: Vec<_> = found.assets().filter_map(|(asset, of)| Some((asset, of, of.figures.oee?))).collect();
    let (asset, of, oee) = counted.first().copied()?;
    let others = counted.len() - 1;
    let output = of.figures.output?;
    let (value, wanted) = (Some(oee.value()), asset.kpi.targets.oee);
    let (target, is_missed) = target(value, wanted, Better::Higher, percent, points);
    let count = |n: f64| wording::count(n.max(0.0) as u64);
    let filled = vec![
        format!("Availability = {}", percent(oee.availability)),
        format!(
            "Performance (effectiveness) = {} made / {} possible by design = {}",
            count(output.made),
            count(output.possible(&of.figures.account)),
            percent(oee.effectiveness)
        ),
        format!("Quality = {} good / {} made = {}", count(output.good()), count(output.made), percent(oee.quality)),
        format!(
            "{} \u{d7} {} \u{d7} {} = {}",
            percent(oee.availability),
            percent(oee.effectiveness),
            percent(oee.quality),
            percent(oee.value())
        ),
    ];
    let of_sums = |sums: &Sums| sums.oee.map(|oee| oee.value());
    let past = of.past.iter().map(|sums| of_sums(sums.as_ref()?)).chain([value]).collect();
    let others =
        if others > 0 { format!("; {} in the table", many(others as u64, "other", "others")) } else { String::new() };
    Some(Card {
        aside: format!("{}{others}", asset.title),
        target,
        is_missed,
        trend: trend(found, value, of.before.as_ref().and_then(of_sums), Better::Higher, points),
        past: drawn(found, past, wanted, Better::Higher, percent),
        detail: Detail {
            formula: "Availability \u{d7} performance \u{d7} quality".into(),
            filled,
            standard:
                "ISO 22400-2, overall equipment effectiveness index: availability, effectiveness and quality ratio."
                    .into(),
            facts: detail::facts(found),
            ..Detail::default()
        },
        ..card("oee", "OEE", Some(percent(oee.value())), "")
    })
}
