//! A publisher's life: connect, publish, come back, until everything is acknowledged.

use std::{
    collections::BTreeMap,
    io,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{Notify, Semaphore},
};

use super::{
    http::{Http, Url},
    site::{Offer, Outbox, Site},
    source::{Door, Message, topic},
    wave::mix,
};

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
/// After an answer that the server failed.
const AFTER_FAILURE: Duration = Duration::from_millis(100);
/// What is put into one write.
const WRITE_BYTES: usize = 32 * 1024;

/// Where a publisher goes.
#[derive(Debug, Clone)]
pub enum Place {
    Mqtt { broker: String, client: String, in_flight: usize },
    Http { url: Url, door: Door },
}

/// Why a connection ended without an error.
enum End {
    Over,
    Churned,
}

/// Publishes until there is nothing left; gives how many messages nobody acknowledged.
pub async fn publish(place: Place, mut outbox: Outbox, seed: u64) -> u64 {
    let site = outbox.site.clone();
    let (mut pause, mut alone_since, mut connections) = (FIRST_PAUSE, Instant::now(), 0u64);
    loop {
        connections += 1;
        let before = site.tally.messages.load(Ordering::Relaxed);
        let until = site.end_of_connection(mix(seed) ^ connections);
        let ended = match &place {
            Place::Mqtt { broker, client, in_flight } => mqtt(broker, client, *in_flight, &mut outbox, until).await,
            Place::Http { url, door } => http(url, *door, &mut outbox, until).await,
        };
        let why = match ended {
            Ok(End::Over) => return 0,
            Ok(End::Churned) => None,
            Err(error) => Some(error),
        };
        site.tally.count(&site.tally.reconnects);
        if site.tally.messages.load(Ordering::Relaxed) > before || why.is_none() {
            (pause, alone_since) = (FIRST_PAUSE, Instant::now());
        }
        let Some(why) = why else { continue };
        if alone_since.elapsed() > site.patience {
            site.fault(format!("no answer for {} s: {why}", site.patience.as_secs()));
            return outbox.unacknowledged();
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

type Flight = Mutex<BTreeMap<u64, (Message, Instant)>>;

async fn mqtt(broker: &str, client: &str, in_flight: usize, outbox: &mut Outbox, until: Instant) -> io::Result<End> {
    let mut stream = TcpStream::connect(broker).await?;
    stream.set_nodelay(true)?;
    let site = outbox.site.clone();
    tokio::time::timeout(site.patience, hello(&mut stream, client)).await??;
    let (mut read, mut write) = stream.split();
    // By turn: what is acknowledged names a packet, and packets are numbered in turn.
    let flight: Flight = Mutex::new(BTreeMap::new());
    let (room, landed) = (Semaphore::new(in_flight.min(60_000)), Notify::new());
    let turn = AtomicU64::new(0);
    let writing = async {
        let (mut bytes, mut payload) = (Vec::new(), Vec::new());
        loop {
            room.acquire().await.map_err(|_| io::ErrorKind::Other)?.forget();
            loop {
                match outbox.offer(Instant::now()) {
                    Offer::Now(message, body) => {
                        let now = Instant::now();
                        payload.clear();
                        match body {
                            Some(body) => payload = body,
                            None => outbox.write(&message, &mut payload),
                        }
                        let number = turn.fetch_add(1, Ordering::Relaxed);
                        packet(&mut bytes, &topic(&site.plan, &message), id(number), &payload);
                        site.probe(&message, now);
                        flight.lock().expect("no one panics in flight").insert(number, (message, now));
                    }
                    Offer::At(due) => {
                        room.add_permits(1);
                        if bytes.is_empty() {
                            tokio::select! {
                                () = tokio::time::sleep_until(due.into()) => {}
                                () = site.ended.cancelled() => {}
                            }
                        }
                        break;
                    }
                    Offer::Over if bytes.is_empty() => {
                        while !flight.lock().expect("no one panics in flight").is_empty() {
                            landed.notified().await;
                        }
                        write.write_all(&[0xe0, 0]).await?;
                        return Ok(End::Over);
                    }
                    Offer::Over => {
                        room.add_permits(1);
                        break;
                    }
                }
                match room.try_acquire() {
                    Ok(permit) if bytes.len() < WRITE_BYTES => permit.forget(),
                    _ => break,
                }
            }
            write.write_all(&bytes).await?;
            bytes.clear();
        }
    };
    let reading = async {
        let (mut bytes, mut last) = (Vec::new(), 0);
        loop {
            if read.read_buf(&mut bytes).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let (mut heard, mut used) = (Vec::new(), 0);
            while let [0x40, 2, high, low, ..] = bytes[used..] {
                used += 4;
                let number = number(u16::from_be_bytes([high, low]), last);
                last = last.max(number);
                heard.extend(flight.lock().expect("no one panics in flight").remove(&number));
            }
            bytes.drain(..used);
            if bytes.len() >= 4 {
                return Err(io::Error::other(format!("packet {:#x} was not expected", bytes[0])));
            }
            site.acknowledged(&heard)?;
            room.add_permits(heard.len());
            landed.notify_one();
        }
    };
    let ended = tokio::select! {
        ended = writing => ended,
        ended = reading => ended,
        () = tokio::time::sleep_until(until.into()) => Ok(End::Churned),
        () = gone_on_too_long(&site) => Err(io::ErrorKind::TimedOut.into()),
    };
    let flight = flight.into_inner().expect("no one panics in flight");
    outbox.take_back(flight.into_values().map(|(message, _)| message));
    ended
}

/// After the end, acknowledgements are waited for as long as there is patience.
async fn gone_on_too_long(site: &Site) {
    site.ended.cancelled().await;
    tokio::time::sleep(site.patience).await;
}

async fn hello(stream: &mut TcpStream, client: &str) -> io::Result<()> {
    let clean = 0x02;
    let body = [b"\0\x04MQTT\x04".as_slice(), &[clean, 0, 0, 0, client.len() as u8], client.as_bytes()].concat();
    stream.write_all(&[&[0x10, body.len() as u8], body.as_slice()].concat()).await?;
    let mut answer = [0; 4];
    stream.read_exact(&mut answer).await?;
    if answer[0] == 0x20 && answer[3] == 0 {
        return Ok(());
    }
    Err(io::Error::other(format!("CONNACK {answer:?}")))
}

/// The packet's id of the message with this turn: ids go round, 0 is none.
fn id(turn: u64) -> u16 {
    (turn % 65_535 + 1) as u16
}

/// The turn that an id stands for, near the turn that was acknowledged last.
fn number(id: u16, last: u64) -> u64 {
    let round = last / 65_535 * 65_535;
    let near = round + u64::from(id.saturating_sub(1));
    if near + 32_768 < last {
        near + 65_535
    } else if near > last + 32_768 && near >= 65_535 {
        near - 65_535
    } else {
        near
    }
}

/// Appends a PUBLISH of quality of service 1.
fn packet(into: &mut Vec<u8>, topic: &str, id: u16, payload: &[u8]) {
    into.push(0x32);
    let mut length = 2 + topic.len() + 2 + payload.len();
    while length >= 128 {
        into.push((length % 128) as u8 | 0x80);
        length /= 128;
    }
    into.push(length as u8);
    into.extend_from_slice(&(topic.len() as u16).to_be_bytes());
    into.extend_from_slice(topic.as_bytes());
    into.extend_from_slice(&id.to_be_bytes());
    into.extend_from_slice(payload);
}

async fn http(url: &Url, door: Door, outbox: &mut Outbox, until: Instant) -> io::Result<End> {
    let mut http = Http::connect(&url.host).await?;
    let site = outbox.site.clone();
    let kind = if door == Door::Json { "application/json" } else { "text/plain; charset=utf-8" };
    let mut buffer = Vec::new();
    loop {
        if Instant::now() > until {
            return Ok(End::Churned);
        }
        let (message, body) = match outbox.offer(Instant::now()) {
            Offer::Now(message, body) => (message, body),
            Offer::At(due) => {
                tokio::select! {
                    () = tokio::time::sleep_until(due.into()) => {}
                    () = site.ended.cancelled() => {}
                }
                continue;
            }
            Offer::Over => return Ok(End::Over),
        };
        if body.is_none() {
            buffer.clear();
            outbox.write(&message, &mut buffer);
        }
        let sent = Instant::now();
        site.probe(&message, sent);
        let answer = tokio::select! {
            answer = http.ask("POST", &url.path, kind, body.as_ref().unwrap_or(&buffer)) => answer,
            () = gone_on_too_long(&site) => Err(io::ErrorKind::TimedOut.into()),
        };
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                outbox.take_back([message].into_iter());
                return Err(error);
            }
        };
        match answer.status {
            200 | 204 if is_whole(door, &answer.body) => site.acknowledged(&[(message, sent)])?,
            200..=499 if answer.status != 429 => {
                site.tally.count(&site.tally.refused);
                let said = String::from_utf8_lossy(&answer.body[..answer.body.len().min(300)]).into_owned();
                tracing::warn!(status = answer.status, said, "a message was refused");
            }
            429 | 503 => {
                site.tally.count(&site.tally.busy);
                outbox.take_back([message].into_iter());
                tokio::time::sleep(answer.retry_after.unwrap_or(AFTER_FAILURE)).await;
            }
            status => {
                outbox.take_back([message].into_iter());
                tokio::time::sleep(AFTER_FAILURE).await;
                return Err(io::Error::other(format!("the server answered {status}")));
            }
        }
    }
}

/// Whether everything of a message was taken; an answer without a word says so by its status.
fn is_whole(door: Door, body: &[u8]) -> bool {
    let none = b"\"rejected\":[]";
    door != Door::Json || body.windows(none.len()).any(|window| window == none)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acknowledged_id_finds_its_message_round_after_round() {
        for last in [0, 100, 65_534, 65_535, 200_000, 1_000_000] {
            for number_there in (last.max(1_000) - 1_000..last + 1_000).filter(|near| *near + 32_000 > last) {
                assert_eq!(number(id(number_there), last), number_there, "after {last}");
            }
        }
    }
}
