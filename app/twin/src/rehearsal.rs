//! A scripted life of a twin with everything that can happen to it: two machines that agree on its end agree to the bit.

use alloc::{sync::Arc, vec::Vec};
use core::fmt;

use crate::{
    entry::{Entry, What},
    model::{Model, Role},
    philox,
    simulate::Simulator,
    time::{Span, Timestamp},
    twin::{StateHash, Twin},
    whatif::{Horizon, Scenario, project},
};

/// Steps of the grid between two instants of telemetry.
const STRIDE: i64 = 7;

/// What a rehearsal ends in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    pub state: StateHash,
    pub projection: StateHash,
    /// How many entries came, came late, and were refused since the restore.
    pub entries: u64,
    pub late: u64,
    pub refused: u64,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (state, projection) = (self.state.0, self.projection.0);
        write!(f, "{state:016x} {projection:016x} {} {} {}", self.entries, self.late, self.refused)
    }
}

/// Lets a twin of `model` live through `steps` steps of its grid: noisy telemetry under changing inputs, entries of
/// one time in several batches, entries that come late, values that are not finite, events, a restore midway, and a
/// projection with every slider moved at the end.
pub fn rehearse(model: &Arc<Model>, steps: i64, seed: u64) -> Ending {
    let start = Timestamp(1_200_000_000_000_000);
    let uniform = |tick: i64, draw: u32| {
        let [low, high, ..] = philox::draw(seed, 1, tick, draw);
        philox::uniform(low, high)
    };
    let inputs = |tick: i64| -> Vec<f64> {
        let held = model.signals.iter().filter(|signal| matches!(signal.role, Role::Input { .. }));
        held.enumerate()
            .map(|(index, signal)| {
                let [low, high] = signal.range;
                low + (high - low) * (0.5 + 0.1 * uniform(tick / 50, index as u32))
            })
            .collect()
    };

    let mut asset = Simulator::new(model.clone(), start, &inputs(0));
    let mut twin = Twin::new(model.clone(), seed);
    let mut held_back: Vec<Entry> = Vec::new();
    let ticks = (steps / STRIDE).max(1);
    for tick in 0..ticks {
        let t = start + Span(model.step.0.saturating_mul(tick * STRIDE));
        asset.advance(t, &inputs(tick));
        let mut batch = Vec::new();
        if !model.events.is_empty() && uniform(tick, 100) < 0.01 {
            let event = (tick % model.events.len() as i64) as u16;
            asset.happen(event);
            batch.push(Entry { t, what: What::Event { event } });
        }
        for (signal, value) in asset.measure(seed).into_iter().enumerate() {
            let chance = uniform(tick, 200 + signal as u32);
            let value = if chance < 0.01 { f64::NAN } else { value };
            let entry = Entry { t, what: What::Sample { signal: signal as u16, value } };
            if chance > 0.97 { held_back.push(entry) } else { batch.push(entry) }
        }
        let (first, second) = batch.split_at(batch.len() / 2);
        twin.observe(first);
        twin.observe(second);
        if uniform(tick, 300) < 0.1 {
            twin.observe(&core::mem::take(&mut held_back));
        }
        if tick == ticks / 2
            && let Ok(restored) = Twin::restore(model.clone(), &twin.checkpoint().bytes)
        {
            twin = restored;
        }
    }

    let sliders = model.sliders.iter().zip(0u16..).map(|(slider, index)| (index, (slider.min + slider.max) / 2.0));
    let horizon = Horizon { span: Span(model.step.0.saturating_mul(500)), points: 50 };
    let future = project(&twin, &Scenario { sliders: sliders.collect() }, horizon, 128, seed);
    let counts = twin.counts();
    Ending {
        state: twin.hash(),
        projection: future.hash,
        entries: counts.assimilated,
        late: counts.rerun,
        refused: counts.refused,
    }
}
