//! The same figures by place and asset.

use services::{
    catalog::Asset,
    kpi::{
        figures::Figures as Sums,
        report::{OfAsset, Scope, is_at},
    },
};

use super::{Found, energy, link, percent, sum};
use crate::{
    sheet::{Cell, Column, Look, Row, Table},
    wording,
};

/// With more assets than this only places are told, and assets once there are fewer.
const ASSETS: usize = 14;

pub fn table(found: &Found) -> Option<Table> {
    let all: Vec<(&Asset, &OfAsset)> = found.assets().collect();
    if all.len() < 2 {
        return None;
    }
    let depth = match &found.address.question.scope {
        Scope::Place(path) => path.split('/').count(),
        _ => 0,
    };
    let mut places: Vec<String> = all.iter().filter_map(|(asset, _)| place(&asset.path, depth)).collect();
    places.sort_unstable();
    places.dedup();
    let mut rows = Vec::new();
    for place in &places {
        let inside: Vec<_> = all.iter().filter(|(asset, _)| is_at(&asset.path, place)).collect();
        let figures = sum(inside.iter().map(|(_, of)| &of.figures)).unwrap_or_default();
        let expected = inside.iter().filter_map(|(asset, of)| of.expected(asset)).reduce(|one, two| one + two);
        let name = Cell::new(place.replace('/', " / ")).to(found.address.of(Scope::Place(place.clone())));
        rows.push(row(name, &figures, expected));
        if all.len() <= ASSETS {
            rows.extend(inside.into_iter().map(|(asset, of)| of_asset(asset, of)));
        }
    }
    // What stands right here, or nowhere.
    let here = all.iter().filter(|(asset, _)| place(&asset.path, depth).is_none());
    rows.extend(here.take(ASSETS).map(|(asset, of)| of_asset(asset, of)));
    let columns = [
        "Availability",
        "Unplanned",
        "Planned",
        "Failures",
        "Cost of downtime",
        "Energy used",
        "Expected failures",
        "OEE",
    ];
    Some(Table {
        caption: "By place and asset".into(),
        columns: std::iter::once(Column::text("Where")).chain(columns.map(Column::number)).collect(),
        rows,
        none: String::new(),
        next: None,
    })
}

/// The place one below `depth` parts of `path`.
fn place(path: &str, depth: usize) -> Option<String> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).take(depth + 1).collect();
    (parts.len() > depth).then(|| parts.join("/"))
}

fn of_asset(asset: &Asset, of: &OfAsset) -> Row {
    let mark = if asset.simulated { " (simulated)" } else { "" };
    row(Cell::new(format!("\u{2003}{}{mark}", asset.title)).to(link(asset)), &of.figures, of.expected(asset))
}

fn row(name: Cell, figures: &Sums, expected: Option<f64>) -> Row {
    let account = &figures.account;
    let told = |text: Option<String>| match text {
        Some(text) => Cell::new(text),
        None => Cell::new(wording::NOTHING).look(Look::Muted),
    };
    Row::from(vec![
        name,
        told(account.availability().map(percent)),
        told(Some(wording::span(account.unplanned))),
        told(Some(wording::span(account.planned))),
        told(Some(account.failures.to_string())),
        told(figures.cost_of_downtime().map(wording::money)),
        told(figures.energy.map(energy)),
        told(expected.map(wording::money)),
        told(figures.oee.map(|oee| percent(oee.value()))),
    ])
}
