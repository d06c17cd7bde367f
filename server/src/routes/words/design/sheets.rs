//! The parts of the data page.

use app::{
    components::{CorrectionForm, DataSection, DataTable, FilterForm, FindingList},
    sheet::{Cell, Column, Field, Filter, Look, Section, Table},
};
use leptos::prelude::*;

use super::{specimen, stage::NOW};

pub fn all() -> AnyView {
    let findings = vec![
        Cell::new("cell-1: no sample for 2 h").look(Look::Alarm).to("/design"),
        Cell::new("3 items wait in quarantine").look(Look::Warn).to("/design"),
    ];
    let section = Section {
        id: "sources".into(),
        title: "Sources".into(),
        lead: "Who sends, and how much.".into(),
        filter: None,
        tables: vec![table(Vec::new())],
        has_correction: false,
    };
    view! {
        {specimen("Findings", vec![
            ("calm", view! { <FindingList findings=Vec::new() /> }.into_any()),
            ("two", view! { <FindingList findings /> }.into_any()),
        ])}
        {specimen("Data table", vec![
            ("empty", view! { <DataTable table=table(Vec::new()) /> }.into_any()),
            ("rows of every look", view! { <DataTable table=table(rows()) /> }.into_any()),
        ])}
        {specimen("Data section", vec![("empty", view! { <DataSection section /> }.into_any())])}
        {specimen("Filter", vec![("of two fields", view! { <FilterForm filter=filter() /> }.into_any())])}
        {specimen("Correction", vec![("nothing chosen", view! { <CorrectionForm /> }.into_any())])}
    }
    .into_any()
}

fn table(rows: Vec<Vec<Cell>>) -> Table {
    Table {
        caption: "Sources of telemetry".into(),
        columns: vec![Column::text("Source"), Column::text("Last heard"), Column::number("Samples")],
        rows: rows.into_iter().map(Into::into).collect(),
        none: "Nobody has sent anything yet.".into(),
        next: None,
    }
}

fn rows() -> Vec<Vec<Cell>> {
    let row = |name: &str, look| vec![Cell::new(name).look(look), Cell::at(NOW), Cell::new("1,234")];
    vec![
        row("plain", Look::Plain),
        row("code", Look::Code),
        row("muted", Look::Muted),
        row("to look at", Look::Warn),
        row("abnormal", Look::Alarm),
    ]
}

fn filter() -> Filter {
    let field = |name: &str, title: &str, options: &[&str]| Field {
        name: name.into(),
        title: title.into(),
        value: String::new(),
        options: options.iter().map(|option| (option.to_string(), option.to_string())).collect(),
    };
    Filter {
        title: "Show only".into(),
        section: "sources".into(),
        fields: vec![field("asset", "Asset", &["", "cell-1"]), field("note", "Note", &[])],
        kept: Vec::new(),
    }
}
