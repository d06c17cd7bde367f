//! Which refusals the log tells: the first of an asset, signal and reason at once, then how many more there were, now
//! and then. Everything that is refused is in quarantine and counted; this is for whoever reads along.

use std::collections::BTreeMap;

use twin::{Span, Timestamp};

use crate::validate::{Reason, Rejection};

/// The same asset, signal and reason is told again after this, where there were more.
const AGAIN: Span = Span(10 * Span::MINUTE.0);
/// Lines in a minute, whoever sends whatever.
const MOST_LINES: u32 = 20;
/// Places that are told apart: names of assets and signals are made up by whoever sends.
const MOST_PLACES: usize = 256;

/// Of what, as it said itself, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub asset: String,
    pub signal: String,
    pub reason: Reason,
}

/// What is refused in one transaction.
#[derive(Debug, Default)]
pub struct Refusals(BTreeMap<Place, (u64, String)>);

impl Refusals {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn add(&mut self, rejection: &Rejection) {
        let Rejection { asset, signal, reason, detail, .. } = rejection;
        let place = Place { asset: asset.clone(), signal: signal.clone(), reason: *reason };
        self.0.entry(place).or_insert_with(|| (0, detail.clone())).0 += 1;
    }
}

/// A line of the log: so many were refused since the line before, the last for `detail`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// None of what there were too many kinds of.
    pub place: Option<Place>,
    pub count: u64,
    pub detail: String,
}

impl Line {
    pub fn say(&self) {
        let Line { place, count, detail } = self;
        match place {
            Some(Place { asset, signal, reason }) => tracing::warn!(
                %asset,
                %signal,
                reason = reason.as_str(),
                count,
                "telemetry is refused: {detail}; it waits on the data page, `/data`, to be corrected and taken in"
            ),
            None => tracing::warn!(
                count,
                "more telemetry is refused, of too many assets and signals to name: see the data page, `/data`"
            ),
        }
    }
}

/// What was told when.
#[derive(Debug, Default)]
pub struct Log {
    places: BTreeMap<Place, Told>,
    /// Refused at places beyond those that are told apart.
    elsewhere: Told,
    /// The minute that lines are counted in, and how many it had.
    minute: Timestamp,
    lines: u32,
}

#[derive(Debug, Clone, Default)]
struct Told {
    at: Option<Timestamp>,
    /// Since then.
    count: u64,
    detail: String,
}

impl Told {
    fn is_due(&self, now: Timestamp) -> bool {
        // A wall clock that was set back makes nothing wait.
        self.count > 0 && self.at.is_none_or(|at| !(Span(0)..AGAIN).contains(&(now - at)))
    }
}

impl Log {
    /// Takes in what was refused, and gives what is to be told of it and of what was refused before.
    pub fn hear(&mut self, refused: Refusals, now: Timestamp) -> Vec<Line> {
        for (place, (count, detail)) in refused.0 {
            let has_room = self.places.len() < MOST_PLACES || self.places.contains_key(&place);
            let told = if has_room { self.places.entry(place).or_default() } else { &mut self.elsewhere };
            told.count += count;
            told.detail = detail;
        }
        if !(Span(0)..Span::MINUTE).contains(&(now - self.minute)) {
            (self.minute, self.lines) = (now, 0);
        }
        let mut lines = Vec::new();
        let all = self.places.iter_mut().map(|(place, told)| (Some(place), told));
        let all = all.chain([(None, &mut self.elsewhere)]);
        let mut due: Vec<_> = all.filter(|(_, told)| told.is_due(now)).collect();
        // Whoever was never told comes first, then whoever has waited longest.
        due.sort_by_key(|(_, told)| told.at);
        for (place, told) in due {
            if self.lines == MOST_LINES {
                break;
            }
            self.lines += 1;
            let count = std::mem::take(&mut told.count);
            told.at = Some(now);
            lines.push(Line { place: place.cloned(), count, detail: std::mem::take(&mut told.detail) });
        }
        // Whoever is quiet makes room for others.
        self.places.retain(|_, told| told.count > 0 || told.at.is_some_and(|at| now - at < AGAIN));
        lines
    }
}

#[cfg(test)]
mod tests {
    use twin::entry::Quality;

    use super::*;
    use crate::quarantine::Said;

    fn refused(asset: &str, reason: Reason, count: u64) -> Refusals {
        let said = Said { kind: "reading", t: None, value: None, unit: None, quality: Quality::Good };
        let (asset, signal, detail) = (asset.to_owned(), "load".to_owned(), format!("because of {}", reason.as_str()));
        let rejection = Rejection { index: 0, reason, detail, asset, signal, raw: "".into(), said, ahead: None };
        let mut refused = Refusals::default();
        (0..count).for_each(|_| refused.add(&rejection));
        refused
    }

    fn at(secs: f64) -> Timestamp {
        Timestamp(0) + Span::from_secs(secs)
    }

    /// Asset, reason and count of each line.
    fn told(lines: &[Line]) -> Vec<(&str, &str, u64)> {
        fn parts(line: &Line) -> (&str, &str, u64) {
            match &line.place {
                Some(place) => (&place.asset, place.reason.as_str(), line.count),
                None => ("", "", line.count),
            }
        }
        lines.iter().map(parts).collect()
    }

    #[test]
    fn the_first_of_its_kind_is_told_at_once_and_the_rest_is_counted() {
        let mut log = Log::default();
        let lines = log.hear(refused("t1", Reason::Unit, 3), at(0.0));
        assert_eq!(told(&lines), [("t1", "unit", 3)]);
        assert_eq!(lines[0].detail, "because of unit");
        assert_eq!(log.hear(refused("t1", Reason::Unit, 5), at(1.0)), []);
        assert_eq!(told(&log.hear(refused("t1", Reason::Range, 1), at(2.0))), [("t1", "range", 1)]);
        assert_eq!(told(&log.hear(refused("t2", Reason::Unit, 1), at(3.0))), [("t2", "unit", 1)]);
        // Nobody has to be refused again for the count to be told.
        assert_eq!(log.hear(Refusals::default(), at(599.0)), []);
        assert_eq!(told(&log.hear(Refusals::default(), at(600.0))), [("t1", "unit", 5)]);
        assert_eq!(log.hear(Refusals::default(), at(1_200.0)), [], "nothing was refused since");
    }

    #[test]
    fn a_flood_of_names_makes_few_lines_and_is_counted_to_the_last() {
        let mut log = Log::default();
        let mut lines = Vec::new();
        for number in 0..5_000 {
            lines
                .extend(log.hear(refused(&format!("t{number}"), Reason::UnknownAsset, 1), at(f64::from(number) / 1e3)));
        }
        assert_eq!(lines.len(), MOST_LINES as usize);
        assert!(log.places.len() <= MOST_PLACES);
        for minute in 1..60 {
            let more = log.hear(Refusals::default(), at(60.0 * f64::from(minute)));
            assert!(more.len() <= MOST_LINES as usize);
            lines.extend(more);
        }
        assert_eq!(lines.iter().map(|line| line.count).sum::<u64>(), 5_000);
        assert!(lines.iter().any(|line| line.place.is_none()));
        assert!(log.places.is_empty(), "whoever is quiet makes room");
    }

    #[test]
    fn a_wall_clock_that_is_set_back_silences_nobody() {
        let mut log = Log::default();
        log.hear(refused("t1", Reason::Unit, 1), at(1e6));
        assert_eq!(told(&log.hear(refused("t1", Reason::Unit, 2), at(0.0))), [("t1", "unit", 2)]);
    }
}
