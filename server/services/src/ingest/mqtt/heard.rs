//! What a client says, the same in both versions.

use mqtt_protocol_core::mqtt::{
    packet::{Packet, Property, Qos},
    result_code::MqttError,
};

use super::{answer::Owed, rules, session::Kept};

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
    /// It goes, and may say anew for how long its session is to be kept.
    Leave(Option<Kept>),
    /// What no client may say.
    Wrong(MqttError),
    /// CONNECT, which was answered before, or what the protocol's core answers of itself.
    Nothing,
}

impl Heard<'_> {
    pub fn of(packet: &Packet) -> Heard<'_> {
        match packet {
            // Zero is no id, and the core panics over the second message that has it.
            Packet::V3_1_1Publish(publish) if publish.packet_id() == Some(0) => {
                Heard::Wrong(MqttError::MalformedPacket)
            }
            Packet::V5_0Publish(publish) if publish.packet_id() == Some(0) => Heard::Wrong(MqttError::MalformedPacket),
            Packet::V3_1_1Publish(publish) if !rules::is_topic(publish.topic_name()) => {
                Heard::Wrong(MqttError::MalformedPacket)
            }
            Packet::V5_0Publish(publish) if !rules::is_topic(publish.topic_name()) => {
                Heard::Wrong(MqttError::MalformedPacket)
            }
            Packet::V5_0Publish(publish) if publish.props().iter().any(is_of_a_server) => {
                Heard::Wrong(MqttError::ProtocolError)
            }
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
            Packet::V3_1_1Subscribe(ask) => {
                let filters = ask.entries().iter().map(|entry| entry.topic_filter());
                counted(filters, |filters| Heard::Subscribe { id: ask.packet_id(), filters })
            }
            Packet::V5_0Subscribe(ask) => {
                let filters = ask.entries().iter().map(|entry| entry.topic_filter());
                counted(filters, |filters| Heard::Subscribe { id: ask.packet_id(), filters })
            }
            Packet::V3_1_1Unsubscribe(ask) => {
                let filters = ask.entries().iter().map(|entry| entry.as_str());
                counted(filters, |filters| Heard::Unsubscribe { id: ask.packet_id(), filters })
            }
            Packet::V5_0Unsubscribe(ask) => {
                let filters = ask.entries().iter().map(|entry| entry.as_str());
                counted(filters, |filters| Heard::Unsubscribe { id: ask.packet_id(), filters })
            }
            Packet::V3_1_1Disconnect(_) => Heard::Leave(None),
            Packet::V5_0Disconnect(leave) => Heard::Leave(kept(leave.props().as_deref().unwrap_or_default())),
            // Nothing was agreed that it could go on with.
            Packet::V5_0Auth(_) => Heard::Wrong(MqttError::ProtocolError),
            _ => Heard::Nothing,
        }
    }
}

/// What is heard of so many filters, all of which must be such.
fn counted<'a>(
    mut filters: impl ExactSizeIterator<Item = &'a str>,
    heard: impl FnOnce(usize) -> Heard<'a>,
) -> Heard<'a> {
    let count = filters.len();
    if filters.all(rules::is_filter) { heard(count) } else { Heard::Wrong(MqttError::MalformedPacket) }
}

/// Only who relays a message knows by which subscription.
fn is_of_a_server(property: &Property) -> bool {
    matches!(property, Property::SubscriptionIdentifier(_))
}

fn kept(properties: &[Property]) -> Option<Kept> {
    properties.iter().find_map(|property| match property {
        Property::SessionExpiryInterval(interval) => Some(Kept::of_secs(interval.val())),
        _ => None,
    })
}

fn owed(qos: Qos, id: Option<u16>) -> Owed {
    match (qos, id) {
        (Qos::AtLeastOnce, Some(id)) => Owed::Puback(id),
        (Qos::ExactlyOnce, Some(id)) => Owed::Pubrec(id),
        _ => Owed::Nothing,
    }
}
