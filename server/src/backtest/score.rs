//! How near a twin came: of what was measured next, and of what was measured much later.

use std::collections::VecDeque;

use twin::{
    Entry, Horizon, Model, Scenario, Span, Timestamp, Twin, What,
    model::Role,
    project,
    twin::{Band, Innovation},
};

/// Leads at which a forecast is scored, as parts of how far it reaches.
const LEADS: [f64; 4] = [0.1, 0.25, 0.5, 1.0];
/// Instants of a forecast.
const POINTS: usize = 200;
/// A measurement this part of the reach away from its lead still counts.
const NEAR: f64 = 0.02;

/// Differences of what was measured from what was expected, and how many of them lay inside of the 90 % interval.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Residuals {
    pub count: u64,
    pub inside: u64,
    sum: f64,
    squares: f64,
    magnitudes: f64,
}

impl Residuals {
    pub fn take(&mut self, said: &Innovation) {
        self.add(said.measured, &said.expected);
    }

    fn add(&mut self, measured: f64, expected: &Band) {
        let difference = measured - expected.mean;
        self.count += 1;
        self.inside += u64::from((expected.low..=expected.high).contains(&measured));
        self.sum += difference;
        self.squares += difference * difference;
        self.magnitudes += difference.abs();
    }

    pub fn bias(&self) -> f64 {
        self.sum / self.count as f64
    }

    /// Root of the mean square.
    pub fn rmse(&self) -> f64 {
        (self.squares / self.count as f64).sqrt()
    }

    /// Mean magnitude.
    pub fn mae(&self) -> f64 {
        self.magnitudes / self.count as f64
    }

    /// The share inside of the interval, and the range in which it lies with 95 % where the interval is right, both in %.
    pub fn coverage(&self) -> (f64, [f64; 2]) {
        let count = self.count as f64;
        let around = 1.96 * (0.9 * 0.1 / count).sqrt();
        (100.0 * self.inside as f64 / count, [100.0 * (0.9 - around).max(0.0), 100.0 * (0.9 + around).min(1.0)])
    }
}

/// Forecasts, made as the recording went by, and what then came.
#[derive(Debug)]
pub struct Forecasts {
    pub made: usize,
    pub reach: Span,
    /// By lead, then by signal; of inputs nothing is counted.
    pub by_lead: Vec<(Span, Vec<Residuals>)>,
    every: Span,
    next: Timestamp,
    left: u32,
    waiting: VecDeque<Promise>,
    measured: Vec<bool>,
}

/// What was forecast of an instant.
#[derive(Debug)]
struct Promise {
    t: Timestamp,
    lead: usize,
    /// By signal: the noise of its sensor included.
    bands: Vec<Band>,
    met: Vec<bool>,
}

impl Forecasts {
    pub fn new(model: &Model, (from, until): (Timestamp, Timestamp), count: u32, reach: Span) -> Forecasts {
        let every = Span((until - from).0 / i64::from(count.max(1) + 1));
        let signals = model.signals.len();
        let by_lead = LEADS.map(|part| (Span((reach.0 as f64 * part) as i64), vec![Residuals::default(); signals]));
        let measured = model.signals.iter().map(|signal| matches!(signal.role, Role::Measured { .. })).collect();
        Forecasts {
            made: 0,
            reach,
            by_lead: by_lead.into(),
            every,
            next: from + every,
            left: count,
            waiting: VecDeque::new(),
            measured,
        }
    }

    /// Scores what was forecast of these measurements.
    pub fn take(&mut self, group: &[Entry]) {
        let near = Span((self.reach.0 as f64 * NEAR) as i64);
        let t = group[0].t;
        self.waiting.retain(|promise| promise.t + near >= t);
        for promise in self.waiting.iter_mut().filter(|promise| promise.t <= t) {
            for entry in group {
                let What::Sample { signal, value } = entry.what else { continue };
                let signal = usize::from(signal);
                if self.measured[signal] && !std::mem::replace(&mut promise.met[signal], true) {
                    self.by_lead[promise.lead].1[signal].add(value, &promise.bands[signal]);
                }
            }
        }
    }

    /// Asks `twin` for a forecast where it is time for one.
    pub fn look_ahead(&mut self, twin: &Twin, now: Timestamp) {
        if self.left == 0 || now < self.next {
            return;
        }
        self.left -= 1;
        self.made += 1;
        self.next = self.next + self.every;
        let horizon = Horizon { span: self.reach, points: POINTS };
        let projection = project(twin, &Scenario::default(), horizon, 64, 1);
        let model = twin.model();
        for (lead, (after, _)) in self.by_lead.iter().enumerate() {
            let t = now + *after;
            let at = projection.times.partition_point(|own| *own < t).min(projection.times.len().saturating_sub(1));
            let band = |signal: usize| {
                let band = projection.bands[signal].get(at).copied();
                let band = band.unwrap_or(Band { mean: f64::NAN, low: f64::NAN, mid: f64::NAN, high: f64::NAN });
                let Role::Measured { noise } = model.signals[signal].role else { return band };
                // What is shown of a signal is what it is; its sensor says that with noise.
                let wider = |end: f64| {
                    band.mid + (end - band.mid).signum() * ((end - band.mid).powi(2) + (1.645 * noise).powi(2)).sqrt()
                };
                Band { low: wider(band.low), high: wider(band.high), ..band }
            };
            let bands = (0..model.signals.len()).map(band).collect();
            self.waiting.push_back(Promise { t, lead, bands, met: vec![false; model.signals.len()] });
        }
    }
}
