//! A viewer whose line is cut again and again, at any byte, half of the time with the server: nothing is missing,
//! doubled or out of order, and what was coalesced stands for exactly what it says.
//!
//! `TWINLIGHT_LINE_CUTS` and `TWINLIGHT_SEED` say how many and which.

mod follower;
mod knife;
mod truth;

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{
    PATIENCE,
    loading::{BUSY_PLANT, Chance, Loading, figure, number, say},
    process::Home,
};
use follower::Follower;
use knife::{Cut, Knife};

/// A thousand samples a second, late, doubled and swapped now and then.
const LOAD: &str = "--http 2 --http-samples 25 --rate 1000 --late 0.05 --twice 0.02 --swapped 0.05";
const ASSETS: [&str; 2] = ["transformer-1", "cell-1"];
/// Before every so-manieth cut the viewer acknowledges nothing for so long: more than 64 frames come up.
const LAZY_EVERY: u64 = 12;
const LAZY_FOR: Duration = Duration::from_secs(4);
/// The longest that a line lives.
const LINE_FOR: u64 = 700_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_is_cut_again_and_again_loses_doubles_and_reorders_nothing() {
    let (cuts, seed) = (number("TWINLIGHT_LINE_CUTS", 24), number("TWINLIGHT_SEED", 1));
    let folder = tempfile::tempdir().unwrap();
    let home = Home::make(folder.path(), BUSY_PLANT);
    let mut server = Some(home.start(&[]));
    let load = Loading::start(&home, "resume", &format!("{LOAD} --seed {seed}"));
    let events = tokio::spawn(happen(home.clone()));
    load.goes_on(3).await;
    let mut knife = Knife::between(home.http).await;
    let mut chance = Chance(seed);
    let follower = Follower::start(knife.address, &ASSETS);

    let begun = Instant::now();
    let mut in_frame = 0;
    for cut in 0..cuts {
        if cut % LAZY_EVERY == LAZY_EVERY / 2 {
            follower.be_lazy(LAZY_FOR).await;
        }
        // Half of the cuts after so many bytes, however small; half at some byte of whatever comes after a while.
        let plan = match chance.below(2) {
            0 => Cut::AfterBytes { bytes: 1 << chance.below(18), at_most: Duration::from_micros(LINE_FOR) },
            _ => Cut::After(Duration::from_micros(chance.below(LINE_FOR))),
        };
        in_frame += u64::from(knife.cut(plan, chance.below(u64::MAX)).await);
        if cut % 2 == 1 {
            let process = server.take().unwrap();
            match chance.below(2) {
                0 => process.kill(),
                _ => {
                    process.signal("TERM");
                    let mut process = process;
                    let ends = async {
                        while process.is_running() {
                            tokio::time::sleep(Duration::from_millis(5)).await;
                        }
                    };
                    tokio::time::timeout(PATIENCE, ends).await.expect("the server ends when it is asked to");
                }
            }
            server = Some(home.start(&[]));
        }
    }
    let took = begun.elapsed();
    events.abort();
    let (report, ..) = load.stop().await;
    let kept = truth::all(home.http, &ASSETS).await;
    let shown =
        tokio::time::timeout(PATIENCE, follower.stop_at(kept.iter().map(|entries| entries.len() as u64).collect()))
            .await
            .expect("the follower comes to the end");

    let faults = truth::compare(&kept, &shown);
    let entries: usize = kept.iter().map(Vec::len).sum();
    let spans: usize = shown.iter().map(|asset| asset.spans.len()).sum();
    say(&format!(
        "{cuts} cuts, {in_frame} of them inside a frame, {} across a restart, seed {seed}: {entries} entries in {:.0} s, \
         {spans} coalesced spans, {} errors ({} reconnects of the load)",
        cuts / 2,
        took.as_secs_f64(),
        faults.len(),
        report.reconnects,
    ));
    figure("stream.resume_errors", faults.len() as u64);
    assert!(faults.is_empty(), "{:#?}", &faults[..faults.len().min(20)]);
    assert!(spans > 0 && in_frame > 0, "there was something to get wrong");
}

/// Has something happen to every asset now and then.
async fn happen(home: Home) {
    for n in 0.. {
        tokio::time::sleep(Duration::from_millis(150)).await;
        // While the server is away there is nobody to tell.
        let _ = tell(home.http, n).await;
    }
}

async fn tell(http: SocketAddr, n: usize) -> std::io::Result<()> {
    let (asset, kind) = if n.is_multiple_of(2) { ("cell-1", "charged") } else { ("transformer-1", "inspection") };
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_micros() as i64;
    let event = json!([{ "asset": asset, "id": format!("e{n}"), "t": now, "kind": kind, "note": "n".repeat(n % 40) }]);
    let body = event.to_string();
    let head = format!("POST /api/v1/events HTTP/1.1\r\nHost: {http}\r\nContent-Length: {}\r\n", body.len());
    let mut stream = TcpStream::connect(http).await?;
    stream.write_all(format!("{head}Connection: close\r\n\r\n{body}").as_bytes()).await?;
    stream.read_to_end(&mut Vec::new()).await?;
    Ok(())
}
