//! The real binary, killed in the middle of its work, and watched while it works.

use std::{collections::BTreeSet, process::Command};

use crate::{
    mqtt::Raw,
    support::{PATIENCE, PLANT, START, kept, process::Process},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_acknowledged_is_lost_when_the_server_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("plant.toml"), PLANT).unwrap();
    let mut acknowledged: Vec<i64> = Vec::new();
    for round in 0..3 {
        let server = Process::start(folder.path(), &[]);
        let (Raw { mut read, mut write }, _) = Raw::connect(server.mqtt, "gateway", 1).await;
        let first = round * 100_000;
        // Publishes without a pause until the server is gone.
        let publishing = tokio::spawn(async move {
            for id in 1..=u16::MAX {
                let n = first + i64::from(id);
                let payload = format!(r#"{{"t":{},"v":{}}}"#, START + n, n as f64 / 1e6);
                if write.publish(1, id, "twinlight/v1/cell-1/voltage", &payload).await.is_err() {
                    return i64::from(id) - 1;
                }
            }
            i64::from(u16::MAX)
        });
        let before = acknowledged.len();
        let mut server = Some(server);
        // What was acknowledged before the end is still read after it.
        while let Some(packet) = read.packet().await {
            assert_eq!(packet[..2], [0x40, 2]);
            acknowledged.push(first + i64::from(u16::from_be_bytes([packet[2], packet[3]])));
            if acknowledged.len() == before + 1000 {
                server.take().unwrap().kill();
            }
        }
        assert!(server.is_none(), "it was killed, and did not hang up before");
        let published = publishing.await.unwrap();
        let heard = (acknowledged.len() - before) as i64;
        println!("round {round}: {published} published, {heard} acknowledged");
        assert!(published > heard, "it was killed in the middle of its work");
    }
    let server = Process::start(folder.path(), &[]);
    let there: BTreeSet<i64> = kept(server.http).await.iter().map(|(_, value)| (value * 1e6).round() as i64).collect();
    let lost: Vec<&i64> = acknowledged.iter().filter(|n| !there.contains(n)).collect();
    println!("{} acknowledged, {} kept, {} lost", acknowledged.len(), there.len(), lost.len());
    assert!(lost.is_empty(), "{lost:?}");
    server.kill();
}

#[tokio::test]
async fn a_server_whose_terminal_is_gone_still_stops_when_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("plant.toml"), PLANT).unwrap();
    let mut server = Process::start(folder.path(), &[]);
    assert!(Command::new("kill").arg(server.child.id().to_string()).status().unwrap().success());
    let ended = tokio::task::spawn_blocking(move || server.child.wait().unwrap());
    let status = tokio::time::timeout(PATIENCE, ended).await.expect("it ends").unwrap();
    assert!(status.success(), "{status}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_disk_has_a_message_before_its_sender_hears_so() {
    if Command::new("strace").arg("-V").output().is_err() {
        println!("skipped: there is no strace here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("plant.toml"), PLANT).unwrap();
    let trace = folder.path().join("trace");
    let output = trace.to_str().unwrap();
    let calls = "trace=read,recvfrom,recvmsg,write,sendto,sendmsg,writev,fsync,fdatasync";
    // -D: the server is our own child, and ends when we end it.
    let server = Process::start(folder.path(), &["strace", "-D", "-f", "-s", "256", "-o", output, "-e", calls]);
    let (mut raw, _) = Raw::connect(server.mqtt, "gateway", 1).await;
    for id in 1..=5u16 {
        raw.publish(1, 0x4100 + id, "twinlight/v1/cell-1/voltage", &format!("3.12{id}")).await;
        assert_eq!(raw.packet().await.unwrap()[2..], (0x4100 + id).to_be_bytes());
    }
    server.kill();
    let trace = std::fs::read_to_string(&trace).unwrap();
    let lines: Vec<&str> = trace.lines().collect();
    for id in 1..=5 {
        let place = |what: &str, is_it: &dyn Fn(&str) -> bool, from: usize| {
            let found = lines[from..].iter().position(|line| is_it(line)).map(|place| from + place);
            found.unwrap_or_else(|| panic!("no {what} of message {id} in\n{trace}"))
        };
        let payload = format!("3.12{id}");
        let read = place("PUBLISH", &|line| line.contains("recv") && line.contains(&payload), 0);
        let synced = place("fdatasync", &|line| line.contains("sync") && line.ends_with("= 0"), read);
        let acknowledgement = format!("\"@\\2A\\{id}\"");
        place("PUBACK after the fdatasync", &|line| line.contains("send") && line.contains(&acknowledgement), synced);
        let early = lines[..synced].iter().any(|line| line.contains(&acknowledgement));
        assert!(!early, "message {id} was acknowledged before the fdatasync");
    }
}
