//! The end of the log of a server that died is missing or wrong.

use super::{DISORDERLY, seed};
use crate::support::{
    ask,
    loading::{BUSY_PLANT, Chance, Loading, check, compare},
    process::Home,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_with_a_torn_end_keeps_all_that_was_acknowledged_before_the_tear() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::make(folder.path(), BUSY_PLANT);
    let server = home.start(&[]);
    let wal = home.folder.join("twinlight.db-wal");
    let load = Loading::start(&home, "torn", DISORDERLY);
    load.goes_on(100).await;
    // In this order: what is in the ledger now is in the file, or in the log as long as it is a moment later.
    let before = std::fs::read(&load.ledger).unwrap();
    let length = std::fs::metadata(&wal).unwrap().len();
    load.goes_on(100).await;
    server.kill();
    let whole = std::fs::read(&wal).unwrap();
    let store = std::fs::read(&home.store).unwrap();
    let mut chance = Chance(seed());
    let room = (whole.len() as u64).saturating_sub(length).max(1);
    for round in 0..6 {
        let own = folder.path().join(format!("torn-{round}"));
        std::fs::create_dir(&own).unwrap();
        let torn = home.beside(own.join("twinlight.db"));
        let mut log = whole.clone();
        let place = (length + chance.below(room)).min(log.len() as u64) as usize;
        if round % 2 == 0 {
            log.truncate(place);
        } else {
            let end = log.len().min(place + 1 + chance.below(4096) as usize);
            log[place..end].iter_mut().for_each(|byte| *byte = !*byte);
        }
        std::fs::write(&torn.store, &store).unwrap();
        std::fs::write(own.join("twinlight.db-wal"), &log).unwrap();
        let ledger = own.join("ledger");
        std::fs::write(&ledger, &before).unwrap();
        let _server = torn.start(&[]);
        check(&compare(&torn, ledger, None).await);
        let reading = r#"[{"asset":"cell-1","signal":"voltage","t":5,"v":3.5}]"#;
        let answer = ask(torn.http, "POST", "/api/v1/telemetry", &[], reading).await;
        assert_eq!(answer.status, 200, "it takes more in: {}", answer.body);
    }
    let (_, running) = (load, home.start(&[]));
    drop(running);
}
