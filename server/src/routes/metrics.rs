//! `/metrics`: what the process counts and measures, in the text format of Prometheus.

use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64},
    },
    time::Duration,
};

use axum::{
    extract::State,
    http::{Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use prometheus_client::{
    encoding::{EncodeLabelSet, prometheus_text},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
        info::Info,
    },
    registry::{Registry, Unit},
};
use services::Services;
use twin::Timestamp;

use crate::{routes::health::free_bytes, state::Watch};

/// Assets with a lag of their own; where there are more, only the largest lag is told.
const MOST_ASSETS: usize = 1_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Named {
    connector: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfAsset {
    asset: String,
}

type Measure = Gauge<i64, AtomicI64>;

/// What is counted and measured, by name.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    request_secs: Histogram,
    connectors: Family<Named, Measure>,
    lag: Family<OfAsset, Measure>,
    largest_lag: Measure,
    queued: Measure,
    queue_room: Measure,
    store_bytes: Measure,
    free_bytes: Measure,
    resident_bytes: Measure,
    /// One look at a time: what is measured belongs together.
    look: Mutex<()>,
}

impl Metrics {
    pub fn new(services: &Services) -> Metrics {
        let mut metrics = Metrics {
            registry: Registry::with_prefix("twinlight"),
            requests: Family::default(),
            request_secs: Histogram::new(exponential_buckets(0.001, 2.0, 14)),
            connectors: Family::default(),
            lag: Family::default(),
            largest_lag: Measure::default(),
            queued: Measure::default(),
            queue_room: Measure::default(),
            store_bytes: Measure::default(),
            free_bytes: Measure::default(),
            resident_bytes: Measure::default(),
            look: Mutex::new(()),
        };
        services.counters.register(&mut metrics.registry);
        metrics.register((services.clock)());
        metrics
    }

    fn register(&mut self, started_at: Timestamp) {
        let registry = &mut self.registry;
        registry.register("build", "The program", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        let started: Gauge<f64, AtomicU64> = Gauge::default();
        started.set(started_at.0 as f64 / 1e6);
        registry.register_with_unit("process_start_time", "When the process started", Unit::Seconds, started);
        let help = "Resident memory of the process";
        registry.register_with_unit("process_resident_memory", help, Unit::Bytes, self.resident_bytes.clone());
        registry.register("http_requests", "Requests, by route and status", self.requests.clone());
        let help = "How long requests took, to the head of the answer";
        registry.register_with_unit("http_request", help, Unit::Seconds, self.request_secs.clone());
        registry.register("connector_up", "Whether a way in is open", self.connectors.clone());
        let help = "Committed entries that an asset's twin was not told yet";
        registry.register("twins_lag_entries", help, self.lag.clone());
        registry.register("twins_largest_lag_entries", "The largest of these", self.largest_lag.clone());
        let help = "Items that were handed in and are not committed";
        registry.register("store_queued_items", help, self.queued.clone());
        registry.register("store_queue_room_items", "How many of them there may be", self.queue_room.clone());
        registry.register_with_unit("store_file", "The store's files", Unit::Bytes, self.store_bytes.clone());
        let help = "Free space of the store's disk";
        registry.register_with_unit("store_disk_free", help, Unit::Bytes, self.free_bytes.clone());
    }

    /// Counts a request that was answered.
    pub fn answered(&self, method: &Method, route: Option<&str>, status: StatusCode, took: Duration) {
        let method = match method.as_str() {
            "GET" => "GET",
            "HEAD" => "HEAD",
            "POST" => "POST",
            "OPTIONS" => "OPTIONS",
            _ => "other",
        };
        // Templates of our own and one name for the rest: no caller makes a series.
        let route = route.unwrap_or("other").to_string();
        self.requests.get_or_create(&Answered { method, route, status: status.as_u16() }).inc();
        self.request_secs.observe(took.as_secs_f64());
    }

    fn measure(&self, services: &Services, watch: &Watch) {
        let whole = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
        let mut largest = 0;
        let assets = services.catalog.assets();
        for (number, asset) in assets.iter().enumerate() {
            // Asked first: what is committed meanwhile is no lag.
            let seq = services.twins.seq(number);
            let lag = services.store.stand(number).0.saturating_sub(seq);
            largest = largest.max(lag);
            if assets.len() <= MOST_ASSETS {
                self.lag.get_or_create(&OfAsset { asset: asset.id.to_string() }).set(whole(lag));
            }
        }
        self.largest_lag.set(whole(largest));
        for door in services.doors.look() {
            self.connectors.get_or_create(&Named { connector: door.name }).set(i64::from(door.is_up));
        }
        let (queued, room) = services.store.queued();
        self.queued.set(whole(queued as u64));
        self.queue_room.set(whole(room as u64));
        self.store_bytes.set(whole(store_bytes(&watch.store)));
        self.free_bytes.set(free_bytes(&watch.store).map_or(-1, whole));
        self.resident_bytes.set(resident_bytes().map_or(-1, whole));
    }
}

/// Everything that is counted and measured, for Prometheus and what reads its format.
#[utoipa::path(get, path = "/metrics", tag = "operations", responses(
    (status = 200, description = "Prometheus text format 0.0.4", body = String, content_type = "text/plain; version=0.0.4"),
))]
pub async fn metrics(
    State(services): State<Services>,
    State(watch): State<Arc<Watch>>,
    State(metrics): State<Arc<Metrics>>,
) -> Response {
    let mut text = String::new();
    let encoded = {
        let _look = metrics.look.lock().unwrap_or_else(PoisonError::into_inner);
        metrics.measure(&services, &watch);
        prometheus_text::encode(&mut text, &metrics.registry)
    };
    match encoded {
        Ok(()) => ([(header::CONTENT_TYPE, prometheus_text::CONTENT_TYPE)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// The store's file and what SQLite keeps beside it.
fn store_bytes(store: &Path) -> u64 {
    let beside = |end: &str| {
        let mut path = store.as_os_str().to_os_string();
        path.push(end);
        std::fs::metadata(path).map_or(0, |found| found.len())
    };
    beside("") + beside("-wal") + beside("-shm")
}

fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}
