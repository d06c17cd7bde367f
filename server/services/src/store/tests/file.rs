//! The store's file: of an older form, damaged, checked, copied and put back.

use super::{
    super::{backup, check},
    *,
};

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
async fn a_store_of_rows_becomes_one_of_blocks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let file = schema::open(&path).unwrap();
    file.execute_batch(include_str!("../migrations/0001_first.sql")).unwrap();
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
    let taken = tokio::task::spawn_blocking(move || backup::backup(&from, &to));
    plant.voltages(&open.0, (10_000..20_000).map(|t| (t, 3.5))).await;
    let findings = taken.await.unwrap().unwrap();
    assert!((10_000..=20_000).contains(&findings.samples), "{findings:?}");
    let again = backup::backup(&path, &copy).unwrap_err().to_string();
    assert_eq!(again, format!("`{}` is there already", copy.display()));
    let running = backup::restore(&copy, &path).unwrap_err().to_string();
    assert_eq!(running, format!("`{}` is in use by another twinlight", path.display()));
    let id = open.0.id();
    close(open).await;
    let (_, set_aside) = backup::restore(&copy, &path).unwrap();
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
    let check = || check::check(&path, |_, _| {}).unwrap();
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
    let refused = backup::backup(&path, &folder.path().join("copy.db")).unwrap_err().to_string();
    assert!(refused.contains("no store that can be used"), "{refused}");
}
