//! What every handler may ask for.

use std::sync::{Arc, atomic::AtomicU64};

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use services::Services;

use crate::routes::stream::viewers::Viewers;

#[derive(Debug, Clone, FromRef)]
pub struct AppState {
    pub leptos: LeptosOptions,
    pub services: Services,
    pub gate: Arc<Gate>,
    pub viewers: Arc<Viewers>,
}

/// Who may call, and how often it happened.
#[derive(Debug, Default)]
pub struct Gate {
    /// Host names beside those of the loopback.
    pub allowed_hosts: Vec<String>,
    /// Requests answered since the start, those for this number left out.
    pub requests: AtomicU64,
}
