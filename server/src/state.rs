//! What every handler may ask for.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64},
    },
    time::Duration,
};

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use services::Services;
use tokio_util::sync::CancellationToken;

use crate::{
    config::Config,
    routes::{metrics::Metrics, stream::viewers::Viewers},
};

#[derive(Debug, Clone, FromRef)]
pub struct AppState {
    pub leptos: LeptosOptions,
    pub services: Services,
    pub gate: Arc<Gate>,
    pub viewers: Arc<Viewers>,
    pub watch: Arc<Watch>,
    pub metrics: Arc<Metrics>,
}

/// Who may call, and how often it happened.
#[derive(Debug)]
pub struct Gate {
    /// Host names beside those of the loopback.
    pub allowed_hosts: Vec<String>,
    /// How long a client may be silent in the middle of a body.
    pub stall_within: Duration,
    /// Requests answered since the start, those for this number left out.
    pub requests: AtomicU64,
    /// Set once the server was told to stop.
    pub leaving: CancellationToken,
    /// Set once nothing new is taken in, and sockets are to end.
    pub closing: CancellationToken,
}

/// What readiness is judged by.
#[derive(Debug)]
pub struct Watch {
    pub store: PathBuf,
    /// Free bytes below which the disk counts as full.
    pub reserve_bytes: u64,
    /// Whether the last look found the writer at work.
    pub writes: AtomicBool,
}

impl Gate {
    pub fn new(config: &Config, leaving: CancellationToken, closing: CancellationToken) -> Gate {
        Gate {
            allowed_hosts: config.server.allowed_hosts.clone(),
            stall_within: Duration::from_secs(config.server.stall_secs),
            requests: AtomicU64::new(0),
            leaving,
            closing,
        }
    }
}

impl Watch {
    pub fn new(config: &Config) -> Watch {
        Watch {
            store: config.store.path.clone(),
            reserve_bytes: config.store.reserve_mib * 1024 * 1024,
            writes: AtomicBool::new(true),
        }
    }
}
