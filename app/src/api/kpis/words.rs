//! Puts key figures into words: cards, sentences, a table.

mod address;
mod attention;
mod cards;
mod detail;
mod past;
mod period;
mod pictures;
mod places;
mod reliability;
mod risk;
#[cfg(test)]
mod tests;
mod trend;
mod worth;

use services::{
    Services,
    catalog::Asset,
    kpi::{
        Report,
        figures::Figures as Sums,
        report::{OfAsset, PAST},
    },
};
use twin::{Clock, Span};

use crate::{figures::Figures, wording};
pub use address::Address;

/// What the words are made of.
struct Found<'a> {
    services: &'a Services,
    report: &'a Report,
    address: &'a Address,
    now: Sums,
    before: Option<Sums>,
    /// Of the whole periods before, the first one first.
    past: Vec<Option<Sums>>,
}

impl Found<'_> {
    fn asset(&self, of: &OfAsset) -> &Asset {
        &self.services.catalog.assets()[of.number]
    }

    /// Each asset with what was found of it.
    fn assets(&self) -> impl Iterator<Item = (&Asset, &OfAsset)> {
        self.report.assets.iter().map(|of| (self.asset(of), of))
    }
}

/// The sum of several assets' figures; of one asset they are its own.
fn sum<'a>(mut all: impl Iterator<Item = &'a Sums>) -> Option<Sums> {
    let mut total = *all.next()?;
    all.for_each(|figures| total.add(figures));
    Some(total)
}

/// The whole page.
pub fn figures(services: &Services, report: &Report, address: &Address) -> Figures {
    let now = sum(report.assets.iter().map(|of| &of.figures)).unwrap_or_default();
    let before = sum(report.assets.iter().filter_map(|of| of.before.as_ref()));
    let past_of = |place: usize| sum(report.assets.iter().filter_map(|of| of.past.get(place)?.as_ref()));
    let past = (0..PAST).map(past_of).collect();
    let found = Found { services, report, address, now, before, past };
    let is_known = report.assets.iter().any(|of| of.first.is_some());
    Figures {
        title: period::title(&found),
        period: period::period(&found),
        notes: notes(&found),
        picker: period::picker(&found),
        attention: attention::attention(&found),
        calm: calm(&found, is_known),
        cards: if is_known { cards::cards(&found) } else { Vec::new() },
        pictures: if is_known { pictures::pictures(&found) } else { Default::default() },
        places: is_known.then(|| places::table(&found)).flatten(),
        remarks: if is_known { remarks(&found) } else { Vec::new() },
    }
}

fn calm(found: &Found, is_known: bool) -> String {
    if found.report.assets.is_empty() {
        "There is no such part of the plant, or no asset in it.".into()
    } else if !is_known {
        "Nothing is kept yet: figures appear with the first sample or event.".into()
    } else {
        "Nothing: no stop nobody planned, no alarm of a twin, no target missed, no failure with a price ahead.".into()
    }
}

fn notes(found: &Found) -> Vec<String> {
    let mut notes = Vec::new();
    let all = found.report.assets.len();
    let simulated = found.assets().filter(|(asset, _)| asset.simulated).count();
    match simulated {
        0 => {}
        _ if simulated == all && all == 1 => notes.push("Simulated: no figure of it is of a real plant.".into()),
        _ => notes.push(format!("Simulated: {simulated} of {}.", many(all as u64, "asset", "assets"))),
    }
    let played = found.report.assets.iter().filter(|of| matches!(of.clock, Clock::Replay(_))).count();
    if played > 0 {
        let rates = found.report.assets.iter().find_map(|of| match of.clock {
            Clock::Replay(replay) => Some((replay.rate, replay.recorded)),
            Clock::Wall => None,
        });
        let (rate, recorded) = rates.unwrap_or_default();
        let (rate, recorded) = (wording::rate(rate), wording::iso_date(recorded));
        let whose = if played == all {
            "the period is in the recording\u{2019}s own time".to_owned()
        } else {
            format!("{played} of {}, in the recording\u{2019}s own time", many(all as u64, "asset", "assets"))
        };
        notes.push(format!("Replay \u{d7}{rate}, recorded {recorded}: {whose}."));
    }
    let than = period::before(found);
    let is_known = found.report.assets.iter().any(|of| of.first.is_some());
    if is_known && found.before.is_none() && !than.is_empty() {
        notes.push(format!("Nothing is kept of {than}, so there are no trends yet."));
    }
    if found.report.due > 0 && is_known {
        let left = many(found.report.due as u64, "quarter of a day", "quarters of days");
        notes.push(format!(
            "Telemetry is being read: {left} to go, stops and energy of which are not in these figures."
        ));
    }
    notes
}

/// Who says what things cost; why there is no OEE.
fn remarks(found: &Found) -> Vec<String> {
    let mut remarks = Vec::new();
    let mut sources: Vec<&str> =
        found.assets().map(|(asset, _)| asset.kpi.source.as_str()).filter(|source| !source.is_empty()).collect();
    sources.sort_unstable();
    sources.dedup();
    let by = if sources.is_empty() { "the plant file or the model".to_owned() } else { sources.join("; ") };
    remarks.push(format!("Prices and targets are assumptions, not measurements. Source: {by}."));
    for (asset, _) in found.assets().take(8) {
        let kpi = &asset.kpi;
        let mut prices = Vec::new();
        let mut say = |what: &str, price: Option<f64>, per: &str| {
            prices.extend(price.map(|price| format!("{what} {}/{per}", wording::money(price))));
        };
        say("unplanned standstill", kpi.downtime_cost, "h");
        say("planned standstill", kpi.planned_cost, "h");
        say("energy", kpi.energy_price.filter(|_| kpi.energy.as_ref().is_some_and(|rule| !rule.is_given)), "kWh");
        if !prices.is_empty() {
            remarks.push(format!("{}: {}.", asset.title, prices.join(", ")));
        }
    }
    if found.report.assets.iter().all(|of| of.figures.oee.is_none()) {
        let has_rule = found.assets().any(|(asset, _)| asset.kpi.oee.is_some());
        remarks.push(if has_rule {
            "No OEE: nothing was made, or the asset was not to run, in this period.".into()
        } else {
            "No OEE: it needs counted pieces and rejects (\u{201c}oee\u{201d} in the plant file), and nothing here is counted.".into()
        });
    }
    remarks
}

/// A share as a percentage.
fn percent(share: f64) -> String {
    format!("{}\u{a0}%", wording::number(share * 100.0, 1))
}

/// A difference of shares.
fn points(difference: f64) -> String {
    let points = wording::number(difference.abs() * 100.0, 1);
    if points == "1.0" { "1.0 point".into() } else { format!("{points} points") }
}

/// Hours, as they stand in a formula.
fn hours(span: Span) -> String {
    format!("{}\u{a0}h", wording::number(span.secs() / 3600.0, 2))
}

/// Energy of so many joules, to three digits.
fn energy(joules: f64) -> String {
    let (value, unit) = match joules / 3600.0 {
        watt_hours if watt_hours >= 1e9 => (watt_hours / 1e9, "GWh"),
        watt_hours if watt_hours >= 1e6 => (watt_hours / 1e6, "MWh"),
        watt_hours if watt_hours >= 1e3 => (watt_hours / 1e3, "kWh"),
        watt_hours => (watt_hours, "Wh"),
    };
    format!("{}\u{a0}{unit}", three_digits(value))
}

/// Power in watts, to three digits.
fn power(watts: f64) -> String {
    let (value, unit) = match watts {
        watts if watts >= 1e6 => (watts / 1e6, "MW"),
        watts if watts >= 1e3 => (watts / 1e3, "kW"),
        watts => (watts, "W"),
    };
    format!("{}\u{a0}{unit}", three_digits(value))
}

fn three_digits(value: f64) -> String {
    let decimals = if value >= 99.95 {
        0
    } else if value >= 9.995 {
        1
    } else {
        2
    };
    wording::number(value, decimals)
}

/// `one` or `many` of something.
fn many(n: u64, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{} {many}", wording::count(n)) }
}

/// The page of an asset.
fn link(asset: &Asset) -> String {
    format!("/assets/{}", asset.id)
}
