//! The page of a model in Markdown: its equations with their units, and what is assumed.

mod sections;

use std::fmt::Write;

use twin::{
    Model,
    model::{Effect, outline::Entry},
};

use self::sections::{Column, SECTIONS};
use crate::wording::turned;

pub fn page(model: &Model, entries: &[Entry]) -> String {
    let mut page = String::new();
    let top = entries.first().cloned();
    let said = |key: &str| top.as_ref().and_then(|top| top.value(key)).unwrap_or_default();
    // Writing to a `String` cannot fail.
    let _ = writeln!(page, "# {}\n\nModel `{}`. Source: {}.\n", model.title, model.id, model.source);
    let method = if said("method").is_empty() { "rk4" } else { said("method") };
    let [step, horizon, headline] = ["step", "horizon", "headline"].map(said);
    let _ = writeln!(page, "Steps of {step} by method `{method}`; looks {horizon} ahead. A tile shows `{headline}`.\n");
    let entries: Vec<Entry> = entries.iter().map(|entry| with_unit(model, entry)).collect();
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

/// A slider is shown in the unit of what it turns, or as the factor or difference that it is; so is what presets set.
fn with_unit(model: &Model, entry: &Entry) -> Entry {
    let mut own = entry.clone();
    let rewrite = |own: &mut Entry, key: &str, text: String| {
        own.values.iter_mut().filter(|(known, _)| *known == key).for_each(|(_, value)| value.clone_from(&text));
    };
    match (own.section, model.slider(&own.name)) {
        ("slider", Some(number)) => {
            let slider = &model.sliders[usize::from(number)];
            let effect = model.effect(number);
            own.unit = if effect == Effect::Scale { String::new() } else { slider.unit.clone() };
            if effect == Effect::Scale {
                rewrite(&mut own, "min", format!("x {}", slider.min));
                rewrite(&mut own, "max", format!("x {}", slider.max));
            }
        }
        ("preset", _) => {
            if let Some(preset) = model.presets.iter().find(|preset| preset.name == own.name) {
                let set = |(number, value): &(u16, f64)| {
                    format!("{} {}", model.sliders[usize::from(*number)].name, turned(model, *number, *value))
                };
                let all: Vec<String> = preset.sliders.iter().map(set).collect();
                rewrite(&mut own, "sliders", all.join(", "));
            }
        }
        _ => {}
    }
    own
}
