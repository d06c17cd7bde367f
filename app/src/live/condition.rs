//! What is to be said of an asset at a glance: its condition, and the value of any of its quantities.

use twin::{Clock, Span, Timestamp, twin::Band};

use super::{
    asset::LiveAsset,
    outlook::{Meeting, band_at},
};

/// One word for an asset, the worst that is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Nothing was measured yet.
    Empty,
    /// The recording is over.
    Ended,
    /// Nothing new for longer than usual.
    Stale,
    /// This quantity is outside its normal band.
    Abnormal {
        quantity: usize,
        side: Side,
    },
    /// Something is not as its twin expects it: this signal, where it is one.
    Unexpected {
        signal: Option<u16>,
    },
    Live,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Below,
    Above,
}

/// The value of a quantity, and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    Measured {
        value: f64,
        at: Timestamp,
    },
    Estimated {
        band: Band,
    },
    /// It is measured, but the link is lost: what the twin predicts since then.
    Predicted {
        band: Band,
        measured_at: Timestamp,
    },
    Nothing,
}

impl Reading {
    pub fn value(&self) -> f64 {
        match self {
            Reading::Measured { value, .. } => *value,
            Reading::Estimated { band } | Reading::Predicted { band, .. } => band.mid,
            Reading::Nothing => f64::NAN,
        }
    }
}

/// Wall time without a sample after which an asset is stale, however often it usually speaks.
const SILENT_FOR: Span = Span(20 * Span::SECOND.0);

impl LiveAsset {
    pub fn condition(&self, now: Timestamp) -> Condition {
        let Some(age) = self.age(now) else { return Condition::Empty };
        if matches!(self.clock, Clock::Replay(replay) if now >= replay.end) {
            return Condition::Ended;
        }
        if age > self.silence_allowed() {
            return Condition::Stale;
        }
        let abnormal = |quantity| Some((quantity, self.side(quantity, now)?));
        match (0..self.model.quantities.len()).find_map(abnormal) {
            Some((quantity, side)) => Condition::Abnormal { quantity, side },
            None => match self.twin.as_ref().and_then(|twin| twin.alarms().first().copied()) {
                Some(alarm) => Condition::Unexpected { signal: alarm.signal },
                None => Condition::Live,
            },
        }
    }

    /// The time since the newest sample of any signal, in the asset's time.
    pub fn age(&self, now: Timestamp) -> Option<Span> {
        Some(Span((now - self.newest()?).0.max(0)))
    }

    pub fn reading(&self, quantity: usize, now: Timestamp) -> Reading {
        if let Some(Some(latest)) = self.latest().get(quantity) {
            return match self.predicted(quantity, now) {
                Some(band) => Reading::Predicted { band, measured_at: latest.t },
                None => Reading::Measured { value: latest.value, at: latest.t },
            };
        }
        match self.outlook.as_ref().and_then(|outlook| band_at(&outlook.baseline, quantity, now)) {
            Some(band) => Reading::Estimated { band },
            None => Reading::Nothing,
        }
    }

    /// On which side of its normal band a quantity is, where it is outside.
    pub fn side(&self, quantity: usize, now: Timestamp) -> Option<Side> {
        let [low, high] = self.model.quantities.get(quantity)?.normal?;
        let value = self.reading(quantity, now).value();
        if value < low {
            Some(Side::Below)
        } else if value > high {
            Some(Side::Above)
        } else {
            None
        }
    }

    /// The end of its normal band that a quantity crosses next by the forecast, more likely than not: whether it is the
    /// upper one, and when.
    pub fn next_limit(&self, quantity: usize, now: Timestamp) -> Option<(bool, Span)> {
        let crossed = self.going_on()?.crossings.iter().filter_map(|crossing| {
            let limit = crossing.limit(&self.model).filter(|limit| usize::from(limit.quantity) == quantity)?;
            match Meeting::of(crossing, now) {
                Meeting::In { mid, .. } => Some((limit.is_upper, mid)),
                _ => None,
            }
        });
        crossed.min_by_key(|(_, mid)| *mid)
    }

    /// Of the last hundred measurements, how many lay inside of the band in which the twin expected nine of ten, and of how
    /// many; `None` before ten.
    pub fn confidence(&self) -> Option<(usize, usize)> {
        let last: Vec<bool> = self
            .twin
            .as_ref()?
            .innovations()
            .rev()
            .take(100)
            .map(|said| (said.expected.low..=said.expected.high).contains(&said.measured))
            .collect();
        (last.len() >= 10).then(|| (last.iter().filter(|is_inside| **is_inside).count(), last.len()))
    }

    fn silence_allowed(&self) -> Span {
        let silent = (SILENT_FOR.0 as f64 * self.clock.rate()) as i64;
        let usual = self.model.signals.iter().enumerate().filter_map(|(i, _)| self.track(i)?.interval()).min();
        // Nobody knows yet how often it is measured: then as often as its model steps.
        let usual = usual.unwrap_or(self.model.step);
        Span(silent.max(usual.0.saturating_mul(10)))
    }
}
