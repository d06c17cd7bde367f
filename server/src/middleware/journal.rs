//! The name of a request: in the answer, and in every line of the log that it causes.

use std::{
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST_ID: usize = 64;

/// Names a request, unless its sender did, and answers with the name.
pub async fn entered(request: Request, next: Next) -> Response {
    let id = given(&request).unwrap_or_else(name);
    // The path alone: what is asked for may be nobody else's business.
    let span = tracing::info_span!("request", id, method = %request.method(), path = request.uri().path());
    let begun = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    span.in_scope(|| {
        tracing::debug!(status = response.status().as_u16(), took_ms = begun.elapsed().as_millis() as u64, "answered");
    });
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// The name that the sender gave, if it can stand in a log.
fn given(request: &Request) -> Option<String> {
    let id = request.headers().get(REQUEST_ID)?.to_str().ok()?;
    let fits = |sign: char| sign.is_ascii_alphanumeric() || "-_.".contains(sign);
    (!id.is_empty() && id.len() <= LONGEST_ID && id.chars().all(fits)).then(|| id.to_string())
}

/// A name that no other request has, in this process or one before it.
fn name() -> String {
    static START: LazyLock<u128> =
        LazyLock::new(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros());
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("{:x}-{:x}", *START, COUNT.fetch_add(1, Ordering::Relaxed))
}
