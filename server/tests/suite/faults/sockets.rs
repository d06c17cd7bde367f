//! Connections that stand there: half open, half sent, never read.

use std::time::{Duration, Instant};

use tokio::{io::AsyncWriteExt, net::TcpStream};

use super::DISORDERLY;
use crate::support::{
    PATIENCE, Socket,
    loading::{BUSY_PLANT, Loading, check, compare},
    process::{Home, Process},
};

/// What is sent, and by which door; then nothing more.
const STALLED: [(&str, &[u8]); 6] = [
    ("mqtt", b""),
    ("mqtt", b"\x10\x20\0\x04MQ"),
    ("http", b""),
    ("http", b"POST /api/v1/telemetry HTTP/1.1\r\nHost: 127.0."),
    ("http", b"POST /api/v1/telemetry HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n[{"),
    ("http", b"GET /api/v1/samples?asset=transformer-1&limit=10000 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
];
const OF_EACH: usize = 20;

/// How many sockets and how many other files `server` has open.
fn open_files(server: &Process) -> (usize, usize) {
    let all = std::fs::read_dir(format!("/proc/{}/fd", server.child.id())).unwrap();
    let kinds = all.filter_map(|one| std::fs::read_link(one.ok()?.path()).ok());
    let (sockets, others): (Vec<_>, Vec<_>) = kinds.partition(|kind| kind.to_string_lossy().starts_with("socket:"));
    (sockets.len(), others.len())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_that_stall_keep_nobody_waiting_and_leave_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::make(folder.path(), BUSY_PLANT);
    let server = home.start(&[]);
    let (sockets, _) = open_files(&server);
    let load = Loading::start(&home, "stalled", DISORDERLY);
    load.goes_on(20).await;
    // Its connections to the store open their logs with what they do first.
    let (_, others) = open_files(&server);
    assert!(sockets > 0 && others > 0);
    let mut stalled = Vec::new();
    let mut viewers = Vec::new();
    for (door, bytes) in STALLED {
        for n in 0..OF_EACH {
            let address = if door == "mqtt" { home.mqtt } else { home.http };
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(bytes).await.unwrap();
            if n % 2 == 0 {
                // Half open: this side is done, and reads no more.
                let _ = stream.shutdown().await;
            }
            stalled.push(stream);
        }
    }
    for _ in 0..OF_EACH {
        // Subscribed, and nothing is ever read.
        let mut socket = Socket::open(home.http).await;
        socket.subscribe("transformer-1", None).await;
        viewers.push(socket);
    }
    load.goes_on(200).await;
    let (report, ledger, seen) = load.stop().await;
    check(&compare(&home, ledger, seen).await);
    assert_eq!((report.reconnects, report.unacknowledged), (0, 0), "{report}");
    drop((stalled, viewers));
    let deadline = Instant::now() + PATIENCE;
    loop {
        let now = open_files(&server);
        // Two readers of the store are opened when they are wanted, with two files each: its own and its log.
        if now.0 <= sockets && now.1 <= others + 4 {
            break;
        }
        assert!(Instant::now() < deadline, "sockets and other files: {now:?} are open, {sockets} and {others} were");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
