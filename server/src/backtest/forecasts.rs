//! How near a twin came to what was measured much later, beside a guess that all stays as it is.

use std::collections::VecDeque;

use twin::{
    Entry, Horizon, Model, Projection, Scenario, Span, Timestamp, Twin, What,
    model::{Future, Role},
    project,
    twin::Band,
};

use super::residuals::Residuals;

/// Leads at which a forecast is scored, as parts of how far it reaches.
const LEADS: [f64; 5] = [0.1, 0.25, 0.5, 0.75, 1.0];
/// Instants of a forecast.
const POINTS: usize = 200;
/// A measurement this part of the reach away from its lead still counts.
const NEAR: f64 = 0.02;

/// Forecasts, made as the recording went by, and what then came.
#[derive(Debug)]
pub struct Forecasts {
    pub made: usize,
    pub reach: Span,
    pub by_lead: Vec<Lead>,
    every: Span,
    next: Timestamp,
    left: u32,
    waiting: VecDeque<Promise>,
    foreseen: Vec<bool>,
    /// The last value of each signal; NaN before any.
    last: Vec<f64>,
}

/// What came so long after forecasts, by signal; of an input whose future is said nothing is counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Lead {
    pub after: Span,
    pub signals: Vec<Ahead>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Ahead {
    pub residuals: Residuals,
    /// Sum of the magnitudes by which the same measurements differ from the last value when the forecast was made.
    held: f64,
}

impl Lead {
    /// Whether anything came that was foreseen.
    pub fn is_compared(&self) -> bool {
        self.signals.iter().any(|ahead| ahead.residuals.count() > 0)
    }
}

impl Ahead {
    /// The mean magnitude of the error of whoever says that all stays as it is.
    pub fn held_mae(&self) -> f64 {
        self.held / self.residuals.count() as f64
    }
}

/// What was forecast of an instant.
#[derive(Debug)]
struct Promise {
    t: Timestamp,
    lead: usize,
    /// By signal: the noise of its sensor included, and the last value.
    bands: Vec<(Band, f64)>,
    met: Vec<bool>,
}

impl Forecasts {
    /// Whether anything came that any of them foresaw.
    pub fn are_compared(&self) -> bool {
        self.by_lead.iter().any(Lead::is_compared)
    }

    pub fn new(model: &Model, (from, until): (Timestamp, Timestamp), count: u32, reach: Span) -> Forecasts {
        let every = Span((until - from).0 / i64::from(count.max(1) + 1));
        let signals = model.signals.len();
        let lead =
            |part| Lead { after: Span((reach.0 as f64 * part) as i64), signals: vec![Ahead::default(); signals] };
        let is_foreseen = |role: Role| match role {
            Role::Measured { .. } => true,
            Role::Input { future, is_known } => {
                model.has_physics() && !is_known && matches!(future, Future::Hold | Future::RepeatDay)
            }
        };
        let foreseen = model.signals.iter().map(|signal| is_foreseen(signal.role)).collect();
        Forecasts {
            made: 0,
            reach,
            by_lead: LEADS.map(lead).into(),
            every,
            next: from + every,
            left: count,
            waiting: VecDeque::new(),
            foreseen,
            last: vec![f64::NAN; signals],
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
                let (band, held) = &promise.bands[signal];
                // Where nothing had been measured there is nothing to compare with.
                if self.foreseen[signal] && held.is_finite() && !std::mem::replace(&mut promise.met[signal], true) {
                    let own = &mut self.by_lead[promise.lead].signals[signal];
                    own.residuals.take(value, band);
                    own.held += (value - held).abs();
                }
            }
        }
        for entry in group {
            if let What::Sample { signal, value } = entry.what {
                self.last[usize::from(signal)] = value;
            }
        }
    }

    /// Asks `twin` for a forecast where it is time for one, and gives it.
    pub fn look_ahead(&mut self, twin: &Twin, now: Timestamp) -> Option<Projection> {
        if self.left == 0 || now < self.next {
            return None;
        }
        self.left -= 1;
        self.made += 1;
        self.next = self.next + self.every;
        let horizon = Horizon { span: self.reach, points: POINTS };
        let projection = project(twin, &Scenario::default(), horizon, 64, 1);
        let model = twin.model();
        for (lead, Lead { after, .. }) in self.by_lead.iter().enumerate() {
            let t = now + *after;
            let at = projection.times.partition_point(|own| *own < t).min(projection.times.len().saturating_sub(1));
            let band = |signal: usize| {
                let band = projection.bands[signal].get(at).copied();
                let band = band.unwrap_or(Band { mean: f64::NAN, low: f64::NAN, mid: f64::NAN, high: f64::NAN });
                let noise = match model.signals[signal].role {
                    Role::Measured { noise } => noise,
                    Role::Input { .. } => 0.0,
                };
                // What is shown of a signal is what it is; its sensor says that with noise.
                let wider = |end: f64| {
                    band.mid + (end - band.mid).signum() * ((end - band.mid).powi(2) + (1.645 * noise).powi(2)).sqrt()
                };
                // Half of the members are above it: what is nearest in the mean of magnitudes, which is what is compared.
                Band { mean: band.mid, low: wider(band.low), high: wider(band.high), ..band }
            };
            let bands = (0..model.signals.len()).map(|signal| (band(signal), self.last[signal])).collect();
            self.waiting.push_back(Promise { t, lead, bands, met: vec![false; model.signals.len()] });
        }
        Some(projection)
    }
}
