//! Targets met or missed, and what became of a figure since the period before.

use super::{Found, period};

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    Higher,
    Lower,
}

impl Better {
    /// Whether `one` is as good as `other`, or better.
    pub fn reaches(self, one: f64, other: f64) -> bool {
        match self {
            Better::Higher => one >= other,
            Better::Lower => one <= other,
        }
    }
}

/// The target in words, and whether it is missed. `told` says an amount, `by` a difference.
pub fn target(
    value: Option<f64>,
    target: Option<f64>,
    better: Better,
    told: impl Fn(f64) -> String,
    by: impl Fn(f64) -> String,
) -> (String, bool) {
    let Some(target) = target else { return ("No target is set.".into(), false) };
    let told = told(target);
    match value {
        None => (format!("Target {told}."), false),
        Some(value) if better.reaches(value, target) => (format!("Target {told}: met."), false),
        Some(value) => (format!("Target {told}: missed by {}.", by((value - target).abs())), true),
    }
}

/// What became of a figure, in words; `by` says a difference, and what it says of none is told as no change.
pub fn trend(
    found: &Found,
    now: Option<f64>,
    before: Option<f64>,
    better: Better,
    by: impl Fn(f64) -> String,
) -> String {
    let than = period::before(found);
    if than.is_empty() {
        return String::new();
    }
    let (Some(now), Some(before)) = (now, before) else {
        let is_kept = found.before.is_some();
        return if is_kept { format!("Not to be compared with {than}.") } else { String::new() };
    };
    let difference = by((now - before).abs());
    if difference == by(0.0) {
        return format!("As {than}.");
    }
    let which = if better.reaches(now, before) { "Better" } else { "Worse" };
    format!("{which} than {than}, by {difference}.")
}
