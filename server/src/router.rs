//! Every route, grouped by who calls it.

use axum::{
    Router,
    body::Body,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use tower::ServiceBuilder;
use tower_http::{
    compression::CompressionLayer, decompression::RequestDecompressionLayer, limit::RequestBodyLimitLayer,
    map_request_body::MapRequestBodyLayer,
};

use crate::{middleware, routes, state::AppState};

/// The largest body of telemetry: 10,000 readings of 400 bytes.
const TELEMETRY_BYTES: usize = 4 * 1024 * 1024;
const OTHER_BYTES: usize = 256 * 1024;

/// The whole server as one service.
pub fn router(state: AppState) -> Router {
    let machines = Router::new()
        .route("/api/v1/telemetry", post(routes::ingest::telemetry))
        .route("/api/v1/events", post(routes::ingest::events))
        .route("/write", post(routes::ingest::lines))
        .route("/api/v2/write", post(routes::ingest::lines))
        // Counted once it is unpacked: a small body may be a large one in disguise.
        .layer(DefaultBodyLimit::max(TELEMETRY_BYTES))
        .layer(ServiceBuilder::new().layer(RequestDecompressionLayer::new()).layer(MapRequestBodyLayer::new(Body::new)))
        .layer(RequestBodyLimitLayer::new(TELEMETRY_BYTES));
    let questions = Router::new()
        .route("/api/v1/plant", get(routes::plant::plant))
        .route("/api/v1/history", get(routes::plant::history))
        .route("/api/v1/samples", get(routes::plant::samples))
        .route("/api/v1/lineage", get(routes::plant::lineage))
        .route("/api/v1/rejections", get(routes::plant::rejections))
        .route("/api/v1/quarantine", get(routes::quarantine::list))
        .route("/api/v1/quarantine/actions", get(routes::quarantine::actions))
        .route("/api/v1/quarantine/{key}", get(routes::quarantine::inspect))
        .route("/api/v1/quarantine/preview", post(routes::quarantine::preview))
        .route("/api/v1/quarantine/readmit", post(routes::quarantine::readmit))
        .route("/api/v1/quarantine/dismiss", post(routes::quarantine::dismiss))
        .route("/api/v1/requests", get(routes::health::requests))
        .route("/healthz", get(routes::health::health));
    let browsers = routes::pages::router(&state).route("/ws", get(routes::stream::upgrade));
    let others = questions.merge(browsers).layer(RequestBodyLimitLayer::new(OTHER_BYTES));
    let all = machines.merge(others).layer(CompressionLayer::new());
    middleware::around(all, &state).with_state(state)
}
