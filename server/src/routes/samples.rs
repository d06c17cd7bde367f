//! Questions of machines: entries one by one, and where each came from.

use axum::{
    Json,
    extract::{Query, State},
};
use serde::{Deserialize, Serialize};
use services::Services;
use twin::entry::Quality;
use utoipa::{IntoParams, ToSchema};

use super::plant::asset;
use crate::error::{HttpError, Refusal};

/// The most entries of one answer.
const MOST_ENTRIES: usize = 10_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SamplesQuery {
    #[param(pattern = "^[a-z0-9][a-z0-9_-]{0,62}$", example = "cell-b0005")]
    asset: String,
    /// Entries after this number; all without it.
    #[serde(default)]
    #[param(maximum = 9_223_372_036_854_775_807i64)]
    after_seq: u64,
    /// At most so many, at least one; 1,000 without it, never more than 10,000.
    limit: Option<u32>,
}

/// Entries of an asset, in the order of their numbers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entries {
    asset: String,
    entries: Vec<Entry>,
}

/// A sample, or an event.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Entry {
    Sample {
        seq: u64,
        t: i64,
        signal: u16,
        value: f64,
        #[schema(value_type = String)]
        quality: Quality,
    },
    Event {
        seq: u64,
        t: i64,
        event: String,
        kind: String,
        until: Option<i64>,
        note: String,
    },
}

/// Gives the entries of an asset as they were kept, in order of seq, without those that were deleted.
#[utoipa::path(get, path = "/api/v1/samples", tag = "plant", params(SamplesQuery), responses(
    (status = 200, description = "the entries", body = Entries),
    (status = 400, description = "the question cannot be read", body = Refusal),
    (status = 404, description = "there is no such asset", body = Refusal),
))]
pub async fn samples(
    State(services): State<Services>,
    Query(query): Query<SamplesQuery>,
) -> Result<Json<Entries>, HttpError> {
    let number = services.number(&asset(&query.asset)?)?;
    if i64::try_from(query.after_seq).is_err() {
        return Err(HttpError::Query(format!("`after_seq`: at most {}", i64::MAX)));
    }
    let limit = query.limit.map_or(1000, |limit| limit as usize).clamp(1, MOST_ENTRIES);
    let kept = services.store.kept_entries(number, query.after_seq, limit).await?;
    let entries = kept.into_iter().map(|kept| entry(kept.seq, kept.entry)).collect();
    Ok(Json(Entries { asset: query.asset, entries }))
}

fn entry(seq: u64, entry: wire::Entry) -> Entry {
    match entry.what {
        wire::What::Sample { signal, value, quality } => Entry::Sample { seq, t: entry.t.0, signal, value, quality },
        wire::What::Event { id, kind, until, note } => {
            Entry::Event { seq, t: entry.t.0, event: id, kind, until: until.map(|t| t.0), note }
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LineageQuery {
    #[param(pattern = "^[a-z0-9][a-z0-9_-]{0,62}$", example = "cell-b0005")]
    asset: String,
    #[param(example = 1)]
    seq: u64,
}

/// Where a sample came from.
#[derive(Debug, Serialize, ToSchema)]
pub struct Lineage {
    asset: String,
    entry: Entry,
    connector: String,
    client: String,
    /// The number of the delivery that brought it.
    delivery: i64,
    received_at: i64,
    /// The revision of the contracts that it was checked against.
    contract: i64,
    /// The unit that it came in, where that was not the agreed one.
    unit: Option<String>,
}

/// Tells where one sample came from.
#[utoipa::path(get, path = "/api/v1/lineage", tag = "plant", params(LineageQuery), responses(
    (status = 200, description = "its lineage", body = Lineage),
    (status = 400, description = "the question cannot be read", body = Refusal),
    (status = 404, description = "there is no such asset, or no such sample of it", body = Refusal),
))]
pub async fn lineage(
    State(services): State<Services>,
    Query(query): Query<LineageQuery>,
) -> Result<Json<Lineage>, HttpError> {
    let number = services.number(&asset(&query.asset)?)?;
    let found = services.store.lineage(number, query.seq.min(i64::MAX as u64)).await?;
    let lineage = found.ok_or_else(|| HttpError::Missing(format!("no sample {} of `{}`", query.seq, query.asset)))?;
    let (connector, client) = lineage.origin.unwrap_or_default();
    Ok(Json(Lineage {
        asset: query.asset,
        entry: entry(query.seq, lineage.entry),
        connector,
        client,
        delivery: lineage.from.delivery,
        received_at: lineage.from.received_at,
        contract: lineage.from.contract,
        unit: lineage.unit,
    }))
}
