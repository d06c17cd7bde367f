//! The clocks of this machine, and how its user writes time.

use std::cell::RefCell;

use js_sys::{Array, Date, Function, Object, Reflect};
use twin::{Span, Timestamp};
use wasm_bindgen::{JsCast, JsValue};

use crate::{live::link::Millis, plot::axis::Grain};

const TIME: [(&str, &str); 2] = [("hour", "2-digit"), ("minute", "2-digit")];
const SECOND: (&str, &str) = ("second", "2-digit");
const MONTH: (&str, &str) = ("month", "short");
const YEAR: (&str, &str) = ("year", "numeric");
/// In Swedish these are written as by ISO 8601.
const FIELD: [(&str, &str); 3] = [YEAR, ("month", "2-digit"), ("day", "2-digit")];
const DAY: [(&str, &str); 4] = [("year", "numeric"), ("month", "short"), ("day", "numeric"), ("timeZoneName", "short")];

/// How instants are written in one time zone: three functions of a date.
struct Zone {
    time: Function,
    time_with_seconds: Function,
    day: Function,
    month: Function,
    instant: Function,
    field: Function,
}

thread_local! {
    static ZONE: RefCell<Option<Zone>> = const { RefCell::new(None) };
}

/// Milliseconds since the page was opened; never goes back.
pub fn millis() -> Millis {
    precise_millis() as Millis
}

/// The same, with fractions.
pub fn precise_millis() -> f64 {
    super::window().performance().map_or_else(Date::now, |performance| performance.now())
}

/// The same as a span.
pub fn since_opened() -> Span {
    Span((precise_millis() * 1000.0) as i64)
}

/// The wall clock of this machine; it may be wrong, and be set at any time.
pub fn wall() -> Timestamp {
    Timestamp((Date::now() * 1000.0) as i64)
}

/// `12:01`, or as much of an instant as its `grain` says; with the day where the tick before was of another one.
pub fn tick(t: Timestamp, before: Option<Timestamp>, grain: Grain) -> String {
    match grain {
        // No time zone has a part of a minute.
        Grain::Fraction => format!(":{:05.2}", t.0.rem_euclid(60_000_000) as f64 / 1e6),
        Grain::Second => write(t, |zone| &zone.time_with_seconds),
        Grain::Minute => {
            let (time, day) = (write(t, |zone| &zone.time), |t| write(t, |zone| &zone.day));
            let other_day = before.map(|before| (day(before), day(t))).filter(|(before, now)| before != now);
            other_day.map_or(time.clone(), |(_, now)| format!("{now}, {time}"))
        }
        // Days begin in UTC, which elsewhere is some hour of a day.
        Grain::Day if !field(t).ends_with("T00:00:00") => {
            format!("{}, {}", write(t, |zone| &zone.day), write(t, |zone| &zone.time))
        }
        Grain::Day => write(t, |zone| &zone.day),
        Grain::Month => write(t, |zone| &zone.month),
    }
}

/// Date, time and zone as the user writes them.
pub fn instant(t: Timestamp) -> String {
    write(t, |zone| &zone.instant)
}

/// The instant that a text means, to the millisecond; without an offset it is of UTC.
pub fn read(text: &str) -> Option<Timestamp> {
    let has_offset = text.split_once('T').is_none_or(|(_, time)| time.contains(['Z', '+', '-']));
    let millis = if has_offset { Date::parse(text) } else { Date::parse(&format!("{text}Z")) };
    millis.is_finite().then_some(Timestamp((millis * 1000.0) as i64))
}

/// Date and time as a field of a form has them: `2008-04-02T15:25:41`, in the zone that instants are written in.
pub fn field(t: Timestamp) -> String {
    write(t, |zone| &zone.field).replace(' ', "T")
}

/// The instant that such a field means.
pub fn read_field(text: &str) -> Option<Timestamp> {
    let as_utc = read(text)?;
    let ahead = |t: Timestamp| Some(read(&field(t))? - t);
    // Where the clocks are set between the two, that of the instant itself counts.
    let near = as_utc - ahead(Timestamp(as_utc.0.div_euclid(1_000_000) * 1_000_000))?;
    Some(as_utc - ahead(Timestamp(near.0.div_euclid(1_000_000) * 1_000_000))?)
}

/// Writes instants in the time zone `name` from now on, or in this machine's; `false` where the browser knows no such
/// zone, and nothing changes.
pub fn set_zone(name: Option<&str>) -> bool {
    let zone = zone(name);
    let is_known = zone.is_some();
    if is_known {
        ZONE.set(zone);
    }
    is_known
}

fn zone(name: Option<&str>) -> Option<Zone> {
    let with_seconds = [TIME[0], TIME[1], SECOND];
    Some(Zone {
        time: format(&TIME, name)?,
        time_with_seconds: format(&with_seconds, name)?,
        day: format(&[MONTH, ("day", "numeric")], name)?,
        // Ticks are the begins of months of UTC, which elsewhere may be the last hours of another.
        month: format(&[YEAR, MONTH], Some("UTC"))?,
        instant: format(&[&DAY[..], &with_seconds].concat(), name)?,
        field: format_as("sv", &[&FIELD[..], &with_seconds].concat(), name)?,
    })
}

fn format(fields: &[(&str, &str)], zone: Option<&str>) -> Option<Function> {
    format_as(JsValue::UNDEFINED, fields, zone)
}

/// `Intl.DateTimeFormat`, which throws where it knows no such zone.
fn format_as(locale: impl Into<JsValue>, fields: &[(&str, &str)], zone: Option<&str>) -> Option<Function> {
    let options = Object::new();
    for (name, value) in fields.iter().copied().chain([("hourCycle", "h23")]).chain(zone.map(|zone| ("timeZone", zone)))
    {
        // Setting a property of a plain object cannot fail.
        Reflect::set(&options, &name.into(), &value.into()).ok();
    }
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let class = Reflect::get(&intl, &"DateTimeFormat".into()).ok()?;
    let made = Reflect::construct(class.unchecked_ref::<Function>(), &Array::of2(&locale.into(), &options)).ok()?;
    Reflect::get(&made, &"format".into()).ok()?.dyn_into().ok()
}

fn write(t: Timestamp, pick: impl Fn(&Zone) -> &Function) -> String {
    let date = Date::new(&JsValue::from_f64(t.0 as f64 / 1000.0));
    ZONE.with_borrow_mut(|known| {
        if known.is_none() {
            *known = zone(None);
        }
        let text = pick(known.as_ref()?).call1(&JsValue::UNDEFINED, &date).ok()?;
        text.as_string()
    })
    .unwrap_or_default()
}
