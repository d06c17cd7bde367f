//! InfluxDB line protocol: each field of a line is a reading.
//!
//! The asset is the tag `asset`, else the measurement; the signal is the field's key, but a field `value` of a line with
//! that tag is the signal that the measurement names. Times are cut to microseconds.

use std::borrow::Cow;

use influxdb_line_protocol::{EscapedStr, FieldValue, parse_lines, split_lines};
use twin::{Timestamp, entry::Quality};

use super::{Item, Reading, Text, Told};

mod plain;

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
    pub fn time(self, t: i64) -> Option<Timestamp> {
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
    let mut fields = Vec::new();
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let raw = match plain::line(rest, &mut fields) {
            Some(line) => {
                let series = Series { measurement: line.measurement.into(), asset: line.asset.map(Cow::from) };
                let values = fields.iter().map(|(key, value)| (Cow::from(*key), Ok(*value)));
                put(series, values, line.t, precision, line.raw, &mut items);
                line.raw
            }
            None => {
                let raw = split_lines(rest).next().unwrap_or(rest);
                any_line(raw, precision, &mut items);
                raw
            }
        };
        if items.len() > MOST_ITEMS {
            return Err(TooMany);
        }
        // The line feed ends with the line; the last one may have none.
        rest = rest.get(raw.len() + 1..).unwrap_or_default();
    }
    Ok(items)
}

/// What a line says its fields are of.
struct Series<'a> {
    measurement: Cow<'a, str>,
    /// The tag `asset`.
    asset: Option<Cow<'a, str>>,
}

/// Reads a line by the kept parser.
fn any_line<'a>(raw: &'a str, precision: Precision, items: &mut Vec<Item<'a>>) {
    match parse_lines(raw).next() {
        // A comment, or nothing.
        None => {}
        Some(Err(error)) => items.push(malformed(error.to_string(), raw)),
        Some(Ok(parsed)) => {
            let tags = parsed.series.tag_set.into_iter().flatten();
            let asset = tags.into_iter().find(|(key, _)| *key == "asset").map(|(_, value)| text(value));
            let values = parsed.field_set.into_iter().map(|(key, value)| (text(key), number(value)));
            let series = Series { measurement: text(parsed.series.measurement), asset };
            put(series, values, parsed.timestamp, precision, raw, items);
        }
    }
}

fn number(value: FieldValue<'_>) -> Result<f64, IsText> {
    match value {
        FieldValue::F64(value) => Ok(value),
        FieldValue::I64(value) => Ok(value as f64),
        FieldValue::U64(value) => Ok(value as f64),
        FieldValue::Boolean(is_on) => Ok(f64::from(u8::from(is_on))),
        FieldValue::String(_) => Err(IsText),
    }
}

struct IsText;

/// Puts the items of one line to the others.
fn put<'a>(
    series: Series<'a>,
    fields: impl Iterator<Item = (Cow<'a, str>, Result<f64, IsText>)>,
    t: Option<i64>,
    precision: Precision,
    raw: &'a str,
    items: &mut Vec<Item<'a>>,
) {
    let t = match t.map(|t| precision.time(t)) {
        Some(None) => return items.push(malformed("its time is out of range".into(), raw)),
        t => t.flatten(),
    };
    let quality = if t.is_some() { Quality::Good } else { Quality::Uncertain };
    let named_by_measurement = series.asset.is_some().then(|| series.measurement.clone());
    let asset = series.asset.unwrap_or(series.measurement);
    for (key, value) in fields {
        let signal = match &named_by_measurement {
            Some(measurement) if key == "value" => measurement.clone(),
            _ => key,
        };
        let what = match value {
            Ok(value) => Told::Reading(Reading { t, value, unit: None, quality }),
            Err(IsText) => Told::Malformed(format!("field `{signal}` is a text")),
        };
        items.push(Item { asset: asset.clone(), signal, what, raw });
    }
}

fn malformed(why: String, raw: &str) -> Item<'_> {
    Item { asset: Cow::default(), signal: Cow::default(), what: Told::Malformed(why), raw }
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
    use proptest::{collection::vec, prelude::*};

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

    /// A line of parts that the grammar knows, most of them plain, some not, some none.
    fn any_line_text() -> impl Strategy<Value = String> {
        let name = "[a-z]{1,4}|[a-z=,#\\\\ \"]{0,4}|\u{e4}|asset|value";
        let number =
            "-?[0-9]{1,20}|-?[0-9]{1,3}\\.[0-9]{0,18}|[0-9]{1,2}[eE][+-]?[0-9]{0,3}|-?[0-9]{1,19}[iu]|[0-9.]{0,3}e999";
        let value = prop_oneof![8 => number, 1 => "t|true|F|\"[a-z \\n]{0,3}\"|nan|inf|\\+1|"];
        let tags = vec((name, name).prop_map(|(key, value)| format!(",{key}={value}")), 0..3);
        let fields = vec((name, value).prop_map(|(key, value)| format!("{key}={value}")), 1..4);
        let end = prop_oneof![4 => " -?[0-9]{1,20}", 1 => "", 1 => " {1,2}[0-9]{0,2} {0,1}|\r|\t"];
        (name, tags, prop_oneof![9 => " ", 1 => " {0,2}"], fields, end)
            .prop_map(|(name, tags, gap, fields, end)| format!("{name}{}{gap}{}{end}", tags.concat(), fields.join(",")))
    }

    /// The items of a body, all of it read by the kept parser.
    fn by_the_kept_parser(body: &str, precision: Precision) -> Vec<Item<'_>> {
        let mut items = Vec::new();
        split_lines(body).for_each(|raw| any_line(raw, precision, &mut items));
        items
    }

    proptest! {
        #[test]
        fn no_body_makes_it_panic(bytes in vec(proptest::num::u8::ANY, 0..200)) {
            let _ = lines(&Text::from(Bytes::from(bytes)), Precision::Nanos);
        }

        #[test]
        fn plain_lines_are_read_as_the_kept_parser_reads_them(body in vec(any_line_text(), 1..5)) {
            let text = Text::from(Bytes::from(body.join("\n")));
            let shown = |items: &[Item<'_>]| format!("{items:?}");
            let ours = lines(&text, Precision::Micros).unwrap();
            prop_assert_eq!(shown(&ours), shown(&by_the_kept_parser(text.as_str(), Precision::Micros)));
        }
    }

    #[test]
    fn what_telegraf_sends_is_plain() {
        let sent = "cpu,asset=press-1,host=a load=0.5,idle=99i,power=1.5e3 1700000000000000000\nnext";
        let mut fields = Vec::new();
        let line = plain::line(sent, &mut fields).unwrap();
        assert_eq!((line.measurement, line.asset, line.t), ("cpu", Some("press-1"), Some(1_700_000_000_000_000_000)));
        assert_eq!(fields, [("load", 0.5), ("idle", 99.0), ("power", 1500.0)]);
    }
}
