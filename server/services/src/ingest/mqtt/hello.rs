//! The first words of a connection: a bounded CONNECT, or a refusal.

use std::sync::atomic::{AtomicU64, Ordering};

use mqtt_protocol_core::mqtt::{
    connection::Event,
    packet::{GenericPacketTrait, Packet, Property},
    result_code::{ConnectReasonCode, MqttError},
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::{
    Limits,
    answer::{self, Speaks},
    rules,
    session::Kept,
};
use crate::store::StoreError;

/// Why a connection ended before the client wanted it to.
#[derive(Debug, thiserror::Error)]
pub enum Ended {
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("broke the protocol: {0}")]
    Protocol(MqttError),
    #[error("the first packet is no CONNECT of at most {0} bytes")]
    NoConnect(usize),
    #[error("it was silent for too long")]
    Silent,
    #[error("it left a packet unfinished, or did not read")]
    Stalled,
    #[error("it never released its messages")]
    Unreleased,
    #[error("a message could not be kept: {0}")]
    Store(StoreError),
    #[error("taken over by another connection")]
    Taken,
    #[error("it gave way to others")]
    GaveWay,
    #[error("the server stops")]
    Stopping,
}

impl From<MqttError> for Ended {
    fn from(error: MqttError) -> Ended {
        Ended::Protocol(error)
    }
}

/// Reads one packet and not a byte more, if it is a CONNECT of bounded size.
pub async fn first_packet(stream: &mut (impl AsyncRead + Unpin), limits: Limits) -> Result<Vec<u8>, Ended> {
    const CONNECT: u8 = 0x10;
    let no_connect = || Ended::NoConnect(limits.first_packet_bytes);
    let mut packet = vec![stream.read_u8().await?];
    if packet[0] != CONNECT {
        return Err(no_connect());
    }
    let mut length = 0;
    for shift in [0, 7, 14, 21] {
        let byte = stream.read_u8().await?;
        packet.push(byte);
        length |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    if length > limits.first_packet_bytes {
        return Err(no_connect());
    }
    let header = packet.len();
    packet.resize(header + length, 0);
    stream.read_exact(&mut packet[header..]).await?;
    let body = &packet[header..];
    let is_one = match body.strip_prefix(b"\0\x04MQTT") {
        // Version, flags.
        Some([4 | 5, flags, ..]) => rules::are_connect_flags(*flags),
        Some(_) => true,
        None => body.starts_with(b"\0\x06MQIsdp"),
    };
    if !is_one {
        return Err(no_connect());
    }
    rules::spare_the_core(&mut packet);
    Ok(packet)
}

/// What there is to say to a client whose CONNECT the core refuses, and the reason.
pub fn refusal(events: Vec<Event>) -> (Vec<u8>, MqttError) {
    /// CONNACK of 3.1.1: unacceptable protocol version.
    const OTHER_VERSION: [u8; 4] = [0x20, 2, 0, 1];
    let mut out = Vec::new();
    let mut error = MqttError::ProtocolError;
    for event in events {
        match event {
            // The core makes one up, but 3.1.1 has no word for a malformed CONNECT.
            Event::RequestSendPacket { packet: Packet::V3_1_1Connack(_), .. } => {}
            Event::RequestSendPacket { packet, .. } => out.extend(packet.to_continuous_buffer()),
            Event::NotifyError(MqttError::UnsupportedProtocolVersion) => {
                error = MqttError::UnsupportedProtocolVersion;
                out.extend(OTHER_VERSION);
            }
            Event::NotifyError(other) => error = other,
            _ => {}
        }
    }
    (out, error)
}

/// Sends the last words to a client that is not let in.
pub async fn refuse(
    stream: &mut (impl AsyncWrite + Unpin),
    limits: Limits,
    words: &[u8],
    error: MqttError,
) -> Result<(), Ended> {
    let sent = tokio::time::timeout(limits.write_within, stream.write_all(words));
    sent.await.map_err(|_| Ended::Stalled)??;
    Err(Ended::Protocol(error))
}

/// What a client says in its CONNECT.
pub struct Hello {
    pub speaks: Speaks,
    /// Empty where it leaves its name to us.
    pub client: String,
    pub is_clean: bool,
    pub kept: Kept,
    /// Zero where it wants to be silent for as long as it likes.
    pub keep_alive_secs: u16,
    /// Whether it wants to read why something was rejected.
    pub asks_why: bool,
    /// Whether it wants to prove who it is in a way of its own.
    pub authenticates: bool,
    /// Whether its names are text.
    pub is_text: bool,
}

impl Hello {
    /// What the CONNECT among `events` says, where there is one.
    pub fn of(events: &[Event]) -> Option<Hello> {
        events.iter().find_map(|event| match event {
            Event::NotifyPacketReceived(Packet::V3_1_1Connect(packet)) => Some(Hello {
                speaks: Speaks::V3,
                client: packet.client_id().to_string(),
                is_clean: packet.clean_session(),
                kept: if packet.clean_session() { Kept::Not } else { Kept::Forever },
                keep_alive_secs: packet.keep_alive(),
                asks_why: false,
                authenticates: false,
                is_text: are_text(packet.user_name(), packet.will_topic()),
            }),
            Event::NotifyPacketReceived(Packet::V5_0Connect(packet)) => {
                let mut hello = Hello {
                    speaks: Speaks::V5,
                    client: packet.client_id().to_string(),
                    is_clean: packet.clean_start(),
                    kept: Kept::Not,
                    keep_alive_secs: packet.keep_alive(),
                    asks_why: true,
                    authenticates: false,
                    is_text: are_text(packet.user_name(), packet.will_topic()),
                };
                for property in packet.props() {
                    match property {
                        Property::SessionExpiryInterval(interval) => hello.kept = Kept::of_secs(interval.val()),
                        Property::RequestProblemInformation(asked) if asked.val() == 0 => hello.asks_why = false,
                        // A reason must not make an answer longer than the client can take.
                        Property::MaximumPacketSize(most) if most.val() < ROOM_FOR_A_REASON => hello.asks_why = false,
                        Property::AuthenticationMethod(_) => hello.authenticates = true,
                        _ => {}
                    }
                }
                Some(hello)
            }
            _ => None,
        })
    }

    /// Why the client is not let in all the same, and what it is told.
    pub fn objection(&self) -> Result<Option<(MqttError, Option<Packet>)>, MqttError> {
        let error = match self {
            Hello { client, is_clean: false, speaks: Speaks::V3, .. } if client.is_empty() => {
                return Ok(Some((MqttError::ClientIdentifierNotValid, Some(answer::connack_without_id()?))));
            }
            Hello { authenticates: true, .. } => MqttError::BadAuthenticationMethod,
            Hello { client, .. } if !rules::is_text(client) => MqttError::ClientIdentifierNotValid,
            Hello { is_text: false, .. } => MqttError::MalformedPacket,
            _ => return Ok(None),
        };
        let reason = match error {
            MqttError::BadAuthenticationMethod => ConnectReasonCode::BadAuthenticationMethod,
            MqttError::ClientIdentifierNotValid => ConnectReasonCode::ClientIdentifierNotValid,
            _ => ConnectReasonCode::MalformedPacket,
        };
        let words = match self.speaks {
            Speaks::V3 => None,
            Speaks::V5 => Some(answer::connack_refusing(reason)?),
        };
        Ok(Some((error, words)))
    }
}

fn are_text(user_name: Option<&str>, will_topic: Option<&str>) -> bool {
    user_name.is_none_or(rules::is_text) && will_topic.is_none_or(rules::is_topic)
}

/// More than any answer with a reason takes.
const ROOM_FOR_A_REASON: u32 = 1024;

/// A name for a client that has none.
pub fn anonymous() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("anonymous-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}
