//! What an asset did at every moment of a period.

use alloc::vec::Vec;

use super::{Interval, Stop, StopKind, Times};

/// What an asset does, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doing {
    /// It is not to run.
    Rests,
    Runs,
    /// Nothing is told of it.
    Unknown,
    /// It stands as planned.
    Planned,
    /// It stands, and nobody planned it.
    Stopped,
    Failed,
}

impl Doing {
    pub const ALL: [Doing; 6] =
        [Doing::Rests, Doing::Runs, Doing::Unknown, Doing::Planned, Doing::Stopped, Doing::Failed];
}

/// The course of `period`: in order of time, without a gap, nothing twice. Something can be told of the asset in `told`, and
/// it was to run in `required`, which lies within both. `known` is when its telemetry was, where it has any that tells of
/// stops; else what nobody told of did not happen.
pub fn course(
    period: Interval,
    told: Interval,
    required: &Times,
    known: Option<&Times>,
    stops: &[Stop],
) -> Vec<(Interval, Doing)> {
    let mut left = required.clone();
    let mut all = Vec::new();
    let mut take = |times: &Times, doing: Doing| {
        all.extend(left.and(times).into_iter().map(|stretch| (stretch, doing)));
        left = left.without(times);
    };
    // As in an account: what was planned is not held against the asset.
    let kinds = [
        (StopKind::Planned, Doing::Planned),
        (StopKind::Failure, Doing::Failed),
        (StopKind::Unplanned, Doing::Stopped),
    ];
    for (kind, doing) in kinds {
        take(&Times::of(stops.iter().filter(|stop| stop.kind == kind).map(|stop| stop.during)), doing);
    }
    let period = Times::from(period);
    take(known.unwrap_or(&period), Doing::Runs);
    take(&period, Doing::Unknown);
    let told = Times::from(told);
    all.extend(period.without(&told).into_iter().map(|stretch| (stretch, Doing::Unknown)));
    all.extend(period.and(&told).without(required).into_iter().map(|stretch| (stretch, Doing::Rests)));
    all.sort_unstable();
    all
}
