//! Has a signal ever gone like this: the distance of the newest window to the nearest one before, each as a few means.
//!
//! The idea of the discord, Keogh, Lin and Fu, "HOT SAX", ICDM 2005, on windows that arrive one by one.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::{
    lanes::{F, Lane, abs},
    streams::moments::sum,
};

/// So many windows are kept, then the oldest gives way.
const KEPT: usize = 512;
/// A window is so many means, or half as many.
const MEANS: usize = 8;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Shape {
    means: usize,
    /// Samples in a mean.
    samples: usize,
    /// Every so many samples a window is kept.
    stride: usize,
    kept: Vec<f64>,
    oldest: usize,
}

impl Shape {
    /// Windows of about `samples` samples in `means` means, of which one is kept every `stride` samples.
    pub(super) fn new(samples: usize, means: usize, stride: usize) -> Shape {
        let samples = super::nearest_even(samples, means).max(1);
        Shape { means, samples, stride, kept: Vec::new(), oldest: 0 }
    }

    /// Samples in a window.
    pub(super) fn length(&self) -> usize {
        self.means * self.samples
    }

    pub(super) fn is_sound(&self, room: usize) -> bool {
        if self.means != MEANS && self.means != MEANS / 2
            || self.stride == 0
            || self.samples == 0
            || self.samples > room
        {
            return false;
        }
        let is_full = self.kept.len() == KEPT * self.means;
        let is_whole = self.kept.len() <= KEPT * self.means && self.kept.len().is_multiple_of(self.means);
        3 * self.length() <= room && is_whole && (self.oldest == 0 || self.oldest < KEPT && is_full)
    }

    /// The distance of the newest window to the nearest that is kept; 0 without any. `raw` ends with sample number `index`.
    pub(super) fn take(&mut self, index: u64, raw: &[f64], [middle, range]: [f64; 2]) -> f64 {
        let length = self.length();
        if index + 1 < length as u64 {
            return 0.0;
        }
        // What overlaps the newest window is no example of the past.
        if let Some(kept) = (index + 1).checked_sub(3 * length as u64)
            && (kept + length as u64 - 1).is_multiple_of(self.stride as u64)
        {
            self.keep(means_of(&raw[raw.len() - 3 * length..][..length], self.means, [middle, range]));
        }
        let newest = means_of(&raw[raw.len() - length..], self.means, [middle, range]);
        self.nearest(&newest)
    }

    fn keep(&mut self, window: [f64; MEANS]) {
        let window = &window[..self.means];
        if self.kept.len() < KEPT * self.means {
            self.kept.extend_from_slice(window);
        } else {
            self.kept[self.oldest * self.means..][..self.means].copy_from_slice(window);
            self.oldest = (self.oldest + 1) % KEPT;
        }
    }

    fn nearest(&self, window: &[f64; MEANS]) -> f64 {
        let mut nearest = f64::INFINITY;
        let halves = [F::of(&window[0..]), F::of(&window[2..]), F::of(&window[4..]), F::of(&window[6..])];
        let apart = |kept: &[f64], [a, b]: [F; 2]| {
            let [even, odd] = (abs(F::of(kept) - a) + abs(F::of(&kept[2..]) - b)).to_array();
            even + odd
        };
        for kept in self.kept.chunks_exact(self.means) {
            let mut distance = apart(kept, [halves[0], halves[1]]);
            // Most are further away by half of the window already.
            if distance < nearest && kept.len() == MEANS {
                distance += apart(&kept[MEANS / 2..], [halves[2], halves[3]]);
            }
            if distance < nearest {
                nearest = distance;
            }
        }
        if nearest < f64::INFINITY { nearest } else { 0.0 }
    }
}

/// The means of a window, the newest first, about the middle of what is normal and as a part of its range.
fn means_of(window: &[f64], means: usize, [middle, range]: [f64; 2]) -> [f64; MEANS] {
    let samples = window.len() / means;
    let mut of = [0.0; MEANS];
    for (mean, part) in of.iter_mut().zip(window.chunks_exact(samples).rev()) {
        *mean = (sum(part) / samples as f64 - middle) / range;
    }
    of
}
