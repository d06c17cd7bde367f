//! Faults that one machine can stage, against the real binary under load: what was acknowledged stays.
//!
//! `TWINLIGHT_SEED`, `TWINLIGHT_KILLS`, `TWINLIGHT_CUTS`, `TWINLIGHT_ERRORS` and `TWINLIGHT_MIGRATIONS` say which and
//! how many.

mod clock;
mod cut;
mod damage;
mod disk;
mod errors;
mod memory;
mod migration;
mod sockets;
mod start;

use std::time::Duration;

use crate::support::{
    loading::{BUSY_PLANT, Chance, Loading, check, compare, figure, number, say},
    process::Home,
};

/// Several publishers by every door, out of order now and then.
const DISORDERLY: &str = "--mqtt 3 --http 1 --line 1 --viewers 1 --mqtt-samples 5 --http-samples 100 \
    --line-samples 100 --rate 8000 --late 0.05 --twice 0.05 --swapped 0.05 --in-flight 20";

fn seed() -> u64 {
    number("TWINLIGHT_SEED", 1)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_again_and_again_it_loses_nothing_that_it_acknowledged() {
    let (kills, seed) = (number("TWINLIGHT_KILLS", 20), seed());
    let folder = tempfile::tempdir().unwrap();
    let home = Home::make(folder.path(), BUSY_PLANT);
    let mut server = home.start(&[]);
    // Large requests: between an acknowledgement that came too early and its commit there is time to die.
    let words = DISORDERLY.replace("-samples 100 ", "-samples 1000 ").replace("--rate 8000", "--rate 30000");
    let load = Loading::start(&home, "kills", &format!("{words} --seed {seed}"));
    let mut chance = Chance(seed);
    for _ in 0..kills {
        // At least once it worked before it dies, so that every kill has something to lose.
        load.goes_on(5).await;
        tokio::time::sleep(Duration::from_micros(chance.below(400_000))).await;
        server.kill();
        server = home.start(&[]);
    }
    load.goes_on(20).await;
    let (report, ledger, seen) = load.stop().await;
    let outcome = compare(&home, ledger, seen).await;
    say(&format!("{kills} kills, seed {seed}: {} acknowledged, {} lost", outcome.acknowledged, outcome.missing));
    figure("faults.kill_lost", outcome.missing);
    check(&outcome);
    assert!(report.reconnects >= kills, "everybody was cut off each time");
    drop(server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stood_still_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::make(folder.path(), BUSY_PLANT);
    let server = home.start(&[]);
    let load = Loading::start(&home, "pause", DISORDERLY);
    for _ in 0..3 {
        load.goes_on(20).await;
        server.signal("STOP");
        tokio::time::sleep(Duration::from_millis(700)).await;
        server.signal("CONT");
    }
    load.goes_on(50).await;
    let (report, ledger, seen) = load.stop().await;
    check(&compare(&home, ledger, seen).await);
    assert_eq!(report.reconnects, 0, "nobody had to come back");
    assert!(report.ack_max_ms >= 500.0, "it did stand still: {report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_that_says_more_than_is_stored_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::make(folder.path(), BUSY_PLANT);
    let _server = home.start(&[]);
    let load = Loading::start(&home, "true", "--http 1 --http-samples 10 --viewers 1 --samples 500");
    load.goes_on(50).await;
    let (_, ledger, seen) = load.stop().await;
    let truth = std::fs::read_to_string(&ledger).unwrap();
    check(&compare(&home, ledger.clone(), seen.clone()).await);
    // Nobody sent these.
    std::fs::write(&ledger, format!("{truth}+ 0 90000 1 7\n")).unwrap();
    let outcome = compare(&home, ledger.clone(), None).await;
    assert_eq!((outcome.missing, outcome.altered, outcome.doubled), (7, 0, 0));
    assert!(outcome.differences[0].contains("acknowledged and not stored"), "{:?}", outcome.differences);
    // Another seed has other values.
    std::fs::write(&ledger, truth.replacen("ledger 1 1\n", "ledger 1 2\n", 1)).unwrap();
    let outcome = compare(&home, ledger, None).await;
    assert_eq!((outcome.missing, outcome.differences.len()), (0, 10));
    assert!(outcome.altered > outcome.stored * 9 / 10, "{outcome}");
}
