//! The bodies of `POST /api/v1/telemetry` and `POST /api/v1/events`.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Item, Text, Told, decode};

/// The body is no array of at most `decode::MOST_ITEMS` objects.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    #[error("not an array of objects: {0}")]
    Malformed(String),
    #[error("more than {} items", decode::MOST_ITEMS)]
    TooMany,
}

/// Reads the readings of a body; what is wrong with one of them does not touch the rest.
pub fn telemetry(body: &Text) -> Result<Vec<Item<'_>>, BodyError> {
    let item = |raw| match decode::placed_reading(raw) {
        Ok((asset, signal, reading)) => Item { asset, signal, what: Told::Reading(reading), raw },
        Err(why) => placed(raw, Told::Malformed(why)),
    };
    Ok(elements(body.as_str())?.into_iter().map(item).collect())
}

/// Reads the events of a body: one object, or an array of them.
pub fn events(body: &Text) -> Result<Vec<Item<'_>>, BodyError> {
    let text = body.as_str().trim_ascii();
    let elements = if text.starts_with('{') { vec![text] } else { elements(text)? };
    Ok(elements.into_iter().map(|raw| placed(raw, decode::event(raw))).collect())
}

fn elements(text: &str) -> Result<Vec<&str>, BodyError> {
    let elements: Vec<&RawValue> =
        serde_json::from_str(text).map_err(|error| BodyError::Malformed(error.to_string()))?;
    if elements.len() > decode::MOST_ITEMS {
        return Err(BodyError::TooMany);
    }
    Ok(elements.into_iter().map(RawValue::get).collect())
}

#[derive(Deserialize)]
struct Place<'a> {
    #[serde(borrow)]
    asset: Cow<'a, str>,
    #[serde(borrow, default)]
    signal: Cow<'a, str>,
}

/// An item with the asset and signal that its object names.
fn placed<'a>(raw: &'a str, what: Told<'a>) -> Item<'a> {
    match serde_json::from_str::<Place>(raw) {
        Ok(Place { asset, signal }) => Item { asset, signal, what, raw },
        Err(error) => {
            let malformed = Told::Malformed(error.to_string());
            Item { asset: Cow::default(), signal: Cow::default(), what: malformed, raw }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> Text {
        bytes::Bytes::copy_from_slice(bytes).into()
    }

    #[test]
    fn one_bad_reading_leaves_the_rest() {
        let body = text(br#"[{"asset":"a","signal":"s","t":1,"v":2},{"asset":"a"},7]"#);
        let items = telemetry(&body).unwrap();
        assert_eq!(items.len(), 3);
        assert!(matches!(items[0].what, Told::Reading(_)));
        assert!(matches!(items[1].what, Told::Malformed(_)));
        assert!(matches!(items[2].what, Told::Malformed(_)));
    }

    #[test]
    fn a_body_that_is_no_array_is_refused_whole() {
        assert!(matches!(telemetry(&text(b"{}")), Err(BodyError::Malformed(_))));
        let many = format!("[{}1]", "1,".repeat(decode::MOST_ITEMS));
        assert_eq!(telemetry(&text(many.as_bytes())), Err(BodyError::TooMany));
    }

    #[test]
    fn events_come_alone_or_in_an_array() {
        let one = br#"{"asset":"a","id":"e","t":1,"kind":"charged"}"#;
        assert!(matches!(events(&text(one)).unwrap()[..], [Item { what: Told::Event(_), .. }]));
        let two = [b"[", one.as_slice(), b",", one.as_slice(), b"]"].concat();
        assert_eq!(events(&text(&two)).unwrap().len(), 2);
    }
}
