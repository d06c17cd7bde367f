//! A disk that is full, and has room again.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use serde_json::json;

use super::DISORDERLY;
use crate::{
    mqtt::Raw,
    support::{
        ask,
        loading::{BUSY_PLANT, Loading, check, compare, not_run},
        process::Home,
    },
};

/// A file system that is mounted as long as this lives.
pub struct Mounted(pub PathBuf);

impl Mounted {
    pub fn new(place: &Path, words: &[&str]) -> Result<Mounted, String> {
        std::fs::create_dir_all(place).unwrap();
        let done = Command::new("mount").args(words).arg(place).output().map_err(|error| error.to_string())?;
        if !done.status.success() {
            return Err(format!("mount: {}", String::from_utf8_lossy(&done.stderr).trim()));
        }
        Ok(Mounted(place.to_path_buf()))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Whoever had it open may need a moment to be gone.
        for _ in 0..50 {
            let done = Command::new("umount").arg(&self.0).output();
            if done.is_ok_and(|done| done.status.success()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_holds_senders_back_until_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let mut home = Home::make(folder.path(), BUSY_PLANT);
    let disk = match Mounted::new(&folder.path().join("disk"), &["-t", "tmpfs", "-o", "size=16m", "tmpfs"]) {
        Ok(disk) => disk,
        Err(why) => return not_run("a full disk", &why),
    };
    home.store = disk.0.join("twinlight.db");
    let ballast = disk.0.join("ballast");
    std::fs::write(&ballast, vec![0; 12 << 20]).unwrap();
    let mut server = home.start(&[]);
    let load = Loading::start(&home, "full", &DISORDERLY.replace("--rate 8000", "--rate 20000"));
    // One asset is the test's own: its readings cost nothing but a commit.
    let mut n = 0;
    let mut post = async || {
        n += 1;
        let reading = json!([{ "asset": "cell-1", "signal": "voltage", "t": 1_000_000 * n, "v": 3.5 }]);
        ask(home.http, "POST", "/api/v1/telemetry", &[], &reading.to_string()).await
    };
    let full = loop {
        let answer = post().await;
        if answer.status != 200 {
            break answer;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(full.status, 503, "{}", full.body);
    assert!(full.head.contains("retry-after:"), "{}", full.head);
    // The very last bytes may still take something small, and tidying up may free a few: what matters is that nothing is
    // acknowledged in vain.
    let (mut raw, _) = Raw::connect(home.mqtt, "late", 1).await;
    let mut acknowledged = 0;
    loop {
        let many: Vec<_> = (0..500).map(|n| json!({ "t": 500 * acknowledged + n, "v": 3.5 })).collect();
        raw.publish(1, 1, "twinlight/v1/cell-1/voltage", &json!(many).to_string()).await;
        match raw.packet().await {
            None => break,
            Some(packet) => assert_eq!(packet, [64, 2, 0, 1]),
        }
        acknowledged += 1;
        assert!(acknowledged < 100, "a full disk takes no end of it");
    }
    let kept = ask(home.http, "GET", "/api/v1/samples?asset=cell-1&limit=10000", &[], "").await;
    assert_eq!(kept.status, 200, "reads go on: {}", kept.body);
    let kept = kept.body.matches("\"v\":3.5").count();
    assert!(
        kept as i64 >= 500 * acknowledged,
        "{kept} are kept of {acknowledged} messages of 500 that were acknowledged"
    );
    let samples = ask(home.http, "GET", "/api/v1/samples?asset=transformer-1&limit=100", &[], "").await;
    assert_eq!(samples.status, 200, "reads go on: {}", samples.body);
    assert!(home.log().contains("full"), "it says so: {}", home.log());

    std::fs::remove_file(&ballast).unwrap();
    let deadline = std::time::Instant::now() + crate::support::PATIENCE;
    while post().await.status != 200 {
        assert!(std::time::Instant::now() < deadline, "there is room again: {}", home.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    load.goes_on(20).await;
    assert!(server.is_running(), "without a restart");
    let (report, ledger, seen) = load.stop().await;
    assert!(report.busy > 0, "publishers were held back: {report}");
    check(&compare(&home, ledger, seen).await);
    drop(server);
}
