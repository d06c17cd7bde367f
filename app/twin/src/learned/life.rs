//! How long an asset will last, as a fleet of its kind has shown that ran until it failed.
//!
//! Channels are scaled by regime. They, and one sum of them that goes along with the life that is left (the index), have a
//! level and slopes over shorter and longer spans; nets and trees make cycles of these, and their mean is what is said.

use alloc::{vec, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{
    Remaining,
    interval::Interval,
    net::Net,
    scaling::Scaling,
    sound,
    trees::Trees,
    window::{Level, Window},
};
use crate::maths::scalar::{abs, ln, sqrt};

/// Features are cut off here.
const WIDEST: f64 = 6.0;
/// Cycles a unit of the feature that is the asset's age.
const AGE: f64 = 100.0;
/// The index in cycles a unit.
const INDEX: f64 = 40.0;
/// The longest window.
const DEEPEST: usize = 1_024;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Life {
    pub signs: Signs,
    /// Of each feature what is usual: mean, median and deviation.
    pub usual: Vec<Usual>,
    pub committees: Vec<Committee>,
    pub trees: Trees,
    /// Cycles that what nets and trees say is moved by.
    pub bias: f64,
    /// More cycles than this are not told apart.
    pub cap: f64,
    pub interval: Interval,
}

/// What features are made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signs {
    pub scaling: Scaling,
    /// The weights of the index, one a kept channel, and its offset; in cycles.
    pub index: Vec<f64>,
    /// Rows over which a level fades.
    pub memory: f64,
    /// Rows that slopes are taken over.
    pub spans: Vec<u16>,
    /// An asset that is older than this many rows is as one of this age.
    pub oldest: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Usual {
    pub mean: f64,
    pub median: f64,
    pub deviation: f64,
}

/// Nets that see their features alike; their mean counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Committee {
    pub sight: Sight,
    pub nets: Vec<Net>,
}

/// How a net sees features.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sight {
    /// As deviations from the mean.
    Straight,
    /// As deviations from the median, the larger the more compressed.
    Bent,
}

/// What a net's output is multiplied with.
pub const NET_CYCLES: f64 = 100.0;

/// What is known of an asset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Course {
    rows: u32,
    /// The newest channels, scaled, and the index.
    now: Vec<f64>,
    level: Level,
    window: Window,
    /// Rows in a regime that nobody has seen.
    strange: u32,
}

impl Signs {
    /// Kept channels and the index.
    fn width(&self) -> usize {
        self.scaling.kept.len() + 1
    }

    fn depth(&self) -> usize {
        self.spans.iter().copied().max().map_or(1, usize::from)
    }

    /// How many features there are.
    pub fn features(&self) -> usize {
        1 + (1 + self.spans.len()) * self.width()
    }

    pub fn begin(&self) -> Course {
        let width = self.width();
        Course {
            rows: 0,
            now: vec![0.0; width],
            level: Level::new(width),
            window: Window::new(width, self.depth()),
            strange: 0,
        }
    }

    /// Takes in a row: settings, then channels.
    pub fn step(&self, course: &mut Course, row: &[f64]) {
        let (settings, channels) = row.split_at(self.scaling.tolerances.len());
        let (regime, is_known) = self.scaling.regime(settings);
        self.scaling.scale(regime, channels, &mut course.now);
        let (own, index) = course.now.split_at_mut(self.scaling.kept.len());
        let terms = own.iter().zip(&self.index);
        let offset = self.index[own.len()];
        index[0] = (terms.fold(0.0, |sum, (value, weight)| sum + *value * *weight) + offset) / INDEX;
        course.rows = course.rows.saturating_add(1);
        course.strange += u32::from(!is_known);
        course.level.push(1.0 - 1.0 / self.memory, &course.now);
        course.window.push(&course.now);
    }

    /// Age, levels and slopes; `None` before the first row.
    pub fn of(&self, course: &Course) -> Option<Vec<f64>> {
        if course.rows == 0 {
            return None;
        }
        let width = self.width();
        let mut features = Vec::with_capacity(self.features());
        features.push(f64::from(course.rows.min(self.oldest)) / AGE);
        features.extend(course.level.means());
        for span in &self.spans {
            let begin = features.len();
            features.resize(begin + width, 0.0);
            course.window.slopes(usize::from(*span), &mut features[begin..]);
            features[begin..].iter_mut().for_each(|slope| *slope *= f64::from(*span));
        }
        features.iter_mut().for_each(|feature| *feature = feature.clamp(-WIDEST, WIDEST));
        Some(features)
    }

    fn check(&self, inputs: usize) -> Result<(), &'static str> {
        let settings = self.scaling.tolerances.len();
        sound(settings < inputs, "more settings than inputs")?;
        self.scaling.check(inputs - settings)?;
        sound(self.index.len() == self.width(), "an index of other channels")?;
        sound(self.index.iter().all(|weight| weight.is_finite()), "an index without numbers")?;
        sound(self.memory >= 1.0 && self.memory.is_finite(), "a level without memory")?;
        sound(self.spans.len() <= 8 && self.spans.iter().all(|span| *span > 0), "spans of no length, or too many")?;
        sound(self.depth() <= DEEPEST && self.oldest > 0, "a window that is too deep")
    }
}

impl Sight {
    pub fn of(self, usual: &[Usual], features: &[f64]) -> Vec<f64> {
        let each = features.iter().zip(usual);
        match self {
            Sight::Straight => each.map(|(one, usual)| (*one - usual.mean) / usual.deviation).collect(),
            Sight::Bent => {
                each.map(|(one, usual)| asinh(2.0 * (*one - usual.median) / usual.deviation) / 1.5).collect()
            }
        }
    }
}

fn asinh(x: f64) -> f64 {
    let a = abs(x);
    ln(a + sqrt(a * a + 1.0)).copysign(x)
}

impl Life {
    /// The most that is said of a course with the features given: each committee, and the trees.
    pub fn parts(&self, features: &[f64]) -> Vec<f64> {
        let nets = self.committees.iter().map(|committee| {
            let seen = committee.sight.of(&self.usual, features);
            let sum = committee.nets.iter().fold(0.0, |sum, net| sum + net.of(&seen));
            NET_CYCLES * sum / committee.nets.len() as f64
        });
        nets.chain([self.trees.of(features)]).collect()
    }

    /// How many rows are left, at most `cap`; `None` before the first row.
    pub fn remaining(&self, course: &Course) -> Option<Remaining> {
        let parts = self.parts(&self.signs.of(course)?);
        let mean = parts.iter().sum::<f64>() / parts.len() as f64;
        let middle = (mean + self.bias).clamp(0.0, self.cap);
        let (low, high) = self.interval.about(middle);
        Some(Remaining { low: low.clamp(0.0, self.cap), middle, high: high.clamp(0.0, self.cap) })
    }

    pub(super) fn state_bytes(&self) -> usize {
        Window::bytes(self.signs.width(), self.signs.depth() + 2)
    }

    pub(super) fn fits(&self, course: &Course) -> bool {
        let (width, depth) = (self.signs.width(), self.signs.depth());
        course.now.len() == width
            && course.level.fits(width)
            && course.window.fits(width, depth)
            && course.window.len() == depth.min(course.rows as usize)
    }

    pub(super) fn check(&self, inputs: usize) -> Result<(), &'static str> {
        self.signs.check(inputs)?;
        let features = self.signs.features();
        sound(self.usual.len() == features, "other features")?;
        let is_usual = |one: &Usual| {
            one.mean.is_finite() && one.median.is_finite() && one.deviation > 0.0 && one.deviation.is_finite()
        };
        sound(self.usual.iter().all(is_usual), "a feature that never changes")?;
        sound(self.committees.len() <= 8, "too many committees")?;
        for committee in &self.committees {
            sound((1..=16).contains(&committee.nets.len()), "a committee of no nets, or of too many")?;
            committee.nets.iter().try_for_each(|net| net.check(features))?;
        }
        self.trees.check(features)?;
        sound(self.bias.is_finite() && self.cap > 0.0 && self.cap.is_finite(), "no cap")?;
        self.interval.check()
    }
}
