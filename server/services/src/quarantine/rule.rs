//! How refused items are corrected: one rule for all that were chosen.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use twin::{Span, Timestamp, entry::Quality, id::AssetId, unit::meant};

use super::CaseKind;
use crate::{
    contract::duration,
    ingest::{MOST_RAW, Told, decode},
    store::quarantine::RejectionRow,
    validate::{Range, Terms},
};

/// What is done to each item before it is judged again; an empty rule tries it as it came.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The asset it is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<String>,
    /// The signal's id, as in topics and HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<String>,
    /// The unit its value is in, whatever it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub multiply: Option<f64>,
    /// How much later it was measured, as `-1 h`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shift: Option<String>,
    #[serde(default, skip_serializing_if = "OutOfRange::is_refused")]
    pub out_of_range: OutOfRange,
}

/// What becomes of a value outside the contract's range.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutOfRange {
    #[default]
    Refuse,
    /// Accepted this once: kept as uncertain, or as bad where the model calls it impossible.
    Accept,
}

/// What is wrong with a rule, each fault with its key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub struct RuleError(pub Vec<String>);

/// A rule that can be followed.
pub(super) struct Plan<'a> {
    rule: &'a Rule,
    shift: Span,
    pub terms: Terms,
}

impl OutOfRange {
    fn is_refused(&self) -> bool {
        *self == OutOfRange::Refuse
    }
}

impl Rule {
    /// The rule as it is kept in the audit line.
    pub fn to_json(&self) -> String {
        json!(self).to_string()
    }

    pub(super) fn plan(&self) -> Result<Plan<'_>, RuleError> {
        let mut faults = Vec::new();
        for (key, id) in [("asset", &self.asset), ("signal", &self.signal)] {
            if let Some(id) = id
                && AssetId::parse(id).is_err()
            {
                faults.push(format!("`{key}` is no id: `{id}`"));
            }
        }
        if let Some(unit) = &self.unit
            && let Err(why) = meant::parse(unit)
        {
            faults.push(format!("`unit`: {why}"));
        }
        if self.multiply.is_some_and(|factor| !factor.is_finite() || factor == 0.0) {
            faults.push("`multiply` must be a number other than 0".to_owned());
        }
        let shift = self.shift.as_deref().map_or(Ok(Span(0)), duration::signed);
        let shift = shift.unwrap_or_else(|why| {
            faults.push(format!("`shift`: {why}"));
            Span(0)
        });
        let range = if self.out_of_range == OutOfRange::Accept { Range::Waived } else { Range::Held };
        let terms = Terms::Readmitted(range);
        if faults.is_empty() { Ok(Plan { rule: self, shift, terms }) } else { Err(RuleError(faults)) }
    }
}

impl Plan<'_> {
    /// The item of a row as the rule makes it, in the form of an element of HTTP's bodies.
    pub fn correct(&self, row: &RejectionRow) -> (i64, CaseKind, Result<Value, String>) {
        if row.kind == "event" || row.signal == "$event" {
            return (row.key, CaseKind::Event, self.event(row));
        }
        (row.key, CaseKind::Reading, self.reading(row))
    }

    fn reading(&self, row: &RejectionRow) -> Result<Value, String> {
        let (t, value, unit, quality) = match (row.value, row.t) {
            (Some(value), Some(t)) => (t, value, row.unit.clone(), row.quality),
            // It was not understood when it came; since then the plant or this program may have learned to.
            _ => match decode::reading(whole(row)?.trim()) {
                Told::Reading(reading) => {
                    let t = reading.t.or(row.t).unwrap_or(row.received_at);
                    (t, reading.value, reading.unit.map(Cow::into_owned), reading.quality)
                }
                Told::Malformed(why) => return Err(why),
                Told::Event(_) | Told::Misplaced => return Err("no reading".to_owned()),
            },
        };
        let value = value * self.rule.multiply.unwrap_or(1.0);
        if !value.is_finite() {
            return Err(format!("{value} is no finite number"));
        }
        let mut item = self.place(row);
        item["t"] = json!((t + self.shift).0);
        item["v"] = json!(value);
        item["q"] = json!(match quality {
            Quality::Good => "good",
            Quality::Uncertain => "uncertain",
            Quality::Bad => "bad",
        });
        if let Some(unit) = self.rule.unit.clone().or(unit) {
            item["u"] = json!(unit);
        }
        Ok(item)
    }

    fn event(&self, row: &RejectionRow) -> Result<Value, String> {
        let event = match decode::event(whole(row)?.trim()) {
            Told::Event(event) => event,
            Told::Malformed(why) => return Err(why),
            Told::Reading(_) | Told::Misplaced => return Err("no event".to_owned()),
        };
        let shifted = |t: Timestamp| json!((t + self.shift).0);
        let mut item = self.place(row);
        item["id"] = json!(event.id);
        item["t"] = shifted(event.t.or(row.t).unwrap_or(row.received_at));
        if let Some(until) = event.until {
            item["until"] = shifted(until);
        }
        item["kind"] = json!(event.kind);
        item["note"] = json!(event.note);
        Ok(item)
    }

    fn place(&self, row: &RejectionRow) -> Value {
        let asset = self.rule.asset.as_ref().unwrap_or(&row.asset);
        let signal = self.rule.signal.as_ref().unwrap_or(&row.signal);
        json!({ "asset": asset, "signal": signal })
    }
}

/// What came, where all of it was kept.
fn whole(row: &RejectionRow) -> Result<&str, String> {
    // A character may have stood across the cut.
    if row.raw.len() + 3 >= MOST_RAW { Err("not all of it was kept".to_owned()) } else { Ok(&row.raw) }
}
