//! Puts numbers, units, instants and spans into words; the same words on the server and in the browser.

use twin::{Span, Timestamp, model::Future};

use crate::live::outlook::Meeting;

/// What stands where there is no number.
pub const NOTHING: &str = "\u{2013}";

/// A thousandth of `range` is the last digit worth showing.
pub fn decimals(range: [f64; 2]) -> usize {
    let span = (range[1] - range[0]).abs();
    if !span.is_finite() {
        return 3;
    }
    let mut resolution = span / 1000.0;
    let mut decimals = 0;
    while resolution > 0.0 && resolution < 0.999 && decimals < 6 {
        resolution *= 10.0;
        decimals += 1;
    }
    decimals
}

/// `value` with so many decimals, a real minus sign, and a dash where it is not a number.
pub fn number(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return NOTHING.to_string();
    }
    let text = format!("{:.*}", decimals, value.abs());
    let is_zero = text.bytes().all(|b| b == b'0' || b == b'.');
    if value < 0.0 && !is_zero { format!("\u{2212}{text}") } else { text }
}

/// `n` with a comma between thousands.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of bytes, to three digits.
pub fn bytes(n: u64) -> String {
    let (mut value, mut unit) = (n as f64, "B");
    for larger in ["kB", "MB", "GB", "TB"] {
        if value < 1000.0 {
            break;
        }
        (value, unit) = (value / 1000.0, larger);
    }
    let decimals = if unit == "B" || value >= 100.0 {
        0
    } else if value >= 10.0 {
        1
    } else {
        2
    };
    format!("{value:.decimals$}\u{a0}{unit}")
}

/// How many times as fast, without needless digits.
pub fn rate(rate: f64) -> String {
    if rate.fract() == 0.0 { format!("{rate:.0}") } else { format!("{rate:.1}") }
}

/// A unit of a model file as people write it; nothing for a plain number.
pub fn unit(unit: &str) -> String {
    match unit {
        "1" => String::new(),
        "degC" => "\u{b0}C".to_string(),
        "ohm" => "\u{3a9}".to_string(),
        other => other.to_string(),
    }
}

/// `number` and `unit`, parted by a space that does not break.
pub fn quantity(value: f64, decimals: usize, of_unit: &str) -> String {
    let unit = unit(of_unit);
    if unit.is_empty() { number(value, decimals) } else { format!("{}\u{a0}{unit}", number(value, decimals)) }
}

/// The unit of a difference: kelvin where the values are temperatures.
pub fn unit_of_difference(unit: &str) -> &str {
    if unit == "degC" { "K" } else { unit }
}

/// `value` with its sign, where it is not 0.
pub fn signed(value: f64, decimals: usize, of_unit: &str) -> String {
    let text = quantity(value, decimals, of_unit);
    let is_zero = !text.bytes().any(|b| (b'1'..=b'9').contains(&b));
    if value > 0.0 && !is_zero { format!("+{text}") } else { text }
}

/// A value of a slider with all its digits.
pub fn as_set(value: f64, of_unit: &str) -> String {
    let decimals =
        (0..6).find(|decimals| ((value * 10f64.powi(*decimals)).round() / 10f64.powi(*decimals) - value).abs() < 1e-9);
    quantity(value, decimals.unwrap_or(6) as usize, of_unit)
}

/// An amount of money: whole euros from a hundred on, cents below.
pub fn money(euros: f64) -> String {
    let cents = (euros.abs() * 100.0).round();
    let sign = if euros < 0.0 && cents > 0.0 { "\u{2212}" } else { "" };
    let whole = count((cents / 100.0) as u64);
    if cents >= 10_000.0 {
        format!("{sign}{}\u{a0}EUR", count((cents / 100.0).round() as u64))
    } else {
        format!("{sign}{whole}.{:02}\u{a0}EUR", cents as u64 % 100)
    }
}

/// An amount of money with its sign, where it is not 0.
pub fn signed_money(euros: f64) -> String {
    if euros >= 0.005 { format!("+{}", money(euros)) } else { money(euros) }
}

/// A length of time in its two largest units.
pub fn span(span: Span) -> String {
    let secs = span.0.max(0) / 1_000_000;
    let (days, hours, minutes) = (secs / 86_400, secs / 3_600 % 24, secs / 60 % 60);
    let pair = |large: i64, large_unit: &str, small: i64, small_unit: &str| {
        if small == 0 { format!("{large} {large_unit}") } else { format!("{large} {large_unit} {small} {small_unit}") }
    };
    if days > 0 {
        pair(days, "d", hours, "h")
    } else if hours > 0 {
        pair(hours, "h", minutes, "min")
    } else if minutes >= 10 {
        format!("{minutes} min")
    } else if minutes > 0 {
        pair(minutes, "min", secs % 60, "s")
    } else {
        format!("{secs} s")
    }
}

/// How old something is.
pub fn age(span_since: Span) -> String {
    if span_since < Span::SECOND { "just now".to_string() } else { format!("{} ago", span(span_since)) }
}

/// When a failure's condition is met: `in 24 min (90 %: 21 min to 29 min)`.
pub fn meeting(meeting: &Meeting, horizon: Span) -> String {
    match meeting {
        Meeting::Now => "now".to_string(),
        Meeting::In { mid, low, high: Some(high) } => {
            format!("in {} (90 %: {} to {})", span(*mid), span(*low), span(*high))
        }
        Meeting::In { mid, low, high: None } => {
            format!("in {} (90 %: {} to beyond {})", span(*mid), span(*low), span(horizon))
        }
        Meeting::Unlikely { percent } => format!("{percent} % likely within {}", span(horizon)),
        Meeting::Never => format!("not within {}", span(horizon)),
    }
}

/// How likely something is: `70 % likely`, and what is not sure is neither 0 nor 100 %.
pub fn likely(probability: f64) -> String {
    if probability >= 1.0 {
        return "all but certain".to_string();
    }
    let percent = (probability * 100.0 + 0.5) as u32;
    format!("{} % likely", if probability > 0.0 { percent.clamp(1, 99) } else { percent })
}

/// How a scenario moves a meeting against the baseline.
pub fn difference(baseline: &Meeting, scenario: &Meeting) -> String {
    match (baseline, scenario) {
        (Meeting::In { mid: before, .. }, Meeting::In { mid: after, .. }) => {
            let moved = after.0 - before.0;
            if moved.abs() < Span::SECOND.0 {
                "no change".to_string()
            } else if moved < 0 {
                format!("{} earlier", span(Span(-moved)))
            } else {
                format!("{} later", span(Span(moved)))
            }
        }
        (Meeting::Unlikely { percent: before }, Meeting::Unlikely { percent: after }) if before != after => {
            format!("{before} % to {after} %")
        }
        (before, after) if before == after => "no change".to_string(),
        (Meeting::Now, _) => "no longer now".to_string(),
        (_, Meeting::Now) => "at once".to_string(),
        (Meeting::Never, _) => "becomes possible".to_string(),
        (_, Meeting::Never) => "avoided".to_string(),
        (Meeting::Unlikely { .. }, _) => "becomes likely".to_string(),
        (_, Meeting::Unlikely { .. }) => "becomes unlikely".to_string(),
    }
}

/// What an input does after now.
pub fn future(future: Future, is_known: bool, of_unit: &str, decimals: usize) -> String {
    let surely = if is_known { "taken as known" } else { "as surely as that held so far" };
    match future {
        Future::Hold => format!("held at its last value, {surely}"),
        Future::RepeatDay => format!("repeats the usual day, {surely}"),
        Future::Schedule(_) => "follows its schedule".to_string(),
        Future::Constant(value) => format!("{} throughout", quantity(value, decimals, of_unit)),
    }
}

/// The year, month and day of an instant, UTC.
pub fn date(t: Timestamp) -> (i64, i64, i64) {
    // Days are counted from 0000-03-01, so that a leap day is the last of its year.
    let days = t.0.div_euclid(Span::DAY.0) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// The begin of a month, counted from January of the year 0, UTC.
pub fn first_of_month(number: i64) -> Timestamp {
    // Months from March on, so that a leap day is the last of its year.
    let from_march = number - 2;
    let (year, month) = (from_march.div_euclid(12), from_march.rem_euclid(12));
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let days = 365 * year + leap_days + (153 * month + 2) / 5 - 719_468;
    Timestamp(days.saturating_mul(Span::DAY.0))
}

/// `2008-04-02`, UTC.
pub fn iso_date(t: Timestamp) -> String {
    let (year, month, day) = date(t);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `12:01:05`, UTC.
pub fn iso_time(t: Timestamp) -> String {
    let secs = t.0.rem_euclid(Span::DAY.0) / 1_000_000;
    format!("{:02}:{:02}:{:02}", secs / 3_600, secs / 60 % 60, secs % 60)
}

/// `2008-04-02 12:01:05 UTC`.
pub fn iso_instant(t: Timestamp) -> String {
    format!("{} {} UTC", iso_date(t), iso_time(t))
}

/// As RFC 3339 has it, to the microsecond; whole seconds without a fraction.
pub fn rfc3339(t: Timestamp) -> String {
    let fraction = match t.0.rem_euclid(Span::SECOND.0) {
        0 => String::new(),
        micros => format!(".{micros:06}"),
    };
    format!("{}T{}{fraction}Z", iso_date(t), iso_time(t))
}

/// Text as it stands in HTML and in attributes that are quoted twice.
pub fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            letter => html.push(letter),
        }
    }
    html
}

#[cfg(test)]
mod tests;
