//! Lineage: where one entry came from, step by step, and where the newest ones did.

use services::{
    Services,
    catalog::{Asset, Conversion},
    contract::Contract,
    report::{Asked, Origins, Report},
    store::Lineage,
};
use twin::{Timestamp, entry::Quality};
use wire::{Entry, What};

use super::{
    Address,
    address::{ASSET, SEQ},
    asset,
    events::asset_field,
    exact, nothing, signal,
};
use crate::{
    sheet::{Cell, Column, Field, Filter, Look, Row, Section, Table},
    wording,
};

pub fn section(services: &Services, report: &Report, address: &Address) -> Section {
    let tables = match report.traced.asset.map(|number| &services.catalog.assets()[number]) {
        Some(of) => {
            let asked = report.traced.asked.as_ref().map(|asked| told(of, asked));
            asked.into_iter().chain([newest(of, report, address)]).collect()
        }
        None => Vec::new(),
    };
    let lead = if tables.is_empty() {
        "Where a value came from, and how it became what is kept. Choose an asset to see its newest entries."
    } else {
        "Where a value came from, and how it became what is kept."
    };
    Section {
        id: "lineage".into(),
        title: "Lineage".into(),
        lead: lead.into(),
        filter: Some(Filter {
            title: "Trace an entry".into(),
            section: "lineage".into(),
            fields: vec![
                asset_field(services, address),
                Field {
                    name: SEQ.into(),
                    title: "Number of the entry".into(),
                    value: address.get(SEQ).unwrap_or_default().into(),
                    options: Vec::new(),
                },
            ],
            kept: address.others(&[ASSET, SEQ]),
        }),
        tables,
        ..Section::default()
    }
}

/// How an entry came to be.
pub fn told(of: &Asset, asked: &Asked) -> Table {
    let (seq, rows, none) = match asked {
        Asked::Missing { seq } => (seq, Vec::new(), "There is no such entry: it was deleted, damaged or never there."),
        Asked::Event { seq, entry } => (seq, happened(of, entry), ""),
        Asked::Sample { seq, lineage, contract } => (seq, sampled(of, lineage, contract.as_deref()), ""),
    };
    Table {
        caption: format!("Entry {seq} of {}", of.title),
        columns: ["What", "How it was"].map(Column::text).into(),
        rows: rows.into_iter().map(|(what, how)| Row::from(vec![Cell::new(what), how])).collect(),
        none: none.into(),
        next: None,
    }
}

fn happened(of: &Asset, entry: &Entry) -> Vec<(&'static str, Cell)> {
    let What::Event { id, kind, note, .. } = &entry.what else { return Vec::new() };
    vec![
        ("Asset", asset(of)),
        ("Event", Cell::new(kind)),
        ("Id", Cell::new(id).look(Look::Code)),
        ("Happened", Cell::at(entry.t)),
        ("Note", Cell::new(note)),
    ]
}

fn sampled(of: &Asset, lineage: &Lineage, contract: Option<&Contract>) -> Vec<(&'static str, Cell)> {
    let Lineage { entry, from, origin, unit } = lineage;
    let What::Sample { signal: number, value, quality } = entry.what else { return Vec::new() };
    let (connector, client) = origin.clone().unwrap_or_default();
    let agreed = contract.map_or_else(|| unit_of(of, number), |contract| contract.unit.as_str());
    vec![
        ("Asset", asset(of)),
        ("Signal", signal(of, number)),
        ("Value as kept", Cell::new(exact(value, agreed))),
        ("Quality", self::quality(quality)),
        ("Measured", Cell::at(entry.t)),
        ("Came in as", came_in(value, unit.as_deref(), agreed, contract)),
        ("Conversion", conversion(unit.as_deref(), agreed, contract)),
        ("Connector", Cell::new(connector)),
        ("Client", Cell::new(client).look(Look::Code)),
        ("Delivery", delivery(from.delivery)),
        ("Received", Cell::at(Timestamp(from.received_at))),
        ("Contract", revision(from.contract)),
    ]
}

fn unit_of(of: &Asset, number: u16) -> &str {
    of.model.signals.get(usize::from(number)).map_or("1", |signal| signal.unit.as_str())
}

/// The unit in which a value came: the one it said, or the one that was agreed for values that say none.
fn unit_in<'a>(said: Option<&'a str>, contract: Option<&'a Contract>) -> Option<&'a str> {
    said.or_else(|| contract.and_then(|contract| contract.source.as_ref()).map(|source| source.unit.as_str()))
}

/// The value before it was converted, worked out backwards.
fn came_in(kept: f64, said: Option<&str>, agreed: &str, contract: Option<&Contract>) -> Cell {
    let Some(unit) = unit_in(said, contract) else { return nothing() };
    let Some(back) = Conversion::between(agreed, unit) else { return nothing() };
    let scale = contract.and_then(|contract| contract.source.as_ref()).map_or(1.0, |source| source.scale);
    // Working backwards leaves a last digit or two that nobody sent.
    let value = format!("{:.12e}", back.apply(kept / scale)).parse().unwrap_or(f64::NAN);
    Cell::new(exact(value, unit))
}

fn conversion(said: Option<&str>, agreed: &str, contract: Option<&Contract>) -> Cell {
    let Some(unit) = unit_in(said, contract) else { return nothing() };
    let scale = contract.and_then(|contract| contract.source.as_ref()).map_or(1.0, |source| source.scale);
    let name = |unit: &str| if unit == "1" { "plain number".to_owned() } else { wording::unit(unit) };
    let units = (unit != agreed).then(|| format!("from {} to {}", name(unit), name(agreed)));
    let scaled = (scale != 1.0).then(|| format!("multiplied by {}", exact(scale, "1")));
    match (units, scaled) {
        (None, None) => Cell::new("none: kept as it came"),
        (units, scaled) => Cell::new(units.into_iter().chain(scaled).collect::<Vec<_>>().join(", ")),
    }
}

fn quality(quality: Quality) -> Cell {
    match quality {
        Quality::Good => Cell::new("good"),
        Quality::Uncertain => Cell::new("uncertain").look(Look::Warn),
        Quality::Bad => Cell::new("bad").look(Look::Alarm),
    }
}

/// Samples of before deliveries were numbered have the number 0.
fn delivery(number: i64) -> Cell {
    if number == 0 { nothing() } else { Cell::new(format!("no. {}", wording::count(number.unsigned_abs()))) }
}

fn revision(number: i64) -> Cell {
    if number == 0 { nothing() } else { Cell::new(format!("revision {number}")).to("#contracts") }
}

fn newest(of: &Asset, report: &Report, address: &Address) -> Table {
    let row = |(seq, found): &(u64, Origins)| {
        let link = address.link("lineage", &[(ASSET, of.id.to_string()), (SEQ, seq.to_string())]);
        let mut cells = vec![Cell::new(seq.to_string()).to(link)];
        match (&found.entry.what, &found.lineage) {
            (What::Sample { signal: number, value, quality: own }, Some(lineage)) => {
                let (connector, client) = lineage.origin.clone().unwrap_or_default();
                cells.extend([
                    signal(of, *number),
                    Cell::new(exact(*value, unit_of(of, *number))),
                    quality(*own),
                    Cell::at(found.entry.t),
                    Cell::at(Timestamp(lineage.from.received_at)),
                    Cell::new(connector),
                    Cell::new(client).look(Look::Code),
                ]);
            }
            (What::Event { kind, .. }, _) => {
                let mut own = vec![Cell::new(format!("event: {kind}")), nothing(), nothing(), Cell::at(found.entry.t)];
                own.resize(7, nothing());
                cells.extend(own);
            }
            (What::Sample { .. }, None) => cells.resize(8, nothing()),
        }
        Row::from(cells)
    };
    Table {
        caption: format!("Newest entries of {}", of.title),
        columns: vec![
            Column::number("Entry"),
            Column::text("Signal"),
            Column::number("Value"),
            Column::text("Quality"),
            Column::text("Measured"),
            Column::text("Received"),
            Column::text("Connector"),
            Column::text("Client"),
        ],
        rows: report.traced.newest.iter().map(row).collect(),
        none: "Nothing is kept of it yet.".into(),
        next: None,
    }
}
