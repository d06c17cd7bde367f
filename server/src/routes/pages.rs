//! Pages and what they load: rendered by `app`, files from the site's folder.

use app::api::history::first::First;
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::Response,
};
use leptos::{context::provide_context, nonce::use_nonce};
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list_with_exclusions_and_ssg_and_context};
use services::Services;
use tower_http::services::ServeDir;

use crate::state::AppState;

/// The routes of pages, of the functions behind them, and of files.
pub fn router(state: &AppState) -> Router<AppState> {
    let services = state.services.clone();
    let context = move || {
        provide_context(services.clone());
        let policy = policy(use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default());
        if let (Some(response), Ok(policy)) = (leptos::context::use_context::<ResponseOptions>(), policy) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    };
    let options = state.leptos.clone();
    let files =
        ServeDir::new(state.leptos.site_root.as_ref()).precompressed_br().append_index_html_on_directories(false);
    let shell = leptos_axum::render_app_to_stream_with_context(context.clone(), {
        let options = options.clone();
        move || app::shell(options.clone())
    });
    // A path that is neither a file nor a route gets the page that says so.
    let missing = tower::ServiceBuilder::new().service(axum::routing::get(shell));
    let files = tower::ServiceBuilder::new().layer(from_fn(caching)).service(files.fallback(missing));
    // The list is made by rendering the pages once, and what they then ask for has to be there.
    let (routes, _) = generate_route_list_with_exclusions_and_ssg_and_context(app::App, None, context.clone());
    Router::new()
        .leptos_routes_with_context(state, routes, context, move || app::shell(options.clone()))
        .route_layer(from_fn_with_state(state.clone(), with_first_history))
        .fallback_service(files)
}

/// Has the page of an asset begin with a picture of what was measured lately.
async fn with_first_history(State(services): State<Services>, mut request: Request, next: Next) -> Response {
    let show = request.uri().query().and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("show=")));
    if let Some(first) = First::of(&services, request.uri().path(), show).await {
        request.extensions_mut().insert(first);
    }
    next.run(request).await
}

/// What a page may load: its own files, and scripts that carry the nonce of this answer.
pub fn policy(nonce: String) -> Result<HeaderValue, header::InvalidHeaderValue> {
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    );
    HeaderValue::from_str(&policy)
}

/// What a script may do that runs beside pages; to others the policy of their page applies.
fn policy_beside(path: &str) -> Option<&'static str> {
    match path {
        // It answers for a server that does not: it asks this one, and does nothing else.
        "/sw.js" => Some("default-src 'none'; connect-src 'self'; frame-ancestors 'self'"),
        // It runs the program of a page, and loads what is a part by itself.
        "/worker.js" => {
            Some("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; frame-ancestors 'self'")
        }
        _ => None,
    }
}

/// Files whose link names their content are kept for good; the rest is asked for again.
async fn caching(request: Request, next: Next) -> Response {
    let is_named = request.uri().query().is_some_and(|query| query.starts_with("v="));
    let policy = policy_beside(request.uri().path());
    let mut response = next.run(request).await;
    if let Some(policy) = policy {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
    let how =
        if is_named && response.status().is_success() { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(how));
    response
}
