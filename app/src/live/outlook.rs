//! The futures of one asset: that in which nothing is changed, and that of the sliders.

use twin::{Horizon, Model, Projection, Scenario, Span, Timestamp, Twin, project, twin::Band, whatif::Crossing};

use super::{hint::Hint, kept::Kept, trace::BandPoint};

/// The members that a forecast on a page steps.
pub const MEMBERS: usize = 64;
/// One seed for every future, so that two of them differ by what was changed and by nothing else.
pub const SEED: u64 = 1;
/// Instants at which the bands of a future are kept.
const POINTS: usize = 288;

/// What is compared with the baseline, on a page that has sliders.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Studied {
    /// That of the sliders.
    pub scenario: Scenario,
    /// Those that are kept.
    pub kept: Vec<Kept>,
}

#[derive(Debug, Clone)]
pub struct Outlook {
    /// The last entry that the twin had taken in.
    pub seq: u64,
    /// Until when it reaches.
    pub until: Timestamp,
    /// Whether it reaches as far as any may: an older newest entry does not stretch it further.
    pub is_longest: bool,
    pub baseline: Projection,
    /// What comes first of what the baseline meets.
    pub hint: Option<Hint>,
    /// Of the scenarios that are kept to compare with.
    pub kept: Vec<Projection>,
    pub scenario: Option<Projection>,
    /// What all of these were stepped from, where scenarios are going to be changed.
    from: Option<Twin>,
}

impl Outlook {
    /// Looks ahead from the twin's newest entry to one horizon after `now`. `None` where the twin was told nothing yet.
    pub fn of(twin: &Twin, seq: u64, now: Timestamp, studied: Option<&Studied>) -> Option<Outlook> {
        Some(Outlook::towards(twin, seq, now)?.begun(twin, studied))
    }

    /// Looks ahead from the twin's newest entry to `until`; `None` where that is not ahead, or beyond all horizons.
    pub fn until(twin: &Twin, seq: u64, until: Timestamp, studied: Option<&Studied>) -> Option<Outlook> {
        let newest = twin.newest()?;
        let span = until.0.checked_sub(newest.0)?;
        let outlook = Outlook { until, ..Outlook::towards(twin, seq, newest)? };
        (1..=longest(twin.model())).contains(&span).then(|| outlook.begun(twin, studied))
    }

    fn begun(mut self, twin: &Twin, studied: Option<&Studied>) -> Outlook {
        self.from = studied.map(|_| twin.clone());
        let baseline = self.future(twin, &Scenario::default());
        let mut outlook = self.with(baseline);
        if let Some(Studied { scenario, kept }) = studied {
            outlook.keep(kept);
            outlook.change(scenario);
        }
        outlook
    }

    /// The twin that all of these were stepped from, where scenarios are going to be changed.
    pub fn from(&self) -> Option<&Twin> {
        self.from.as_ref()
    }

    /// One whose future is still to be stepped.
    pub fn towards(twin: &Twin, seq: u64, now: Timestamp) -> Option<Outlook> {
        // Without formulas nothing says what comes.
        let newest = twin.newest().filter(|_| twin.model().has_physics())?;
        let span = horizon(twin.model(), newest, now);
        let is_longest = span.0 > longest(twin.model()) - twin.model().step.0;
        let baseline = Projection::default();
        Some(Outlook {
            seq,
            until: newest + span,
            is_longest,
            baseline,
            hint: None,
            kept: Vec::new(),
            scenario: None,
            from: None,
        })
    }

    /// The same, with its future.
    pub fn with(mut self, baseline: Projection) -> Outlook {
        self.hint = Hint::of(&baseline);
        self.baseline = baseline;
        self
    }

    /// Whether scenarios can be changed without another baseline.
    pub fn is_studied(&self) -> bool {
        self.from.is_some()
    }

    /// Steps the scenario's future anew, from what the baseline was stepped from, whatever came since.
    pub fn change(&mut self, scenario: &Scenario) {
        let from = self.from.as_ref().filter(|_| !scenario.sliders.is_empty());
        self.scenario = from.map(|twin| self.future(twin, scenario));
    }

    /// Steps the futures of these scenarios in the place of those that were kept.
    pub fn keep(&mut self, kept: &[Kept]) {
        let from = self.from.as_ref();
        self.kept =
            from.map_or_else(Vec::new, |twin| kept.iter().map(|own| self.future(twin, &own.scenario)).collect());
    }

    /// From the same state, over the same span, with the same seed as every other.
    fn future(&self, twin: &Twin, scenario: &Scenario) -> Projection {
        let span = twin.newest().map_or(Span(0), |newest| self.until - newest);
        project(twin, scenario, Horizon { span, points: POINTS }, MEMBERS, SEED)
    }
}

/// Whole steps to one horizon after `now`; at most three horizons, however old the newest entry is.
fn horizon(model: &Model, newest: Timestamp, now: Timestamp) -> Span {
    let wanted = model.horizon.0.saturating_add((now - newest).0.max(0)).min(longest(model));
    let step = model.step.0.max(1);
    Span(wanted.div_euclid(step).max(1) * step)
}

/// Microseconds that a future spans at most.
fn longest(model: &Model) -> i64 {
    model.horizon.0.saturating_mul(3)
}

/// The bands of one quantity, in order of time.
pub fn bands(projection: &Projection, quantity: usize) -> Vec<BandPoint> {
    let Some(bands) = projection.bands.get(quantity) else { return Vec::new() };
    projection.times.iter().zip(bands).map(|(t, band)| BandPoint { t: *t, band: *band }).collect()
}

/// The band of one quantity at `t`, on a straight line between the kept instants.
pub fn band_at(projection: &Projection, quantity: usize, t: Timestamp) -> Option<Band> {
    let bands = projection.bands.get(quantity)?;
    let after = projection.times.partition_point(|kept| *kept < t);
    let next = bands.get(after)?;
    let Some(before) = after.checked_sub(1) else { return Some(*next) };
    let previous = bands.get(before)?;
    let length = (projection.times[after] - projection.times[before]).secs();
    let share = if length > 0.0 { (t - projection.times[before]).secs() / length } else { 1.0 };
    let between = |a: f64, b: f64| a + (b - a) * share;
    Some(Band {
        mean: between(previous.mean, next.mean),
        low: between(previous.low, next.low),
        mid: between(previous.mid, next.mid),
        high: between(previous.high, next.high),
    })
}

/// When a failure's condition is met.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Meeting {
    /// It is met already.
    Now,
    /// More likely than not, after so long; nine of ten members between the outer two, `None` being beyond the horizon.
    In { mid: Span, low: Span, high: Option<Span> },
    /// Met by so many of a hundred members within the horizon: fewer than half.
    Unlikely { percent: u32 },
    /// By no member.
    Never,
}

impl Meeting {
    pub fn of(crossing: &Crossing, now: Timestamp) -> Meeting {
        let probability = crossing.probability();
        match (crossing.quantile(0.05), crossing.quantile(0.5), crossing.quantile(0.95)) {
            (Some(low), Some(mid), high) => {
                if mid <= now {
                    return Meeting::Now;
                }
                Meeting::In { mid: mid - now, low: Span((low - now).0.max(0)), high: high.map(|high| high - now) }
            }
            _ if probability > 0.0 => Meeting::Unlikely { percent: ((probability * 100.0 + 0.5) as u32).max(1) },
            _ => Meeting::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use twin::whatif::Met;

    use super::*;

    fn crossing(first: impl IntoIterator<Item = Option<i64>>) -> Crossing {
        Crossing {
            met: Met::Failure(0),
            first: first.into_iter().map(|t| t.map(|secs| Timestamp(secs * 1_000_000))).collect(),
        }
    }

    fn meeting(first: impl IntoIterator<Item = Option<i64>>) -> Meeting {
        Meeting::of(&crossing(first), Timestamp(10_000_000))
    }

    fn secs(secs: i64) -> Span {
        Span(secs * 1_000_000)
    }

    #[test]
    fn a_crossing_is_told_from_now_with_its_spread() {
        let all = (0..100).map(|i| Some(110 + i));
        assert_eq!(meeting(all), Meeting::In { mid: secs(150), low: secs(105), high: Some(secs(195)) });
    }

    #[test]
    fn a_spread_that_leaves_the_horizon_has_no_end() {
        let most = (0..100).map(|i| (i < 80).then_some(110 + i));
        assert_eq!(meeting(most), Meeting::In { mid: secs(150), low: secs(105), high: None });
    }

    #[test]
    fn fewer_than_half_is_unlikely_and_none_is_never() {
        assert_eq!(meeting((0..100).map(|i| (i < 3).then_some(110))), Meeting::Unlikely { percent: 3 });
        assert_eq!(meeting((0..100).map(|_| None)), Meeting::Never);
        assert_eq!(meeting((0..100).map(|_| Some(10))), Meeting::Now);
    }

    #[test]
    fn between_two_instants_a_band_lies_on_a_line() {
        let band = |v: f64| Band { mean: v, low: v - 1.0, mid: v, high: v + 1.0 };
        let projection = Projection {
            times: vec![Timestamp(0), Timestamp(10)],
            bands: vec![vec![band(0.0), band(10.0)]],
            ..Projection::default()
        };
        assert_eq!(band_at(&projection, 0, Timestamp(5)), Some(band(5.0)));
        assert_eq!(band_at(&projection, 0, Timestamp(-5)), Some(band(0.0)));
        assert_eq!(band_at(&projection, 0, Timestamp(11)), None);
        assert_eq!(band_at(&projection, 1, Timestamp(5)), None);
    }
}
