//! The packets that the endpoint answers with, in the client's version.

use mqtt_protocol_core::mqtt::{
    packet::{AssignedClientIdentifier, Packet, Properties, Property, ReasonString, ServerKeepAlive, v3_1_1, v5_0},
    result_code::{
        ConnectReasonCode, ConnectReturnCode, DisconnectReasonCode, MqttError, PubackReasonCode, PubrecReasonCode,
        SubackReasonCode, SubackReturnCode, UnsubackReasonCode,
    },
};

/// The version that a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaks {
    V3,
    V5,
}

/// How far a message has come: what it waits to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owed {
    Nothing,
    Puback(u16),
    Pubrec(u16),
    /// It was released before it was told that it is kept.
    Pubcomp(u16),
}

/// What a client is told of its connection.
#[derive(Debug, Default)]
pub struct Welcome {
    pub was_present: bool,
    /// The name that it got, where it had none.
    pub assigned: Option<String>,
    /// Its keep-alive, where it is to be another one than it asked for.
    pub keep_alive_secs: Option<u16>,
}

pub fn connack(speaks: Speaks, welcome: &Welcome) -> Result<Packet, MqttError> {
    Ok(match speaks {
        Speaks::V3 => v3_1_1::Connack::builder()
            .session_present(welcome.was_present)
            .return_code(ConnectReturnCode::Accepted)
            .build()?
            .into(),
        Speaks::V5 => {
            let mut properties = Properties::new();
            if let Some(id) = &welcome.assigned {
                properties.push(Property::AssignedClientIdentifier(AssignedClientIdentifier::new(id)?));
            }
            if let Some(secs) = welcome.keep_alive_secs {
                properties.push(Property::ServerKeepAlive(ServerKeepAlive::new(secs)?));
            }
            v5_0::Connack::builder()
                .session_present(welcome.was_present)
                .reason_code(ConnectReasonCode::Success)
                .props(properties)
                .build()?
                .into()
        }
    })
}

/// Refuses a client that wants its session kept and does not say who it is.
pub fn connack_without_id() -> Result<Packet, MqttError> {
    let refusal = v3_1_1::Connack::builder().session_present(false);
    Ok(refusal.return_code(ConnectReturnCode::IdentifierRejected).build()?.into())
}

/// Refuses a client of version 5, and says why.
pub fn connack_refusing(reason: ConnectReasonCode) -> Result<Packet, MqttError> {
    Ok(v5_0::Connack::builder().session_present(false).reason_code(reason).build()?.into())
}

/// Says that a message is durable. `note` is for version 5 only: 3.1.1 has no place for it.
pub fn kept(speaks: Speaks, owed: Owed, note: Option<&str>) -> Result<Option<Packet>, MqttError> {
    let properties = |note: &str| Ok::<_, MqttError>(vec![Property::ReasonString(ReasonString::new(note)?)]);
    Ok(Some(match (speaks, owed) {
        (_, Owed::Nothing | Owed::Pubcomp(_)) => return Ok(None),
        (Speaks::V3, Owed::Puback(id)) => v3_1_1::Puback::builder().packet_id(id).build()?.into(),
        (Speaks::V3, Owed::Pubrec(id)) => v3_1_1::Pubrec::builder().packet_id(id).build()?.into(),
        (Speaks::V5, Owed::Puback(id)) => {
            let mut packet = v5_0::Puback::builder().packet_id(id);
            if let Some(note) = note {
                packet = packet.reason_code(PubackReasonCode::Success).props(properties(note)?);
            }
            packet.build()?.into()
        }
        (Speaks::V5, Owed::Pubrec(id)) => {
            let mut packet = v5_0::Pubrec::builder().packet_id(id);
            if let Some(note) = note {
                packet = packet.reason_code(PubrecReasonCode::Success).props(properties(note)?);
            }
            packet.build()?.into()
        }
    }))
}

/// Says that a message could not be kept. `None` where the version has no words for it.
pub fn lost(speaks: Speaks, owed: Owed) -> Result<Option<Packet>, MqttError> {
    Ok(match (speaks, owed) {
        (Speaks::V3, _) | (_, Owed::Nothing | Owed::Pubcomp(_)) => None,
        (Speaks::V5, Owed::Puback(id)) => {
            let packet = v5_0::Puback::builder().packet_id(id);
            Some(packet.reason_code(PubackReasonCode::ImplementationSpecificError).build()?.into())
        }
        (Speaks::V5, Owed::Pubrec(id)) => {
            let packet = v5_0::Pubrec::builder().packet_id(id);
            Some(packet.reason_code(PubrecReasonCode::ImplementationSpecificError).build()?.into())
        }
    })
}

/// Ends the exchange over a QoS 2 message, also over one that is not known any more: it has been ended before.
pub fn pubcomp(speaks: Speaks, id: u16) -> Result<Packet, MqttError> {
    Ok(match speaks {
        Speaks::V3 => v3_1_1::Pubcomp::builder().packet_id(id).build()?.into(),
        Speaks::V5 => v5_0::Pubcomp::builder().packet_id(id).build()?.into(),
    })
}

/// The last words of a connection. `None` where the version has no words for it.
pub fn disconnect(speaks: Speaks, why: DisconnectReasonCode) -> Result<Option<Packet>, MqttError> {
    Ok(match speaks {
        Speaks::V3 => None,
        Speaks::V5 => Some(v5_0::Disconnect::builder().reason_code(why).build()?.into()),
    })
}

/// Refuses every filter of a subscription: nothing is relayed here.
pub fn suback(speaks: Speaks, id: u16, filters: usize) -> Result<Packet, MqttError> {
    Ok(match speaks {
        Speaks::V3 => {
            let codes = vec![SubackReturnCode::Failure; filters];
            v3_1_1::Suback::builder().packet_id(id).return_codes(codes).build()?.into()
        }
        Speaks::V5 => {
            let codes = vec![SubackReasonCode::ImplementationSpecificError; filters];
            v5_0::Suback::builder().packet_id(id).reason_codes(codes).build()?.into()
        }
    })
}

pub fn unsuback(speaks: Speaks, id: u16, filters: usize) -> Result<Packet, MqttError> {
    Ok(match speaks {
        Speaks::V3 => v3_1_1::Unsuback::builder().packet_id(id).build()?.into(),
        Speaks::V5 => {
            let codes = vec![UnsubackReasonCode::NoSubscriptionExisted; filters];
            v5_0::Unsuback::builder().packet_id(id).reason_codes(codes).build()?.into()
        }
    })
}
