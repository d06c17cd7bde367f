//! What needs attention, in sentences: the dearest first, then what has no price.

use services::{catalog::Asset, kpi::report::OfAsset};
use twin::{Span, kpi::cost_of_energy};

use super::{Found, link, many, percent, points, power, risk};
use crate::{figures::Attention, wording};

const MOST: usize = 7;
/// A failure less likely than this is no news.
const LIKELY: f64 = 0.05;
/// Telemetry known for less than this makes figures doubtful.
const COVERED: f64 = 0.9;
/// So much more power than before is worth a word.
const MORE_POWER: f64 = 1.1;

/// A sentence, what it is about in EUR, and how much it presses where that says nothing.
struct Item {
    text: String,
    link: String,
    euros: Option<f64>,
    rank: u8,
}

pub fn attention(found: &Found) -> Vec<Attention> {
    let mut items: Vec<Item> = Vec::new();
    for (asset, of) in found.assets() {
        items.extend(standing(asset, of));
        items.extend(alarm(found, asset, of));
        items.extend(stood(asset, of));
        items.extend(missed(asset, of));
        items.extend(draws_more(asset, of));
        items.extend(uncovered(asset, of));
    }
    items.extend(risk::ahead(found).filter_map(|ahead| expected(&ahead)));
    items.sort_by(|one, other| {
        let euros = |item: &Item| item.euros.unwrap_or(0.0);
        euros(other).total_cmp(&euros(one)).then(one.rank.cmp(&other.rank))
    });
    let told =
        |Item { text, link, euros, .. }| Attention { text, link, money: euros.map(wording::money).unwrap_or_default() };
    items.into_iter().take(MOST).map(told).collect()
}

/// It stands right now.
fn standing(asset: &Asset, of: &OfAsset) -> Option<Item> {
    let stop = of.stops.iter().map(|known| known.stop).find(|stop| stop.is_open && stop.kind.is_unplanned())?;
    if !of.window.is_running {
        return None;
    }
    let price =
        asset.kpi.downtime_cost.map_or(String::new(), |price| format!("; every hour costs {}", wording::money(price)));
    let text = format!("{} stands now, for {}{price}", asset.title, wording::span(stop.during.length()));
    // Of all its stops in the period, and of the hours in which it was to run.
    Some(Item { text: format!("{text}."), link: link(asset), euros: of.figures.downtime_cost, rank: 0 })
}

/// Its twin gives an alarm right now.
fn alarm(found: &Found, asset: &Asset, of: &OfAsset) -> Option<Item> {
    let alarm = found.services.twins.found(of.number)?.alarm.filter(|_| of.window.is_running)?;
    let finding = twin::detect::words::finding(&asset.model, &alarm);
    let now = of.clock.now((found.services.clock)());
    let text =
        format!("{}: {finding}, for {} by its twin.", asset.title, wording::span(Span((now - alarm.began).0.max(0))));
    Some(Item { text, link: link(asset), euros: None, rank: 0 })
}

/// It stood unplanned, beside what is told of as standing now.
fn stood(asset: &Asset, of: &OfAsset) -> Option<Item> {
    let account = of.figures.account;
    let all: Vec<_> = of.stops.iter().map(|known| known.stop).filter(|stop| stop.kind.is_unplanned()).collect();
    let stands = of.window.is_running && all.iter().any(|stop| stop.is_open);
    if account.unplanned.0 == 0 || (stands && all.len() == 1) {
        return None;
    }
    let stops = many(all.len() as u64, "stop", "stops");
    let text = format!(
        "{} stood {} unplanned in {stops}: {} of its planned busy time",
        asset.title,
        wording::span(account.unplanned),
        account.unplanned_share().map_or(wording::NOTHING.into(), percent)
    );
    Some(Item {
        text: format!("{text}."),
        link: link(asset),
        euros: of.figures.downtime_cost.filter(|_| !stands),
        rank: 1,
    })
}

fn expected(ahead: &risk::Ahead) -> Option<Item> {
    let is_likely = ahead.probability >= LIKELY;
    let euros = ahead.expected();
    if !is_likely || (euros.is_none() && !ahead.is_stop) {
        return None;
    }
    let text = format!(
        "{}: \u{201c}{}\u{201d} is {} within {}{}",
        ahead.asset.title,
        ahead.title,
        wording::likely(ahead.probability),
        wording::span(ahead.horizon),
        if euros.is_some() { ", expected to cost as much" } else { "; no price is set for it" }
    );
    Some(Item { text: format!("{text}."), link: link(ahead.asset), euros, rank: 2 })
}

fn missed(asset: &Asset, of: &OfAsset) -> Option<Item> {
    let (value, target) = (of.figures.account.availability()?, asset.kpi.targets.availability?);
    if value >= target {
        return None;
    }
    let text = format!(
        "Availability of {} is {}, {} below its target of {}.",
        asset.title,
        percent(value),
        points(target - value),
        percent(target)
    );
    Some(Item { text, link: link(asset), euros: None, rank: 3 })
}

fn draws_more(asset: &Asset, of: &OfAsset) -> Option<Item> {
    let figures = [&of.figures, of.before.as_ref()?];
    if figures.iter().any(|figures| figures.energy_known <= Span::HOUR) {
        return None;
    }
    let (now, before) = (figures[0].mean_power()?, figures[1].mean_power()?);
    if before <= 0.0 || now < before * MORE_POWER {
        return None;
    }
    let text = format!(
        "{} draws {} on average, where it drew {} in the period before.",
        asset.title,
        power(now),
        power(before)
    );
    let more = (now - before) * of.figures.energy_known.secs();
    let euros = asset.kpi.energy_price.map(|price| cost_of_energy(more, price));
    Some(Item { text, link: link(asset), euros, rank: 4 })
}

fn uncovered(asset: &Asset, of: &OfAsset) -> Option<Item> {
    let coverage = of.figures.coverage()?;
    if coverage >= COVERED {
        return None;
    }
    let text = format!(
        "Telemetry of {} is known for {} of the time only: stops that nobody told of may be missing.",
        asset.title,
        percent(coverage)
    );
    Some(Item { text, link: format!("/data?asset={}", asset.id), euros: None, rank: 5 })
}
