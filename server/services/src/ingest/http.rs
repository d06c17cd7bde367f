//! The bodies of `POST /api/v1/telemetry` and `POST /api/v1/events`.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Item, Told, decode, raw};

/// The body is no array of at most `decode::MOST_ITEMS` objects.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    #[error("not an array of objects: {0}")]
    Malformed(String),
    #[error("more than {} items", decode::MOST_ITEMS)]
    TooMany,
}

/// Reads the readings of a body; what is wrong with one of them does not touch the rest.
pub fn telemetry(body: &[u8]) -> Result<Vec<Item>, BodyError> {
    items(body, decode::reading)
}

/// Reads the events of a body: one object, or an array of them.
pub fn events(body: &[u8]) -> Result<Vec<Item>, BodyError> {
    if body.trim_ascii_start().first() == Some(&b'{') {
        let array = [b"[", body, b"]"].concat();
        return items(&array, decode::event);
    }
    items(body, decode::event)
}

#[derive(Deserialize)]
struct Place {
    asset: String,
    #[serde(default)]
    signal: String,
}

fn items(body: &[u8], read: fn(&str) -> Told) -> Result<Vec<Item>, BodyError> {
    let elements: Vec<&RawValue> =
        serde_json::from_slice(body).map_err(|error| BodyError::Malformed(error.to_string()))?;
    if elements.len() > decode::MOST_ITEMS {
        return Err(BodyError::TooMany);
    }
    let item = |element: &RawValue| {
        let text = element.get();
        match serde_json::from_str::<Place>(text) {
            Ok(place) => {
                let what = read(text);
                Item { asset: place.asset, signal: place.signal, what, raw: raw(text) }
            }
            Err(error) => Item {
                asset: String::new(),
                signal: String::new(),
                what: Told::Malformed(error.to_string()),
                raw: raw(text),
            },
        }
    };
    Ok(elements.into_iter().map(item).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bad_reading_leaves_the_rest() {
        let items = telemetry(br#"[{"asset":"a","signal":"s","t":1,"v":2},{"asset":"a"},7]"#).unwrap();
        assert_eq!(items.len(), 3);
        assert!(matches!(items[0].what, Told::Reading(_)));
        assert!(matches!(items[1].what, Told::Malformed(_)));
        assert!(matches!(items[2].what, Told::Malformed(_)));
    }

    #[test]
    fn a_body_that_is_no_array_is_refused_whole() {
        assert!(matches!(telemetry(b"{}"), Err(BodyError::Malformed(_))));
        let many = format!("[{}1]", "1,".repeat(decode::MOST_ITEMS));
        assert_eq!(telemetry(many.as_bytes()), Err(BodyError::TooMany));
    }

    #[test]
    fn events_come_alone_or_in_an_array() {
        let one = br#"{"asset":"a","id":"e","t":1,"kind":"charged"}"#;
        assert!(matches!(events(one).unwrap()[..], [Item { what: Told::Event(_), .. }]));
        let two = [b"[", one.as_slice(), b",", one.as_slice(), b"]"].concat();
        assert_eq!(events(&two).unwrap().len(), 2);
    }
}
