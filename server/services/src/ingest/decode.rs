//! Payloads to items: a number, an object, or an array of objects.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use twin::{Timestamp, entry::Quality, id};

use super::{Item, Reading, ReportedEvent, Told, cut};

/// The most items that one message may hold.
pub const MOST_ITEMS: usize = 10_000;
/// How much of a topic that means nothing is kept.
const MOST_TOPIC: usize = 128;

/// Reads the payload of an MQTT message on `topic`. What cannot be read becomes an item that says so.
pub fn message<'a>(topic: &'a str, payload: &'a str) -> Vec<Item<'a>> {
    let Some((asset, signal)) = place(topic) else {
        let signal = cut(topic, MOST_TOPIC).into();
        return vec![Item { asset: Cow::default(), signal, what: Told::Misplaced, raw: payload }];
    };
    let read = if signal == "$event" { event } else { reading };
    let item = |what, raw| Item { asset: asset.into(), signal: signal.into(), what, raw };
    match elements(payload) {
        Ok(elements) => elements.into_iter().map(|element| item(read(element), element)).collect(),
        Err(why) => vec![item(Told::Malformed(why), payload)],
    }
}

/// The asset and signal of a topic `twinlight/v1/<asset>/<signal>`. Only ids pass: a topic is long where it likes.
fn place(topic: &str) -> Option<(&str, &str)> {
    let (asset, signal) = topic.strip_prefix("twinlight/v1/")?.split_once('/')?;
    (id::is_valid(asset) && (signal == "$event" || id::is_valid(signal))).then_some((asset, signal))
}

/// The elements of an array, or the text itself.
fn elements(text: &str) -> Result<Vec<&str>, String> {
    if !text.trim_start().starts_with('[') {
        return Ok(vec![text.trim()]);
    }
    match serde_json::from_str::<Vec<&RawValue>>(text) {
        Ok(elements) if elements.len() > MOST_ITEMS => Err(format!("more than {MOST_ITEMS} items")),
        Ok(elements) => Ok(elements.into_iter().map(RawValue::get).collect()),
        Err(error) => Err(error.to_string()),
    }
}

#[derive(Deserialize)]
struct ReadingForm<'a> {
    #[serde(borrow, default)]
    asset: Cow<'a, str>,
    #[serde(borrow, default)]
    signal: Cow<'a, str>,
    #[serde(borrow)]
    t: Option<&'a RawValue>,
    v: f64,
    #[serde(borrow)]
    u: Option<Cow<'a, str>>,
    #[serde(borrow)]
    q: Option<Cow<'a, str>>,
}

/// Reads one reading: a bare number, or an object.
pub fn reading(text: &str) -> Told<'_> {
    if !text.starts_with('{') {
        // Rust reads `nan` and `inf` too; these are refused by name later, not called unreadable.
        return match text.parse::<f64>() {
            Ok(value) => Told::Reading(Reading { t: None, value, unit: None, quality: Quality::Uncertain }),
            Err(_) => Told::Malformed("neither a number nor an object".into()),
        };
    }
    placed_reading(text).map_or_else(Told::Malformed, |(_, _, reading)| Told::Reading(reading))
}

/// Reads an object that says which asset and signal it is of; these are empty where it does not.
pub fn placed_reading(text: &str) -> Result<(Cow<'_, str>, Cow<'_, str>, Reading<'_>), String> {
    let form: ReadingForm = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let t = form.t.map(|t| time(t.get())).transpose()?.flatten();
    let quality = match (form.q.as_deref(), t) {
        (Some("good"), _) | (None, Some(_)) => Quality::Good,
        (Some("uncertain"), _) | (None, None) => Quality::Uncertain,
        (Some("bad"), _) => Quality::Bad,
        (Some(other), _) => return Err(format!("`q` is good, uncertain or bad, not `{other}`")),
    };
    Ok((form.asset, form.signal, Reading { t, value: form.v, unit: form.u, quality }))
}

#[derive(Deserialize)]
struct EventForm<'a> {
    id: String,
    #[serde(borrow)]
    t: Option<&'a RawValue>,
    #[serde(borrow)]
    until: Option<&'a RawValue>,
    kind: String,
    #[serde(default)]
    note: String,
}

/// Reads one event, an object.
pub fn event(text: &str) -> Told<'_> {
    if !text.starts_with('{') {
        // An array would be read member by member.
        return Told::Malformed("not an object".into());
    }
    let read = || -> Result<ReportedEvent, String> {
        let form: EventForm = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let t = form.t.map(|t| time(t.get())).transpose()?.flatten();
        let until = form.until.map(|t| time(t.get())).transpose()?.flatten();
        Ok(ReportedEvent { id: form.id, t, until, kind: form.kind, note: form.note })
    };
    read().map_or_else(Told::Malformed, |event| Told::Event(Box::new(event)))
}

/// Reads a time: RFC 3339 in quotes, or whole microseconds.
fn time(json: &str) -> Result<Option<Timestamp>, String> {
    if json == "null" {
        return Ok(None);
    }
    if let Some(text) = json.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        let t: jiff::Timestamp = text.parse().map_err(|_| format!("`{text}` is no RFC 3339 time"))?;
        return Ok(Some(Timestamp(t.as_microsecond())));
    }
    json.parse().map(|micros| Some(Timestamp(micros))).map_err(|_| format!("`{json}` is no time"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(topic: &str, payload: &str, expected: &str) {
        let items: Vec<String> = message(topic, payload)
            .into_iter()
            .map(|item| match item.what {
                Told::Reading(r) => format!(
                    "{}/{} {} {:?} {:?} {:?}",
                    item.asset,
                    item.signal,
                    r.value,
                    r.t.map(|t| t.0),
                    r.unit.as_deref().unwrap_or("-"),
                    r.quality
                ),
                Told::Event(e) => format!("{} {} {} {:?} {}", item.asset, e.id, e.kind, e.t.map(|t| t.0), e.note),
                Told::Malformed(_) => "malformed".into(),
                Told::Misplaced => "misplaced".into(),
            })
            .collect();
        assert_eq!(items.join("; "), expected, "{payload}");
    }

    const TOPIC: &str = "twinlight/v1/cell/voltage";

    #[test]
    fn a_bare_number_is_of_now_and_uncertain() {
        check(TOPIC, "3.7", r#"cell/voltage 3.7 None "-" Uncertain"#);
        check(TOPIC, " -1e3\n", r#"cell/voltage -1000 None "-" Uncertain"#);
    }

    #[test]
    fn an_object_says_when_and_in_which_unit() {
        check(TOPIC, r#"{"t":12,"v":3.7}"#, r#"cell/voltage 3.7 Some(12) "-" Good"#);
        check(
            TOPIC,
            r#"{"t":"1970-01-01T00:00:01.5Z","v":3700,"u":"mV","q":"bad"}"#,
            r#"cell/voltage 3700 Some(1500000) "mV" Bad"#,
        );
        check(TOPIC, r#"{"v":1}"#, r#"cell/voltage 1 None "-" Uncertain"#);
    }

    #[test]
    fn an_array_is_read_element_by_element() {
        check(
            TOPIC,
            r#"[{"t":1,"v":1},{"t":2}, 3]"#,
            r#"cell/voltage 1 Some(1) "-" Good; malformed; cell/voltage 3 None "-" Uncertain"#,
        );
        check(TOPIC, "[]", "");
    }

    #[test]
    fn what_cannot_be_read_is_kept_as_that() {
        check(TOPIC, "warm", "malformed");
        check(TOPIC, "", "malformed");
        check(TOPIC, r#"{"t":1.5,"v":1}"#, "malformed");
        check(TOPIC, r#"{"t":"noon","v":1}"#, "malformed");
        check(TOPIC, r#"{"t":1,"v":"1"}"#, "malformed");
        check(TOPIC, r#"{"t":1,"v":1,"q":"fine"}"#, "malformed");
        check(TOPIC, "[1,", "malformed");
    }

    #[test]
    fn topics_outside_the_plant_are_misplaced() {
        check("twinlight/v1/cell", "1", "misplaced");
        check("twinlight/v1/cell/a/b", "1", "misplaced");
        check("elsewhere", "1", "misplaced");
        check("twinlight/v1/Cell/voltage", "[1,1]", "misplaced");
        check("twinlight/v1/cell/$state", "[1,1]", "misplaced");
    }

    #[test]
    fn a_long_topic_is_not_copied_into_every_item() {
        let payload = format!("[{}1]", "1,".repeat(MOST_ITEMS - 1));
        for topic in
            [format!("twinlight/v1/{}/voltage", "ä".repeat(4000)), format!("twinlight/v1/cell/{}", "s".repeat(4000))]
        {
            let items = message(&topic, &payload);
            let [item] = &items[..] else { panic!("{} items", items.len()) };
            assert_eq!(item.what, Told::Misplaced);
            assert!((MOST_TOPIC - 3..=MOST_TOPIC).contains(&item.signal.len()), "{}", item.signal.len());
        }
    }

    #[test]
    fn an_event_has_an_id_and_a_kind() {
        let topic = "twinlight/v1/cell/$event";
        check(topic, r#"{"id":"e1","t":5,"kind":"charged","note":"n"}"#, "cell e1 charged Some(5) n");
        check(topic, r#"{"t":5,"kind":"charged"}"#, "malformed");
        check(topic, r#"[["c-1",5,null,"charged",""]]"#, "malformed");
    }

    #[test]
    fn a_value_comes_out_to_the_last_bit() {
        for value in [0.1 + 0.2, 4.191_491_807_505_295, 1.0 / 3.0, f64::MIN_POSITIVE] {
            let text = format!(r#"{{"t":1,"v":{value:?}}}"#);
            let Told::Reading(reading) = reading(&text) else { panic!() };
            assert_eq!(reading.value.to_bits(), value.to_bits());
        }
    }
}
