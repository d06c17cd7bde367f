//! Times and lengths of time as a person reads them.

use std::fmt::Display;

use twin::{Model, Span, Timestamp, model::Effect};

/// An instant as RFC 3339 has it, in UTC.
pub fn time(t: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(t.0).map_or_else(|_| t.0.to_string(), |t| t.to_string())
}

/// A span to three places of its unit.
pub fn short(span: Span) -> String {
    let units = [(Span::DAY, "d"), (Span::HOUR, "h"), (Span::MINUTE, "min"), (Span::SECOND, "s")];
    let (unit, name) = units.into_iter().find(|(unit, _)| span >= *unit).unwrap_or((Span(1_000), "ms"));
    let number = format!("{:.3}", span.0 as f64 / unit.0 as f64);
    format!("{} {name}", number.trim_end_matches('0').trim_end_matches('.'))
}

/// A value with its unit, which a pure number has none of.
pub fn with_unit(value: impl Display, unit: &str) -> String {
    if unit == "1" { value.to_string() } else { format!("{value} {unit}") }
}

/// What a slider does at this value: `= 5 h`, `x 1.1`, `+ 8 K`.
pub fn turned(model: &Model, slider: u16, value: f64) -> String {
    let unit = model.sliders.get(usize::from(slider)).map_or("1", |slider| slider.unit.as_str());
    match model.effect(slider) {
        Effect::Set => format!("= {}", with_unit(value, unit)),
        Effect::Scale => format!("x {value}"),
        Effect::Add => format!("{} {}", if value < 0.0 { '-' } else { '+' }, with_unit(value.abs(), unit)),
    }
}
