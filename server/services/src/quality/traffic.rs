//! Who sends how much, how late, and how much of it twice.

use std::collections::BTreeMap;

use twin::{Span, Timestamp};

use crate::ingest::Origin;

/// Sources that are told apart; of more, those heard longest ago are forgotten.
const MOST_SOURCES: usize = 1_000;
/// The rate is that of so long.
const WINDOW: Span = Span::MINUTE;
const SLOTS: usize = 6;
const SLOT: i64 = WINDOW.0 / SLOTS as i64;

/// What became of one delivery.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub accepted: u64,
    pub duplicates: u64,
    pub rejected: u64,
    pub out_of_order: u64,
    /// Of those out of order, the ones further behind than agreed.
    pub late: u64,
    /// The asset's clock at arrival less the newest time in the delivery.
    pub lag: Span,
}

/// What one source has sent since the start.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Source {
    pub deliveries: u64,
    pub accepted: u64,
    pub duplicates: u64,
    pub rejected: u64,
    pub out_of_order: u64,
    pub late: u64,
    /// Of the last delivery.
    pub lag: Span,
    pub last_at: Timestamp,
    /// Items of the last minute by the slot of time they came in.
    slots: [(i64, u64); SLOTS],
}

impl Source {
    /// Items a second over the last minute before `now`.
    pub fn rate(&self, now: Timestamp) -> f64 {
        let oldest = now.0.div_euclid(SLOT) - SLOTS as i64;
        let recent = self.slots.iter().filter(|(slot, _)| *slot > oldest);
        recent.map(|(_, items)| *items).sum::<u64>() as f64 / WINDOW.secs()
    }

    fn add(&mut self, at: Timestamp, tally: &Tally) {
        self.deliveries += 1;
        self.accepted += tally.accepted;
        self.duplicates += tally.duplicates;
        self.rejected += tally.rejected;
        self.out_of_order += tally.out_of_order;
        self.late += tally.late;
        self.lag = tally.lag;
        self.last_at = at;
        let slot = at.0.div_euclid(SLOT);
        let place = &mut self.slots[slot.rem_euclid(SLOTS as i64) as usize];
        if place.0 != slot {
            *place = (slot, 0);
        }
        place.1 += tally.accepted + tally.duplicates + tally.rejected;
    }
}

/// The sources of the plant's data.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Traffic {
    sources: BTreeMap<Origin, Source>,
    /// Sources that were forgotten for want of room.
    pub forgotten: u64,
}

impl Traffic {
    /// Counts a delivery that came at the wall clock's `at`.
    pub fn add(&mut self, origin: &Origin, at: Timestamp, tally: &Tally) {
        if let Some(source) = self.sources.get_mut(origin) {
            return source.add(at, tally);
        }
        if self.sources.len() >= MOST_SOURCES {
            let oldest = self.sources.iter().min_by_key(|(_, source)| source.last_at).map(|(origin, _)| origin.clone());
            if let Some(oldest) = oldest {
                self.sources.remove(&oldest);
                self.forgotten += 1;
            }
        }
        self.sources.entry(origin.clone()).or_default().add(at, tally);
    }

    /// Every source, by connector and client.
    pub fn sources(&self) -> impl Iterator<Item = (&Origin, &Source)> {
        self.sources.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(client: usize) -> Origin {
        Origin { connector: "mqtt", client: format!("gateway-{client}") }
    }

    #[test]
    fn a_rate_is_that_of_the_last_minute() {
        let mut traffic = Traffic::default();
        let tally = Tally { accepted: 9, duplicates: 1, ..Tally::default() };
        for second in 0..120 {
            traffic.add(&origin(0), Timestamp(second * 1_000_000), &tally);
        }
        let (_, source) = traffic.sources().next().unwrap();
        let check = |second: i64, expected: f64| assert_eq!(source.rate(Timestamp(second * 1_000_000)), expected);
        check(119, 10.0);
        check(149, 5.0);
        check(180, 0.0);
        assert_eq!((source.deliveries, source.accepted, source.duplicates), (120, 1080, 120));
    }

    #[test]
    fn a_source_too_many_takes_the_place_of_the_one_heard_longest_ago() {
        let mut traffic = Traffic::default();
        for client in 0..=MOST_SOURCES {
            traffic.add(&origin(client), Timestamp(client as i64), &Tally::default());
        }
        assert_eq!((traffic.sources().count(), traffic.forgotten), (MOST_SOURCES, 1));
        assert!(traffic.sources().all(|(known, _)| *known != origin(0)));
    }
}
