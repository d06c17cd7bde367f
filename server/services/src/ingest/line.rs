//! InfluxDB line protocol: each field of a line is a reading.
//!
//! The asset is the tag `asset`, else the measurement; the signal is the field's key, but a field `value` of a line with
//! that tag is the signal that the measurement names. Times are cut to microseconds.

use std::borrow::Cow;

use influxdb_line_protocol::{EscapedStr, FieldValue, parse_lines, split_lines};
use twin::{Timestamp, entry::Quality};

use super::{Item, Reading, Text, Told};

/// The most readings that one body may hold.
pub const MOST_ITEMS: usize = 50_000;

/// The unit of a line's time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Precision {
    #[default]
    Nanos,
    Micros,
    Millis,
    Secs,
    Minutes,
    Hours,
}

impl Precision {
    /// Reads what the query of a request says.
    pub fn parse(text: &str) -> Option<Precision> {
        Some(match text {
            "n" | "ns" => Precision::Nanos,
            "u" | "us" | "\u{b5}" => Precision::Micros,
            "ms" => Precision::Millis,
            "s" => Precision::Secs,
            "m" => Precision::Minutes,
            "h" => Precision::Hours,
            _ => return None,
        })
    }

    /// `None` for a time that does not fit.
    fn time(self, t: i64) -> Option<Timestamp> {
        let micros = match self {
            Precision::Nanos => return Some(Timestamp(t.div_euclid(1000))),
            Precision::Micros => 1,
            Precision::Millis => 1_000,
            Precision::Secs => 1_000_000,
            Precision::Minutes => 60_000_000,
            Precision::Hours => 3_600_000_000,
        };
        t.checked_mul(micros).map(Timestamp)
    }
}

/// A body of more readings than are taken at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than {MOST_ITEMS} readings")]
pub struct TooMany;

/// Reads the lines of a body; what is wrong with one of them does not touch the rest.
pub fn lines(body: &Text, precision: Precision) -> Result<Vec<Item<'_>>, TooMany> {
    let mut items = Vec::new();
    for line in split_lines(body.as_str()) {
        let malformed =
            |why: String| Item { asset: Cow::default(), signal: Cow::default(), what: Told::Malformed(why), raw: line };
        match parse_lines(line).next() {
            // A comment, or nothing.
            None => {}
            Some(Err(error)) => items.push(malformed(error.to_string())),
            Some(Ok(parsed)) => match parsed.timestamp.map(|t| precision.time(t)) {
                Some(None) => items.push(malformed("its time is out of range".into())),
                t => fields(parsed.series, parsed.field_set, t.flatten(), line, &mut items),
            },
        }
        if items.len() > MOST_ITEMS {
            return Err(TooMany);
        }
    }
    Ok(items)
}

fn fields<'a>(
    series: influxdb_line_protocol::Series<'a>,
    fields: influxdb_line_protocol::FieldSet<'a>,
    t: Option<Timestamp>,
    raw: &'a str,
    items: &mut Vec<Item<'a>>,
) {
    let tag = series.tag_set.into_iter().flatten().find(|(key, _)| *key == "asset").map(|(_, value)| text(value));
    let measurement = text(series.measurement);
    let named_by_measurement = tag.is_some().then(|| measurement.clone());
    let asset = tag.unwrap_or(measurement);
    let quality = if t.is_some() { Quality::Good } else { Quality::Uncertain };
    for (key, value) in fields {
        let signal = match &named_by_measurement {
            Some(measurement) if key == "value" => measurement.clone(),
            _ => text(key),
        };
        let value = match value {
            FieldValue::F64(value) => Some(value),
            FieldValue::I64(value) => Some(value as f64),
            FieldValue::U64(value) => Some(value as f64),
            FieldValue::Boolean(is_on) => Some(f64::from(u8::from(is_on))),
            FieldValue::String(_) => None,
        };
        let what = match value {
            Some(value) => Told::Reading(Reading { t, value, unit: None, quality }),
            None => Told::Malformed(format!("field `{signal}` is a text")),
        };
        items.push(Item { asset: asset.clone(), signal, what, raw });
    }
}

fn text(escaped: EscapedStr<'_>) -> Cow<'_, str> {
    match escaped {
        EscapedStr::SingleSlice(text) => Cow::Borrowed(text),
        EscapedStr::CopiedValue(text) => Cow::Owned(text),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn check(body: &str, precision: &str, expected: &str) {
        let text = Text::from(Bytes::copy_from_slice(body.as_bytes()));
        let items = lines(&text, Precision::parse(precision).unwrap()).unwrap();
        let shown: Vec<String> = items
            .into_iter()
            .map(|item| match item.what {
                Told::Reading(r) => {
                    let t = r.t.map_or("now".into(), |t| t.0.to_string());
                    format!("{}/{} {} {t}", item.asset, item.signal, r.value)
                }
                Told::Malformed(_) => format!("malformed {:?}", item.raw),
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(shown.join("; "), expected, "{body}");
    }

    #[test]
    fn the_measurement_is_the_asset_and_each_field_a_signal() {
        check("cell voltage=3.7,current=-2i 1500000", "ns", "cell/voltage 3.7 1500; cell/current -2 1500");
    }

    #[test]
    fn the_tag_asset_beats_the_measurement() {
        check("electric,site=a,asset=cell voltage=3.7 2", "s", "cell/voltage 3.7 2000000");
        check("voltage,asset=cell value=3.7 2", "ms", "cell/voltage 3.7 2000");
    }

    #[test]
    fn a_line_without_time_is_of_now() {
        check("cell on=true", "ns", "cell/on 1 now");
    }

    #[test]
    fn one_bad_line_leaves_the_rest() {
        check(
            "cell a=1 1000\n# comment\n\ncell a= 2\ncell a=3 3000\n",
            "ns",
            "cell/a 1 1; malformed \"cell a= 2\"; cell/a 3 3",
        );
        check("cell a=\"warm\",b=1 1000", "ns", "malformed \"cell a=\\\"warm\\\",b=1 1000\"; cell/b 1 1");
        check("cell a=1 9223372036854775807", "h", "malformed \"cell a=1 9223372036854775807\"");
    }

    #[test]
    fn times_before_1970_are_cut_downwards() {
        check("cell a=1 -1", "ns", "cell/a 1 -1");
    }

    proptest::proptest! {
        #[test]
        fn no_body_makes_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = lines(&Text::from(Bytes::from(bytes)), Precision::Nanos);
        }
    }
}
