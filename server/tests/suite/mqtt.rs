//! The MQTT door, byte by byte in 3.1.1 and with a real client in 5.

pub mod endpoint;
mod limits;

use std::net::SocketAddr;

use rumqttc::{AsyncClient, Event, Incoming, MqttOptions, PublishOptions, mqttbytes::QoS};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

use crate::support::{PATIENCE, START, TestServer};

/// A 3.1.1 client of bytes.
pub struct Raw {
    pub read: Reading,
    pub write: Writing,
}

pub struct Reading(OwnedReadHalf);

pub struct Writing(OwnedWriteHalf);

impl Raw {
    pub async fn dial(address: SocketAddr) -> Raw {
        Raw::over(TcpStream::connect(address).await.unwrap())
    }

    pub fn over(stream: TcpStream) -> Raw {
        let (read, write) = stream.into_split();
        Raw { read: Reading(read), write: Writing(write) }
    }

    /// Connects as `id`; `clean` is the flag of CONNECT. Gives the two bytes of CONNACK.
    pub async fn connect(address: SocketAddr, id: &str, clean: u8) -> (Raw, [u8; 2]) {
        let mut raw = Raw::dial(address).await;
        let body = [b"\0\x04MQTT\x04", [clean << 1].as_slice(), &[0, 60, 0, id.len() as u8], id.as_bytes()].concat();
        raw.send(0x10, &body).await;
        let connack = raw.packet().await.expect("a CONNACK");
        assert_eq!(connack[..2], [0x20, 2]);
        (raw, [connack[2], connack[3]])
    }

    pub async fn send(&mut self, header: u8, body: &[u8]) {
        // The other side may have hung up already; that is for the test to find out by reading.
        let _ = self.write.send(header, body).await;
    }

    pub async fn publish(&mut self, qos: u8, id: u16, topic: &str, payload: &str) {
        let _ = self.write.publish(qos, id, topic, payload).await;
    }

    pub async fn bytes(&mut self, bytes: &[u8]) {
        let _ = self.write.bytes(bytes).await;
    }

    /// The next packet, header included; `None` once the server has hung up.
    pub async fn packet(&mut self) -> Option<Vec<u8>> {
        self.read.packet().await
    }
}

impl Writing {
    pub async fn bytes(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.0.write_all(bytes).await
    }

    pub async fn close(&mut self) {
        let _ = self.0.shutdown().await;
    }

    pub async fn send(&mut self, header: u8, body: &[u8]) -> std::io::Result<()> {
        let mut packet = vec![header];
        let mut length = body.len();
        loop {
            let more = length >> 7;
            packet.push((length & 0x7f) as u8 | if more > 0 { 0x80 } else { 0 });
            length = more;
            if length == 0 {
                break;
            }
        }
        packet.extend(body);
        self.0.write_all(&packet).await
    }

    pub async fn publish(&mut self, qos: u8, id: u16, topic: &str, payload: &str) -> std::io::Result<()> {
        let mut body = (topic.len() as u16).to_be_bytes().to_vec();
        body.extend(topic.as_bytes());
        if qos > 0 {
            body.extend(id.to_be_bytes());
        }
        body.extend(payload.as_bytes());
        self.send(0x30 | qos << 1, &body).await
    }
}

impl Reading {
    /// The next packet, header included; `None` once the server has hung up.
    pub async fn packet(&mut self) -> Option<Vec<u8>> {
        let read = async {
            let mut packet = vec![0; 2];
            self.0.read_exact(&mut packet).await.ok()?;
            assert!(packet[1] < 0x80, "a short packet");
            packet.resize(2 + usize::from(packet[1]), 0);
            self.0.read_exact(&mut packet[2..]).await.ok()?;
            Some(packet)
        };
        tokio::time::timeout(PATIENCE, read).await.expect("a packet or an end in time")
    }
}

const TOPIC: &str = "twinlight/v1/cell-1/voltage";

pub fn reading(secs: i64, value: f64) -> String {
    format!(r#"{{"t":{},"v":{value}}}"#, START + secs * 1_000_000)
}

#[tokio::test]
async fn each_quality_of_service_is_answered_as_the_standard_says() {
    let server = TestServer::start().await;
    let (mut raw, connack) = Raw::connect(server.mqtt, "gateway", 1).await;
    assert_eq!(connack, [0, 0]);
    raw.publish(0, 0, TOPIC, &reading(1, 4.1)).await;
    raw.publish(1, 7, TOPIC, &reading(2, 4.0)).await;
    assert_eq!(raw.packet().await.unwrap(), [0x40, 2, 0, 7]);
    raw.publish(2, 8, TOPIC, &reading(3, 3.9)).await;
    assert_eq!(raw.packet().await.unwrap(), [0x50, 2, 0, 8]);
    raw.send(0x62, &[0, 8]).await;
    assert_eq!(raw.packet().await.unwrap(), [0x70, 2, 0, 8]);
    assert_eq!(server.kept().await, [(1.0, 4.1), (2.0, 4.0), (3.0, 3.9)]);
    server.stop().await;
}

#[tokio::test]
async fn acknowledgements_come_in_the_order_of_the_messages() {
    let server = TestServer::start().await;
    let (mut raw, _) = Raw::connect(server.mqtt, "gateway", 1).await;
    for id in 1..=300u16 {
        raw.publish(1, id, TOPIC, &reading(i64::from(id) % 50, 4.0)).await;
    }
    for id in 1..=300u16 {
        assert_eq!(raw.packet().await.unwrap()[2..], id.to_be_bytes());
    }
    assert_eq!(server.kept().await.len(), 50);
    server.stop().await;
}

#[tokio::test]
async fn a_number_is_of_the_asset_s_now_and_rejections_are_acknowledged_too() {
    let server = TestServer::start().await;
    let (mut raw, _) = Raw::connect(server.mqtt, "gateway", 1).await;
    for (id, payload) in [(1, "3.75"), (2, "warm"), (3, "99")] {
        raw.publish(1, id, TOPIC, payload).await;
        assert_eq!(raw.packet().await.unwrap(), [0x40, 2, 0, id as u8]);
    }
    let kept = server.kept().await;
    assert_eq!(kept.len(), 1);
    assert!(kept[0].0 >= 0.0 && kept[0].0 < PATIENCE.as_secs_f64(), "{kept:?}");
    let rejections = server.get("/api/v1/rejections").await;
    assert_eq!(rejections, serde_json::json!({ "malformed": 1, "range": 1 }));
    server.stop().await;
}

#[tokio::test]
async fn a_repeated_qos_2_message_counts_once_also_over_a_new_connection() {
    let server = TestServer::start().await;
    let (mut raw, _) = Raw::connect(server.mqtt, "gateway", 0).await;
    raw.publish(2, 5, TOPIC, "3.5").await;
    assert_eq!(raw.packet().await.unwrap(), [0x50, 2, 0, 5]);
    drop(raw);
    let (mut raw, connack) = Raw::connect(server.mqtt, "gateway", 0).await;
    assert_eq!(connack, [1, 0], "the session is there");
    raw.publish(2, 5, TOPIC, "3.5").await;
    assert_eq!(raw.packet().await.unwrap(), [0x50, 2, 0, 5]);
    raw.send(0x62, &[0, 5]).await;
    assert_eq!(raw.packet().await.unwrap(), [0x70, 2, 0, 5]);
    assert_eq!(server.kept().await.len(), 1);
    server.stop().await;
}

#[tokio::test]
async fn a_subscription_is_refused_and_the_connection_stays() {
    let server = TestServer::start().await;
    let (mut raw, _) = Raw::connect(server.mqtt, "gateway", 1).await;
    raw.send(0x82, b"\0\x09\0\x01#\0").await;
    assert_eq!(raw.packet().await.unwrap(), [0x90, 3, 0, 9, 0x80]);
    raw.send(0xc0, &[]).await;
    assert_eq!(raw.packet().await.unwrap(), [0xd0, 0]);
    server.stop().await;
}

#[tokio::test]
async fn a_second_connection_of_one_name_takes_over() {
    let server = TestServer::start().await;
    let (mut first, _) = Raw::connect(server.mqtt, "gateway", 1).await;
    let (mut second, _) = Raw::connect(server.mqtt, "gateway", 1).await;
    assert_eq!(first.packet().await, None);
    second.publish(1, 1, TOPIC, "3.5").await;
    assert_eq!(second.packet().await.unwrap(), [0x40, 2, 0, 1]);
    server.stop().await;
}

#[tokio::test]
async fn whoever_breaks_the_protocol_is_hung_up_on() {
    let server = TestServer::start().await;
    let strangers: [&[u8]; 5] = [
        // PUBLISH before CONNECT; a stray CONNACK; HTTP; a CONNECT that announces 200 MB; junk in CONNECT.
        b"\x30\x05\0\x01a11",
        b"\x20\x02\0\0",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x10\xff\xff\xff\x7f",
        b"\x10\x02\0\0",
    ];
    for bytes in strangers {
        let mut raw = Raw::dial(server.mqtt).await;
        raw.write.0.write_all(bytes).await.unwrap();
        assert_eq!(raw.packet().await, None, "{bytes:?}");
    }
    let mut old = Raw::dial(server.mqtt).await;
    old.send(0x10, b"\0\x06MQIsdp\x03\x02\0\x3c\0\x01a").await;
    assert_eq!(old.packet().await.unwrap(), [0x20, 2, 0, 1], "MQTT 3.1 is told that it is too old");
    assert_eq!(old.packet().await, None);
    let (mut large, _) = Raw::connect(server.mqtt, "large", 1).await;
    large.publish(1, 1, TOPIC, &" ".repeat(70_000)).await;
    assert_eq!(large.packet().await, None, "a packet of more than 64 KiB");
    let (mut twice, _) = Raw::connect(server.mqtt, "twice", 1).await;
    twice.send(0x10, b"\0\x04MQTT\x04\x02\0\x3c\0\x01a").await;
    assert_eq!(twice.packet().await, None);
    assert_eq!(server.kept().await.len(), 0);
    server.stop().await;
}

#[tokio::test]
async fn version_5_hears_what_was_rejected() {
    let server = TestServer::start().await;
    let options = MqttOptions::new("five", (server.mqtt.ip().to_string(), server.mqtt.port()));
    let (client, mut events) = AsyncClient::builder(options).capacity(10).build();
    for (qos, payload) in [(QoS::AtLeastOnce, "99"), (QoS::ExactlyOnce, "3.5")] {
        client.publish(TOPIC, payload, PublishOptions::new(qos)).await.unwrap();
    }
    let (mut reason, mut is_complete) = (None, false);
    while reason.is_none() || !is_complete {
        match tokio::time::timeout(PATIENCE, events.poll()).await.unwrap().unwrap() {
            Event::Incoming(Incoming::PubAck(ack)) => reason = ack.properties.and_then(|all| all.reason_string),
            Event::Incoming(Incoming::PubComp(_)) => is_complete = true,
            _ => {}
        }
    }
    assert_eq!(reason.as_deref(), Some("1 rejected, the first: range: 99 V is outside 0 to 5"));
    assert_eq!(server.kept().await.len(), 1);
    server.stop().await;
}
