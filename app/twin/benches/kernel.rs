//! How long the kernel's questions take natively; printed, never asserted.

use std::{hint::black_box, sync::Arc, time::Instant};

use twin::{Entry, Horizon, Model, Scenario, Span, Timestamp, Twin, What, project, simulate::Simulator};

const CELL: &str = include_str!("../../../server/models/li-ion-cell.toml");
const TRANSFORMER: &str = include_str!("../../../server/models/power-transformer.toml");

/// Median seconds of `runs` calls.
fn median(runs: usize, mut call: impl FnMut()) -> f64 {
    let mut secs: Vec<f64> = (0..runs)
        .map(|_| {
            let begin = Instant::now();
            call();
            begin.elapsed().as_secs_f64()
        })
        .collect();
    secs.sort_by(f64::total_cmp);
    secs[runs / 2]
}

fn told(text: &str, inputs: &[f64], every: Span, count: i64) -> (Twin, Vec<Entry>) {
    let model = Arc::new(Model::parse(text).expect("the demo's models are read"));
    let start = Timestamp(1_200_000_000_000_000);
    let mut asset = Simulator::new(model.clone(), start, inputs);
    let mut entries = Vec::new();
    for step in 0..count {
        let t = start + Span(every.0 * step);
        asset.advance(t, inputs);
        for (signal, value) in asset.measure(1).into_iter().enumerate() {
            entries.push(Entry { t, what: What::Sample { signal: signal as u16, value } });
        }
    }
    let mut twin = Twin::new(model, 1);
    twin.observe(&entries);
    (twin, entries)
}

fn main() {
    let (transformer, _) = told(TRANSFORMER, &[900.0, 25.0], Span(5 * Span::MINUTE.0), 300);
    let horizon = Horizon { span: Span::DAY, points: 288 };
    let secs = median(21, || {
        black_box(project(&transformer, &Scenario::default(), horizon, 64, 1));
    });
    println!("transformer, project 288 steps x 64 members, all kept: {:.3} ms", secs * 1e3);

    let (cell, entries) = told(CELL, &[2.0], Span::from_secs(15.0), 200);
    let horizon = Horizon { span: Span::HOUR, points: 288 };
    let secs = median(11, || {
        black_box(project(&cell, &Scenario::default(), horizon, 64, 1));
    });
    println!("cell, project 3600 steps x 64 members, 288 kept: {:.3} ms", secs * 1e3);
    let secs = median(11, || {
        let mut twin = Twin::new(cell.model().clone(), 1);
        entries.iter().for_each(|entry| twin.observe(core::slice::from_ref(entry)));
        black_box(twin.hash());
    });
    println!("cell, observe one by one: {:.1} us an entry", secs * 1e6 / entries.len() as f64);
    let checkpoint = cell.checkpoint();
    println!("cell, checkpoint: {} bytes", checkpoint.bytes.len());
    let secs = median(101, || {
        black_box(cell.hash());
    });
    println!("cell, state hash: {:.1} us", secs * 1e6);
}
