//! What connectors hand in: deliveries of readings and reported events, as they came.

pub mod broker;
pub mod decode;
pub mod http;
pub mod mqtt;

use twin::{Timestamp, entry::Quality};

/// Who handed something in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// `mqtt`, `http`, `broker`.
    pub connector: &'static str,
    /// The name by which the other side goes: an MQTT client id, an address, a broker's name here.
    pub client: String,
}

/// One message, decoded.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    pub origin: Origin,
    pub received_at: Timestamp,
    /// In the order of the message; a receipt names items by their index.
    pub items: Vec<Item>,
}

/// One item of a message, not checked yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub asset: String,
    /// The signal's id; `$event` for an event.
    pub signal: String,
    pub what: Told,
    /// The item as it came, at most `MOST_RAW` bytes of it.
    pub raw: Box<str>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    Reading(Reading),
    Event(ReportedEvent),
    /// Could not be read, and why.
    Malformed(String),
    /// Came on a topic that means nothing here.
    Misplaced,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// `None` stands for the time of arrival.
    pub t: Option<Timestamp>,
    pub value: f64,
    pub unit: Option<String>,
    pub quality: Quality,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ReportedEvent {
    pub id: String,
    pub t: Option<Timestamp>,
    pub until: Option<Timestamp>,
    pub kind: String,
    pub note: String,
}

/// How much of a refused item is kept.
pub const MOST_RAW: usize = 1024;

/// The wall clock, for `received_at`.
#[expect(clippy::disallowed_methods, reason = "the connectors' one look at a clock")]
pub fn received_at() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// `text` cut to what is kept of a refused item.
fn raw(text: &str) -> Box<str> {
    cut(text, MOST_RAW).into()
}

/// As much of `text` as fits into so many bytes.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
