//! Each asset's clock; a playback stands still while the server is off.

use std::sync::RwLock;

use twin::{Clock, Span, Timestamp, time::Replay};

use crate::catalog::{Catalog, ClockPlan};

/// Where the clock of a played-back asset stood when it was last kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The asset's number in the catalog.
    pub asset: usize,
    /// The start of the recording that was being played.
    pub start: Timestamp,
    pub at: Timestamp,
}

/// The clocks of all assets, by number.
#[derive(Debug)]
pub struct Clocks {
    clocks: RwLock<Vec<Clock>>,
    starts: Vec<Option<Timestamp>>,
}

impl Clocks {
    /// Sets every clock going at the wall clock's `now`: playbacks from where they stood, or from their start.
    pub fn start(catalog: &Catalog, kept: &[Standing], now: Timestamp) -> Clocks {
        let plans = catalog.assets().iter().map(|asset| asset.clock);
        let clocks = plans.clone().enumerate().map(|(number, plan)| start(number, plan, kept, now)).collect();
        let starts = plans
            .map(|plan| match plan {
                ClockPlan::Wall => None,
                ClockPlan::Replay { start, .. } => Some(start),
            })
            .collect();
        Clocks { clocks: RwLock::new(clocks), starts }
    }

    /// The clock of asset number `asset`.
    pub fn get(&self, asset: usize) -> Clock {
        self.clocks.read().expect("no one panics with the clocks in hand")[asset]
    }

    /// Where all playbacks stand at the wall clock's `now`, to be kept.
    pub fn standings(&self, now: Timestamp) -> Vec<Standing> {
        let clocks = self.clocks.read().expect("no one panics with the clocks in hand");
        let standing = |(asset, (clock, start)): (usize, (&Clock, &Option<Timestamp>))| {
            start.map(|start| Standing { asset, start, at: clock.now(now) })
        };
        clocks.iter().zip(&self.starts).enumerate().filter_map(standing).collect()
    }

    /// Hears that the wall clock was set, so much further: playbacks go on as if it had not been.
    pub fn wall_was_set(&self, by: Span) {
        for clock in self.clocks.write().expect("no one panics with the clocks in hand").iter_mut() {
            if let Clock::Replay(replay) = clock {
                replay.wall = replay.wall + by;
            }
        }
    }

    /// Sets the clock of asset number `asset`.
    pub fn set(&self, asset: usize, clock: Clock) {
        self.clocks.write().expect("no one panics with the clocks in hand")[asset] = clock;
    }
}

fn start(number: usize, plan: ClockPlan, kept: &[Standing], now: Timestamp) -> Clock {
    let ClockPlan::Replay { start, rate, recorded, end } = plan else { return Clock::Wall };
    // Another start is another recording: where the old one stood says nothing.
    let stood = kept.iter().find(|standing| standing.asset == number && standing.start == start);
    let asset = stood.map_or(start, |standing| standing.at.max(start).min(end));
    Clock::Replay(Replay { wall: now, asset, rate, recorded, end })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(plan: ClockPlan, kept: &[Standing]) -> Clock {
        start(0, plan, kept, Timestamp(1_000))
    }

    const PLAN: ClockPlan =
        ClockPlan::Replay { start: Timestamp(50), rate: 2.0, recorded: Timestamp(5), end: Timestamp(500) };

    #[test]
    fn a_playback_starts_at_its_start() {
        assert_eq!(clock(PLAN, &[]).now(Timestamp(1_010)), Timestamp(70));
    }

    #[test]
    fn a_playback_goes_on_where_it_stood() {
        let kept = [Standing { asset: 0, start: Timestamp(50), at: Timestamp(100) }];
        assert_eq!(clock(PLAN, &kept).now(Timestamp(1_010)), Timestamp(120));
    }

    #[test]
    fn a_playback_does_not_mind_that_the_wall_clock_is_set() {
        let hour = Span(3_600_000_000);
        for by in [hour, Span(-hour.0)] {
            let clocks = Clocks { clocks: RwLock::new(vec![clock(PLAN, &[]), Clock::Wall]), starts: vec![None, None] };
            let now = Timestamp(1_010) + by;
            clocks.wall_was_set(by);
            assert_eq!((clocks.get(0).now(now), clocks.get(1).now(now)), (Timestamp(70), now));
        }
    }

    #[test]
    fn another_recording_starts_over() {
        let kept = [Standing { asset: 0, start: Timestamp(49), at: Timestamp(100) }];
        assert_eq!(clock(PLAN, &kept).now(Timestamp(1_000)), Timestamp(50));
    }
}
