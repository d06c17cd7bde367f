//! What is agreed of each signal.

use crate::sheet::{Cell, Column, Look, Row, Section, Table};
use services::{
    Services,
    catalog::Asset,
    contract::{Contract, duration},
    report::Report,
};
use twin::Span;

use super::{Address, address::ASSET, exact, nothing, signal};
use crate::wording;

pub fn section(services: &Services, report: &Report, address: &Address) -> Section {
    let asked = address.get(ASSET);
    let is_shown = |asset: &&Asset| asked.is_none_or(|asked| asset.id.as_str() == asked);
    let lead = match report.revision {
        Some((number, since)) => format!(
            "What is agreed of each signal. Revision {number}, in force since {}; every sample names the revision it was checked against.",
            wording::iso_instant(since)
        ),
        None => "What is agreed of each signal.".to_owned(),
    };
    Section {
        id: "contracts".into(),
        title: "Contracts".into(),
        lead,
        tables: services.catalog.assets().iter().filter(is_shown).map(|asset| table(services, asset)).collect(),
        ..Section::default()
    }
}

fn table(services: &Services, asset: &Asset) -> Table {
    let columns = [
        "Signal",
        "Comes as",
        "Comes in",
        "Kept in",
        "Kind",
        "Range",
        "Usual",
        "Fastest change",
        "Period",
        "Gap after",
        "Stuck after",
        "May be ahead",
        "Late after",
        "Kept for",
    ];
    let row = |number: u16| row(services, asset, number);
    Table {
        caption: asset.title.clone(),
        columns: columns.map(Column::text).into(),
        rows: (0..asset.model.signals.len() as u16).map(row).collect(),
        none: "Its model has no signal.".into(),
        next: None,
    }
}

fn row(services: &Services, asset: &Asset, number: u16) -> Row {
    let contract = asset.contract(number);
    let unit = contract.unit.as_str();
    let span = |span: Option<Span>| span.map_or_else(nothing, |span| Cell::new(duration::text(span)));
    let source = contract.source.as_ref();
    let (comes_as, comes_in) = match source {
        Some(source) => {
            let scale =
                if source.scale == 1.0 { String::new() } else { format!(" \u{d7} {}", exact(source.scale, "1")) };
            (Cell::new(&source.from).look(Look::Code), Cell::new(format!("{}{scale}", name(&source.unit))))
        }
        None => (Cell::new("does not come").look(Look::Muted), nothing()),
    };
    let kept_for = services.catalog.retention().get(&contract.class).copied().flatten();
    let kept_for = kept_for.map_or_else(|| "for good".to_owned(), duration::text);
    Row::from(vec![
        signal(asset, number),
        comes_as,
        comes_in,
        Cell::new(name(unit)),
        Cell::new(contract.kind.as_str()),
        between(contract.range, unit),
        if contract.usual == contract.range { nothing() } else { between(contract.usual, unit) },
        fastest(contract),
        span(contract.period),
        span(contract.gap_after),
        contract.stuck.map_or_else(nothing, |stuck| {
            Cell::new(format!("{} of {} equal values", duration::text(stuck.over), stuck.count))
        }),
        Cell::new(duration::text(contract.ahead)),
        Cell::new(duration::text(contract.late_after)),
        Cell::new(format!("{kept_for} ({})", contract.class)),
    ])
}

fn name(unit: &str) -> String {
    if unit == "1" { "plain number".to_owned() } else { wording::unit(unit) }
}

fn between([low, high]: [f64; 2], unit: &str) -> Cell {
    match (low.is_finite(), high.is_finite()) {
        (true, true) => Cell::new(format!("{} to {}", exact(low, "1"), exact(high, unit))),
        (true, false) => Cell::new(format!("from {}", exact(low, unit))),
        (false, true) => Cell::new(format!("up to {}", exact(high, unit))),
        (false, false) => nothing(),
    }
}

fn fastest(contract: &Contract) -> Cell {
    if contract.most_rate.is_finite() {
        let unit = wording::unit_of_difference(&contract.unit);
        Cell::new(format!("{} a second", exact(contract.most_rate, unit)))
    } else {
        nothing()
    }
}
