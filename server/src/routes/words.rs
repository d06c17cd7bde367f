//! Pages of mere words: help, about, search, and what a browser keeps for when there is no server. They need no script.

mod about;
#[cfg(debug_assertions)]
mod design;
mod help;
mod history;
pub mod licences;
mod search;
mod wall;

use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use leptos::{
    config::LeptosOptions,
    nonce::{provide_nonce, use_nonce},
    prelude::{Owner, RenderHtml},
};
use serde::Deserialize;
use services::Services;

use super::pages::policy;
use crate::{error::HttpError, state::AppState};

/// What these pages may load: their stylesheet and pictures, and no script at all.
pub const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; manifest-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

pub fn router() -> Router<AppState> {
    let router = Router::new()
        .route("/help", get(help))
        .route("/help/keys", get(keys))
        .route("/about", get(about))
        .route("/about/licences", get(licences))
        .route("/search", get(search))
        .route("/search/options", get(options))
        .route("/history", get(history))
        .route("/history.csv", get(history_file))
        .route("/wall/pages", get(wall_pages))
        .route("/offline", get(offline))
        .route("/kept", get(kept));
    #[cfg(debug_assertions)]
    let router = router.route("/design", get(design));
    router
}

async fn help(headers: axum::http::HeaderMap) -> Response {
    let cookies = headers.get(header::COOKIE).and_then(|cookies| cookies.to_str().ok()).unwrap_or_default();
    page(StatusCode::OK, "Help", "/help", "", help::content(help::are_keys_off(cookies)))
}

/// Switches single keys on or off in this browser, and leads back.
async fn keys(Query(choice): Query<help::Choice>) -> Response {
    let head = [(header::LOCATION, HeaderValue::from_static("/help#keys")), (header::SET_COOKIE, choice.cookie())];
    (StatusCode::SEE_OTHER, head).into_response()
}

async fn about(State(services): State<Services>) -> Response {
    page(StatusCode::OK, "About", "/about", "", about::content(&services))
}

async fn licences() -> Response {
    page(StatusCode::OK, "Licences", "/about/licences", "", licences::content())
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
}

async fn search(State(services): State<Services>, Query(asked): Query<Asked>) -> Response {
    page(StatusCode::OK, "Search", "/search", &asked.q, search::content(&services.catalog, &asked.q))
}

/// The list below the header's search.
async fn options(State(services): State<Services>, Query(asked): Query<Asked>) -> Response {
    let head = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (head, search::options(&services.catalog, &asked.q)).into_response()
}

/// Which pages take turns on a wall.
async fn wall_pages(State(services): State<Services>, Query(asked): Query<Vec<(String, String)>>) -> Response {
    page(StatusCode::OK, "Show on a wall", "/wall/pages", "", wall::content(&services.catalog, &asked))
}

async fn history(
    State(services): State<Services>,
    Query(asked): Query<history::Question>,
) -> Result<Response, HttpError> {
    let (status, content) = history::content(&services, &asked).await?;
    Ok(page(status, "History", "/history", "", content))
}

async fn history_file(
    State(services): State<Services>,
    Query(asked): Query<history::Question>,
) -> Result<Response, HttpError> {
    let file = history::file(&services, &asked).await?;
    let file = file.ok_or_else(|| HttpError::Missing("there is no such signal".into()))?;
    let head = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"history.csv\""),
    ];
    Ok((head, file).into_response())
}

/// What a browser shows for pages that it could not keep.
async fn offline() -> Response {
    page(StatusCode::OK, "Offline", "/offline", "", help::offline())
}

/// The program without a page.
async fn kept(State(options): State<LeptosOptions>) -> Response {
    let (html, nonce) = Owner::new().with(|| {
        provide_nonce();
        (app::shell::kept(options).to_html(), use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default())
    });
    match policy(nonce) {
        Ok(policy) => answer(StatusCode::OK, policy, html),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(debug_assertions)]
async fn design() -> Response {
    page(StatusCode::OK, "Design", "/design", "", design::content())
}

pub fn page(status: StatusCode, title: &str, path: &str, words: &str, content: String) -> Response {
    answer(status, HeaderValue::from_static(POLICY), app::shell::plain(title, path, words, content))
}

fn answer(status: StatusCode, policy: HeaderValue, html: String) -> Response {
    let head: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    (status, head, html).into_response()
}
