//! The store as its callers see it: what is kept, found again, compacted, damaged, deleted.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use bytes::Bytes;
use proptest::prelude::*;
use twin::{Timestamp, twin::StateHash};

use super::{CheckpointRow, Receipt, Store, Threads, schema};
use crate::{
    catalog::Catalog,
    clocks::Clocks,
    ingest::{Delivery, Origin, Text, http},
    validate,
};

const PLANT: &str = "
[[asset]]
id = \"cell\"
title = \"Cell\"
model = \"li-ion-cell\"

[asset.signals]
voltage = { from = \"voltage\" }
current = { from = \"current\", unit = \"A\", scale = -1 }
";
const NOW: Timestamp = Timestamp(2_000_000_000_000_000);

struct Plant {
    catalog: Arc<Catalog>,
    clocks: Clocks,
}

impl Plant {
    fn new() -> Plant {
        Plant::of(PLANT)
    }

    fn of(plant: &str) -> Plant {
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("models");
        let catalog =
            Catalog::parse(plant, |name| std::fs::read_to_string(models.join(format!("{name}.toml")))).unwrap();
        let clocks = Clocks::start(&catalog, &[], NOW);
        Plant { catalog: Arc::new(catalog), clocks }
    }

    fn open(&self, path: &Path) -> (Store, Threads) {
        Store::open(path, &self.catalog, NOW, |_| {}).unwrap()
    }

    async fn post(&self, store: &Store, readings: &str) -> Receipt {
        let text = Text::from(Bytes::copy_from_slice(readings.as_bytes()));
        let items = http::telemetry(&text).unwrap();
        let origin = Origin { connector: "http", client: "test".into() };
        let delivery = Delivery { origin, received_at: NOW, text: &text, items };
        store.append(validate::all(&self.catalog, &self.clocks, delivery)).await.unwrap().receipt().await.unwrap()
    }

    /// Posts voltages at so many seconds.
    async fn voltages(&self, store: &Store, samples: impl IntoIterator<Item = (i64, f64)>) -> Receipt {
        let reading =
            |(t, v): (i64, f64)| format!(r#"{{"asset":"cell","signal":"voltage","t":{},"v":{v:?}}}"#, t * 1_000_000);
        let readings: Vec<String> = samples.into_iter().map(reading).collect();
        self.post(store, &format!("[{}]", readings.join(","))).await
    }
}

async fn close((store, threads): (Store, Threads)) {
    tokio::task::spawn_blocking(move || {
        store.close();
        drop(store);
        threads.join();
    })
    .await
    .unwrap();
}

/// The times in seconds and values of all kept voltages, in order of seq.
async fn kept(store: &Store) -> Vec<(i64, f64)> {
    let mut kept = Vec::new();
    let mut after = 0;
    loop {
        let batch = store.entries(0, after, 1000).await.unwrap();
        let Some(_) = batch.entries.first() else { return kept };
        after = batch.last_seq();
        for entry in batch.entries {
            if let wire::What::Sample { value, .. } = entry.what {
                kept.push((entry.t.0 / 1_000_000, value));
            }
        }
    }
}

fn counts(receipt: &Receipt) -> (usize, usize, usize) {
    (receipt.accepted, receipt.duplicates, receipt.rejected.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_is_told_from_what_is_new_before_and_after_compaction_and_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let plant = Plant::new();
    let mut open = plant.open(&path);
    let value = |t: i64| 3.0 + (t % 100) as f64 / 100.0;
    let all = || (0..3000).map(|t| (t, value(t)));
    for chunk in all().collect::<Vec<_>>().chunks(700) {
        assert_eq!(plant.voltages(&open.0, chunk.iter().copied()).await.accepted, chunk.len());
    }
    for round in 0..3 {
        assert_eq!(counts(&plant.voltages(&open.0, all()).await), (0, 3000, 0), "round {round}");
        let other = plant.voltages(&open.0, [(5, 1.0), (2999, 1.0), (3000 + round, 1.5)]).await;
        assert_eq!(counts(&other), (1, 0, 2), "round {round}");
        match round {
            0 => open.0.compact().await.unwrap(),
            _ => {
                close(open).await;
                open = plant.open(&path);
            }
        }
    }
    let kept = kept(&open.0).await;
    assert_eq!(kept[..3000], all().collect::<Vec<_>>());
    assert_eq!(kept[3000..], [(3000, 1.5), (3001, 1.5), (3002, 1.5)]);
    close(open).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn late_samples_find_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let plant = Plant::new();
    let open = plant.open(&folder.path().join("store.db"));
    // Every second time first, the rest later: compaction merges them into the blocks that cover them.
    for start in [0, 1] {
        for chunk in (start..40_000i64).step_by(2).collect::<Vec<_>>().chunks(5000) {
            plant.voltages(&open.0, chunk.iter().map(|t| (*t, *t as f64 / 1e4))).await;
        }
        open.0.compact().await.unwrap();
    }
    let signal = plant.catalog.assets()[0].binding("voltage").unwrap().signal;
    let history = open.0.history(0, signal, Timestamp(0), Timestamp(40_000_000_000), 8192).await.unwrap();
    assert_eq!(history.total, 40_000);
    let everything = open.0.history(0, signal, Timestamp(i64::MIN), Timestamp(i64::MAX), 1).await.unwrap();
    assert_eq!(everything.total, 40_000);
    assert!(history.points.windows(2).all(|pair| pair[0].t < pair[1].t));
    assert_eq!(counts(&plant.voltages(&open.0, [(1, 1e-4), (39_998, 3.9998), (20_001, 1.0)]).await), (0, 2, 1));
    assert_eq!(kept(&open.0).await.len(), 40_000);
    close(open).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_past_that_is_filled_up_in_order_is_told_from_what_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let plant = Plant::new();
    let open = plant.open(&folder.path().join("store.db"));
    let value = |t: i64| 3.0 + (t % 10) as f64 / 10.0;
    plant.voltages(&open.0, (10_000..12_000).map(|t| (t, value(t)))).await;
    plant.voltages(&open.0, [(4_000, 1.0), (7_000, 2.0)]).await;
    for is_compacted in [false, true] {
        let start = if is_compacted { 5_000 } else { 0 };
        for chunk in (start..start + 5_000i64).collect::<Vec<_>>().chunks(500) {
            let receipt = plant.voltages(&open.0, chunk.iter().map(|t| (*t, value(*t)))).await;
            let conflicts = chunk.iter().filter(|t| [4_000, 7_000].contains(*t)).count();
            assert_eq!(counts(&receipt), (chunk.len() - conflicts, 0, conflicts), "{chunk:?}");
        }
        let again = plant.voltages(&open.0, (start..start + 5_000).map(|t| (t, value(t)))).await;
        assert_eq!(counts(&again), (0, 4_999, 1));
        open.0.compact().await.unwrap();
    }
    assert_eq!(kept(&open.0).await.len(), 12_000);
    close(open).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thinned_history_is_that_of_all_samples() {
    let folder = tempfile::tempdir().unwrap();
    let plant = Plant::new();
    let open = plant.open(&folder.path().join("store.db"));
    let signal = plant.catalog.assets()[0].binding("voltage").unwrap().signal;
    let value = |t: i64| 2.0 + ((t * 7919) % 1000) as f64 / 500.0;
    for chunk in (0..60_000i64).collect::<Vec<_>>().chunks(10_000) {
        plant.voltages(&open.0, chunk.iter().map(|t| (*t, value(*t)))).await;
    }
    let (from, to, width) = (Timestamp(1_500_000), Timestamp(59_000_000_000), 3u32);
    let landed = open.0.history(0, signal, from, to, width).await.unwrap();
    open.0.compact().await.unwrap();
    let compacted = open.0.history(0, signal, from, to, width).await.unwrap();
    assert_eq!(landed, compacted);
    // The same by hand.
    let span = i128::from(to.0 - from.0) + 1;
    let mut columns: BTreeMap<i128, Vec<(i64, f64)>> = BTreeMap::new();
    for t in (0..60_000i64).map(|t| t * 1_000_000).filter(|t| (from.0..=to.0).contains(t)) {
        columns.entry(i128::from(t - from.0) * i128::from(width) / span).or_default().push((t, value(t / 1_000_000)));
    }
    for samples in columns.values() {
        let least = samples.iter().map(|(_, value)| *value).fold(f64::MAX, f64::min);
        let most = samples.iter().map(|(_, value)| *value).fold(f64::MIN, f64::max);
        for wanted in [samples[0].1, samples[samples.len() - 1].1, least, most] {
            assert!(compacted.points.iter().any(|point| point.value == wanted), "{wanted}");
        }
    }
    assert!(compacted.points.len() <= 12);
    close(open).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_block_is_named_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let plant = Plant::new();
    let open = plant.open(&path);
    for chunk in (0..20_000i64).collect::<Vec<_>>().chunks(10_000) {
        plant.voltages(&open.0, chunk.iter().map(|t| (*t, 3.5 + (*t % 3) as f64 / 10.0))).await;
    }
    open.0.compact().await.unwrap();
    close(open).await;
    let file = schema::open(&path).unwrap();
    let flip = "UPDATE block SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'5a' AS BLOB)
        WHERE key = (SELECT key FROM block ORDER BY first_t LIMIT 1)";
    assert_eq!(file.execute(flip, []).unwrap(), 1);
    drop(file);
    let open = plant.open(&path);
    let kept = kept(&open.0).await;
    assert_eq!(kept.len(), 20_000 - 8192);
    assert_eq!(kept[0].0, 8192);
    let damages = open.0.damages();
    let [damage] = &damages[..] else { panic!("{damages:?}") };
    assert_eq!((damage.head.first_t, damage.head.last_t, damage.head.count), (0, 8_191_000_000, 8192));
    // What cannot be read cannot be called a duplicate; nothing is refused for it.
    assert_eq!(counts(&plant.voltages(&open.0, [(5, 3.7)]).await), (1, 0, 0));
    close(open).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_older_than_it_is_kept_goes_and_leaves_a_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let plant = PLANT.replace("\"voltage\" }", "\"voltage\", class = \"short\" }");
    let plant = Plant::of(&format!("[retention]\nshort = \"10000 s\"\n{plant}"));
    let open = plant.open(&path);
    for chunk in (0..20_000i64).collect::<Vec<_>>().chunks(10_000) {
        plant.voltages(&open.0, chunk.iter().map(|t| (*t, 3.5))).await;
    }
    open.0.compact().await.unwrap();
    open.0.look_after(vec![Timestamp(20_000_000_000)], NOW);
    // Answered after the look, which it stands behind.
    open.0.compact().await.unwrap();
    let left = kept(&open.0).await;
    assert_eq!((left.len(), left[0].0), (20_000 - 8192, 8192));
    let batch = open.0.entries(0, 0, 10).await.unwrap();
    assert_eq!((batch.first_seq, batch.entries.len()), (8193, 10));
    for (from, to, first, has_deleted) in
        [(0, 100, None, true), (8_000, 9_000, Some(8193), true), (9_000, 9_001, Some(9001), false)]
    {
        let (from, to) = (Timestamp(from * 1_000_000), Timestamp(to * 1_000_000));
        let found = open.0.ask(move |reader| Ok((reader.first_seq(0, from, to)?, reader.has_deleted(0, from, to)?)));
        assert_eq!(found.await.unwrap(), (first, has_deleted));
    }
    close(open).await;
    let file = schema::open(&path).unwrap();
    let record = "SELECT count, first_seq, last_seq, from_t, to_t FROM deletion";
    let found: (i64, i64, i64, i64, i64) = file
        .query_row(record, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))
        .unwrap();
    assert_eq!(found, (8192, 1, 8192, 0, 8_191_000_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_events_before_an_entry_those_that_were_open_are_found_and_the_last_few() {
    let (plant, folder) = (Plant::new(), tempfile::tempdir().unwrap());
    let opened = plant.open(&folder.path().join("a.db"));
    let event = |n: i64| {
        let until = if n == 3 { "100000000" } else { "null" };
        format!(r#"{{"asset":"cell","id":"e{n}","kind":"seen","t":{},"until":{until}}}"#, n * 1_000_000)
    };
    let events: Vec<String> = (1..=40).map(event).collect();
    let text = Text::from(Bytes::from(format!("[{}]", events.join(","))));
    let origin = Origin { connector: "http", client: "test".into() };
    let items = http::events(&text).unwrap();
    let checked =
        validate::all(&plant.catalog, &plant.clocks, Delivery { origin, received_at: NOW, text: &text, items });
    opened.0.append(checked).await.unwrap().receipt().await.unwrap();
    let found = async |seq: u64, secs: i64| {
        let at = Timestamp(secs * 1_000_000);
        let found = opened.0.ask(move |reader| reader.events_before(0, seq, at, &[7])).await.unwrap();
        found.iter().map(|event| event.seq).collect::<Vec<_>>()
    };
    let last = (18..30).rev().collect::<Vec<u64>>();
    assert_eq!(found(30, 50).await, [&last[..], &[7, 3]].concat());
    assert_eq!(found(30, 100).await, [&last[..], &[7]].concat());
    assert!(found(1, 0).await.is_empty());
    close(opened).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sample_says_where_it_came_from() {
    let folder = tempfile::tempdir().unwrap();
    let plant = Plant::new();
    let open = plant.open(&folder.path().join("store.db"));
    plant.post(&open.0, r#"[{"asset":"cell","signal":"voltage","t":1,"v":3.5}]"#).await;
    plant.post(&open.0, r#"[{"asset":"cell","signal":"voltage","t":2,"v":3500,"u":"mV"}]"#).await;
    for _ in 0..2 {
        let entries = open.0.kept_entries(0, 0, 10).await.unwrap();
        let from: Vec<_> = entries.iter().map(|kept| kept.from.unwrap()).collect();
        assert_eq!((from[0].delivery, from[0].unit, from[0].received_at), (1, 0, NOW.0));
        assert_eq!((from[1].delivery, from[1].unit, from[1].origin), (2, 1, from[0].origin));
        open.0.compact().await.unwrap();
    }
    close(open).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_of_rows_becomes_one_of_blocks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let file = schema::open(&path).unwrap();
    file.execute_batch(include_str!("migrations/0001_first.sql")).unwrap();
    file.execute_batch("INSERT INTO asset VALUES (1, 'cell'); INSERT INTO signal VALUES (1, 1, 'voltage')").unwrap();
    for seq in 1..=10_000i64 {
        let row = [seq * 1_000_000, seq, 35_000 + seq % 10];
        let insert = "INSERT INTO sample VALUES (1, 1, ?1, 0, ?2, ?3 / 10000.0, 0, 7, 1, 1)";
        file.prepare_cached(insert).unwrap().execute(row).unwrap();
    }
    file.execute_batch("INSERT INTO origin VALUES (1, 'mqtt', 'gateway', 7); PRAGMA user_version = 1").unwrap();
    drop(file);
    let plant = Plant::new();
    let open = plant.open(&path);
    let kept = kept(&open.0).await;
    assert_eq!(kept.len(), 10_000);
    assert_eq!((kept[0], kept[9_999]), ((1, 3.5001), (10_000, 3.5)));
    assert_eq!(counts(&plant.voltages(&open.0, [(1, 3.5001), (10_001, 3.5)]).await), (1, 1, 0));
    close(open).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_taken_while_samples_come_and_is_put_back() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("store.db"), folder.path().join("copy.db"));
    let plant = Plant::new();
    let open = plant.open(&path);
    plant.voltages(&open.0, (0..10_000).map(|t| (t, 3.5))).await;
    let (from, to) = (path.clone(), copy.clone());
    let taken = tokio::task::spawn_blocking(move || super::backup::backup(&from, &to));
    plant.voltages(&open.0, (10_000..20_000).map(|t| (t, 3.5))).await;
    let findings = taken.await.unwrap().unwrap();
    assert!((10_000..=20_000).contains(&findings.samples), "{findings:?}");
    let again = super::backup::backup(&path, &copy).unwrap_err().to_string();
    assert_eq!(again, format!("`{}` is there already", copy.display()));
    let running = super::backup::restore(&copy, &path).unwrap_err().to_string();
    assert_eq!(running, format!("`{}` is in use by another twinlight", path.display()));
    let id = open.0.id();
    close(open).await;
    let (_, set_aside) = super::backup::restore(&copy, &path).unwrap();
    assert!(set_aside.unwrap().exists());
    let open = plant.open(&path);
    assert_eq!(kept(&open.0).await.len() as u64, findings.samples);
    assert_ne!(open.0.id(), id, "it is another store");
    close(open).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_names_what_is_damaged_and_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let plant = Plant::new();
    let open = plant.open(&path);
    for chunk in (0..30_000i64).collect::<Vec<_>>().chunks(10_000) {
        plant.voltages(&open.0, chunk.iter().map(|t| (*t, 3.5 + (*t % 3) as f64 / 10.0))).await;
    }
    open.0.compact().await.unwrap();
    let check = || super::check::check(&path, |_, _| {}).unwrap();
    assert_eq!((check().samples, check().faults), (30_000, Vec::new()));
    close(open).await;
    let file = schema::open(&path).unwrap();
    let flip = "UPDATE block SET sum = sum + 1 WHERE key = (SELECT key FROM block ORDER BY first_t LIMIT 1)";
    file.execute(flip, []).unwrap();
    file.execute("DELETE FROM block WHERE first_t = 8192000000", []).unwrap();
    let faults = check().faults;
    let [damaged, missing] = &faults[..] else { panic!("{faults:?}") };
    assert!(damaged.contains("signal `voltage`") && damaged.contains("0 to 8191000000"), "{damaged}");
    assert!(missing.contains("nothing of seq 8193 to 16384"), "{missing}");
    drop(file);
    let refused = super::backup::backup(&path, &folder.path().join("copy.db")).unwrap_err().to_string();
    assert!(refused.contains("no store that can be used"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_hangs_up_on_an_answer_frees_no_reader_that_is_at_work() {
    let folder = tempfile::tempdir().unwrap();
    let (store, threads) = Plant::new().open(&folder.path().join("t.db"));
    let (begun, mut begins) = tokio::sync::mpsc::channel(8);
    let mut held = Vec::new();
    for number in 0..super::readers::MOST {
        let (go, wait) = std::sync::mpsc::sync_channel::<()>(1);
        let (store, begun) = (store.clone(), begun.clone());
        let asking = tokio::spawn(async move {
            let question = move |_: &mut super::Reader| {
                begun.blocking_send(number).unwrap();
                let _ = wait.recv();
                Ok(())
            };
            store.ask(question).await
        });
        begins.recv().await.unwrap();
        asking.abort();
        assert!(asking.await.unwrap_err().is_cancelled());
        held.push(go);
    }
    assert_eq!(store.readers.room.available_permits(), 0);
    drop(held);
    // Those are through, and this is answered by one of them.
    assert_eq!(store.ask(|_| Ok(7)).await.unwrap(), 7);
    assert!(store.readers.idle.lock().unwrap().len() <= super::readers::MOST);
    close((store, threads)).await;
}

/// Seconds in the order in which they are sent: by chance, or by several publishers that are at different places.
fn times() -> impl Strategy<Value = Vec<i64>> {
    let publishers = (proptest::collection::vec(0i64..6000, 1..6), proptest::collection::vec(any::<usize>(), 1..80));
    let in_turns = publishers.prop_map(|(mut places, turns)| {
        let mut times = Vec::new();
        for turn in turns {
            let publisher = turn % places.len();
            let (steps, stride) = (1 + (turn >> 8) % 40, 1 + publisher as i64 % 3);
            for _ in 0..steps {
                times.push(places[publisher]);
                places[publisher] += stride;
            }
        }
        times
    });
    prop_oneof![proptest::collection::vec(0i64..4000, 1..2000), in_turns]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn whatever_the_order_the_same_samples_are_kept(
        times in times(),
        // One of so many has another value than the rest of its time.
        odd in 2usize..20,
        chunk in 1usize..200,
        compactions in proptest::collection::vec(any::<bool>(), 3200),
    ) {
        let value = |place: usize, t: i64| (t % 4000) as f64 / 1000.0 + if place.is_multiple_of(odd) { 0.25 } else { 0.0 };
        let sent: Vec<(i64, f64)> = times.iter().enumerate().map(|(place, t)| (*t, value(place, *t))).collect();
        let mut expected: BTreeMap<i64, f64> = BTreeMap::new();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (kept, latest) = runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let plant = Plant::new();
            let open = plant.open(&folder.path().join("store.db"));
            for (chunk, is_compacted) in sent.chunks(chunk).zip(&compactions) {
                let mut told = (0, 0, 0);
                for (t, value) in chunk {
                    match expected.get(t) {
                        None => told.0 += 1,
                        Some(kept) if kept == value => told.1 += 1,
                        Some(_) => told.2 += 1,
                    }
                    expected.entry(*t).or_insert(*value);
                }
                assert_eq!(counts(&plant.voltages(&open.0, chunk.iter().copied()).await), told);
                if *is_compacted {
                    open.0.compact().await.unwrap();
                }
            }
            let kept = kept(&open.0).await;
            let latest = open.0.stand(0).1[0];
            close(open).await;
            (kept, latest)
        });
        // Measured last, whatever came last.
        prop_assert_eq!(latest.t.0, times.iter().max().unwrap() * 1_000_000);
        prop_assert_eq!(kept.len(), expected.len());
        prop_assert_eq!(kept.into_iter().collect::<BTreeMap<_, _>>(), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_old_checkpoints_the_first_of_each_stretch_stay_and_no_more_than_so_many() {
    let folder = tempfile::tempdir().unwrap();
    let plant = Plant::new();
    let (store, threads) = plant.open(&folder.path().join("store.db"));
    let model = plant.catalog.assets()[0].model.clone();
    let hash = model.hash;
    let row = move |seq: u64, kernel_version| CheckpointRow {
        asset: 0,
        seq,
        model_hash: model.hash,
        kernel_version,
        bytes: vec![1],
        hash: StateHash(seq),
    };
    let keeping = store.clone();
    // The kernel changes within a stretch: the first by each stays.
    let kept = tokio::task::spawn_blocking(move || {
        (1..=1_500).for_each(|step| keeping.keep_checkpoint(row(step * 1_000, if step < 1_490 { 1 } else { 2 })));
    });
    kept.await.unwrap();
    plant.voltages(&store, [(0, 3.0)]).await;
    let kept: Vec<u64> = store
        .ask(|reader| {
            let (connection, _) = reader.parts();
            let mut find = connection.prepare("SELECT seq FROM checkpoint ORDER BY seq DESC")?;
            Ok(find.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
        })
        .await
        .unwrap();
    assert_eq!(kept.len(), 67);
    assert_eq!(kept[..6], [1_500_000, 1_499_000, 1_498_000, 1_491_000, 1_490_000, 1_475_000]);
    assert!(kept[5..].windows(2).all(|pair| pair[0] - pair[1] <= 17_000), "{kept:?}");
    let last = store.ask(move |reader| reader.checkpoints(0, hash, 1, 1_480_000)).await.unwrap();
    assert_eq!(last.iter().map(|row| row.seq).collect::<Vec<_>>(), [1_475_000, 1_459_000, 1_442_000]);
    close((store, threads)).await;
}
