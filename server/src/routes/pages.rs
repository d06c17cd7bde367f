//! Pages and what they load: rendered by `app`, files from the site's folder.

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, header},
    middleware::{Next, from_fn},
    response::Response,
};
use tower_http::services::ServeDir;

use crate::state::AppState;

/// The routes of pages and files.
pub fn router(state: &AppState) -> Router<AppState> {
    let files =
        ServeDir::new(state.leptos.site_root.as_ref()).precompressed_br().append_index_html_on_directories(false);
    Router::new().fallback_service(tower::ServiceBuilder::new().layer(from_fn(caching)).service(files))
}

/// Files whose link names their content are kept for good; the rest is asked for again.
async fn caching(request: Request, next: Next) -> Response {
    let is_named = request.uri().query().is_some_and(|query| query.starts_with("v="));
    let mut response = next.run(request).await;
    let how =
        if is_named && response.status().is_success() { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(how));
    response
}
