//! The futures of one asset: that in which nothing is changed, and that of the sliders.

use twin::{
    Horizon, Model, Projection, Scenario, Span, Timestamp, Twin, project,
    twin::Band,
    whatif::{Crossing, Met},
};

use super::trace::BandPoint;

/// The members that a forecast on a page steps.
pub const MEMBERS: usize = 64;
/// One seed for every future, so that two of them differ by what was changed and by nothing else.
pub const SEED: u64 = 1;
/// Instants at which the bands of a future are kept.
const POINTS: usize = 288;

#[derive(Debug, Clone)]
pub struct Outlook {
    /// The last entry that the twin had taken in.
    pub seq: u64,
    /// Until when it reaches.
    pub until: Timestamp,
    /// Whether it reaches as far as any may: an older newest entry does not stretch it further.
    pub is_longest: bool,
    pub baseline: Projection,
    /// Of the scenarios that are kept to compare with.
    pub kept: Vec<Projection>,
    pub scenario: Option<Projection>,
}

impl Outlook {
    /// Looks ahead from the twin's newest entry to one horizon after `now`. `None` where the twin was told nothing yet.
    pub fn of(twin: &Twin, seq: u64, now: Timestamp, scenario: &Scenario, kept: &[Scenario]) -> Option<Outlook> {
        let newest = twin.newest()?;
        let span = horizon(twin.model(), newest, now);
        let is_longest = span.0 > longest(twin.model()) - twin.model().step.0;
        let baseline = Projection::default();
        let mut outlook = Outlook { seq, until: newest + span, is_longest, baseline, kept: Vec::new(), scenario: None };
        outlook.baseline = outlook.future(twin, &Scenario::default());
        outlook.keep(twin, kept);
        outlook.change(twin, scenario);
        Some(outlook)
    }

    /// Steps the scenario's future anew.
    pub fn change(&mut self, twin: &Twin, scenario: &Scenario) {
        self.scenario = (!scenario.sliders.is_empty()).then(|| self.future(twin, scenario));
    }

    /// Steps the futures of these scenarios in the place of those that were kept.
    pub fn keep(&mut self, twin: &Twin, kept: &[Scenario]) {
        self.kept = kept.iter().map(|scenario| self.future(twin, scenario)).collect();
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

/// When the asset stops, in this future: the failures of severity `stop` that most members meet after it begins.
/// What the model says of the time after that is no longer about this asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// By then one in 20 members has stopped.
    pub early: Timestamp,
    /// By then half of the members have stopped.
    pub mid: Timestamp,
    /// By then 19 of 20 have; the end of the future where they have not.
    pub late: Timestamp,
}

/// The first stop of `projection`; `None` where the asset goes on, or has stopped before it.
pub fn stop_of(model: &Model, projection: &Projection) -> Option<Stop> {
    let (begin, end) = (*projection.times.first()?, *projection.times.last()?);
    let stops = projection.crossings.iter().filter(|crossing| {
        let Met::Failure(number) = crossing.met else { return false };
        model.failures.get(usize::from(number)).is_some_and(|failure| failure.severity == "stop")
    });
    let stop = |crossing: &Crossing| {
        let mid = crossing.quantile(0.5).filter(|mid| *mid > begin + model.step)?;
        let early = crossing.quantile(0.05).unwrap_or(mid);
        Some(Stop { early, mid, late: crossing.quantile(0.95).unwrap_or(end) })
    };
    stops.filter_map(stop).min_by_key(|stop| stop.mid)
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
    fn a_future_stops_where_half_of_it_has_met_a_stopping_failure() {
        let model = Model::parse(include_str!("../../../server/models/li-ion-cell.toml")).unwrap();
        let stop = |first: Vec<Option<i64>>| {
            let projection = Projection {
                times: vec![Timestamp(0), Timestamp(1_000_000_000)],
                bands: Vec::new(),
                crossings: vec![crossing(first)],
                hash: twin::twin::StateHash(0),
            };
            stop_of(&model, &projection)
        };
        let at = |secs: i64| Timestamp(secs * 1_000_000);
        let all = (0..100).map(|i| Some(100 + i)).collect();
        assert_eq!(stop(all), Some(Stop { early: at(105), mid: at(150), late: at(195) }));
        let most = (0..100).map(|i| (i < 60).then_some(100 + i)).collect();
        assert_eq!(stop(most), Some(Stop { early: at(105), mid: at(150), late: at(1_000) }));
        assert_eq!(stop((0..100).map(|i| (i < 40).then_some(100)).collect()), None);
        assert_eq!(stop(vec![Some(0); 100]), None, "what has stopped before may start again");
    }

    #[test]
    fn between_two_instants_a_band_lies_on_a_line() {
        let band = |v: f64| Band { mean: v, low: v - 1.0, mid: v, high: v + 1.0 };
        let projection = Projection {
            times: vec![Timestamp(0), Timestamp(10)],
            bands: vec![vec![band(0.0), band(10.0)]],
            crossings: Vec::new(),
            hash: twin::twin::StateHash(0),
        };
        assert_eq!(band_at(&projection, 0, Timestamp(5)), Some(band(5.0)));
        assert_eq!(band_at(&projection, 0, Timestamp(-5)), Some(band(0.0)));
        assert_eq!(band_at(&projection, 0, Timestamp(11)), None);
        assert_eq!(band_at(&projection, 1, Timestamp(5)), None);
    }
}
