//! The control chart of one signal: two CUSUMs for a shift of its level and two for a slow drift, after Page, "Continuous
//! inspection schemes", Biometrika 41 (1954), over innovations from which is taken what the one before foretells.
//!
//! With a small allowance and a mean that goes on being learnt, the slow pair is the Page-Hinkley test.

use serde::{Deserialize, Serialize};

use super::{Change, Found, OVER, limits};
use crate::{
    maths::scalar,
    time::{Span, Timestamp},
};

/// So many innovations say how large they are and how they follow one another.
const COUNTED: u32 = 256;
/// For so long, of the asset's time, it is seen on trial how far its chart goes when all is normal: a day has most of what
/// there is to a working asset.
const TRIAL: Span = Span::DAY;
/// Fewer samples than these are no trial.
const TRIED: u32 = 64;
/// By how much a limit is further away than the chart went on trial: no model fits so well that its innovations are pure
/// noise.
pub(crate) const MARGIN: f64 = 2.0;
/// What is normal goes on being learnt as if from the last so many, while there is no alarm.
const MEMORY: f64 = 8192.0;
/// What was normal counts as if from so many where a chart begins again: the twin expects by another parameter than it was
/// learnt with.
pub(crate) const AGAIN: u32 = 64;
/// An innovation further out, in standard deviations, counts as one there: an outlier is no change.
const FURTHEST: f64 = 4.0;
/// The share of the newest innovation in what is smoothed (EWMA).
pub(crate) const LAMBDA: f64 = 0.1;
/// What is forgiven each sample, in standard deviations: half of the shift that is looked for.
const SHIFT: f64 = 0.5;
const DRIFT: f64 = 0.15;
/// Innovations that follow one another more closely are no longer told from a change.
const CLOSEST: f64 = 0.95;
/// The smallest spread, as a part of what the filter says: measurements that are rounded have none.
const LEAST: f64 = 0.1;

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Chart {
    seen: u32,
    first: Timestamp,
    newest: Timestamp,
    /// Since when it is on trial, and for how many innovations.
    tried_since: Timestamp,
    tried: u32,
    /// Of standardised innovations: mean, mean square about it, mean product of neighbours about it.
    mean: f64,
    square: f64,
    product: f64,
    last: f64,
    /// Of shift and drift; 0 until so many are counted.
    limits: [f64; 2],
    /// The furthest that the sums went on trial; after it nothing more.
    peaks: Option<[f64; 2]>,
    /// Sums above and below of both.
    sums: [[f64; 2]; 2],
    /// When each sum was last 0.
    rests: [[Timestamp; 2]; 2],
    smooth: f64,
    offset: f64,
    found: Option<Found>,
}

impl Default for Chart {
    fn default() -> Chart {
        let never = Timestamp(0);
        Chart {
            seen: 0,
            first: never,
            newest: never,
            tried_since: never,
            tried: 0,
            mean: 0.0,
            square: 0.0,
            product: 0.0,
            last: 0.0,
            limits: [0.0; 2],
            peaks: Some([0.0; 2]),
            sums: [[0.0; 2]; 2],
            rests: [[never; 2]; 2],
            smooth: 0.0,
            offset: 0.0,
            found: None,
        }
    }
}

impl Chart {
    /// Takes in an innovation: `z` in standard deviations, `difference` in the signal's unit. Whether it went on the chart.
    pub(crate) fn take(&mut self, t: Timestamp, z: f64, difference: f64) -> bool {
        if !z.is_finite() {
            return false;
        }
        if self.seen == 0 {
            self.first = t;
        }
        self.newest = t;
        self.offset += LAMBDA * (difference - self.offset);
        if self.limits[0] == 0.0 || self.seen < AGAIN {
            self.learn(z.clamp(-2.0 * FURTHEST, 2.0 * FURTHEST));
            return false;
        }
        let (close, spread) = (self.closeness(), self.spread());
        let innovation = ((z - self.mean) - close * (self.last - self.mean)) / spread;
        let innovation = innovation.clamp(-FURTHEST, FURTHEST);
        self.smooth += LAMBDA * (innovation - self.smooth);
        for (pace, allowance) in [SHIFT, DRIFT].into_iter().enumerate() {
            for (side, sign) in [1.0, -1.0].into_iter().enumerate() {
                let sum = &mut self.sums[pace][side];
                // After the trial no higher than twice the limit: what has ended is over in time.
                let most = if self.peaks.is_some() { f64::MAX } else { 2.0 * self.limits[pace] };
                *sum = (*sum + sign * innovation - allowance).max(0.0).min(most);
                if *sum == 0.0 {
                    self.rests[pace][side] = t;
                }
            }
        }
        if let Some(peaks) = &mut self.peaks {
            for (peak, sums) in peaks.iter_mut().zip(&self.sums) {
                *peak = sums.iter().copied().fold(*peak, f64::max);
            }
            self.tried = self.tried.saturating_add(1);
            if t - self.tried_since >= TRIAL && self.tried >= TRIED {
                for (limit, peak) in self.limits.iter_mut().zip(*peaks) {
                    *limit = limit.max(MARGIN * peak);
                }
                self.peaks = None;
            }
        } else {
            self.judge(t);
        }
        if self.found.is_none() {
            self.learn(self.mean + (z - self.mean).clamp(-FURTHEST * self.deviation(), FURTHEST * self.deviation()));
        } else {
            self.last = z;
        }
        true
    }

    fn learn(&mut self, z: f64) {
        self.seen = self.seen.saturating_add(1);
        let before = z - self.mean;
        self.mean += before / f64::from(self.seen).min(MEMORY);
        // How large innovations are stays known where the level is learnt anew.
        let counted = if self.limits[0] == 0.0 { self.seen } else { self.seen.max(AGAIN) };
        let gain = 1.0 / f64::from(counted).min(MEMORY);
        self.square += gain * (before * (z - self.mean) - self.square);
        self.product += gain * ((self.last - self.mean) * (z - self.mean) - self.product);
        self.last = z;
    }

    fn judge(&mut self, t: Timestamp) {
        let worst = |pace: usize| {
            let side = usize::from(self.sums[pace][1] > self.sums[pace][0]);
            (self.sums[pace][side] / self.limits[pace], self.rests[pace][side])
        };
        let ((shift, shifted), (drift, drifted)) = (worst(0), worst(1));
        self.found = match self.found {
            None if shift > 1.0 => Some(Found { change: Change::Shift, began: shifted, found: t }),
            None if drift > 1.0 => Some(Found { change: Change::Drift, began: drifted, found: t }),
            Some(_) if shift < OVER && drift < OVER => None,
            found => found,
        };
    }

    /// Begins again at `t`: nothing is found, limits are where they were, a trial begins anew. What was normal counts as if
    /// from so many innovations, no more than `AGAIN`; with fewer the level is learnt anew, and nothing is found before.
    /// Where too few were counted, all is.
    pub(crate) fn begin_again(&mut self, t: Timestamp, counts: u32) {
        if self.limits[0] == 0.0 {
            *self = Chart::default();
            return;
        }
        let seen = self.seen.min(counts);
        let counted = Span((f64::from(seen.max(1) - 1) * self.interval() * 1e6) as i64);
        *self = Chart {
            seen,
            first: self.newest - counted,
            tried_since: t,
            tried: 0,
            peaks: self.peaks.map(|_| [0.0; 2]),
            sums: [[0.0; 2]; 2],
            rests: [[t; 2]; 2],
            smooth: 0.0,
            offset: 0.0,
            found: None,
            ..*self
        };
    }

    /// Whether so many are counted that limits can be set, and none are.
    pub(crate) fn wants_limits(&self) -> bool {
        self.seen >= COUNTED && self.limits[0] == 0.0
    }

    /// Whether it is known what is normal.
    pub(crate) fn is_learnt(&self) -> bool {
        self.was_tried() && self.seen >= AGAIN
    }

    /// Whether its limits stand.
    pub(crate) fn was_tried(&self) -> bool {
        self.peaks.is_none()
    }

    pub(crate) fn is_on_trial(&self) -> bool {
        self.limits[0] != 0.0 && self.peaks.is_some()
    }

    /// The share that is known of what is needed, 0 to 1.
    pub(crate) fn learnt(&self) -> f64 {
        if self.is_learnt() {
            return 1.0;
        }
        if self.was_tried() {
            return f64::from(self.seen) / f64::from(AGAIN);
        }
        let counted = 1.0 - f64::from(self.missing()) / f64::from(COUNTED);
        let passed = if self.is_on_trial() { (self.newest - self.tried_since).secs() / TRIAL.secs() } else { 0.0 };
        0.5 * (counted + passed.min(f64::from(self.tried) / f64::from(TRIED)).min(0.99))
    }

    /// How many innovations have to be counted before limits can be set.
    fn missing(&self) -> u32 {
        if self.limits[0] == 0.0 { COUNTED.saturating_sub(self.seen) } else { 0 }
    }

    /// The first sample that it has learned from, or since when it is on trial, while it learns.
    pub(crate) fn learns_since(&self) -> Option<Timestamp> {
        let since = if self.is_on_trial() { self.tried_since } else { self.first };
        (!self.is_learnt() && self.seen > 0).then_some(since)
    }

    /// By when it is known what is normal, if samples go on to come as they did; `None` where it is, or too few have come.
    pub(crate) fn learnt_by(&self) -> Option<Timestamp> {
        if self.is_learnt() || self.seen < 2 {
            return None;
        }
        let rest = |samples: u32| Span((f64::from(samples) * self.interval() * 1e6) as i64);
        if self.was_tried() {
            return Some(self.newest + rest(AGAIN - self.seen));
        }
        let counted = self.newest + rest(self.missing());
        let tried_since = if self.is_on_trial() { self.tried_since } else { counted };
        Some((tried_since + TRIAL).max(counted + rest(TRIED.saturating_sub(self.tried))))
    }

    /// Sets the limits: in the mean so many samples lie between false alarms of either kind.
    pub(crate) fn settle(&mut self, samples: f64) {
        self.limits = [SHIFT, DRIFT].map(|allowance| limits::cusum(allowance, samples));
        self.rests = [[self.newest; 2]; 2];
        self.tried_since = self.newest;
    }

    /// How closely an innovation follows the one before, 0 to 1: the coefficient of an AR(1) process.
    fn closeness(&self) -> f64 {
        (self.product / self.square.max(f64::MIN_POSITIVE)).clamp(0.0, CLOSEST)
    }

    fn deviation(&self) -> f64 {
        scalar::sqrt(self.square).max(LEAST)
    }

    /// The standard deviation of what the one before does not foretell.
    fn spread(&self) -> f64 {
        let close = self.closeness();
        (scalar::sqrt(self.square * (1.0 - close * close))).max(LEAST)
    }

    /// Seconds between two samples in the mean.
    pub(crate) fn interval(&self) -> f64 {
        ((self.newest - self.first).secs() / f64::from(self.seen.max(2) - 1)).max(1e-6)
    }

    pub(crate) fn smooth(&self) -> f64 {
        self.smooth
    }

    pub(crate) fn offset(&self) -> f64 {
        self.offset
    }

    pub(crate) fn found(&self) -> Option<Found> {
        self.found
    }

    /// The largest sum as a multiple of its limit.
    pub(crate) fn ratio(&self) -> f64 {
        let of = |pace: usize| self.sums[pace][0].max(self.sums[pace][1]) / self.limits[pace];
        of(0).max(of(1))
    }
}
