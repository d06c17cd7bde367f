//! How the connectors are.

use crate::sheet::{Cell, Column, Look, Row, Section, Table};
use services::{doors::DoorState, report::Report};

use super::{count, nothing};
use crate::wording;

pub fn section(report: &Report) -> Section {
    let row = |door: &DoorState| {
        let state = match (door.is_up, &door.trouble) {
            (true, _) => Cell::new("well"),
            (false, Some(trouble)) => Cell::new(format!("down: {trouble}")).look(Look::Alarm),
            (false, None) => Cell::new("down").look(Look::Alarm),
        };
        Row::from(vec![
            Cell::new(&door.name),
            Cell::new(format!("{} {}", door.role, door.address)),
            state,
            door.since.map_or_else(nothing, Cell::at),
            door.connections.map_or_else(nothing, |open| count(open as u64)),
            door.last_at.map_or_else(nothing, |at| Cell::new(wording::age(report.now - at))),
        ])
    };
    Section {
        id: "connectors".into(),
        title: "Connectors".into(),
        lead: "The ways in, and how each of them is.".into(),
        tables: vec![Table {
            caption: "How each of them is".into(),
            columns: vec![
                Column::text("Connector"),
                Column::text("Where"),
                Column::text("State"),
                Column::text("Since"),
                Column::number("Connections"),
                Column::number("Last message"),
            ],
            rows: report.doors.iter().map(row).collect(),
            none: "None was opened.".into(),
            next: None,
        }],
        ..Section::default()
    }
}
