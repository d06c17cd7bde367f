//! The page of key figures: words and numbers that the server makes, whole without a script.

use axum::{
    Router,
    extract::{RawQuery, State},
    http::StatusCode,
    response::Response,
    routing::get,
};
use services::Services;

use super::words;
use crate::state::AppState;

pub fn router() -> Router<AppState> {
    Router::new().route("/kpis", get(kpis))
}

async fn kpis(State(services): State<Services>, RawQuery(query): RawQuery) -> Response {
    let found = app::api::kpis::content(&services, &query.unwrap_or_default(), (services.clock)()).await;
    let (status, content) = match found {
        Ok(content) => (StatusCode::OK, format!("<div class=\"figure-sheet\">{content}</div>")),
        Err(error) => {
            tracing::error!(%error, "key figures were not answered");
            (StatusCode::INTERNAL_SERVER_ERROR, UNREAD.to_owned())
        }
    };
    words::page(status, "KPIs", "/kpis", "", content)
}

const UNREAD: &str = "<section class=\"notice notice--trouble\" role=\"alert\"><h1>This page cannot be shown</h1>\
    <p>The server could not read what it keeps. Its log says why.</p></section>";
