//! What is ahead of one asset: as few members show it at once, and many a moment later.

use twin::{Projection, Scenario, Timestamp};

use super::LiveAsset;
use crate::live::outlook::Outlook;

/// Both futures by many members; the twin may have gone on a little since.
#[derive(Debug)]
pub(super) struct Refined {
    baseline: Projection,
    changed: Projection,
}

impl LiveAsset {
    /// Whether the future is to be stepped anew: the twin knows more, or time has eaten into the horizon.
    pub fn outlook_is_old(&self, now: Timestamp) -> bool {
        match (&self.twin, &self.outlook) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(_), Some(outlook)) => {
                let is_short = (outlook.until - now).0 < self.model.horizon.0 / 10 * 9;
                outlook.seq != self.seq || (is_short && !outlook.is_longest)
            }
        }
    }

    /// Steps both futures anew.
    pub fn look_ahead(&mut self, now: Timestamp) {
        if let Some(twin) = &self.twin {
            self.outlook = Outlook::of(twin, self.seq, now, &self.scenario);
            self.version += 1;
        }
    }

    /// Takes another scenario and steps its future, from the state that the baseline's was stepped from.
    pub fn change_scenario(&mut self, scenario: Scenario, now: Timestamp) {
        if self.scenario != scenario {
            self.refined = None;
        }
        self.scenario = scenario;
        let Some(twin) = &self.twin else { return };
        match &mut self.outlook {
            Some(outlook) if outlook.seq == self.seq => outlook.change(twin, &self.scenario),
            _ => self.outlook = Outlook::of(twin, self.seq, now, &self.scenario),
        }
        self.version += 1;
    }

    /// Takes in both futures as many members show them, unless another scenario is set by now.
    pub fn refine(&mut self, scenario: &Scenario, futures: Vec<Projection>) {
        if self.scenario == *scenario
            && let Ok([baseline, changed]) = <[Projection; 2]>::try_from(futures)
        {
            self.refined = Some(Refined { baseline, changed });
            self.version += 1;
        }
    }

    /// The members by which the futures are shown; 0 where there is none.
    pub fn members(&self) -> usize {
        let of = |projection: &Projection| projection.crossings.first().map(|crossing| crossing.first.len());
        self.baseline().and_then(of).unwrap_or(0)
    }

    /// The future in which nothing is changed.
    pub fn baseline(&self) -> Option<&Projection> {
        match self.refined() {
            Some(refined) => Some(&refined.baseline),
            None => self.outlook.as_ref().map(|outlook| &outlook.baseline),
        }
    }

    /// The future of the scenario that is set.
    pub fn changed(&self) -> Option<&Projection> {
        match self.refined() {
            Some(refined) => Some(&refined.changed),
            None => self.outlook.as_ref()?.scenario.as_ref(),
        }
    }

    /// Of use until the twin has gone on by a twentieth of the horizon.
    fn refined(&self) -> Option<&Refined> {
        let newest = self.outlook.as_ref()?.baseline.times.first()?;
        let is_fresh = |refined: &&Refined| {
            let since = refined.baseline.times.first();
            since.is_some_and(|since| (*newest - *since).0 < self.model.horizon.0 / 20)
        };
        self.refined.as_ref().filter(is_fresh)
    }
}
