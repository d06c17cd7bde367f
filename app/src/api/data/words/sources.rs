//! Who sends how much, how late, and how much of it twice.

use crate::sheet::{Cell, Column, Look, Row, Section, Table};
use services::report::{Heard, Report};
use twin::{Span, Timestamp};

use super::{count, faults, many};
use crate::wording;

pub fn section(report: &Report) -> Section {
    let columns = vec![
        Column::text("Client"),
        Column::text("Connector"),
        Column::number("Items/s"),
        Column::number("Lag"),
        Column::number("Last heard"),
        Column::number("Accepted"),
        Column::number("Duplicates"),
        Column::number("Rejected"),
        Column::number("Out of order"),
        Column::number("Late"),
    ];
    let untold = match report.untold as u64 {
        0 => String::new(),
        untold => format!(" {} not listed.", many(untold, "more source is", "more sources are")),
    };
    Section {
        id: "sources".into(),
        title: "Sources".into(),
        lead: format!(
            "Who has sent something since the server started. The rate is that of the last minute; lag is the asset\u{2019}s clock \
             less the newest time in the last delivery.{untold}"
        ),
        tables: vec![Table {
            caption: "Sources by connector and client".into(),
            columns,
            rows: report.sources.iter().map(|heard| row(heard, report.now)).collect(),
            none: "Nothing has come since the server started.".into(),
            next: None,
        }],
        ..Section::default()
    }
}

fn row(heard: &Heard, now: Timestamp) -> Row {
    let Heard { origin, source, rate } = heard;
    Row::from(vec![
        Cell::new(&origin.client).look(Look::Code),
        Cell::new(origin.connector),
        Cell::new(wording::number(*rate, if *rate < 10.0 { 1 } else { 0 })),
        Cell::new(lag(source.lag)),
        Cell::new(wording::age(now - source.last_at)),
        count(source.accepted),
        count(source.duplicates),
        faults(source.rejected),
        count(source.out_of_order),
        faults(source.late),
    ])
}

fn lag(lag: Span) -> String {
    match lag.0 {
        micros if micros < 0 => format!("{} ahead", short(Span(-micros))),
        _ => short(lag),
    }
}

fn short(span: Span) -> String {
    if span < Span::SECOND { format!("{} ms", span.0 / 1000) } else { wording::span(span) }
}
