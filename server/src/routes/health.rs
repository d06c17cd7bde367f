//! Whether the process lives, whether it can be used, and how often it was asked.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use services::Services;
use utoipa::ToSchema;

use crate::state::{Gate, Watch};

/// A store that takes longer to answer cannot be used.
const STORE_WITHIN: Duration = Duration::from_secs(2);

/// What was looked at, and what was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// `ready`, `starting`, `stopping`, or `failing`.
    status: &'static str,
    /// By name: `store`, `writer`, `disk`, `twins`, and `connector NAME`.
    checks: BTreeMap<String, Check>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Check {
    ok: bool,
    /// Whether the server cannot be used without it. A connector that is shut is only told of: pages still work.
    needed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// Says that the process lives; asks nobody, and never waits.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, description = "it lives", body = String)))]
pub async fn health() -> &'static str {
    "ok"
}

/// Says whether the server can be used: not while it starts, stops, or lacks what it needs.
#[utoipa::path(get, path = "/readyz", tag = "operations", responses(
    (status = 200, description = "it can be used", body = Readiness),
    (status = 503, description = "it cannot: starting, stopping, or failing", body = Readiness),
))]
pub async fn ready(
    State(services): State<Services>,
    State(gate): State<Arc<Gate>>,
    State(watch): State<Arc<Watch>>,
) -> Response {
    let mut checks = BTreeMap::new();
    let mut enter = |name: &str, needed: bool, found: Result<(), String>| {
        checks.insert(name.to_string(), Check { ok: found.is_ok(), needed, why: found.err() });
    };
    enter("store", true, store(&services).await);
    let writes = watch.writes.load(Ordering::Acquire);
    enter("writer", true, writes.then_some(()).ok_or("the last write did not come to its end".into()));
    enter("disk", true, disk(&watch));
    enter("twins", true, services.twins.is_running().then_some(()).ok_or("their thread has ended".into()));
    for door in services.doors.look() {
        let found = if door.is_up { Ok(()) } else { Err(door.trouble.unwrap_or_else(|| "it is down".into())) };
        enter(&format!("connector {}", door.name), false, found);
    }
    let status = match checks.values().all(|check| check.ok || !check.needed) {
        _ if gate.leaving.is_cancelled() => "stopping",
        true => "ready",
        false => "failing",
    };
    answer(Readiness { status, checks })
}

/// What is said of readiness before there are services to ask.
pub fn starting() -> Response {
    answer(Readiness { status: "starting", checks: BTreeMap::new() })
}

fn answer(readiness: Readiness) -> Response {
    let never = [(header::CACHE_CONTROL, "no-store")];
    match readiness.status {
        "ready" => (never, Json(readiness)).into_response(),
        _ => (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")], never, Json(readiness)).into_response(),
    }
}

async fn store(services: &Services) -> Result<(), String> {
    match tokio::time::timeout(STORE_WITHIN, services.store.rejection_counts()).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => {
            tracing::error!(%error, "the store could not be read");
            Err("it cannot be read".into())
        }
        Err(_) => Err(format!("no answer in {} s", STORE_WITHIN.as_secs())),
    }
}

fn disk(watch: &Watch) -> Result<(), String> {
    let free = free_bytes(&watch.store).ok_or("its free space is not known")?;
    if free >= watch.reserve_bytes {
        return Ok(());
    }
    let mib = |bytes: u64| bytes / (1024 * 1024);
    Err(format!("{} MiB free, {} MiB are to be kept free", mib(free), mib(watch.reserve_bytes)))
}

/// The free bytes of the disk that holds the store, for a process without privileges.
pub fn free_bytes(store: &Path) -> Option<u64> {
    let folder = store.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let found = rustix::fs::statvfs(folder).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

/// How often the server was asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct Requests {
    requests: u64,
}

/// Counts the requests since the start, those for this number left out.
#[utoipa::path(get, path = "/api/v1/requests", tag = "operations", responses(
    (status = 200, description = "how many there were", body = Requests),
))]
pub async fn requests(State(gate): State<Arc<Gate>>) -> Json<Requests> {
    Json(Requests { requests: gate.requests.load(Ordering::Relaxed) })
}
