//! Paints the trend of one asset on one canvas, and only when something of it changed.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use twin::{Span, Timestamp, id::AssetId};
use web_sys::HtmlCanvasElement;

use super::canvas::{self, Stage};
use crate::{
    live::{
        Live,
        stretch::{Stretch, View},
    },
    plot::{
        axis::{Axes, axes_of},
        compose::{Chart, trend_of},
        layer::Layers,
        table::{self, Row},
        trend::{self, Detail, Trend},
    },
};

pub struct Painter {
    live: Live,
    asset_id: AssetId,
    detail: Detail,
    canvas: HtmlCanvasElement,
    stage: Option<Stage>,
    quantity: Cell<usize>,
    view: Cell<View>,
    horizon: Cell<Option<Span>>,
    layers: Cell<Layers>,
    others: Cell<Option<[f64; 2]>>,
    painted: Cell<Option<Key>>,
    axes: RefCell<Axes>,
    trend: RefCell<Option<Trend>>,
    on_axes: Box<dyn Fn(Axes)>,
    on_seen: Box<dyn Fn()>,
}

/// All that a picture depends on.
#[derive(Clone, Copy, PartialEq)]
struct Key {
    version: u64,
    /// It moves by whole pixels, and time within one is not seen.
    stretch: Stretch,
    chart: Chart,
    theme: u64,
}

impl Painter {
    /// A painter of `canvas`, which paints by itself when the canvas was resized, came into view, or got other colours.
    pub fn start(
        live: Live,
        asset_id: AssetId,
        detail: Detail,
        canvas: HtmlCanvasElement,
        on_axes: impl Fn(Axes) + 'static,
        on_seen: impl Fn() + 'static,
    ) -> Rc<Painter> {
        Rc::new_cyclic(|painter: &Weak<Painter>| {
            let painter = painter.clone();
            let paint = Rc::new(move || {
                if let Some(painter) = painter.upgrade() {
                    painter.paint();
                }
            });
            Painter {
                live,
                detail,
                stage: Stage::new(asset_id.clone(), canvas.clone(), paint),
                asset_id,
                canvas,
                quantity: Cell::new(0),
                view: Cell::new(View::Around),
                horizon: Cell::new(None),
                layers: Cell::default(),
                others: Cell::new(None),
                painted: Cell::new(None),
                axes: RefCell::new(Axes::default()),
                trend: RefCell::new(None),
                on_axes: Box::new(on_axes),
                on_seen: Box::new(on_seen),
            }
        })
    }

    /// Takes in which values the charts have that share its axis; they are minded at the next picture.
    pub fn share(&self, others: Option<[f64; 2]>) {
        self.others.set(others);
    }

    pub fn show(&self, quantity: usize, view: View, horizon: Option<Span>, layers: Layers) {
        self.quantity.set(quantity);
        self.view.set(view);
        self.horizon.set(horizon);
        self.layers.set(layers);
        self.paint();
    }

    /// What is painted by now; `None` before anything is.
    pub fn stretch(&self) -> Option<Stretch> {
        self.trend.borrow().as_ref().map(|trend| Stretch { from: trend.from, to: trend.to })
    }

    /// What the picture says of the instant `t`.
    pub fn row_at(&self, t: Timestamp) -> Option<Row> {
        self.trend.borrow().as_ref().map(|trend| table::row_at(trend, t))
    }

    pub fn paint(&self) {
        let Some(stage) = self.stage.as_ref().filter(|stage| stage.is_in_view()) else { return };
        if self.painted.get().is_none() {
            (self.on_seen)();
        }
        let (css_width, css_height) = stage.css_size();
        let chart = Chart {
            quantity: self.quantity.get(),
            detail: self.detail,
            css_width,
            css_height,
            pixel_ratio: canvas::pixel_ratio(),
            view: self.view.get(),
            horizon: self.horizon.get(),
            layers: self.layers.get(),
            others: self.others.get(),
        };
        let due = self.live.read(&self.asset_id, |asset, now| {
            let now = asset.shown_now(now);
            let stretch = chart.stretch(&asset.model, now);
            let key = Key { version: asset.version, stretch, chart, theme: canvas::theme() };
            (self.painted.replace(Some(key)) != Some(key)).then(|| (asset.seq, trend_of(asset, now, &chart)))
        });
        let (Some(Some((seq, trend))), Some(area)) = (due, stage.area()) else { return };
        // A canvas that takes no drawing has lost its memory; the next change tries again.
        if trend::draw(&area, &trend, &canvas::palette()).is_err() {
            self.painted.set(None);
            return;
        }
        canvas::mark(&self.canvas, "data-drawn-seq", &seq.to_string());
        let mut axes = axes_of(&trend, css_width);
        // What is hidden is not missing.
        axes.has_data |= !chart.layers.are_all();
        if *self.axes.borrow() != axes {
            self.axes.replace(axes.clone());
            (self.on_axes)(axes);
        }
        self.trend.replace(Some(trend));
    }
}
