//! A reading that no sensor gives, from those that do: weights held to a reference that is seen now and then.
//!
//! The weights wander a little each day, for sensors age; a Kalman filter corrects them at every reference.

use alloc::{vec, vec::Vec};

use serde::{Deserialize, Serialize};

use super::sound;

/// How a soft sensor is made, and how far it is believed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Soft {
    /// The typical reading of each sensor: it counts as its share above or below that.
    pub typical: Vec<f64>,
    /// Products of sensors by their place; that of none is 1.
    pub terms: Vec<Vec<u8>>,
    /// Variance of a weight at first, and the share of it that is added from a reference to the next.
    pub variance: f64,
    pub wander: f64,
    /// Deviation of a reference: at least, and as a share of what is expected, which counts as at least this.
    pub noise: f64,
    pub relative_noise: f64,
    pub least: f64,
    /// What is estimated is never lower.
    pub lowest: f64,
}

/// What is known of an asset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Course {
    /// The newest terms; none before all sensors have been read.
    terms: Vec<f64>,
    weights: Vec<f64>,
    /// Row after row.
    covariance: Vec<f64>,
}

impl Soft {
    pub fn begin(&self) -> Course {
        let count = self.terms.len();
        let mut covariance = vec![0.0; count * count];
        covariance.iter_mut().step_by(count + 1).for_each(|one| *one = self.variance);
        Course { terms: Vec::new(), weights: vec![0.0; count], covariance }
    }

    /// Takes in a reading of every sensor; one that is missing leaves nothing to estimate from.
    pub fn step(&self, course: &mut Course, row: &[f64]) {
        course.terms.clear();
        if row.iter().any(|reading| !reading.is_finite()) {
            return;
        }
        let share = |place: &u8| row[usize::from(*place)] / self.typical[usize::from(*place)] - 1.0;
        course
            .terms
            .extend(self.terms.iter().map(|term| term.iter().fold(1.0, |product, place| product * share(place))));
    }

    /// Takes in what a reference reads now; nothing comes of one without readings.
    pub fn refer(&self, course: &mut Course, reference: f64) {
        let Course { terms, weights, covariance } = course;
        if terms.is_empty() || !reference.is_finite() {
            return;
        }
        let count = terms.len();
        covariance.iter_mut().step_by(count + 1).for_each(|one| *one += self.wander * self.variance);
        let expected = dot(terms, weights);
        let relative = self.relative_noise * expected.max(self.least);
        let along: Vec<f64> = covariance.chunks_exact(count).map(|row| dot(row, terms)).collect();
        let total = dot(terms, &along) + self.noise * self.noise + relative * relative;
        for (weight, along) in weights.iter_mut().zip(&along) {
            *weight += *along / total * (reference - expected);
        }
        for (row, gain) in covariance.chunks_exact_mut(count).zip(&along) {
            for (one, along) in row.iter_mut().zip(&along) {
                *one -= *gain / total * *along;
            }
        }
    }

    /// What is there now; `None` while a sensor has not been read.
    pub fn estimate(&self, course: &Course) -> Option<f64> {
        (!course.terms.is_empty()).then(|| dot(&course.terms, &course.weights).max(self.lowest))
    }

    pub(super) fn state_bytes(&self) -> usize {
        let count = self.terms.len();
        (count + 2) * count * size_of::<f64>()
    }

    pub(super) fn fits(&self, course: &Course) -> bool {
        let count = self.terms.len();
        let is_finite = course.weights.iter().chain(&course.covariance).chain(&course.terms).all(|one| one.is_finite());
        course.weights.len() == count
            && course.covariance.len() == count * count
            && (course.terms.is_empty() || course.terms.len() == count)
            && is_finite
    }

    pub(super) fn check(&self, inputs: usize) -> Result<(), &'static str> {
        sound(self.typical.len() == inputs, "other sensors")?;
        sound(self.typical.iter().all(|one| one.is_finite() && *one != 0.0), "a sensor without a typical reading")?;
        sound((1..=64).contains(&self.terms.len()), "no term, or too many")?;
        let known = |term: &Vec<u8>| term.len() <= 4 && term.iter().all(|place| usize::from(*place) < inputs);
        sound(self.terms.iter().all(known), "a term of sensors that are not there")?;
        sound([self.variance, self.noise].iter().all(|one| *one > 0.0 && one.is_finite()), "no noise")?;
        let others = [self.wander, self.relative_noise, self.least];
        sound(others.iter().all(|one| *one >= 0.0 && one.is_finite()), "a number below zero")?;
        sound(!self.lowest.is_nan(), "a lowest estimate that is no number")
    }
}

/// The terms one after another.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).fold(0.0, |sum, (a, b)| sum + *a * *b)
}
