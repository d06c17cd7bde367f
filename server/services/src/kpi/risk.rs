//! What the twins expect: how likely each failure is within the model's horizon.

use twin::{Horizon, Scenario, Span, Timestamp, Twin, kpi::Interval, project, whatif::Crossing};
use wire::ServerFrame;

use crate::{catalog::Asset, twins::Checkpoint};

/// As many as a forecast on a page has.
const MEMBERS: usize = 64;

/// What a twin expects of the future from `t` on.
#[derive(Debug, Clone, PartialEq)]
pub struct Risk {
    /// The last entry that the twin knew.
    pub seq: u64,
    pub t: Timestamp,
    pub horizon: Span,
    pub members: usize,
    /// By failure of the model: the share of members that meet it within the horizon.
    pub probabilities: Vec<f64>,
    /// By failure: when nine of ten members meet it, where more than half do within the horizon.
    pub windows: Vec<Option<Interval>>,
}

/// What the twin of `asset` expects, from its state as it is told to browsers; `None` of a twin that was told nothing.
pub fn risk(asset: &Asset, checkpoint: &Checkpoint) -> Option<Risk> {
    let Ok(ServerFrame::Checkpoint { bytes, .. }) = wire::decode(&checkpoint.frame) else { return None };
    let twin = Twin::restore(asset.model.clone(), &bytes).ok()?;
    let t = twin.newest()?;
    let horizon = Horizon { span: asset.model.horizon, points: 1 };
    let projection = project(&twin, &Scenario::default(), horizon, MEMBERS, asset.seed());
    let crossings = || projection.crossings.iter().filter(|crossing| crossing.failure(&asset.model).is_some());
    let window = |crossing: &Crossing| {
        let (early, _) = crossing.quantile(0.05).zip(crossing.quantile(0.5))?;
        Some(Interval::new(early, crossing.quantile(0.95).unwrap_or(t + horizon.span)))
    };
    Some(Risk {
        seq: checkpoint.seq,
        t,
        horizon: horizon.span,
        members: projection.members,
        probabilities: crossings().map(|crossing| crossing.probability()).collect(),
        windows: crossings().map(window).collect(),
    })
}
