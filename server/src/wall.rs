//! Notices that somebody set the wall clock: it went further, or less far, than the time that has passed.

use std::time::{Duration, Instant};

use services::{Services, ingest};
use twin::{Span, Timestamp};

const EVERY: Duration = Duration::from_millis(100);
/// What is no more than this may be the clock being slowed or hurried by a time server, and the telling of it being late.
const LEAST: Duration = Duration::from_millis(500);
/// Between one look at one clock and the next at the other, no more than this may pass.
const AT_ONCE: Duration = Duration::from_millis(20);

/// Both clocks in one moment.
#[derive(Debug, Clone, Copy)]
struct Moment {
    passed: Instant,
    wall: Timestamp,
}

/// Tells the services whenever it happens; never ends by itself.
pub async fn watch(services: Services) {
    let mut looks = tokio::time::interval(EVERY);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut last = None;
    loop {
        looks.tick().await;
        let Some(now) = look() else { continue };
        let by = last.replace(now).map_or(Span(0), |last| set_by(last, now));
        if by != Span(0) {
            tracing::warn!(secs = by.secs(), "the wall clock was set");
            services.wall_was_set(by).await;
        }
    }
}

fn look() -> Option<Moment> {
    let before = Instant::now();
    let wall = ingest::received_at();
    (before.elapsed() <= AT_ONCE).then_some(Moment { passed: before, wall })
}

/// How much further the wall clock went than time did; nothing where it is little.
fn set_by(last: Moment, now: Moment) -> Span {
    let passed = i64::try_from((now.passed - last.passed).as_micros()).unwrap_or(i64::MAX);
    let by = (now.wall - last.wall).0.saturating_sub(passed);
    if by.unsigned_abs() > LEAST.as_micros() as u64 { Span(by) } else { Span(0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(passed_millis: u64, went_millis: i64, expected_secs: f64) {
        let last = Moment { passed: Instant::now(), wall: Timestamp(1_000_000_000) };
        let passed = last.passed + Duration::from_millis(passed_millis);
        let now = Moment { passed, wall: last.wall + Span(went_millis * 1000) };
        assert_eq!(set_by(last, now).secs(), expected_secs);
    }

    #[test]
    fn a_clock_that_goes_on_was_not_set() {
        check(100, 100, 0.0);
        check(5_000, 5_000, 0.0);
        check(100, 400, 0.0);
        check(600, 150, 0.0);
    }

    #[test]
    fn a_clock_that_went_elsewhere_was() {
        check(100, 3_600_100, 3600.0);
        check(100, -3_599_900, -3600.0);
        check(1_000, 0, -1.0);
    }
}
