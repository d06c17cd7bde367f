//! What downtime there was, by what caused it and by asset, the worst first.

use std::collections::BTreeMap;

use services::{
    catalog::Asset,
    kpi::{Lost, report::OfAsset},
};
use twin::{
    Span,
    kpi::{StopKind, cost_of_time},
};

use super::{
    super::{Found, many, percent},
    ROWS,
};
use crate::{
    figures::{Weighed, Weight},
    plot::pareto::{MOST, Pareto},
    sheet::{Cell, Column, Row, Table},
    wording,
};

/// What one cause, or one asset, took.
#[derive(Debug, Clone, Copy, Default)]
struct Took {
    time: Span,
    /// EUR, of what has a price.
    euros: f64,
    /// What has none.
    unpriced: Span,
    stops: u32,
}

impl Took {
    fn add(&mut self, asset: &Asset, lost: &Lost) {
        let price = if lost.kind.is_unplanned() { asset.kpi.downtime_cost } else { asset.kpi.planned_cost };
        self.time = self.time + lost.time;
        self.stops += lost.stops;
        match price {
            Some(price) => self.euros += cost_of_time(lost.time, price),
            None => self.unpriced = self.unpriced + lost.time,
        }
    }

    fn plus(mut self, other: Took) -> Took {
        self.time = self.time + other.time;
        self.euros += other.euros;
        self.unpriced = self.unpriced + other.unpriced;
        self.stops += other.stops;
        self
    }
}

pub fn weighed(found: &Found) -> Vec<Weighed> {
    let (mut causes, mut assets) = (BTreeMap::<String, Took>::new(), Vec::<(String, Took)>::new());
    for (asset, of) in found.assets() {
        let mut own = Took::default();
        for lost in of.lost.iter().filter(|lost| lost.time.0 > 0) {
            causes.entry(cause(asset, of, lost)).or_default().add(asset, lost);
            own.add(asset, lost);
        }
        if own.time.0 > 0 {
            assets.push((asset.title.clone(), own));
        }
    }
    let has_several = found.report.assets.len() > 1;
    let by_asset = has_several.then(|| picture("by-asset", "asset", assets)).flatten();
    picture("by-cause", "cause", causes.into_iter().collect()).into_iter().chain(by_asset).collect()
}

/// What is said to have stopped the asset: the failure's title, or the kind of event.
fn cause(asset: &Asset, of: &OfAsset, lost: &Lost) -> String {
    let kind = match lost.kind {
        StopKind::Failure => "Failure",
        StopKind::Unplanned => "Unplanned stop",
        StopKind::Planned => "Planned stop",
    };
    let Some(name) = lost.told.and_then(|told| of.kinds.get(usize::from(told))) else {
        return format!("{kind}, seen in telemetry");
    };
    let failure = asset.model.failures.iter().find(|failure| failure.name == *name);
    let words = failure.map_or_else(|| name.replace('_', " "), |failure| failure.title.clone());
    if words.eq_ignore_ascii_case(kind) { kind.to_owned() } else { format!("{kind}: {words}") }
}

fn picture(id: &'static str, what: &str, mut all: Vec<(String, Took)>) -> Option<Weighed> {
    if all.is_empty() {
        return None;
    }
    // Time and money are not to be added: without a price for some, all is weighed by time.
    let is_priced = all.iter().all(|(_, took)| took.unpriced.0 == 0);
    let weight = |took: &Took| if is_priced { took.euros } else { took.time.secs() };
    let words = |took: &Took| if is_priced { wording::money(took.euros) } else { wording::span(took.time) };
    all.sort_by(|(_, one), (_, other)| weight(other).total_cmp(&weight(one)));
    let count = all.len();
    if count > ROWS {
        let rest = all.drain(ROWS - 1..).map(|(_, took)| took).fold(Took::default(), Took::plus);
        all.push((format!("{} others", count + 1 - ROWS), rest));
    }
    let total = all.iter().map(|(_, took)| *took).fold(Took::default(), Took::plus);
    let shares = Pareto::of(all.iter().map(|(_, took)| weight(took))).cumulated();
    let few = shares.iter().filter(|share| **share < MOST).count() + 1;
    let first = &all[0].0;
    let said = match count {
        1 => format!("All {} are of one {what}: {first}.", words(&total)),
        _ if few == 1 => format!("{first} makes up {} of {}.", percent(shares[0]), words(&total)),
        _ => format!(
            "{few} of {} make up {} of {}; most of it {first}.",
            many(count as u64, what, &format!("{what}s")),
            percent(shares[few - 1]),
            words(&total)
        ),
    };
    let rows = all.iter().map(|(name, took)| Weight { name: name.clone(), amount: words(took), weight: weight(took) });
    let line = |((name, took), share): (&(String, Took), &f64)| {
        let money = if is_priced { wording::money(took.euros) } else { wording::NOTHING.to_owned() };
        let cells = [
            name.clone(),
            wording::span(took.time),
            money,
            wording::count(took.stops.into()),
            percent(weight(took) / weight(&total).max(f64::MIN_POSITIVE)),
            percent(*share),
        ];
        Row::from(cells.into_iter().map(Cell::new).collect::<Vec<_>>())
    };
    let (mut heads, title) =
        (what.to_owned(), if is_priced { "What cost the most" } else { "What took the most time" });
    heads[..1].make_ascii_uppercase();
    let columns = ["Downtime", "Cost", "Stops", "Share", "Share down to here"].map(Column::number);
    Some(Weighed {
        id,
        title: format!("{title}, by {what}"),
        said,
        table: Table {
            caption: format!("Downtime by {what}"),
            columns: std::iter::once(Column::text(&heads)).chain(columns).collect(),
            rows: all.iter().zip(&shares).map(line).collect(),
            none: String::new(),
            next: None,
        },
        rows: rows.collect(),
    })
}
