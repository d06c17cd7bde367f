//! A store of the first schema, and a server that is killed again and again while it brings it up to date.

use std::{
    collections::BTreeSet,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use rusqlite::{Connection, params};
use serde_json::Value;

use super::seed;
use crate::support::{
    ask,
    loading::{BUSY_PLANT, Chance, number, say},
    process::{Home, Process},
};

const FIRST: &str = include_str!("../../../services/src/store/migrations/0001_first.sql");
/// The samples of the old file: moving them takes long enough to be interrupted.
const SAMPLES: i64 = 40_000;
const STEP: i64 = 10_000;

/// A sample as both files have it: seq, signal, time, the bits of its value.
type Sample = (u64, String, i64, u64);

/// Writes a store as the first release left it.
fn old_store(file: &Path) -> BTreeSet<Sample> {
    let mut connection = Connection::open(file).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    let transaction = connection.transaction().unwrap();
    transaction.execute_batch(FIRST).unwrap();
    let names = "INSERT INTO asset VALUES (1, 'cell-1');
        INSERT INTO signal VALUES (1, 1, 'voltage'), (2, 1, 'current');
        INSERT INTO origin VALUES (1, 'mqtt', 'gateway', 7);
        PRAGMA user_version = 1";
    transaction.execute_batch(names).unwrap();
    let mut samples = BTreeSet::new();
    let mut insert = transaction.prepare("INSERT INTO sample VALUES (1, ?1, ?2, 0, ?3, ?4, 0, 7, 1, 1)").unwrap();
    for seq in 1..=SAMPLES {
        let (signal, name) = if seq % 2 == 0 { (1, "voltage") } else { (2, "current") };
        let (t, value) = (seq * STEP, 3.0 + (seq * 7919 % 1000) as f64 / 1000.0);
        insert.execute(params![signal, t, seq, value]).unwrap();
        samples.insert((seq as u64, name.to_string(), t, value.to_bits()));
    }
    drop(insert);
    transaction.commit().unwrap();
    samples
}

/// All that the server has of the asset.
async fn served(server: &Process) -> BTreeSet<Sample> {
    let plant: Value = serde_json::from_str(&ask(server.http, "GET", "/api/v1/plant", &[], "").await.body).unwrap();
    let is_asset = |asset: &&Value| asset["id"] == "cell-1";
    let signals = plant["assets"].as_array().unwrap().iter().find(is_asset).unwrap()["signals"].as_array().unwrap();
    let mut samples = BTreeSet::new();
    let mut after = 0;
    loop {
        let path = format!("/api/v1/samples?asset=cell-1&after_seq={after}&limit=10000");
        let answer = ask(server.http, "GET", &path, &[], "").await;
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        let entries = body["entries"].as_array().unwrap();
        let Some(last) = entries.last() else { return samples };
        after = last["seq"].as_u64().unwrap();
        for entry in entries {
            let signal = signals.iter().find(|signal| signal["number"] == entry["signal"]).unwrap()["from"].as_str();
            let value = entry["value"].as_f64().unwrap().to_bits();
            let (seq, t) = (entry["seq"].as_u64().unwrap(), entry["t"].as_i64().unwrap());
            samples.insert((seq, signal.unwrap().to_string(), t, value));
        }
    }
}

fn version(file: &Path) -> i64 {
    Connection::open(file).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

/// The schema of the file as whoever died left it, seen in a copy: the next start finds what the dead one left.
fn version_left(file: &Path, folder: &Path) -> i64 {
    let copy = folder.join("copy.db");
    for suffix in ["", "-wal"] {
        let (from, to) = (format!("{}{suffix}", file.display()), format!("{}{suffix}", copy.display()));
        let _ = std::fs::remove_file(&to);
        if Path::new(&from).exists() {
            std::fs::copy(from, to).unwrap();
        }
    }
    let found = version(&copy);
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", copy.display()));
    }
    found
}

/// Whether the process has come as far as to read the store.
fn is_at_the_store(server: &Process) -> bool {
    let maps = std::fs::read_to_string(format!("/proc/{}/maps", server.child.id())).unwrap_or_default();
    maps.contains(".db-shm")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_move_to_a_newer_schema_survives_a_kill_at_any_moment() {
    let (rounds, seed) = (number("TWINLIGHT_MIGRATIONS", 10), seed());
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old.db");
    let expected = old_store(&old);
    let home = Home::make(folder.path(), BUSY_PLANT);
    // A store that was never old says which schema is the newest, and how long a start takes.
    let fresh = home.beside(folder.path().join("fresh.db"));
    fresh.start(&[]).kill();
    let newest = version(&fresh.store);
    let began = Instant::now();
    let moved = home.beside(folder.path().join("moved.db"));
    std::fs::copy(&old, &moved.store).unwrap();
    moved.start(&[]).kill();
    let whole = began.elapsed().as_micros() as u64;
    let mut chance = Chance(seed);
    let (mut kills, mut in_the_middle) = (0, 0);
    // On a busy machine a start takes longer than it did: more rounds, until a kill has hit.
    for round in 0..5 * rounds {
        if round >= rounds && in_the_middle > 0 {
            break;
        }
        let own = home.beside(folder.path().join(format!("round-{round}.db")));
        std::fs::copy(&old, &own.store).unwrap();
        // Every attempt may take longer than the one before: some day one comes to the end.
        let server = (4..100)
            .find_map(|quarters| {
                let server = own.begin(&[]);
                std::thread::sleep(Duration::from_micros(chance.below(whole * quarters / 4)));
                if own.is_open() {
                    return Some(server);
                }
                let was_at_it = is_at_the_store(&server);
                server.kill();
                kills += 1;
                let left = version_left(&own.store, folder.path());
                assert!((1..=newest).contains(&left), "schema {left}");
                in_the_middle += u64::from(was_at_it && left < newest);
                None
            })
            .unwrap_or_else(|| panic!("it never came up: {}", own.log()));
        assert!(served(&server).await == expected, "round {round}, seed {seed}: every sample is there, and no other");
        let check = Command::new(env!("CARGO_BIN_EXE_twinlight")).args(["store", "check"]).arg(&own.store).output();
        let check = check.unwrap();
        let said = String::from_utf8_lossy(&check.stdout);
        assert!(check.status.success(), "round {round}, seed {seed}: {said}");
        assert!(said.contains(&format!("{SAMPLES} samples")), "{said}");
        server.kill();
        assert_eq!(version(&own.store), newest);
    }
    say(&format!(
        "{rounds} moves of {SAMPLES} samples, seed {seed}: {kills} kills, {in_the_middle} of them in the middle"
    ));
    assert!(in_the_middle > 0, "a kill that comes before the move or after it shows nothing");
}
