//! What the page of a model has of each section of its file, and in which columns.

use twin::model::outline::Entry;

/// Sections in the order of the page: which they are, their heading, what is said of them, and their columns.
pub const SECTIONS: &[(&str, &str, &str, &[Column])] = &[
    (
        "input",
        "Inputs",
        "What drives the asset, and how each goes on after now.",
        &[
            Column::Name,
            Column::Title,
            Column::Unit,
            Column::Key("range", "from, to"),
            Column::Key("initial", "before the first sample"),
            Column::Key("future", "future"),
            Column::Key("known", "taken as known"),
            Column::Key("value", "constant"),
            Column::Key("schedule", "schedule (UTC)"),
            Column::Key("normal", "normal"),
        ],
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
            Column::Key("corrects", "corrects only"),
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
            Column::Key("range", "from, to"),
            Column::Key("normal", "normal"),
        ],
    ),
    (
        "state",
        "States",
        "What the asset remembers. A rate is by the second; a next value is taken at the end of a step.",
        &[
            Column::Name,
            Column::Title,
            Column::Unit,
            Column::Formula("initial", "begins at"),
            Column::Formula("rate", "rate"),
            Column::Formula("next", "next value"),
            Column::Key("bounds", "from, to"),
            Column::Key("spread", "spread"),
            Column::Key("drift", "drift"),
        ],
    ),
    (
        "let",
        "Intermediates",
        "Units are derived where they are not stated. A fitted formula takes its names in the units beside it.",
        &[
            Column::Name,
            Column::Title,
            Column::Unit,
            Column::Formula("value", "equals"),
            Column::Formula("empirical", "fitted formula"),
            Column::Key("in", "taken in"),
            Column::Key("source", "source"),
        ],
    ),
    (
        "learned",
        "Learned from recordings",
        "What sealed files say of rows of signals. A row that has a name is counted as it comes, another by the clock.",
        &[
            Column::Name,
            Column::Title,
            Column::Key("sealed", "sealed file"),
            Column::Key("inputs", "reads"),
            Column::Key("in", "taken in"),
            Column::Key("reference", "held to"),
            Column::Unit,
            Column::Key("every", "row"),
            Column::Key("row", "called"),
            Column::Key("states", "states"),
            Column::Key("normal", "normal"),
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
            Column::Title,
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
        "What is calibrated differs between members and is corrected by measurements; `drift` is gained in the root of an hour.",
        &[
            Column::Name,
            Column::Title,
            Column::Key("value", "value"),
            Column::Unit,
            Column::Key("bounds", "from, to"),
            Column::Key("calibrate", "calibrated"),
            Column::Key("spread", "spread"),
            Column::Key("drift", "drift"),
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
        &[Column::Name, Column::Title, Column::Formula("when", "when"), Column::Formula("set", "sets")],
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
            Column::Unit,
            Column::Key("min", "least"),
            Column::Key("max", "most"),
            Column::Key("step", "step"),
        ],
    ),
    ("preset", "Presets", "", &[Column::Name, Column::Title, Column::Key("sliders", "sets")]),
];

pub enum Column {
    Name,
    Title,
    Unit,
    /// A key, and what it is called on the page.
    Key(&'static str, &'static str),
    /// The same, written as code.
    Formula(&'static str, &'static str),
}

impl Column {
    pub fn heading(&self) -> &str {
        match self {
            Column::Name => "name",
            Column::Title => "title",
            Column::Unit => "unit",
            Column::Key(_, heading) | Column::Formula(_, heading) => heading,
        }
    }

    pub fn cell(&self, row: &Entry) -> String {
        let text = match self {
            Column::Name => format!("`{}`", row.name),
            // A title that was made of the name says nothing more.
            Column::Title if row.title.to_lowercase() == row.name.replace(['_', '.'], " ").to_lowercase() => {
                String::new()
            }
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

#[cfg(test)]
mod tests {
    use twin::model::outline::vocabulary;

    use super::*;

    #[test]
    fn a_page_says_whatever_a_file_can() {
        // What stands first is said above the sections; a composition was put together before there is a page of it.
        let (words, _) = vocabulary();
        for (section, keys) in words.iter().filter(|(section, _)| !matches!(*section, "" | "part" | "connect")) {
            let (.., columns) = SECTIONS.iter().find(|(own, ..)| own == section).unwrap();
            for (key, _) in keys {
                let says = |column: &Column| match column {
                    Column::Name => false,
                    Column::Title => *key == "title",
                    Column::Unit => matches!(*key, "unit" | "out"),
                    Column::Key(own, _) | Column::Formula(own, _) => own == key,
                };
                assert!(columns.iter().any(says), "`{key}` of `{section}` is not on the page");
            }
        }
    }
}
