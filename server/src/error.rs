//! What goes wrong, as a response.

use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use services::{StoreError, twins::hindsight::Lost};
use utoipa::ToSchema;

/// Why a request was refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct Refusal {
    pub error: String,
}

#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Body(#[from] services::ingest::http::BodyError),
    #[error("{0}")]
    TooMany(#[from] services::ingest::line::TooMany),
    /// So many lines of a body could not be read; the rest is kept.
    #[error("partial write: {unread} unreadable, the first: {first}")]
    Partial { unread: usize, first: String },
    #[error("{0}")]
    Lost(Lost),
    #[error("{0}")]
    Missing(String),
    /// What is asked for was settled otherwise before.
    #[error("{0}")]
    Conflict(String),
    #[error("{0}")]
    Query(String),
}

impl From<Lost> for HttpError {
    fn from(lost: Lost) -> HttpError {
        match lost {
            Lost::Store(error) => HttpError::Store(error),
            lost => HttpError::Lost(lost),
        }
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let status = match &self {
            HttpError::Store(StoreError::UnknownAsset(_)) | HttpError::Missing(_) => StatusCode::NOT_FOUND,
            HttpError::Store(StoreError::Full | StoreError::Closed | StoreError::DiskFull | StoreError::Disk(_)) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            HttpError::Store(error) => {
                tracing::error!(%error, "a request failed");
                StatusCode::INTERNAL_SERVER_ERROR
            }
            HttpError::Lost(Lost::Busy) => StatusCode::SERVICE_UNAVAILABLE,
            HttpError::Lost(_) => StatusCode::NOT_FOUND,
            HttpError::Conflict(_) => StatusCode::CONFLICT,
            HttpError::TooMany(_) => StatusCode::PAYLOAD_TOO_LARGE,
            HttpError::Body(_) | HttpError::Partial { .. } | HttpError::Query(_) => StatusCode::BAD_REQUEST,
        };
        let reason = match status {
            StatusCode::INTERNAL_SERVER_ERROR => "the store failed".to_string(),
            _ => self.to_string(),
        };
        let body = Json(Refusal { error: reason });
        match status {
            StatusCode::SERVICE_UNAVAILABLE => (status, [(header::RETRY_AFTER, "1")], body).into_response(),
            _ => (status, body).into_response(),
        }
    }
}
