//! One MQTT connection from its first byte: who is there, what it is told, and what stays of it.

use tokio::io::{AsyncRead, AsyncWrite};

use super::{
    Door,
    answer::{Owed, Speaks, Welcome},
    calls::Calls,
    hello::{Ended, Hello, anonymous, first_packet, refusal, refuse},
    room::Seat,
    session::Opened,
    talk::Talk,
};
use mqtt_protocol_core::mqtt::{
    Connection, Version, common::Cursor, connection::ConnectionOptions, packet::GenericPacketTrait, role,
};

/// Speaks MQTT over `stream` until the client leaves, misbehaves, has to give way, or the server stops.
pub async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin + Send,
    door: &Door,
    seat: &Seat,
) -> Result<(), Ended> {
    let limits = door.limits;
    let first = tokio::select! {
        first = tokio::time::timeout(limits.first_packet_within, first_packet(&mut stream, limits)) =>
            first.map_err(|_| Ended::Stalled)??,
        () = seat.wanted() => return Err(Ended::GaveWay),
        () = door.shutdown.cancelled() => return Ok(()),
    };
    let options = ConnectionOptions::new().maximum_packet_size_recv(limits.packet_bytes);
    let mut core = Connection::<role::Server>::with_options(Version::Undetermined, options);
    core.set_auto_ping_response(true);
    let events = core.recv(&mut Cursor::new(&first[..]));
    let Some(hello) = Hello::of(&events) else {
        let (words, error) = refusal(events);
        return refuse(&mut stream, limits, &words, error).await;
    };
    if let Some((error, words)) = hello.objection()? {
        let words = words.map(|packet| packet.to_continuous_buffer()).unwrap_or_default();
        return refuse(&mut stream, limits, &words, error).await;
    }
    let assigned = hello.client.is_empty().then(anonymous);
    let client = assigned.clone().unwrap_or_else(|| hello.client.clone());
    let opening = door.sessions.open(&client, hello.is_clean);
    let Opened { mut held, was_present, taken } = tokio::select! {
        opened = opening => opened,
        () = seat.wanted() => return Err(Ended::GaveWay),
        () = door.shutdown.cancelled() => return Ok(()),
    };
    held.kept = hello.kept;
    core.restore_qos2_publish_handled(held.received.iter().copied().collect());
    let welcome = Welcome { was_present, assigned, keep_alive_secs: keep_alive(&hello, door) };
    let calls = Calls { taken, seat, shutdown: &door.shutdown };
    let mut talk = Talk::new(stream, core, door, calls, &hello);
    let ended = talk.run(events, &welcome, &mut held).await;
    // The socket is closed now. What was handed in is kept or lost whether or not the client hears of it; a lost one
    // must be taken again.
    for (owed, receipt) in talk.into_receipts().await {
        if let (Owed::Pubrec(id), Err(_)) = (owed, receipt) {
            held.received.remove(&id);
        }
    }
    door.sessions.close(&client, held);
    ended
}

/// The keep-alive that version 5 is told where the client's own would let it be silent for too long.
fn keep_alive(hello: &Hello, door: &Door) -> Option<u16> {
    let most = u16::try_from(door.limits.silence.as_secs()).unwrap_or(u16::MAX).max(1);
    let is_too_long = hello.keep_alive_secs == 0 || hello.keep_alive_secs > most;
    (hello.speaks == Speaks::V5 && is_too_long).then_some(most)
}
