//! A chart of one quantity: measured, twin and future on one axis that crosses now. Lines on a canvas, words around it.

use std::{cell::RefCell, rc::Rc};

use leptos::{html::Canvas, prelude::*};
use twin::id::AssetId;

use crate::{
    browser::{
        self,
        painter::{Axes, Painter},
    },
    live::{Live, past},
    plot::trend::Detail,
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
) -> impl IntoView {
    let canvas = NodeRef::<Canvas>::new();
    let axes = RwSignal::new(Axes::default());
    let is_seen = RwSignal::new(false);
    // Those of a large screen, or of a tile.
    let columns = if detail == Detail::Lines { 200 } else { 1_600 };
    // The lane below the chart shows what the chart has fetched.
    if detail != Detail::Residuals {
        past::keep(live, asset_id.clone(), quantity, columns, is_seen);
    }

    // Owned by the effects alone: the server makes none, and drops pages on any of its threads.
    let painter: Rc<RefCell<Option<Rc<Painter>>>> = Rc::default();
    let (id, of_canvas) = (asset_id.clone(), painter.clone());
    Effect::new(move |_| {
        if let Some(canvas) = canvas.get() {
            let on_axes = move |now| {
                axes.try_set(now);
            };
            let on_seen = move || {
                is_seen.try_set(true);
            };
            let started = Painter::start(live, id.clone(), detail, canvas, on_axes, on_seen);
            of_canvas.replace(Some(started));
        }
    });
    Effect::new(move |_| {
        let quantity = quantity.get();
        // Tracked: every change of the asset asks for a picture, and the painter knows whether it needs one.
        live.watch(&asset_id, |_, _| ());
        if let Some(painter) = painter.borrow().as_ref() {
            painter.show(quantity);
        }
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
                axes.get().values.into_iter().map(text).collect_view()
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
                <div class="trend-plot__area">
                    {values} <canvas class="trend-plot__canvas" node_ref=canvas aria-hidden="true"></canvas>
                </div>
                <figcaption class="trend-plot__caption">{summary.map(|summary| move || summary.get())}</figcaption>
            </figure>
        }
        .into_any(),
        Detail::Full => view! {
            <figure class="trend-plot">
                <div class="trend-plot__area">
                    {values}
                    <canvas class="trend-plot__canvas" node_ref=canvas aria-hidden="true"></canvas>
                    <svg class="trend-plot__times" aria-hidden="true">
                        {move || {
                            let Axes { times, has_seconds, .. } = axes.get();
                            let text = |(x, t)| {
                                let label = if live.is_mounted.get() {
                                    browser::clock::tick(t, has_seconds)
                                } else {
                                    wording::iso_time(t)
                                };
                                view! {
                                    <text x=x y="1em" text-anchor="middle">
                                        {label}
                                    </text>
                                }
                            };
                            times.into_iter().map(text).collect_view()
                        }}
                    </svg>
                    <p class="trend-plot__empty" hidden=move || axes.get().has_data || !live.is_mounted.get()>
                        "No data in this stretch of time yet"
                    </p>
                </div>
                <figcaption class="trend-plot__caption">{summary.map(|summary| move || summary.get())}</figcaption>
            </figure>
        }
        .into_any(),
    }
}
