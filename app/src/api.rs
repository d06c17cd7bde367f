//! Server functions: what pages ask the server for, besides the socket.

pub mod asset;
pub mod calibration;
pub mod data;
pub mod error;
pub mod flags;
pub mod history;
pub mod kpis;
pub mod plant;

pub use error::ApiError;

/// The path of the page that was asked for.
pub fn path_of_request() -> String {
    #[cfg(feature = "ssr")]
    if let Some(parts) = leptos::prelude::use_context::<http::request::Parts>() {
        return parts.uri.path().to_string();
    }
    String::new()
}

/// Has the answer name the store that it is of: what is kept of one is no answer for another.
#[cfg(feature = "ssr")]
pub fn say_store(services: &services::Services) {
    let id = http::HeaderValue::from_str(&twin::hex::write(&services.store.id()));
    if let (Some(response), Ok(id)) = (leptos::prelude::use_context::<leptos_axum::ResponseOptions>(), id) {
        response.insert_header(http::HeaderName::from_static("twinlight-store"), id);
    }
}

/// Answers this page with the status of something that is not there.
pub fn say_not_found() {
    #[cfg(feature = "ssr")]
    if let Some(response) = leptos::prelude::use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
}
