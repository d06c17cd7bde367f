//! The API described: as an OpenAPI document for machines, and the same document as a page for people.

pub mod forms;
mod page;

use axum::{
    Router,
    http::{StatusCode, header},
    response::Response,
    routing::{MethodRouter, get},
};
use bytes::Bytes;
use utoipa::OpenApi;

use super::words::POLICY;
use crate::{middleware::refusal, state::AppState};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Twinlight",
        description = "Telemetry in, and questions about it. Times are microseconds since 1970 (UTC). Refusals are \
            `{\"error\": ...}`. Beside what stands with each operation, any request may be refused with 403 (a change \
            that another site's page asks for), 404 (no such path), 405 (not by this method), 421 (by a name that is \
            not this server's, see `server.allowed_hosts`), 431 (a head that is too large), 500 (the store failed) or \
            503 with Retry-After (too many connections, or the server starts or stops).",
        license(name = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "ingest", description = "Telemetry of machines"),
        (name = "plant", description = "Questions about the plant"),
        (name = "quarantine", description = "Refused items: found, corrected and taken in after all, or dismissed"),
        (name = "calibrations", description = "Parameters of models that were found: proposed, taken over or declined"),
        (name = "operations", description = "Questions about the server"),
    ),
)]
struct About;

/// What the document says of the API as a whole.
pub fn about() -> utoipa::openapi::OpenApi {
    About::openapi()
}

/// The document and its page.
pub fn router(document: &utoipa::openapi::OpenApi) -> Router<AppState> {
    let json = serde_json::to_value(document).unwrap_or_default();
    Router::new()
        .route("/api/openapi.json", fixed("application/json", json.to_string()))
        .route("/api", fixed("text/html; charset=utf-8", app::shell::plain("API", "/api", "", page::render(&json))))
}

/// The same answer to everybody.
fn fixed(kind: &'static str, text: String) -> MethodRouter<AppState> {
    let text = Bytes::from(text);
    get(async move || {
        let head = [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "no-cache"),
            (header::CONTENT_SECURITY_POLICY, POLICY),
        ];
        (head, text.clone())
    })
}

/// What there is under `/api` where nothing is.
pub async fn nothing() -> Response {
    refusal(StatusCode::NOT_FOUND, "there is no such path; `/api` lists those that there are")
}
