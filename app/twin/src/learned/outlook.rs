//! What channels will do next, from what they did at the same place of each period before.
//!
//! A forecast is the newest value and a linear map of how the values before it differ from it, summed by their place in the
//! period and by how many periods they are back; of the level itself; and of the season. One forecast a period is kept until
//! it has come, and says how wide the intervals of the next have to be.

mod trust;

use alloc::{vec, vec::Vec};
use core::f64::consts::PI;

use serde::{Deserialize, Serialize};

use self::trust::Trust;
use super::{numbers::Numbers, sound, window::Window};
use crate::maths::scalar::{cos, sin, sqrt};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outlook {
    pub look: Look,
    pub channels: Vec<Channel>,
}

/// What a forecast looks at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// Rows a period.
    pub period: u16,
    /// Periods back where one sum ends and the next begins: from 0 up.
    pub edges: Vec<u16>,
    /// Periods and harmonics of the season, in rows.
    pub seasons: Vec<(u16, u8)>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Channel {
    pub mean: f64,
    pub deviation: f64,
    /// A row a feature, a column a row ahead; in deviations, as the errors are.
    pub map: Numbers,
    /// Errors at the ends of a 90 % interval, a row ahead each.
    pub errors: Vec<(f32, f32)>,
}

/// A row ahead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ahead {
    pub low: f64,
    pub middle: f64,
    pub high: f64,
}

/// What is known of an asset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Course {
    /// The place in time of the row that comes next, in rows.
    next: i64,
    now: Vec<f64>,
    window: Window,
    trust: Vec<Trust>,
}

impl Look {
    /// How many rows it goes back.
    pub fn depth(&self) -> usize {
        usize::from(self.period) * self.edges.last().copied().map_or(0, usize::from)
    }

    /// How many of the features say how rows before differ from the newest; the others are the level and the season.
    pub fn differences(&self) -> usize {
        usize::from(self.period) * (self.edges.len() - 1)
    }

    pub fn features(&self) -> usize {
        self.differences() + 2 + 2 * self.seasons.len()
    }

    /// The features of a channel whose value `back` rows before the newest is `value(back)`; `next` is the place of the
    /// first row ahead.
    pub fn of(&self, value: impl Fn(usize) -> f64, next: i64) -> Vec<f64> {
        let period = usize::from(self.period);
        let newest = value(0);
        let mut features = Vec::with_capacity(self.features());
        for phase in 0..period {
            for block in self.edges.windows(2) {
                let periods = usize::from(block[0])..usize::from(block[1]);
                let root = sqrt(periods.len() as f64);
                let sum = periods.fold(0.0, |sum, back| sum + (value(period * (back + 1) - 1 - phase) - newest));
                features.push(sum / root);
            }
        }
        features.extend([newest, 1.0]);
        for (period, harmonic) in &self.seasons {
            let turn = next.rem_euclid(i64::from(*period)) as f64 / f64::from(*period);
            let angle = 2.0 * PI * f64::from(*harmonic) * turn;
            features.extend([sin(angle), cos(angle)]);
        }
        features
    }

    fn check(&self) -> Result<(), &'static str> {
        sound(self.period > 0 && self.edges.len() >= 2 && self.edges[0] == 0, "no period")?;
        sound(self.edges.is_sorted_by(|a, b| a < b), "periods out of order")?;
        sound(self.edges.len() <= 32 && self.depth() <= 8_192, "a window that is too deep")?;
        sound(self.seasons.len() <= 16 && self.seasons.iter().all(|(period, _)| *period > 0), "a season of no length")
    }
}

impl Outlook {
    /// A course whose first row is at the place `first` in time.
    pub fn begin(&self, first: i64) -> Course {
        let width = self.channels.len();
        let window = Window::new(width, self.look.depth());
        Course { next: first, now: vec![0.0; width], window, trust: vec![Trust::default(); width] }
    }

    /// How many rows ahead are forecast.
    pub fn horizon(&self) -> usize {
        self.channels.first().map_or(0, |channel| channel.map.columns())
    }

    pub fn step(&self, course: &mut Course, row: &[f64]) {
        let told = row.iter().zip(&self.channels).zip(&mut course.now).zip(&mut course.trust);
        for (((value, channel), now), trust) in told {
            let value = (*value - channel.mean) / channel.deviation;
            trust.judge(value, &channel.errors);
            if value.is_finite() {
                *now = value;
            }
        }
        course.next = course.next.saturating_add(1);
        course.window.push(&course.now);
        // One channel after another: no row has the work of all.
        let place = course.next.rem_euclid(i64::from(self.look.period)) as usize;
        for place in (place..self.channels.len()).step_by(usize::from(self.look.period)) {
            if let Some(changes) = self.changes(course, place) {
                let newest = course.now[place];
                course.trust[place].issue(changes.iter().map(|change| newest + *change));
            }
        }
    }

    /// By how much channel `place` will differ from its newest value, a row ahead each.
    fn changes(&self, course: &Course, place: usize) -> Option<Vec<f64>> {
        let channel = self.channels.get(place).filter(|_| course.window.is_full())?;
        let mut changes = vec![0.0; channel.map.columns()];
        channel.map.apply(&self.look.of(|back| course.window.back(back)[place], course.next), &mut changes);
        Some(changes)
    }

    /// The rows ahead of channel `place`; `None` before as many have come as are looked at.
    pub fn ahead(&self, course: &Course, place: usize) -> Option<Vec<Ahead>> {
        let changes = self.changes(course, place)?;
        let (channel, newest, wide) = (&self.channels[place], course.now[place], course.trust[place].wide());
        let unscaled = |scaled: f64| scaled * channel.deviation + channel.mean;
        let ahead = changes.iter().zip(&channel.errors).map(|(change, (low, high))| {
            let middle = newest + *change;
            let [low, high] = [low, high].map(|error| unscaled(middle + f64::from(*error) * wide));
            Ahead { low, middle: unscaled(middle), high }
        });
        Some(ahead.collect())
    }

    pub(super) fn state_bytes(&self) -> usize {
        let trust = Trust::bytes(self.horizon(), usize::from(self.look.period));
        Window::bytes(self.channels.len(), self.look.depth() + 1) + self.channels.len() * trust
    }

    pub(super) fn fits(&self, course: &Course) -> bool {
        let width = self.channels.len();
        let is_trust = |trust: &Trust| trust.fits(self.horizon(), usize::from(self.look.period));
        course.now.len() == width
            && course.window.fits(width, self.look.depth())
            && course.trust.len() == width
            && course.trust.iter().all(is_trust)
    }

    pub(super) fn check(&self, inputs: usize) -> Result<(), &'static str> {
        self.look.check()?;
        sound(self.channels.len() == inputs, "other channels")?;
        for Channel { mean, deviation, map, errors } in &self.channels {
            let is_scaled = mean.is_finite() && *deviation > 0.0 && deviation.is_finite();
            sound(is_scaled, "a channel that never changes")?;
            let fits = map.rows() == self.look.features() && map.columns() == self.horizon();
            sound(fits && errors.len() == map.columns() && !errors.is_empty(), "a map of another shape")?;
            sound(map.is_finite() && errors.iter().all(|(low, high)| (*high - *low) >= 0.0), "a map without numbers")?;
        }
        Ok(())
    }
}
