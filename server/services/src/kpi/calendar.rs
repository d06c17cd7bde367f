//! Days, weeks, months, quarters and years of a time zone, and the hours in which an asset is to run.

use jiff::{ToSpan, Zoned, civil::Date, civil::DateTime, tz::TimeZone};
use twin::{
    Span, Timestamp,
    kpi::{Interval, Times},
};

use crate::catalog::kpi::Shift;

/// How long a period is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Length {
    Day,
    #[default]
    Week,
    Month,
    Quarter,
    Year,
    /// All that is kept.
    All,
}

impl Length {
    pub const ALL: [Length; 6] = [Length::Day, Length::Week, Length::Month, Length::Quarter, Length::Year, Length::All];

    /// Its name in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Length::Day => "day",
            Length::Week => "week",
            Length::Month => "month",
            Length::Quarter => "quarter",
            Length::Year => "year",
            Length::All => "all",
        }
    }

    pub fn parse(name: &str) -> Option<Length> {
        Length::ALL.into_iter().find(|length| length.as_str() == name)
    }

    /// The first day of the one that `day` is in.
    fn begin(self, day: Date) -> Date {
        let first_of_month = day.first_of_month();
        match self {
            Length::Day | Length::All => day,
            Length::Week => {
                let since_monday = i64::from(day.weekday().to_monday_zero_offset());
                day.saturating_sub(since_monday.days())
            }
            Length::Month => first_of_month,
            Length::Quarter => first_of_month.saturating_sub((i64::from(day.month() - 1) % 3).months()),
            Length::Year => day.first_of_year(),
        }
    }

    /// The first day of the one that comes so many after that which begins with `first`.
    fn step(self, first: Date, by: i64) -> Date {
        let span = match self {
            Length::Day | Length::All => by.days(),
            Length::Week => (7 * by).days(),
            Length::Month => by.months(),
            Length::Quarter => (3 * by).months(),
            Length::Year => (12 * by).months(),
        };
        first.saturating_add(span)
    }
}

/// A period of an asset's time, and what it is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub period: Interval,
    /// As much of the period before; `None` where there is none.
    pub before: Option<Interval>,
    /// Whether the period goes on: it ends at the asset's now.
    pub is_running: bool,
}

/// The most periods that can be gone back.
pub const MOST_BACK: u32 = 1_000;

/// The period of this length that lies `back` before the one in which `now` is. `first` is the first instant of which
/// anything is kept.
pub fn window(length: Length, back: u32, zone: &TimeZone, now: Timestamp, first: Option<Timestamp>) -> Window {
    if length == Length::All {
        let period = Interval::new(first.unwrap_or(now).min(now), now);
        return Window { period, before: None, is_running: true };
    }
    let back = i64::from(back.min(MOST_BACK));
    let begin = length.step(length.begin(local(zone, now).date()), -back);
    let at = |by: i64| instant(zone, length.step(begin, by));
    let (from, end) = (at(0), at(1));
    let is_running = now < end;
    let period = Interval::new(from, end.min(now));
    let earlier = at(-1);
    // As far as this one has come: half a week is not compared with a whole one.
    let to = if is_running { (earlier + period.length()).min(from) } else { from };
    Window { period, before: Some(Interval::new(earlier, to)), is_running }
}

/// The `count` whole periods before `period`, the first one first; there is none before all that is kept.
pub fn earlier(length: Length, zone: &TimeZone, period: Interval, count: usize) -> Vec<Interval> {
    if length == Length::All {
        return Vec::new();
    }
    let begin = local(zone, period.from).date();
    let at = |by: i64| instant(zone, length.step(begin, by));
    (1..=count as i64).rev().map(|n| Interval::new(at(-n), at(1 - n))).collect()
}

/// Some round instants of the zone within `shown`, few enough to be written beside each other on a telephone.
pub fn ticks(zone: &TimeZone, shown: Interval) -> Vec<(Timestamp, String)> {
    let length = shown.length().0 / Span::DAY.0;
    let first = local(zone, shown.from).date();
    let (begin, days, months, how) = match length {
        0..=1 => (first, 0, 0, "%H:%M"),
        2..=4 => (first, 1, 0, "%-d %b"),
        5..=8 => (first, 2, 0, "%-d %b"),
        9..=35 => (first, 7, 0, "%-d %b"),
        36..=100 => (first.first_of_month(), 0, 1, "%-d %b"),
        101..=400 => (first.first_of_month(), 0, 3, "%b %Y"),
        years => (first.first_of_year(), 0, 12 * ((years / 365 + 4) / 5), "%Y"),
    };
    let at = |number: i64| match (days, months) {
        (0, 0) => instant(zone, first) + Span(6 * Span::HOUR.0 * number),
        _ => instant(zone, begin.saturating_add((days * number).days().months(months * number))),
    };
    let inside = (0..16).map(at).filter(|t| shown.has(*t));
    inside.map(|t| (t, zoned(zone, t).strftime(how).to_string())).collect()
}

/// The days `first` to `last`.
pub fn days(zone: &TimeZone, [first, last]: [Date; 2]) -> Interval {
    Interval::new(instant(zone, first), instant(zone, last.saturating_add(1.day())))
}

/// When an asset is to run within `span`.
pub fn shifts(shift: Option<Shift>, zone: &TimeZone, span: Interval) -> Times {
    let Some(shift) = shift.filter(|_| !span.is_empty()) else { return Times::from(span) };
    let last = local(zone, span.to).date();
    let mut day = local(zone, span.from).date().saturating_sub(1.day());
    let mut all = Vec::new();
    while day <= last {
        if shift.days[day.weekday().to_monday_zero_offset() as usize] {
            let ends_on = if shift.to > shift.from { day } else { day.saturating_add(1.day()) };
            let (from, to) = (at_time(zone, day, shift.from), at_time(zone, ends_on, shift.to));
            all.push(Interval::new(from, to).and(span));
        }
        let next = day.saturating_add(1.day());
        if next <= day {
            break;
        }
        day = next;
    }
    Times::of(all)
}

/// Date and time of day in `zone`.
pub fn local(zone: &TimeZone, t: Timestamp) -> DateTime {
    zoned(zone, t).datetime()
}

/// The same, with the zone.
pub fn zoned(zone: &TimeZone, t: Timestamp) -> Zoned {
    let (least, most) = (jiff::Timestamp::MIN.as_microsecond(), jiff::Timestamp::MAX.as_microsecond());
    let t = jiff::Timestamp::from_microsecond(t.0.clamp(least, most)).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    t.to_zoned(zone.clone())
}

/// The instant with which `day` begins.
pub fn instant(zone: &TimeZone, day: Date) -> Timestamp {
    at_time(zone, day, Span(0))
}

/// A time of day that a change of clocks leaves out is as long after it.
fn at_time(zone: &TimeZone, day: Date, since_midnight: Span) -> Timestamp {
    let time = day.to_datetime(jiff::civil::Time::midnight()).saturating_add(since_midnight.0.microseconds());
    let zoned = zone.to_ambiguous_zoned(time).compatible();
    Timestamp(zoned.map_or(0, |zoned| zoned.timestamp().as_microsecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_microsecond())
    }

    fn check(length: Length, back: u32, now: &str, period: [&str; 2], before: Option<[&str; 2]>) {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let found = window(length, back, &zone, at(now), Some(at("2026-01-05T10:00:00Z")));
        let interval = |[from, to]: [&str; 2]| Interval::new(at(from), at(to));
        assert_eq!((found.period, found.before), (interval(period), before.map(interval)), "{length:?} at {now}");
        assert_eq!(found.is_running, back == 0);
    }

    #[test]
    fn periods_begin_at_midnight_of_the_zone_and_run_until_now() {
        let now = "2026-02-12T11:00:00Z";
        let day = ["2026-02-11T23:00:00Z", now];
        check(Length::Day, 0, now, day, Some(["2026-02-10T23:00:00Z", "2026-02-11T11:00:00Z"]));
        let week = ["2026-02-08T23:00:00Z", now];
        check(Length::Week, 0, now, week, Some(["2026-02-01T23:00:00Z", "2026-02-05T11:00:00Z"]));
        let month = ["2026-01-31T23:00:00Z", now];
        check(Length::Month, 0, now, month, Some(["2025-12-31T23:00:00Z", "2026-01-12T11:00:00Z"]));
        let quarter = ["2025-12-31T23:00:00Z", now];
        check(Length::Quarter, 0, now, quarter, Some(["2025-09-30T22:00:00Z", "2025-11-12T10:00:00Z"]));
        check(Length::Year, 0, now, quarter, Some(["2024-12-31T23:00:00Z", "2025-02-12T11:00:00Z"]));
        check(Length::All, 0, now, ["2026-01-05T10:00:00Z", now], None);
    }

    #[test]
    fn a_period_before_is_whole_and_compared_with_a_whole_one() {
        let now = "2026-05-15T11:00:00Z";
        // The clocks went forward on 29 March.
        let march = ["2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"];
        check(Length::Month, 2, now, march, Some(["2026-01-31T23:00:00Z", "2026-02-28T23:00:00Z"]));
        let day = ["2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"];
        check(Length::Day, 47, now, day, Some(["2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z"]));
    }

    #[test]
    fn periods_before_are_whole_and_follow_each_other() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let period = window(Length::Month, 0, &zone, at("2026-05-15T11:00:00Z"), None).period;
        let found = earlier(Length::Month, &zone, period, 2);
        let begins = [at("2026-02-28T23:00:00Z"), at("2026-03-31T22:00:00Z"), period.from];
        assert_eq!(found, [Interval::new(begins[0], begins[1]), Interval::new(begins[1], begins[2])]);
        assert_eq!(earlier(Length::All, &zone, period, 2), []);
    }

    #[test]
    fn a_long_month_is_compared_with_no_more_than_there_is_of_a_short_one() {
        let now = "2026-03-31T12:00:00Z";
        let march = ["2026-02-28T23:00:00Z", now];
        check(Length::Month, 0, now, march, Some(["2026-01-31T23:00:00Z", "2026-02-28T23:00:00Z"]));
    }

    #[test]
    fn shifts_keep_to_the_clock_on_the_wall() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let hours = |n: i64| Span(n * Span::HOUR.0);
        let night = Shift { days: [false, false, false, false, false, true, false], from: hours(22), to: hours(6) };
        // The night in which an hour is left out.
        let span = Interval::new(at("2026-03-23T00:00:00Z"), at("2026-03-30T00:00:00Z"));
        let found = shifts(Some(night), &zone, span);
        let only: Vec<_> = found.iter().copied().collect();
        assert_eq!(only, [Interval::new(at("2026-03-28T21:00:00Z"), at("2026-03-29T04:00:00Z"))]);
        let day = Shift { days: [true; 7], from: hours(6), to: hours(22) };
        assert_eq!(shifts(Some(day), &zone, span).total(), hours(7 * 16));
        assert_eq!(shifts(None, &zone, span).total(), hours(7 * 24));
    }

    #[test]
    fn times_at_the_ends_of_all_time_do_no_harm() {
        for t in [i64::MIN, i64::MAX] {
            for length in Length::ALL {
                for back in [0, MOST_BACK, u32::MAX] {
                    window(length, back, &TimeZone::UTC, Timestamp(t), None);
                }
            }
        }
    }
}
