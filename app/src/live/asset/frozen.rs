//! A state that a page's futures begin from while the twin goes on: two who look at it see the same.

use twin::{Projection, Timestamp, Twin, twin::StateHash};

use super::LiveAsset;
use crate::live::outlook::Outlook;

impl LiveAsset {
    /// What a page shows as ahead: from where it was frozen, or else from the newest entry.
    pub fn shown(&self) -> Option<&Outlook> {
        self.frozen.as_ref().or(self.outlook.as_ref())
    }

    /// The future in which nothing is changed, of the twin that goes on.
    pub fn going_on(&self) -> Option<&Projection> {
        if self.frozen.is_some() { Some(&self.outlook.as_ref()?.baseline) } else { self.baseline() }
    }

    /// When it is for whoever looks at what is shown.
    pub fn shown_now(&self, now: Timestamp) -> Timestamp {
        self.frozen_at().map_or(now, |(t, _)| t)
    }

    /// The newest entry before what is frozen: its time and its seq; `None` where nothing is.
    pub fn frozen_at(&self) -> Option<(Timestamp, u64)> {
        let frozen = self.frozen.as_ref()?;
        Some((frozen.from()?.newest()?, frozen.seq))
    }

    /// The twin that futures are stepped from by many members, and its last entry.
    pub fn begin(&self) -> Option<(&Twin, u64)> {
        match &self.frozen {
            Some(frozen) => Some((frozen.from()?, frozen.seq)),
            None => Some((self.twin.as_ref()?, self.seq)),
        }
    }

    /// Has the futures stay where they are; whether there were any that may.
    pub fn freeze(&mut self) -> bool {
        let studied = self.outlook.as_ref().filter(|outlook| outlook.is_studied());
        if let Some(outlook) = studied.filter(|outlook| outlook.seq > 0 && self.is_sure()) {
            self.frozen = Some(outlook.clone());
            self.version += 1;
        }
        self.frozen.is_some()
    }

    /// Has the futures begin from this twin, which is that after entry `seq`, and reach until `until`; whether they can.
    pub fn freeze_at(&mut self, twin: &Twin, seq: u64, until: Timestamp) -> bool {
        let frozen = Outlook::until(twin, seq, until, self.studied.as_ref());
        let is_possible = frozen.is_some();
        if is_possible {
            self.frozen = frozen;
            self.refined = None;
            // What was measured around it may never have been asked for.
            self.history_wanted += 1;
            self.version += 1;
        }
        is_possible
    }

    /// Has the futures follow the twin again.
    pub fn thaw(&mut self) {
        if self.frozen.take().is_some() {
            self.refined = None;
            // As after a link to another time: what is around now may never have been asked for.
            self.history_wanted += 1;
            self.version += 1;
        }
    }

    /// Where the members of each scenario end, by the few that a page steps at once; in the order of `scenarios`.
    pub fn results(&self) -> Vec<StateHash> {
        let all = self
            .shown()
            .into_iter()
            .flat_map(|shown| std::iter::once(&shown.baseline).chain(&shown.kept).chain(&shown.scenario));
        all.map(|future| future.hash).collect()
    }
}
