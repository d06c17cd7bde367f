//! Charts of a report: what was measured beside the twin, what is left between them, and lives beside the true ones.

use app::{
    api::history::first::framed,
    live::{stretch::Stretch, trace::BandPoint},
    plot::{
        axis::{axes_of, value_axis},
        compose::gap_of,
        flag,
        palette::Palette,
        svg,
        trend::{self, Detail, Trend},
    },
    wording::{escaped, iso_instant},
};
use twin::{
    Model, Span, Timestamp,
    series::Point,
    twin::{Band, Innovation},
};
use wire::view::{Course, FlagView};

/// Units of a chart, which is stretched to its place, and of the lane below it.
const CHART: (u32, u32) = (960, 320);
const LANE: (u32, u32) = (960, 80);
/// A telephone, too, has room for so many ticks of time.
const TICKS_WIDTH: f64 = 500.0;
/// Bands that are drawn of a recording, however long it is: one where so many columns hold several.
const COLUMNS: usize = 480;

/// What one signal was and was expected to be, with flags, and below it the residual.
pub fn signal(
    model: &Model,
    said: &[Innovation],
    stretch: Stretch,
    flags: &[FlagView],
    alt: &str,
    [unit, of_difference]: [&str; 2],
) -> String {
    let expected = |said: &Innovation| BandPoint { t: said.t, band: said.expected };
    let around = |said: &Innovation| {
        let Band { mean, low, high, .. } = said.expected;
        BandPoint { t: said.t, band: Band { mean: 0.0, low: low - mean, mid: 0.0, high: high - mean } }
    };
    let measured = said.iter().map(|said| Point { t: said.t, value: said.measured }).collect();
    let left = said.iter().map(|said| Point { t: said.t, value: said.measured - said.expected.mean }).collect();
    // Bands that were thinned stand further apart.
    let gap = gap_of(usual_pause(said.iter().map(|said| said.t)), model).max(column(stretch, 3));
    let chart = Lines { measured, twin: thinned(said.iter().map(expected), stretch), gap };
    let lane = Lines { measured: left, twin: thinned(said.iter().map(around), stretch), gap };
    let above = chart.painted(stretch, CHART, Detail::Full, flags, alt, unit);
    above + &lane.painted(stretch, LANE, Detail::Residuals, &[], &format!("{alt}: residual"), of_difference)
}

/// What one signal was, with flags.
pub fn measured(
    model: &Model,
    points: Vec<Point>,
    stretch: Stretch,
    flags: &[FlagView],
    alt: &str,
    unit: &str,
) -> String {
    let gap = gap_of(usual_pause(points.iter().map(|point| point.t)), model);
    Lines { measured: points, twin: Vec::new(), gap }.painted(stretch, CHART, Detail::Full, flags, alt, unit)
}

/// So many columns of a stretch.
fn column(stretch: Stretch, count: i64) -> Span {
    Span(count * stretch.length().0 / COLUMNS as i64)
}

/// Lives in hours: what was said as a bar an instant, and the true ones where they are known. Asked so many times, bars are
/// short enough to stand apart: what was said in between nobody knows.
pub fn lives(
    (said, truth): (Vec<BandPoint>, Vec<Point>),
    asked: usize,
    stretch: Stretch,
    flags: &[FlagView],
    alt: &str,
) -> String {
    let pause = stretch.length().0 / (asked as i64 + 1);
    let bar = |said: BandPoint| [-1, 1].map(|side| BandPoint { t: said.t + Span(side * pause / 5), ..said });
    Lines { measured: truth, twin: said.into_iter().flat_map(bar).collect(), gap: Span(pause / 2) }.painted(
        stretch,
        CHART,
        Detail::Full,
        flags,
        alt,
        "h",
    )
}

struct Lines {
    measured: Vec<Point>,
    twin: Vec<BandPoint>,
    gap: Span,
}

impl Lines {
    fn painted(
        self,
        stretch: Stretch,
        size: (u32, u32),
        detail: Detail,
        flags: &[FlagView],
        alt: &str,
        unit: &str,
    ) -> String {
        let Lines { measured, twin, gap } = self;
        let bands = twin.iter().flat_map(|point| [point.band.low, point.band.high]);
        let most = if detail == Detail::Residuals { usual_size(&measured, &twin) } else { f64::INFINITY };
        let values = measured.iter().map(|point| point.value).chain(bands).filter(|value| value.is_finite());
        let values = values.map(|value| value.clamp(-most, most));
        let (low, high) =
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), own| (low.min(own), high.max(own)));
        let wanted = if detail == Detail::Full { 5 } else { 2 };
        let Stretch { from, to } = stretch;
        let trend = Trend {
            from,
            to,
            now: to,
            values: value_axis(low, high, wanted),
            gap,
            measured,
            course: Course::Slope,
            twin,
            forecast: Vec::new(),
            scenario: Vec::new(),
            kept: Vec::new(),
            later: Vec::new(),
            limits: Vec::new(),
            detail,
            pixel_ratio: 1.0,
        };
        let lines = svg::paint(size, Palette::named, |area| trend::draw(area, &trend, &Palette::LIGHT));
        let mut axes = axes_of(&trend, TICKS_WIDTH);
        let class = if detail == Detail::Full { "trend-plot" } else { "residual-plot" };
        if detail != Detail::Full {
            axes.times.clear();
        }
        let flags = flag::svg(flags, stretch, f64::from(size.0), &iso_instant);
        let head = match (detail, unit) {
            (Detail::Full, "") => "Times are UTC".to_owned(),
            (Detail::Full, unit) => format!("{unit}; times are UTC"),
            (_, unit) => unit.to_owned(),
        };
        format!(
            "<div class=\"report__unit\">{}</div><div class=\"{class}\" role=\"img\" aria-label=\"{}\"><div class=\"trend-plot__area\"><div class=\"trend-plot__first\">\
             {}</div><svg class=\"trend-plot__overlay\">{flags}</svg></div></div>\n",
            escaped(&head),
            escaped(alt),
            framed(&lines, size, &axes)
        )
    }
}

/// Bands in order of time: as they are where they are few, else one a column that holds all of it.
fn thinned(points: impl ExactSizeIterator<Item = BandPoint>, stretch: Stretch) -> Vec<BandPoint> {
    if points.len() <= 2 * COLUMNS {
        return points.collect();
    }
    let mut columns: Vec<(usize, f64, BandPoint)> = Vec::with_capacity(COLUMNS + 1);
    for point in points {
        let column = (stretch.share(point.t) * COLUMNS as f64) as usize;
        match columns.last_mut() {
            Some((own, count, last)) if *own == column => {
                *count += 1.0;
                last.band.low = last.band.low.min(point.band.low);
                last.band.high = last.band.high.max(point.band.high);
                last.band.mid += (point.band.mid - last.band.mid) / *count;
            }
            _ => columns.push((column, 1.0, point)),
        }
    }
    columns.into_iter().map(|(_, _, point)| point).collect()
}

/// What all residuals but a hundredth are smaller than, and half of the bands: the first instants, when a twin knows nothing
/// yet, would press all others flat.
fn usual_size(residuals: &[Point], bands: &[BandPoint]) -> f64 {
    let rank = |mut sizes: Vec<f64>, share: f64| {
        sizes.sort_unstable_by(f64::total_cmp);
        sizes.get((share * sizes.len() as f64) as usize).copied().unwrap_or(0.0)
    };
    let residuals = rank(residuals.iter().map(|point| point.value.abs()).collect(), 0.99);
    residuals.max(rank(bands.iter().map(|point| point.band.high).collect(), 0.5)).max(f64::MIN_POSITIVE)
}

fn usual_pause(times: impl Iterator<Item = Timestamp> + Clone) -> Option<Span> {
    let mut pauses: Vec<Span> = times.clone().zip(times.skip(1)).map(|(one, next)| next - one).collect();
    pauses.sort_unstable();
    pauses.get(pauses.len() / 2).copied()
}

/// From the first to the last instant, and no less than a second.
pub fn stretch(from: Timestamp, until: Timestamp) -> Stretch {
    Stretch { from, to: until.max(from + Span::SECOND) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thinned_band_holds_all_that_it_stands_for() {
        let band = |n: i64| BandPoint {
            t: Timestamp(n * 1_000_000),
            band: Band { mean: 0.0, low: -(n % 7) as f64, mid: 1.0, high: (n % 5) as f64 },
        };
        let points: Vec<BandPoint> = (0..10_000).map(band).collect();
        let thinned = thinned(points.into_iter(), stretch(Timestamp(0), Timestamp(10_000_000_000)));
        assert_eq!(thinned.len(), COLUMNS);
        assert!(thinned.iter().all(|own| own.band.low == -6.0 && own.band.high == 4.0 && own.band.mid == 1.0));
    }
}
