//! What a client says, the same in both versions.

use mqtt_protocol_core::mqtt::packet::{Packet, Qos};

use super::answer::Owed;

pub enum Heard<'a> {
    Publish {
        topic: &'a str,
        payload: &'a [u8],
        owed: Owed,
    },
    Release(u16),
    Subscribe {
        id: u16,
        filters: usize,
    },
    Unsubscribe {
        id: u16,
        filters: usize,
    },
    Leave,
    /// CONNECT, which was answered before, or what the protocol's core answers of itself.
    Nothing,
}

impl Heard<'_> {
    pub fn of(packet: &Packet) -> Heard<'_> {
        match packet {
            Packet::V3_1_1Publish(publish) => Heard::Publish {
                topic: publish.topic_name(),
                payload: publish.payload().as_slice(),
                owed: owed(publish.qos(), publish.packet_id()),
            },
            Packet::V5_0Publish(publish) => Heard::Publish {
                topic: publish.topic_name(),
                payload: publish.payload().as_slice(),
                owed: owed(publish.qos(), publish.packet_id()),
            },
            Packet::V3_1_1Pubrel(release) => Heard::Release(release.packet_id()),
            Packet::V5_0Pubrel(release) => Heard::Release(release.packet_id()),
            Packet::V3_1_1Subscribe(ask) => Heard::Subscribe { id: ask.packet_id(), filters: ask.entries().len() },
            Packet::V5_0Subscribe(ask) => Heard::Subscribe { id: ask.packet_id(), filters: ask.entries().len() },
            Packet::V3_1_1Unsubscribe(ask) => Heard::Unsubscribe { id: ask.packet_id(), filters: ask.entries().len() },
            Packet::V5_0Unsubscribe(ask) => Heard::Unsubscribe { id: ask.packet_id(), filters: ask.entries().len() },
            Packet::V3_1_1Disconnect(_) | Packet::V5_0Disconnect(_) => Heard::Leave,
            _ => Heard::Nothing,
        }
    }
}

fn owed(qos: Qos, id: Option<u16>) -> Owed {
    match (qos, id) {
        (Qos::AtLeastOnce, Some(id)) => Owed::Puback(id),
        (Qos::ExactlyOnce, Some(id)) => Owed::Pubrec(id),
        _ => Owed::Nothing,
    }
}
