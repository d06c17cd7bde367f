//! Stops, from what was told and from what telemetry shows.

use twin::{
    Timestamp,
    kpi::{Interval, Stop, StopKind, Times, ended},
};

use super::{
    Kpis,
    cells::{self, Cells},
};
use crate::catalog::kpi::{Says, StoppedRule};

/// Stops that last still are told of one asset, at most.
const MOST_OPEN: usize = 12;

/// An event that says something of stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    pub t: Timestamp,
    pub seq: u64,
    pub until: Option<Timestamp>,
    /// The number of its kind.
    pub kind: u16,
    pub says: Says,
}

/// A stop, and how it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub stop: Stop,
    /// The seq of the event that told of it; `None` where it follows from telemetry.
    pub seq: Option<u64>,
    /// The number of the kind of that event.
    pub told: Option<u16>,
}

impl Kpis {
    /// The seqs of the events that told of stops which nobody planned and which last still when the asset's time is `now`,
    /// as far as was told before entry `before`: of those that have lasted longest.
    pub fn open(&self, asset: usize, now: Timestamp, before: u64) -> Vec<u64> {
        let kept = self.inside.kept(asset).told.clone();
        let told: Vec<Told> = kept.iter().filter(|event| event.seq < before).copied().collect();
        let stops = Stops::of(&told, None, now);
        let lasting = stops.told.iter().filter(|known| known.stop.is_open && known.stop.kind.is_unplanned());
        lasting.filter_map(|known| known.seq).take(MOST_OPEN).collect()
    }
}

/// What of `told` is planned from `now` on.
pub fn ahead(told: &[Told], now: Timestamp) -> impl Iterator<Item = Interval> {
    let is_planned = |event: &&Told| event.says == Says::Begins(StopKind::Planned);
    let rest = move |event: &Told| Interval::new(event.t.max(now), event.until.unwrap_or(event.t));
    told.iter().filter(is_planned).map(rest).filter(move |during| during.to > now)
}

/// All that was told of an asset's stops, as far as they are known at `now`, and where telemetry shows more.
pub struct Stops<'a> {
    /// In order of time.
    told: Vec<Known>,
    during: Times,
    rule: Option<(&'a StoppedRule, &'a Cells)>,
    now: Timestamp,
}

impl<'a> Stops<'a> {
    /// `told` is in order of time.
    pub fn of(told: &[Told], rule: Option<(&'a StoppedRule, &'a Cells)>, now: Timestamp) -> Stops<'a> {
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
            Some(Known {
                stop: Stop { during, kind, is_open: end.is_none() },
                seq: Some(event.seq),
                told: Some(event.kind),
            })
        };
        let told: Vec<Known> = told.iter().filter_map(stop).collect();
        let during = match rule {
            Some(_) => Times::of(told.iter().map(|known| known.stop.during)),
            None => Times::default(),
        };
        Stops { told, during, rule, now }
    }

    /// Those that reach into `period`, in order of time.
    pub fn within(&self, period: Interval) -> Vec<Known> {
        let reaches_in = |known: &Known| {
            let Interval { from, to } = known.stop.during;
            from < period.to && (to > period.from || (from == to && from >= period.from))
        };
        let mut known: Vec<Known> = self.told.iter().copied().filter(reaches_in).collect();
        if let Some((rule, cells)) = self.rule {
            known.extend(self.derived(rule, cells, period).filter(reaches_in));
        }
        known.sort_by_key(|known| (known.stop.during.from, known.seq));
        known
    }

    /// What nobody told of, though the signal was low for long enough.
    fn derived(&self, rule: &StoppedRule, cells: &Cells, period: Interval) -> impl Iterator<Item = Known> {
        let newest = cells.values().rev().find_map(|cell| cell.known.last()).map(|known| known.to);
        let until_now = Times::from(Interval::new(Timestamp(i64::MIN), self.now));
        let left = cells::runs(cells, period).and(&until_now).without(&self.during);
        let (at_least, kind, now) = (rule.at_least, rule.kind, self.now);
        left.into_iter().filter(move |during| during.length() >= at_least).map(move |during| {
            let is_open = Some(during.to) == newest || during.to == now;
            Known { stop: Stop { during, kind, is_open }, seq: None, told: None }
        })
    }
}
