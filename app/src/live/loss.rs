//! A loss of the link as one asset lived it: what its twin predicted meanwhile, and how that stands beside what was
//! measured.

use twin::{Projection, Span, Timestamp, model::Role, series::Point, twin::Band};

use super::{asset::LiveAsset, outlook::band_at};

/// Nine of ten values lie within so many standard deviations.
const NINE_OF_TEN: f64 = 1.6449;

#[derive(Debug, Clone)]
pub enum Loss {
    /// The link is lost: what is shown is what the twin predicts.
    Going,
    /// It is back, and the prediction is compared with what comes in.
    Over(Foretold),
}

/// What the twin predicted while the link was lost, from the last entry before on.
#[derive(Debug, Clone)]
pub struct Foretold {
    /// How long the link was lost.
    pub length: Span,
    /// The newest sample that was known.
    since: Timestamp,
    /// The wall clock when the link was back.
    regained_at: Timestamp,
    /// Of the measured signals alone, and no longer than the loss.
    prediction: Projection,
}

/// How a prediction stands beside what was measured of one signal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    pub signal: usize,
    pub samples: usize,
    /// Those in the band in which nine of ten measurements were to lie.
    pub inside: usize,
    /// The mean of how far off it was.
    pub mean_error: f64,
}

impl Foretold {
    /// At how many instants the prediction is kept.
    pub fn instants(&self) -> usize {
        self.prediction.times.len()
    }
}

impl LiveAsset {
    /// The link is lost.
    pub fn lose(&mut self) {
        self.loss = Some(Loss::Going);
        self.version += 1;
    }

    /// The link is back at `wall` after `length`, and nothing has come yet.
    pub fn regain(&mut self, wall: Timestamp, length: Span) {
        if !self.is_lost() {
            return;
        }
        let since = self.newest();
        let foretold = since.zip(self.outlook.as_ref()).map(|(since, outlook)| Foretold {
            length,
            since,
            regained_at: wall,
            prediction: self.measured_of(&outlook.baseline, self.clock.now(wall)),
        });
        self.loss = foretold.map(Loss::Over);
        self.version += 1;
    }

    /// What was told of the loss has been read.
    pub fn dismiss_loss(&mut self) {
        self.loss = None;
        self.version += 1;
    }

    pub fn is_lost(&self) -> bool {
        matches!(self.loss, Some(Loss::Going))
    }

    /// What the twin predicts of a quantity where the link is lost and it reaches so far.
    pub fn predicted(&self, quantity: usize, now: Timestamp) -> Option<Band> {
        let outlook = self.outlook.as_ref().filter(|_| self.is_lost())?;
        band_at(&outlook.baseline, quantity, now)
    }

    /// What was predicted during the last loss, unless that is dismissed.
    pub fn foretold(&self) -> Option<&Foretold> {
        match &self.loss {
            Some(Loss::Over(foretold)) => Some(foretold),
            _ => None,
        }
    }

    /// When the link was back, and how many samples of the loss are known by now: what the scores depend on.
    pub fn filled_in(&self) -> Option<(Timestamp, usize)> {
        let foretold = self.foretold()?;
        let known = (0..foretold.prediction.bands.len()).map(|signal| self.of_loss(foretold, signal).len()).sum();
        Some((foretold.regained_at, known))
    }

    /// One score a measured signal of which samples are known that the prediction reached.
    pub fn scores(&self) -> Vec<Score> {
        let Some(foretold) = self.foretold() else { return Vec::new() };
        let score = |signal: usize| {
            let Role::Measured { noise } = self.model.signals.get(signal)?.role else { return None };
            let said = self.of_loss(foretold, signal).iter().filter(|point| point.value.is_finite());
            let said = said.filter_map(|point| Some((point.value, band_at(&foretold.prediction, signal, point.t)?)));
            let mut score = Score { signal, samples: 0, inside: 0, mean_error: 0.0 };
            for (value, band) in said {
                score.samples += 1;
                score.inside += usize::from(holds(band, noise, value));
                score.mean_error += (value - band.mid).abs();
            }
            score.mean_error /= score.samples as f64;
            (score.samples > 0).then_some(score)
        };
        (0..foretold.prediction.bands.len()).filter_map(score).collect()
    }

    /// The samples after the last that was known before the loss, until the link was back by the clock as it is now: one
    /// that plays back may have been set since.
    fn of_loss(&self, foretold: &Foretold, signal: usize) -> &[Point] {
        let is_scored = foretold.prediction.bands.get(signal).is_some_and(|bands| !bands.is_empty());
        let points = self.track(signal).filter(|_| is_scored).map_or(&[][..], |track| track.points());
        let until = self.clock.now(foretold.regained_at);
        let first = points.partition_point(|point| point.t <= foretold.since);
        let end = points.partition_point(|point| point.t <= until);
        points.get(first..end).unwrap_or_default()
    }

    /// Of a future, what is measured, until the first instant at or after `until`.
    fn measured_of(&self, future: &Projection, until: Timestamp) -> Projection {
        let count = (future.times.partition_point(|t| *t < until) + 1).min(future.times.len());
        let bands = self.model.signals.iter().zip(&future.bands).map(|(signal, bands)| match signal.role {
            Role::Measured { .. } => bands[..count.min(bands.len())].to_vec(),
            Role::Input { .. } => Vec::new(),
        });
        Projection { bands: bands.collect(), times: future.times[..count].to_vec(), ..Projection::default() }
    }
}

/// Whether a measurement is where nine of ten were to be: a future's band is of the quantity itself, without the noise
/// of whoever measures it.
pub fn holds(band: Band, noise: f64, value: f64) -> bool {
    let beyond = if value < band.mid { band.mid - band.low } else { band.high - band.mid };
    let noise = NINE_OF_TEN * noise;
    (value - band.mid).abs() <= (beyond * beyond + noise * noise).sqrt()
}
