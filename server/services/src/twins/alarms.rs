//! Alarms of twins as events of their assets: kept, streamed and listed like any other.
//!
//! A twin is looked at after each instant, so what is told depends on the entries and not on how they came: a twin that is
//! told the same again, after a restart, says the same, which the store knows already.

use twin::{
    Span, Timestamp, Twin,
    detect::{Alarm, Change, words},
};

use crate::{
    ingest::{self, Origin},
    store::Store,
    validate::{Checked, Happening},
};

/// The kind of the events. No event of a model can be called so, and no twin is told of it.
pub const KIND: &str = "twin-alarm";
/// So many measurements after an alarm was found it is told: they tell its causes apart.
const TOLD_AFTER: usize = 20;
/// Between two events of a signal lies this part of the time in which one false alarm is allowed: three hours of thirty days.
/// What comes and goes more often is one thing, and fills no list.
const PAUSES: i64 = 240;

/// The alarms of one twin that are going on.
#[derive(Debug, Default)]
pub(super) struct Alarms {
    open: Vec<Open>,
    /// When the last alarm that was told was found, by what it is of.
    told: Vec<(Of, Timestamp)>,
}

/// What an alarm is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Signal(u16),
    All,
    /// Number of the gauge, and the state that it finds.
    Learned(u16, Option<u32>),
}

#[derive(Debug)]
struct Open {
    /// As it was last; found when it was first.
    alarm: Alarm,
    is_told: bool,
}

impl Alarms {
    /// Looks at what `twin` finds after its newest instant: what is to be told.
    pub(super) fn look(&mut self, twin: &Twin) -> Vec<Happening> {
        let now = twin.all_alarms();
        if now.is_empty() && self.open.is_empty() {
            return Vec::new();
        }
        let pause = Span(twin.model().false_alarm_every.0 / PAUSES);
        let is_known = |known: &Open, alarm: &Alarm| of(&known.alarm) == of(alarm);
        let new: Vec<Alarm> =
            now.iter().filter(|alarm| !self.open.iter().any(|open| is_known(open, alarm))).copied().collect();
        for alarm in new {
            let told = self.told.iter().find(|(own, _)| *own == of(&alarm));
            let is_told = told.is_some_and(|(_, found)| alarm.found - *found < pause);
            self.open.push(Open { alarm, is_told });
        }
        let has_own = self.open.iter().any(|open| matches!(of(&open.alarm), Of::Signal(_)));
        let mut happenings = Vec::new();
        for open in &mut self.open {
            let goes_on = now.iter().find(|alarm| of(alarm) == of(&open.alarm));
            if let Some(alarm) = goes_on {
                open.alarm = Alarm { found: open.alarm.found, began: open.alarm.began, ..*alarm };
            }
            // What all find together and one finds by itself is one thing.
            open.is_told |= has_own && of(&open.alarm) == Of::All;
            if !open.is_told && (goes_on.is_none() || is_due(twin, &open.alarm)) {
                open.is_told = true;
                let until = twin.newest().filter(|_| goes_on.is_none());
                happenings.push(happening(twin, &open.alarm, until));
                self.told.retain(|(own, _)| *own != of(&open.alarm));
                self.told.push((of(&open.alarm), open.alarm.found));
            }
        }
        self.open.retain(|open| now.iter().any(|alarm| of(alarm) == of(&open.alarm)));
        happenings
    }

    /// Takes up a twin as it was kept: what it found long enough ago was told then.
    pub(super) fn resume(&mut self, twin: &Twin) {
        self.open = twin.all_alarms().into_iter().map(|alarm| Open { is_told: is_due(twin, &alarm), alarm }).collect();
        self.told =
            self.open.iter().filter(|open| open.is_told).map(|open| (of(&open.alarm), open.alarm.found)).collect();
    }

    /// Takes all that is going on for told.
    pub(super) fn forgo(&mut self, twin: &Twin) {
        self.resume(twin);
        self.open.iter_mut().for_each(|open| open.is_told = true);
    }
}

fn of(alarm: &Alarm) -> Of {
    match (alarm.change, alarm.signal) {
        (Change::Learned(gauge), _) => Of::Learned(gauge, alarm.state),
        (Change::Shift | Change::Drift, Some(signal)) => Of::Signal(signal),
        _ => Of::All,
    }
}

/// Whether enough has come since to tell causes apart; what a gauge finds has none.
fn is_due(twin: &Twin, alarm: &Alarm) -> bool {
    let since = || twin.innovations().rev().take_while(|said| said.t > alarm.found).count();
    matches!(alarm.change, Change::Learned(_)) || since() >= TOLD_AFTER
}

fn happening(twin: &Twin, alarm: &Alarm, until: Option<Timestamp>) -> Happening {
    let model = twin.model();
    let (named, causes) = match of(alarm) {
        Of::Learned(number, _) => (model.gauges.get(usize::from(number)).map(|gauge| &gauge.name), String::new()),
        Of::Signal(number) => (model.signals.get(usize::from(number)).map(|signal| &signal.name), causes(twin, alarm)),
        Of::All => (None, causes(twin, alarm)),
    };
    let named = named.map_or("all", String::as_str);
    let finding = words::finding(model, alarm);
    let note = if causes.is_empty() { finding } else { format!("{finding}. Likely: {causes}") };
    // The same alarm has the same id, whoever finds it and however often.
    let id = format!("{KIND}-{named}-{}", alarm.found.0);
    Happening { id, t: alarm.found, until, kind: KIND.into(), note }
}

fn causes(twin: &Twin, alarm: &Alarm) -> String {
    words::causes(twin.model(), &twin.explain(alarm.began))
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
