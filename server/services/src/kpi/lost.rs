//! What each cause took of the time in which an asset was to run.

use twin::{
    Span,
    kpi::{StopKind, Times},
};

use super::Known;

/// A cause and what it took; no moment is counted twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lost {
    pub kind: StopKind,
    /// The number of the kind of event that told of it; `None` where it follows from telemetry.
    pub told: Option<u16>,
    pub time: Span,
    pub stops: u32,
}

/// What the causes of `stops` took of `required`: together as much as an account says. Planned ones come first, then failures,
/// then other stops: a moment that several stops share is the first one's.
pub(super) fn lost(required: &Times, stops: &[Known]) -> Vec<Lost> {
    let cause = |known: &Known| (known.stop.kind.is_unplanned(), known.stop.kind, known.told);
    let mut ordered: Vec<&Known> = stops.iter().collect();
    ordered.sort_by_key(|known| cause(known));
    let mut left = required.clone();
    let of = |same: &[&Known]| {
        let during = Times::of(same.iter().map(|known| known.stop.during));
        let time = left.and(&during).total();
        left = left.without(&during);
        Lost { kind: same[0].stop.kind, told: same[0].told, time, stops: same.len() as u32 }
    };
    ordered.chunk_by(|one, other| cause(one) == cause(other)).map(of).collect()
}
