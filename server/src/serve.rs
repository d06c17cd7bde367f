//! `twinlight serve`: starts everything, runs until told to stop, stops without losing anything.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use anyhow::Context;
use leptos::config::LeptosOptions;
use services::{Running, Services, catalog::Catalog, ingest};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use crate::{
    config::Config,
    door, doors, opening, replay,
    routes::{
        metrics::Metrics,
        stream::viewers::{self, Viewers},
    },
    state::{AppState, Gate, Watch},
    wall,
};

/// How long the demo may take to end.
const DEMO_WITHIN: Duration = Duration::from_secs(5);
/// A writer that takes longer for a few rows is not at work.
const WRITE_WITHIN: Duration = Duration::from_secs(5);
/// How often key figures follow what telemetry changed.
const FIGURES_EVERY: Duration = Duration::from_secs(5);

#[derive(Debug, Clone, Default, clap::Args)]
pub struct Options {
    /// Publishes the demo's recordings too, from this process.
    #[arg(long)]
    pub demo: bool,
}

/// Runs the server until Ctrl-C or SIGTERM.
pub async fn run(config: Config, options: Options) -> anyhow::Result<()> {
    // First of all: whoever reads the address may tell us to stop.
    let mut told = Told::listen().context("signals cannot be heard")?;
    let shutdown = CancellationToken::new();
    crate::files::open_as_many_as_allowed();
    let bound = Bound::bind(&config).await?;
    let (http, mqtt) = (bound.http.local_addr()?, bound.mqtt.local_addr()?);
    if config.is_open() {
        tracing::warn!("other machines can reach this server, and everybody may change everything");
    }
    let demo = options.demo.then(|| {
        let options = replay::Options { broker: mqtt.to_string(), server: format!("http://{http}"), plant: None };
        let (config, shutdown) = (config.clone(), shutdown.clone());
        tokio::spawn(async move {
            if let Err(error) = replay::until(&config, &options, shutdown).await {
                tracing::error!("the demo ended: {error:#}");
            }
        })
    });
    let stop = shutdown.clone();
    tokio::spawn(async move {
        told.heard().await;
        stop.cancel();
        tracing::info!("stopping");
    });
    let served = bound.run(config, shutdown).await;
    if let Some(demo) = demo {
        let _ = tokio::time::timeout(DEMO_WITHIN, demo).await;
    }
    served
}

/// The two doors, open; nothing behind them yet.
pub struct Bound {
    pub http: TcpListener,
    pub mqtt: TcpListener,
}

impl Bound {
    pub async fn bind(config: &Config) -> anyhow::Result<Bound> {
        let bind = async |key: &str, address: SocketAddr| {
            TcpListener::bind(address).await.with_context(|| format!("`{key}` {address} cannot be listened on"))
        };
        let http = bind("server.address", config.server.address).await?;
        let mqtt = bind("mqtt.address", config.mqtt.address).await?;
        Ok(Bound { http, mqtt })
    }

    /// Serves until `shutdown`, then finishes what is under way and keeps where everything stands.
    pub async fn run(self, config: Config, shutdown: CancellationToken) -> anyhow::Result<()> {
        let (opening, app) = watch::channel(None);
        // Set later than `shutdown`: in between, only `/readyz` says that we are leaving.
        let closing = CancellationToken::new();
        let gate = Arc::new(Gate::new(&config, shutdown.clone(), closing.clone()));
        let (http, mqtt) = (self.http.local_addr()?, self.mqtt.local_addr()?);
        let limits = door::Limits::from(&config.server);
        let front = opening::front(app, gate.clone());
        let serving = AbortOnDropHandle::new(tokio::spawn(door::serve(self.http, limits, front, closing.clone())));
        let starting = config.clone();
        let (services, running) = tokio::task::spawn_blocking(move || start(&starting)).await??;
        let watch = Arc::new(Watch::new(&config));
        let state = AppState {
            leptos: LeptosOptions::builder()
                .output_name("twinlight")
                .site_root(config.site.root.display().to_string())
                .site_pkg_dir("pkg")
                .site_addr(config.server.address)
                .build(),
            services: services.clone(),
            viewers: Arc::new(Viewers::new(viewers::Limits::default(), services.catalog.assets().len())),
            gate,
            watch: watch.clone(),
            metrics: Arc::new(Metrics::new(&services)),
        };
        opening.send_replace(Some(crate::router(state)));
        let whole = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        let limits = ingest::mqtt::Limits {
            connections: whole(config.mqtt.connections),
            connections_per_address: whole(config.mqtt.connections_per_address),
            ..Default::default()
        };
        let door = ingest::mqtt::run(self.mqtt, limits, services.pipeline.clone(), closing.clone());
        let messages = tokio::spawn(door);
        let connect = |plan| ingest::broker::connect(plan, services.pipeline.clone(), closing.clone());
        let brokers: Vec<_> = config.brokers().into_iter().map(connect).collect();
        let beat = tokio::spawn(services.hub.clone().run());
        doors::enter(&services, http, mqtt, &brokers);
        let wall = AbortOnDropHandle::new(tokio::spawn(wall::watch(services.clone())));
        let ticks = tokio::spawn(tick(services.clone(), watch, config.twins.checkpoint_secs, closing.clone()));
        // Only now: whoever reads this may come at once.
        let (version, store) = (env!("CARGO_PKG_VERSION"), config.store.path.display());
        tracing::info!(version, %store, "pages on http://{http}, MQTT on {mqtt}");
        shutdown.cancelled().await;
        tokio::time::sleep(Duration::from_secs(config.server.notice_secs)).await;
        closing.cancel();
        let served = serving.await.context("the HTTP server failed");
        let _ = messages.await;
        for (_, broker) in brokers {
            let _ = broker.await;
        }
        let _ = ticks.await;
        beat.abort();
        drop(wall);
        services.stop(running).await;
        served
    }
}

/// Reads the plant and opens the store.
fn start(config: &Config) -> anyhow::Result<(Services, Running)> {
    let catalog = Catalog::read(&config.plant.file, &config.plant.models).context("the plant cannot be read")?;
    Services::start(&config.store.path, catalog, ingest::received_at)
        .with_context(|| format!("`store.path` {} cannot be opened", config.store.path.display()))
}

/// Keeps the clocks every second and has the twins tell their state every `checkpoint_secs`.
async fn tick(services: Services, watch: Arc<Watch>, checkpoint_secs: u64, shutdown: CancellationToken) {
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    let mut figures = tokio::time::interval(FIGURES_EVERY);
    let mut checkpoints = tokio::time::interval(Duration::from_secs(checkpoint_secs));
    checkpoints.reset();
    loop {
        tokio::select! {
            _ = seconds.tick() => {
                let kept = tokio::time::timeout(WRITE_WITHIN, services.tick()).await;
                watch.writes.store(kept == Ok(true), Ordering::Release);
            }
            _ = figures.tick() => services.kpis.tick(),
            _ = checkpoints.tick() => services.twins.tick(),
            () = shutdown.cancelled() => return,
        }
    }
}

/// What is heard of Ctrl-C and SIGTERM from the moment this is made.
struct Told {
    interrupt: Signal,
    terminate: Signal,
}

impl Told {
    fn listen() -> std::io::Result<Told> {
        Ok(Told { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn heard(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
