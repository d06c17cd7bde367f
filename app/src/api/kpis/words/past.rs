//! What a figure was in the last periods, to be drawn beside it and to be read out.

use services::kpi::{calendar::Length, figures::Figures as Sums};

use super::{Found, trend::Better};
use crate::figures::Past;

/// Two values are told by the words of the trend.
const LEAST: usize = 3;

/// What `of` was in each of the last periods, and what it is `now`; `None` where too few are known.
pub fn past(
    found: &Found,
    now: Option<f64>,
    of: impl Fn(&Sums) -> Option<f64>,
    target: Option<f64>,
    better: Better,
    told: impl Fn(f64) -> String,
) -> Option<Past> {
    let values = found.past.iter().map(|sums| of(sums.as_ref()?)).chain([now]).collect();
    drawn(found, values, target, better, told)
}

/// These values as they are to be drawn from the first known one on, the one of the period itself last.
pub fn drawn(
    found: &Found,
    mut values: Vec<Option<f64>>,
    target: Option<f64>,
    better: Better,
    told: impl Fn(f64) -> String,
) -> Option<Past> {
    let first = values.iter().position(Option::is_some)?;
    values.drain(..first);
    let units = match found.address.question.length {
        Length::Day => "days",
        Length::Week => "weeks",
        Length::Month => "months",
        Length::Quarter => "quarters",
        Length::Year => "years",
        Length::All => return None,
    };
    if values.iter().flatten().count() < LEAST {
        return None;
    }
    let mut words: Vec<String> = values.iter().map(|value| value.map_or("unknown".into(), &told)).collect();
    let last = words.pop()?;
    let so_far = if found.address.question.back == 0 { " so far" } else { "" };
    let said = format!("The last {} {units}: {}, and {last}{so_far}.", values.len(), words.join(", "));
    let is_missed =
        |value: &Option<f64>| value.zip(target).is_some_and(|(value, target)| !better.reaches(value, target));
    Some(Past { misses: values.iter().map(is_missed).collect(), values, target, said })
}
