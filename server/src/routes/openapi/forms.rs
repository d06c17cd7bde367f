//! What requests and answers look like, where a handler reads or writes them by other means than a type of its own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A reading of a signal.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({ "asset": "cell-b0005", "signal": "voltage", "t": "2026-11-23T10:00:00Z", "v": 3.7, "u": "V" }))]
pub struct Reading {
    #[schema(pattern = "^[a-z0-9][a-z0-9_-]{0,62}$")]
    pub asset: String,
    /// The signal's id, `from` in the plant file.
    #[schema(pattern = "^[a-z0-9][a-z0-9_-]{0,62}$")]
    pub signal: String,
    /// When it was measured; the time of arrival without it, and then its quality is uncertain.
    pub t: Option<Time>,
    pub v: f64,
    /// Its unit in UCUM spelling; that of the plant file without it.
    pub u: Option<String>,
    pub q: Option<Quality>,
}

/// An event in an asset's life.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({ "asset": "cell-b0005", "id": "c-7", "t": "2026-11-23T10:00:00Z", "kind": "charged" }))]
pub struct Event {
    #[schema(pattern = "^[a-z0-9][a-z0-9_-]{0,62}$")]
    pub asset: String,
    /// Its name among the events of the asset: one that is sent again is kept once.
    pub id: String,
    pub t: Option<Time>,
    /// When it ended.
    pub until: Option<Time>,
    pub kind: String,
    #[serde(default)]
    pub note: String,
}

/// An event, or an array of at most 10,000 of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Events {
    One(Event),
    Several(Vec<Event>),
}

/// An instant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Time {
    /// Microseconds since 1970 (UTC).
    Micros(i64),
    /// RFC 3339.
    #[schema(format = DateTime)]
    Text(String),
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Quality {
    Good,
    Uncertain,
    Bad,
}

/// Which refused items are meant; all that are open without any of these.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    pub asset: Option<String>,
    pub signal: Option<String>,
    /// Why they were refused, as in `/api/v1/rejections`.
    pub reason: Option<String>,
    /// `open`, `readmitted` or `dismissed`.
    pub state: Option<String>,
    /// That came in at this time or later, in microseconds.
    pub from: Option<i64>,
    /// That came in at this time or earlier, in microseconds.
    pub to: Option<i64>,
    /// With smaller keys only.
    pub before: Option<i64>,
}

/// Which refused items are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Page {
    pub asset: Option<String>,
    pub signal: Option<String>,
    /// Why they were refused, as in `/api/v1/rejections`.
    pub reason: Option<String>,
    /// `open`, `readmitted` or `dismissed`.
    pub state: Option<String>,
    /// That came in at this time or later, in microseconds.
    pub from: Option<i64>,
    /// That came in at this time or earlier, in microseconds.
    pub to: Option<i64>,
    /// With smaller keys only: the last key of the page before.
    pub before: Option<i64>,
    /// At most so many; 100 without it.
    #[param(maximum = 1000)]
    pub limit: Option<u32>,
}

/// A page of refused items, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Refusals {
    pub items: Vec<RefusedItem>,
    /// What `before` is for the next page; null where this is the last.
    pub before: Option<i64>,
}

/// A refused item as it is kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefusedItem {
    pub key: i64,
    pub asset: String,
    pub signal: String,
    pub reason: String,
    pub detail: String,
    /// The item as it came, as much of it as is kept.
    pub raw: String,
    pub received_at: i64,
    pub connector: String,
    pub client: String,
    /// `reading`, `event`, or empty where it was neither.
    pub kind: String,
    pub t: Option<i64>,
    pub value: Option<f64>,
    pub unit: Option<String>,
    pub quality: Quality,
    /// `open`, `readmitted` or `dismissed`.
    pub state: String,
    /// The last action that touched it.
    pub action: Option<i64>,
}

/// Refused items, by their keys or by what they have in common, and what is done to each before it is judged again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(example = json!({ "matching": { "reason": "range" }, "rule": { "unit": "mV" } }))]
pub enum Correction {
    Keys(CorrectedKeys),
    Matching(CorrectedMatching),
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectedKeys {
    #[schema(max_items = 10_000)]
    pub keys: Vec<i64>,
    pub rule: Option<Rule>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectedMatching {
    pub matching: Matching,
    pub rule: Option<Rule>,
}

/// What is done to each item; an empty rule tries it as it came.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The asset it is of.
    #[schema(pattern = "^[a-z0-9][a-z0-9_-]{0,62}$")]
    pub asset: Option<String>,
    /// The signal's id.
    #[schema(pattern = "^[a-z0-9][a-z0-9_-]{0,62}$")]
    pub signal: Option<String>,
    /// The unit its value is in, whatever it said.
    pub unit: Option<String>,
    pub multiply: Option<f64>,
    /// How much later it was measured, as `-1 h`.
    pub shift: Option<String>,
    #[serde(default)]
    pub out_of_range: OutOfRange,
}

/// What becomes of a value outside the contract's range.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutOfRange {
    #[default]
    Refuse,
    Accept,
}

/// Refused items that are set aside for good.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(example = json!({ "keys": [7], "note": "spike" }))]
pub enum Dismissal {
    Keys(DismissedKeys),
    Matching(DismissedMatching),
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DismissedKeys {
    #[schema(max_items = 10_000)]
    pub keys: Vec<i64>,
    #[serde(default)]
    pub note: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DismissedMatching {
    pub matching: Matching,
    #[serde(default)]
    pub note: String,
}

/// What becomes of the items under a rule.
#[derive(Debug, Serialize, ToSchema)]
pub struct Report {
    /// The action's key; a preview has none.
    pub action: Option<i64>,
    pub items: u64,
    pub accepted: u64,
    pub duplicates: u64,
    /// How many are still refused, by reason.
    pub refused: BTreeMap<String, u64>,
    /// The first items, one by one.
    pub examples: Vec<Example>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Example {
    pub key: i64,
    /// `accepted`, `duplicate` or `refused`.
    pub outcome: String,
    pub reason: Option<String>,
    pub detail: Option<String>,
    /// The item as the rule makes it.
    #[schema(value_type = Option<Object>)]
    pub becomes: Option<serde_json::Value>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Dismissed {
    /// The action's key.
    pub action: Option<i64>,
    pub items: u64,
}

/// What somebody did with refused items.
#[derive(Debug, Serialize, ToSchema)]
pub struct Action {
    pub key: i64,
    pub at: i64,
    pub actor: String,
    /// `readmit` or `dismiss`.
    pub action: String,
    /// The rule or note, JSON.
    pub rule: String,
    pub items: u64,
    /// How it ended; null where it did not come to an end.
    pub accepted: Option<u64>,
    pub duplicates: Option<u64>,
    pub refused: Option<u64>,
}
