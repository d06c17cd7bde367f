//! What events tell of stops: which kinds say that an asset stands, and which that it works again.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{StopKind, ended};
use crate::{model::Model, time::Timestamp};

/// What an event says of stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    Begins(StopKind),
    /// It works again.
    Restored,
}

/// Kinds of events that tell of stops, besides those that are known anyway.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kinds {
    pub failures: Vec<String>,
    pub planned: Vec<String>,
    pub repairs: Vec<String>,
}

/// Kinds that say the same of every asset.
const FAILURES: [&str; 2] = ["failure", "breakdown"];
const UNPLANNED: [&str; 2] = ["unplanned_stop", "stop"];
const PLANNED: [&str; 3] = ["planned_stop", "maintenance", "inspection"];
const RESTORED: [&str; 3] = ["repair", "restored", "restart"];

impl Kinds {
    /// What an event of `kind` says of stops, if anything: the plant file first, then the model's failures and actions.
    pub fn says(&self, model: &Model, kind: &str) -> Option<Says> {
        let has = |kinds: &[String]| kinds.iter().any(|known| known == kind);
        let is_failure = || model.failures.iter().any(|failure| failure.name == kind && failure.severity == "stop");
        if has(&self.failures) {
            Some(Says::Begins(StopKind::Failure))
        } else if has(&self.planned) {
            Some(Says::Begins(StopKind::Planned))
        } else if has(&self.repairs) {
            Some(Says::Restored)
        } else if FAILURES.contains(&kind) || is_failure() {
            Some(Says::Begins(StopKind::Failure))
        } else if UNPLANNED.contains(&kind) {
            Some(Says::Begins(StopKind::Unplanned))
        } else if PLANNED.contains(&kind) {
            Some(Says::Begins(StopKind::Planned))
        } else if RESTORED.contains(&kind) || model.actions.iter().any(|action| action.name == kind) {
            Some(Says::Restored)
        } else {
            None
        }
    }

    /// Why an asset stands at `now` though nobody planned it, and since when: by events, each with its end where it told
    /// one. `None` where it works, or nobody told that it does not.
    pub fn standing<'a>(
        &self,
        model: &Model,
        events: impl Iterator<Item = (Timestamp, Option<Timestamp>, &'a str)>,
        now: Timestamp,
    ) -> Option<(StopKind, Timestamp)> {
        let (mut begun, mut restored) = (Vec::new(), Vec::new());
        for (t, until, kind) in events.filter(|(t, ..)| *t <= now) {
            match self.says(model, kind) {
                Some(Says::Begins(kind)) if kind.is_unplanned() && until.is_none_or(|until| until > now) => {
                    begun.push((kind, t, until));
                }
                Some(Says::Restored) => restored.push(t),
                _ => {}
            }
        }
        restored.sort_unstable();
        begun.retain(|(_, t, until)| until.is_some() || ended(*t, &restored, now).is_none());
        begun.into_iter().map(|(kind, t, _)| (kind, t)).min_by_key(|(_, t)| *t)
    }
}
