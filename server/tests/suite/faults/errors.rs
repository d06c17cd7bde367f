//! Errors of the disk, put into the calls of the real binary.

use std::{path::Path, process::Command};

use server::verify::Outcome;

use super::{DISORDERLY, seed};
use crate::support::{
    PATIENCE, ask,
    loading::{BUSY_PLANT, Chance, Loading, check, compare, figure, not_run, number, say},
    process::Home,
};

const RULES: [(&str, &str); 4] = [
    ("fsync,fdatasync", "EIO"),
    ("pwrite64,write", "ENOSPC"),
    ("pwrite64,write", "EIO"),
    ("fsync,fdatasync", "ENOSPC"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_fails_now_and_then_takes_nothing_that_was_acknowledged() {
    if Command::new("strace").arg("-V").output().is_err() {
        return not_run("errors of the disk", "there is no strace");
    }
    let (errors, seed) = (number("TWINLIGHT_ERRORS", 20), seed());
    let mut chance = Chance(seed);
    let (mut injected, mut outcomes) = (0, Vec::new());
    for (calls, error) in RULES {
        let folder = tempfile::tempdir().unwrap();
        let wanted = errors.div_ceil(RULES.len() as u64);
        let (got, outcome) = provoke(folder.path(), calls, error, wanted, &mut chance).await;
        injected += got;
        outcomes.push(outcome);
    }
    let of = |count: fn(&Outcome) -> u64| outcomes.iter().map(count).sum::<u64>();
    let (acknowledged, lost) = (of(|outcome| outcome.acknowledged), of(|outcome| outcome.missing));
    say(&format!("{injected} errors of the disk, seed {seed}: {acknowledged} acknowledged, {lost} lost"));
    figure("faults.io_error_lost", lost);
    outcomes.iter().for_each(check);
    assert!(injected >= errors);
}

/// Runs a server whose calls fail until so many have; gives how many did, and the comparison after a restart.
async fn provoke(folder: &Path, calls: &str, error: &str, wanted: u64, chance: &mut Chance) -> (u64, Outcome) {
    let home = Home::make(folder, BUSY_PLANT);
    // Makes the store: what fails before there is one is another matter.
    home.start(&[]).kill();
    let trace = folder.join("trace");
    let (store, wal) = (home.store.display().to_string(), format!("{}-wal", home.store.display()));
    let when = format!("{}+{}", 5 + chance.below(40), 20 + chance.below(30));
    let inject = format!("inject={calls}:error={error}:when={when}");
    let traced = format!("trace={calls}");
    let words = ["strace", "-D", "-f", "--seccomp-bpf", "-q", "-o", trace.to_str().unwrap()];
    let only = ["-P", &store, "-P", &wal, "-e", &traced, "-e", &inject];
    let mut server = home.start(&[words.as_slice(), only.as_slice()].concat());
    let load = Loading::start(&home, "errors", DISORDERLY);
    let happened = || std::fs::read_to_string(&trace).unwrap_or_default().matches("(INJECTED)").count() as u64;
    let deadline = std::time::Instant::now() + PATIENCE + PATIENCE;
    while happened() < wanted {
        assert!(std::time::Instant::now() < deadline, "{} of {wanted} {error} in {calls}", happened());
        if !server.is_running() {
            // It may give up, but not without a word.
            assert!(home.log().contains("error"), "{}", home.log());
            server = home.start(&[words.as_slice(), only.as_slice()].concat());
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    if server.is_running() {
        assert_eq!(ask(home.http, "GET", "/healthz", &[], "").await.status, 200, "it still answers");
    }
    if calls.contains("sync") {
        assert!(home.log().contains("a commit failed"), "it says so: {}", home.log());
    }
    let happened = happened();
    server.kill();
    let _healthy = home.start(&[]);
    load.goes_on(20).await;
    let (_, ledger, seen) = load.stop().await;
    (happened, compare(&home, ledger, seen).await)
}
