//! What many viewers cost: memory of an idle one, delay and CPU time of a delivered frame, a Node broadcaster beside it.
//!
//!   cargo bench -p server --bench stream -- [stream.viewer_kib] [stream.viewers]

mod peer;
mod plant;
mod swarm;

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use clap::Parser;
use peer::Peer;
use plant::{Plant, Rhythm};
use swarm::Swarm;

const VIEWERS: usize = 1_000;
const LIMIT_KIB: f64 = 16.0;
const LIMIT_MS: f64 = 100.0;
const WARM_UP: Duration = Duration::from_secs(3);
const MEASURED_FOR: Duration = Duration::from_secs(10);

#[derive(clap::Parser)]
struct Words {
    /// These figures alone.
    names: Vec<String>,
    /// Said by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() {
    let wanted = Words::parse().names;
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    // One thread for all viewers: they are to take as little of the machine as they can.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        if is_wanted("stream.viewer_kib") {
            memory().await;
        }
        if is_wanted("stream.viewers") {
            for rhythm in [Rhythm::TogetherOnceASecond, Rhythm::EachAtItsOwnTime] {
                delivery(rhythm).await;
            }
        }
    });
}

/// Resident memory with and without idle viewers of every asset.
async fn memory() {
    let plant = Plant::start().await;
    plant.publish_once().await;
    // What the first viewers bring into being stays, however many come.
    drop(Swarm::open(plant.http, 20, plant.subscribe()).await);
    tokio::time::sleep(Duration::from_secs(3)).await;
    let before = plant.resident_kib();
    let swarm = Swarm::open(plant.http, VIEWERS, plant.subscribe()).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let after = plant.resident_kib();
    assert_eq!(swarm.alive(), VIEWERS, "every viewer is still there");
    let each = (after - before) / VIEWERS as f64;
    eprintln!("  {VIEWERS} idle viewers of {} assets: {before:.0} KiB before, {after:.0} KiB with them", plant::ASSETS);
    line("stream.viewer_kib", each, "KiB", LIMIT_KIB, "limit", LIMIT_KIB / each);
}

/// Ten frames a second to each of a thousand viewers; then the same bytes at the same moments from Node.
async fn delivery(rhythm: Rhythm) {
    let plant = Plant::start().await;
    plant.publish_once().await;
    let swarm = Swarm::open(plant.http, VIEWERS, plant.subscribe()).await;
    let publishing = plant.publish(rhythm);
    tokio::time::sleep(WARM_UP).await;
    let (ours, frames) = measure(&swarm, || plant.cpu()).await;
    let mut delays = swarm.delays();
    delays.sort_unstable();
    let quantile = |q: f64| f64::from(delays[((delays.len() - 1) as f64 * q) as usize]) / 1_000.0;
    let (p50, p99, most) = (quantile(0.5), quantile(0.99), quantile(1.0));
    publishing.abort();
    let record = swarm.record();
    drop((swarm, plant));

    let node = Peer::start(&record).await;
    let swarm = Swarm::open(node.address, VIEWERS, Vec::new()).await;
    node.begin();
    tokio::time::sleep(WARM_UP).await;
    let (theirs, their_frames) = measure(&swarm, || node.cpu()).await;
    drop(swarm);

    let name = rhythm.name();
    eprintln!(
        "  {name}: {frames} frames in {} s, publish to frame p50 {p50:.1} ms, p99 {p99:.1} ms, max {most:.1} ms; \
         {ours:.2} us of CPU a frame, Node's ws {theirs:.2} us ({their_frames} frames)",
        MEASURED_FOR.as_secs(),
    );
    line(name, p99, "ms", LIMIT_MS, "limit", LIMIT_MS / p99);
    line(&format!("{name}_cpu"), ours, "us/frame", theirs, "Node ws", theirs / ours);
}

/// Microseconds of the server's CPU time a delivered frame, and how many were delivered.
async fn measure(swarm: &Swarm, cpu: impl Fn() -> Duration) -> (f64, u64) {
    swarm.forget();
    let (begun, cpu_before, frames_before) = (Instant::now(), cpu(), swarm.frames());
    tokio::time::sleep(MEASURED_FOR).await;
    let (spent, frames) = (cpu() - cpu_before, swarm.frames() - frames_before);
    let expected = (VIEWERS as f64 * 10.0 * begun.elapsed().as_secs_f64()) as u64;
    assert!(frames * 20 > expected * 19, "{frames} of {expected} frames came: the machine is too busy");
    (spent.as_secs_f64() * 1e6 / frames as f64, frames)
}

fn line(name: &str, ours: f64, unit: &str, reference: f64, reference_name: &str, ratio: f64) {
    println!("{name}\t{ours:.2}\t{unit}\t{reference:.2}\t{reference_name}\t{ratio:.2}");
}

/// CPU time of a process so far, of all the threads that it ever had.
fn cpu_of(pid: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("the process runs");
    // Behind the name, which stands in parentheses: user and system time are the 12th and 13th, in hundredths.
    let (_, fields) = stat.rsplit_once(')').expect("a name");
    let hundredths = fields.split_whitespace().skip(11).take(2).map(|field| field.parse::<u64>().expect("a number"));
    Duration::from_millis(10 * hundredths.sum::<u64>())
}

/// A port that nobody listens on.
fn free_address() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address")
}
