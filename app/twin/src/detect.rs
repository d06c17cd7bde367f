//! Has the asset changed, when, and how surely: control charts over a twin's innovations.
//!
//! Innovations of a twin that fits its asset are normal numbers that follow one another a little. A first day of them says
//! what is normal; from then on each signal's go on a chart of their own (`chart`), and all together on a joint one, the
//! MEWMA of Lowry, Woodall, Champ and Rigdon, Technometrics 34 (1992). Where they leave their limits (`limits`) an alarm
//! begins. One number sets all limits, how seldom an asset that is as ever may give an alarm; those of a model that fits less
//! well are further away, by how far its charts went on that day.

pub(crate) mod chart;
pub(crate) mod limits;
#[cfg(test)]
mod tests;
pub mod words;

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use self::chart::{AGAIN, Chart, LAMBDA, MARGIN};
use crate::{
    model::{Model, Role},
    time::{Span, Timestamp},
    twin::{Innovation, Twin},
};

/// What kind of change an alarm is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// The level has moved, within a few samples.
    Shift,
    /// It moves away slowly.
    Drift,
    /// No signal alone, but all together.
    Joint,
    /// What was learned says so: number of the gauge in the model.
    Learned(u16),
}

/// The asset is not as its twin expects it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// The signal that left its limits; of a joint alarm the one that has most of it, where one has.
    pub signal: Option<u16>,
    pub change: Change,
    /// When the change is likely to have begun: since then the chart has not been at rest.
    pub began: Timestamp,
    /// When it was found.
    pub found: Timestamp,
    /// By how much the signal is measured away from what was expected, smoothed, in its unit.
    pub offset: f64,
    /// How far the chart is beyond its limit, as a multiple of it.
    pub ratio: f64,
    /// The state that the asset was found to be in, of a gauge that tells states apart.
    pub state: Option<u32>,
}

/// What a twin finds of its asset, at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// The first of its alarms.
    pub alarm: Option<Alarm>,
    /// Whether there are signals of which it is not known yet what is normal, and which give no alarm.
    pub is_learning: bool,
    /// See `Twin::learnt_by`.
    pub learnt_by: Option<Timestamp>,
}

impl Twin {
    /// What it finds after the newest entry; `None` before any.
    pub fn findings(&self) -> Option<Findings> {
        self.newest()?;
        let alarm = self.alarms().first().copied();
        Some(Findings { alarm, is_learning: self.learnt() < 1.0, learnt_by: self.learnt_by() })
    }

    /// In what the asset is not as expected after the newest entry, by signal; of all together only where none is by itself.
    pub fn alarms(&self) -> Vec<Alarm> {
        let mut alarms = self.all_alarms();
        if alarms.iter().any(|alarm| matches!(alarm.change, Change::Shift | Change::Drift)) {
            alarms.retain(|alarm| alarm.change != Change::Joint);
        }
        alarms
    }

    /// The same with a joint alarm beside those of signals. What gauges find comes last.
    pub fn all_alarms(&self) -> Vec<Alarm> {
        let mut alarms = self.estimate().map(|estimate| estimate.charts.alarms(self.model())).unwrap_or_default();
        alarms.extend(self.found());
        alarms
    }

    /// How much of what is needed is known to say what is normal of each measured signal, 0 to 1, of the one that has least;
    /// a signal that is not known so well gives no alarm.
    pub fn learnt(&self) -> f64 {
        self.estimate().map_or(0.0, |estimate| estimate.charts.learnt())
    }

    /// Since when is learnt what is not known yet of what is normal; `None` where all is, or nothing was measured since.
    pub fn learns_since(&self) -> Option<Timestamp> {
        self.estimate().and_then(|estimate| estimate.charts.learns_since())
    }

    /// By when it is known what is normal of all measured signals, if they go on to be measured as they were; `None` where it
    /// is known, or nothing says when it will be.
    pub fn learnt_by(&self) -> Option<Timestamp> {
        self.estimate().and_then(|estimate| estimate.charts.learnt_by())
    }

    /// What the twin estimated when it had learnt what is normal, or what was taken over since: mean and standard deviation,
    /// one a latent of the model; empty before.
    pub fn normal_latents(&self) -> &[[f64; 2]] {
        self.estimate().map_or(&[], |estimate| estimate.charts.normal())
    }
}

/// How surely and since when something is found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Found {
    pub change: Change,
    pub began: Timestamp,
    pub found: Timestamp,
}

/// The charts of one twin.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Charts {
    /// One a measured signal, in their order.
    charts: Vec<Chart>,
    joint: Joint,
    /// What was estimated when all charts knew what is normal, or was taken over since: mean and standard deviation, one a
    /// latent.
    normal: Vec<[f64; 2]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
struct Joint {
    /// 0 until all charts know what is normal.
    limit: f64,
    square: f64,
    rest: Timestamp,
    found: Option<Found>,
    /// The chart that had more than half of the square when it was found.
    lead: Option<u16>,
}

impl Charts {
    pub(crate) fn new(model: &Model) -> Charts {
        let measured = model.signals.iter().filter(|signal| matches!(signal.role, Role::Measured { .. }));
        Charts { charts: measured.map(|_| Chart::default()).collect(), ..Charts::default() }
    }

    /// Takes in how a measurement differs from what was expected; `normal` is what the latents are now.
    pub(crate) fn take(&mut self, model: &Model, said: &Innovation, normal: impl Fn() -> Vec<[f64; 2]>) {
        let charts = 2 * self.charts.len() + 1;
        let Some(chart) = self.charts.get_mut(usize::from(said.signal) - model.inside.inputs) else { return };
        let is_charted = chart.take(said.t, said.standardised(), said.measured - said.expected.mean);
        if chart.wants_limits() {
            chart.settle(samples_between(model.false_alarm_every, chart.interval()) * charts as f64);
        }
        if is_charted {
            self.look_at_all(model, said.t);
        }
        if self.normal.is_empty() && self.is_learnt() && self.is_calm() {
            self.normal = normal();
        }
    }

    /// Begins again after somebody has said what a latent is, mean and standard deviation: what is normal stays known, and
    /// nothing is found yet.
    pub(crate) fn begin_again(&mut self, model: &Model, latent: u16, known: [f64; 2], t: Timestamp) {
        let component = usize::from(model.latents[usize::from(latent)].component);
        let is_followed = model.inside.corrects.iter().any(|corrects| corrects.get(component) == Some(&true));
        // What no measurement may correct was as the model's file says: levels may have been off by it.
        let counts = if is_followed { AGAIN } else { 0 };
        // All of them: how well a signal is expected may turn on a parameter that it may not correct.
        self.charts.iter_mut().for_each(|chart| chart.begin_again(t, counts));
        let limit = if self.charts.iter().all(Chart::was_tried) { self.joint.limit } else { 0.0 };
        self.joint = Joint { limit, rest: t, ..Joint::default() };
        if let Some(normal) = self.normal.get_mut(usize::from(latent)) {
            *normal = known;
        }
    }

    fn is_learnt(&self) -> bool {
        self.charts.iter().all(Chart::is_learnt)
    }

    /// Whether no chart of a signal has found anything.
    fn is_calm(&self) -> bool {
        self.charts.iter().all(|chart| chart.found().is_none())
    }

    fn look_at_all(&mut self, model: &Model, t: Timestamp) {
        let dimensions = self.charts.len();
        if dimensions < 2 || self.charts.iter().any(|chart| !chart.is_learnt() && !chart.is_on_trial()) {
            return;
        }
        if self.joint.limit == 0.0 {
            let interval = self.charts.iter().map(Chart::interval).fold(0.0, |sum, own| sum + own) / dimensions as f64;
            let samples = samples_between(model.false_alarm_every, interval) * (2 * dimensions + 1) as f64;
            self.joint.limit = limits::joint(dimensions, LAMBDA, samples);
            self.joint.rest = t;
        }
        let square = self.charts.iter().fold(0.0, |sum, chart| sum + chart.smooth() * chart.smooth());
        let square = square * (2.0 - LAMBDA) / LAMBDA;
        if self.is_learnt() {
            let was_found = self.joint.found.is_some();
            self.joint.take(t, square, dimensions);
            if !was_found {
                self.joint.lead = self.lead();
            }
        } else if self.is_calm() {
            self.joint.limit = self.joint.limit.max(MARGIN * square);
        }
    }

    /// The chart that has more than half of the joint square.
    fn lead(&self) -> Option<u16> {
        let squares = || self.charts.iter().map(|chart| chart.smooth() * chart.smooth());
        let half = 0.5 * squares().fold(0.0, |sum, own| sum + own);
        squares().position(|own| own > half).map(|index| index as u16)
    }

    /// What is found and not over, by signal; a joint alarm last.
    pub(crate) fn alarms(&self, model: &Model) -> Vec<Alarm> {
        let own = self.charts.iter().enumerate().filter_map(|(index, chart)| {
            let Found { change, began, found } = chart.found()?;
            let signal = Some((model.inside.inputs + index) as u16);
            Some(Alarm { signal, change, began, found, offset: chart.offset(), ratio: chart.ratio(), state: None })
        });
        let mut alarms: Vec<Alarm> = own.collect();
        if let Some(Found { change, began, found }) = self.joint.found {
            let lead = self.joint.lead.map(usize::from).and_then(|lead| Some((lead, self.charts.get(lead)?)));
            let signal = lead.map(|(lead, _)| (model.inside.inputs + lead) as u16);
            let offset = lead.map_or(0.0, |(_, chart)| chart.offset());
            let ratio = self.joint.square / self.joint.limit;
            alarms.push(Alarm { signal, change, began, found, offset, ratio, state: None });
        }
        alarms
    }

    /// The share of the innovations that are known of what is needed to say what is normal, 0 to 1, of the signal that
    /// has the least; 1 of a model that measures nothing.
    pub(crate) fn learnt(&self) -> f64 {
        self.charts.iter().map(Chart::learnt).fold(1.0, f64::min)
    }

    pub(crate) fn learns_since(&self) -> Option<Timestamp> {
        self.charts.iter().filter_map(Chart::learns_since).min()
    }

    pub(crate) fn learnt_by(&self) -> Option<Timestamp> {
        let by = self.charts.iter().filter(|chart| !chart.is_learnt()).map(Chart::learnt_by);
        by.collect::<Option<Vec<Timestamp>>>()?.into_iter().max()
    }

    pub(crate) fn normal(&self) -> &[[f64; 2]] {
        &self.normal
    }

    /// Whether this is of a model with so many measured signals.
    pub(crate) fn fits(&self, model: &Model) -> bool {
        self.charts.len() == model.signals.len() - model.inside.inputs
            && (self.normal.is_empty() || self.normal.len() == model.latents.len())
    }
}

/// Beyond this part of its limit an alarm goes on.
const OVER: f64 = 0.5;

impl Joint {
    fn take(&mut self, t: Timestamp, square: f64, dimensions: usize) {
        self.square = square;
        if square <= dimensions as f64 {
            self.rest = t;
        }
        self.found = match self.found {
            None if square > self.limit => Some(Found { change: Change::Joint, began: self.rest, found: t }),
            Some(_) if square < OVER * self.limit => None,
            found => found,
        };
    }
}

fn samples_between(every: Span, interval: f64) -> f64 {
    every.secs() / interval
}
