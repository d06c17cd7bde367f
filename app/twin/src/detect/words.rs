//! Alarms and their causes in words: the same on pages, in events and on the command line.

use alloc::{format, string::String};

use super::{Alarm, Change};
use crate::{
    explain::{Cause, Suspect},
    maths::scalar,
    model::Model,
};

/// A cause that accounts for less is none to be named.
pub const LEAST_SHARE: f64 = 0.3;
/// Causes that account for as much as the likeliest but for this are named beside it,
const AS_LIKELY: f64 = 0.1;
/// but no more than so many.
const MOST_NAMED: usize = 3;

/// What is not as expected: `Top-oil temperature is 3.6 K above what is expected`.
pub fn finding(model: &Model, alarm: &Alarm) -> String {
    if let Change::Learned(number) = alarm.change {
        return learned(model, number, alarm);
    }
    let Some(signal) = alarm.signal.and_then(|number| model.signals.get(usize::from(number))) else {
        return String::from("No value alone, but all together are not as expected");
    };
    let side = if alarm.offset < 0.0 { "below" } else { "above" };
    let offset = amount(scalar::abs(alarm.offset), &signal.unit);
    format!("{} is {offset} {side} what is expected", signal.title)
}

/// What a gauge finds: `Cooler: close to total failure`, `Machine temperature is not as learned: 1.40 times its limit`.
fn learned(model: &Model, number: u16, alarm: &Alarm) -> String {
    let Some(gauge) = model.gauges.get(usize::from(number)) else { return String::new() };
    if let Some(state) = alarm.state {
        return format!("{}: {}", gauge.title, gauge.title_of(state));
    }
    let signal = alarm.signal.and_then(|number| model.signals.get(usize::from(number)));
    let title = signal.map_or(&gauge.title, |signal| &signal.title);
    format!("{title} is not as learned: {} times its limit", rounded(alarm.ratio))
}

/// What would account for it, the likeliest first: `Rise of the oil +12.8 K (+21 %)`; empty where nothing does.
pub fn causes(model: &Model, causes: &[Cause]) -> String {
    let most = causes.iter().map(|cause| cause.share).fold(0.0, f64::max);
    let is_named = |cause: &&Cause| cause.share >= LEAST_SHARE && cause.share > most - AS_LIKELY;
    let mut words = String::new();
    for named in causes.iter().filter(is_named).take(MOST_NAMED) {
        if !words.is_empty() {
            words += ", or ";
        }
        words += &cause(model, named);
    }
    words
}

fn cause(model: &Model, cause: &Cause) -> String {
    let sign = if cause.change < 0.0 { "\u{2212}" } else { "+" };
    let size = scalar::abs(cause.change);
    match cause.suspect {
        Suspect::Sensor(number) => {
            let Some(signal) = model.signals.get(usize::from(number)) else { return String::new() };
            format!("the sensor of {} by {sign}{}", signal.title, amount(size, &signal.unit))
        }
        Suspect::Latent(number) => {
            let Some(latent) = model.latents.get(usize::from(number)) else { return String::new() };
            let changed = format!("{} {sign}{}", latent.title, amount(size, &latent.unit));
            // A part of a temperature on a scale, or of nearly nothing, says nothing.
            let part = 100.0 * size / scalar::abs(cause.believed);
            let is_scale = matches!(latent.unit.as_str(), "degC" | "degF" | "%");
            if is_scale || !(0.05..1_000.0).contains(&part) {
                return changed;
            }
            format!("{changed} ({sign}{}\u{a0}%)", rounded(part))
        }
    }
}

/// A difference with its unit.
fn amount(size: f64, unit: &str) -> String {
    match unit {
        "1" => rounded(size),
        "degC" => format!("{}\u{a0}K", rounded(size)),
        "ohm" => format!("{}\u{a0}\u{3a9}", rounded(size)),
        unit => format!("{}\u{a0}{}", rounded(size), unit.replace('.', "\u{b7}")),
    }
}

/// Two to three digits that count.
fn rounded(x: f64) -> String {
    match x {
        0.0 => String::from("0"),
        x if !(1e-3..1e6).contains(&x) => format!("{x:.1e}"),
        x if x >= 100.0 => format!("{x:.0}"),
        x if x >= 10.0 => format!("{x:.1}"),
        x if x >= 0.1 => format!("{x:.2}"),
        x => format!("{x:.4}"),
    }
}
