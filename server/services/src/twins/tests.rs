//! A backlog of one asset beside another asset, and checkpoints that do not fit.

use std::path::Path;

use twin::{Timestamp, entry::Quality};

use super::*;
use crate::{
    clocks::Clocks,
    ingest::{Delivery, Item, Origin, Reading, Text, Told},
    pipeline::Pipeline,
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
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models");
    let model = |name: &str| std::fs::read_to_string(models.join(format!("{name}.toml")));
    let catalog = Arc::new(Catalog::parse(PLANT, model).unwrap());
    let (store, _) = Store::open(&folder.join("twinlight.db"), &catalog, NOW, |_| {}).unwrap();
    let pipeline = Pipeline::new(catalog.clone(), Arc::new(Clocks::start(&catalog, &[], NOW)), store.clone());
    for (asset, count) in [("busy", BACKLOG), ("calm", 1)] {
        let item = |n: i64| {
            let t = Some(Timestamp(NOW.0 - n * 1_000_000));
            let reading = Reading { t, value: 3.7, unit: None, quality: Quality::Good };
            Item { asset: asset.into(), signal: "voltage".into(), what: Told::Reading(reading), raw: "".into() }
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
            turn: 0,
        };
        while following.reader.checkpoints(0, model.hash, KERNEL_VERSION).unwrap().len() < 2 {
            std::thread::yield_now();
        }
        following.pick_up(0, &catalog.assets()[0]).seq
    });
    assert_eq!(picked_up.await.unwrap(), 500);
}
