//! Refused items: looked at, corrected by rule, taken in after all, or dismissed. Each change leaves an audit line.

mod rule;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use twin::Timestamp;

use crate::{
    Services,
    ingest::{self, Delivery, Origin, Text, Told, decode},
    store::{
        StoreError,
        quarantine::{self as kept, Action, Outcome, RejectionQuery, RejectionRow},
    },
    validate::{self, Fitting, Reason, Terms},
};
pub use rule::{OutOfRange, Rule, RuleError};

/// The most items of one action: as many as one delivery holds.
pub const MOST_ITEMS: usize = decode::MOST_ITEMS;
/// Items whose outcome is told one by one.
const EXAMPLES: usize = 100;

/// What a refused item said, as far as it could be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// `reading`, `event`, or empty where it was neither.
    pub kind: &'static str,
    /// When it was measured; where it did not say, when it came.
    pub t: Option<Timestamp>,
    pub value: Option<f64>,
    pub unit: Option<Box<str>>,
    pub quality: twin::entry::Quality,
}

impl Said {
    /// What an item said that came when its asset's clock, or else the wall clock, was at `arrived`.
    pub fn of(told: &Told<'_>, arrived: Timestamp) -> Said {
        let mut said = Said { kind: "", t: None, value: None, unit: None, quality: Default::default() };
        match told {
            Told::Reading(reading) => {
                (said.kind, said.t, said.value) = ("reading", reading.t.or(Some(arrived)), Some(reading.value));
                said.unit = reading.unit.as_deref().map(|unit| ingest::cut(unit, 64).into());
                said.quality = reading.quality;
            }
            Told::Event(event) => (said.kind, said.t) = ("event", event.t.or(Some(arrived))),
            Told::Malformed(_) | Told::Misplaced => {}
        }
        said
    }
}

/// Which refused items are meant; only open ones are touched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    Keys(Vec<i64>),
    /// The oldest `MOST_ITEMS` of those that match.
    Matching(RejectionQuery),
}

#[derive(Debug, Clone, thiserror::Error)]
pub enum QuarantineError {
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Rule(#[from] RuleError),
    #[error("more than {MOST_ITEMS} items at once")]
    TooMany,
}

/// What becomes of refused items under a rule.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    /// The audit line's key; a preview has none.
    pub action: Option<i64>,
    pub items: usize,
    pub accepted: usize,
    pub duplicates: usize,
    /// How many are still refused, by reason.
    pub refused: BTreeMap<String, usize>,
    /// The first items, one by one.
    pub examples: Vec<Example>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Example {
    pub key: i64,
    /// `accepted`, `duplicate` or `refused`.
    pub outcome: &'static str,
    pub reason: Option<&'static str>,
    pub detail: Option<String>,
    /// The item as the rule makes it.
    pub becomes: Option<serde_json::Value>,
}

/// One refused item on its way through a rule.
struct Case {
    key: i64,
    /// The item as a door takes it, or why it cannot be one.
    corrected: Result<serde_json::Value, String>,
    kind: CaseKind,
    fate: Fate,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum CaseKind {
    Reading,
    Event,
}

enum Fate {
    Accepted,
    Duplicate,
    Refused(Reason, String),
}

/// Tells what `rule` would do, and changes nothing.
pub async fn preview(services: &Services, choice: Choice, rule: &Rule) -> Result<Report, QuarantineError> {
    let (cases, _) = judged(services, choice, rule).await?;
    Ok(report(None, &cases))
}

/// Takes the chosen items in under `rule`. What is still refused stays open, with the new reason.
pub async fn readmit(
    services: &Services,
    choice: Choice,
    rule: &Rule,
    actor: &str,
    now: Timestamp,
) -> Result<Report, QuarantineError> {
    let (mut cases, terms) = judged(services, choice, rule).await?;
    let action = Action::new(now, actor, "readmit", rule.to_json(), cases.len());
    let action = services.store.write(move |connection| kept::begin(connection, &action)).await?;
    for kind in [CaseKind::Reading, CaseKind::Event] {
        let fitting: Vec<usize> = (0..cases.len())
            .filter(|place| cases[*place].kind == kind && !matches!(cases[*place].fate, Fate::Refused(..)))
            .collect();
        if fitting.is_empty() {
            continue;
        }
        let text = text(fitting.iter().map(|place| &cases[*place]));
        let delivery = delivery(&text, kind, action, now);
        let receipt = services.pipeline.accept_on(delivery, terms).await?;
        for refused in receipt.rejected {
            cases[fitting[refused.index]].fate = Fate::Refused(refused.reason, refused.detail);
        }
    }
    let outcomes: Vec<(i64, Outcome)> = cases.iter().map(|case| (case.key, outcome(case))).collect();
    services.store.write(move |connection| kept::finish(connection, action, &outcomes)).await?;
    Ok(report(Some(action), &cases))
}

/// Sets the chosen items aside for good. Gives the audit line's key and how many there were.
pub async fn dismiss(
    services: &Services,
    choice: Choice,
    note: &str,
    actor: &str,
    now: Timestamp,
) -> Result<(i64, usize), QuarantineError> {
    let rows = chosen(services, choice).await?;
    let note = serde_json::json!({ "note": ingest::cut(note, 512) }).to_string();
    let action = Action::new(now, actor, "dismiss", note, rows.len());
    let outcomes: Vec<(i64, Outcome)> = rows.iter().map(|row| (row.key, Outcome::Dismissed)).collect();
    let count = rows.len();
    let work = move |connection: &rusqlite::Connection| {
        let action = kept::begin(connection, &action)?;
        kept::finish(connection, action, &outcomes)?;
        Ok(action)
    };
    Ok((services.store.write(work).await?, count))
}

async fn chosen(services: &Services, choice: Choice) -> Result<Vec<RejectionRow>, QuarantineError> {
    let query = match choice {
        Choice::Keys(keys) if keys.len() > MOST_ITEMS => return Err(QuarantineError::TooMany),
        Choice::Keys(keys) => return Ok(services.store.ask(move |reader| reader.rejections_by_key(&keys)).await?),
        Choice::Matching(query) => query,
    };
    let query = RejectionQuery { limit: MOST_ITEMS, ..query };
    Ok(services.store.ask(move |reader| reader.rejections_to_correct(&query)).await?)
}

/// Applies `rule` to the chosen items and judges each of them as a door would.
async fn judged(services: &Services, choice: Choice, rule: &Rule) -> Result<(Vec<Case>, Terms), QuarantineError> {
    let plan = rule.plan()?;
    let rows = chosen(services, choice).await?;
    let mut cases: Vec<Case> = rows.iter().map(|row| plan.correct(row)).map(Case::new).collect();
    let mut known = Vec::new();
    for kind in [CaseKind::Reading, CaseKind::Event] {
        let places: Vec<usize> =
            (0..cases.len()).filter(|place| cases[*place].kind == kind && cases[*place].corrected.is_ok()).collect();
        let text = text(places.iter().map(|place| &cases[*place]));
        let delivery = delivery(&text, kind, 0, (services.clock)());
        let checked = validate::all_on(&services.catalog, &services.clocks, delivery, plan.terms);
        for refused in &checked.rejected {
            cases[places[refused.index]].fate = Fate::Refused(refused.reason, refused.detail.clone());
        }
        known.extend(checked.fit.iter().filter_map(|fit| match fit.what {
            Fitting::Sample { signal, value, .. } => {
                Some((places[fit.index as usize], fit.asset, signal, fit.t, value))
            }
            Fitting::Event { .. } => None,
        }));
    }
    let asked: Vec<_> = known.iter().map(|(_, asset, signal, t, _)| (*asset, *signal, *t)).collect();
    let found = services.store.ask(move |reader| reader.values_at(&asked)).await?;
    for ((place, _, _, _, value), kept) in known.into_iter().zip(found) {
        cases[place].fate = match kept {
            None => Fate::Accepted,
            Some(kept) if kept.to_bits() == value.to_bits() => Fate::Duplicate,
            Some(kept) => Fate::Refused(Reason::Conflict, format!("{kept} is kept of this time, not {value}")),
        };
    }
    Ok((cases, plan.terms))
}

impl Case {
    fn new((key, kind, corrected): (i64, CaseKind, Result<serde_json::Value, String>)) -> Case {
        let fate = match &corrected {
            Ok(_) => Fate::Accepted,
            Err(why) => Fate::Refused(Reason::Malformed, why.clone()),
        };
        Case { key, corrected, kind, fate }
    }
}

/// The corrected items as a door takes them.
fn text<'a>(cases: impl Iterator<Item = &'a Case>) -> Text {
    let items: Vec<&serde_json::Value> = cases.filter_map(|case| case.corrected.as_ref().ok()).collect();
    Text::from(Bytes::from(serde_json::json!(items).to_string()))
}

/// One delivery of the connector `readmit`; its client names the audit line.
fn delivery(text: &Text, kind: CaseKind, action: i64, now: Timestamp) -> Delivery<'_> {
    let read = match kind {
        CaseKind::Reading => ingest::http::telemetry,
        CaseKind::Event => ingest::http::events,
    };
    let items = read(text).expect("an array of objects, no more than a door takes");
    Delivery {
        origin: Origin { connector: "readmit", client: format!("action-{action}") },
        received_at: now,
        text,
        items,
    }
}

fn outcome(case: &Case) -> Outcome {
    match &case.fate {
        Fate::Accepted => Outcome::Accepted,
        Fate::Duplicate => Outcome::Duplicate,
        Fate::Refused(reason, detail) => Outcome::Refused { reason: reason.as_str(), detail: detail.clone() },
    }
}

fn report(action: Option<i64>, cases: &[Case]) -> Report {
    let mut report = Report { action, items: cases.len(), ..Report::default() };
    for case in cases {
        let (outcome, why) = match &case.fate {
            Fate::Accepted => ("accepted", None),
            Fate::Duplicate => ("duplicate", None),
            Fate::Refused(reason, detail) => ("refused", Some((reason.as_str(), detail.clone()))),
        };
        match (&case.fate, why.as_ref()) {
            (Fate::Accepted, _) => report.accepted += 1,
            (Fate::Duplicate, _) => report.duplicates += 1,
            (_, Some((reason, _))) => *report.refused.entry((*reason).to_owned()).or_default() += 1,
            (Fate::Refused(..), None) => {}
        }
        if report.examples.len() < EXAMPLES {
            let (reason, detail) = why.unzip();
            let becomes = case.corrected.as_ref().ok().cloned();
            report.examples.push(Example { key: case.key, outcome, reason, detail, becomes });
        }
    }
    report
}
