//! The Monte Carlo that the kernel's figures are about: a power transformer, 10,000 members, a day in steps of 5 min.

use std::sync::Arc;

use twin::{
    Entry, Horizon, Model, Projection, Scenario, Span, Timestamp, Twin, What, project,
    whatif::{Crossing, Met},
};

/// As a file, whose inputs all references are told for sure, so that it is, too; pages are given it packed.
#[cfg(not(target_arch = "wasm32"))]
pub fn model() -> String {
    let file = include_str!("../../../../server/models/power-transformer.toml");
    file.replace("future = \"repeat_day\"", "future = \"repeat_day\", known = true")
}

pub const MEMBERS: usize = 10_000;
pub const STEPS: usize = 288;
pub const SEED: u64 = 1;
/// A midnight, so that number and bin of an instant of the first day are one.
pub const START: Timestamp = Timestamp(14_000 * Span::DAY.0);

/// Load in A and ambient in degC of each step of a day: both rise to their peak and fall again.
pub fn day() -> Vec<[f64; 2]> {
    let half = STEPS / 2;
    let share = |step: usize| if step < half { step } else { STEPS - step } as f64 / half as f64;
    (0..STEPS).map(|step| [700.0 + 800.0 * share(step), 15.0 + 15.0 * share(step)]).collect()
}

/// A transformer that was told load and ambient of a day.
pub fn twin(model: Model) -> Twin {
    let mut twin = Twin::new(Arc::new(model), SEED);
    for (step, inputs) in day().into_iter().enumerate() {
        let t = START + Span(5 * Span::MINUTE.0 * step as i64);
        let entry = |(signal, value)| Entry { t, what: What::Sample { signal, value } };
        twin.observe(&[(0, inputs[0]), (1, inputs[1])].map(entry));
    }
    twin
}

/// The day after: bands at its begin and at its end, and each member's first crossings.
pub fn ours(twin: &Twin) -> Projection {
    project(twin, &Scenario::default(), Horizon { span: Span::DAY, points: 1 }, MEMBERS, SEED)
}

/// Mean, 5 %, 50 % and 95 % of the hot spot at the end, and the share of members that were above 120 and 140 degC.
pub fn outcome(future: &Projection) -> Vec<f64> {
    let band = future.bands[3][future.bands[3].len() - 1];
    let mut outcome = vec![band.mean, band.low, band.mid, band.high];
    let is_failure = |crossing: &&Crossing| matches!(crossing.met, Met::Failure(_));
    outcome.extend(future.crossings.iter().filter(is_failure).map(Crossing::probability));
    outcome
}
