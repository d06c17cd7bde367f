//! Where the ticks of an axis stand; the page writes them, the plot draws their lines.

use twin::{Span, Timestamp};

use super::trend::{self, Detail, Trend};
use crate::{live::stretch::Stretch, wording};

const STEPS: [Span; 25] = {
    const fn secs(secs: i64) -> Span {
        Span(secs * 1_000_000)
    }
    [
        Span(50_000),
        Span(100_000),
        Span(200_000),
        Span(500_000),
        secs(1),
        secs(2),
        secs(5),
        secs(10),
        secs(15),
        secs(30),
        secs(60),
        secs(120),
        secs(300),
        secs(600),
        secs(900),
        secs(1_800),
        secs(3_600),
        secs(7_200),
        secs(10_800),
        secs(21_600),
        secs(43_200),
        secs(86_400),
        secs(172_800),
        secs(604_800),
        secs(1_209_600),
    ]
};

/// Months between ticks that stand further apart than two weeks.
const MONTHS: [i64; 7] = [1, 3, 6, 12, 24, 60, 120];

/// What is to be said of a tick, so that it is told from its neighbours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grain {
    /// Seconds with two decimals.
    Fraction,
    Second,
    /// Hour and minute, and the day where another one has begun.
    #[default]
    Minute,
    Day,
    Month,
}

/// Instants at a round distance from each other, at most `most` of them in `from..=to`; further apart than two weeks, the
/// begins of months in UTC.
pub fn time_ticks(from: Timestamp, to: Timestamp, most: usize) -> Vec<Timestamp> {
    let length = (to - from).0;
    if length <= 0 || most == 0 {
        return Vec::new();
    }
    let fits = |step: &&Span| length / step.0 < most as i64;
    let Some(&Span(step)) = STEPS.iter().find(fits) else { return month_ticks(from, to, most) };
    let first = from.0.div_euclid(step) + i64::from(from.0.rem_euclid(step) != 0);
    (first..).map(|n| Timestamp(n.saturating_mul(step))).take_while(|t| *t <= to).take(most).collect()
}

fn month_ticks(from: Timestamp, to: Timestamp, most: usize) -> Vec<Timestamp> {
    // Months since the year 0.
    let number = |t: Timestamp| {
        let (year, month, _) = wording::date(t);
        year * 12 + month - 1
    };
    let (first, last) = (number(from), number(to));
    let step = MONTHS.into_iter().find(|step| (last - first) / step < most as i64).unwrap_or(MONTHS[MONTHS.len() - 1]);
    let ticks = (first.div_euclid(step)..).map(|n| wording::first_of_month(n * step)).take_while(|t| *t <= to);
    ticks.filter(|t| *t >= from).take(most).collect()
}

/// The values of an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueAxis {
    pub low: f64,
    pub high: f64,
    pub ticks: Vec<f64>,
    /// Decimals that tell the ticks apart.
    pub decimals: usize,
    /// The lowest and the highest value that the chart itself has; others may share its axis.
    pub own: [f64; 2],
}

/// A round range around `low..=high` with about `wanted` steps of 1, 2 or 5 times a power of ten.
pub fn value_axis(low: f64, high: f64, wanted: usize) -> ValueAxis {
    let own = [low, high];
    let (low, high) = if low.is_finite() && high.is_finite() && low <= high { (low, high) } else { (0.0, 1.0) };
    let least = (low.abs().max(high.abs()) * 1e-9).max(1e-9);
    let (low, high) = if high - low < least { (low - least, high + least) } else { (low, high) };
    let raw = (high - low) / wanted.max(1) as f64;
    let (step, decimals) = round_step(raw);
    let (first, last) = ((low / step).floor(), (high / step).ceil());
    let count = (last - first) as usize;
    let ticks: Vec<f64> = (0..=count).map(|i| (first + i as f64) * step).collect();
    ValueAxis { low: first * step, high: last * step, ticks, decimals, own }
}

/// The axis of a chart that shares it with others, whose values are `others`.
pub fn shared_axis([low, high]: [f64; 2], others: Option<[f64; 2]>, wanted: usize) -> ValueAxis {
    let [lowest, highest] = others.unwrap_or([low, high]);
    ValueAxis { own: [low, high], ..value_axis(low.min(lowest), high.max(highest), wanted) }
}

/// The next larger of 1, 2 and 5 times a power of ten, and the decimals that it needs.
fn round_step(raw: f64) -> (f64, usize) {
    let mut power = 1.0;
    let mut decimals: usize = 0;
    while power > raw {
        power /= 10.0;
        decimals += 1;
    }
    while power * 10.0 <= raw {
        power *= 10.0;
    }
    for factor in [1.0, 2.0, 5.0] {
        if power * factor >= raw {
            return (power * factor, decimals);
        }
    }
    (power * 10.0, decimals.saturating_sub(1))
}

/// What the page writes beside a chart: places in percent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Axes {
    /// What is shown; `None` as long as nothing is.
    pub stretch: Option<Stretch>,
    pub times: Vec<(String, Timestamp)>,
    pub grain: Grain,
    pub values: Vec<(String, String)>,
    /// The lowest and the highest value of the chart itself.
    pub own: Option<[f64; 2]>,
    /// Whether anything is drawn at all.
    pub has_data: bool,
}

/// The axes of a trend that is so many pixels of the page wide.
pub fn axes_of(trend: &Trend, css_width: f64) -> Axes {
    let measured = trend.measured.iter().map(|point| point.t);
    let [twin, forecast] = [&trend.twin, &trend.forecast].map(|points| points.iter().map(|point| point.t));
    let has_data = is_seen(trend, measured, trend.gap)
        || is_seen(trend, twin, trend.gap)
        || is_seen(trend, forecast, Span(i64::MAX));
    if trend.detail == Detail::Lines {
        return Axes { has_data, ..Axes::default() };
    }
    let ticks = trend::ticks_of(trend.from, trend.to, css_width);
    let whole = (trend.to - trend.from).secs();
    let percent = |share: f64| format!("{:.2}%", share * 100.0);
    let length = trend.values.high - trend.values.low;
    let values = trend.values.ticks.iter();
    Axes {
        stretch: Some(Stretch { from: trend.from, to: trend.to }),
        grain: grain_of(&ticks, trend.to - trend.from),
        times: ticks.iter().map(|t| (percent((*t - trend.from).secs() / whole), *t)).collect(),
        values: values
            // Where nothing is shown there is no axis that it could have.
            .filter(|_| has_data || !trend.limits.is_empty() || !trend.later.is_empty())
            .map(|v| (percent((trend.values.high - v) / length), wording::number(*v, trend.values.decimals)))
            .collect(),
        own: Some(trend.values.own).filter(|[low, high]| low <= high),
        has_data,
    }
}

/// Whether of a line through these instants something lies in the stretch of `trend`: lines go on to the next point beyond
/// it, unless that is further than `gap` away.
fn is_seen(trend: &Trend, times: impl Iterator<Item = Timestamp>, gap: Span) -> bool {
    let mut before = None::<Timestamp>;
    for t in times {
        let is_drawn = before.is_some_and(|before| before <= trend.to && t - before <= gap);
        if t >= trend.from && (t <= trend.to || is_drawn) {
            return true;
        }
        before = Some(t);
    }
    false
}

fn grain_of(ticks: &[Timestamp], whole: Span) -> Grain {
    match ticks.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap_or(whole) {
        apart if apart < Span::SECOND => Grain::Fraction,
        apart if apart < Span::MINUTE => Grain::Second,
        apart if apart < Span::DAY => Grain::Minute,
        apart if apart < Span(28 * Span::DAY.0) => Grain::Day,
        _ => Grain::Month,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_of_time_stand_at_round_instants() {
        let secs = |s: i64| Timestamp(s * 1_000_000);
        let ticks = time_ticks(secs(3_610), secs(7_300), 8);
        assert_eq!(ticks, [secs(4_200), secs(4_800), secs(5_400), secs(6_000), secs(6_600), secs(7_200)]);
        assert!(time_ticks(secs(10), secs(10), 8).is_empty());
        assert!(time_ticks(Timestamp(i64::MIN / 4), Timestamp(i64::MAX / 4), 8).len() <= 8);
    }

    #[test]
    fn long_stretches_have_begins_of_months_and_short_ones_parts_of_a_second() {
        let day = |year: i64, month: i64| wording::first_of_month(year * 12 + month - 1);
        assert_eq!(wording::iso_date(day(2024, 3)), "2024-03-01");
        assert_eq!(wording::iso_date(day(1899, 12)), "1899-12-01");
        let year = time_ticks(day(2007, 5), day(2008, 5), 7);
        assert_eq!(year, [day(2007, 7), day(2007, 10), day(2008, 1), day(2008, 4)]);
        let twenty = time_ticks(day(1990, 2), day(2010, 2), 12);
        assert_eq!((twenty.len(), twenty[0], twenty[9]), (10, day(1992, 1), day(2010, 1)));
        let tenth = time_ticks(Timestamp(1_000_000), Timestamp(1_100_000), 8);
        assert_eq!(tenth, [1_000_000, 1_050_000, 1_100_000].map(Timestamp));
        let grain = |ticks: &[Timestamp]| grain_of(ticks, Span::HOUR);
        assert_eq!([&year, &twenty, &tenth].map(|ticks| grain(ticks)), [Grain::Month, Grain::Month, Grain::Fraction]);
        assert_eq!(grain(&time_ticks(day(2008, 1), day(2008, 2), 7)), Grain::Day);
    }

    #[test]
    fn an_axis_of_values_is_round_and_holds_all() {
        let axis = value_axis(2.97, 4.19, 5);
        assert_eq!((axis.low, axis.decimals), (2.5, 1));
        assert!(axis.high >= 4.19);
        assert_eq!(axis.ticks.len(), 5);
        let axis = value_axis(20.0, 98.0, 5);
        assert_eq!((axis.low, axis.high, axis.decimals), (20.0, 100.0, 0));
        let axis = value_axis(0.0, 0.012, 5);
        assert_eq!(axis.decimals, 3);
    }

    #[test]
    fn a_shared_axis_holds_what_the_others_have_and_knows_its_own() {
        let axis = shared_axis([3.0, 4.0], Some([0.0, 3.5]), 4);
        assert_eq!((axis.low, axis.high, axis.own), (0.0, 4.0, [3.0, 4.0]));
        assert_eq!(shared_axis([3.0, 4.0], None, 4), value_axis(3.0, 4.0, 4));
        // A chart without data has the axis of the others.
        assert_eq!(shared_axis([f64::INFINITY, f64::NEG_INFINITY], Some([0.0, 2.0]), 4).high, 2.0);
    }

    #[test]
    fn a_constant_and_a_nonsense_range_still_give_an_axis() {
        for (low, high) in [(5.0, 5.0), (0.0, 0.0), (f64::NAN, 1.0), (3.0, 2.0), (f64::INFINITY, f64::NEG_INFINITY)] {
            let axis = value_axis(low, high, 5);
            assert!(axis.low < axis.high && axis.ticks.len() >= 2, "{low} {high} {axis:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_axis_holds_its_range_with_few_ticks(low in -1e6f64..1e6, length in 1e-3f64..1e6) {
            let axis = value_axis(low, low + length, 5);
            assert!(axis.low <= low + length * 1e-6 && axis.high >= low + length * (1.0 - 1e-6));
            assert!((2..=8).contains(&axis.ticks.len()), "{axis:?}");
        }
    }
}
