//! What the plant file says of key figures: costs, targets, planned hours, and the rules by which telemetry tells of stops.

mod read;

use jiff::{civil::Date, tz::TimeZone};
use twin::{Span, kpi::StopKind};

pub use read::{AssetTable, PlantTable};
pub(super) use read::{asset, plant};
pub use twin::kpi::{Kinds, Says};

/// What holds for the whole plant.
#[derive(Debug, Clone)]
pub struct PlantKpi {
    /// In which days, weeks and months are counted.
    pub zone: TimeZone,
    pub zone_name: String,
    /// First and last day of what savings are counted against.
    pub baseline: Option<[Date; 2]>,
}

impl Default for PlantKpi {
    fn default() -> PlantKpi {
        PlantKpi { zone: TimeZone::UTC, zone_name: "UTC".into(), baseline: None }
    }
}

/// What holds for one asset. Whatever is a price or a cost is an assumption.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AssetKpi {
    /// EUR an hour in which it stands unplanned.
    pub downtime_cost: Option<f64>,
    /// EUR an hour in which it stands as planned.
    pub planned_cost: Option<f64>,
    /// EUR a kWh.
    pub energy_price: Option<f64>,
    /// Who says so.
    pub source: String,
    /// When it is to run; always, where this says nothing.
    pub shift: Option<Shift>,
    pub targets: Targets,
    pub kinds: Kinds,
    pub stopped: Option<StoppedRule>,
    pub energy: Option<EnergyRule>,
    pub oee: Option<OeeRule>,
    /// EUR that a failure of the model costs, by its number.
    pub failure_costs: Vec<Option<f64>>,
}

/// The hours of each day in which an asset is to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shift {
    /// From Monday on.
    pub days: [bool; 7],
    /// Since midnight; a shift that ends no later than it begins ends on the next day.
    pub from: Span,
    pub to: Span,
}

/// What is aimed at.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Targets {
    /// Shares, 0 to 1.
    pub availability: Option<f64>,
    pub oee: Option<f64>,
    /// Of the planned busy time that is lost, and of the required time that is planned to be.
    pub unplanned: Option<f64>,
    pub planned: Option<f64>,
    pub between_failures: Option<Span>,
    pub to_restore: Option<Span>,
    /// Watts on average.
    pub power: Option<f64>,
    /// EUR an hour of required time.
    pub cost: Option<f64>,
    /// EUR.
    pub risk: Option<f64>,
}

/// Telemetry by which an asset is said to stand: a signal that is low for long enough.
#[derive(Debug, Clone, PartialEq)]
pub struct StoppedRule {
    pub signal: u16,
    /// In the signal's unit.
    pub below: f64,
    pub at_least: Span,
    pub kind: StopKind,
}

/// How energy follows from telemetry.
#[derive(Debug, Clone, PartialEq)]
pub struct EnergyRule {
    pub title: String,
    pub signal: u16,
    /// Another signal that it is multiplied with.
    pub times: Option<u16>,
    /// Watts: constant, by the value, by its square.
    pub watts: [f64; 3],
    /// Whether the asset gives it off, instead of using it up.
    pub is_given: bool,
}

impl EnergyRule {
    /// The power in watts where the signals have these values.
    pub fn power(&self, value: f64, other: f64) -> f64 {
        let [constant, linear, square] = self.watts;
        let value = value * other;
        constant + linear * value + square * value * value
    }
}

/// What OEE is counted from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OeeRule {
    /// Counters of all pieces, and of those that were not good.
    pub pieces: u16,
    pub rejects: u16,
    /// By design.
    pub ideal_per_sec: f64,
}

#[cfg(test)]
mod tests;
