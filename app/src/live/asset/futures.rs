//! What is ahead of one asset: as few members show it at once, and many a moment later.

use twin::{Projection, Scenario, Timestamp};

use super::LiveAsset;
use crate::live::{
    crew::MEMBERS as MANY,
    kept::Kept,
    outlook::{Outlook, Studied},
};

/// Futures by many members, as far as they came in: of the twin after entry `seq`, which may have gone on a little since.
#[derive(Debug)]
pub(super) struct Refined {
    seq: u64,
    futures: Vec<(Scenario, Projection)>,
}

impl Refined {
    fn of(&self, scenario: &Scenario) -> Option<&Projection> {
        self.futures.iter().find(|(own, _)| own == scenario).map(|(_, future)| future)
    }
}

impl LiveAsset {
    /// Whether the future is to be stepped anew: the twin knows more, or time has eaten into the horizon.
    pub fn outlook_is_old(&self, now: Timestamp) -> bool {
        match (&self.twin, &self.outlook) {
            (None, _) => false,
            // A twin that was told nothing has no future, and none of which no formula says what it does.
            (Some(twin), None) => twin.newest().is_some() && self.model.has_physics(),
            (Some(_), Some(outlook)) => {
                let is_short = (outlook.until - now).0 < self.model.horizon.0 / 10 * 9;
                outlook.seq != self.seq || (is_short && !outlook.is_longest)
            }
        }
    }

    /// Steps all futures anew.
    pub fn look_ahead(&mut self, now: Timestamp) {
        if let Some(twin) = &self.twin {
            // What a page studies stands still while it is frozen.
            let studied = self.studied.as_ref().filter(|_| self.frozen.is_none());
            self.outlook = Outlook::of(twin, self.seq, now, studied);
            self.version += 1;
        }
    }

    /// Whether a page has sliders for this, and has its futures stepped at once.
    pub fn is_studied(&self) -> bool {
        self.studied.is_some()
    }

    /// Takes a future that was stepped elsewhere, of the twin as it was a moment ago.
    pub fn foresee(&mut self, outlook: Outlook) {
        if self.studied.is_none() && outlook.seq <= self.seq {
            self.outlook = Some(outlook);
            self.version += 1;
        }
    }

    /// Takes other scenarios and steps the futures that are new; `None` where no page has sliders for this any more.
    pub fn study(&mut self, studied: Option<Studied>, now: Timestamp) {
        let before = std::mem::replace(&mut self.studied, studied);
        if self.studied.is_none() {
            self.thaw();
        }
        let shown = self.scenarios();
        if let Some(refined) = &mut self.refined {
            refined.futures.retain(|(scenario, _)| shown.contains(scenario));
        }
        self.version += 1;
        let Some(Studied { scenario, kept }) = &self.studied else { return };
        let going_on = self.outlook.as_mut().filter(|outlook| outlook.is_studied());
        match self.frozen.as_mut().or(going_on) {
            Some(outlook) => {
                outlook.change(scenario);
                if before.is_none_or(|before| before.kept != *kept) {
                    outlook.keep(kept);
                }
            }
            None => {
                let from = self.twin.as_ref();
                self.outlook = from.and_then(|twin| Outlook::of(twin, self.seq, now, self.studied.as_ref()));
            }
        }
    }

    /// Those that are kept to compare with.
    pub fn kept(&self) -> &[Kept] {
        self.studied.as_ref().map_or(&[], |studied| &studied.kept)
    }

    /// Every scenario that is shown: that in which nothing is changed, those that are kept, and that of the sliders where
    /// one was moved.
    pub fn scenarios(&self) -> Vec<Scenario> {
        let kept = self.kept().iter().map(|own| &own.scenario);
        let moved = self.moved().map(|studied| &studied.scenario);
        std::iter::once(&Scenario::default()).chain(kept).chain(moved).cloned().collect()
    }

    /// The scenarios that are shown and whose future many members have not shown since the last entry.
    pub fn lacking(&self) -> Vec<Scenario> {
        let from = self.frozen.as_ref().map_or(self.seq, |frozen| frozen.seq);
        let refined = self.refined.as_ref().filter(|refined| refined.seq == from);
        let is_whole = |scenario: &Scenario| {
            refined.and_then(|refined| refined.of(scenario)).is_some_and(|future| future.members >= MANY as usize)
        };
        self.scenarios().into_iter().filter(|scenario| !is_whole(scenario)).collect()
    }

    /// Takes in futures of these scenarios after entry `seq`, as many members show them.
    pub fn refine(&mut self, seq: u64, scenarios: Vec<Scenario>, futures: Vec<Projection>) {
        let shown = self.scenarios();
        let known = self.refined.take().filter(|refined| refined.seq == seq).map(|refined| refined.futures);
        let is_kept = |scenario: &Scenario| shown.contains(scenario) && !scenarios.contains(scenario);
        let mut all: Vec<_> = known.unwrap_or_default().into_iter().filter(|(own, _)| is_kept(own)).collect();
        all.extend(scenarios.into_iter().zip(futures).filter(|(own, _)| shown.contains(own)));
        self.refined = Some(Refined { seq, futures: all });
        self.version += 1;
    }

    /// The fewest members by which a future is shown; 0 where there is none.
    pub fn members(&self) -> usize {
        let all = self.baseline().into_iter().chain(self.kept_futures()).chain(self.changed());
        all.map(|future| future.members).min().unwrap_or(0)
    }

    /// The future in which nothing is changed.
    pub fn baseline(&self) -> Option<&Projection> {
        match self.refined() {
            Some(refined) => refined.of(&Scenario::default()),
            None => self.shown().map(|outlook| &outlook.baseline),
        }
    }

    /// The futures of the scenarios that are kept, in their order.
    pub fn kept_futures(&self) -> Vec<&Projection> {
        match self.refined() {
            Some(refined) => self.kept().iter().filter_map(|own| refined.of(&own.scenario)).collect(),
            None => self.shown().iter().flat_map(|outlook| &outlook.kept).collect(),
        }
    }

    /// The future of the scenario that the sliders make.
    pub fn changed(&self) -> Option<&Projection> {
        match self.refined() {
            Some(refined) => refined.of(&self.moved()?.scenario),
            None => self.shown()?.scenario.as_ref(),
        }
    }

    fn moved(&self) -> Option<&Studied> {
        self.studied.as_ref().filter(|studied| !studied.scenario.sliders.is_empty())
    }

    /// Where many members have shown all that is shown; of use until the twin has gone on by a twentieth of the horizon.
    fn refined(&self) -> Option<&Refined> {
        let newest = self.shown()?.baseline.times.first()?;
        let refined = self.refined.as_ref()?;
        let since = refined.futures.first()?.1.times.first()?;
        let is_fresh = (*newest - *since).0 < self.model.horizon.0 / 20;
        (is_fresh && self.scenarios().iter().all(|scenario| refined.of(scenario).is_some())).then_some(refined)
    }
}
