//! The figures, each as a card: value, target, trend, and where it comes from.

use services::{
    catalog::{Asset, kpi::Targets},
    kpi::{figures::Figures as Sums, report::OfAsset},
};
use twin::{Span, kpi::StopKind};

use super::{
    Found, detail, energy, hours, many,
    past::past,
    percent, points, power, reliability, risk,
    trend::{Better, target, trend},
    worth,
};
use crate::{
    figures::{Card, Detail},
    wording,
};

pub fn cards(found: &Found) -> Vec<Card> {
    let mut cards = vec![
        availability(found),
        unplanned(found),
        planned(found),
        cost(found),
        reliability::between_failures(found),
        reliability::to_restore(found),
        energy_used(found),
        risk::card(found),
        worth::savings(found),
    ];
    cards.extend(worth::oee(found));
    cards
}

/// A target that all assets share; `None` where they differ, or one has none.
pub fn shared(found: &Found, get: impl Fn(&Targets) -> Option<f64>) -> Option<f64> {
    let mut all = found.assets().map(|(asset, _)| get(&asset.kpi.targets));
    let first = all.next()??;
    all.all(|other| other == Some(first)).then_some(first)
}

/// The sum of the targets of all assets that are counted; `None` where one of them has none.
pub fn summed(
    found: &Found,
    is_counted: impl Fn(&Asset, &OfAsset) -> bool,
    get: impl Fn(&Targets) -> Option<f64>,
) -> Option<f64> {
    let counted: Vec<_> = found.assets().filter(|(asset, of)| is_counted(asset, of)).collect();
    let targets: Option<Vec<f64>> = counted.iter().map(|(asset, _)| get(&asset.kpi.targets)).collect();
    targets.filter(|targets| !targets.is_empty()).map(|targets| targets.iter().sum())
}

/// A card of a figure that is known, or of what stands there where it is not.
pub fn card(id: &str, title: &str, value: Option<String>, otherwise: &str) -> Card {
    let is_known = value.is_some();
    let value = value.unwrap_or_else(|| otherwise.to_owned());
    Card { id: id.into(), title: title.into(), value, is_known, ..Card::default() }
}

fn availability(found: &Found) -> Card {
    let (account, before) = (found.now.account, found.before.and_then(|before| before.account.availability()));
    let value = account.availability();
    let wanted = shared(found, |targets| targets.availability);
    let (target, is_missed) = target(value, wanted, Better::Higher, percent, points);
    let [required, planned, unplanned] = [account.required, account.planned, account.unplanned].map(hours);
    let filled = vec![
        format!(
            "Planned busy time = required time \u{2212} planned stops = {required} \u{2212} {planned} = {}",
            hours(account.busy())
        ),
        format!(
            "Actual production time = {} \u{2212} unplanned stops of {unplanned} = {}",
            hours(account.busy()),
            hours(account.operating())
        ),
        format!(
            "{} / {} = {}",
            hours(account.operating()),
            hours(account.busy()),
            value.map_or("not defined".into(), percent)
        ),
    ];
    Card {
        aside: format!("{} of {} up", wording::span(account.operating()), wording::span(account.busy())),
        target,
        is_missed,
        trend: trend(found, value, before, Better::Higher, points),
        past: past(found, value, |sums| sums.account.availability(), wanted, Better::Higher, percent),
        detail: Detail {
            formula: "Actual production time / planned busy time".into(),
            filled,
            standard: "ISO 22400-2, availability. Stops and failures as in EN 13306.".into(),
            facts: detail::facts(found),
            ..detail::stops(found, StopKind::is_unplanned)
        },
        ..card("availability", "Availability", value.map(percent), "Was not to run")
    }
}

fn unplanned(found: &Found) -> Card {
    let of = |figures: &Sums| figures.account.unplanned_share();
    let (value, account) = (of(&found.now), found.now.account);
    let wanted = shared(found, |targets| targets.unplanned);
    let (target, is_missed) = target(value, wanted, Better::Lower, percent, points);
    let stops = reaching(account.unplanned_stops, account.unplanned_earlier);
    let filled = vec![
        format!("{stops}; {} began", many(account.failures.into(), "failure", "failures")),
        format!(
            "{} / {} = {}",
            hours(account.unplanned),
            hours(account.busy()),
            value.map_or("not defined".into(), percent)
        ),
    ];
    Card {
        aside: format!("{stops}, {} of the planned busy time", value.map_or(wording::NOTHING.into(), percent)),
        target,
        is_missed,
        trend: trend(found, value, found.before.as_ref().and_then(of), Better::Lower, points),
        past: past(found, value, of, wanted, Better::Lower, percent),
        detail: Detail {
            formula: "Time in stops that nobody planned, within the required time and outside of planned stops".into(),
            filled,
            standard: "ISO 22400-2, actual unit down time; EN 13306, unplanned down state.".into(),
            facts: detail::facts(found),
            ..detail::stops(found, StopKind::is_unplanned)
        },
        ..card("unplanned", "Unplanned downtime", Some(wording::span(account.unplanned)), "")
    }
}

fn planned(found: &Found) -> Card {
    let of = |figures: &Sums| figures.account.planned_share();
    let (value, account) = (of(&found.now), found.now.account);
    let wanted = shared(found, |targets| targets.planned);
    let (target, is_missed) = target(value, wanted, Better::Lower, percent, points);
    let stops = reaching(account.planned_stops, account.planned_earlier);
    Card {
        aside: format!("{stops}, {} of the required time", value.map_or(wording::NOTHING.into(), percent)),
        target,
        is_missed,
        trend: trend(found, value, found.before.as_ref().and_then(of), Better::Lower, points),
        past: past(found, value, of, wanted, Better::Lower, percent),
        detail: Detail {
            formula: "Time in planned stops within the required time".into(),
            filled: vec![format!(
                "{} / {} = {}",
                hours(account.planned),
                hours(account.required),
                value.map_or("not defined".into(), percent)
            )],
            standard:
                "ISO 22400-2, planned down time: it is taken out of planned busy time, not held against availability."
                    .into(),
            facts: detail::facts(found),
            ..detail::stops(found, |kind| !kind.is_unplanned())
        },
        ..card("planned", "Planned downtime", Some(wording::span(account.planned)), "")
    }
}

/// The stops that a downtime is made of: those that `began` in the period, and those that reach into it from `earlier`.
fn reaching(began: u32, earlier: u32) -> String {
    let stops = many(u64::from(began) + u64::from(earlier), "stop", "stops");
    match (began, earlier) {
        (_, 0) => stops,
        (0, 1) => format!("{stops} that began before"),
        (0, _) => format!("{stops}, all of which began before"),
        _ => format!("{stops}, {earlier} of which began before"),
    }
}

fn cost(found: &Found) -> Card {
    let is_counted = |asset: &Asset, _: &OfAsset| asset.kpi.downtime_cost.is_some() || asset.kpi.planned_cost.is_some();
    // What an asset costs on average: the sum of all their required hours stands below the sum of all costs.
    let count = found.assets().filter(|(asset, of)| is_counted(asset, of)).count();
    let (now, before) = (found.now.cost_an_hour(), found.before.as_ref().and_then(Sums::cost_an_hour));
    let (value, per_day) = (found.now.cost_of_downtime(), |rate: f64| format!("{}/d", wording::money(rate * 24.0)));
    let wanted = summed(found, is_counted, |targets| targets.cost).map(|euros| euros / count.max(1) as f64);
    let (target, is_missed) = target(now, wanted, Better::Lower, per_day, per_day);
    let mut filled = Vec::new();
    for (asset, of) in found.assets().filter(|(asset, of)| is_counted(asset, of)).take(detail::LISTED) {
        let mut say = |what: &str, span: Span, price: Option<f64>, cost: Option<f64>| {
            if let (Some(price), Some(cost), true) = (price, cost, span.0 > 0) {
                let (title, span) = (&asset.title, hours(span));
                filled.push(format!(
                    "{title}, {what}: {span} \u{d7} {}/h = {}",
                    wording::money(price),
                    wording::money(cost)
                ));
            }
        };
        let (kpi, figures) = (&asset.kpi, &of.figures);
        say("unplanned", figures.account.unplanned, kpi.downtime_cost, figures.downtime_cost);
        say("planned", figures.account.planned, kpi.planned_cost, figures.planned_cost);
    }
    let mut facts = detail::facts(found);
    if found.now.unpriced > 0 {
        facts.push(format!(
            "{} stood unplanned and has no price for it.",
            many(found.now.unpriced.into(), "asset", "assets")
        ));
    }
    let part = |euros: Option<f64>, what: &str| euros.map(|euros| format!("{} {what}", wording::money(euros)));
    let parts = [part(found.now.downtime_cost, "unplanned"), part(found.now.planned_cost, "planned")];
    Card {
        aside: parts.into_iter().flatten().collect::<Vec<_>>().join(", "),
        target,
        is_missed,
        trend: trend(found, now, before, Better::Lower, per_day),
        past: past(found, now, Sums::cost_an_hour, wanted, Better::Lower, per_day),
        detail: Detail {
            formula: "Downtime \u{d7} price of an hour of it, summed over assets".into(),
            filled,
            standard: "EN 15341, unavailability costs. The prices are assumptions.".into(),
            facts,
            ..Detail::default()
        },
        ..card("cost", "Cost of downtime", value.map(wording::money), "No price is set")
    }
}

fn energy_used(found: &Found) -> Card {
    let (mean, before) = (found.now.mean_power(), found.before.as_ref().and_then(Sums::mean_power));
    let is_counted = |asset: &Asset, of: &OfAsset| {
        asset.kpi.energy.as_ref().is_some_and(|rule| !rule.is_given) && of.figures.energy.is_some()
    };
    // Each asset's mean is over its own time, and the sum of all times stands below the sum of all energies.
    let count = found.assets().filter(|(asset, of)| is_counted(asset, of)).count();
    let wanted = summed(found, is_counted, |targets| targets.power).map(|watts| watts / count.max(1) as f64);
    let (target, is_missed) = target(mean, wanted, Better::Lower, power, power);
    let mut filled = Vec::new();
    for (asset, of) in found.assets().take(detail::LISTED) {
        let (Some(rule), figures) = (&asset.kpi.energy, &of.figures) else { continue };
        let price = figures.energy_cost.zip(asset.kpi.energy_price);
        let price = price.map_or(String::new(), |(cost, price)| {
            format!(" \u{d7} {}/kWh = {}", wording::money(price), wording::money(cost))
        });
        let told = figures.energy.or(figures.given).map_or("nothing known".into(), energy);
        let given = if rule.is_given { " (given off; not part of the sum)" } else { "" };
        filled.push(format!("{}, {}: {told}{price}{given}", asset.title, rule.title.to_lowercase()));
    }
    let mut facts = detail::facts(found);
    facts.push(format!("Known for {} in all. Each value holds until the next.", wording::span(found.now.energy_known)));
    let mut aside = Vec::new();
    aside.extend(mean.map(|watts| format!("{} on average", power(watts))));
    aside.extend(found.now.energy_cost.map(wording::money));
    aside.extend(found.now.given.map(|joules| format!("{} given off", energy(joules))));
    Card {
        aside: aside.join(", "),
        target,
        is_missed,
        trend: trend(found, mean, before, Better::Lower, power),
        past: past(found, mean, Sums::mean_power, wanted, Better::Lower, power),
        detail: Detail {
            formula: "Power summed over time, by the rule of the plant file".into(),
            filled,
            standard: "Average power as an energy performance indicator in the sense of ISO 50006.".into(),
            facts,
            ..Detail::default()
        },
        ..card("energy", "Energy used", found.now.energy.map(energy), "Not counted")
    }
}
