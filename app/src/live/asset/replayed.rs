//! An asset that is replayed: by itself, and put back to where it stood after an entry.

use std::sync::Arc;

use twin::{Clock, Twin, entry::Quality, series::Curve};
use wire::{Entry, frame::Latest, view::AssetView};

use super::LiveAsset;
use crate::live::{replay::Before, trace::Trace, track::Track};

/// Where an asset stood.
#[derive(Debug)]
pub struct Stand<'a> {
    /// The twin of then.
    pub twin: Twin,
    /// What was known before the first of `entries`.
    pub before: &'a Before,
    pub first_seq: u64,
    /// Those since, up to then.
    pub entries: &'a [Entry],
    /// What the twin had said.
    pub said: Vec<Trace>,
}

impl LiveAsset {
    /// The same asset with nothing measured and no twin, by a clock that is told.
    pub fn alone(&self) -> LiveAsset {
        let view = AssetView { clock: Clock::Wall, ..self.bare() };
        let fresh = LiveAsset::new(view, self.model.clone(), self.packed.clone());
        let told = if self.told.is_empty() { self.events.iter().cloned().collect() } else { self.told.clone() };
        LiveAsset { told, ..fresh }
    }

    /// Tells what will have been measured in the window that is replayed, by signal.
    pub fn will_measure(&mut self, window: Vec<Curve>) {
        self.tracks = window.into_iter().map(|curve| Track::replayed(Arc::new(curve))).collect();
        self.version += 1;
    }

    /// Stands where it stood, whatever came since.
    pub fn put_back(&mut self, stand: Stand<'_>) {
        let Stand { twin, before, first_seq, entries, said } = stand;
        let tracks: Vec<Track> = self.tracks.iter().map(Track::rewound).collect();
        *self = LiveAsset { twin: Some(twin), tracks, traces: said, version: self.version, ..self.alone() };
        for (signal, points) in (0u16..).zip(&before.measured) {
            let Some(last) = points.last() else { continue };
            self.show_latest(Latest { signal, t: last.t, value: last.value, quality: Quality::Good });
            self.fill(usize::from(signal), points.iter().copied());
        }
        for event in &before.events {
            self.show_event(event.clone());
        }
        for (seq, entry) in (first_seq..).zip(entries) {
            self.seq = seq;
            self.show(entry);
        }
        self.note_traces();
        self.version += 1;
    }

    /// What the twin has said of each quantity.
    pub fn said(&self) -> &[Trace] {
        &self.traces
    }
}
