//! What one client may take of the MQTT door, over real sockets, with a store whose commits can be held up.

use std::{net::SocketAddr, time::Duration};

use services::ingest::mqtt::Limits;
use tokio::{
    io::AsyncReadExt,
    net::{TcpSocket, TcpStream},
};

use super::{Raw, TOPIC, endpoint::Endpoint, reading};
use crate::support::{PATIENCE, TestServer};

/// Dials from an address of the loopback of its own.
async fn dial_from(host: u8, address: SocketAddr) -> Raw {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from(([127, 0, 0, host], 0))).unwrap();
    Raw::over(socket.connect(address).await.unwrap())
}

/// CONNECT of 3.1.1 or 5, clean, with a keep-alive.
async fn hello(raw: &mut Raw, version: u8, id: &str, keep_alive_secs: u16) -> Vec<u8> {
    let mut body = [b"\0\x04MQTT", [version, 2].as_slice(), &keep_alive_secs.to_be_bytes()].concat();
    if version == 5 {
        body.push(0);
    }
    body.extend([0, id.len() as u8]);
    body.extend(id.as_bytes());
    raw.send(0x10, &body).await;
    let connack = raw.packet().await.expect("a CONNACK");
    assert_eq!((connack[0], connack[3]), (0x20, 0), "{connack:?}");
    connack
}

async fn is_there(raw: &mut Raw) {
    raw.send(0xc0, &[]).await;
    assert_eq!(raw.packet().await.as_deref(), Some([0xd0, 0].as_slice()));
}

#[tokio::test]
async fn idle_connections_without_keep_alive_shut_nobody_out() {
    let limits = Limits { connections: 12, connections_per_address: 8, ..Limits::default() };
    let endpoint = Endpoint::start(limits).await;
    let mut idle = Vec::new();
    // One address fills its share and more; another fills the rest.
    for number in 0..14u8 {
        let mut raw = dial_from(if number < 10 { 2 } else { 3 }, endpoint.address).await;
        hello(&mut raw, 4 + number % 2, &format!("idle-{number}"), 0).await;
        idle.push(raw);
    }
    let mut newcomer = dial_from(4, endpoint.address).await;
    hello(&mut newcomer, 4, "newcomer", 60).await;
    newcomer.publish(1, 1, TOPIC, &reading(1, 3.5)).await;
    assert_eq!(newcomer.packet().await.unwrap(), [0x40, 2, 0, 1]);
    // Two too many of the first address, and one for the newcomer; version 5 hears why.
    for (number, raw) in (0..).zip(&mut idle) {
        match number {
            0 | 2 => assert_eq!(raw.packet().await, None, "{number}"),
            1 => assert_eq!(raw.packet().await.unwrap(), [0xe0, 1, 0x97], "{number}"),
            _ => is_there(raw).await,
        }
    }
    endpoint.stop().await;
}

#[tokio::test]
async fn who_only_sits_there_is_hung_up_on_and_who_published_may_be_silent() {
    let endpoint = Endpoint::start(Limits { silence: Duration::from_secs(1), ..Limits::default() }).await;
    let [mut idle, mut gateway, mut five, mut lazy] = [
        Raw::dial(endpoint.address).await,
        Raw::dial(endpoint.address).await,
        Raw::dial(endpoint.address).await,
        Raw::dial(endpoint.address).await,
    ];
    hello(&mut idle, 4, "idle", 0).await;
    hello(&mut gateway, 4, "gateway", 0).await;
    gateway.publish(1, 1, TOPIC, &reading(1, 3.5)).await;
    assert_eq!(gateway.packet().await.unwrap(), [0x40, 2, 0, 1]);
    let connack = hello(&mut five, 5, "five", 0).await;
    assert!(connack.windows(3).any(|bytes| bytes == [0x13, 0, 1]), "Server Keep Alive is 1: {connack:?}");
    hello(&mut lazy, 4, "lazy", u16::MAX).await;
    assert_eq!(idle.packet().await, None);
    assert_eq!(five.packet().await.unwrap(), [0xe0, 1, 0x8d], "keep-alive timeout");
    assert_eq!(lazy.packet().await, None);
    is_there(&mut gateway).await;
    endpoint.stop().await;
}

#[tokio::test]
async fn a_client_with_much_in_flight_is_not_listened_to_until_it_is_kept() {
    let endpoint = Endpoint::start(Limits { in_flight_bytes: 100_000, ..Limits::default() }).await;
    let (mut raw, _) = Raw::connect(endpoint.address, "bulk", 1).await;
    endpoint.gate.shut();
    let padded = |secs| format!("{:60000}", reading(secs, 3.5));
    raw.publish(1, 1, TOPIC, &padded(1)).await;
    is_there(&mut raw).await;
    raw.publish(1, 2, TOPIC, &padded(2)).await;
    raw.publish(1, 3, TOPIC, &padded(3)).await;
    raw.send(0xc0, &[]).await;
    let early = tokio::time::timeout(Duration::from_millis(300), raw.packet()).await;
    assert!(early.is_err(), "{early:?}");
    endpoint.gate.open();
    assert_eq!(raw.packet().await.unwrap(), [0x40, 2, 0, 1]);
    let mut rest = [raw.packet().await.unwrap(), raw.packet().await.unwrap(), raw.packet().await.unwrap()];
    rest.sort_unstable();
    assert_eq!(rest, [vec![0x40, 2, 0, 2], vec![0x40, 2, 0, 3], vec![0xd0, 0]]);
    endpoint.stop().await;
}

#[tokio::test]
async fn a_release_waits_for_the_commit_of_its_message() {
    let endpoint = Endpoint::start(Limits::default()).await;
    let (mut raw, _) = Raw::connect(endpoint.address, "gateway", 1).await;
    endpoint.gate.shut();
    raw.publish(2, 5, TOPIC, &reading(1, 3.5)).await;
    raw.send(0x62, &[0, 5]).await;
    // Answered out of the order of commits: what came before it has been read by now.
    is_there(&mut raw).await;
    endpoint.gate.open();
    assert_eq!(raw.packet().await.unwrap(), [0x50, 2, 0, 5]);
    assert_eq!(raw.packet().await.unwrap(), [0x70, 2, 0, 5]);
    raw.publish(2, 5, TOPIC, &reading(2, 3.5)).await;
    assert_eq!(raw.packet().await.unwrap(), [0x50, 2, 0, 5], "the id is free again");
    assert_eq!(endpoint.kept().await, 2);
    endpoint.stop().await;
}

#[tokio::test]
async fn messages_that_are_never_released_are_bounded() {
    let endpoint = Endpoint::start(Limits { unreleased: 3, ..Limits::default() }).await;
    let mut raw = Raw::dial(endpoint.address).await;
    hello(&mut raw, 5, "hoarder", 60).await;
    for id in 1..=3 {
        raw.send(0x34, &publication(id)).await;
        assert_eq!(raw.packet().await.unwrap(), [0x50, 2, 0, id as u8]);
    }
    raw.send(0x34, &publication(4)).await;
    assert_eq!(raw.packet().await.unwrap(), [0xe0, 1, 0x97]);
    assert_eq!(raw.packet().await, None);
    assert_eq!(endpoint.kept().await, 3);
    endpoint.stop().await;
}

/// The body of a QoS 2 PUBLISH of version 5.
fn publication(id: u16) -> Vec<u8> {
    let topic = (TOPIC.len() as u16).to_be_bytes();
    [&topic, TOPIC.as_bytes(), &id.to_be_bytes(), &[0], reading(id.into(), 3.5).as_bytes()].concat()
}

#[tokio::test]
async fn nameless_clients_are_of_one_origin() {
    let endpoint = Endpoint::start(Limits::default()).await;
    for number in 1..=5 {
        let (mut raw, _) = Raw::connect(endpoint.address, "", 1).await;
        raw.publish(1, 1, TOPIC, &reading(number, 3.5)).await;
        assert_eq!(raw.packet().await.unwrap(), [0x40, 2, 0, 1]);
    }
    let (mut raw, _) = Raw::connect(endpoint.address, "gateway", 1).await;
    raw.publish(1, 1, TOPIC, &reading(9, 3.5)).await;
    assert_eq!(raw.packet().await.unwrap(), [0x40, 2, 0, 1]);
    let folder = endpoint.stop().await;
    let store = rusqlite::Connection::open(folder.path().join("twinlight.db")).unwrap();
    let mut clients = store.prepare("SELECT client FROM origin ORDER BY client").unwrap();
    let clients: Vec<String> = clients.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert_eq!(clients, ["anonymous", "gateway"]);
}

#[tokio::test]
async fn an_unfinished_packet_is_not_waited_for() {
    let endpoint = Endpoint::start(Limits { packet_within: Duration::from_millis(300), ..Limits::default() }).await;
    let (mut half, _) = Raw::connect(endpoint.address, "half", 1).await;
    half.bytes(b"\x32\x7f\0\x05topic\0").await;
    let (mut drip, _) = Raw::connect(endpoint.address, "drip", 1).await;
    let dripping = async {
        // More than the whole time for a packet, but never silent for long.
        let _ = drip.write.bytes(b"\x32\x7f").await;
        loop {
            if drip.write.bytes(b"a").await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, dripping).await.expect("the drip is cut off");
    assert_eq!(half.packet().await, None);
    let (mut whole, _) = Raw::connect(endpoint.address, "whole", 1).await;
    is_there(&mut whole).await;
    endpoint.stop().await;
}

#[tokio::test]
async fn a_peer_that_does_not_read_is_not_written_to_for_ever() {
    let endpoint = Endpoint::start(Limits { write_within: Duration::from_millis(300), ..Limits::default() }).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut raw = Raw::over(socket.connect(endpoint.address).await.unwrap());
    hello(&mut raw, 4, "deaf", 60).await;
    let pings = [0xc0, 0].repeat(2048);
    let talking = async { while raw.write.bytes(&pings).await.is_ok() {} };
    tokio::time::timeout(PATIENCE, talking).await.expect("the deaf client is cut off");
    // Whoever reads is served.
    let (mut other, _) = Raw::connect(endpoint.address, "other", 1).await;
    is_there(&mut other).await;
    endpoint.stop().await;
}

#[tokio::test]
async fn a_peer_that_vanishes_is_asked_for() {
    let endpoint = Endpoint::start(Limits::default()).await;
    let stream = TcpStream::connect(endpoint.address).await.unwrap();
    let ours = stream.local_addr().unwrap();
    let mut raw = Raw::over(stream);
    hello(&mut raw, 4, "gateway", 0).await;
    // The kernel's table: local and remote address, state, queues, and which timer runs (2 stands for keepalive).
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let hex = |address: SocketAddr| format!("0100007F:{:04X}", address.port());
    let line = table.lines().find(|line| line.contains(&format!("{} {} 01", hex(endpoint.address), hex(ours))));
    let timer = line.expect("the server's end of the connection").split_whitespace().nth(5).unwrap();
    assert!(timer.starts_with("02:"), "{timer}");
    endpoint.stop().await;
}

#[tokio::test]
async fn a_storm_of_500_clients_that_come_back_is_let_in() {
    server::files::open_as_many_as_allowed();
    let server = TestServer::start().await;
    let address = server.mqtt;
    for _ in 0..3 {
        let mut clients = tokio::task::JoinSet::new();
        for number in 0..500i64 {
            clients.spawn(async move {
                let (mut raw, connack) = Raw::connect(address, &format!("client-{number}"), 0).await;
                assert_eq!(connack[1], 0);
                raw.publish(1, 1, TOPIC, &reading(1 + number % 50, 3.5)).await;
                assert_eq!(raw.packet().await.expect("an acknowledgement"), [0x40, 2, 0, 1]);
                raw
            });
        }
        // Nobody says goodbye; the next round comes while the server still finds out.
        let round = clients.join_all().await;
        drop(round);
    }
    assert_eq!(server.kept().await.len(), 50);
    server.stop().await;
}

#[tokio::test]
async fn a_stopping_server_acknowledges_what_it_was_handed_and_says_goodbye() {
    let endpoint = Endpoint::start(Limits::default()).await;
    let mut raw = Raw::dial(endpoint.address).await;
    hello(&mut raw, 5, "gateway", 60).await;
    endpoint.gate.shut();
    raw.send(0x34, &publication(1)).await;
    is_there(&mut raw).await;
    let stopping = tokio::spawn(endpoint.stop());
    assert_eq!(raw.packet().await.unwrap(), [0x50, 2, 0, 1]);
    assert_eq!(raw.packet().await.unwrap(), [0xe0, 1, 0x8b]);
    assert_eq!(raw.packet().await, None);
    stopping.await.unwrap();
}

#[tokio::test]
async fn a_message_whose_id_is_none_is_neither_kept_nor_answered() {
    let endpoint = Endpoint::start(Limits::default()).await;
    for qos in [1, 2] {
        let (mut raw, _) = Raw::connect(endpoint.address, "zero", 1).await;
        raw.publish(qos, 0, TOPIC, &reading(1, 3.5)).await;
        raw.publish(qos, 0, TOPIC, &reading(1, 3.5)).await;
        assert_eq!(raw.packet().await, None);
    }
    assert_eq!(endpoint.kept().await, 0);
    endpoint.stop().await;
}

#[tokio::test]
async fn junk_after_connect_never_ends_the_server() {
    let endpoint = Endpoint::start(Limits::default()).await;
    for version in [4, 5] {
        for first in 0..=255u8 {
            let mut raw = Raw::dial(endpoint.address).await;
            hello(&mut raw, version, "junk", 60).await;
            raw.bytes(&[first, 4, 0, 1, 0xff, 0xff]).await;
            raw.write.close().await;
            let mut rest = Vec::new();
            let _ = tokio::time::timeout(PATIENCE, raw.read.0.read_to_end(&mut rest)).await.expect("an end");
        }
    }
    assert_eq!(endpoint.kept().await, 0);
    endpoint.stop().await;
}
