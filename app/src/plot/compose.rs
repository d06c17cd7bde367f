//! Chooses what a trend of an asset shows: which stretch of time, which values, which lines.

use twin::{Model, Projection, Span, Timestamp, gauge::Kind, series::Point, twin::Band};
use wire::view::Course;

use super::{
    axis::{ValueAxis, shared_axis},
    layer::{Layer, Layers},
    trend::{Detail, Trend},
};
use crate::live::{
    asset::LiveAsset,
    kept::Kept,
    outlook::bands,
    stretch::{Stretch, View},
    trace::{self, BandPoint},
    track::Track,
};

/// What a chart is asked to show, and how large it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chart {
    pub quantity: usize,
    pub detail: Detail,
    pub css_width: f64,
    pub css_height: f64,
    pub pixel_ratio: f64,
    pub view: View,
    /// How far back and ahead of now, in the place of the model's own: that of whatever is compared.
    pub horizon: Option<Span>,
    pub layers: Layers,
    /// The lowest and the highest value of the charts that share its axis of values.
    pub others: Option<[f64; 2]>,
}

impl Chart {
    /// Pixels of the device from edge to edge.
    fn columns(&self) -> usize {
        ((self.css_width * self.pixel_ratio) as usize).max(1)
    }

    /// What is shown of an asset with this model.
    pub fn stretch(&self, model: &Model, now: Timestamp) -> Stretch {
        let has_future = model.has_physics() || model.gauges.iter().any(|gauge| gauge.kind == Kind::Outlook);
        let view = match (self.view, self.horizon) {
            // Of what has no future nothing is ahead.
            (View::Around, None) if !has_future => View::Last(model.horizon),
            (view, _) => view,
        };
        view.at(now, self.horizon.unwrap_or(model.horizon), self.columns())
    }
}

/// A silence longer than this is a gap in the line of a signal.
pub fn gap_of(interval: Option<Span>, model: &Model) -> Span {
    match interval {
        Some(interval) => Span(interval.0.saturating_mul(5).max(model.step.0 * 2)),
        None => model.horizon,
    }
}

/// What was measured minus what the twin had expected of it, and the band around 0 in which nine of ten were to lie.
fn residuals_of(asset: &LiveAsset, now: Timestamp, chart: &Chart) -> Trend {
    let stretch = chart.stretch(&asset.model, now);
    let Stretch { from, to } = stretch;
    let track = asset.track(chart.quantity);
    let measured = track.map_or(&[][..], |track| track.window(from, to));
    let twin = asset.trace(chart.quantity).map_or(&[][..], |trace| trace.window(from, to));
    let (mut residuals, mut expected) = (Vec::new(), Vec::new());
    let mut rest = measured.iter().peekable();
    for &BandPoint { t, band } in twin {
        while rest.next_if(|point| point.t < t).is_some() {}
        if let Some(point) = rest.peek().filter(|point| point.t == t) {
            residuals.push(Point { t, value: point.value - band.mid });
            let band = Band { mean: 0.0, low: band.low - band.mid, mid: 0.0, high: band.high - band.mid };
            expected.push(BandPoint { t, band });
        }
    }
    let gap = gap_of(usual_pauses(track, twin), &asset.model);
    let values = values_of(&residuals, &[&expected], &[], &[], [f64::NEG_INFINITY, f64::INFINITY], chart);
    Trend {
        from,
        to,
        now,
        values,
        gap,
        measured: residuals,
        course: Course::Slope,
        twin: expected,
        forecast: Vec::new(),
        scenario: Vec::new(),
        kept: Vec::new(),
        later: Vec::new(),
        limits: Vec::new(),
        detail: chart.detail,
        pixel_ratio: chart.pixel_ratio,
    }
}

/// The trend of one quantity of `asset` at `now`.
pub fn trend_of(asset: &LiveAsset, now: Timestamp, chart: &Chart) -> Trend {
    if chart.detail == Detail::Residuals {
        return residuals_of(asset, now, chart);
    }
    let stretch = chart.stretch(&asset.model, now);
    let Stretch { from, to } = stretch;
    let track = asset.track(chart.quantity);
    let layers = chart.layers;
    let measured = track.filter(|_| layers.shows(Layer::Measured));
    let measured: Vec<Point> = measured.map_or_else(Vec::new, |track| match chart.view {
        // Of a longer stretch that was looked at before, there would be too little.
        View::Around => track.recent(stretch, chart.columns()),
        View::Last(_) | View::Held(_) => track.shown(stretch, chart.columns()),
    });
    let mut twin: Vec<BandPoint> =
        asset.trace(chart.quantity).map_or_else(Vec::new, |trace| trace.window(from, to).to_vec());
    let pauses = usual_pauses(track, &twin);
    if !layers.shows(Layer::Twin) {
        twin.clear();
    }
    let future = |layer: Layer, projection: Option<&Projection>| match projection {
        Some(projection) if layers.shows(layer) => future_of(&asset.model, projection, chart.quantity),
        _ => (Vec::new(), 0),
    };
    let (mut forecast, mut before_stop) = future(Layer::Forecast, asset.baseline());
    if forecast.is_empty() && layers.shows(Layer::Forecast) {
        forecast = asset.learned_ahead(chart.quantity);
        before_stop = forecast.len();
    }
    let (scenario, scenario_before_stop) = future(Layer::Scenario, asset.changed());
    let numbered = asset.kept_futures().into_iter().zip(asset.kept().iter().map(Kept::number));
    let kept = numbered.map(|(projection, number)| (number, future(Layer::Kept(number), Some(projection))));
    let kept: Vec<(usize, (Vec<BandPoint>, usize))> = kept.collect();
    let quantity = asset.model.quantities.get(chart.quantity);
    let normal = quantity.and_then(|quantity| quantity.normal).filter(|_| layers.shows(Layer::Limits));
    let limits: Vec<f64> = normal.map_or_else(Vec::new, |normal| normal.to_vec());
    let range = quantity.map_or([f64::NEG_INFINITY, f64::INFINITY], |quantity| quantity.range);
    let mut bands = vec![&twin[..], &forecast[..before_stop], &scenario[..scenario_before_stop]];
    bands.extend(kept.iter().map(|(_, (points, before_stop))| &points[..*before_stop]));
    if chart.view != View::Around {
        bands.iter_mut().for_each(|points| *points = trace::window(points, from, to));
    }
    let course = asset.view.courses.get(chart.quantity).copied().unwrap_or_default();
    // A switch that is off all the time is drawn at the foot of its chart, not in the middle.
    let ends: &[f64] = if course == Course::Switch { &[0.0, 1.0] } else { &[] };
    let later = track.filter(|_| layers.shows(Layer::Measured));
    let later = later.map_or_else(Vec::new, |track| track.later(now, to, chart.columns()));
    let values = values_of(&[&measured[..], &later].concat(), &bands, &limits, ends, range, chart);
    let mids =
        |(number, (points, _)): (usize, (Vec<BandPoint>, usize))| (number, points.iter().map(BandPoint::mid).collect());
    // Within a column, and between two of a thinned history, a line goes on.
    let columns = Span(2 * stretch.length().0 / chart.columns() as i64);
    Trend {
        from,
        to,
        now,
        values,
        gap: gap_of(pauses, &asset.model).max(columns),
        measured,
        course,
        twin,
        forecast,
        scenario,
        kept: kept.into_iter().map(mids).collect(),
        later,
        limits,
        detail: chart.detail,
        pixel_ratio: chart.pixel_ratio,
    }
}

/// The bands of a future until the asset has surely stopped, and how many of them come before any member has: those
/// decide the range of the axis.
fn future_of(model: &Model, projection: &Projection, quantity: usize) -> (Vec<BandPoint>, usize) {
    let mut points = bands(projection, quantity);
    let Some(stop) = projection.stop(model) else {
        let all = points.len();
        return (points, all);
    };
    points.retain(|point| point.t <= stop.late);
    let before_stop = points.partition_point(|point| point.t <= stop.early);
    (points, before_stop)
}

/// The longer of the usual pauses between samples, and between what the twin says.
fn usual_pauses(track: Option<&Track>, twin: &[BandPoint]) -> Option<Span> {
    track.and_then(Track::interval).into_iter().chain(usual_pause(twin)).max()
}

fn usual_pause(points: &[BandPoint]) -> Option<Span> {
    let newest = &points[points.len().saturating_sub(17)..];
    let mut pauses: Vec<Span> = newest.windows(2).map(|pair| pair[1].t - pair[0].t).collect();
    pauses.sort_unstable();
    pauses.get(pauses.len() / 2).copied()
}

/// A round axis around all that is shown; never far beyond what is physically possible.
fn values_of(
    measured: &[Point],
    bands: &[&[BandPoint]],
    limits: &[f64],
    always: &[f64],
    range: [f64; 2],
    chart: &Chart,
) -> ValueAxis {
    let of_bands = bands.iter().copied().flatten().flat_map(|point| match chart.detail {
        Detail::Full | Detail::Residuals => [point.band.low, point.band.high],
        Detail::Lines => [point.band.mid, point.band.mid],
    });
    let shown = measured
        .iter()
        .map(|point| point.value)
        .chain(of_bands)
        .chain(always.iter().copied())
        .map(|value| value.clamp(range[0], range[1]));
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in shown.filter(|value| value.is_finite()) {
        low = low.min(value);
        high = high.max(value);
    }
    // A limit is worth showing where the data come near it; a far one would press them flat.
    let (near_low, near_high) = (low - (high - low) / 2.0, high + (high - low) / 2.0);
    for limit in limits.iter().filter(|_| chart.detail == Detail::Full) {
        if (near_low..=near_high).contains(limit) {
            low = low.min(*limit);
            high = high.max(*limit);
        }
    }
    shared_axis([low, high], chart.others, ((chart.css_height / 56.0) as usize).clamp(2, 6))
}
