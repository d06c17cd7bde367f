//! A stretch of time as an address has it: clock times of a zone, safe where clocks are set.

use jiff::{Span, ToSpan, civil::DateTime, tz::TimeZone};
use services::kpi::calendar::zoned;
use twin::Timestamp;

/// Steps between ticks: minutes, then hours, then days.
/// Up to twenty years.
const MINUTES: [i64; 15] =
    [1, 5, 15, 30, 60, 180, 360, 720, 1_440, 7_200, 43_200, 129_600, 525_600, 2_628_000, 10_512_000];
const MOST_TICKS: i64 = 9;

#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    pub from: Timestamp,
    pub to: Timestamp,
    /// What there is to be said of how the times were read.
    pub remarks: Vec<String>,
}

/// Which end of a range is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    From,
    To,
}

/// The time zone of this name; UTC and a remark where this machine knows none.
pub fn zone(name: &str) -> (TimeZone, Option<String>) {
    match TimeZone::get(name) {
        Ok(zone) => (zone, None),
        Err(_) => (TimeZone::UTC, Some(format!("This server knows no time zone `{name}`: times are UTC."))),
    }
}

/// The range `from..=to`, each an instant with its offset or a clock time of `zone`; without them, the last `past`
/// before `now`.
pub fn read(from: &str, to: &str, past: &str, zone: &TimeZone, now: Timestamp) -> Range {
    let mut remarks = Vec::new();
    let to = end(to, End::To, zone, &mut remarks).unwrap_or(now);
    let from = end(from, End::From, zone, &mut remarks).unwrap_or_else(|| before(to, past, zone));
    if from >= to {
        remarks.push("The range ends before it begins: the day before its end is shown.".into());
        return Range { from: before(to, "1d", zone), to, remarks };
    }
    Range { from, to, remarks }
}

fn end(text: &str, which: End, zone: &TimeZone, remarks: &mut Vec<String>) -> Option<Timestamp> {
    if text.is_empty() {
        return None;
    }
    if let Ok(t) = text.parse::<jiff::Timestamp>() {
        return Some(Timestamp(t.as_microsecond()));
    }
    let Ok(clock) = text.parse::<DateTime>() else {
        remarks.push(format!("`{text}` is no time like 2025-10-26T02:30."));
        return None;
    };
    let meant = zone.to_ambiguous_zoned(clock);
    // Whichever end it is, the range holds all that may be meant.
    let zoned = match which {
        _ if !meant.is_ambiguous() => meant.unambiguous(),
        End::From => meant.earlier(),
        End::To => meant.later(),
    };
    let zoned = zoned.ok()?;
    if zone.to_ambiguous_zoned(clock).is_ambiguous() {
        let taken = zoned.strftime("%H:%M %Z");
        remarks.push(format!(
            "Clocks are set around {}: it comes twice or not at all there, and {taken} was taken.",
            clock.strftime("%Y-%m-%d %H:%M")
        ));
    }
    Some(Timestamp(zoned.timestamp().as_microsecond()))
}

/// So long before `t`: days are days of the calendar, which may have 23 or 25 hours.
fn before(t: Timestamp, past: &str, zone: &TimeZone) -> Timestamp {
    let span: Span = match past {
        "1h" => 1.hour(),
        "6h" => 6.hours(),
        "7d" => 7.days(),
        "30d" => 30.days(),
        _ => 1.day(),
    };
    let start = zoned(zone, t).checked_sub(span);
    start.map_or(Timestamp(t.0 - 86_400_000_000), |start| Timestamp(start.timestamp().as_microsecond()))
}

/// Round clock times in the range, each once, at most ten; with their labels.
pub fn ticks(range: &Range, zone: &TimeZone) -> Vec<(Timestamp, String)> {
    let minutes = (range.to.0 - range.from.0) / 60_000_000;
    let step = MINUTES.into_iter().find(|step| minutes / step <= MOST_TICKS).unwrap_or(MINUTES[MINUTES.len() - 1]);
    let start = zoned(zone, range.from);
    let mut ticks: Vec<(Timestamp, String)> = Vec::new();
    let mut offset = start.offset();
    let midnight = start.datetime().date().to_datetime(jiff::civil::Time::midnight());
    // Below an hour from instant to instant, so that an hour that comes twice has its ticks twice.
    let tick_at = |n: i64| -> Option<jiff::Zoned> {
        if step < 60 {
            let micros = range.from.0.div_euclid(step * 60_000_000) * step * 60_000_000 + n * step * 60_000_000;
            Some(zoned(zone, Timestamp(micros)))
        } else {
            zone.to_zoned(midnight.checked_add((n * step).minutes()).ok()?).ok()
        }
    };
    for n in 0..=4 * 1_440 / step.min(1_440) + MOST_TICKS * 2 {
        let Some(at) = tick_at(n) else { break };
        let t = Timestamp(at.timestamp().as_microsecond());
        if t < range.from || ticks.last().is_some_and(|(before, _)| *before >= t) {
            continue;
        }
        if t > range.to {
            break;
        }
        let is_day = at.hour() == 0 && at.minute() == 0;
        let form = match step {
            43_200.. => "%Y-%m-%d",
            1_440.. => "%b %-d",
            _ if is_day => "%b %-d",
            _ => "%H:%M",
        };
        let mut label = at.strftime(form).to_string();
        if at.offset() != offset {
            // Clocks were set since the tick before.
            label = format!("{label} {}", at.strftime("%Z"));
            offset = at.offset();
        }
        ticks.push((t, label));
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_761_566_400_000_000); // 2025-10-27T12:00:00Z

    fn berlin() -> TimeZone {
        zone("Europe/Berlin").0
    }

    fn check(from: &str, to: &str, expected: (&str, &str), remarks: usize) {
        let range = read(from, to, "", &berlin(), NOW);
        let said = |t: Timestamp| jiff::Timestamp::from_microsecond(t.0).unwrap().to_string();
        assert_eq!((said(range.from).as_str(), said(range.to).as_str()), expected, "{from} {to}");
        assert_eq!(range.remarks.len(), remarks, "{:?}", range.remarks);
    }

    #[test]
    fn clock_times_are_those_of_the_zone() {
        check("2025-07-01T12:00", "2025-07-01T13:00", ("2025-07-01T10:00:00Z", "2025-07-01T11:00:00Z"), 0);
        check("2025-12-01T12:00", "2025-12-01T13:00", ("2025-12-01T11:00:00Z", "2025-12-01T12:00:00Z"), 0);
        check("2025-07-01T12:00:00Z", "2025-07-01T15:00+01:00", ("2025-07-01T12:00:00Z", "2025-07-01T14:00:00Z"), 0);
    }

    #[test]
    fn an_hour_that_comes_twice_is_in_the_range_twice_and_one_that_does_not_come_is_said() {
        check("2025-10-26T02:00", "2025-10-26T02:30", ("2025-10-26T00:00:00Z", "2025-10-26T01:30:00Z"), 2);
        check("2025-03-30T01:00", "2025-03-30T02:30", ("2025-03-30T00:00:00Z", "2025-03-30T01:30:00Z"), 1);
    }

    #[test]
    fn a_day_of_the_calendar_has_25_hours_where_clocks_are_set_back() {
        check("", "2025-10-27T00:00", ("2025-10-25T22:00:00Z", "2025-10-26T23:00:00Z"), 0);
        check("", "2025-03-31T00:00", ("2025-03-29T23:00:00Z", "2025-03-30T22:00:00Z"), 0);
    }

    #[test]
    fn what_cannot_be_read_is_said_and_the_last_day_shown() {
        check("yesterday", "", ("2025-10-26T12:00:00Z", "2025-10-27T12:00:00Z"), 1);
        check("2025-10-27T13:00", "2025-10-27T12:00", ("2025-10-26T11:00:00Z", "2025-10-27T11:00:00Z"), 1);
    }

    #[test]
    fn ticks_stand_at_round_clock_times_on_both_sides_of_a_change() {
        let range = read("2025-10-26T00:00", "2025-10-27T00:00", "", &berlin(), NOW);
        let ticks = ticks(&range, &berlin());
        let labels: Vec<&str> = ticks.iter().map(|(_, label)| label.as_str()).collect();
        assert_eq!(labels, ["Oct 26", "03:00 CET", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00", "Oct 27"]);
        assert_eq!(ticks[1].0.0 - ticks[0].0.0, 4 * 3_600_000_000, "four hours from midnight to three");
        let range = read("2025-10-26T02:00", "2025-10-26T02:59", "", &berlin(), NOW);
        let twice = super::ticks(&range, &berlin());
        let labels: Vec<&str> = twice.iter().map(|(_, label)| label.as_str()).collect();
        assert_eq!(labels, ["02:00", "02:15", "02:30", "02:45", "02:00 CET", "02:15", "02:30", "02:45"]);
    }

    #[test]
    fn an_unknown_zone_is_said_and_is_utc() {
        let (zone, remark) = zone("Nowhere/Land");
        assert_eq!(zone, TimeZone::UTC);
        assert!(remark.unwrap().contains("Nowhere/Land"));
    }
}
