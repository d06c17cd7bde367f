//! What a period comes to, from what is known of an asset.

use twin::{
    Span,
    kpi::{Account, Compared, Interval, Oee, Output, Times, an_hour, cost_of_energy, cost_of_time, mean_power, share},
};

use super::{Heard, Known, cells};
use crate::catalog::Asset;

/// What a period comes to, for one asset or several.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Figures {
    pub account: Account,
    /// EUR of stops that nobody planned, and of planned ones, of assets that have a price for it.
    pub downtime_cost: Option<f64>,
    pub planned_cost: Option<f64>,
    /// Required time of these.
    pub priced: Span,
    /// Assets that stood unplanned and have no price for it.
    pub unpriced: u32,
    /// Joules used up, for how long these are known, and EUR.
    pub energy: Option<f64>,
    pub energy_known: Span,
    pub energy_cost: Option<f64>,
    /// Joules given off.
    pub given: Option<f64>,
    /// Required time of assets whose telemetry tells of stops or energy, and of that: when it was known.
    pub watched: Span,
    pub known: Span,
    pub oee: Option<Oee>,
    pub output: Option<Output>,
}

impl Figures {
    /// Adds another asset's; OEE is of one asset alone.
    pub fn add(&mut self, other: &Figures) {
        let plus = |one: Option<f64>, two: Option<f64>| one.into_iter().chain(two).reduce(|one, two| one + two);
        self.account.add(&other.account);
        self.downtime_cost = plus(self.downtime_cost, other.downtime_cost);
        self.planned_cost = plus(self.planned_cost, other.planned_cost);
        self.priced = self.priced + other.priced;
        self.unpriced += other.unpriced;
        self.energy = plus(self.energy, other.energy);
        self.energy_known = self.energy_known + other.energy_known;
        self.energy_cost = plus(self.energy_cost, other.energy_cost);
        self.given = plus(self.given, other.given);
        self.watched = self.watched + other.watched;
        self.known = self.known + other.known;
        (self.oee, self.output) = (None, None);
    }

    /// What downtime cost, planned or not.
    pub fn cost_of_downtime(&self) -> Option<f64> {
        self.downtime_cost.into_iter().chain(self.planned_cost).reduce(|one, two| one + two)
    }

    /// What an hour of required time cost in downtime.
    pub fn cost_an_hour(&self) -> Option<f64> {
        an_hour(self.cost_of_downtime()?, self.priced)
    }

    /// Watts on average, of what is used up.
    pub fn mean_power(&self) -> Option<f64> {
        mean_power(self.energy?, self.energy_known)
    }

    /// What downtime cost since `then` over the planned busy time, and energy over the time in which it is known: what is
    /// priced and known in both.
    pub fn compared(&self, then: &Figures) -> [Option<Compared>; 2] {
        let downtime = [then.downtime_cost.zip(self.downtime_cost), then.planned_cost.zip(self.planned_cost)];
        let downtime = downtime.into_iter().flatten().reduce(|one, two| (one.0 + two.0, one.1 + two.1));
        let over = |(then, now), over_then, over_now| Compared { then, over_then, now, over_now };
        [
            downtime.map(|costs| over(costs, then.account.busy(), self.account.busy())),
            then.energy_cost.zip(self.energy_cost).map(|costs| over(costs, then.energy_known, self.energy_known)),
        ]
    }

    /// What was saved since `then`.
    pub fn saved(&self, then: &Figures) -> Option<f64> {
        let saved = self.compared(then).into_iter().flatten().filter_map(|compared| compared.saved());
        saved.reduce(|one, two| one + two)
    }

    /// What share of the watched time is known.
    pub fn coverage(&self) -> Option<f64> {
        share(self.known, self.watched)
    }
}

/// The figures of `period`, of an asset that can have told anything in `told`.
pub(super) fn figures(
    asset: &Asset,
    heard: &Heard,
    required: &Times,
    (period, told): (Interval, Interval),
    stops: &[Known],
) -> Figures {
    let (kpi, cells) = (&asset.kpi, &heard.cells);
    let all: Vec<_> = stops.iter().map(|known| known.stop).collect();
    let account = Account::of(period, required, &all);
    let is_priced = kpi.downtime_cost.is_some() || kpi.planned_cost.is_some();
    let mut figures = Figures {
        downtime_cost: kpi.downtime_cost.map(|price| cost_of_time(account.unplanned, price)),
        planned_cost: kpi.planned_cost.map(|price| cost_of_time(account.planned, price)),
        priced: if is_priced { account.required } else { Span(0) },
        unpriced: u32::from(kpi.downtime_cost.is_none() && account.unplanned.0 > 0),
        account,
        ..Figures::default()
    };
    let mut energy_known = Times::default();
    if let Some(rule) = &kpi.energy {
        let (joules, known) = cells::energy(cells, period);
        if !known.is_empty() && rule.is_given {
            figures.given = Some(joules);
        } else if !known.is_empty() {
            figures.energy = Some(joules);
            figures.energy_known = known.total();
            figures.energy_cost = kpi.energy_price.map(|price| cost_of_energy(joules, price));
        }
        energy_known = known;
    }
    if kpi.energy.is_some() || kpi.stopped.is_some() {
        figures.watched = required.total();
        // Of stops or of energy.
        let known = Times::of(cells::known(cells, period).into_iter().chain(energy_known));
        figures.known = known.and(required).total();
    }
    if let Some(rule) = &kpi.oee {
        let made = cells::counted(cells, period, told, |cell| cell.made.as_ref());
        let rejected = cells::counted(cells, period, told, |cell| cell.rejected.as_ref());
        figures.output =
            made.map(|made| Output { made, rejected: rejected.unwrap_or(0.0), ideal_per_sec: rule.ideal_per_sec });
        figures.oee = figures.output.and_then(|output| Oee::of(&account, &output));
    }
    figures
}
