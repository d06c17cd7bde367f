//! A backlog of one asset beside another asset, and checkpoints that do not fit.

mod alarms;

use std::path::Path;

use twin::{Timestamp, entry::Quality, twin::StateHash};
use wire::ServerFrame;

use super::*;
use crate::{
    clocks::Clocks,
    ingest::{Delivery, Item, Origin, Reading, Text, Told},
    pipeline::Pipeline,
    store::CheckpointRow,
};

const PLANT: &str = r#"
[[asset]]
id = "busy"
title = "Busy"
model = "li-ion-cell"
signals = { voltage = { from = "voltage" } }

[[asset]]
id = "calm"
title = "Calm"
model = "li-ion-cell"
signals = { voltage = { from = "voltage" } }
"#;

const NOW: Timestamp = Timestamp(1_577_836_800_000_000);
const BACKLOG: i64 = 1_000;

/// A store with a backlog for `busy` and one entry for `calm`.
async fn filled(folder: &Path) -> (Arc<Catalog>, Store) {
    filled_with(folder, BACKLOG).await
}

async fn filled_with(folder: &Path, backlog: i64) -> (Arc<Catalog>, Store) {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models");
    let model = |name: &str| std::fs::read_to_string(models.join(format!("{name}.toml")));
    let catalog = Arc::new(Catalog::parse(PLANT, model).unwrap());
    let (store, _) = Store::open(&folder.join("twinlight.db"), &catalog, NOW, |_| {}).unwrap();
    let pipeline = Pipeline::new(catalog.clone(), Arc::new(Clocks::start(&catalog, &[], NOW)), store.clone());
    for (asset, count) in [("busy", backlog), ("calm", 1)] {
        let item = |n: i64| {
            let t = Some(Timestamp(NOW.0 - n * 1_000_000));
            let reading = Reading { t, value: 3.7, unit: None, quality: Quality::Good };
            Item { asset: asset.into(), signal: "voltage".into(), what: Told::Reading(reading), raw: "" }
        };
        let origin = Origin { connector: "http", client: "test".into() };
        let text = Text::default();
        let items = (0..count).rev().map(item).collect();
        let delivery = Delivery { origin, received_at: NOW, text: &text, items };
        assert_eq!(pipeline.accept(delivery).await.unwrap().accepted, count as usize);
    }
    (catalog, store)
}

#[tokio::test]
async fn a_backlog_keeps_neither_other_assets_nor_the_end_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let (catalog, store) = filled(folder.path()).await;
    let (twins, unstarted) = channel(2);
    let (busy, calm) = (oneshot::channel(), oneshot::channel());
    twins.asks.try_send(Ask::Current { asset: 0, answer: busy.0 }).ok().unwrap();
    twins.asks.try_send(Ask::Current { asset: 1, answer: calm.0 }).ok().unwrap();
    twins.stop().await;
    let hub = Hub::new(2);
    let thread = unstarted.start(catalog.clone(), store.clone(), hub).unwrap();
    assert_eq!(calm.1.await.unwrap().seq, 1);
    assert_eq!(busy.1.await.unwrap().seq, STRIDE as u64);
    tokio::task::spawn_blocking(|| thread.join().unwrap()).await.unwrap();
}

#[tokio::test]
async fn a_backlog_is_caught_up_with_while_nobody_asks() {
    let folder = tempfile::tempdir().unwrap();
    let (catalog, store) = filled(folder.path()).await;
    let (twins, unstarted) = channel(2);
    let thread = unstarted.start(catalog, store, Hub::new(2)).unwrap();
    while twins.current(0).await.unwrap().seq < BACKLOG as u64 {
        tokio::task::yield_now().await;
    }
    twins.stop().await;
    tokio::task::spawn_blocking(|| thread.join().unwrap()).await.unwrap();
}

#[tokio::test]
async fn a_broken_checkpoint_gives_way_to_the_one_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let (catalog, store) = filled(folder.path()).await;
    let picked_up = tokio::task::spawn_blocking(move || {
        let model = catalog.assets()[0].model.clone();
        let state = Twin::new(model.clone(), 1).checkpoint();
        let row = |seq, bytes| CheckpointRow {
            asset: 0,
            seq,
            model_hash: model.hash,
            kernel_version: KERNEL_VERSION,
            bytes,
            hash: state.hash,
        };
        store.keep_checkpoint(row(500, state.bytes.clone()));
        store.keep_checkpoint(row(900, b"broken".to_vec()));
        let reader = store.reader().unwrap();
        let mut following = Following {
            catalog: catalog.clone(),
            store,
            hub: Hub::new(2),
            reader,
            followed: Vec::new(),
            told: channel(2).0.told,
            found: channel(2).0.found,
            turn: 0,
        };
        while following.reader.checkpoints(0, model.hash, KERNEL_VERSION, u64::MAX).unwrap().len() < 2 {
            std::thread::yield_now();
        }
        following.pick_up(0, &catalog.assets()[0]).seq
    });
    assert_eq!(picked_up.await.unwrap(), 500);
}

/// The twin of `busy` after entry `seq` of a backlog, told them all.
fn told(asset: &Asset, backlog: i64, seq: i64) -> Twin {
    let signal = asset.model.signal("voltage").unwrap();
    let entry = |n: i64| {
        let what = twin::What::Sample { signal, value: 3.7 };
        twin::Entry { t: Timestamp(NOW.0 - (backlog - n) * 1_000_000), what }
    };
    let mut twin = Twin::new(asset.model.clone(), asset.seed());
    twin.observe(&(1..=seq).map(entry).collect::<Vec<_>>());
    twin
}

fn hash_of(checkpoint: &Checkpoint) -> StateHash {
    let Ok(ServerFrame::Checkpoint { hash, .. }) = wire::decode(&checkpoint.frame) else { panic!() };
    hash
}

#[tokio::test]
async fn a_state_of_the_past_is_that_after_its_entry_and_of_no_later_one() {
    let folder = tempfile::tempdir().unwrap();
    let (catalog, store) = filled(folder.path()).await;
    let hindsight = hindsight::Hindsight::new(catalog.clone(), store.clone());
    for seq in [1, 500, BACKLOG as u64] {
        let state = hindsight.after(0, seq).await.unwrap();
        assert_eq!(hash_of(&state), told(&catalog.assets()[0], BACKLOG, seq as i64).hash(), "{seq}");
    }
    for seq in [0, BACKLOG as u64 + 1, u64::MAX] {
        let lost = hindsight.after(0, seq).await.unwrap_err();
        assert_eq!(lost.to_string(), format!("there is no entry {seq} yet, the newest is {BACKLOG}"));
    }
}

#[tokio::test]
async fn of_more_questions_at_once_than_there_is_room_for_some_are_sent_away_and_the_rest_answered() {
    let folder = tempfile::tempdir().unwrap();
    let (catalog, store) = filled(folder.path()).await;
    let hindsight = hindsight::Hindsight::new(catalog, store);
    let all = futures::future::join_all((0..40).map(|_| hindsight.after(0, 500))).await;
    let (answered, lost): (Vec<_>, Vec<_>) = all.into_iter().partition(Result::is_ok);
    assert!(answered.len() >= 16, "{}", answered.len());
    assert!(lost.iter().all(|lost| matches!(lost, Err(hindsight::Lost::Busy))), "{lost:?}");
    assert!(!lost.is_empty());
    assert!(hindsight.after(0, 500).await.is_ok(), "the room is not given back");
}

#[tokio::test]
async fn a_state_far_from_all_that_is_kept_is_lost_and_one_near_to_it_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let backlog = 70_000;
    let (catalog, store) = filled_with(folder.path(), backlog).await;
    let hindsight = hindsight::Hindsight::new(catalog.clone(), store.clone());
    let lost = hindsight.after(0, 70_000).await.unwrap_err();
    assert_eq!(lost.to_string(), "the state after entry 70000 is kept no longer");
    let asset = &catalog.assets()[0];
    let (near, all) = (told(asset, backlog, 60_000), told(asset, backlog, backlog));
    let state = near.checkpoint();
    let row = CheckpointRow {
        asset: 0,
        seq: 60_000,
        model_hash: asset.model.hash,
        kernel_version: KERNEL_VERSION,
        bytes: state.bytes,
        hash: state.hash,
    };
    tokio::task::spawn_blocking(move || store.keep_checkpoint(row)).await.unwrap();
    let found = loop {
        match hindsight.after(0, 70_000).await {
            Ok(found) => break found,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    assert_eq!(hash_of(&found), all.hash());
}

/// Delivers voltages of so many seconds before `NOW`; gives the asset's catalog and what the twin comes to.
async fn followed(folder: &Path, deliveries: &[Vec<i64>], kept: u64) -> (Arc<Catalog>, StateHash) {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models");
    let model = |name: &str| std::fs::read_to_string(models.join(format!("{name}.toml")));
    let catalog = Arc::new(Catalog::parse(PLANT, model).unwrap());
    let (twins, unstarted) = channel(2);
    let followers = twins.clone();
    let path = folder.join("twinlight.db");
    let publish = move |batch: crate::store::StoredBatch| followers.committed(batch.asset(), batch.batch().last_seq());
    let (store, _) = Store::open(&path, &catalog, NOW, publish).unwrap();
    let thread = unstarted.start(catalog.clone(), store.clone(), Hub::new(2)).unwrap();
    let pipeline = Pipeline::new(catalog.clone(), Arc::new(Clocks::start(&catalog, &[], NOW)), store);
    for seconds in deliveries {
        let item = |secs: &i64| {
            let t = Some(Timestamp(NOW.0 - secs * 1_000_000));
            let reading = Reading { t, value: voltage_at(*secs), unit: None, quality: Quality::Good };
            Item { asset: "busy".into(), signal: "voltage".into(), what: Told::Reading(reading), raw: "" }
        };
        let origin = Origin { connector: "http", client: "test".into() };
        let items = seconds.iter().map(item).collect();
        pipeline.accept(Delivery { origin, received_at: NOW, text: &Text::default(), items }).await.unwrap();
    }
    let frame = loop {
        let checkpoint = twins.current(0).await.unwrap();
        if checkpoint.seq == kept {
            break checkpoint.frame;
        }
        tokio::task::yield_now().await;
    };
    let Ok(ServerFrame::Checkpoint { hash, .. }) = wire::decode(&frame) else { panic!() };
    twins.stop().await;
    tokio::task::spawn_blocking(|| thread.join().unwrap()).await.unwrap();
    (catalog, hash)
}

fn voltage_at(secs: i64) -> f64 {
    3.0 + (secs % 97) as f64 / 100.0
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(8))]

    /// Late, out of order and sent again, each by less than the window: the server's twin is where a twin is that was
    /// told each sample once and in order.
    #[test]
    fn disorder_and_doubles_on_the_way_in_leave_no_trace_in_the_twin(
        lates in proptest::collection::vec((0usize..64, 0usize..3), 2..200), size in 1usize..40,
    ) {
        let oldest = lates.len() as i64;
        let mut order: Vec<(usize, i64)> = Vec::new();
        for (number, (late, again)) in lates.iter().enumerate() {
            let late = if number == 0 { 0 } else { *late };
            // The first of them counts, wherever its doubles come.
            order.extend((0..=*again).map(|copy| (number + late + copy * 40, oldest - number as i64)));
        }
        order.sort_by_key(|(place, _)| *place);
        let seconds: Vec<i64> = order.into_iter().map(|(_, secs)| secs).collect();
        let deliveries: Vec<Vec<i64>> = seconds.chunks(size).map(<[i64]>::to_vec).collect();
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (catalog, hash) = runtime.block_on(followed(folder.path(), &deliveries, lates.len() as u64));
        let asset = &catalog.assets()[0];
        let signal = asset.model.signal("voltage").unwrap();
        let told = |secs| twin::Entry {
            t: Timestamp(NOW.0 - secs * 1_000_000),
            what: twin::What::Sample { signal, value: voltage_at(secs) },
        };
        let mut twin = Twin::new(asset.model.clone(), asset.seed());
        twin.observe(&(1..=oldest).rev().map(told).collect::<Vec<_>>());
        proptest::prop_assert_eq!(hash, twin.hash());
    }
}
