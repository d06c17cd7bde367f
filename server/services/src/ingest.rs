//! What connectors hand in: deliveries of readings and reported events, as they came.

pub mod broker;
pub mod decode;
pub mod http;
pub mod line;
pub mod mqtt;

use std::borrow::Cow;

use bytes::Bytes;
use twin::{Timestamp, entry::Quality};

/// Who handed something in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// `mqtt`, `http`, `broker`.
    pub connector: &'static str,
    /// The name by which the other side goes: an MQTT client id, an address, a broker's name here.
    pub client: String,
}

/// A message as text; bytes that are none were replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(Bytes);

impl Text {
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Where a part of it stands; nowhere for what is no part of it.
    pub(crate) fn place(&self, part: &str) -> (u32, u32) {
        let start = (part.as_ptr() as usize).checked_sub(self.0.as_ptr() as usize);
        let place = start.map(|start| (start, start + part.len())).filter(|(_, end)| *end <= self.0.len());
        place.map_or((0, 0), |(start, end)| (start as u32, end as u32))
    }

    /// The part at a place.
    pub(crate) fn part(&self, (start, end): (u32, u32)) -> Cow<'_, str> {
        String::from_utf8_lossy(self.0.get(start as usize..end as usize).unwrap_or_default())
    }
}

impl From<Bytes> for Text {
    fn from(bytes: Bytes) -> Text {
        match std::str::from_utf8(&bytes) {
            Ok(_) => Text(bytes),
            Err(_) => Text(String::from_utf8_lossy(&bytes).into_owned().into()),
        }
    }
}

/// One message, decoded; its items borrow from its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery<'a> {
    pub origin: Origin,
    pub received_at: Timestamp,
    pub text: &'a Text,
    /// In the order of the message; a receipt names items by their index.
    pub items: Vec<Item<'a>>,
}

/// One item of a message, not checked yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Item<'a> {
    pub asset: Cow<'a, str>,
    /// The signal's id; `$event` for an event.
    pub signal: Cow<'a, str>,
    pub what: Told<'a>,
    /// The item as it came.
    pub raw: &'a str,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Told<'a> {
    Reading(Reading<'a>),
    Event(Box<ReportedEvent>),
    /// Could not be read, and why.
    Malformed(String),
    /// Came on a topic that means nothing here.
    Misplaced,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Reading<'a> {
    /// `None` stands for the time of arrival.
    pub t: Option<Timestamp>,
    pub value: f64,
    pub unit: Option<Cow<'a, str>>,
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

/// As much of `text` as fits into so many bytes.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
