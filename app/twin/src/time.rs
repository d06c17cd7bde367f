//! Instants, spans and the clock of an asset; never a look at a real clock.

use core::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

/// An instant: microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Hours since midnight UTC.
    pub fn hour_of_day(self) -> f64 {
        self.0.rem_euclid(Span::DAY.0) as f64 / Span::HOUR.0 as f64
    }

    /// Days since the year began in UTC, with their fraction.
    pub fn day_of_year(self) -> f64 {
        let days = self.0.div_euclid(Span::DAY.0);
        let begin = |year: i64| {
            365 * (year - 1970) + (year - 1969).div_euclid(4) - (year - 1901).div_euclid(100)
                + (year - 1601).div_euclid(400)
        };
        let mut year = 1970 + days.div_euclid(366).min(days.div_euclid(365));
        while begin(year + 1) <= days {
            year += (days - begin(year)) / 366 + i64::from(days - begin(year) < 366);
        }
        (days - begin(year)) as f64 + self.hour_of_day() / 24.0
    }
}

/// A length of time in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(pub i64);

impl Span {
    pub const SECOND: Span = Span(1_000_000);
    pub const MINUTE: Span = Span(60_000_000);
    pub const HOUR: Span = Span(3_600_000_000);
    pub const DAY: Span = Span(86_400_000_000);

    /// The span of `secs` seconds, to the nearest microsecond.
    pub fn from_secs(secs: f64) -> Span {
        let micros = secs * 1e6;
        Span(if micros < 0.0 { (micros - 0.5) as i64 } else { (micros + 0.5) as i64 })
    }

    pub fn secs(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

impl Sub for Timestamp {
    type Output = Span;

    fn sub(self, earlier: Timestamp) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Span> for Timestamp {
    type Output = Timestamp;

    fn add(self, span: Span) -> Timestamp {
        Timestamp(self.0.saturating_add(span.0))
    }
}

impl Add for Span {
    type Output = Span;

    fn add(self, more: Span) -> Span {
        Span(self.0.saturating_add(more.0))
    }
}

impl Sub<Span> for Timestamp {
    type Output = Timestamp;

    fn sub(self, span: Span) -> Timestamp {
        Timestamp(self.0.saturating_sub(span.0))
    }
}

/// How an asset's own time runs against the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Clock {
    /// The asset lives now.
    Wall,
    /// The asset's telemetry is a recording that is played back.
    Replay(Replay),
}

/// A playback: at wall time `wall` the asset's time was `asset`, and it runs `rate` times as fast until `end`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Replay {
    pub wall: Timestamp,
    pub asset: Timestamp,
    pub rate: f64,
    /// When the recording was made: its first instant.
    pub recorded: Timestamp,
    /// The recording's last instant, where the asset's time stops.
    pub end: Timestamp,
}

impl Clock {
    /// The asset's now at the wall clock's `wall`.
    pub fn now(&self, wall: Timestamp) -> Timestamp {
        match self {
            Clock::Wall => wall,
            Clock::Replay(replay) => {
                let elapsed = (wall - replay.wall).0.max(0) as f64 * replay.rate;
                (replay.asset + Span(elapsed as i64)).min(replay.end)
            }
        }
    }

    /// Asset seconds per wall second.
    pub fn rate(&self) -> f64 {
        match self {
            Clock::Wall => 1.0,
            Clock::Replay(replay) => replay.rate,
        }
    }

    /// Whether a playback has reached its end at the wall clock's `wall`.
    pub fn has_ended(&self, wall: Timestamp) -> bool {
        match self {
            Clock::Wall => false,
            Clock::Replay(replay) => self.now(wall) >= replay.end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_has_its_days() {
        let day = |days: i64| Timestamp(days * Span::DAY.0).day_of_year();
        assert_eq!([day(0), day(364), day(365), day(-1)], [0.0, 364.0, 0.0, 364.0]);
        // 2000-02-29, 2000-12-31, 2024-12-31, 2100-12-31: leap, leap, leap, not leap.
        assert_eq!([day(11_016), day(11_322), day(20_088), day(47_846)], [59.0, 365.0, 365.0, 364.0]);
        assert_eq!(Timestamp(18 * Span::HOUR.0).day_of_year(), 0.75);
        for t in [i64::MIN, i64::MAX] {
            assert!((0.0..366.0).contains(&Timestamp(t).day_of_year()));
        }
    }

    #[test]
    fn a_replay_runs_at_its_rate_and_stops_at_its_end() {
        let clock = Clock::Replay(Replay {
            wall: Timestamp(1_000_000),
            asset: Timestamp(500),
            rate: 60.0,
            recorded: Timestamp(500),
            end: Timestamp(90_000_000),
        });
        assert_eq!(clock.now(Timestamp(2_000_000)), Timestamp(60_000_500));
        assert_eq!(clock.now(Timestamp(0)), Timestamp(500));
        assert_eq!(clock.now(Timestamp(3_000_000)), Timestamp(90_000_000));
        assert!(clock.has_ended(Timestamp(3_000_000)));
    }
}
