//! `twinlight serve`: starts everything, runs until told to stop, stops without losing anything.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use axum::serve::ListenerExt;
use leptos::config::LeptosOptions;
use services::{Services, catalog::Catalog, ingest};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

use crate::{
    config::Config,
    doors, replay,
    routes::stream::viewers::{Limits, Viewers},
    state::{AppState, Gate},
};

/// How long requests may go on after the server was told to stop.
const DRAIN: Duration = Duration::from_secs(5);

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
        let _ = tokio::time::timeout(DRAIN, demo).await;
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
        let catalog = Catalog::read(&config.plant.file, &config.plant.models).context("the plant cannot be read")?;
        let (services, running) = Services::start(&config.store.path, catalog, ingest::received_at)
            .with_context(|| format!("`store.path` {} cannot be opened", config.store.path.display()))?;
        // Only now: whoever reads this may come at once.
        let (http, mqtt_address) = (self.http.local_addr()?, self.mqtt.local_addr()?);
        tracing::info!("pages on http://{http}, MQTT on {mqtt_address}");
        let limits = config.mqtt.limits();
        let mqtt = tokio::spawn(ingest::mqtt::run(self.mqtt, limits, services.pipeline.clone(), shutdown.clone()));
        let brokers: Vec<_> = config
            .brokers
            .values()
            .map(|plan| ingest::broker::connect(plan.clone(), services.pipeline.clone(), shutdown.clone()))
            .collect();
        doors::enter(&services, http, mqtt_address, &brokers);
        let ticks = tokio::spawn(tick(services.clone(), config.twins.checkpoint_secs, shutdown.clone()));
        let beat = tokio::spawn(services.hub.clone().run());
        let state = AppState {
            leptos: LeptosOptions::builder()
                .output_name("twinlight")
                .site_root(config.site.root.display().to_string())
                .site_pkg_dir("pkg")
                .site_addr(config.server.address)
                .build(),
            services: services.clone(),
            viewers: Arc::new(Viewers::new(Limits::default(), services.catalog.assets().len())),
            gate: Arc::new(Gate { allowed_hosts: config.server.allowed_hosts.clone(), ..Gate::default() }),
        };
        let app = crate::router(state).into_make_service_with_connect_info::<SocketAddr>();
        let stop = shutdown.clone();
        // A frame is not held back until the one before it was acknowledged by the other machine.
        let http = self.http.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        let serving = axum::serve(http, app).with_graceful_shutdown(stop.cancelled_owned());
        let drained = async {
            shutdown.cancelled().await;
            // Sockets have no end of their own; they are cut off once requests had their time.
            tokio::time::sleep(DRAIN).await;
        };
        let served = tokio::select! {
            served = serving.into_future() => served.context("the HTTP server failed"),
            () = drained => Ok(()),
        };
        shutdown.cancel();
        let _ = mqtt.await;
        for (_, broker) in brokers {
            let _ = broker.await;
        }
        let _ = ticks.await;
        beat.abort();
        services.stop(running).await;
        served
    }
}

/// Keeps the clocks every second and has the twins tell their state every `checkpoint_secs`.
async fn tick(services: Services, checkpoint_secs: u64, shutdown: CancellationToken) {
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    let mut checkpoints = tokio::time::interval(Duration::from_secs(checkpoint_secs));
    checkpoints.reset();
    loop {
        tokio::select! {
            _ = seconds.tick() => services.tick().await,
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
