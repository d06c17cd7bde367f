//! Questions of machines: the plant, histories.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Query, State},
};
use serde::{Deserialize, Serialize};
use services::{Services, catalog};
use twin::{Timestamp, id::AssetId};
use utoipa::{IntoParams, ToSchema};
use wire::view::AssetView;

use crate::error::{HttpError, Refusal};

/// The plant and where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct Plant {
    title: String,
    /// The server's clock, in microseconds since 1970 (UTC), as every time here.
    now: i64,
    assets: Vec<Asset>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Asset {
    id: String,
    title: String,
    /// Where it stands: `site/area/line`.
    path: String,
    /// Whether its telemetry is made by a model.
    simulated: bool,
    badge: String,
    model: String,
    clock: Clock,
    /// The number of its last entry; 0 where there is none.
    seq: u64,
    /// How far the server's twin has come.
    twin_seq: u64,
    signals: Vec<Signal>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Signal {
    /// Its id in topics and requests.
    from: String,
    /// Its name in the model.
    name: String,
    /// Its number in the model, as in `/api/v1/samples`.
    number: u16,
    /// The unit of readings that come without one.
    unit: String,
    /// The unit of the model, in which values are kept.
    kept_in: String,
    /// What a value is multiplied with once it is in that unit.
    scale: f64,
    /// The physically possible values, in that unit.
    range: [f64; 2],
    /// The newest value by measured time, in that unit, and its time.
    t: Option<i64>,
    value: Option<f64>,
}

/// An asset's time: the wall clock, or that of a recording that is played back.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Clock {
    Wall { now: i64, rate: f64 },
    Replay { now: i64, rate: f64, recorded: i64, end: i64, ended: bool },
}

/// Tells every asset, its clock, its signals and how far they have come.
#[utoipa::path(get, path = "/api/v1/plant", tag = "plant", responses((status = 200, description = "the plant", body = Plant)))]
pub async fn plant(State(services): State<Services>) -> Result<Json<Plant>, HttpError> {
    let now = (services.clock)();
    let view = services.plant(now).await?;
    let assets = view.assets.iter().zip(services.catalog.assets()).enumerate();
    let assets = assets.map(|(number, (asset, plan))| entered(asset, plan, services.twins.seq(number), now));
    Ok(Json(Plant { title: view.title.clone(), now: now.0, assets: assets.collect() }))
}

fn entered(asset: &AssetView, plan: &catalog::Asset, twin_seq: u64, now: Timestamp) -> Asset {
    let entered = |(from, binding): (&str, &catalog::Binding)| {
        let signal = &plan.model.signals[usize::from(binding.signal)];
        let latest = asset.latest.iter().find(|latest| latest.signal == binding.signal);
        Signal {
            from: from.into(),
            name: signal.name.clone(),
            number: binding.signal,
            unit: binding.unit.clone(),
            kept_in: signal.unit.clone(),
            scale: binding.scale,
            range: signal.range,
            t: latest.map(|latest| latest.t.0),
            value: latest.map(|latest| latest.value),
        }
    };
    Asset {
        id: asset.id.to_string(),
        title: asset.title.clone(),
        path: asset.path.clone(),
        simulated: asset.simulated,
        badge: asset.badge.clone(),
        model: plan.model.id.clone(),
        clock: clock(&asset.clock, now),
        seq: asset.seq,
        twin_seq,
        signals: plan.bindings().map(entered).collect(),
    }
}

fn clock(clock: &twin::Clock, now: Timestamp) -> Clock {
    match clock {
        twin::Clock::Wall => Clock::Wall { now: now.0, rate: 1.0 },
        twin::Clock::Replay(replay) => Clock::Replay {
            now: clock.now(now).0,
            rate: replay.rate,
            recorded: replay.recorded.0,
            end: replay.end.0,
            ended: clock.has_ended(now),
        },
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    #[param(pattern = "^[a-z0-9][a-z0-9_-]{0,62}$", example = "cell-b0005")]
    asset: String,
    /// The signal's name in the model.
    #[param(example = "voltage")]
    signal: String,
    /// From this time on, in microseconds; from the beginning without it.
    from: Option<i64>,
    /// Up to this time, in microseconds; to the end without it.
    to: Option<i64>,
    /// Columns to thin to: of each, the first, least, greatest and last sample stay. 1 to 8,192; 1,000 without it.
    width: Option<u32>,
}

/// The samples of a signal over a range.
#[derive(Debug, Serialize, ToSchema)]
pub struct History {
    /// Every kept sample up to this entry is in here, or stood for.
    seq: u64,
    /// Samples in the range before thinning.
    total: u64,
    points: Vec<Point>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Point {
    t: i64,
    value: f64,
}

/// Gives the samples of a signal, thinned to columns.
#[utoipa::path(get, path = "/api/v1/history", tag = "plant", params(HistoryQuery), responses(
    (status = 200, description = "the samples", body = History),
    (status = 400, description = "the question cannot be read", body = Refusal),
    (status = 404, description = "there is no such asset, or it has no such signal", body = Refusal),
))]
pub async fn history(
    State(services): State<Services>,
    Query(query): Query<HistoryQuery>,
) -> Result<Json<History>, HttpError> {
    let asset = asset(&query.asset)?;
    let model = &services.catalog.assets()[services.number(&asset)?].model;
    let unknown = || HttpError::Missing(format!("asset `{asset}` has no signal `{}`", query.signal));
    let signal = model.signal(&query.signal).ok_or_else(unknown)?;
    let (from, to) = (query.from.unwrap_or(i64::MIN), query.to.unwrap_or(i64::MAX));
    let width = query.width.unwrap_or(1000);
    let view = services.history(&asset, signal, Timestamp(from), Timestamp(to), width).await?;
    let points = view.points.iter().map(|point| Point { t: point.t.0, value: point.value }).collect();
    Ok(Json(History { seq: view.seq, total: view.total, points }))
}

/// Tells how many items were refused, by reason.
#[utoipa::path(get, path = "/api/v1/rejections", tag = "plant", responses(
    (status = 200, description = "how many of each reason", body = BTreeMap<String, u64>),
))]
pub async fn rejections(State(services): State<Services>) -> Result<Json<BTreeMap<String, u64>>, HttpError> {
    Ok(Json(services.store.rejection_counts().await?.into_iter().collect()))
}

/// An asset's id, as a question has it.
pub fn asset(id: &str) -> Result<AssetId, HttpError> {
    AssetId::parse(id).map_err(|error| HttpError::Query(format!("`asset`: {error}")))
}
