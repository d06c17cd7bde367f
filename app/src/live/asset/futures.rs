//! What is ahead of one asset: as few members show it at once, and many a moment later.

use twin::{Projection, Scenario, Timestamp};

use super::LiveAsset;
use crate::live::outlook::Outlook;

/// All futures by many members, in the order of `LiveAsset::scenarios`; the twin may have gone on a little since.
#[derive(Debug)]
pub(super) struct Refined(Vec<Projection>);

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

    /// Steps all futures anew.
    pub fn look_ahead(&mut self, now: Timestamp) {
        if let Some(twin) = &self.twin {
            self.outlook = Outlook::of(twin, self.seq, now, &self.scenario, &self.kept);
            self.version += 1;
        }
    }

    /// Takes other scenarios and steps the futures that are new, from the state that the baseline's was stepped from.
    pub fn change_scenarios(&mut self, scenario: Scenario, kept: Vec<Scenario>, now: Timestamp) {
        let are_other_kept = self.kept != kept;
        if self.scenario != scenario || are_other_kept {
            self.refined = None;
        }
        (self.scenario, self.kept) = (scenario, kept);
        let Some(twin) = &self.twin else { return };
        match &mut self.outlook {
            Some(outlook) if outlook.seq == self.seq => {
                outlook.change(twin, &self.scenario);
                if are_other_kept {
                    outlook.keep(twin, &self.kept);
                }
            }
            _ => self.outlook = Outlook::of(twin, self.seq, now, &self.scenario, &self.kept),
        }
        self.version += 1;
    }

    /// Every scenario that is shown: that in which nothing is changed, those that are kept, and that of the sliders where
    /// one was moved.
    pub fn scenarios(&self) -> Vec<Scenario> {
        let moved = (!self.scenario.sliders.is_empty()).then_some(&self.scenario);
        std::iter::once(&Scenario::default()).chain(&self.kept).chain(moved).cloned().collect()
    }

    /// Takes in the futures of all scenarios as many members show them, unless others are shown by now.
    pub fn refine(&mut self, scenarios: &[Scenario], futures: Vec<Projection>) {
        if self.scenarios() == scenarios && futures.len() == scenarios.len() {
            self.refined = Some(Refined(futures));
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
            Some(refined) => refined.first(),
            None => self.outlook.as_ref().map(|outlook| &outlook.baseline),
        }
    }

    /// The futures of the scenarios that are kept, in their order.
    pub fn kept_futures(&self) -> &[Projection] {
        match self.refined() {
            Some(refined) => refined.get(1..=self.kept.len()).unwrap_or_default(),
            None => self.outlook.as_ref().map_or(&[], |outlook| &outlook.kept),
        }
    }

    /// The future of the scenario that the sliders make.
    pub fn changed(&self) -> Option<&Projection> {
        match self.refined() {
            Some(refined) => refined.get(1 + self.kept.len()),
            None => self.outlook.as_ref()?.scenario.as_ref(),
        }
    }

    /// Of use until the twin has gone on by a twentieth of the horizon.
    fn refined(&self) -> Option<&[Projection]> {
        let newest = self.outlook.as_ref()?.baseline.times.first()?;
        let Refined(futures) = self.refined.as_ref()?;
        let since = futures.first()?.times.first()?;
        ((*newest - *since).0 < self.model.horizon.0 / 20).then_some(futures)
    }
}
