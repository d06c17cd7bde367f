//! The first words of a connection: a bounded CONNECT, or a refusal.

use std::sync::atomic::{AtomicU64, Ordering};

use mqtt_protocol_core::mqtt::{
    connection::Event,
    packet::{GenericPacketTrait, Packet, Property},
    result_code::MqttError,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::{Limits, answer::Speaks};
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
    #[error("too slow")]
    Slow,
    #[error("a message could not be kept: {0}")]
    Store(StoreError),
    #[error("taken over by another connection")]
    Taken,
}

impl From<MqttError> for Ended {
    fn from(error: MqttError) -> Ended {
        Ended::Protocol(error)
    }
}

/// Reads one packet and not a byte more, if it is a CONNECT of bounded size.
pub async fn first_packet(stream: &mut (impl AsyncRead + Unpin), limits: Limits) -> Result<Vec<u8>, Ended> {
    const CONNECT: u8 = 0x10;
    let too_large = || Ended::NoConnect(limits.first_packet_bytes);
    let mut packet = vec![stream.read_u8().await?];
    if packet[0] != CONNECT {
        return Err(too_large());
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
        return Err(too_large());
    }
    let header = packet.len();
    packet.resize(header + length, 0);
    stream.read_exact(&mut packet[header..]).await?;
    Ok(packet)
}

/// Sends what the protocol has to say to a client that is not let in.
pub async fn refuse(stream: &mut (impl AsyncWrite + Unpin), limits: Limits, events: Vec<Event>) -> Result<(), Ended> {
    /// CONNACK of 3.1.1: unacceptable protocol version.
    const OTHER_VERSION: [u8; 4] = [0x20, 2, 0, 1];
    let mut out = Vec::new();
    let mut error = MqttError::ProtocolError;
    for event in events {
        match event {
            Event::RequestSendPacket { packet, .. } => out.extend(packet.to_continuous_buffer()),
            Event::NotifyError(MqttError::UnsupportedProtocolVersion) => {
                error = MqttError::UnsupportedProtocolVersion;
                out.extend(OTHER_VERSION);
            }
            Event::NotifyError(other) => error = other,
            _ => {}
        }
    }
    let sent = tokio::time::timeout(limits.write_within, stream.write_all(&out));
    sent.await.map_err(|_| Ended::Slow)??;
    Err(Ended::Protocol(error))
}

/// What a client says in its CONNECT.
pub struct Hello {
    pub speaks: Speaks,
    pub client: String,
    pub is_clean: bool,
    /// Whether the session is to outlive the connection.
    pub is_kept: bool,
}

impl Hello {
    /// What the CONNECT among `events` says, where there is one.
    pub fn of(events: &[Event]) -> Option<Hello> {
        events.iter().find_map(|event| match event {
            Event::NotifyPacketReceived(Packet::V3_1_1Connect(packet)) => Some(Hello {
                speaks: Speaks::V3,
                client: packet.client_id().to_string(),
                is_clean: packet.clean_session(),
                is_kept: !packet.clean_session(),
            }),
            Event::NotifyPacketReceived(Packet::V5_0Connect(packet)) => Some(Hello {
                speaks: Speaks::V5,
                client: packet.client_id().to_string(),
                is_clean: packet.clean_start(),
                is_kept: packet.props().iter().any(
                    |property| matches!(property, Property::SessionExpiryInterval(interval) if interval.val() > 0),
                ),
            }),
            _ => None,
        })
    }
}

/// A name for a client that has none.
pub fn anonymous() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("anonymous-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}
