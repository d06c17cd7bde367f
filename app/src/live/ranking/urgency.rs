//! How urgent an asset is.

use twin::Timestamp;

use crate::live::{
    Live,
    asset::LiveAsset,
    condition::{Condition, Finding},
};

/// How urgent an asset is; the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    Abnormal,
    /// More likely than not it meets a limit or a failure within its horizon.
    Soon,
    /// Nothing new was measured for longer than usual, or ever.
    Silent,
    /// Nothing is wrong with it as far as anybody knows, and no twin knows yet what else is normal.
    Unknown,
    Normal,
}

impl Class {
    pub const ALL: [Class; 5] = [Class::Abnormal, Class::Soon, Class::Silent, Class::Unknown, Class::Normal];

    /// As the address and the page call it.
    pub fn name(self) -> &'static str {
        match self {
            Class::Abnormal => "abnormal",
            Class::Soon => "soon",
            Class::Silent => "silent",
            Class::Unknown => "unknown",
            Class::Normal => "normal",
        }
    }
}

/// How urgent an asset is, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Urgency {
    pub class: Class,
    /// Of `Soon`, in how many seconds; of `Abnormal`, 1 where all is in its band and not as expected.
    pub rank: i64,
    /// Whether it is silent, whatever else it is.
    pub is_silent: bool,
}

impl Urgency {
    pub fn is(&self, class: Class) -> bool {
        self.class == class || (self.is_silent && class == Class::Silent)
    }
}

pub fn urgency(asset: &LiveAsset, now: Timestamp) -> Urgency {
    let Condition { finding, is_fresh } = asset.condition(now);
    let is_over = matches!(finding, Finding::Empty | Finding::Ended);
    let left = || {
        let left = asset.outlook.as_ref().and_then(|outlook| outlook.hint?.mid).map(|mid| mid - now);
        left.or(asset.ends_within_horizon()).filter(|_| !is_over)
    };
    let (class, rank) = match finding {
        Finding::Unexpected { .. } => (Class::Abnormal, 1),
        finding if finding.is_alarm() => (Class::Abnormal, 0),
        _ => match left() {
            Some(left) => (Class::Soon, left.0.max(0) / 1_000_000),
            None if is_over || !is_fresh => (Class::Silent, 0),
            None if finding == Finding::Normal => (Class::Normal, 0),
            None => (Class::Unknown, 0),
        },
    };
    Urgency { class, rank, is_silent: is_over || !is_fresh }
}

/// How urgent each asset is, in the plant's order.
pub fn urgencies_of(live: Live) -> Vec<Urgency> {
    let mut urgencies = Vec::new();
    live.fleet(|fleet| {
        let assets = fleet.order.iter().filter_map(|id| fleet.asset(id));
        urgencies.extend(assets.map(|asset| urgency(asset, fleet.asset_now(asset))));
    });
    urgencies
}
