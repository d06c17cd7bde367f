//! Stops, from what was told and from what telemetry shows.

use twin::{
    Timestamp,
    kpi::{Interval, Stop, StopKind, Times, ended},
};

use super::cells::{self, Cells};
use crate::catalog::kpi::{Says, StoppedRule};

/// An event that says something of stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    pub t: Timestamp,
    pub seq: u64,
    pub until: Option<Timestamp>,
    pub says: Says,
}

/// A stop, and how it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub stop: Stop,
    /// The seq of the event that told of it; `None` where it follows from telemetry.
    pub seq: Option<u64>,
}

/// The stops that reach into `period`, as far as they are known at `now`, in order of time. `told` is in order of time.
pub fn stops(told: &[Told], rule: Option<(&StoppedRule, &Cells)>, period: Interval, now: Timestamp) -> Vec<Known> {
    let restored: Vec<Timestamp> =
        told.iter().filter(|event| event.says == Says::Restored).map(|event| event.t).collect();
    let stop = |event: &Told| {
        let Says::Begins(kind) = event.says else { return None };
        if event.t > now {
            return None;
        }
        // What is planned ahead has not happened yet, and nothing ends before it began.
        let end = event.until.map(|until| until.max(event.t)).filter(|until| *until <= now);
        let end = if event.until.is_some() { end } else { ended(event.t, &restored, now) };
        let during = Interval::new(event.t, end.unwrap_or(now));
        Some(Known { stop: Stop { during, kind, is_open: end.is_none() }, seq: Some(event.seq) })
    };
    let mut known: Vec<Known> = told.iter().filter_map(stop).collect();
    if let Some((rule, cells)) = rule {
        let all_told = Times::of(known.iter().map(|known| known.stop.during));
        known.extend(derived(rule, cells, &all_told, period, now));
    }
    known.retain(|known| {
        let Interval { from, to } = known.stop.during;
        from < period.to && (to > period.from || (from == to && from >= period.from))
    });
    known.sort_by_key(|known| (known.stop.during.from, known.seq));
    known
}

/// What nobody told of, though the signal was low for long enough.
fn derived(rule: &StoppedRule, cells: &Cells, told: &Times, period: Interval, now: Timestamp) -> Vec<Known> {
    let newest = cells.values().rev().find_map(|cell| cell.known.last()).map(|known| known.to);
    let mut found = Vec::new();
    for run in cells::runs(cells, period).into_iter().filter(|run| run.length() >= rule.at_least) {
        let run = run.and(Interval::new(run.from, now));
        for during in Times::from(run).without(told).iter().filter(|left| left.length() >= rule.at_least) {
            let is_open = Some(during.to) == newest || during.to == now;
            found.push(Known { stop: Stop { during: *during, kind: rule.kind, is_open }, seq: None });
        }
    }
    found
}

/// Whether a stop counts as down time that nobody planned.
pub fn is_unplanned(kind: StopKind) -> bool {
    kind != StopKind::Planned
}
