//! `twinlight load`: publishers and viewers that size a site, and a ledger of what was acknowledged to them.

pub mod ledger;
pub mod plan;
pub mod seen;
pub mod source;
pub mod tally;
pub mod wave;

mod histogram;
pub mod http;
mod publish;
mod site;
mod view;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, atomic::AtomicI64},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use tokio_util::sync::CancellationToken;

use http::Url;
use plan::{Plan, Plant, Wanted};
use publish::Place;
use site::{Outbox, Site};
use source::{Disorder, Door, Source};
pub use tally::Report;
use view::Viewer;

/// How long viewers may take to see the last samples.
const SEE_WITHIN: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// The server that is loaded.
    #[arg(long, default_value = "http://127.0.0.1:3000")]
    pub server: String,
    /// Its MQTT door.
    #[arg(long, default_value = "127.0.0.1:1883")]
    pub broker: String,
    /// Where line protocol goes, if not to the server's `/write`.
    #[arg(long)]
    pub write: Option<String>,
    /// A kept answer of `/api/v1/plant`, where there is no server to ask.
    #[arg(long)]
    pub plant: Option<PathBuf>,
    /// Feeds only this asset; may be given several times.
    #[arg(long = "asset")]
    pub assets: Vec<String>,
    /// Feeds only this signal of each asset; may be given several times.
    #[arg(long = "signal")]
    pub signals: Vec<String>,
    /// Publishers over MQTT, quality of service 1.
    #[arg(long, default_value_t = 0)]
    pub mqtt: usize,
    /// Publishers of JSON over HTTP.
    #[arg(long, default_value_t = 0)]
    pub http: usize,
    /// Publishers of line protocol over HTTP.
    #[arg(long, default_value_t = 0)]
    pub line: usize,
    /// Viewers over `/ws`, each of every asset.
    #[arg(long, default_value_t = 0)]
    pub viewers: usize,
    /// Samples a message over MQTT.
    #[arg(long, default_value_t = 10)]
    pub mqtt_samples: u64,
    /// Samples a request of JSON.
    #[arg(long, default_value_t = 1000)]
    pub http_samples: u64,
    /// Samples a request of line protocol.
    #[arg(long, default_value_t = 8000)]
    pub line_samples: u64,
    /// Writes each field on a line of its own instead of all fields of an instant on one.
    #[arg(long)]
    pub lines_apart: bool,
    /// Messages of one MQTT publisher without acknowledgement.
    #[arg(long, default_value_t = 100)]
    pub in_flight: usize,
    /// Samples a second, all publishers together; as many as go without this.
    #[arg(long)]
    pub rate: Option<f64>,
    /// Ends after so many samples.
    #[arg(long)]
    pub samples: Option<u64>,
    /// Ends after so many seconds; 10 if nothing else ends it.
    #[arg(long)]
    pub secs: Option<f64>,
    /// Microseconds from one sample of a stream to the next.
    #[arg(long, default_value_t = 1000)]
    pub step: i64,
    /// The first sample's time, microseconds since 1970; after the newest that is kept without this.
    #[arg(long)]
    pub start: Option<i64>,
    /// Decides values and chances.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The share of messages, 0 to 1, that come late.
    #[arg(long, default_value_t = 0.0)]
    pub late: f64,
    /// The share of messages that come twice.
    #[arg(long, default_value_t = 0.0)]
    pub twice: f64,
    /// The share of messages that change places with the next.
    #[arg(long, default_value_t = 0.0)]
    pub swapped: f64,
    /// Publishers and viewers hang up after about so many seconds, and come back.
    #[arg(long)]
    pub churn: Option<f64>,
    /// Builds all bodies before the first is sent; needs `--samples`.
    #[arg(long, requires = "samples")]
    pub prepare: bool,
    /// Writes down what was acknowledged, for `twinlight verify`.
    #[arg(long)]
    pub ledger: Option<PathBuf>,
    /// Writes down what the viewers saw.
    #[arg(long)]
    pub seen: Option<PathBuf>,
    /// How many seconds a server that does not answer is waited for.
    #[arg(long, default_value_t = 30)]
    pub patience: u64,
    /// Prints the report as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Loads a server until the samples or the time are used up, or Ctrl-C; prints what came of it.
pub async fn run(options: Options) -> anyhow::Result<()> {
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        let _ = tokio::signal::ctrl_c().await;
        told.cancel();
    });
    let report = until(&options, stop).await?;
    if options.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        println!("{report}");
    }
    Ok(())
}

/// Loads a server until the samples or the time are used up, or `stop`; what is under way is finished first.
pub async fn until(options: &Options, stop: CancellationToken) -> anyhow::Result<Report> {
    if options.mqtt + options.http + options.line == 0 {
        bail!("there are no publishers: say --mqtt, --http or --line");
    }
    if options.step < 1 || options.rate.is_some_and(|rate| rate.is_nan() || rate <= 0.0) {
        bail!("`--step` and `--rate` must be above 0");
    }
    let server = Url::parse(&options.server)?;
    let plan = Arc::new(plan(options, &server).await?);
    let ledger = options.ledger.as_ref().map(|path| ledger::Ledger::create(path, &plan, options.seed)).transpose()?;
    let record = options.seen.as_ref().map(|path| seen::Seen::create(path)).transpose()?.map(Arc::new);
    let probes =
        if options.viewers > 0 { plan.streams.iter().map(|_| site::Probe::default()).collect() } else { vec![] };
    let site = Arc::new(Site {
        plan,
        tally: tally::Tally::default(),
        ledger,
        left: AtomicI64::new(options.samples.map_or(i64::MAX, |samples| samples as i64)),
        ended: stop,
        patience: Duration::from_secs(options.patience),
        churn: options.churn.map(|secs| Duration::from_secs_f64(secs.max(0.01))),
        probes,
        faults: Mutex::new(Vec::new()),
    });
    let closed = CancellationToken::new();
    let _close_at_the_end = closed.clone().drop_guard();
    let reached: Vec<Arc<Mutex<BTreeMap<String, u64>>>> = (0..options.viewers).map(|_| Arc::default()).collect();
    for (number, reached) in reached.iter().cloned().enumerate() {
        let (host, record) = (server.host.clone(), record.clone());
        let viewer = Viewer { number, host, site: site.clone(), record, reached, closed: closed.clone() };
        tokio::spawn(viewer.watch());
    }
    let outboxes = outboxes(options, &server, &site)?;
    let began = Instant::now();
    let secs = options.secs.or(if options.samples.is_none() { Some(10.0) } else { None });
    if let Some(secs) = secs {
        let ended = site.ended.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs_f64(secs)).await;
            ended.cancel();
        });
    }
    let publishers: Vec<_> =
        outboxes.into_iter().map(|(place, outbox, seed)| tokio::spawn(publish::publish(place, outbox, seed))).collect();
    let mut unacknowledged = 0;
    for publisher in publishers {
        unacknowledged += publisher.await.context("a publisher broke")?;
    }
    let took = began.elapsed().as_secs_f64();
    let behind = match seqs(&server).await {
        Ok(seqs) if options.viewers > 0 => {
            let fed: BTreeMap<String, u64> =
                seqs.into_iter().filter(|(asset, _)| site.plan.streams.iter().any(|own| own.asset == *asset)).collect();
            view::wait_for(&reached, &fed, Instant::now() + SEE_WITHIN).await
        }
        _ => 0,
    };
    let faults = std::mem::take(&mut *site.faults.lock().expect("no one panics with the faults in hand"));
    let report = site.tally.report(took, unacknowledged, behind);
    if let Some(fault) = faults.first() {
        println!("{report}");
        bail!("{fault}");
    }
    Ok(report)
}

async fn plan(options: &Options, server: &Url) -> anyhow::Result<Plan> {
    let text = match &options.plant {
        Some(file) => std::fs::read(file).with_context(|| format!("`--plant` {}", file.display()))?,
        None => http::get(&server.at("/api/v1/plant")).await.context("the server cannot be asked for its plant")?,
    };
    let plant: Plant = serde_json::from_slice(&text).context("the plant cannot be read")?;
    let (assets, signals) = (options.assets.clone(), options.signals.clone());
    Plan::new(&plant, &Wanted { assets, signals, seed: options.seed, step: options.step, start: options.start })
}

/// Every publisher's place, messages and seed.
fn outboxes(options: &Options, server: &Url, site: &Arc<Site>) -> anyhow::Result<Vec<(Place, Outbox, u64)>> {
    let lines = match &options.write {
        Some(url) => Url::parse(url)?,
        None => server.at("/write?precision=ns"),
    };
    let line = Door::Line { is_apart: options.lines_apart };
    let json = Door::Json;
    let of = |count: usize, door: Door, samples: u64| std::iter::repeat_n((door, samples), count);
    let doors: Vec<(Door, u64)> = of(options.mqtt, Door::Mqtt, options.mqtt_samples)
        .chain(of(options.http, json, options.http_samples))
        .chain(of(options.line, line, options.line_samples))
        .collect();
    let disorder = Disorder { late: options.late, twice: options.twice, swapped: options.swapped };
    let shares = site.plan.share(doors.len());
    let publishers = doors.len() as f64;
    let mut outboxes = Vec::new();
    for (number, ((door, samples), lanes)) in doors.into_iter().zip(shares).enumerate() {
        if lanes.is_empty() {
            continue;
        }
        let seed = wave::mix(options.seed ^ wave::mix(number as u64));
        let source = Source::new(door, samples, lanes, disorder, seed);
        // Every publisher has an equal part of the rate, and its own place in the round.
        let every = options.rate.map_or(0.0, |rate| samples as f64 * publishers / rate);
        let first = Instant::now() + Duration::from_secs_f64(every * number as f64 / publishers);
        let mut outbox = Outbox::new(site.clone(), source, Duration::from_secs_f64(every), first);
        if let (true, Some(samples)) = (options.prepare, options.samples) {
            outbox.prepare((samples as f64 / publishers).ceil() as u64);
        }
        let place = match door {
            Door::Mqtt => Place::Mqtt {
                broker: options.broker.clone(),
                client: format!("load-{}-{number}", options.seed),
                in_flight: options.in_flight.max(1),
            },
            Door::Json => Place::Http { url: server.at("/api/v1/telemetry"), door },
            Door::Line { .. } => Place::Http { url: lines.clone(), door },
        };
        outboxes.push((place, outbox, seed));
    }
    Ok(outboxes)
}

/// The last seq of every asset.
async fn seqs(server: &Url) -> anyhow::Result<BTreeMap<String, u64>> {
    #[derive(serde::Deserialize)]
    struct Standing {
        assets: Vec<Asset>,
    }
    #[derive(serde::Deserialize)]
    struct Asset {
        id: String,
        seq: u64,
    }
    let standing: Standing = serde_json::from_slice(&http::get(&server.at("/api/v1/plant")).await?)?;
    Ok(standing.assets.into_iter().map(|asset| (asset.id, asset.seq)).collect())
}
