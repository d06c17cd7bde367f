//! Alarms of twins as events of their assets: kept, streamed and listed like any other.

use twin::{
    Timestamp, Twin,
    detect::{Alarm, words},
};

use crate::{
    ingest::{self, Origin},
    store::Store,
    validate::{Checked, Happening},
};

/// The kind of the events.
pub const KIND: &str = "alarm";
/// So many measurements after an alarm was found it is told: they tell its causes apart.
const TOLD_AFTER: usize = 20;

/// The alarms of one twin that are going on.
#[derive(Debug, Default)]
pub(super) struct Alarms {
    open: Vec<Open>,
}

#[derive(Debug)]
struct Open {
    /// As it was last.
    alarm: Alarm,
    is_told: bool,
}

impl Alarms {
    /// Looks at what `twin` finds by now: what is to be told.
    pub(super) fn look(&mut self, twin: &Twin) -> Vec<Happening> {
        let (now, newest) = (twin.alarms(), twin.newest());
        let mut happenings = Vec::new();
        for open in &mut self.open {
            let goes_on = now.iter().find(|alarm| is_same(alarm, &open.alarm));
            open.alarm = goes_on.copied().unwrap_or(open.alarm);
            let since = twin.innovations().rev().take_while(|said| said.t > open.alarm.found).count();
            if !open.is_told && (goes_on.is_none() || since >= TOLD_AFTER) {
                open.is_told = true;
                let until = newest.filter(|_| goes_on.is_none());
                happenings.push(happening(twin, &open.alarm, until));
            }
        }
        self.open.retain(|open| now.iter().any(|alarm| is_same(alarm, &open.alarm)));
        let new = now.iter().filter(|alarm| !self.open.iter().any(|open| is_same(alarm, &open.alarm)));
        let new: Vec<Open> = new.map(|alarm| Open { alarm: *alarm, is_told: false }).collect();
        self.open.extend(new);
        happenings
    }

    /// Takes what is going on for told.
    pub(super) fn forgo(&mut self, twin: &Twin) {
        self.open = twin.alarms().into_iter().map(|alarm| Open { alarm, is_told: true }).collect();
    }
}

fn is_same(one: &Alarm, other: &Alarm) -> bool {
    (one.signal, one.found, one.change) == (other.signal, other.found, other.change)
}

fn happening(twin: &Twin, alarm: &Alarm, until: Option<Timestamp>) -> Happening {
    let model = twin.model();
    let signal = alarm.signal.and_then(|number| model.signals.get(usize::from(number)));
    let signal = signal.map_or("all", |signal| signal.name.as_str());
    let causes = words::causes(model, &twin.explain(alarm.began));
    let finding = words::finding(model, alarm);
    let note = if causes.is_empty() { finding } else { format!("{finding}. Likely: {causes}") };
    // The same alarm has the same id, whoever finds it and however often.
    let id = format!("alarm-{signal}-{}-{}", alarm.change as u8, alarm.found.0);
    Happening { id, t: alarm.found, until, kind: KIND.into(), note }
}

/// Has the store keep what happened to asset number `asset`. Where it has no room an alarm is lost to the list of events,
/// which is said; the twins of pages find it all the same.
pub(super) fn keep(store: &Store, asset: usize, happenings: Vec<Happening>) {
    if happenings.is_empty() {
        return;
    }
    let origin = Origin { connector: "twin", client: String::new() };
    let checked = Checked::of_happenings(origin, ingest::received_at(), asset, happenings);
    if let Err(error) = store.try_append(checked) {
        tracing::warn!(asset, %error, "an alarm could not be kept");
    }
}
