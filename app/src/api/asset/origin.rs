//! Where one number of an asset comes from: the entry that was kept, or the formula that it is worked out by.

use services::{Services, StoreError, catalog::Asset, report};
use twin::model::outline::{self, Entry};

use crate::{
    api::data::words::traced,
    sheet::{Cell, Column, Look, Row, Table},
    wording,
};

/// A table, and the address of more.
pub async fn of(services: &Services, number: usize, name: &str) -> Result<(Table, Option<String>), StoreError> {
    let asset = &services.catalog.assets()[number];
    let entries = outline::outline(&asset.whole).unwrap_or_default();
    if let Some(signal) = asset.model.signal(name)
        && let Some(seq) = services.newest_of(number, signal).await?
    {
        let found = report::lineage(services, Some(number), Some(seq)).await?;
        if let Some(asked) = &found.asked {
            let address = format!("/data?asset={}&seq={seq}", asset.id);
            let mut table = traced::told(asset, asked);
            let sections = table.rows.iter_mut().flat_map(|row| &mut row.cells).filter_map(|cell| cell.link.as_mut());
            sections.filter(|link| link.starts_with('#')).for_each(|link| link.insert_str(0, &address));
            let formula = entry_of(&entries, name).and_then(|entry| entry.value("observes"));
            let role = match formula {
                Some(formula) => row("What the twin compares it with", Cell::new(formula).look(Look::Code)),
                None => row("What the twin does with it", Cell::new("it is an input of the model")),
            };
            table.rows.push(role);
            table.rows.extend(formula.map(|formula| used(&entries, formula)).unwrap_or_default());
            return Ok((table, Some(format!("{address}#lineage"))));
        }
    }
    Ok((worked_out(asset, &entries, name), None))
}

fn row(what: &str, how: Cell) -> Row {
    Row::from(vec![Cell::new(what), how])
}

fn entry_of<'a>(entries: &'a [Entry], name: &str) -> Option<&'a Entry> {
    const NAMED: [&str; 7] = ["output", "signal", "let", "state", "parameter", "input", "cost"];
    NAMED.iter().find_map(|section| entries.iter().find(|entry| entry.section == *section && entry.name == name))
}

/// What a file says an entry is: its formula, or its number.
fn formula(entry: &Entry) -> Option<&str> {
    ["value", "observes", "empirical", "rate"].iter().find_map(|key| entry.value(key))
}

fn worked_out(asset: &Asset, entries: &[Entry], name: &str) -> Table {
    let entry = entry_of(entries, name);
    let said = entry.and_then(formula);
    let unit = asset.model.quantities.iter().find(|quantity| quantity.name == name).map(|quantity| &quantity.unit);
    let (hash, model) = (asset.model.hash.0, &asset.model);
    let hash: String = hash[..4].iter().map(|byte| format!("{byte:02x}")).collect();
    let mut rows = vec![
        row("Worked out by", Cell::new("the twin, for each of its 64 members; shown is the middle one")),
        row("Model", Cell::new(format!("{} ({}, {hash})", model.title, model.id))),
        row("Equations from", Cell::new(&model.source)),
        row("Formula", Cell::new(said.unwrap_or("an input without a sample: its value at the start")).look(Look::Code)),
    ];
    if let Some(unit) = unit.filter(|unit| *unit != "1") {
        rows.push(row("Unit", Cell::new(wording::unit(unit))));
    }
    rows.extend(said.map(|said| used(entries, said)).unwrap_or_default());
    Table {
        caption: entry.map_or(name, |entry| &entry.title).to_string(),
        columns: ["What", "How it is"].map(Column::text).into(),
        rows,
        none: String::new(),
        next: None,
    }
}

/// What the names in a formula stand for.
fn used(entries: &[Entry], said: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for name in outline::names(said) {
        let Some(entry) = entry_of(entries, &name) else { continue };
        let unit = if entry.unit == "1" { String::new() } else { format!(" {}", wording::unit(&entry.unit)) };
        let what = match (entry.section, formula(entry)) {
            ("state", Some(rate)) => format!("a state{}, its rate: {rate}", comma(&unit)),
            ("parameter" | "cost", Some(value)) => {
                let source = entry.value("source").unwrap_or("no source is given");
                let found = if entry.value("calibrate").is_some() { ", found by the twin around it" } else { "" };
                format!("{value}{unit}{found}: {source}")
            }
            ("input", _) => format!("an input{}: {}", comma(&unit), entry.title),
            (_, Some(formula)) => format!("{formula}{}", comma(&unit)),
            _ => entry.title.clone(),
        };
        rows.push(Row::from(vec![Cell::new(name).look(Look::Code), Cell::new(what)]));
    }
    rows
}

fn comma(unit: &str) -> String {
    if unit.is_empty() { String::new() } else { format!(",{unit}") }
}
