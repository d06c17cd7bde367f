//! Where each slider's range leads to trouble, found by a worker once nothing else is to be done.

use std::{cell::RefCell, time::Duration};

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use twin::{Scenario, Span, whatif::Probe};

use super::{Lab, bench};
use crate::{
    browser::{self, clock},
    live::{errand::Errand, outlook::SEED, zones::Zones},
};

/// Sliders rest for so long before their ranges are probed: by then the many members are being stepped, or are done.
const SETTLED: Duration = Duration::from_millis(400);
/// How long nothing is looked for while others are at work, or nobody looks.
const IDLE: Duration = Duration::from_millis(500);
const LEAST: Duration = Duration::from_millis(10);
/// A worker that has not answered by then was replaced.
const LOST: Duration = Duration::from_secs(20);
/// After the twin has gone on, a range is probed again, at most so often,
const AGAIN_MILLIS: f64 = 5_000.0;
/// and one whose probing takes long has the worker rest so many times as long.
const REST: f64 = 60.0;

thread_local! {
    /// Of the one page with sliders that a tab shows. On the server nobody asks.
    static PROBING: RefCell<Probing> = RefCell::default();
}

#[derive(Default)]
struct Probing {
    next: Option<TimeoutHandle>,
    /// Goes up with every errand, and with every move: what was asked for before is not heard.
    number: u32,
    /// What the worker is at.
    out: Option<Asked>,
    known: Vec<Probed>,
}

#[derive(Debug, Clone, PartialEq)]
struct Asked {
    slider: u16,
    others: Scenario,
    seq: u64,
    span: Span,
    at_millis: f64,
}

/// What is known of one slider's range.
#[derive(Debug, Clone, PartialEq)]
struct Probed {
    asked: Asked,
    took_millis: f64,
    zones: Zones,
}

impl Lab {
    /// What is drawn or said of a slider's zones as they are known: of before, while others are being found.
    pub fn zones(&self, slider: u16, what: fn(&Zones) -> &str) -> String {
        self.probed(slider, |known| what(&known.zones).to_string()).unwrap_or_default()
    }

    /// Whether other sliders have moved since the zones of this one were found.
    pub fn has_old_zones(&self, slider: u16) -> bool {
        let others = self.moved.with(|moved| moved.without(slider));
        self.probed(slider, |known| known.asked.others != others) == Some(true)
    }

    fn probed<R>(&self, slider: u16, read: impl FnOnce(&Probed) -> R) -> Option<R> {
        self.probes.track();
        PROBING.with_borrow(|probing| probing.known.iter().find(|own| own.asked.slider == slider).map(read))
    }

    /// Has all ranges probed that are not known, once the sliders rest; what the worker is at comes to nothing.
    pub(super) fn probe_later(self) {
        PROBING.with_borrow_mut(|probing| {
            probing.out = None;
            probing.number = probing.number.wrapping_add(1);
        });
        self.probe_after(SETTLED);
    }

    /// Futures begin from another state: what was known of the one before is none of it.
    pub(super) fn forget_zones(self) {
        PROBING.with_borrow_mut(|probing| {
            probing.out = None;
            probing.number = probing.number.wrapping_add(1);
            probing.known.clear();
        });
        self.probes.update(|probes| *probes += 1);
        self.probe_after(SETTLED);
    }

    pub(super) fn end_probing() {
        PROBING.take().next.inspect(TimeoutHandle::clear);
    }

    fn probe_after(self, pause: Duration) {
        let next = set_timeout_with_handle(move || self.probe_next(), pause).ok();
        PROBING.with_borrow_mut(|probing| {
            std::mem::replace(&mut probing.next, next).inspect(TimeoutHandle::clear);
        });
    }

    /// Has the range of the next slider probed, where there is time for it and somebody sees it.
    fn probe_next(self) {
        let is_seen = browser::frame::is_visible() && browser::sight::is_in_view(".scenario-form");
        let errand = (is_seen && bench::is_idle()).then(|| self.errand()).flatten();
        match errand {
            Some(errand) => {
                self.send_aside(&errand);
                self.probe_after(LOST);
            }
            None => self.probe_after(IDLE),
        }
    }

    fn errand(self) -> Option<Errand> {
        let scenario = self.scenario();
        let now = clock::precise_millis();
        self.live.read(&self.asset_id.get_value(), |asset, _| {
            let ((twin, seq), outlook) = (asset.begin()?, asset.shown()?);
            let span = outlook.until - twin.newest()?;
            let sliders = asset.model.sliders.len() as u16;
            let asked = |slider| Asked { slider, others: scenario.without(slider), seq, span, at_millis: now };
            let (number, asked) = PROBING.with_borrow_mut(|probing| {
                let asked = next_of((0..sliders).map(asked), &probing.known)?;
                probing.out = Some(asked.clone());
                probing.number = probing.number.wrapping_add(1);
                Some((probing.number, asked))
            })?;
            let (model, checkpoint) = (asset.packed.to_vec(), twin.checkpoint().bytes);
            let Asked { slider, others: scenario, span, .. } = asked;
            Some(Errand::Probe { number, model, checkpoint, scenario, span, seed: SEED, slider })
        })?
    }

    /// Takes in what a range came to.
    pub(super) fn hear_probed(self, number: u32, shares: &[f64]) {
        let out = PROBING.with_borrow_mut(|probing| {
            let is_known = probing.number == number;
            if is_known { probing.out.take() } else { None }
        });
        let Some(asked) = out else { return };
        let probe = Probe { slider: asked.slider, met: shares.as_chunks().0.to_vec() };
        let zones = self.live.read(&self.asset_id.get_value(), |asset, _| {
            // A worker that could not is no word that all is well.
            if probe.met.len() != asset.model.failures.len() + asset.model.limits.len() {
                return None;
            }
            let slider = asset.model.sliders.get(usize::from(asked.slider))?;
            Some(Zones::of(&probe, slider, &asset.model))
        });
        let Some(zones) = zones.flatten() else { return self.probe_after(LOST) };
        let took_millis = (clock::precise_millis() - asked.at_millis).max(0.0);
        let probed = Probed { took_millis, zones, asked };
        PROBING.with_borrow_mut(|probing| {
            probing.known.retain(|own| own.asked.slider != probed.asked.slider);
            probing.known.push(probed);
        });
        self.probes.update(|probes| *probes += 1);
        self.probe_after(LEAST);
    }
}

/// The first of `all` that is not known as it would be asked for; after it one of which the twin knows more by now, where
/// its time has come.
fn next_of(all: impl Iterator<Item = Asked> + Clone, known: &[Probed]) -> Option<Asked> {
    let of = |asked: &Asked| known.iter().find(|own| own.asked.slider == asked.slider);
    let is_new = |asked: &Asked| of(asked).is_none_or(|known| known.asked.others != asked.others);
    let is_due = |asked: &Asked| {
        of(asked).is_some_and(|known| {
            let rest = AGAIN_MILLIS.max(known.took_millis * REST);
            let is_old = (known.asked.seq, known.asked.span) != (asked.seq, asked.span);
            is_old && asked.at_millis >= known.asked.at_millis + rest
        })
    };
    all.clone().find(is_new).or_else(|| all.clone().find(is_due))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(slider: u16, load: f64, seq: u64, at_millis: f64) -> Asked {
        let others = Scenario { sliders: vec![(0, load)] }.without(slider);
        Asked { slider, others, seq, span: Span::DAY, at_millis }
    }

    fn known(asked: Asked, took_millis: f64) -> Probed {
        Probed { asked, took_millis, zones: Zones::default() }
    }

    /// Which of two sliders is next with the first at this load, after this entry, at this time.
    fn next(load: f64, seq: u64, at_millis: f64, known: &[Probed]) -> Option<u16> {
        next_of((0..2).map(|slider| asked(slider, load, seq, at_millis)), known).map(|asked| asked.slider)
    }

    #[test]
    fn a_slider_that_moves_has_the_ranges_of_the_others_probed() {
        assert_eq!(next(1.0, 7, 0.0, &[]), Some(0));
        let both = [known(asked(0, 1.0, 7, 0.0), 20.0), known(asked(1, 1.0, 7, 0.0), 20.0)];
        assert_eq!(next(1.0, 7, 0.0, &both[..1]), Some(1));
        assert_eq!(next(1.0, 7, 1e9, &both), None);
        assert_eq!(next(1.2, 7, 0.0, &both), Some(1));
    }

    #[test]
    fn a_twin_that_goes_on_has_all_ranges_probed_again_but_not_at_once() {
        let both = [known(asked(0, 1.0, 7, 0.0), 20.0), known(asked(1, 1.0, 7, 0.0), 500.0)];
        assert_eq!(next(1.0, 8, 4_999.0, &both), None);
        assert_eq!(next(1.0, 8, 5_000.0, &both), Some(0));
        let both = [known(asked(0, 1.0, 8, 6_000.0), 20.0), both[1].clone()];
        assert_eq!(next(1.0, 9, 10_000.0, &both), None, "what takes long is done less often");
        assert_eq!(next(1.0, 9, 30_000.0, &both[1..]), Some(0));
    }
}
