//! What is ahead of one asset: as few members show it at once, and many a moment later.

use twin::{Projection, Scenario, Timestamp};

use super::LiveAsset;
use crate::live::{
    kept::Kept,
    outlook::{Outlook, Studied},
};

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
            self.outlook = Outlook::of(twin, self.seq, now, self.studied.as_ref());
            self.version += 1;
        }
    }

    /// Takes other scenarios and steps the futures that are new; `None` where no page has sliders for this any more.
    pub fn study(&mut self, studied: Option<Studied>, now: Timestamp) {
        if self.studied != studied {
            self.refined = None;
        }
        let before = std::mem::replace(&mut self.studied, studied);
        let Some(twin) = &self.twin else { return };
        let Some(Studied { scenario, kept }) = &self.studied else { return self.version += 1 };
        match self.outlook.as_mut().filter(|outlook| outlook.is_studied()) {
            Some(outlook) => {
                outlook.change(scenario);
                if before.is_none_or(|before| before.kept != *kept) {
                    outlook.keep(kept);
                }
            }
            None => self.outlook = Outlook::of(twin, self.seq, now, self.studied.as_ref()),
        }
        self.version += 1;
    }

    /// Those that are kept to compare with.
    pub fn kept(&self) -> &[Kept] {
        self.studied.as_ref().map_or(&[], |studied| &studied.kept)
    }

    /// Every scenario that is shown: that in which nothing is changed, those that are kept, and that of the sliders where
    /// one was moved.
    pub fn scenarios(&self) -> Vec<Scenario> {
        let studied = self.studied.iter();
        let moved = studied.clone().map(|own| &own.scenario).filter(|scenario| !scenario.sliders.is_empty());
        let kept = studied.flat_map(|own| &own.kept).map(|own| &own.scenario);
        std::iter::once(&Scenario::default()).chain(kept).chain(moved).cloned().collect()
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
        self.baseline().map_or(0, |baseline| baseline.members)
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
            Some(refined) => refined.get(1..=self.kept().len()).unwrap_or_default(),
            None => self.outlook.as_ref().map_or(&[], |outlook| &outlook.kept),
        }
    }

    /// The future of the scenario that the sliders make.
    pub fn changed(&self) -> Option<&Projection> {
        match self.refined() {
            Some(refined) => refined.get(1 + self.kept().len()),
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
