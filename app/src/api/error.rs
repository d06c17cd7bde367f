//! What a user reads when the server could not answer; detail goes to the server's log.

use leptos::server_fn::{
    codec::PostcardEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ApiError {
    #[error("There is no asset `{0}` in this plant.")]
    UnknownAsset(String),
    #[error("The server could not read what it keeps. Its log says why.")]
    Store,
    #[error("The server could not be reached.")]
    Unreachable,
    #[error("Server and page do not understand each other. Loading the page again helps if the server is newer.")]
    Misunderstood,
}

impl FromServerFnError for ApiError {
    type Encoder = PostcardEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> ApiError {
        match error {
            ServerFnErrorErr::Request(_) => ApiError::Unreachable,
            _ => ApiError::Misunderstood,
        }
    }
}

#[cfg(feature = "ssr")]
impl From<services::StoreError> for ApiError {
    fn from(error: services::StoreError) -> ApiError {
        leptos::logging::error!("a page was not answered: {error}");
        if let services::StoreError::UnknownAsset(asset) = error {
            ApiError::UnknownAsset(asset)
        } else {
            ApiError::Store
        }
    }
}
