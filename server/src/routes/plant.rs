//! Questions of machines: the plant, histories, entries one by one.

use axum::{
    Json,
    extract::{Query, State},
};
use serde::Deserialize;
use serde_json::{Value, json};
use services::Services;
use twin::{Clock, Timestamp, id::AssetId};

use crate::error::HttpError;

/// The most entries of one answer.
const MOST_ENTRIES: usize = 10_000;

/// `GET /api/v1/plant`: every asset, its clock, its signals and how far they have come.
pub async fn plant(State(services): State<Services>) -> Result<Json<Value>, HttpError> {
    let now = (services.clock)();
    let view = services.plant(now).await?;
    let assets: Vec<Value> = view
        .assets
        .iter()
        .zip(services.catalog.assets())
        .enumerate()
        .map(|(number, (asset, plan))| {
            let signal = |(from, binding): (&str, &services::catalog::Binding)| {
                let signal = &plan.model.signals[usize::from(binding.signal)];
                let latest = asset.latest.iter().find(|latest| latest.signal == binding.signal);
                json!({
                    "from": from, "name": signal.name, "number": binding.signal, "unit": binding.unit,
                    "kept_in": signal.unit, "scale": binding.scale, "range": signal.range,
                    "t": latest.map(|latest| latest.t.0), "value": latest.map(|latest| latest.value),
                })
            };
            json!({
                "id": asset.id, "title": asset.title, "path": asset.path, "simulated": asset.simulated,
                "badge": asset.badge, "model": plan.model.id, "clock": clock(&asset.clock, now), "seq": asset.seq,
                "twin_seq": services.twins.seq(number),
                "signals": plan.bindings().map(signal).collect::<Vec<_>>(),
            })
        })
        .collect();
    Ok(Json(json!({ "title": view.title, "now": now.0, "assets": assets })))
}

fn clock(clock: &Clock, now: Timestamp) -> Value {
    match clock {
        Clock::Wall => json!({ "kind": "wall", "now": now.0, "rate": 1.0 }),
        Clock::Replay(replay) => json!({
            "kind": "replay", "now": clock.now(now).0, "rate": replay.rate, "recorded": replay.recorded.0,
            "end": replay.end.0, "ended": clock.has_ended(now),
        }),
    }
}

#[derive(Deserialize)]
pub struct HistoryQuery {
    asset: String,
    signal: String,
    from: Option<i64>,
    to: Option<i64>,
    width: Option<u32>,
}

/// `GET /api/v1/history`: the samples of a signal, thinned to `width` columns.
pub async fn history(
    State(services): State<Services>,
    Query(query): Query<HistoryQuery>,
) -> Result<Json<Value>, HttpError> {
    let asset = asset(&query.asset)?;
    let model = &services.catalog.assets()[services.number(&asset)?].model;
    let unknown = || HttpError::Query(format!("asset `{asset}` has no signal `{}`", query.signal));
    let signal = model.signal(&query.signal).ok_or_else(unknown)?;
    let (from, to) = (query.from.unwrap_or(i64::MIN), query.to.unwrap_or(i64::MAX));
    let width = query.width.unwrap_or(1000);
    let view = services.history(&asset, signal, Timestamp(from), Timestamp(to), width).await?;
    Ok(Json(json!(view)))
}

#[derive(Deserialize)]
pub struct SamplesQuery {
    asset: String,
    #[serde(default)]
    after_seq: u64,
    limit: Option<usize>,
}

/// `GET /api/v1/samples`: the entries of an asset as they were kept, in order of seq, without those that were deleted.
pub async fn samples(
    State(services): State<Services>,
    Query(query): Query<SamplesQuery>,
) -> Result<Json<Value>, HttpError> {
    let number = services.number(&asset(&query.asset)?)?;
    if i64::try_from(query.after_seq).is_err() {
        return Err(HttpError::Query(format!("`after_seq`: at most {}", i64::MAX)));
    }
    let limit = query.limit.unwrap_or(1000).clamp(1, MOST_ENTRIES);
    let kept = services.store.kept_entries(number, query.after_seq, limit).await?;
    let entries: Vec<Value> = kept.iter().map(|kept| entry(kept.seq, &kept.entry)).collect();
    Ok(Json(json!({ "asset": query.asset, "entries": entries })))
}

fn entry(seq: u64, entry: &wire::Entry) -> Value {
    match &entry.what {
        wire::What::Sample { signal, value, quality } => {
            json!({ "seq": seq, "t": entry.t.0, "signal": signal, "value": value, "quality": quality })
        }
        wire::What::Event { id, kind, until, note } => json!({
            "seq": seq, "t": entry.t.0, "event": id, "kind": kind, "until": until.map(|t| t.0), "note": note,
        }),
    }
}

#[derive(Deserialize)]
pub struct LineageQuery {
    asset: String,
    seq: u64,
}

/// `GET /api/v1/lineage`: where one sample came from.
pub async fn lineage(
    State(services): State<Services>,
    Query(query): Query<LineageQuery>,
) -> Result<Json<Value>, HttpError> {
    let number = services.number(&asset(&query.asset)?)?;
    let found = services.store.lineage(number, query.seq.min(i64::MAX as u64)).await?;
    let lineage = found.ok_or_else(|| HttpError::Missing(format!("no sample {} of `{}`", query.seq, query.asset)))?;
    let (connector, client) = lineage.origin.unwrap_or_default();
    Ok(Json(json!({
        "asset": query.asset, "entry": entry(query.seq, &lineage.entry), "connector": connector, "client": client,
        "delivery": lineage.from.delivery, "received_at": lineage.from.received_at,
        "contract": lineage.from.contract, "unit": lineage.unit,
    })))
}

/// `GET /api/v1/rejections`: how many items were refused, by reason.
pub async fn rejections(State(services): State<Services>) -> Result<Json<Value>, HttpError> {
    let counts: serde_json::Map<String, Value> =
        services.store.rejection_counts().await?.into_iter().map(|(reason, count)| (reason, count.into())).collect();
    Ok(Json(counts.into()))
}

fn asset(id: &str) -> Result<AssetId, HttpError> {
    AssetId::parse(id).map_err(|error| HttpError::Query(format!("`asset`: {error}")))
}
