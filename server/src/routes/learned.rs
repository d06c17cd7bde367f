//! What models have learned from recordings, each by the hash of its bytes: under its address it never changes.

use std::collections::BTreeSet;

use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::get,
};
use services::Services;
use tower_http::compression::CompressionLayer;
use twin::{gauge::Gauge, hex};

use crate::{error::HttpError, state::AppState};

pub fn router() -> Router<AppState> {
    let sealed = Router::new().route("/learned/{seal}", get(sealed)).layer(CompressionLayer::new());
    Router::new().route("/learned", get(list)).merge(sealed.layer(from_fn(tagged)))
}

/// The seals of all that the plant's models have learned, one a line.
async fn list(State(services): State<Services>) -> impl IntoResponse {
    let seals: BTreeSet<String> = gauges(&services).map(|gauge| hex::write(&gauge.seal.0)).collect();
    let lines: String = seals.into_iter().map(|seal| seal + "\n").collect();
    ([(header::CACHE_CONTROL, "no-cache")], lines)
}

async fn sealed(State(services): State<Services>, Path(seal): Path<String>) -> Result<Response, HttpError> {
    let found = gauges(&services).find(|gauge| hex::write(&gauge.seal.0) == seal);
    let gauge = found.ok_or_else(|| HttpError::Missing("no model of this plant has learned that".to_string()))?;
    let head = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((head, gauge.sealed().to_vec()).into_response())
}

/// Names the bytes by their seal and the way they are compressed; who has them is not sent them again.
async fn tagged(Path(seal): Path<String>, request: Request, next: Next) -> Response {
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let mut response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    let encoding = response.headers().get(header::CONTENT_ENCODING).and_then(|way| way.to_str().ok());
    let tag = format!("\"{seal}{}{}\"", if encoding.is_some() { "-" } else { "" }, encoding.unwrap_or_default());
    let is_known = known.and_then(|known| Some(known.to_str().ok()?.contains(&tag))).unwrap_or(false);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    if is_known {
        let (mut head, _) = response.into_parts();
        head.status = StatusCode::NOT_MODIFIED;
        head.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(head, axum::body::Body::empty());
    }
    response
}

fn gauges(services: &Services) -> impl Iterator<Item = &Gauge> {
    services.catalog.assets().iter().flat_map(|asset| &asset.model.gauges)
}
