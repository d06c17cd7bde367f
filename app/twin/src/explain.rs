//! Why an asset is not as expected: what single change accounts for what was measured in the window.
//!
//! What came since is stepped again, uncorrected, from what the twin believed before: as it believed the asset to be, and for
//! each thing that could have changed. By how much it would have had to change is a weighted least squares fit of
//! one number (Gauss-Newton); a second pass with that change says what share of the difference it really takes away.

use alloc::vec::Vec;

use crate::{
    ensemble::{self, Ensemble},
    entry::Entry,
    maths::scalar,
    model::{
        Component, Latent, Role,
        program::{Block, MEMBERS, splat},
    },
    open_loop::{self, Shown, set_member},
    sum,
    time::Timestamp,
    twin::Twin,
};

/// What may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suspect {
    /// Number of a latent in the model: the asset itself.
    Latent(u16),
    /// Number of a measured signal: its sensor reads too much or too little.
    Sensor(u16),
}

/// A change that would account for what was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cause {
    pub suspect: Suspect,
    /// What the twin believed it to be before the window; 0 of a sensor.
    pub believed: f64,
    /// By how much more or less it would be, in its unit.
    pub change: f64,
    /// The share of the weighted squares of all differences that this takes away, 0 to 1.
    pub share: f64,
}

/// A first guess moves a latent by this share of how unsure its model is of it, or of a tenth of it.
const NUDGE: f64 = 0.1;
const TINY: f64 = 1e-300;
/// No more steps of the grid are explained: a page asks on its own thread.
const MOST_STEPS: i64 = 2_000;
/// By how many times its noise a sensor is easily off.
const SENSOR: f64 = 3.0;
/// Causes that account for as much, to this share, are told apart by which would surprise less.
const ALIKE: f64 = 0.05;

/// A measurement of the window beside what members showed.
struct Seen {
    signal: u16,
    weight: f64,
    measured: f64,
    shown: [f64; MEMBERS],
}

impl Twin {
    /// What may account for how measurements differ since `since` from what the twin of before expects, the likeliest first;
    /// empty where the window has none. What was before the window counts as its beginning. Of long
    /// windows the newest 2,000 steps are looked at: they are stepped twice, which may take some 10 ms.
    pub fn explain(&self, since: Timestamp) -> Vec<Cause> {
        let model = self.model().clone();
        let since = self.since_at_most(since);
        let Some(base) = self.believed_at(since) else { return Vec::new() };
        let corrected = |latent: &Latent| model.inside.corrects.iter().any(|own| own[usize::from(latent.component)]);
        let numbered = model.latents.iter().zip(0..).filter(|(latent, _)| corrected(latent)).take(MEMBERS - 1);
        let suspects: Vec<(u16, &Component, usize)> = numbered
            .map(|(latent, number)| (number, usize::from(latent.component)))
            .map(|(number, component)| (number, &model.inside.components[component], component))
            .collect();
        let believed: Vec<f64> =
            suspects.iter().map(|(.., component)| first_of(&base.components[*component])).collect();
        let nudge = |((_, component, _), believed): (&(u16, &Component, usize), &f64)| {
            let size = NUDGE * component.spread.max(0.1 * scalar::abs(*believed)).max(TINY);
            // Inwards at the upper bound.
            if believed + size > component.bounds[1] { -size } else { size }
        };
        let nudges: Vec<f64> = suspects.iter().zip(&believed).map(nudge).collect();

        let changed = |changes: &[f64]| {
            let mut ensemble = base.clone();
            for (index, (.., component)) in suspects.iter().enumerate() {
                set_member(&mut ensemble.components[*component], index + 1, believed[index] + changes[index]);
            }
            self.seen_again(ensemble, since)
        };
        let seen = changed(&nudges);
        let all = squares(0, &seen);
        if !(all.is_finite() && all > 0.0) {
            return Vec::new();
        }
        let fit = |index: usize| {
            let (mut slopes, mut differences) = (0.0, 0.0);
            for own in &seen {
                let slope = (own.shown[index + 1] - own.shown[0]) / nudges[index];
                slopes += own.weight * slope * slope;
                differences += own.weight * slope * (own.measured - own.shown[0]);
            }
            let [low, high] = suspects[index].1.bounds;
            let fit = (believed[index] + differences / slopes).max(low).min(high) - believed[index];
            if fit.is_finite() { fit } else { 0.0 }
        };
        let fitted: Vec<f64> = (0..suspects.len()).map(fit).collect();
        let again = changed(&fitted);
        let share = |left: f64| if left.is_finite() { (1.0 - left / all).max(0.0) } else { 0.0 };

        let mut causes = Vec::new();
        for (index, (number, component, _)) in suspects.iter().enumerate() {
            let surprise =
                scalar::abs(fitted[index]) / component.spread.max(0.01 * scalar::abs(believed[index])).max(TINY);
            let cause = Cause {
                suspect: Suspect::Latent(*number),
                believed: believed[index],
                change: fitted[index],
                share: share(squares(index + 1, &again)),
            };
            causes.push((cause, surprise));
        }
        for (signal, number) in model.signals.iter().zip(0..) {
            let Role::Measured { noise } = signal.role else { continue };
            let own = || seen.iter().filter(|seen| seen.signal == number);
            let count = own().count() as f64;
            let mean = own().map(|own| own.measured - own.shown[0]).sum::<f64>() / count.max(1.0);
            let left = all - count * mean * mean / (noise * noise);
            let cause = Cause { suspect: Suspect::Sensor(number), believed: 0.0, change: mean, share: share(left) };
            causes.push((cause, scalar::abs(mean) / (SENSOR * noise)));
        }
        causes.retain(|(cause, _)| cause.share > 0.0);
        let rank = |share: f64| scalar::floor(share / ALIKE);
        causes.sort_by(|(a, one), (b, other)| rank(b.share).total_cmp(&rank(a.share)).then(one.total_cmp(other)));
        causes.into_iter().map(|(cause, _)| cause).collect()
    }

    /// `since`, or the first group of the window from which on there are not too many steps to explain.
    fn since_at_most(&self, since: Timestamp) -> Timestamp {
        let model = self.model();
        let window = self.parts().1;
        let Some(newest) = window.back() else { return since };
        let first = ensemble::grid(model, newest.t).saturating_sub(MOST_STEPS);
        let place = window.partition_point(|group| ensemble::grid(model, group.t) < first);
        window.get(place).map_or(since, |group| group.t.max(since))
    }

    /// What the twin believed when the first entry of the window from `since` on came, as one and the same for all members.
    fn believed_at(&self, since: Timestamp) -> Option<Ensemble> {
        let model = self.model().clone();
        let (mark, number) = self.mark_before(since)?;
        let mut ensemble = mark.clone();
        let before: Vec<Entry> = (self.parts().1.iter().skip(number))
            .take_while(|group| group.t < since)
            .flat_map(|group| group.entries.iter().map(|what| Entry { t: group.t, what: *what }))
            .collect();
        if !before.is_empty() {
            let window = Default::default();
            let mut twin = Twin::from_parts(model, self.seed(), Some(ensemble), window);
            twin.observe(&before);
            ensemble = twin.estimate()?.clone();
        }
        for block in &mut ensemble.components {
            let mean = sum::mean(&block[..]);
            block.fill(splat(mean));
        }
        Some(ensemble)
    }

    /// What members of `ensemble` show at each measurement of the window from `since` on.
    fn seen_again(&self, mut ensemble: Ensemble, since: Timestamp) -> Vec<Seen> {
        let groups = self.parts().1.iter().filter(|group| group.t >= since);
        let instants = groups.map(|group| (group.t, group.entries.iter().copied()));
        let mut all = Vec::new();
        open_loop::step(
            self.model(),
            &mut ensemble,
            instants,
            |Shown { signal, weight, measured, members, .. }| {
                all.push(Seen { signal, weight, measured, shown: *members });
            },
        );
        all
    }
}

fn squares(member: usize, seen: &[Seen]) -> f64 {
    let square = |own: &Seen| own.weight * (own.measured - own.shown[member]) * (own.measured - own.shown[member]);
    seen.iter().map(square).sum()
}

fn first_of(block: &Block) -> f64 {
    block[0].to_array()[0]
}
