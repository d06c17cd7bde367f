//! The clocks of this machine, and how its user writes time.

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use twin::Timestamp;
use wasm_bindgen::JsValue;

use crate::live::link::Millis;

thread_local! {
    static TIME: Function = format(&[("hour", "2-digit"), ("minute", "2-digit")]);
    static TIME_WITH_SECONDS: Function = format(&[("hour", "2-digit"), ("minute", "2-digit"), ("second", "2-digit")]);
    static INSTANT: Function = format(&[
        ("year", "numeric"),
        ("month", "short"),
        ("day", "numeric"),
        ("hour", "2-digit"),
        ("minute", "2-digit"),
        ("second", "2-digit"),
        ("timeZoneName", "short"),
    ]);
}

/// Milliseconds since the page was opened; never goes back.
pub fn millis() -> Millis {
    precise_millis() as Millis
}

/// The same, with fractions.
pub fn precise_millis() -> f64 {
    super::window().performance().map_or_else(Date::now, |performance| performance.now())
}

/// The wall clock of this machine; it may be wrong.
pub fn wall() -> Timestamp {
    Timestamp((Date::now() * 1000.0) as i64)
}

/// `12:01`, or `12:01:05` where ticks stand closer than a minute.
pub fn tick(t: Timestamp, has_seconds: bool) -> String {
    if has_seconds { TIME_WITH_SECONDS.with(|format| write(format, t)) } else { TIME.with(|format| write(format, t)) }
}

/// Date, time and zone as the user writes them.
pub fn instant(t: Timestamp) -> String {
    INSTANT.with(|format| write(format, t))
}

fn format(fields: &[(&str, &str)]) -> Function {
    let options = Object::new();
    for (name, value) in fields.iter().chain(&[("hourCycle", "h23")]) {
        // Setting a property of a plain object cannot fail.
        Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value)).ok();
    }
    Intl::DateTimeFormat::new(&Array::new(), &options).format()
}

fn write(format: &Function, t: Timestamp) -> String {
    let date = Date::new(&JsValue::from_f64(t.0 as f64 / 1000.0));
    format.call1(&JsValue::UNDEFINED, &date).ok().and_then(|text| text.as_string()).unwrap_or_default()
}
