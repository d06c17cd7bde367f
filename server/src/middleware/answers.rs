//! What machines are refused with: always `{"error": ...}`, whoever refused.

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::error::Refusal;

const MOST_BYTES: usize = 64 * 1024;

/// A refusal as machines get it.
pub fn refusal(status: StatusCode, why: &str) -> Response {
    (status, Json(Refusal { error: why.into() })).into_response()
}

/// Puts the refusals of extractors, layers and the router itself into JSON, where a machine asked.
pub async fn in_json(request: Request, next: Next) -> Response {
    let asks = is_machines(request.uri().path());
    let response = next.run(request).await;
    let is_refusal = response.status().is_client_error() || response.status().is_server_error();
    if asks && is_refusal && !is_json(&response) { put(response).await } else { response }
}

/// Whether a path is of the API, which machines use. What lies under `/api` without a version is for pages.
fn is_machines(path: &str) -> bool {
    let fixed = ["/api", "/api/openapi.json", "/write", "/healthz", "/readyz", "/metrics"];
    path.starts_with("/api/v") || fixed.contains(&path)
}

fn is_json(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/json"))
}

async fn put(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    let bytes = to_bytes(body, MOST_BYTES).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let why = match text.trim() {
        "" => head.status.canonical_reason().unwrap_or("refused").to_lowercase(),
        text => lower_first(text),
    };
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Response::from_parts(head, Body::from(serde_json::json!({ "error": why }).to_string()))
}

fn lower_first(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().into_iter().flat_map(char::to_lowercase).chain(signs).collect()
}
