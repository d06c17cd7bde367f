//! Viewers that are many, slow, or come back to a store that has lost something.

use serde_json::{Value, json};
use wire::{ClientFrame, ServerFrame};

use crate::{
    stream::{checkpoint, values},
    support::{START, Socket, TestServer},
};

/// A voltage at so many milliseconds after `START`: many fit before the minute that a reading may be ahead.
fn at_millis(n: i64, value: f64) -> Value {
    json!({ "asset": "cell-1", "signal": "voltage", "t": START + n * 1_000, "v": value })
}

#[tokio::test]
async fn a_viewer_that_stops_reading_slows_no_other_and_is_told_where_things_stand_when_it_reads_again() {
    let server = TestServer::start().await;
    let (mut stuck, mut quick) = (Socket::open(server.http).await, Socket::open(server.http).await);
    for socket in [&mut stuck, &mut quick] {
        socket.subscribe("cell-1", None).await;
        socket.until(checkpoint).await;
    }
    let mut last = 0;
    for round in 0..20i64 {
        let readings: Vec<Value> = (1..=500).map(|n| at_millis(round * 500 + n, 3.0 + n as f64 / 1_000.0)).collect();
        server.post(&json!(readings)).await;
        while last < (round as u64 + 1) * 500 {
            let batch =
                quick.until(|frame| if let ServerFrame::Samples(batch) = frame { Some(batch) } else { None }).await;
            assert_eq!(batch.first_seq, last + 1, "without a hole");
            last = batch.last_seq();
            quick.send(&ClientFrame::Acknowledge { frames: quick.received }).await;
        }
    }
    let mut seq = 0;
    while seq < last {
        let frame = stuck.next().await.unwrap();
        stuck.send(&ClientFrame::Acknowledge { frames: stuck.received }).await;
        match frame {
            ServerFrame::Samples(batch) => {
                assert_eq!(batch.first_seq, seq + 1);
                seq = batch.last_seq();
            }
            ServerFrame::Coalesced { from_seq, to_seq, .. } => {
                assert_eq!(from_seq, seq + 1);
                seq = to_seq;
            }
            ServerFrame::Snapshot { seq: at, .. } => seq = at,
            _ => {}
        }
    }
    assert_eq!(seq, last);
    server.stop().await;
}

#[tokio::test]
async fn five_hundred_viewers_come_back_at_once_and_each_goes_on_where_it_was() {
    let server = TestServer::start().await;
    server.post(&json!((1..=100).map(|n| at_millis(n, 4.0 - n as f64 / 1_000.0)).collect::<Vec<_>>())).await;
    server.followed("cell-1", 100).await;
    let begun = std::time::Instant::now();
    let come = async |n: u64| {
        let mut socket = Socket::open(server.http).await;
        let after = (!n.is_multiple_of(3)).then_some(40 + n % 50);
        socket.subscribe("cell-1", after).await;
        let first = socket
            .until(|frame| match frame {
                ServerFrame::Samples(batch) => Some((batch.first_seq, batch.last_seq())),
                ServerFrame::Snapshot { seq, .. } => Some((0, seq)),
                _ => None,
            })
            .await;
        assert_eq!(first, (after.map_or(0, |after| after + 1), 100));
        assert_eq!(socket.until(checkpoint).await.0, 100);
        socket
    };
    let mut sockets = futures::future::join_all((0..500).map(come)).await;
    println!("500 viewers were back after {:?}", begun.elapsed());
    server.post(&json!([at_millis(200, 3.5)])).await;
    for socket in &mut sockets {
        assert_eq!(socket.until(values).await, [3.5]);
    }
    drop(sockets);
    server.stop().await;
}

/// Has the store in `folder` lose the run of samples that begins with entry `first`, as a repair may.
fn lose(folder: &std::path::Path, first: i64) {
    let store = rusqlite::Connection::open(folder.join("data/twinlight.db")).unwrap();
    assert_eq!(store.execute("DELETE FROM block WHERE first_seq = ?1", [first]).unwrap(), 1);
    store.execute("DELETE FROM checkpoint", []).unwrap();
}

#[tokio::test]
async fn who_was_away_at_a_hole_of_the_store_gets_a_snapshot_and_whoever_was_after_it_goes_on() {
    let server = TestServer::start().await;
    for run in [1..=30, 31..=60, 61..=100] {
        server.post(&json!(run.map(|n| at_millis(n, 4.0 - n as f64 / 1_000.0)).collect::<Vec<_>>())).await;
    }
    let folder = server.stop().await;
    lose(folder.path(), 31);
    let server = TestServer::start_in(folder).await;
    // The server's twin comes over the hole by itself.
    loop {
        let mut socket = Socket::open(server.http).await;
        socket.subscribe("cell-1", None).await;
        if socket.until(checkpoint).await.0 == 100 {
            break;
        }
    }
    for (after, is_resumed) in [(10, false), (30, false), (45, false), (60, true), (70, true), (100, true)] {
        let mut socket = Socket::open(server.http).await;
        socket.subscribe("cell-1", Some(after)).await;
        let mut seq = after;
        let mut snapshots = 0;
        let state = loop {
            match socket.next().await.unwrap() {
                ServerFrame::Samples(batch) => {
                    assert_eq!(batch.first_seq, seq + 1, "after {after}");
                    seq = batch.last_seq();
                }
                ServerFrame::Snapshot { seq: at, .. } => (seq, snapshots) = (at, snapshots + 1),
                ServerFrame::Checkpoint { seq, .. } => break seq,
                _ => {}
            }
        };
        assert_eq!((seq, snapshots, state), (100, u32::from(!is_resumed), 100), "after {after}");
    }
    server.stop().await;
}
