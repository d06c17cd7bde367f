//! What the twins expect to fail, and what that would cost.

use services::{
    catalog::Asset,
    kpi::report::{OfAsset, failure_cost},
};
use twin::{Span, kpi::Chance};

use super::{
    Found, cards, detail, many, percent,
    trend::{Better, target},
};
use crate::{
    figures::{Card, Detail},
    wording,
};

/// A failure that a twin expects.
pub struct Ahead<'a> {
    pub asset: &'a Asset,
    pub title: &'a str,
    pub is_stop: bool,
    pub probability: f64,
    pub cost: Option<f64>,
    pub horizon: Span,
}

impl Ahead<'_> {
    /// What it comes to on average, where it has a price.
    pub fn expected(&self) -> Option<f64> {
        Some(Chance { probability: self.probability, cost: self.cost? }.expected())
    }
}

/// Every failure of every twin, likely or not.
pub fn ahead<'a>(found: &'a Found) -> impl Iterator<Item = Ahead<'a>> {
    found.assets().flat_map(|(asset, of)| of_asset(asset, of))
}

fn of_asset<'a>(asset: &'a Asset, of: &'a OfAsset) -> Vec<Ahead<'a>> {
    let Some(risk) = &of.risk else { return Vec::new() };
    let failures = asset.model.failures.iter().zip(&risk.probabilities).enumerate();
    let one = |(number, (failure, probability)): (usize, (&'a twin::model::Failure, &f64))| Ahead {
        asset,
        title: &failure.title,
        is_stop: failure.severity == "stop",
        probability: *probability,
        cost: failure_cost(asset, number),
        horizon: risk.horizon,
    };
    failures.map(one).collect()
}

pub fn card(found: &Found) -> Card {
    let priced: Vec<f64> = found.assets().filter_map(|(asset, of)| of.expected(asset)).collect();
    let value = (!priced.is_empty()).then(|| priced.iter().sum::<f64>());
    let is_counted = |asset: &Asset, of: &OfAsset| of.expected(asset).is_some();
    let wanted = cards::summed(found, is_counted, |targets| targets.risk);
    let (target, is_missed) = target(value, wanted, Better::Lower, wording::money, wording::money);
    let mut all: Vec<Ahead> = ahead(found).collect();
    all.sort_by(|one, other| {
        let weight = |ahead: &Ahead| ahead.expected().unwrap_or_default();
        weight(other).total_cmp(&weight(one)).then(other.probability.total_cmp(&one.probability))
    });
    let line = |ahead: &Ahead| {
        let Ahead { asset, title, probability, cost, horizon, .. } = ahead;
        let told = format!("{}, {title}: {} within {}", asset.title, percent(*probability), wording::span(*horizon));
        match cost.zip(ahead.expected()) {
            Some((cost, expected)) => format!("{told} \u{d7} {} = {}", wording::money(cost), wording::money(expected)),
            None => format!("{told}; it has no price"),
        }
    };
    let asked = found.report.assets.iter().filter_map(|of| of.risk.as_ref());
    let members = asked.clone().map(|risk| risk.members).max().unwrap_or(0);
    let horizons = asked.clone().map(|risk| risk.horizon);
    let over = match (horizons.clone().min(), horizons.max()) {
        (Some(least), Some(most)) if least == most => format!("within {}", wording::span(most)),
        (Some(least), Some(most)) => {
            format!("within {} to {}, as far as each forecast goes", wording::span(least), wording::span(most))
        }
        _ => String::new(),
    };
    let count = asked.count() as u64;
    let otherwise = match count {
        0 => "The twins know nothing yet",
        _ => "No failure has a price",
    };
    Card {
        aside: over,
        target,
        is_missed,
        trend: if count > 0 { "Looks ahead from now, whatever period is chosen.".into() } else { String::new() },
        detail: Detail {
            formula: "Probability of each failure \u{d7} its cost, summed over failures and assets".into(),
            filled: all.iter().take(detail::LISTED).map(line).collect(),
            standard: "No standard: the share of a twin\u{2019}s members that meet the failure\u{2019}s condition at least once. \
                       A cost is that of the repair and of the standstill it takes; costs are assumptions."
                .into(),
            facts: vec![format!("n = {}, {members} members each.", many(count, "twin", "twins"))],
            ..Detail::default()
        },
        ..cards::card("risk", "Expected cost of failures", value.map(wording::money), otherwise)
    }
}
