//! A twin that goes ahead through the window that is replayed: what came of failures in it, and what had been said of them.

use twin::{
    Horizon, Model, Projection, Scenario, Span, Timestamp, Twin,
    gauge::{Gauge, Kind, Learnt},
    project,
};

use wire::view::EventView;

use super::reel::Reel;
use crate::live::outlook::{MEMBERS, Meeting, SEED};

/// Times that it looks into the future on the way to what came.
const LOOKS: u64 = 64;
/// What stands again within so small a part of the horizon has stood all along: a limit is seldom passed once.
const AGAIN: i64 = 100;

/// Something that an asset may come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Number of the failure in the model.
    Failure(usize),
    /// The end of a life that was learned: number of the gauge in the model.
    Life(usize),
    /// A failure that an event tells of, and of which nothing says when it comes.
    Told,
}

/// What an asset came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Came {
    pub fate: Fate,
    pub at: Timestamp,
    seq: u64,
}

/// What was said at an instant.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    pub at: Timestamp,
    /// Since when something had not been as expected, where anything was not.
    pub since: Option<Timestamp>,
    meetings: Vec<(Fate, Meeting)>,
}

impl Look {
    pub fn meeting(&self, fate: Fate) -> Meeting {
        let found = self.meetings.iter().find(|(own, _)| *own == fate);
        found.map_or(Meeting::Never, |(_, meeting)| *meeting)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Errand {
    /// Looks for what came.
    Comes,
    /// Goes the same way again as far as that, and looks ahead.
    Says {
        next: u64,
        apart: u64,
        until: u64,
    },
    Done,
}

#[derive(Debug)]
pub struct Scout {
    /// When the first entry of the window came.
    pub begins_at: Timestamp,
    begin: Twin,
    twin: Twin,
    seq: u64,
    errand: Errand,
    /// Which failures are met, once it was looked at.
    is_met: Option<Vec<bool>>,
    /// In order of time; those before the window first.
    came: Vec<Came>,
    /// How many came before the window.
    before: usize,
    /// When each was last met or told of.
    stood: Vec<(Fate, Timestamp)>,
    looks: Vec<Look>,
}

impl Scout {
    /// `begin` is the twin after the first entry of `reel`, `events` are some of those before it, newest first.
    pub fn new(reel: &Reel, begin: Twin, events: &[EventView]) -> Scout {
        let model = begin.model();
        let told = |event: &EventView| Some(Came { fate: told_of(model, &event.kind)?, at: event.t, seq: event.seq });
        let came: Vec<Came> = events.iter().rev().filter_map(told).collect();
        let is_needed = !model.failures.is_empty() || reel.events().any(|(_, kind)| tells_of_failure(kind));
        let errand = if is_needed { Errand::Comes } else { Errand::Done };
        Scout {
            begins_at: reel.instant(reel.first_seq()),
            twin: begin.clone(),
            begin,
            seq: reel.first_seq(),
            errand,
            is_met: None,
            before: came.len(),
            stood: came.iter().map(|came| (came.fate, came.at)).collect(),
            came,
            looks: Vec::new(),
        }
    }

    pub fn is_done(&self) -> bool {
        self.errand == Errand::Done
    }

    /// When `fate` came, in order of time; before it is done what came before the window.
    pub fn came(&self, fate: Fate) -> impl Iterator<Item = Timestamp> {
        self.known().iter().filter(move |came| came.fate == fate).map(|came| came.at)
    }

    /// Of each that came; one may stand there several times.
    pub fn fates(&self) -> impl Iterator<Item = Fate> {
        self.known().iter().map(|came| came.fate)
    }

    fn known(&self) -> &[Came] {
        if self.is_done() { &self.came } else { &self.came[..self.before] }
    }

    /// What was said on the way from one instant to another, in order of time.
    pub fn looks_between(&self, from: Timestamp, to: Timestamp) -> &[Look] {
        let place = |t| self.looks.partition_point(|look| look.at < t);
        &self.looks[place(from).min(place(to))..place(to)]
    }

    /// Goes on by at most so many entries, or by a look ahead; whether it is done.
    pub fn go_on(&mut self, reel: &Reel, most: u64) -> bool {
        match self.errand {
            Errand::Comes => self.find(reel, most),
            Errand::Says { next, apart, until } if self.seq >= next => {
                self.look(reel);
                let next = next + apart;
                self.errand = if next > until { Errand::Done } else { Errand::Says { next, apart, until } };
            }
            Errand::Says { next, .. } => self.tell(reel, next.min(self.seq + most)),
            Errand::Done => {}
        }
        self.is_done()
    }

    fn tell(&mut self, reel: &Reel, to: u64) {
        let model = self.twin.model().clone();
        let batch = reel.batch(self.seq, to);
        let told: Vec<_> = batch.entries.iter().filter_map(|entry| entry.observed(&model)).collect();
        self.twin.observe(&told);
        self.seq = to;
    }

    fn find(&mut self, reel: &Reel, most: u64) {
        let last = reel.last_seq();
        if self.is_met.is_none() {
            self.note(reel);
        }
        for _ in 0..most {
            if self.seq >= last {
                return self.turn_back(reel);
            }
            self.tell(reel, self.seq + 1);
            self.hear(reel);
            // All that came at an instant counts.
            if self.seq == last || reel.instant(self.seq + 1) > reel.instant(self.seq) {
                self.note(reel);
            }
        }
    }

    /// Notes which failures the twin has come to: more members than not.
    fn note(&mut self, reel: &Reel) {
        let met = met(&self.twin);
        let before = self.is_met.replace(met.clone()).unwrap_or_else(|| met.clone());
        for (number, (is_met, was_met)) in met.into_iter().zip(before).enumerate() {
            let fate = Fate::Failure(number);
            match (is_met, was_met) {
                (true, false) => self.come(reel, fate),
                (true, true) => self.stand(fate, reel.instant(self.seq)),
                (false, _) => {}
            }
        }
    }

    /// Notes what the newest entry tells of.
    fn hear(&mut self, reel: &Reel) {
        let Some(kind) = reel.kind(self.seq) else { return };
        if let Some(fate) = told_of(self.twin.model(), kind) {
            self.come(reel, fate);
        }
    }

    /// Notes that `fate` came, unless it has stood until just now.
    fn come(&mut self, reel: &Reel, fate: Fate) {
        let at = reel.instant(self.seq);
        let apart = Span(self.twin.model().horizon.0 / AGAIN);
        if !self.stood.iter().any(|(own, stood)| *own == fate && at - *stood < apart) {
            self.came.push(Came { fate, at, seq: self.seq });
        }
        self.stand(fate, at);
    }

    fn stand(&mut self, fate: Fate, at: Timestamp) {
        match self.stood.iter_mut().find(|(own, _)| *own == fate) {
            Some((_, stood)) => *stood = at,
            None => self.stood.push((fate, at)),
        }
    }

    fn turn_back(&mut self, reel: &Reel) {
        self.errand = Errand::Done;
        if let Some(until) = self.came[self.before..].iter().map(|came| came.seq).max() {
            (self.twin, self.seq) = (self.begin.clone(), reel.first_seq());
            let apart = (until - self.seq).div_ceil(LOOKS).max(1);
            self.errand = Errand::Says { next: self.seq, apart, until };
        }
    }

    fn look(&mut self, reel: &Reel) {
        let at = reel.instant(self.seq);
        let model = self.twin.model();
        let horizon = Horizon { span: model.horizon, points: 1 };
        let future = model.has_physics().then(|| project(&self.twin, &Scenario::default(), horizon, MEMBERS, SEED));
        let meetings = meetings(model, &self.twin.learned(), future.as_ref(), at);
        let since = self.twin.alarms().iter().map(|alarm| alarm.began).min();
        self.looks.push(Look { at, since, meetings });
    }
}

/// When `asset` comes to what, by its forecast and by what was learned of it: from `now` on.
pub fn meetings(
    model: &Model,
    learned: &[Learnt],
    future: Option<&Projection>,
    now: Timestamp,
) -> Vec<(Fate, Meeting)> {
    let failures = future.map_or(&[][..], |future| &future.crossings).iter().take(model.failures.len()).enumerate();
    let mut meetings: Vec<_> =
        failures.map(|(number, crossing)| (Fate::Failure(number), Meeting::of(crossing, now))).collect();
    for (number, (gauge, learnt)) in
        model.gauges.iter().zip(learned).enumerate().filter(|(_, (gauge, _))| tells_life(gauge))
    {
        let Some(rows) = learnt.remaining else { continue };
        let [low, mid, high] = [rows.low, rows.middle, rows.high].map(|rows| gauge.span_of(rows));
        // What is further away than its page looks ahead is no news.
        let is_open = gauge.most.is_some_and(|most| rows.high >= most);
        let meeting = Meeting::In { mid, low, high: (!is_open).then_some(high) };
        meetings.push((Fate::Life(number), if mid <= model.horizon { meeting } else { Meeting::Never }));
    }
    meetings
}

/// Which failures more members have met than not.
fn met(twin: &Twin) -> Vec<bool> {
    let model = twin.model();
    if model.failures.is_empty() || !model.has_physics() {
        return Vec::new();
    }
    let horizon = Horizon { span: model.step, points: 1 };
    let now = project(twin, &Scenario::default(), horizon, MEMBERS, SEED);
    let begin = now.times.first().copied().unwrap_or(Timestamp(i64::MIN));
    let is_met = |crossing: &twin::whatif::Crossing| crossing.quantile(0.5).is_some_and(|t| t <= begin);
    now.crossings.iter().take(model.failures.len()).map(is_met).collect()
}

/// What an event of this kind says that its asset came to.
fn told_of(model: &Model, kind: &str) -> Option<Fate> {
    let failure = model.failures.iter().position(|failure| failure.name == kind).map(Fate::Failure);
    let life = || model.gauges.iter().position(tells_life).map_or(Fate::Told, Fate::Life);
    failure.or_else(|| tells_of_failure(kind).then(life))
}

fn tells_life(gauge: &Gauge) -> bool {
    matches!(gauge.kind, Kind::Life | Kind::Fade)
}

/// Whether an event of this kind says that its asset failed.
fn tells_of_failure(kind: &str) -> bool {
    kind.ends_with("failure") || kind == "breakdown"
}
