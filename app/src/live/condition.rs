//! What is to be said of an asset at a glance: its condition, and the value of any of its quantities.

use twin::{Clock, Span, Timestamp, Twin, detect::Findings, kpi::StopKind, twin::Band};

use super::{
    asset::LiveAsset,
    hint::Hint,
    outlook::{Meeting, band_at},
};

/// How an asset is: the worst that is known of it, and whether that is so now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Condition {
    pub finding: Finding,
    /// Whether something was measured within the usual time and more is to come; if not, `finding` is the last that is
    /// known.
    pub is_fresh: bool,
}

/// The worst that is true of an asset.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Finding {
    /// Nothing was measured yet.
    Empty,
    /// The recording is over, and nothing was wrong at its end.
    Ended,
    /// It stands, though nobody planned that.
    Stopped {
        kind: StopKind,
        since: Timestamp,
    },
    /// This quantity is outside its normal band, as measured last, or else as its twin predicts.
    Abnormal {
        quantity: usize,
        side: Side,
        is_predicted: bool,
    },
    /// Nothing new comes, and by its forecast it has met a limit or a failure by now.
    Foretold(Hint),
    /// Something is not as its twin expects it: this signal, where it is one.
    Unexpected {
        signal: Option<u16>,
    },
    /// No twin has said yet whether it is as it should be.
    Unknown,
    /// All is within its limits, and it is not known yet what else is normal: the twin gives no alarm.
    Learning,
    Normal,
}

impl Finding {
    /// Whether somebody has to look at it, whatever became of it since.
    pub fn is_alarm(&self) -> bool {
        use Finding::*;
        matches!(self, Stopped { .. } | Abnormal { .. } | Foretold(_) | Unexpected { .. })
    }
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
        let is_over = self.is_over(now);
        let is_fresh = !is_over && self.age(now).is_some_and(|age| age <= self.silence_allowed());
        let finding = match self.worst(now, is_fresh) {
            // What was foreseen did not come; without a link nobody knows.
            Finding::Foretold(_) if is_over && !self.is_lost() => Finding::Ended,
            Finding::Unknown | Finding::Learning | Finding::Normal if is_over => Finding::Ended,
            finding => finding,
        };
        Condition { finding, is_fresh }
    }

    /// Whether it is of a recording that has come to its end.
    pub fn is_over(&self, now: Timestamp) -> bool {
        matches!(self.clock, Clock::Replay(replay) if now >= replay.end)
    }

    fn worst(&self, now: Timestamp, is_fresh: bool) -> Finding {
        if self.newest().is_none() {
            return Finding::Empty;
        }
        if let Some((kind, since)) = self.stands(now) {
            return Finding::Stopped { kind, since };
        }
        let abnormal = |quantity| {
            let last = self.last_side(quantity);
            let side = last.or_else(|| self.side(quantity, now))?;
            let is_predicted = last.is_none() && self.predicted(quantity, now).is_some();
            Some(Finding::Abnormal { quantity, side, is_predicted })
        };
        if let Some(abnormal) = (0..self.model.quantities.len()).find_map(abnormal) {
            return abnormal;
        }
        match self.found() {
            Some(Findings { alarm: Some(alarm), .. }) => Finding::Unexpected { signal: alarm.signal },
            found => {
                let hint =
                    self.outlook.as_ref().and_then(|outlook| outlook.hint).filter(|_| !is_fresh || self.is_lost());
                match (hint.filter(|hint| hint.mid.is_some_and(|mid| mid <= now)), found) {
                    (Some(hint), _) => Finding::Foretold(hint),
                    (None, None) => Finding::Unknown,
                    (None, Some(found)) if found.is_learning => Finding::Learning,
                    (None, Some(_)) => Finding::Normal,
                }
            }
        }
    }

    /// Why it stands though nobody planned that, and since when, by what was told of it.
    pub(super) fn stands(&self, now: Timestamp) -> Option<(StopKind, Timestamp)> {
        let told = self.events.iter().chain(&self.told).map(|event| (event.t, event.until, event.kind.as_str()));
        self.view.kinds.standing(&self.model, told, now)
    }

    /// What its twin finds; before it has started in this page, what the server's found.
    pub fn found(&self) -> Option<Findings> {
        self.twin.as_ref().map_or(self.view.found, Twin::findings)
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
        self.side_of(quantity, self.reading(quantity, now).value())
    }

    /// The same by what was measured last, whatever is predicted since.
    fn last_side(&self, quantity: usize) -> Option<Side> {
        self.side_of(quantity, self.latest().get(quantity)?.as_ref()?.value)
    }

    fn side_of(&self, quantity: usize, value: f64) -> Option<Side> {
        let [low, high] = self.model.quantities.get(quantity)?.normal?;
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
    pub fn next_limit(&self, quantity: usize, now: Timestamp) -> Option<(bool, Meeting)> {
        let crossed = self.going_on()?.crossings.iter().filter_map(|crossing| {
            let limit = crossing.limit(&self.model).filter(|limit| usize::from(limit.quantity) == quantity)?;
            match Meeting::of(crossing, now) {
                meeting @ Meeting::In { mid, .. } => Some((mid, limit.is_upper, meeting)),
                _ => None,
            }
        });
        crossed.min_by_key(|(mid, ..)| *mid).map(|(_, is_upper, meeting)| (is_upper, meeting))
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
        let usual = || {
            let usual = self.model.signals.iter().enumerate().filter_map(|(i, _)| self.track(i)?.interval()).min();
            // Nobody knows yet how often it is measured: then as often as its model steps.
            Span(usual.unwrap_or(self.model.step).0.saturating_mul(10))
        };
        // What is agreed is not guessed.
        Span(silent.max(self.view.silent_after.unwrap_or_else(usual).0))
    }
}
