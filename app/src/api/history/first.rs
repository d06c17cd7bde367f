//! The chart of an asset's page before any program runs: painted by the server, as the page itself would.

use std::fmt::Write;

use services::Services;
use twin::{Span, Timestamp, id::AssetId, series::Point};

use crate::{
    live::{Live, stretch::View},
    plot::{
        axis::{Axes, Grain, axes_of},
        compose::{Chart, trend_of},
        layer::Layers,
        palette::Palette,
        svg,
        trend::{self, Detail},
    },
    wording,
};

/// Units of the picture, which is stretched to whatever place it has.
const SIZE: (u32, u32) = (960, 320);
/// As wide as ticks of time are told that the picture is: a telephone, too, has room for so many.
const TICKS_WIDTH: f64 = 500.0;
/// Columns that the history is thinned to, a quarter of those of a screen: each byte of them is waited for.
const COLUMNS: u32 = 240;

/// What was measured lately of what the page that was asked for shows.
#[derive(Debug, Clone)]
pub struct First {
    quantity: usize,
    points: Vec<Point>,
}

impl First {
    /// For the page at `path`; `show` is the quantity that its address names. `None` for other pages, and where nothing is
    /// measured or can be read: a page does without, too.
    pub async fn of(services: &Services, path: &str, show: Option<&str>) -> Option<First> {
        let asset_id = AssetId::parse(path.strip_prefix("/assets/")?).ok()?;
        let number = services.number(&asset_id).ok()?;
        let model = &services.catalog.assets()[number].model;
        let named = show.and_then(|show| model.quantities.iter().position(|quantity| quantity.name == show));
        let quantity = named.unwrap_or(model.headline);
        if quantity >= model.signals.len() {
            return None;
        }
        let now = services.clocks.get(number).now((services.clock)());
        let from = Timestamp(now.0.saturating_sub(model.horizon.0));
        let history = services.history(&asset_id, quantity as u16, from, now, COLUMNS).await.ok()?;
        let points = history.points.into_iter().map(|point| Point { t: point.t, value: point.value });
        Some(First { quantity, points: points.collect() })
    }
}

/// `None` where the request came with no history of this.
pub fn picture(live: Live, asset_id: &AssetId, quantity: usize) -> Option<String> {
    let parts = leptos::prelude::use_context::<http::request::Parts>()?;
    let first = parts.extensions.get::<First>().filter(|first| first.quantity == quantity)?;
    let chart = Chart {
        quantity,
        detail: Detail::Full,
        css_width: f64::from(SIZE.0),
        css_height: f64::from(SIZE.1),
        pixel_ratio: 1.0,
        view: View::Around,
        horizon: None,
        layers: Layers::default(),
        others: None,
    };
    let trend = live.read(asset_id, |asset, now| {
        // The page's own asset stays as it is: its words are what the program takes over.
        let mut shown = asset.alone();
        shown.fill(quantity, first.points.iter().copied());
        trend_of(&shown, now, &chart)
    })?;
    let lines = svg::paint(SIZE, Palette::named, |area| trend::draw(area, &trend, &Palette::LIGHT));
    Some(framed(&lines, SIZE, &axes_of(&trend, TICKS_WIDTH)))
}

/// Lines that were painted on so many units, in the place of the canvas, and around them what the page writes there.
pub fn framed(lines: &str, (width, height): (u32, u32), axes: &Axes) -> String {
    let mut html = String::from("<svg class=\"trend-plot__values\">");
    // Writing to a string does not fail.
    for (y, label) in &axes.values {
        let _ = write!(html, "<text x=\"100%\" y=\"{y}\" dy=\"0.32em\" text-anchor=\"end\">{label}</text>");
    }
    let _ = write!(
        html,
        "</svg><svg class=\"trend-plot__canvas\" viewBox=\"0 0 {width} {height}\" preserveAspectRatio=\"none\">{lines}\
         </svg><span class=\"trend-plot__zone\">UTC</span><svg class=\"trend-plot__times\">"
    );
    for ((x, _), label) in axes.times.iter().zip(labels(axes)) {
        let _ = write!(html, "<text x=\"{x}\" y=\"1em\" text-anchor=\"middle\">{label}</text>");
    }
    html + "</svg>"
}

/// What stands at each tick of time: as much of it as tells it from its neighbours, the day only where it is another one.
fn labels(axes: &Axes) -> Vec<String> {
    let is_long = axes.stretch.is_some_and(|stretch| stretch.length() > Span::DAY);
    let mut before = None;
    let label = |(_, t): &(String, Timestamp)| {
        let (date, time) = (wording::iso_date(*t), wording::iso_time(*t));
        let (day, time) = (&date[5..], &time[..5]);
        let is_other = before.replace(day.to_string()).map_or(is_long, |before| before != day);
        match axes.grain {
            Grain::Day | Grain::Month => day.to_string(),
            _ if is_other => format!("{day}, {time}"),
            _ => time.to_string(),
        }
    };
    axes.times.iter().map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::stretch::Stretch;

    #[test]
    fn ticks_within_a_day_are_told_apart_by_their_hours() {
        let labelled = |hours: i64, apart: i64, grain| {
            let at = |hours: i64| Timestamp((1_207_094_400 + hours * 3_600) * 1_000_000);
            let times = (0..=hours / apart).map(|tick| (String::new(), at(tick * apart))).collect();
            labels(&Axes { times, grain, stretch: Some(Stretch::new(at(0), at(hours))), ..Axes::default() })
        };
        assert_eq!(labelled(36, 12, Grain::Minute), ["04-02, 00:00", "12:00", "04-03, 00:00", "12:00"]);
        assert_eq!(labelled(2, 1, Grain::Minute), ["00:00", "01:00", "02:00"]);
        assert_eq!(labelled(72, 24, Grain::Day), ["04-02", "04-03", "04-04", "04-05"]);
    }
}
