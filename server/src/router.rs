//! Every route, grouped by who calls it.

use axum::{
    Router,
    body::Body,
    extract::DefaultBodyLimit,
    middleware::from_fn,
    routing::{any, get},
};
use tower::ServiceBuilder;
use tower_http::{
    decompression::RequestDecompressionLayer, limit::RequestBodyLimitLayer, map_request_body::MapRequestBodyLayer,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{middleware, routes, state::AppState};

/// The largest body of telemetry: 10,000 readings of 400 bytes.
const TELEMETRY_BYTES: usize = 4 * 1024 * 1024;
const OTHER_BYTES: usize = 256 * 1024;

/// The whole server as one service.
pub fn router(state: AppState) -> Router {
    let json = OpenApiRouter::new()
        .routes(routes!(routes::ingest::telemetry))
        .routes(routes!(routes::ingest::events))
        .layer(from_fn(middleware::json_body));
    let machines = OpenApiRouter::new()
        .routes(routes!(routes::ingest::lines))
        .routes(routes!(routes::ingest::lines_v2))
        .merge(json)
        // Counted once it is unpacked: a small body may be a large one in disguise.
        .layer(DefaultBodyLimit::max(TELEMETRY_BYTES))
        .layer(ServiceBuilder::new().layer(RequestDecompressionLayer::new()).layer(MapRequestBodyLayer::new(Body::new)))
        .layer(RequestBodyLimitLayer::new(TELEMETRY_BYTES));
    let corrections = OpenApiRouter::new()
        .routes(routes!(routes::quarantine::preview))
        .routes(routes!(routes::quarantine::readmit))
        .routes(routes!(routes::quarantine::dismiss))
        .layer(from_fn(middleware::json_body));
    let calibrations = OpenApiRouter::new()
        .routes(routes!(routes::calibrations::propose, routes::calibrations::list))
        .routes(routes!(routes::calibrations::take))
        .routes(routes!(routes::calibrations::decline))
        .layer(from_fn(middleware::json_body));
    let questions = OpenApiRouter::new()
        .routes(routes!(routes::plant::plant))
        .routes(routes!(routes::plant::history))
        .routes(routes!(routes::samples::samples))
        .routes(routes!(routes::samples::lineage))
        .routes(routes!(routes::plant::rejections))
        .routes(routes!(routes::hindsight::twin))
        .routes(routes!(routes::hindsight::entries))
        .routes(routes!(routes::quarantine::list))
        .routes(routes!(routes::quarantine::actions))
        .routes(routes!(routes::quarantine::inspect))
        .merge(corrections)
        .merge(calibrations)
        .routes(routes!(routes::health::requests))
        .routes(routes!(routes::health::health))
        .routes(routes!(routes::health::ready))
        .routes(routes!(routes::metrics::metrics));
    let described = OpenApiRouter::with_openapi(routes::openapi::about());
    let (machines, document) = described.merge(machines).split_for_parts();
    let (questions, document) = OpenApiRouter::with_openapi(document).merge(questions).split_for_parts();
    let browsers = routes::pages::router(&state).route("/ws", get(routes::stream::upgrade));
    let others = questions
        .merge(routes::openapi::router(&document))
        .route("/api/{*rest}", any(routes::openapi::nothing))
        .merge(routes::kpis::router())
        .merge(routes::learned::router())
        .merge(browsers)
        .merge(routes::words::router())
        .layer(RequestBodyLimitLayer::new(OTHER_BYTES));
    middleware::around(machines.merge(others), &state).with_state(state)
}
