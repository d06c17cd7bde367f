//! What goes out to the client, and for how long it is tried.

use std::time::Duration;

use mqtt_protocol_core::mqtt::{
    connection::{Event, TimerKind},
    packet::{GenericPacketTrait, Packet},
};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use super::{Talk, Then};
use crate::ingest::mqtt::hello::Ended;

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<'_, S> {
    pub(super) fn send(&mut self, packet: Packet) -> Result<Then, Ended> {
        let mut then = Then::GoOn;
        for event in self.core.send(packet) {
            match event {
                Event::RequestSendPacket { packet, .. } => self.out.extend(packet.to_continuous_buffer()),
                Event::RequestTimerReset { kind: TimerKind::PingreqRecv, duration_ms } => {
                    self.keep_alive = Some(Duration::from_millis(duration_ms));
                }
                Event::NotifyError(error) => return Err(Ended::Protocol(error)),
                Event::RequestClose => then = Then::Close,
                _ => {}
            }
        }
        Ok(then)
    }

    /// Takes down a packet that the core wants sent of itself.
    pub(super) fn write(&mut self, packet: &Packet) {
        // To a repeated QoS 2 message the core answers at once; while its commit is under way that would be a lie.
        let promised = match packet {
            Packet::V3_1_1Pubrec(packet) => Some(packet.packet_id()),
            Packet::V5_0Pubrec(packet) => Some(packet.packet_id()),
            _ => None,
        };
        if promised.is_none_or(|id| !self.uncommitted.contains_key(&id)) {
            self.out.extend(packet.to_continuous_buffer());
        }
    }

    /// Sends what there is to send; a client that does not read is not waited for.
    pub(super) async fn flush(&mut self) -> Result<(), Ended> {
        if self.out.is_empty() {
            return Ok(());
        }
        let sent = tokio::time::timeout(self.door.limits.write_within, all(&mut self.stream, &mut self.out));
        tokio::select! {
            sent = sent => Ok(sent.map_err(|_| Ended::Stalled)??),
            ended = self.calls.heard() => Err(ended),
        }
    }
}

/// Sends what is in `out`; what was not sent when this is given up stays there.
pub(super) async fn all(stream: &mut (impl AsyncWrite + Unpin), out: &mut bytes::BytesMut) -> std::io::Result<()> {
    while !out.is_empty() {
        let sent = stream.write(out).await?;
        if sent == 0 {
            return Err(std::io::ErrorKind::WriteZero.into());
        }
        bytes::Buf::advance(out, sent);
    }
    Ok(())
}
