//! The live feed over `/ws`.

use std::time::Duration;

use serde_json::{Value, json};
use wire::{ClientFrame, ServerFrame, What};

use crate::support::{START, Socket, TestServer, ask, voltage};

/// The values of the samples of a batch.
pub fn values(frame: ServerFrame) -> Option<Vec<f64>> {
    let ServerFrame::Samples(batch) = frame else { return None };
    let value = |entry: wire::Entry| match entry.what {
        What::Sample { value, .. } => value,
        What::Event { .. } => f64::NAN,
    };
    Some(batch.entries.into_iter().map(value).collect())
}

#[tokio::test]
async fn a_subscriber_hears_where_things_stand_and_then_what_happens() {
    let server = TestServer::start().await;
    server.post(&json!([voltage(1, 4.1)])).await;
    let mut socket = Socket::open(server.http).await;
    assert!(matches!(socket.next().await, Some(ServerFrame::Hello { .. })));
    socket.subscribe("cell-1", None).await;
    match socket.next().await.unwrap() {
        ServerFrame::Snapshot { seq, latest, .. } => {
            assert_eq!(seq, 1);
            assert_eq!(latest.iter().map(|latest| latest.value).collect::<Vec<_>>(), [4.1]);
        }
        other => panic!("{other:?}"),
    }
    let ServerFrame::Checkpoint { seq, bytes, hash, .. } = socket.next().await.unwrap() else { panic!() };
    assert_eq!(seq, 1);
    let text = std::fs::read_to_string(crate::support::repository().join("server/models/li-ion-cell.toml")).unwrap();
    let model = std::sync::Arc::new(twin::Model::parse(&text).unwrap());
    assert_eq!(twin::Twin::restore(model, &bytes).unwrap().hash(), hash);
    server.post(&json!([voltage(2, 4.0), voltage(3, 3.9)])).await;
    assert_eq!(socket.until(values).await, [4.0, 3.9]);
    server.stop().await;
}

#[tokio::test]
async fn a_twin_that_follows_the_stream_comes_to_the_server_s_next_hash() {
    let server = TestServer::start().await;
    server.post(&json!([voltage(1, 4.1)])).await;
    let mut socket = Socket::open(server.http).await;
    socket.subscribe("cell-1", None).await;
    let text = std::fs::read_to_string(crate::support::repository().join("server/models/li-ion-cell.toml")).unwrap();
    let model = std::sync::Arc::new(twin::Model::parse(&text).unwrap());
    let start = socket.until(checkpoint).await;
    let mut twin = twin::Twin::restore(model.clone(), &start.1).unwrap();
    let readings: Vec<Value> = (2..40).map(|n| voltage(n, 4.1 - n as f64 / 100.0)).collect();
    server.post(&json!(readings)).await;
    let batch = socket.until(|frame| if let ServerFrame::Samples(batch) = frame { Some(batch) } else { None }).await;
    let told: Vec<twin::Entry> = batch.entries.iter().filter_map(|entry| entry.observed(&model)).collect();
    twin.observe(&told);
    // Its own twin follows beside the stream: a checkpoint may be from before these samples.
    let followed = async {
        loop {
            let mut other = Socket::open(server.http).await;
            other.subscribe("cell-1", None).await;
            let (seq, _, hash) = other.until(checkpoint).await;
            if seq == batch.last_seq() {
                return hash;
            }
        }
    };
    let hash = tokio::time::timeout(Duration::from_secs(20), followed).await.expect("the server's twin follows");
    assert_eq!(hash, twin.hash());
    server.stop().await;
}

pub fn checkpoint(frame: ServerFrame) -> Option<(u64, Vec<u8>, twin::twin::StateHash)> {
    match frame {
        ServerFrame::Checkpoint { seq, bytes, hash, .. } => Some((seq, bytes, hash)),
        _ => None,
    }
}

#[tokio::test]
async fn a_client_goes_on_where_it_was_also_after_the_server_was_restarted() {
    let server = TestServer::start().await;
    let readings: Vec<Value> = (1..10).map(|n| voltage(n, 4.0 - n as f64 / 10.0)).collect();
    server.post(&json!(readings)).await;
    for restarted in [false, true] {
        if restarted {
            let server = TestServer::start_in(server.stop().await).await;
            check_resume(&server).await;
            server.stop().await;
            return;
        }
        check_resume(&server).await;
    }
}

async fn check_resume(server: &TestServer) {
    let mut socket = Socket::open(server.http).await;
    socket.subscribe("cell-1", Some(6)).await;
    let resumed = socket
        .until(|frame| match frame {
            ServerFrame::Samples(batch) => Some((batch.first_seq, batch.last_seq())),
            ServerFrame::Snapshot { .. } | ServerFrame::Checkpoint { .. } => panic!("resumed, not begun again"),
            _ => None,
        })
        .await;
    assert_eq!(resumed, (7, 9));
}

#[tokio::test]
async fn a_client_that_knows_more_than_the_server_begins_again() {
    let server = TestServer::start().await;
    let mut socket = Socket::open(server.http).await;
    socket.subscribe("cell-1", Some(1_000)).await;
    socket.until(|frame| matches!(frame, ServerFrame::Snapshot { seq: 0, .. }).then_some(())).await;
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_acknowledges_nothing_gets_64_frames_and_then_what_stands_for_the_rest() {
    let server = TestServer::start().await;
    let mut socket = Socket::open(server.http).await;
    socket.subscribe("cell-1", None).await;
    socket.until(checkpoint).await;
    let warm = async |n: i64| {
        let t = START + n;
        let reading = json!([{ "asset": "cell-1", "signal": "temperature", "t": t, "v": 10.0 + n as f64 / 4.0 }]);
        assert_eq!(server.post(&reading).await["accepted"], 1);
    };
    let mut n = 0;
    while socket.received < 64 {
        n += 1;
        warm(n).await;
        assert_eq!(socket.until(values).await, [10.0 + n as f64 / 4.0]);
    }
    let last = n + 30;
    for n in n + 1..=last {
        warm(n).await;
    }
    // Measured before all others, come last of all.
    warm(0).await;
    let events = json!([{ "asset": "cell-1", "id": "e1", "t": START, "kind": "charged" }]);
    let answer = ask(server.http, "POST", "/api/v1/events", &[], &events.to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    // Refusals are sent in any case; after many of them, what was published before has been looked at.
    for _ in 0..100 {
        socket.subscribe("pump-7", None).await;
        let refused = socket.next().await;
        assert!(matches!(refused, Some(ServerFrame::Refused { .. })), "nothing else is sent: {refused:?}");
    }
    server.followed("cell-1", last as u64 + 2).await;
    socket.send(&ClientFrame::Acknowledge { frames: socket.received }).await;
    let ServerFrame::Coalesced { from_seq, to_seq, signals, events, .. } = socket.next().await.unwrap() else {
        panic!()
    };
    assert_eq!((from_seq, to_seq), (n as u64 + 1, last as u64 + 2));
    assert_eq!(events.iter().map(|event| (event.seq, event.id.as_str())).collect::<Vec<_>>(), [(to_seq, "e1")]);
    let [merged] = signals[..] else { panic!("{signals:?}") };
    let value = |n: i64| 10.0 + n as f64 / 4.0;
    assert_eq!((merged.newest.value, merged.min, merged.max), (value(last), value(0), value(last)));
    assert_eq!(merged.count, 31);
    let (seq, ..) = socket.until(checkpoint).await;
    assert_eq!(seq, to_seq);
    warm(last + 1).await;
    assert_eq!(socket.until(values).await, [value(last + 1)]);
    server.stop().await;
}

#[tokio::test]
async fn an_asset_that_is_asked_for_again_and_again_is_answered_once_a_window() {
    let server = TestServer::start().await;
    server.post(&json!([voltage(1, 4.1)])).await;
    let mut socket = Socket::open(server.http).await;
    let asset = twin::id::AssetId::parse("cell-1").unwrap();
    let often = vec![wire::frame::Subscription { asset, after: None }; 1_000];
    for _ in 0..3 {
        socket.send(&ClientFrame::Subscribe { assets: often.clone(), store_id: None }).await;
    }
    socket.until(checkpoint).await;
    // What is refused comes after all that was asked for before it.
    socket.subscribe("pump-7", None).await;
    let refused = socket.next().await;
    assert!(matches!(refused, Some(ServerFrame::Refused { .. })), "answered once: {refused:?}");
    socket.send(&ClientFrame::Acknowledge { frames: socket.received }).await;
    assert!(matches!(socket.next().await, Some(ServerFrame::Snapshot { seq: 1, .. })));
    socket.until(checkpoint).await;
    server.post(&json!([voltage(2, 4.0)])).await;
    assert_eq!(socket.until(values).await, [4.0]);
    server.stop().await;
}

#[tokio::test]
async fn a_goodbye_is_answered() {
    let server = TestServer::start().await;
    let mut socket = Socket::open(server.http).await;
    socket.next().await.expect("a hello");
    assert!(socket.leave().await, "the closing handshake is finished");
    server.stop().await;
}

#[tokio::test]
async fn what_is_no_frame_is_refused_and_ends_the_stream() {
    let server = TestServer::start().await;
    for bytes in [vec![], vec![99, 0], vec![wire::VERSION, 200, 200], b"subscribe".to_vec()] {
        let mut socket = Socket::open(server.http).await;
        socket.send_bytes(bytes).await;
        socket.until(|frame| matches!(frame, ServerFrame::Refused { .. }).then_some(())).await;
        assert_eq!(socket.next().await, None);
    }
    server.stop().await;
}

#[tokio::test]
async fn a_page_of_an_older_release_is_told_in_bytes_that_it_knows_for_another_version() {
    let server = TestServer::start().await;
    let mut socket = Socket::open(server.http).await;
    let old = include_bytes!("../../../app/wire/tests/golden/v1/client_subscribe.bin");
    socket.send_bytes(old.to_vec()).await;
    // The first byte of every frame is its version, in every release.
    assert_eq!(socket.next_bytes().await.unwrap()[0], wire::VERSION);
    let reason =
        socket.until(|frame| if let ServerFrame::Refused { reason } = frame { Some(reason) } else { None }).await;
    assert_eq!(reason, format!("frames of version 1, this side speaks {}", wire::VERSION));
    assert_eq!(socket.next().await, None);
    server.stop().await;
}

#[tokio::test]
async fn seqs_of_another_store_are_not_gone_on_from() {
    let server = TestServer::start().await;
    let readings: Vec<Value> = (1..10).map(|n| voltage(n, 4.0 - n as f64 / 10.0)).collect();
    server.post(&json!(readings)).await;
    let mut socket = Socket::open(server.http).await;
    let Some(ServerFrame::Hello { store_id, .. }) = socket.next().await else { panic!() };
    let other = wire::StoreId(store_id.0.map(|byte| !byte));
    let asset = twin::id::AssetId::parse("cell-1").unwrap();
    for (named, is_resumed) in [(other, false), (store_id, true)] {
        let assets = vec![wire::frame::Subscription { asset: asset.clone(), after: Some(6) }];
        socket.send(&ClientFrame::Subscribe { assets, store_id: Some(named) }).await;
        let answer = socket
            .until(|frame| match frame {
                ServerFrame::Snapshot { seq, .. } => Some((false, seq)),
                ServerFrame::Samples(batch) => Some((true, batch.last_seq())),
                _ => None,
            })
            .await;
        assert_eq!(answer, (is_resumed, 9));
        socket.until(checkpoint).await;
        socket.send(&ClientFrame::Acknowledge { frames: socket.received }).await;
    }
    let folder = server.stop().await;
    let server = TestServer::start_in(folder).await;
    let mut socket = Socket::open(server.http).await;
    let Some(ServerFrame::Hello { store_id: again, .. }) = socket.next().await else { panic!() };
    assert_eq!(again, store_id, "a store keeps its number");
    server.stop().await;
}

#[tokio::test]
async fn an_asset_that_is_not_there_is_refused_and_the_stream_goes_on() {
    let server = TestServer::start().await;
    let mut socket = Socket::open(server.http).await;
    socket.subscribe("pump-7", None).await;
    socket.until(|frame| matches!(frame, ServerFrame::Refused { .. }).then_some(())).await;
    socket.subscribe("cell-1", None).await;
    socket.until(|frame| matches!(frame, ServerFrame::Snapshot { .. }).then_some(())).await;
    server.stop().await;
}
