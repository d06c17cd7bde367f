//! Refused items: how many wait and why, each as it came, and what was done with them.

use std::collections::BTreeMap;

use crate::sheet::{Cell, Column, Field, Filter, Look, Row, Section, Table};
use services::{
    Services,
    quarantine::{Example, Report as Done},
    report::Report,
    store::quarantine::{Action, RejectionRow},
};

use super::{
    Address,
    address::{ANY, ASSET, BEFORE, OPEN, REASON, SIGNAL, STATE},
    count,
    events::asset_field,
    faults, nothing,
};

const REASONS: [(&str, &str); 11] = [
    ("malformed", "Malformed"),
    ("topic", "Wrong topic"),
    ("unknown-asset", "Unknown asset"),
    ("unknown-signal", "Unknown signal"),
    ("unit", "Unit"),
    ("not-finite", "Not a number"),
    ("range", "Out of range"),
    ("kind", "Wrong kind"),
    ("future", "From the future"),
    ("past", "Before 1900"),
    ("conflict", "Conflict"),
];

/// Why an item was refused, in words.
pub fn reason(reason: &str) -> &str {
    REASONS.iter().find(|(known, _)| *known == reason).map_or(reason, |(_, words)| words)
}

pub fn section(services: &Services, report: &Report, address: &Address) -> Section {
    let refused = &report.refused;
    Section {
        id: "quarantine".into(),
        title: "Quarantine".into(),
        lead: "What was refused at the door, as it came. Nothing is thrown away: it can be corrected by rule and taken in after all."
            .into(),
        filter: Some(filter(services, address)),
        tables: vec![
            counts(report),
            Table {
                caption: "Refused items, newest first".into(),
                columns: [
                    "Why", "Asset", "Signal", "Received", "As it came", "In detail", "Connector", "Client", "State",
                ]
                .map(Column::text)
                .into(),
                rows: refused.rows.iter().map(row).collect(),
                none: "No such item.".into(),
                next: refused.next.map(|key| address.link("quarantine", &[(BEFORE, key.to_string())])),
            },
            Table {
                caption: "What was done, newest first".into(),
                columns: vec![
                    Column::text("When"),
                    Column::text("What"),
                    Column::text("By"),
                    Column::text("Rule or note"),
                    Column::number("Items"),
                    Column::number("Accepted"),
                    Column::number("Duplicates"),
                    Column::number("Still refused"),
                ],
                rows: refused.actions.iter().map(action).collect(),
                none: "Nothing yet.".into(),
                next: None,
            },
        ],
        has_correction: true,
    }
}

fn filter(services: &Services, address: &Address) -> Filter {
    let value = |name| address.get(name).unwrap_or_default().to_owned();
    let reasons = REASONS.iter().map(|(known, words)| ((*known).to_owned(), (*words).to_owned()));
    let states = [(OPEN, "Waiting"), ("readmitted", "Readmitted"), ("dismissed", "Dismissed"), (ANY, "Any")];
    let field =
        |name: &str, title: &str, value, options| Field { name: name.into(), title: title.into(), value, options };
    Filter {
        title: "Show of these items".into(),
        section: "quarantine".into(),
        fields: vec![
            asset_field(services, address),
            field(SIGNAL, "Signal\u{2019}s id", value(SIGNAL), Vec::new()),
            field(
                REASON,
                "Reason",
                value(REASON),
                std::iter::once((String::new(), "Any reason".to_owned())).chain(reasons).collect(),
            ),
            field(
                STATE,
                "State",
                address.get(STATE).unwrap_or(OPEN).to_owned(),
                states.map(|(known, words)| (known.to_owned(), words.to_owned())).into(),
            ),
        ],
        kept: address.others(&[ASSET, SIGNAL, REASON, STATE, BEFORE]),
    }
}

fn counts(report: &Report) -> Table {
    let mut by_reason: BTreeMap<&str, [u64; 3]> = BTreeMap::new();
    for (state, reason, n) in &report.refused.counts {
        let place = match state.as_str() {
            "open" => 0,
            "readmitted" => 1,
            _ => 2,
        };
        by_reason.entry(reason).or_default()[place] += n;
    }
    let row = |(name, [open, readmitted, dismissed]): (&str, [u64; 3])| {
        Row::from(vec![Cell::new(reason(name)), faults(open), count(readmitted), count(dismissed)])
    };
    Table {
        caption: "Refused items by reason".into(),
        columns: vec![
            Column::text("Reason"),
            Column::number("Waiting"),
            Column::number("Readmitted"),
            Column::number("Dismissed"),
        ],
        rows: by_reason.into_iter().map(row).collect(),
        none: "Nothing was ever refused.".into(),
        next: None,
    }
}

fn row(row: &RejectionRow) -> Row {
    let text = |text: &str| if text.is_empty() { nothing() } else { Cell::new(text).look(Look::Code) };
    let state = match row.state.as_str() {
        OPEN => Cell::new("Waiting"),
        "readmitted" => Cell::new("Readmitted").look(Look::Muted),
        _ => Cell::new("Dismissed").look(Look::Muted),
    };
    Row {
        key: (row.state == OPEN).then_some(row.key),
        cells: vec![
            Cell::new(reason(&row.reason)),
            text(&row.asset),
            text(&row.signal),
            Cell::at(row.received_at),
            text(&row.raw),
            Cell::new(&row.detail),
            Cell::new(&row.connector),
            text(&row.client),
            state,
        ],
    }
}

fn action(action: &Action) -> Row {
    let known = |n: Option<u64>| n.map_or_else(nothing, count);
    let is_readmitted = action.action == "readmit";
    let outcome = |n| if is_readmitted { known(n) } else { nothing() };
    Row::from(vec![
        Cell::at(action.at),
        Cell::new(if is_readmitted { "Readmitted" } else { "Dismissed" }),
        Cell::new(&action.actor),
        Cell::new(&action.rule).look(Look::Code),
        count(action.items),
        outcome(action.accepted),
        outcome(action.duplicates),
        outcome(action.refused),
    ])
}

/// What became of each item, or would.
pub fn outcome_table(done: &Done, caption: &str) -> Table {
    let row = |example: &Example| {
        let outcome = match example.outcome {
            "accepted" => Cell::new("Accepted"),
            "duplicate" => Cell::new("Duplicate").look(Look::Muted),
            _ => Cell::new("Refused").look(Look::Warn),
        };
        let becomes =
            example.becomes.as_ref().map_or_else(nothing, |item| Cell::new(item.to_string()).look(Look::Code));
        let why = example.reason.map(|why| match &example.detail {
            Some(detail) => format!("{}: {detail}", reason(why)),
            None => reason(why).to_owned(),
        });
        Row::from(vec![outcome, becomes, why.map_or_else(nothing, Cell::new)])
    };
    Table {
        caption: caption.into(),
        columns: ["Outcome", "The item by this rule", "Why"].map(Column::text).into(),
        rows: done.examples.iter().map(row).collect(),
        none: "No item was meant: those that were chosen wait no more.".into(),
        next: None,
    }
}
