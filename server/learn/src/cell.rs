//! What stands in a cell: a number, nothing, or what is neither, which is refused.

use std::{borrow::Cow, fmt};

use serde::Deserialize;

/// No sensor reads a number that is further from zero.
const FURTHEST: f64 = 1e18;

/// What stands for nothing, beside an empty cell and a `NaN`: a number, or a word.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Mark {
    Number(f64),
    Word(String),
}

/// Why a cell is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// It is no number.
    Text(String),
    /// It is a number that nothing reads.
    Far(String),
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wrong::Text(text) => write!(f, "`{text}` is no number, and not what `missing` says"),
            Wrong::Far(text) => write!(f, "`{text}` is further from zero than any reading ({FURTHEST:e})"),
        }
    }
}

impl std::error::Error for Wrong {}

/// The number in a cell; NaN where it says nothing.
pub fn number(text: &str, missing: Option<&Mark>) -> Result<f64, Wrong> {
    let text = text.trim();
    if text.is_empty() || matches!(missing, Some(Mark::Word(word)) if word == text) {
        return Ok(f64::NAN);
    }
    let value: f64 = text.parse().map_err(|_| Wrong::Text(text.into()))?;
    if matches!(missing, Some(Mark::Number(mark)) if *mark == value) {
        return Ok(f64::NAN);
    }
    if value.abs() > FURTHEST { Err(Wrong::Far(text.into())) } else { Ok(value) }
}

/// `text` as a cell that is read back to itself.
pub fn quoted(text: &str) -> Cow<'_, str> {
    let is_plain = !text.contains(['"', ',', '\n', '\r']);
    if is_plain { text.into() } else { format!("\"{}\"", text.replace('"', "\"\"")).into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, missing: Option<Mark>, want: Result<f64, Wrong>) {
        let found = number(text, missing.as_ref());
        assert_eq!(found.clone().map(f64::to_bits), want.map(f64::to_bits), "{text}: {found:?}");
    }

    #[test]
    fn a_number_is_read_and_nothing_is_nothing() {
        check(" 1.5 ", None, Ok(1.5));
        check("-2e3", None, Ok(-2000.0));
        check("", None, Ok(f64::NAN));
        check("NaN", None, Ok(f64::NAN));
        check("-200.0", Some(Mark::Number(-200.0)), Ok(f64::NAN));
        check("n/a", Some(Mark::Word("n/a".into())), Ok(f64::NAN));
    }

    #[test]
    fn what_is_neither_is_refused() {
        for text in ["abc", "1,5", "n/a", "12 degC", "0x10"] {
            check(text, Some(Mark::Number(-200.0)), Err(Wrong::Text(text.into())));
        }
        for text in ["1e400", "-inf", "1e30", "18446744073709551615"] {
            check(text, None, Err(Wrong::Far(text.into())));
        }
    }

    #[test]
    fn a_cell_is_quoted_where_it_has_to_be() {
        assert_eq!(quoted("pump 1"), "pump 1");
        assert_eq!(quoted("pump, \"1\""), "\"pump, \"\"1\"\"\"");
    }
}
