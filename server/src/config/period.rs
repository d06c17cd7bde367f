//! Lengths of time with their unit: `30 s`, `5 min`, `12 h`, `90 d`, or `never`.

use std::time::Duration;

use super::value::{Any, Given, Value, quoted};

/// A length of time, or none at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    Of(Duration),
    Never,
}

const UNITS: [(&str, u64); 4] = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];
/// A thousand years: more is a slip, and arithmetic with it still fits.
const LONGEST_SECS: u64 = 365_000 * 86_400;

impl Value for Period {
    type Limits = Any;

    fn read(given: &Given, _: &Any) -> Option<Period> {
        let text = given.text()?.trim();
        if text == "never" {
            return Some(Period::Never);
        }
        let digits = text.find(|sign: char| !sign.is_ascii_digit())?;
        let (_, secs) = UNITS.into_iter().find(|(unit, _)| *unit == text[digits..].trim_start())?;
        let whole: u64 = text[..digits].parse().ok()?;
        let secs = whole.checked_mul(secs).filter(|secs| (1..=LONGEST_SECS).contains(secs))?;
        Some(Period::Of(Duration::from_secs(secs)))
    }

    fn expected(_: &Any) -> String {
        "a length of time such as `30 s`, `5 min`, `12 h` or `90 d`, or `never`".into()
    }

    fn shown(&self) -> String {
        let Period::Of(length) = self else { return quoted("never") };
        let secs = length.as_secs();
        let (unit, each) = UNITS.into_iter().find(|(_, each)| secs % each == 0).unwrap_or(("s", 1));
        quoted(&format!("{} {unit}", secs / each))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(u64, &str)>) {
        let read = Period::read(&Given::Environment(text), &Any);
        match expected {
            Some((secs, shown)) => {
                assert_eq!(read, Some(Period::Of(Duration::from_secs(secs))), "{text}");
                assert_eq!(read.unwrap().shown(), quoted(shown), "{text}");
            }
            None => assert_eq!(read, None, "{text}"),
        }
    }

    #[test]
    fn lengths_of_time_have_a_unit() {
        check("30 s", Some((30, "30 s")));
        check("30s", Some((30, "30 s")));
        check("5 min", Some((300, "5 min")));
        check(" 12 h ", Some((43_200, "12 h")));
        check("90 d", Some((7_776_000, "90 d")));
        check("120 min", Some((7_200, "2 h")));
        for wrong in ["90", "", "d", "0 s", "-1 d", "1.5 h", "5 m", "1 d 2 h", "99999999999999999999 d", "365001 d"] {
            check(wrong, None);
        }
    }

    #[test]
    fn never_is_a_length_too() {
        assert_eq!(Period::read(&Given::Environment("never"), &Any), Some(Period::Never));
        assert_eq!(Period::Never.shown(), "\"never\"");
    }
}
