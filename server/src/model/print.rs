//! What a check of model files prints.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use twin::{Model, model::ModelError};

/// Where lines are looked up.
pub struct Sources<'s> {
    pub file: &'s Path,
    pub text: &'s str,
    /// The file of a part's model.
    pub part: &'s dyn Fn(&str) -> Option<PathBuf>,
}

/// What is in the file, and what of it nothing needs.
pub fn fine(file: &Path, model: &Model, idle: &[(&str, String)], to: &mut dyn Write) -> std::io::Result<()> {
    let count = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    let parts = [
        count(model.signals.len(), "signal"),
        count(model.quantities.len() - model.signals.len(), "output"),
        count(model.failures.len(), "failure"),
        count(model.actions.len(), "action"),
        count(model.sliders.len(), "slider"),
    ];
    writeln!(to, "{}: fine: {}", file.display(), parts.join(", "))?;
    idle.iter().try_for_each(|(section, name)| writeln!(to, "  {section} `{name}` is used by no formula"))
}

/// The message, where it is, and the line with a caret below the place.
pub fn error(sources: &Sources, error: &ModelError, to: &mut dyn Write) -> std::io::Result<()> {
    let own = (sources.file.to_path_buf(), sources.text.to_owned());
    let part = || {
        let file = (sources.part)(&error.file)?;
        let text = std::fs::read_to_string(&file).ok()?;
        Some((file, text))
    };
    let (file, text) =
        if error.file.is_empty() { own } else { part().unwrap_or((error.file.clone().into(), String::new())) };
    let line = text.lines().nth(error.line.saturating_sub(1)).unwrap_or_default();
    let number = error.line.to_string();
    let margin = " ".repeat(number.len());
    // Tabs stay tabs, so that the caret stands where they bring it.
    let before: String =
        line.chars().take(error.column.saturating_sub(1)).map(|c| if c == '\t' { c } else { ' ' }).collect();
    writeln!(to, "error: {}", error.message)?;
    writeln!(to, "{margin}--> {}:{}:{}", file.display(), error.line, error.column)?;
    writeln!(to, "{margin} |\n{number} | {line}\n{margin} | {before}^\n")
}
