//! `twin.end_error`: how well the twin foresees the end of each shipped discharge, against a straight line.
//!
//! At half of each discharge (from the load's start to 3.0 V) the twin, told all samples up to then and of every cycle
//! before, holds the current and says when the voltage falls below 3.0 V: the median of its members. The reference is a
//! least-squares line through the voltages of the last ten minutes. Printed is the median absolute error of both, and in what
//! share of discharges the end came inside of the 90 % interval that was said.

use std::{fs::File, path::Path, sync::Arc};

use flate2::read::GzDecoder;
use twin::{Entry, Horizon, Model, Scenario, Span, Timestamp, Twin, What, project};

const END_VOLTS: f64 = 3.0;
/// Above this the cell is under load.
const LOAD_AMPERES: f64 = 1.0;

struct Row {
    secs: f64,
    volts: f64,
    amperes: f64,
    celsius: f64,
}

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../server");
    let text = std::fs::read_to_string(root.join("models/li-ion-cell.toml")).expect("the cell's model is there");
    let model = Arc::new(Model::parse(&text).expect("the cell's model is read"));
    let cycles = cycles(&root.join("demo/cell-b0005.csv.gz"));
    let mut twin = Twin::new(model.clone(), 1);
    let mut start = Timestamp(1_207_000_000_000_000);
    let (mut ours, mut lines, mut inside) = (Vec::new(), Vec::new(), 0);
    for cycle in &cycles {
        let charged = model.event("charged").expect("the cell can be charged");
        twin.observe(&[Entry { t: start, what: What::Event { event: charged } }]);
        let (begin, end) = discharge(cycle);
        let half = begin + (end - begin) / 2.0;
        let asked = cycle.partition_point(|row| row.secs <= half);
        observe(&mut twin, start, &cycle[..asked]);
        let [low, mid, high] = foreseen(&twin, start);
        ours.push((mid - end).abs());
        inside += usize::from(low <= end && end <= high);
        lines.push((line(&cycle[..asked]) - end).abs());
        observe(&mut twin, start, &cycle[asked..]);
        start = start + Span::from_secs(cycle[cycle.len() - 1].secs) + Span(10 * Span::MINUTE.0);
    }
    let (ours, lines) = (median(ours), median(lines));
    eprintln!("twin.end_error: {} discharges", cycles.len());
    println!("twin.end_error\t{ours:.1}\ts\t{lines:.1}\tstraight line, last ten minutes\t{:.1}", lines / ours);
    let share = 100.0 * inside as f64 / cycles.len() as f64;
    println!("twin.end_coverage\t{share:.0}\t%\t90\tthe interval's promise\t{:.2}", share / 90.0);
}

fn cycles(path: &Path) -> Vec<Vec<Row>> {
    let mut reader = csv::Reader::from_reader(GzDecoder::new(File::open(path).expect("the recording is there")));
    let mut cycles: Vec<(String, Vec<Row>)> = Vec::new();
    for record in reader.records() {
        let record = record.expect("the recording is read");
        let number = |index: usize| record[index].parse::<f64>().expect("the recording holds numbers");
        let row = Row { secs: number(1), volts: number(2), amperes: -number(3), celsius: number(4) };
        match cycles.last_mut() {
            Some((cycle, rows)) if *cycle == record[0] => rows.push(row),
            _ => cycles.push((record[0].to_owned(), vec![row])),
        }
    }
    cycles.into_iter().map(|(_, rows)| rows).collect()
}

/// When the load begins, and when the voltage falls to its end, interpolated.
fn discharge(cycle: &[Row]) -> (f64, f64) {
    let begin = cycle.iter().find(|row| row.amperes > LOAD_AMPERES).expect("every cycle has a load").secs;
    let end = cycle.iter().position(|row| row.amperes > LOAD_AMPERES && row.volts < END_VOLTS);
    let end = end.expect("every cycle reaches its end");
    let (a, b) = (&cycle[end - 1], &cycle[end]);
    (begin, a.secs + (b.secs - a.secs) * (a.volts - END_VOLTS) / (a.volts - b.volts))
}

fn observe(twin: &mut Twin, start: Timestamp, rows: &[Row]) {
    for row in rows {
        let t = start + Span::from_secs(row.secs);
        let values = [("current", row.amperes), ("voltage", row.volts), ("temperature", row.celsius)];
        let entry = |(name, value)| {
            let signal = twin.model().signal(name).expect("the model has the signal");
            Entry { t, what: What::Sample { signal, value } }
        };
        let entries = values.map(entry);
        twin.observe(&entries);
    }
}

/// The 5, 50 and 95 % quantiles of when the voltage falls below its end.
fn foreseen(twin: &Twin, start: Timestamp) -> [f64; 3] {
    let horizon = Horizon { span: Span(3 * Span::HOUR.0), points: 1 };
    let future = project(twin, &Scenario::default(), horizon, 64, 1);
    [0.05, 0.5, 0.95].map(|share| future.crossings[0].quantile(share).map_or(f64::INFINITY, |t| (t - start).secs()))
}

fn line(rows: &[Row]) -> f64 {
    let now = rows[rows.len() - 1].secs;
    let recent: Vec<&Row> = rows.iter().filter(|row| row.secs >= now - 600.0).collect();
    let mean = |of: fn(&Row) -> f64| recent.iter().map(|row| of(row)).sum::<f64>() / recent.len() as f64;
    let (secs, volts) = (mean(|row| row.secs), mean(|row| row.volts));
    let products = recent.iter().map(|row| (row.secs - secs) * (row.volts - volts)).sum::<f64>();
    let squares = recent.iter().map(|row| (row.secs - secs) * (row.secs - secs)).sum::<f64>();
    secs + (END_VOLTS - volts) / (products / squares)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
