//! The wall clock is set while telemetry flows, an hour forward and an hour back.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};
use wire::ServerFrame;

use super::{DISORDERLY, seed};
use crate::support::{
    PATIENCE, Socket, ask,
    loading::{BUSY_PLANT, Loading, check, compare, not_run, say},
    process::Home,
};

/// A played-back asset beside those that live by the wall clock.
const PLAYBACK: &str = r#"
[clock.past]
start = "2020-01-01T00:00:00Z"
end = "2020-01-03T00:00:00Z"
rate = 60

[[asset]]
id = "cell-2"
title = "Cell 2"
model = "li-ion-cell"
clock = "past"

[asset.signals]
voltage = { from = "voltage" }
"#;
const RATE: f64 = 60.0;
const HOUR: i64 = 3_600;

/// The library that tells a process another time.
fn library() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").ok()?.filter_map(Result::ok).map(|entry| entry.path());
    let mut places = folders.map(|folder| folder.join("faketime/libfaketimeMT.so.1"));
    places.find(|place| place.exists())
}

/// What starts a process whose wall clock is ahead by the seconds that stand in `file`, and no other clock.
fn wrapper(library: &Path, file: &Path) -> Vec<String> {
    let preload = format!("LD_PRELOAD={}", library.display());
    let told_by = format!("FAKETIME_TIMESTAMP_FILE={}", file.display());
    let rest =
        ["FAKETIME_CACHE_DURATION=1", "FAKETIME_DONT_FAKE_MONOTONIC=1", "DONT_FAKE_MONOTONIC=1", "NO_FAKE_STAT=1"];
    ["env".into(), preload, told_by].into_iter().chain(rest.map(String::from)).collect()
}

/// The true time, in microseconds since 1970.
fn truth() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros() as i64
}

async fn get(home: &Home, path: &str) -> Value {
    let answer = ask(home.http, "GET", path, &[], "").await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

/// The server's clock and that of the asset that is played back.
async fn clocks(home: &Home) -> (i64, i64) {
    let plant = get(home, "/api/v1/plant").await;
    let assets = plant["assets"].as_array().unwrap();
    let played = assets.iter().find(|asset| asset["id"] == "cell-2").unwrap();
    (plant["now"].as_i64().unwrap(), played["clock"]["now"].as_i64().unwrap())
}

/// Hands in a voltage; gives the reason of its refusal, if it was refused.
async fn post(home: &Home, asset: &str, t: i64) -> Option<String> {
    let reading = json!([{ "asset": asset, "signal": "voltage", "t": t, "v": 3.5 }]);
    let answer = ask(home.http, "POST", "/api/v1/telemetry", &[], &reading.to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let receipt: Value = serde_json::from_str(&answer.body).unwrap();
    receipt["rejected"][0]["reason"].as_str().map(String::from)
}

/// When the server says that it received the newest entry of an asset.
async fn last_received(home: &Home, asset: &str) -> i64 {
    let plant = get(home, "/api/v1/plant").await;
    let of_asset = plant["assets"].as_array().unwrap().iter().find(|found| found["id"] == asset).unwrap();
    let seq = of_asset["seq"].as_u64().unwrap();
    let lineage = get(home, &format!("/api/v1/lineage?asset={asset}&seq={seq}")).await;
    lineage["received_at"].as_i64().unwrap()
}

/// How far the jumps of a signal's clock went, as they were written down, in seconds.
fn jumps(home: &Home) -> Vec<(String, i64, Vec<i64>)> {
    let store = rusqlite::Connection::open(&home.store).unwrap();
    let mut jumps: Vec<(String, i64, Vec<i64>)> = Vec::new();
    let mut find = store
        .prepare(
            "SELECT asset.id, event.signal, event.value FROM data_quality_event event
             JOIN asset ON asset.key = event.asset WHERE event.kind = 'clock-jump' ORDER BY 1, 2, event.key",
        )
        .unwrap();
    let mut rows = find.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let (asset, signal, value): (String, i64, f64) =
            (row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap());
        match jumps.last_mut() {
            Some((of, which, values)) if *of == asset && *which == signal => values.push(value.round() as i64),
            _ => jumps.push((asset, signal, vec![value.round() as i64])),
        }
    }
    jumps
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wall_clock_that_is_set_loses_nothing_and_is_told_of() {
    let Some(library) = library() else { return not_run("a wall clock that is set", "there is no libfaketime") };
    let folder = tempfile::tempdir().unwrap();
    let home = Home::make(folder.path(), &format!("{BUSY_PLANT}{PLAYBACK}"));
    let file = folder.path().join("ahead");
    std::fs::write(&file, "+0").unwrap();
    let wrapper = wrapper(&library, &file);
    let wrapper: Vec<&str> = wrapper.iter().map(String::as_str).collect();
    let mut server = home.start(&wrapper);
    let words = format!("{DISORDERLY} --asset transformer-1 --asset transformer-2 --seed {}", seed());
    let load = Loading::start(&home, "clock", &words);
    let mut viewer = Socket::open(home.http).await;
    viewer.subscribe("cell-2", None).await;
    viewer.until(|frame| matches!(frame, ServerFrame::Snapshot { .. }).then_some(())).await;
    load.goes_on(50).await;
    assert_eq!(post(&home, "cell-1", truth()).await, None);
    let mut begun = (Instant::now(), clocks(&home).await.1);
    // Where the playback must be, whatever the wall clock says: within two seconds of what passed.
    let is_in_time = |(began, began_at): (Instant, i64), t: i64| {
        let expected = began_at as f64 + began.elapsed().as_secs_f64() * RATE * 1e6;
        (t as f64 - expected).abs() < 2.0 * RATE * 1e6
    };
    let mut times_set = 0;
    for ahead in [HOUR, 0, -HOUR, 0] {
        std::fs::write(&file, format!("{ahead:+}")).unwrap();
        times_set += 1;
        let deadline = Instant::now() + PATIENCE;
        while home.log().matches("the wall clock was set").count() < times_set {
            assert!(Instant::now() < deadline, "it is noticed: {}", home.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let is_ahead = |t: i64| (t - truth() - ahead * 1_000_000).abs() < 5_000_000;
        let (now, played) = clocks(&home).await;
        assert!(is_ahead(now), "the server's clock says {now}");
        assert!(is_in_time(begun, played), "the playback stands at {played} after {:?}", begun.0.elapsed());
        // Whoever watches is told where the playback is by the new time.
        let mut told = None;
        let shown = viewer.until(|frame| match frame {
            ServerFrame::Alive { now } => {
                told = Some(now);
                None
            }
            ServerFrame::ClockSet { clock, .. } => told.filter(|now| is_ahead(now.0)).map(|now| clock.now(now)),
            _ => None,
        });
        let shown = shown.await;
        assert!(is_in_time(begun, shown.0), "a viewer is told {shown:?}");
        load.goes_on(50).await;
        // What is played back goes on being taken in, and is received when the clock says so.
        assert_eq!(post(&home, "cell-2", clocks(&home).await.1 - 1_000_000).await, None);
        assert!(is_ahead(last_received(&home, "cell-2").await));
        // Of what is measured now, a clock that is behind says that it has not happened. That is told, not hidden.
        let expected = (ahead < 0).then(|| "future".to_string());
        assert_eq!(post(&home, "cell-1", truth()).await, expected, "ahead by {ahead} s");
        if ahead < 0 {
            // A start at a time before what is kept.
            let stood = clocks(&home).await.1;
            server.kill();
            server = home.start(&wrapper);
            load.goes_on(50).await;
            begun = (Instant::now(), clocks(&home).await.1);
            assert!((begun.1 - stood).abs() < 10 * RATE as i64 * 1_000_000, "a playback goes on where it was");
            viewer = Socket::open(home.http).await;
            viewer.subscribe("cell-2", None).await;
            viewer.until(|frame| matches!(frame, ServerFrame::Snapshot { .. }).then_some(())).await;
        }
    }
    assert_eq!(get(&home, "/api/v1/rejections").await, json!({ "future": 1 }), "nothing else was refused");
    let (_, ledger, seen) = load.stop().await;
    let outcome = compare(&home, ledger, seen).await;
    say(&format!("4 times the clock was set: {} acknowledged, {} lost", outcome.acknowledged, outcome.missing));
    check(&outcome);
    assert!(server.is_running(), "{}", home.log());
    server.kill();
    assert!(!home.log().contains("panicked"), "{}", home.log());
    // Each signal of an asset that lives by the wall clock: the sources' clocks went the other way.
    let jumps = jumps(&home);
    let expected = [-HOUR, HOUR, HOUR, -HOUR];
    // Where samples came so fast that the source's own watch told it first, their disorder is in it.
    let is_as_expected = |values: &Vec<i64>| {
        values.len() == 4 && values.iter().zip(expected).all(|(value, expected)| (value - expected).abs() < 60)
    };
    assert!(jumps.iter().all(|(asset, ..)| asset != "cell-2"), "a playback noticed nothing: {jumps:?}");
    for asset in ["cell-1", "transformer-1", "transformer-2"] {
        let own: Vec<&Vec<i64>> = jumps.iter().filter(|(of, ..)| of == asset).map(|(.., values)| values).collect();
        assert!(!own.is_empty() && own.iter().all(|values| is_as_expected(values)), "{asset}: {jumps:?}");
    }
}
