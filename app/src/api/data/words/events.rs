//! Gaps, silence, stuck values and the like: open ones, then those that are over.

use crate::sheet::{Cell, Column, Field, Filter, Look, Row, Section, Table};
use services::{
    Services,
    catalog::Asset,
    quality::{EventKind, QualityEvent},
    report::Report,
    store::quality::QualityRow,
};
use twin::Span;

use super::{
    Address,
    address::{ASSET, EVENTS_BEFORE, KIND},
    asset, count, exact, many, nothing, signal,
};
use crate::wording;

pub fn section(services: &Services, report: &Report, address: &Address) -> Section {
    let columns = || {
        vec![
            Column::text("What"),
            Column::text("Asset"),
            Column::text("Signal"),
            Column::text("From"),
            Column::text("To"),
            Column::number("Lasts"),
            Column::number("Samples"),
            Column::text("In detail"),
        ]
    };
    let row = |found: &QualityRow| row(services, report, found);
    let events = &report.events;
    Section {
        id: "events".into(),
        title: "Gaps and other events".into(),
        lead: "What is to be said of the data beside the data, in each asset\u{2019}s own time.".into(),
        filter: Some(filter(services, address)),
        tables: vec![
            Table {
                caption: "Open".into(),
                columns: columns(),
                rows: events.open.iter().map(row).collect(),
                none: "Nothing is open.".into(),
                next: None,
            },
            Table {
                caption: "Over".into(),
                columns: columns(),
                rows: events.over.iter().map(row).collect(),
                none: "None.".into(),
                next: events.next.map(|key| address.link("events", &[(EVENTS_BEFORE, key.to_string())])),
            },
        ],
        ..Section::default()
    }
}

fn filter(services: &Services, address: &Address) -> Filter {
    let kinds = EventKind::ALL.into_iter().map(|known| (known.as_str().to_owned(), kind(known).to_owned()));
    Filter {
        title: "Show of these events".into(),
        section: "events".into(),
        fields: vec![
            asset_field(services, address),
            Field {
                name: KIND.into(),
                title: "What".into(),
                value: address.get(KIND).unwrap_or_default().into(),
                options: std::iter::once((String::new(), "Everything".to_owned())).chain(kinds).collect(),
            },
        ],
        kept: address.others(&[ASSET, KIND, EVENTS_BEFORE]),
    }
}

/// A choice among the plant's assets, and of the one in the address where the plant has no such asset.
pub fn asset_field(services: &Services, address: &Address) -> Field {
    let value = address.get(ASSET).unwrap_or_default();
    let assets = services.catalog.assets().iter().map(|asset| (asset.id.to_string(), asset.title.clone()));
    let mut options: Vec<_> = std::iter::once((String::new(), "All assets".to_owned())).chain(assets).collect();
    if options.iter().all(|(known, _)| known != value) {
        options.push((value.to_owned(), format!("{value} (not in the plant)")));
    }
    Field { name: ASSET.into(), title: "Asset".into(), value: value.into(), options }
}

pub fn kind(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Gap => "Gap",
        EventKind::Silence => "Silence",
        EventKind::Stuck => "Stuck value",
        EventKind::ClockJump => "Clock jump",
        EventKind::Rate => "Change too fast",
        EventKind::Unusual => "Unusual value",
        EventKind::Fell => "Counter fell",
        EventKind::Late => "Late",
    }
}

fn row(services: &Services, report: &Report, found: &QualityRow) -> Row {
    let event = &found.event;
    // The end of a silence is only written down once it is over.
    let is_lasting = event.is_open && event.kind == EventKind::Silence;
    let end = if is_lasting { services.clocks.get(event.asset).now(report.now) } else { event.to };
    let of = &services.catalog.assets()[event.asset];
    let look = if event.is_open { Look::Warn } else { Look::Plain };
    let to = if event.is_open { Cell::new("open").look(Look::Warn) } else { Cell::at(event.to) };
    Row::from(vec![
        Cell::new(kind(event.kind)).look(look),
        asset(of),
        signal(of, event.signal),
        Cell::at(event.from),
        to,
        Cell::new(wording::span(end - event.from)),
        if matches!(event.kind, EventKind::Gap | EventKind::Silence) { nothing() } else { count(event.count) },
        detail(of, event).map_or_else(nothing, Cell::new),
    ])
}

/// What else there is to say of an event than what it is and how long it lasts.
pub fn detail(of: &Asset, event: &QualityEvent) -> Option<String> {
    let unit = of.contract(event.signal).unit.as_str();
    let value = event.value;
    let span = || wording::span(Span::from_secs(value.abs()));
    let text = match event.kind {
        EventKind::Gap if event.count > 1 => {
            format!("{}, the longest {}", many(event.count, "hole", "holes"), span())
        }
        EventKind::Gap => format!("{} without a sample", span()),
        EventKind::Silence => return None,
        _ if !value.is_finite() => return None,
        EventKind::Stuck => format!("at {}", exact(value, unit)),
        EventKind::ClockJump if value < 0.0 => format!("{} back", span()),
        EventKind::ClockJump => format!("{} forward", span()),
        EventKind::Rate => format!("up to {} a second", exact(value, wording::unit_of_difference(unit))),
        EventKind::Unusual => format!("the furthest {}", exact(value, unit)),
        EventKind::Fell => format!("by {}", exact(value, wording::unit_of_difference(unit))),
        EventKind::Late => format!("up to {} behind", span()),
    };
    Some(text)
}
