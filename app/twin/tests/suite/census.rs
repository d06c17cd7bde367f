//! Many members counted in shares: the same as one by one, however they are shared out.

use twin::{
    Horizon, Projection, Scenario, Span, Twin, project,
    whatif::{CHUNK, Census, Grid, Spread, count},
};

use crate::following::{CELL, TRANSFORMER, model, telemetry};

const SEED: u64 = 7;
const CHUNKS: u32 = 20;

struct Run {
    twin: Twin,
    scenario: Scenario,
    horizon: Horizon,
    coarse: Projection,
}

fn discharging_cell() -> Run {
    let model = model(CELL);
    let mut twin = Twin::new(model.clone(), 42);
    twin.observe(&telemetry(&model)[..900]);
    let horizon = Horizon { span: Span::from_secs(3_600.0), points: 24 };
    let scenario = Scenario { sliders: vec![(0, 2.5)] };
    let coarse = project(&twin, &scenario, horizon, 64, SEED);
    Run { twin, scenario, horizon, coarse }
}

impl Run {
    fn count(&self, grid: &Grid, chunks: core::ops::Range<u32>) -> Census {
        count(&self.twin, &self.scenario, self.horizon, grid, chunks, SEED).unwrap()
    }
}

#[test]
fn how_the_chunks_are_shared_out_changes_nothing() {
    let run = discharging_cell();
    let grid = Grid::about(&run.coarse);
    let alone = run.count(&grid, 0..6);
    let mut shared = Census::default();
    for chunks in [4..6, 0..1, 1..4] {
        shared.merge(&run.count(&grid, chunks));
    }
    assert_eq!(shared, alone);
    assert_eq!(shared.hash(), alone.hash());
    assert_ne!(run.count(&grid, 0..5).hash(), alone.hash());
}

#[test]
fn counted_members_are_those_of_a_projection() {
    let run = discharging_cell();
    let grid = Grid::about(&run.coarse);
    let census = run.count(&grid, 0..CHUNKS);
    let whole = project(&run.twin, &run.scenario, run.horizon, CHUNKS as usize * CHUNK, SEED);
    assert_eq!(census.members as usize, whole.crossings[0].first.len());
    let counted = census.projection(&grid, &run.coarse);
    assert_eq!(counted.times, whole.times);
    assert_eq!(counted.ends.len(), whole.ends.len());
    for (counted, whole) in counted.ends.iter().zip(&whole.ends) {
        let sum = |spread: &Spread| spread.counts.iter().sum::<u32>();
        assert_eq!(sum(counted), sum(whole), "all members end somewhere");
        assert!(counted.counts.is_empty() || sum(counted) == census.members);
    }
    for (quantity, bands) in counted.bands.iter().enumerate() {
        for (instant, band) in bands.iter().enumerate() {
            let (exact, coarse) = (whole.bands[quantity][instant], run.coarse.bands[quantity][instant]);
            let near = |ours: f64, theirs: f64, by: f64| {
                let by = by + 1e-9 * theirs.abs();
                assert!((ours - theirs).abs() <= by, "{quantity} at {instant}: {ours} for {theirs}");
            };
            // Four times the coarse band in 256 bins. At first all members stand at the 64 values that they start from:
            // between two of these a quantile may lie anywhere.
            let bin = 4.0 * (coarse.high - coarse.low) / 256.0;
            let gap = if instant == 0 { 10.0 * bin } else { bin };
            near(band.mean, exact.mean, bin / 1000.0);
            near(band.low, exact.low, gap);
            near(band.mid, exact.mid, gap);
            near(band.high, exact.high, gap);
        }
    }
    for (ours, theirs) in counted.crossings.iter().zip(&whole.crossings) {
        assert_eq!(ours.probability(), theirs.probability());
        for share in [0.05, 0.5, 0.95] {
            assert_eq!(ours.quantile(share), theirs.quantile(share), "{share}");
        }
    }
}

#[test]
fn a_grid_of_another_horizon_is_refused() {
    let run = discharging_cell();
    let grid = Grid::about(&run.coarse);
    let other = Horizon { points: 12, ..run.horizon };
    assert!(count(&run.twin, &run.scenario, other, &grid, 0..1, SEED).is_none());
    assert!(count(&Twin::new(model(TRANSFORMER), 1), &run.scenario, run.horizon, &grid, 0..1, SEED).is_none());
}
