//! A chart of one quantity: measured, twin and future on one axis that crosses now. Lines on a canvas, words around it.

use std::{cell::RefCell, rc::Rc};

use leptos::{
    html::{Canvas, Div},
    prelude::*,
};
use twin::{Span, id::AssetId};
use wire::view::FlagView;

use crate::{
    api,
    browser::{self, gesture::Gestures, painter::Painter},
    live::{
        self, Live,
        asset::LiveAsset,
        heard, past,
        stretch::{Shown, View},
    },
    plot::{
        axis::Axes,
        flag,
        layer::{Layer, Layers},
        table::Row,
        trend::Detail,
    },
    wording,
};

#[component]
pub fn TrendPlot(
    live: Live,
    asset_id: AssetId,
    quantity: Signal<usize>,
    detail: Detail,
    /// What the picture says, in one sentence.
    #[prop(optional, into)]
    summary: Option<Signal<String>>,
    /// What it shows together with the other charts of the page; without, it follows now.
    #[prop(optional)]
    shown: Option<Shown>,
    /// Counts the charts that wait for the history of what is looked back at.
    #[prop(optional)]
    busy: Option<RwSignal<u32>>,
    /// How far back and ahead of now, where that is not for the model to say.
    #[prop(optional, into)]
    horizon: Option<Signal<Option<Span>>>,
    /// What happened, kept by the chart for what it shows; without, no flags are drawn.
    #[prop(optional)]
    flags: Option<RwSignal<Vec<FlagView>>>,
    /// The axis of values that it may share with other charts of the page.
    #[prop(optional)]
    axis: Option<SharedAxis>,
    /// What the chart is of, where no heading on the page says so.
    #[prop(optional, into)]
    name: String,
) -> impl IntoView {
    let (canvas, area) = (NodeRef::<Canvas>::new(), NodeRef::<Div>::new());
    let marked = RwSignal::new(None::<(f64, f64)>);
    let readout = RwSignal::new(String::new());
    // One cursor reads all charts of a page: whoever listens hears the one that has the focus.
    let has_focus = RwSignal::new(false);
    let label = format!(
        "{name}{}Chart. Arrow keys read values, plus and minus zoom, Page Up and Page Down move, Home shows now.",
        if name.is_empty() { "" } else { ". " }
    );
    let axes = RwSignal::new(Axes::default());
    let first = if detail == Detail::Full {
        api::history::first_picture(live, &asset_id, quantity.get_untracked())
    } else {
        String::new()
    };
    let is_seen = RwSignal::new(false);
    // Those of a large screen, or of a tile.
    let columns = if detail == Detail::Lines { 200 } else { 1_600 };
    // The lane below the chart shows what the chart has fetched.
    if detail != Detail::Residuals {
        past::keep(live, asset_id.clone(), quantity, columns, horizon, is_seen);
        if let (Some(shown), Some(busy)) = (shown, busy) {
            past::keep_held(live, asset_id.clone(), quantity, shown, columns, busy);
        }
    }

    // Owned by the effects alone: the server makes none, and drops pages on any of its threads.
    let painter: Rc<RefCell<Option<AtWork>>> = Rc::default();
    let (id, of_canvas) = (asset_id.clone(), painter.clone());
    Effect::new(move |_| {
        if let Some(canvas) = canvas.get() {
            let on_axes = move |now| {
                axes.try_set(now);
            };
            let on_seen = move || {
                is_seen.try_set(true);
            };
            let started = Painter::start(live, id.clone(), detail, canvas.clone(), on_axes, on_seen);
            let gestures = match (shown, area.get_untracked()) {
                (Some(shown), Some(area)) => {
                    Gestures::start(area.into(), canvas.into(), started.clone(), shown, marked)
                }
                _ => None,
            };
            of_canvas.replace(Some(AtWork { painter: started, _gestures: gestures }));
        }
    });
    let (id, of_painter, of_readout) = (asset_id.clone(), asset_id.clone(), painter.clone());
    Effect::new(move |_| {
        let view = shown.map_or(View::Around, |shown| shown.view.get());
        let quantity = quantity.get();
        // Tracked: every change of the asset asks for a picture, and the painter knows whether it needs one.
        live.watch(&of_painter, |_, _| ());
        if let Some(AtWork { painter, .. }) = painter.borrow().as_ref() {
            painter.share(axis.and_then(|axis| axis.others.get()));
            let layers = shown.filter(|_| detail == Detail::Full).map_or(Layers::default(), |shown| shown.layers.get());
            painter.show(quantity, view, horizon.and_then(|horizon| horizon.get()), layers);
        }
    });
    if let Some(axis) = axis {
        let own = Memo::new(move |_| axes.with(|axes| axes.own));
        Effect::new(move |_| axis.own.set(own.get()));
    }
    let stretch = Memo::new(move |_| axes.with(|axes| axes.stretch));
    if let Some(flags) = flags {
        live::flags::keep(live, asset_id.clone(), quantity, stretch, flags);
    }
    let known = flags.map(|flags| live::flags::known(live, asset_id.clone(), flags));
    let of_future = asset_id.clone();
    let future = Memo::new(move |_| {
        let begin = |asset: &LiveAsset| asset.baseline().map(|future| (future.times.first().copied(), future.members));
        live.watch(&of_future, |asset, _| begin(asset)).flatten()
    });
    // What the future has, beside what is past.
    let flagged = Memo::new(move |_| {
        future.track();
        let is_shown = shown.is_some_and(|shown| shown.layers.get().shows(Layer::Flags));
        let Some(known) = known.filter(|_| is_shown) else { return Vec::new() };
        // These stand in order of time.
        let mut all = known.get();
        let foreseen = live.read(&asset_id, |asset, _| flag::foreseen(asset, quantity.get())).unwrap_or_default();
        for flag in foreseen {
            let at = all.partition_point(|own| own.t <= flag.t);
            all.insert(at, flag);
        }
        all
    });
    if let Some(shown) = shown.filter(|_| detail == Detail::Full) {
        Effect::new(move |_| {
            let (cursor, _) = (shown.cursor.get(), axes.track());
            let row = cursor.zip(of_readout.borrow().as_ref()).and_then(|(t, at_work)| at_work.painter.row_at(t));
            let said = live.read(&id, |asset, _| {
                let quantity = asset.model.quantities.get(quantity.get_untracked())?;
                Some(words_of(&row?, wording::decimals(quantity.range), &quantity.unit))
            });
            let mut said = said.flatten().unwrap_or_default();
            if let (Some(t), Some(stretch), false) = (cursor, stretch.get_untracked(), said.is_empty()) {
                said += &flagged.with(|flags| flag::words_at(flags, t, Span(stretch.length().0 / 120)));
            }
            if readout.with_untracked(|before| *before != said) {
                readout.set(said);
            }
        });
    }
    let share = move |t| axes.with(|axes| axes.stretch.map(|stretch| stretch.share(t)));
    let cursor = move || {
        let share = shown?.cursor.get().and_then(share).filter(|share| (0.0..=1.0).contains(share))?;
        let x = format!("{:.3}%", share * 100.0);
        Some(view! { <line class="trend-plot__cursor" x1=x.clone() x2=x y1="0" y2="100%" /> }.into_any())
    };
    let mark = move || {
        let (a, b) = marked.get()?;
        let (x, width) = (format!("{:.3}%", a * 100.0), format!("{:.3}%", (b - a) * 100.0));
        Some(view! { <rect class="trend-plot__mark" x=x width=width y="0" height="100%" /> }.into_any())
    };
    // Drawn over the picture, which need not be painted anew for them.
    let overlay = shown.map(|_| {
        let flags = flags.map(|_| {
            let markup = move || {
                let Some(stretch) = stretch.get() else { return String::new() };
                let width = canvas.get_untracked().map_or(1.0, |canvas| f64::from(canvas.client_width()));
                flagged.with(|flags| flag::svg(flags, stretch, width, &browser::clock::instant))
            };
            view! { <g inner_html=Memo::new(move |_| markup()) /> }.into_any()
        });
        view! {
            <svg class="trend-plot__overlay" aria-hidden="true">
                {flags}
                {move || cursor()}
                {move || mark()}
            </svg>
        }
        .into_any()
    });

    let values = view! {
        <svg class="trend-plot__values" aria-hidden="true">
            {move || {
                let text = |(y, label)| {
                    view! {
                        <text x="100%" y=y dy="0.32em" text-anchor="end">
                            {label}
                        </text>
                    }
                };
                super::all(axes.get().values.into_iter().map(text))
            }}
        </svg>
    };
    match detail {
        Detail::Lines => view! {
            <figure class="trend-plot trend-plot--lines">
                <canvas class="trend-plot__canvas" node_ref=canvas aria-hidden="true"></canvas>
            </figure>
        }
        .into_any(),
        Detail::Residuals => view! {
            <figure class="residual-plot">
                <div class="trend-plot__area" node_ref=area>
                    {values} <canvas class="trend-plot__canvas" node_ref=canvas aria-hidden="true"></canvas> {overlay}
                </div>
                <figcaption class="trend-plot__caption">{summary.map(|summary| move || summary.get())}</figcaption>
            </figure>
        }
        .into_any(),
        Detail::Full => view! {
            <figure class="trend-plot">
                <p class="trend-plot__readout" aria-live=move || if has_focus.get() { "polite" } else { "off" }>
                    {readout}
                </p>
                <div
                    class="trend-plot__area"
                    node_ref=area
                    tabindex="0"
                    role="application"
                    aria-roledescription="chart"
                    aria-label=label
                    on:focus=move |_| has_focus.set(true)
                    on:blur=move |_| has_focus.set(false)
                >
                    {values}
                    <canvas class="trend-plot__canvas" node_ref=canvas aria-hidden="true"></canvas>
                    <div
                        class="trend-plot__first"
                        aria-hidden="true"
                        hidden=move || axes.with(|axes| axes.stretch.is_some())
                        inner_html=first
                    ></div>
                    {overlay}
                    <svg class="trend-plot__times" aria-hidden="true">
                        {move || {
                            let Axes { times, grain, .. } = axes.get();
                            let mut before = None;
                            let text = |(x, t)| {
                                let before = before.replace(t);
                                let label = if heard(live.is_mounted) {
                                    browser::clock::tick(t, before, grain)
                                } else {
                                    wording::iso_time(t)
                                };
                                view! {
                                    <text x=x y="1em" text-anchor="middle">
                                        {label}
                                    </text>
                                }
                            };
                            super::all(times.into_iter().map(text))
                        }}
                    </svg>
                    <p class="trend-plot__empty" hidden=move || axes.with(|axes| axes.has_data || axes.stretch.is_none())>
                        "No data in this stretch of time yet"
                    </p>
                </div>
                <figcaption class="trend-plot__caption">{summary.map(|summary| move || summary.get())}</figcaption>
            </figure>
        }
        .into_any(),
    }
}

/// What one chart has to do with an axis that several share: lowest and highest value.
#[derive(Debug, Clone, Copy)]
pub struct SharedAxis {
    /// What the chart itself shows, for the page.
    pub own: RwSignal<Option<[f64; 2]>>,
    /// What those show that share its axis; `None` where it has one of its own.
    pub others: Memo<Option<[f64; 2]>>,
}

/// What paints a canvas, and listens to it.
struct AtWork {
    painter: Rc<Painter>,
    _gestures: Option<Gestures>,
}

/// An instant and what each line says of it.
fn words_of(row: &Row, decimals: usize, unit: &str) -> String {
    let mut said = browser::clock::instant(row.t);
    let mut say = |name: &str, value: Option<f64>, around: Option<(f64, f64)>| {
        let Some(value) = value.filter(|value| value.is_finite()) else { return };
        said += &format!(" \u{b7} {name} {}", wording::quantity(value, decimals, unit));
        if let Some((low, high)) = around {
            said += &format!(" ({} to {})", wording::number(low, decimals), wording::number(high, decimals));
        }
    };
    say("measured", row.measured, None);
    say("what then came", row.later, None);
    for (name, band) in [("twin", row.twin), ("simulation", row.scenario)] {
        say(name, band.map(|band| band.mid), band.map(|band| (band.low, band.high)));
    }
    said
}
