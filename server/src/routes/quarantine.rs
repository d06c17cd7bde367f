//! Refused items: listed, corrected and taken in after all, or dismissed.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};
use serde_json::{Map, Value, json};
use services::{
    Services,
    quarantine::{self, Choice, QuarantineError, Report, Rule},
    store::quarantine::{Action, RejectionQuery, RejectionRow},
};
use twin::entry::Quality;

use crate::{
    error::{HttpError, Refusal},
    routes::openapi::forms,
};

/// The most items of one answer, and how many without a `limit`.
const MOST_ROWS: usize = 1_000;
const ROWS: usize = 100;
const MOST_ACTIONS: usize = 1_000;
/// Until there are accounts, whoever calls.
const ACTOR: &str = "local";

/// Lists refused items, newest first; the next page is `before` the last key.
#[utoipa::path(get, path = "/api/v1/quarantine", tag = "quarantine", params(forms::Page), responses(
    (status = 200, description = "a page of them", body = forms::Refusals),
    (status = 400, description = "the question cannot be read", body = Refusal),
))]
pub async fn list(
    State(services): State<Services>,
    Query(query): Query<RejectionQuery>,
) -> Result<Json<Value>, HttpError> {
    if query.limit > MOST_ROWS {
        return Err(HttpError::Query(format!("`limit`: at most {MOST_ROWS}")));
    }
    let limit = if query.limit == 0 { ROWS } else { query.limit };
    let query = RejectionQuery { limit, ..query };
    let rows = services.store.ask(move |reader| reader.rejections(&query)).await?;
    let next = (rows.len() == limit).then(|| rows.last().map(|row| row.key));
    Ok(Json(json!({ "items": rows.iter().map(item).collect::<Vec<_>>(), "before": next.flatten() })))
}

/// Gives one refused item.
#[utoipa::path(get, path = "/api/v1/quarantine/{key}", tag = "quarantine", params(("key" = i64, Path)), responses(
    (status = 200, description = "the item", body = forms::RefusedItem),
    (status = 400, description = "the key is no number", body = Refusal),
    (status = 404, description = "there is no such item", body = Refusal),
))]
pub async fn inspect(State(services): State<Services>, Path(key): Path<i64>) -> Result<Json<Value>, HttpError> {
    let found = services.store.ask(move |reader| reader.rejection(key)).await?;
    let row = found.ok_or_else(|| HttpError::Missing(format!("no refused item `{key}`")))?;
    Ok(Json(item(&row)))
}

/// Tells what was done, by whom and by which rule, newest first.
#[utoipa::path(get, path = "/api/v1/quarantine/actions", tag = "quarantine", responses(
    (status = 200, description = "the last 1,000 actions", body = Vec<forms::Action>),
))]
pub async fn actions(State(services): State<Services>) -> Result<Json<Vec<Action>>, HttpError> {
    Ok(Json(services.store.ask(|reader| reader.quarantine_actions(MOST_ACTIONS)).await?))
}

/// Tells what a rule would do to the chosen items.
#[utoipa::path(post, path = "/api/v1/quarantine/preview", tag = "quarantine", request_body = forms::Correction, responses(
    (status = 200, description = "what would become of them", body = forms::Report),
    (status = 400, description = "the body is no JSON of this shape, or its rule cannot be followed", body = Refusal),
    (status = 408, description = "the body did not come to its end in time", body = Refusal),
    (status = 413, description = "the body is larger than 256 KiB", body = Refusal),
    (status = 415, description = "the body says that it is no JSON", body = Refusal),
))]
pub async fn preview(State(services): State<Services>, body: Bytes) -> Result<Json<Report>, HttpError> {
    let Correction { keys, matching, rule } = read(&body)?;
    Ok(Json(quarantine::preview(&services, choice(keys, matching)?, &rule.unwrap_or_default()).await?))
}

/// Takes the chosen items in under a rule.
#[utoipa::path(post, path = "/api/v1/quarantine/readmit", tag = "quarantine", request_body = forms::Correction, responses(
    (status = 200, description = "what became of them", body = forms::Report),
    (status = 400, description = "the body is no JSON of this shape, or its rule cannot be followed", body = Refusal),
    (status = 408, description = "the body did not come to its end in time", body = Refusal),
    (status = 413, description = "the body is larger than 256 KiB", body = Refusal),
    (status = 415, description = "the body says that it is no JSON", body = Refusal),
))]
pub async fn readmit(State(services): State<Services>, body: Bytes) -> Result<Json<Report>, HttpError> {
    let Correction { keys, matching, rule } = read(&body)?;
    let (choice, now) = (choice(keys, matching)?, (services.clock)());
    Ok(Json(quarantine::readmit(&services, choice, &rule.unwrap_or_default(), ACTOR, now).await?))
}

/// Sets the chosen items aside for good.
#[utoipa::path(post, path = "/api/v1/quarantine/dismiss", tag = "quarantine", request_body = forms::Dismissal, responses(
    (status = 200, description = "how many there were", body = forms::Dismissed),
    (status = 400, description = "the body is no JSON of this shape, or its rule cannot be followed", body = Refusal),
    (status = 408, description = "the body did not come to its end in time", body = Refusal),
    (status = 413, description = "the body is larger than 256 KiB", body = Refusal),
    (status = 415, description = "the body says that it is no JSON", body = Refusal),
))]
pub async fn dismiss(State(services): State<Services>, body: Bytes) -> Result<Json<Value>, HttpError> {
    let Dismissal { keys, matching, note } = read(&body)?;
    let (choice, now) = (choice(keys, matching)?, (services.clock)());
    let (action, items) = quarantine::dismiss(&services, choice, &note, ACTOR, now).await?;
    Ok(Json(json!({ "action": action, "items": items })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Correction {
    keys: Option<Vec<i64>>,
    #[serde(default, deserialize_with = "object")]
    matching: Option<RejectionQuery>,
    #[serde(default, deserialize_with = "object")]
    rule: Option<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Dismissal {
    keys: Option<Vec<i64>>,
    #[serde(default, deserialize_with = "object")]
    matching: Option<RejectionQuery>,
    #[serde(default)]
    note: String,
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, HttpError> {
    let wrong = |error: serde_json::Error| HttpError::Query(error.to_string());
    let members: Map<String, Value> = serde_json::from_slice(body).map_err(wrong)?;
    serde_json::from_value(Value::Object(members)).map_err(wrong)
}

/// Reads an object, and nothing else: an array would be taken member by member, and what is meant to be a choice of items
/// would choose all.
fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(value: D) -> Result<Option<T>, D::Error> {
    let members: Option<Map<String, Value>> = Option::deserialize(value)?;
    members.map(|members| serde_json::from_value(Value::Object(members)).map_err(D::Error::custom)).transpose()
}

fn choice(keys: Option<Vec<i64>>, matching: Option<RejectionQuery>) -> Result<Choice, HttpError> {
    match (keys, matching) {
        (Some(keys), None) => Ok(Choice::Keys(keys)),
        (None, Some(query)) => Ok(Choice::Matching(query)),
        _ => Err(HttpError::Query("either `keys` or `matching` says which items are meant".into())),
    }
}

fn item(row: &RejectionRow) -> Value {
    let quality = match row.quality {
        Quality::Good => "good",
        Quality::Uncertain => "uncertain",
        Quality::Bad => "bad",
    };
    json!({
        "key": row.key, "asset": row.asset, "signal": row.signal, "reason": row.reason, "detail": row.detail,
        "raw": row.raw, "received_at": row.received_at.0, "connector": row.connector, "client": row.client,
        "kind": row.kind, "t": row.t.map(|t| t.0), "value": row.value, "unit": row.unit, "quality": quality,
        "state": row.state, "action": row.action,
    })
}

impl From<QuarantineError> for HttpError {
    fn from(error: QuarantineError) -> HttpError {
        match error {
            QuarantineError::Store(error) => HttpError::Store(error),
            asked => HttpError::Query(asked.to_string()),
        }
    }
}
