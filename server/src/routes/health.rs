//! Whether the server lives, and how often it was asked.

use std::sync::{Arc, atomic::Ordering};

use axum::{Json, extract::State};
use services::Services;

use crate::{error::HttpError, state::Gate};

/// Answers once the store does.
pub async fn health(State(services): State<Services>) -> Result<&'static str, HttpError> {
    services.store.rejection_counts().await?;
    Ok("ok")
}

/// Counts the requests since the start, those for this number left out.
pub async fn requests(State(gate): State<Arc<Gate>>) -> Json<serde_json::Value> {
    Json(serde_json::json!({ "requests": gate.requests.load(Ordering::Relaxed) }))
}
