//! Many members of one asset, counted by shares: however they are shared out, the same has to come of it.

use std::{ops::Range, sync::Arc};

use twin::{
    Entry, Horizon, Model, Scenario, Span, Timestamp, Twin, What, project,
    whatif::{CHUNK, Census, Grid, count},
};

const START: Timestamp = Timestamp(14_000 * Span::DAY.0);
const POINTS: usize = 20;

/// What is counted in `chunks` over `steps` steps of a twin that was told one sample of each signal.
pub fn count_share(model: &Arc<Model>, steps: i64, seed: u64, chunks: Range<u32>) -> Option<Vec<u8>> {
    let mut twin = Twin::new(model.clone(), seed);
    let sample = |(signal, of): (u16, &twin::model::Signal)| {
        let value = (of.range[0] + of.range[1]) / 2.0;
        Entry { t: START, what: What::Sample { signal, value } }
    };
    twin.observe(&(0..).zip(&model.signals).map(sample).collect::<Vec<_>>());
    let horizon = Horizon { span: Span(model.step.0.saturating_mul(steps)), points: POINTS };
    let scenario = Scenario::default();
    let grid = Grid::about(&project(&twin, &scenario, horizon, CHUNK / 8, seed));
    let census = count(&twin, &scenario, horizon, &grid, chunks, seed)?;
    postcard::to_allocvec(&census).ok()
}

/// What several have counted together.
pub fn join(shares: &[&[u8]]) -> Option<Vec<u8>> {
    let mut all = Census::default();
    for share in shares {
        all.merge(&postcard::from_bytes(share).ok()?);
    }
    postcard::to_allocvec(&all).ok()
}
