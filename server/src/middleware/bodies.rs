//! The bodies of requests: what they may be, and how long a client may be silent in the middle of one.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    body::{Body, HttpBody},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::Response,
};
use http_body_util::BodyExt;
use tower_http::timeout::TimeoutBody;

use super::refusal;
use crate::state::Gate;

/// Gives up on a client that is silent in the middle of a body.
pub async fn patient(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let stalled = Arc::new(AtomicBool::new(false));
    let seen = stalled.clone();
    let request = request.map(|body| {
        // A body breaks for other reasons too, but then nobody is there to be answered.
        let noticed = TimeoutBody::new(gate.stall_within, body).map_err(move |error| {
            seen.store(true, Ordering::Release);
            error
        });
        Body::new(noticed)
    });
    let response = next.run(request).await;
    if stalled.load(Ordering::Acquire) && response.status().is_client_error() {
        let mut refused = refusal(StatusCode::REQUEST_TIMEOUT, "the body did not come to its end in time");
        refused.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
        return refused;
    }
    response
}

/// Refuses a body that says that it is something else than JSON. One that says nothing is read as JSON.
pub async fn json_body(request: Request, next: Next) -> Response {
    if is_other_than_json(request.headers()) {
        return refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body has to be `application/json`");
    }
    next.run(request).await
}

fn is_other_than_json(headers: &HeaderMap) -> bool {
    let Some(kind) = headers.get(header::CONTENT_TYPE) else { return false };
    let named = kind.to_str().ok().and_then(|kind| kind.split(';').next()).map(|kind| kind.trim().to_lowercase());
    named
        .is_none_or(|kind| kind != "application/json" && !(kind.starts_with("application/") && kind.ends_with("+json")))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn check(kind: &'static str, is_other: bool) {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_bytes(kind.as_bytes()).unwrap())]);
        assert_eq!(is_other_than_json(&headers), is_other, "{kind}");
    }

    #[test]
    fn json_goes_by_several_names() {
        assert!(!is_other_than_json(&HeaderMap::new()));
        check("application/json", false);
        check("Application/JSON; charset=utf-8", false);
        check("application/problem+json", false);
        check("text/plain", true);
        check("application/x-www-form-urlencoded", true);
        check("", true);
        check("text/x+json", true);
        check("\u{e4}", true);
    }
}
