//! Times and lengths of time as a person reads and writes them.

use std::fmt::Display;

use twin::{Model, Span, Timestamp, model::Effect};

/// An instant as RFC 3339 has it, in UTC.
pub fn time(t: Timestamp) -> String {
    jiff::Timestamp::from_microsecond(t.0).map_or_else(|_| t.0.to_string(), |t| t.to_string())
}

/// An instant that somebody wrote.
pub fn instant(text: &str) -> anyhow::Result<Timestamp> {
    let t: jiff::Timestamp = text.parse().map_err(|_| anyhow::anyhow!("`{text}` is no RFC 3339 time"))?;
    Ok(Timestamp(t.as_microsecond()))
}

/// A span to three places of its unit.
pub fn short(span: Span) -> String {
    let units = [(Span::DAY, "d"), (Span::HOUR, "h"), (Span::MINUTE, "min"), (Span::SECOND, "s")];
    let (unit, name) = units.into_iter().find(|(unit, _)| span >= *unit).unwrap_or((Span(1_000), "ms"));
    let number = format!("{:.3}", span.0 as f64 / unit.0 as f64);
    format!("{} {name}", number.trim_end_matches('0').trim_end_matches('.'))
}

/// Four digits that count; a dash where there is no number.
pub fn digits(x: f64) -> String {
    let size = x.abs();
    if x.is_nan() {
        "\u{2013}".to_owned()
    } else if x == 0.0 || x.is_infinite() {
        if x == 0.0 { "0".to_owned() } else { format!("{}\u{221e}", if x < 0.0 { "-" } else { "" }) }
    } else if (1e-4..1e6).contains(&size) {
        let decimals = (3.0 - size.log10().floor()).max(0.0) as usize;
        format!("{x:.decimals$}")
    } else {
        format!("{x:.3e}")
    }
}

/// Five digits that count; no zeros behind them but before an exponent.
pub fn five_digits(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    let before = value.abs().log10().floor() as i32;
    match before {
        -4..=6 => {
            let text = format!("{value:.*}", usize::try_from(4 - before).unwrap_or(0));
            if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
        }
        _ => format!("{value:.4e}"),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_digits_count() {
        let all = [0.0, 0.012_345, -3.0, 271.828_18, 65_537.0, 1.5e9, 2e-7, f64::NAN, f64::INFINITY].map(digits);
        let written = ["0", "0.01235", "-3.000", "271.8", "65537", "1.500e9", "2.000e-7", "\u{2013}", "\u{221e}"];
        assert_eq!(all, written);
    }

    #[test]
    fn five_digits_have_zeros_behind_them_only_before_an_exponent() {
        let all = [0.0, 1500.0, 102.0934, -0.001_234_56, 123_456.7, 1.0e-7, 3.2e12, f64::NAN].map(five_digits);
        assert_eq!(all, ["0", "1500", "102.09", "-0.0012346", "123457", "1.0000e-7", "3.2000e12", "NaN"]);
    }
}
