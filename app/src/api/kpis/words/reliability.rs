//! Mean times between failures and to restoration, told only as far as so many failures can tell them.

use services::kpi::{Known, figures::Figures as Sums};
use twin::{
    Span,
    kpi::{Account, Mean, StopKind, bounds_of_mean},
};

use super::{
    Found,
    cards::{card, shared},
    detail, hours, many,
    past::past,
    trend::{Better, target, trend},
};
use crate::{
    figures::{Card, Detail},
    wording,
};

pub fn between_failures(found: &Found) -> Card {
    let mean = found.now.account.between_failures();
    let wanted = shared(found, |targets| targets.between_failures.map(Span::secs));
    let (over, count) = (found.now.account.operating(), mean.count());
    let mut facts = vec![format!("n = {}.", many(count.into(), "failure", "failures"))];
    facts.push(bounds(over, count));
    facts.extend(detail::facts(found));
    // One that began before the period is none of its failures, though its downtime may be.
    let has_earlier = found.report.assets.iter().any(|of| of.stops.iter().any(is_failure));
    let otherwise = match count {
        0 if has_earlier => "No failure began",
        0 => "No failure",
        _ => "One failure: no mean yet",
    };
    Card {
        detail: Detail {
            formula: "Operating time / number of failures".into(),
            filled: vec![filled(over, mean)],
            standard: "EN 15341, mean operating time between failures (term of EN 13306). Confidence as in the \
                       NIST/SEMATECH e-Handbook, 8.4.5.1."
                .into(),
            facts,
            ..detail::stops(found, |kind| kind == StopKind::Failure)
        },
        aside: format!("n = {count}, in {} of operation", wording::span(over)),
        ..told(
            found,
            ("mtbf", "Mean time between failures"),
            Account::between_failures,
            wanted,
            Better::Higher,
            otherwise,
        )
    }
}

pub fn to_restore(found: &Found) -> Card {
    let account = found.now.account;
    let mean = account.to_restore();
    let wanted = shared(found, |targets| targets.to_restore.map(Span::secs));
    let count = mean.count();
    let mut facts =
        vec![format!("n = {}, counted where they end.", many(count.into(), "failure restored", "failures restored"))];
    facts.extend(detail::facts(found));
    let otherwise = if count == 0 { "No repair" } else { "One repair: no mean yet" };
    let once = format!("n = 1, of {}", wording::span(account.restoring));
    Card {
        detail: Detail {
            formula: "Time to restoration / number of failures restored".into(),
            filled: vec![filled(account.restoring, mean)],
            standard: "EN 15341, mean time to restoration (term of EN 13306).".into(),
            facts,
            ..detail::stops(found, |kind| kind == StopKind::Failure)
        },
        aside: if count == 1 { once } else { format!("n = {count}, {} in all", wording::span(account.restoring)) },
        ..told(found, ("mttr", "Mean time to restoration"), Account::to_restore, wanted, Better::Lower, otherwise)
    }
}

fn is_failure(known: &Known) -> bool {
    known.stop.kind == StopKind::Failure
}

fn told(
    found: &Found,
    (id, title): (&str, &str),
    of: fn(&Account) -> Mean,
    wanted: Option<f64>,
    better: Better,
    otherwise: &str,
) -> Card {
    let span = |secs: f64| wording::span(Span::from_secs(secs));
    let of = |sums: &Sums| of(&sums.account).known().map(Span::secs);
    let value = of(&found.now);
    let (target, is_missed) = target(value, wanted, better, span, span);
    Card {
        target,
        is_missed,
        trend: trend(found, value, found.before.as_ref().and_then(of), better, span),
        past: past(found, value, of, wanted, better, span),
        ..card(id, title, value.map(span), otherwise)
    }
}

fn filled(over: Span, mean: Mean) -> String {
    match mean {
        Mean::None { .. } => format!("{} / 0: not defined", hours(over)),
        Mean::Once { .. } => format!("{} / 1: one is no mean", hours(over)),
        Mean::Of { mean, count, .. } => format!("{} / {count} = {}", hours(over), hours(mean)),
    }
}

/// Where the true mean lies, by what so many failures can tell.
fn bounds(over: Span, count: u32) -> String {
    let times = |factor: f64| wording::span(Span::from_secs(over.secs() * factor));
    match bounds_of_mean(count) {
        _ if over.0 <= 0 => "Nothing was to run.".into(),
        (low, None) => format!("With 95\u{a0}% confidence it is longer than {}.", times(low)),
        (low, Some(high)) => format!(
            "With 90\u{a0}% confidence it is between {} and {}, if failures come at a constant rate.",
            times(low),
            times(high)
        ),
    }
}
