//! Every layer, in the order in which a request meets them.

mod answers;
mod bodies;
mod journal;

use std::{net::IpAddr, sync::Arc, sync::atomic::Ordering, time::Instant};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use tower_http::compression::CompressionLayer;

use crate::{
    routes::metrics::Metrics,
    state::{AppState, Gate},
};
pub use answers::refusal;
pub use bodies::json_body;

/// Puts the layers around `inner`; the last one named here is met first.
pub fn around(inner: Router<AppState>, state: &AppState) -> Router<AppState> {
    inner
        .layer(from_fn_with_state(state.gate.clone(), bodies::patient))
        .layer(from_fn(own_origin))
        .layer(from_fn_with_state(state.gate.clone(), known_host))
        .layer(from_fn(answers::in_json))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(state.clone(), count))
}

/// Puts the layers around that every answer passes, also those of a server that still starts.
pub fn outermost(front: Router) -> Router {
    front.layer(from_fn(security_headers)).layer(from_fn(journal::entered))
}

async fn count(
    State(gate): State<Arc<Gate>>,
    State(metrics): State<Arc<Metrics>>,
    route: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    if request.uri().path() != "/api/v1/requests" {
        gate.requests.fetch_add(1, Ordering::Relaxed);
    }
    let (method, begun) = (request.method().clone(), Instant::now());
    let response = next.run(request).await;
    metrics.answered(&method, route.as_ref().map(MatchedPath::as_str), response.status(), begun.elapsed());
    response
}

async fn security_headers(request: Request, next: Next) -> Response {
    const HEADERS: [(HeaderName, &str); 4] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
        // Pages bring their own, with a nonce.
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'self'"),
    ];
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Refuses calls by a name that is not ours: a foreign page could point its own name at this machine.
async fn known_host(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    if is_called_by_name(&request, &gate) { next.run(request).await } else { misdirected() }
}

/// Whether a request calls the server by a name of its own.
pub fn is_called_by_name(request: &Request, gate: &Gate) -> bool {
    host(request.headers(), request.uri().host()).is_some_and(|host| is_known(&host, &gate.allowed_hosts))
}

/// The answer to a request by a name that is not ours.
pub fn misdirected() -> Response {
    (StatusCode::MISDIRECTED_REQUEST, "this server does not go by that name (`server.allowed_hosts`)").into_response()
}

/// Refuses changes and sockets that another site's page asks for. Machines send no `Origin` and pass.
async fn own_origin(request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let is_socket = request.uri().path() == "/ws";
    if (changes || is_socket) && is_foreign(request.headers(), request.uri().authority().map(|a| a.as_str())) {
        return (StatusCode::FORBIDDEN, "asked for by another site").into_response();
    }
    next.run(request).await
}

fn host(headers: &HeaderMap, of_uri: Option<&str>) -> Option<String> {
    let named = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = named.or(of_uri)?;
    let name = match host.strip_prefix('[') {
        Some(v6) => v6.split_once(']')?.0,
        None => host.split_once(':').map_or(host, |(name, _)| name),
    };
    Some(name.to_lowercase())
}

fn is_known(host: &str, allowed: &[String]) -> bool {
    host == "localhost"
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        || allowed.iter().any(|name| name == host)
}

fn is_foreign(headers: &HeaderMap, authority: Option<&str>) -> bool {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let site = text(HeaderName::from_static("sec-fetch-site"));
    if site.is_some_and(|site| site != "same-origin" && site != "none") {
        return true;
    }
    let Some(origin) = text(header::ORIGIN) else { return false };
    let own = text(header::HOST).or(authority);
    let of_origin = origin.split_once("://").map(|(_, rest)| rest);
    of_origin.is_none() || of_origin != own
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_host(host: &str, expected: bool) {
        let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_str(host).unwrap())]);
        let known = super::host(&headers, None).is_some_and(|host| is_known(&host, &["plant.example".into()]));
        assert_eq!(known, expected, "{host}");
    }

    #[test]
    fn only_own_names_are_answered_to() {
        check_host("localhost:3000", true);
        check_host("127.0.0.1:3000", true);
        check_host("[::1]:3000", true);
        check_host("Plant.example", true);
        check_host("evil.example", false);
        check_host("localhost.evil.example", false);
        check_host("10.0.0.7:3000", false);
        check_host("", false);
    }

    fn check_origin(headers: &[(&'static str, &str)], foreign: bool) {
        let mut map = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("localhost:3000"))]);
        for (name, value) in headers {
            map.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        assert_eq!(is_foreign(&map, None), foreign, "{headers:?}");
    }

    #[test]
    fn other_sites_are_told_apart_from_machines_and_own_pages() {
        check_origin(&[], false);
        check_origin(&[("origin", "http://localhost:3000")], false);
        check_origin(&[("origin", "http://localhost:3000"), ("sec-fetch-site", "same-origin")], false);
        check_origin(&[("origin", "http://localhost:4000")], true);
        check_origin(&[("origin", "http://evil.example")], true);
        check_origin(&[("origin", "null")], true);
        check_origin(&[("sec-fetch-site", "cross-site")], true);
        check_origin(&[("sec-fetch-site", "same-site")], true);
    }
}
