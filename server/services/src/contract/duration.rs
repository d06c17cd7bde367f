//! Lengths of time as people write them: a number, a space, a unit of time.

use twin::{Span, unit::Unit};

/// The longest that can be asked for.
const LONGEST: Span = Span(36_525 * Span::DAY.0);
/// Each of them a whole number of the next.
const UNITS: [(&str, Span); 6] = [
    ("d", Span::DAY),
    ("h", Span::HOUR),
    ("min", Span::MINUTE),
    ("s", Span::SECOND),
    ("ms", Span(1_000)),
    ("us", Span(1)),
];

/// Reads `500 ms`, `30 s`, `5 min`, `12 h`, `90 d`; from 1 us to a hundred years.
pub fn parse(text: &str) -> Result<Span, String> {
    let span = signed(text)?;
    if span.0 < 1 { Err(format!("`{text}` must be longer than nothing")) } else { Ok(span) }
}

/// Reads the same, and `0 s` or `-1 h` too.
pub fn signed(text: &str) -> Result<Span, String> {
    let wrong =
        || format!("`{text}` is not a number, a space and a unit of time, as `30 s`, `5 min`, `12 h` or `90 d`");
    let (number, unit) = text.split_once(' ').ok_or_else(wrong)?;
    let number: f64 = number.parse().map_err(|_| wrong())?;
    let second = Unit { dimension: [0, 0, 1, 0, 0, 0, 0, 0], factor: 1.0, offset: 0.0 };
    let secs = Unit::parse(unit).ok().and_then(|unit| unit.convert(number, &second)).ok_or_else(wrong)?;
    let fits = secs.abs() <= LONGEST.secs();
    if fits { Ok(Span::from_secs(secs)) } else { Err(format!("`{text}` is longer than a hundred years")) }
}

/// Writes `span` in the largest unit that it is a whole number of; `signed` reads it back to the microsecond.
pub fn text(span: Span) -> String {
    let (name, unit) = UNITS.into_iter().find(|(_, unit)| span.0 % unit.0 == 0 && span.0 != 0).unwrap_or(UNITS[3]);
    format!("{} {name}", span.0 / unit.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(given: &str, expected: Option<i64>) {
        assert_eq!(parse(given).ok().map(|span| span.0), expected, "{given}");
    }

    #[test]
    fn a_duration_is_a_number_and_a_unit() {
        check("500 ms", Some(500_000));
        check("30 s", Some(30_000_000));
        check("0.5 s", Some(500_000));
        check("5 min", Some(300_000_000));
        check("12 h", Some(43_200_000_000));
        check("90 d", Some(7_776_000_000_000));
        for wrong in ["", "30", "30s", "s", "30 V", "30  s", "-1 s", "0 s", "nan s", "inf s", "1e9 d", "1 s s"] {
            check(wrong, None);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(micros in -LONGEST.0..=LONGEST.0) {
            prop_assume!(micros.abs() < 1 << 52);
            prop_assert_eq!(signed(&text(Span(micros))), Ok(Span(micros)));
        }
    }
}
