//! The packs of `server/models`: each against what its source says, other people's programs, and what must be conserved.

mod centrifugal_pump;
mod cold_room;
mod every;
mod induction_motor;
mod infusion_pump;
mod li_ion_pack;
mod packaging_line;
mod water_loop;

use std::sync::Arc;

use twin::{Model, Span, Timestamp, model::outline, simulate::Simulator};

use super::following::model;

/// One nominal asset of a pack, told its inputs and asked for its quantities by their names.
pub struct Asset {
    pub model: Arc<Model>,
    simulator: Simulator,
    inputs: Vec<f64>,
    pub now: Timestamp,
}

impl Asset {
    /// The asset at the beginning of 1970; an input that is not told has the value that its file begins with.
    #[track_caller]
    pub fn new(text: &str, told: &[(&str, f64)]) -> Asset {
        let model = model(text);
        let entries = outline::outline(text).unwrap();
        let begins = |entry: &outline::Entry| entry.value("initial").map_or(0.0, |initial| initial.parse().unwrap());
        let mut inputs: Vec<f64> = entries.iter().filter(|entry| entry.section == "input").map(begins).collect();
        for (name, value) in told {
            inputs[usize::from(model.signal(name).unwrap())] = *value;
        }
        let simulator = Simulator::new(model.clone(), Timestamp(0), &inputs);
        Asset { model, simulator, inputs, now: Timestamp(0) }
    }

    /// From now on this input holds this value.
    #[track_caller]
    pub fn tell(&mut self, name: &str, value: f64) {
        self.inputs[usize::from(self.model.signal(name).unwrap())] = value;
        self.simulator.advance(self.now, &self.inputs);
    }

    pub fn run(&mut self, secs: f64) {
        let end = self.now + Span::from_secs(secs);
        // A silence of more steps than a few thousand is not stepped through.
        while self.now < end {
            self.now = end.min(self.now + Span(self.model.step.0 * 1_000));
            self.simulator.advance(self.now, &self.inputs);
        }
    }

    /// What its sensors say, with noise.
    pub fn measure(&self) -> Vec<f64> {
        self.simulator.measure(9)
    }

    #[track_caller]
    pub fn happen(&mut self, event: &str) {
        self.simulator.happen(self.model.event(event).unwrap());
    }

    #[track_caller]
    pub fn get(&self, name: &str) -> f64 {
        let found = self.model.quantities.iter().position(|quantity| quantity.name == name);
        self.simulator.values()[found.unwrap_or_else(|| panic!("no quantity `{name}`"))]
    }
}

/// A pack's text with other values of parameters, and outputs that show what is inside, as `name unit`.
#[track_caller]
pub fn with(text: &str, values: &[(&str, f64)], shown: &[(&str, &str)]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for (name, value) in values {
        let line = lines.iter_mut().find(|line| line.starts_with(&format!("{name} = {{")) && line.contains("value = "));
        let line = line.unwrap_or_else(|| panic!("no parameter `{name}` with a value"));
        let begin = line.find("value = ").unwrap() + "value = ".len();
        let end = begin + line[begin..].find([',', ' ', '}']).unwrap();
        line.replace_range(begin..end, &format!("{value:?}"));
    }
    for (name, unit) in shown {
        lines.push(format!("[output.shown_{}]\nunit = \"{unit}\"\nvalue = \"{name}\"", name.replace('.', "_")));
    }
    lines.join("\n") + "\n"
}

/// The rows of a golden file, without comments and header.
pub fn rows(text: &str) -> Vec<Vec<f64>> {
    let lines = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines.map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect()).collect()
}

#[track_caller]
pub fn near(got: f64, wanted: f64, tolerance: f64) {
    assert!((got - wanted).abs() <= tolerance, "{got:?}, not {wanted:?} within {tolerance:e}");
}

/// The largest difference of each column, and where it is.
#[derive(Default)]
pub struct Largest(Vec<(&'static str, f64, f64)>);

impl Largest {
    pub fn take(&mut self, name: &'static str, at: f64, got: f64, wanted: f64) {
        let off = if got.is_nan() { f64::INFINITY } else { (got - wanted).abs() };
        match self.0.iter_mut().find(|(own, ..)| *own == name) {
            Some(own) if off > own.1 => *own = (name, off, at),
            Some(_) => {}
            None => self.0.push((name, off, at)),
        }
    }

    /// Every column stays within its tolerance; prints what was found.
    #[track_caller]
    pub fn stay_within(&self, tolerances: &[(&str, f64)]) {
        for (name, off, at) in &self.0 {
            println!("largest difference of {name}: {off:.2e} at {at}");
        }
        assert_eq!(self.0.len(), tolerances.len());
        for (name, tolerance) in tolerances {
            let (_, off, at) = self.0.iter().find(|(own, ..)| own == name).unwrap();
            assert!(off <= tolerance, "{name}: {off:e} off at {at}");
        }
    }
}
