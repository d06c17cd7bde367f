//! The store as its callers see it: what is kept, found again, compacted, deleted.

mod events;
mod file;
mod order;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use bytes::Bytes;
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
