//! The page of a model in Markdown: its equations with their units, and what is assumed.

use std::fmt::Write;

use twin::{Model, model::outline::Entry};

/// Sections in the order of the page: which they are, their heading, what is said of them, and their columns.
const SECTIONS: &[(&str, &str, &str, &[Column])] = &[
    (
        "input",
        "Inputs",
        "What drives the asset, and how each goes on after now.",
        &[Column::Name, Column::Title, Column::Unit, Column::Key("range", "from, to"), Column::Key("future", "future")],
    ),
    (
        "signal",
        "Measured signals",
        "What sensors say beside what the model expects.",
        &[
            Column::Name,
            Column::Title,
            Column::Unit,
            Column::Formula("observes", "equals"),
            Column::Key("noise", "noise"),
            Column::Key("range", "from, to"),
            Column::Key("normal", "normal"),
        ],
    ),
    (
        "output",
        "Outputs",
        "",
        &[
            Column::Name,
            Column::Title,
            Column::Unit,
            Column::Formula("value", "equals"),
            Column::Key("normal", "normal"),
        ],
    ),
    (
        "state",
        "States",
        "What the asset remembers. A rate is by the second; a next value is taken at the end of a step.",
        &[
            Column::Name,
            Column::Unit,
            Column::Formula("initial", "begins at"),
            Column::Formula("rate", "rate"),
            Column::Formula("next", "next value"),
            Column::Key("bounds", "from, to"),
        ],
    ),
    (
        "let",
        "Intermediates",
        "Units are derived where they are not stated. A fitted formula takes its names in the units beside it.",
        &[
            Column::Name,
            Column::Unit,
            Column::Formula("value", "equals"),
            Column::Formula("empirical", "fitted formula"),
            Column::Key("in", "taken in"),
            Column::Key("source", "source"),
        ],
    ),
    (
        "regime",
        "Regimes",
        "The first that holds is the one the asset works in.",
        &[Column::Name, Column::Title, Column::Formula("when", "when")],
    ),
    (
        "table",
        "Tables",
        "Straight lines between the points; the ends are held.",
        &[
            Column::Name,
            Column::Key("in", "of"),
            Column::Key("x", "points"),
            Column::Key("out", "gives"),
            Column::Key("y", "values"),
            Column::Key("source", "source"),
        ],
    ),
    (
        "parameter",
        "Parameters",
        "",
        &[
            Column::Name,
            Column::Key("value", "value"),
            Column::Unit,
            Column::Key("bounds", "from, to"),
            Column::Key("calibrate", "calibrated"),
            Column::Key("spread", "spread"),
            Column::Key("prior", "prior"),
            Column::Key("source", "source"),
        ],
    ),
    (
        "cost",
        "Costs",
        "These are assumptions: put your own in before you decide anything by them.",
        &[Column::Name, Column::Title, Column::Key("value", "value"), Column::Unit, Column::Key("source", "source")],
    ),
    (
        "event",
        "Events",
        "An event without a condition is told to the twin; one with a condition happens when that begins to hold.",
        &[Column::Name, Column::Formula("when", "when"), Column::Formula("set", "sets")],
    ),
    (
        "failure",
        "Failures",
        "",
        &[
            Column::Name,
            Column::Title,
            Column::Formula("when", "when"),
            Column::Key("severity", "severity"),
            Column::Formula("effects", "effects"),
            Column::Key("repair", "repaired by"),
            Column::Key("repair_time", "repair time"),
            Column::Key("repair_cost", "repair cost (assumed)"),
        ],
    ),
    (
        "action",
        "Maintenance",
        "",
        &[
            Column::Name,
            Column::Title,
            Column::Formula("set", "sets"),
            Column::Key("duration", "takes"),
            Column::Key("cost", "cost (assumed)"),
        ],
    ),
    (
        "slider",
        "Sliders",
        "",
        &[
            Column::Name,
            Column::Title,
            Column::Key("of", "of"),
            Column::Key("as", "as"),
            Column::Key("min", "least"),
            Column::Key("max", "most"),
            Column::Key("step", "step"),
        ],
    ),
    ("preset", "Presets", "", &[Column::Name, Column::Title, Column::Key("sliders", "sets")]),
];

enum Column {
    Name,
    Title,
    Unit,
    /// A key, and what it is called on the page.
    Key(&'static str, &'static str),
    /// The same, written as code.
    Formula(&'static str, &'static str),
}

pub fn page(model: &Model, entries: &[Entry]) -> String {
    let mut page = String::new();
    let top = entries.first();
    let said = |key: &str| top.and_then(|top| top.value(key)).unwrap_or_default();
    // Writing to a `String` cannot fail.
    let _ = writeln!(page, "# {}\n\nModel `{}`. Source: {}.\n", model.title, model.id, model.source);
    let method = if said("method").is_empty() { "rk4" } else { said("method") };
    let _ = writeln!(page, "Steps of {} by method `{method}`; looks {} ahead.\n", said("step"), said("horizon"));
    for (section, heading, words, columns) in SECTIONS {
        let rows: Vec<&Entry> = entries.iter().filter(|entry| entry.section == *section).collect();
        if rows.is_empty() {
            continue;
        }
        let _ = writeln!(page, "## {heading}\n");
        if !words.is_empty() {
            let _ = writeln!(page, "{words}\n");
        }
        let used: Vec<&Column> =
            columns.iter().filter(|column| rows.iter().any(|row| !column.cell(row).is_empty())).collect();
        let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
        let _ = writeln!(page, "{}", line(used.iter().map(|column| column.heading().to_owned()).collect()));
        let _ = writeln!(page, "{}", line(used.iter().map(|_| "---".to_owned()).collect()));
        for row in rows {
            let _ = writeln!(page, "{}", line(used.iter().map(|column| column.cell(row)).collect()));
        }
        page.push('\n');
    }
    page
}

impl Column {
    fn heading(&self) -> &str {
        match self {
            Column::Name => "name",
            Column::Title => "title",
            Column::Unit => "unit",
            Column::Key(_, heading) | Column::Formula(_, heading) => heading,
        }
    }

    fn cell(&self, row: &Entry) -> String {
        let text = match self {
            Column::Name => format!("`{}`", row.name),
            Column::Title => row.title.clone(),
            Column::Unit => row.unit.clone(),
            Column::Key(key, _) => row.value(key).unwrap_or_default().to_owned(),
            Column::Formula(key, _) => match row.value(key) {
                None | Some("") => String::new(),
                Some(formula) => format!("`{formula}`"),
            },
        };
        text.replace('|', "\\|")
    }
}
