//! What was measured over the window beside what the model shows, as it is and as the sliders say; and how far both are off.

use leptos::prelude::*;

use super::NumberTable;
use crate::{
    browser,
    live::{
        calibration::{Calibration, bench::Residual},
        stretch::Stretch,
    },
    plot::axis::Grain,
    plot::{
        axis,
        fitted::{Fitted, HEIGHT, WIDTH},
    },
    wording,
};

const TIMES: usize = 6;

/// A signal that is measured: its number, its title, its unit and how many decimals it is written with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    pub signal: u16,
    pub title: String,
    pub unit: String,
    pub decimals: usize,
}

#[component]
pub fn FittedPlot(calibration: Calibration, signals: StoredValue<Vec<Measured>>) -> impl IntoView {
    let of = move |signal: u16| signals.with_value(|all| all.iter().find(|own| own.signal == signal).cloned());
    let window =
        move || calibration.window.get().unwrap_or(Stretch { from: Default::default(), to: Default::default() });
    let drawn = Memo::new(move |_| {
        calibration.revision.track();
        let columns = |compared: &crate::live::calibration::bench::Compared| Fitted::of(&compared.columns, window());
        calibration.compared.with_value(columns)
    });
    let values = move || {
        let decimals = drawn.with(|drawn| drawn.as_ref().map_or(0, |drawn| drawn.axis.decimals));
        let text = |(value, share): (f64, f64)| {
            let y = format!("{:.2}%", share * 100.0);
            view! {
                <text x="100%" y=y dy="0.32em" text-anchor="end">
                    {wording::number(value, decimals)}
                </text>
            }
        };
        drawn.with(|drawn| drawn.as_ref().map(|drawn| super::all(drawn.levels().map(text))))
    };
    let times = move || {
        let window = window();
        let ticks = axis::time_ticks(window.from, window.to, TIMES);
        let text = |t| {
            let x = format!("{:.2}%", window.share(t) * 100.0);
            view! {
                <text x=x y="1em" text-anchor="middle">
                    {browser::clock::tick(t, None, Grain::Minute)}
                </text>
            }
        };
        calibration.is_ready().then(|| super::all(ticks.into_iter().map(text)))
    };
    let grid = move || {
        let line = |(_, share): (f64, f64)| format!("M0 {0:.1}H{WIDTH}", share * HEIGHT);
        drawn.with(|drawn| drawn.as_ref().map(|drawn| drawn.levels().map(line).collect::<String>()).unwrap_or_default())
    };
    let path =
        move |of: fn(&Fitted) -> &String| drawn.with(|drawn| drawn.as_ref().map(of).cloned().unwrap_or_default());
    let residuals = Memo::new(move |_| {
        calibration.revision.track();
        calibration.compared.with_value(|compared| compared.residuals.clone())
    });
    let off = move |residual: &Residual, off: f64| {
        let known = of(residual.signal);
        let unit = known.as_ref().map_or("", |own| wording::unit_of_difference(&own.unit)).to_string();
        // A difference has a digit more than what it is of.
        wording::quantity(off, known.map_or(2, |own| own.decimals + 1), &unit)
    };
    let summary = move || {
        let shown = calibration.shown.get();
        let residual = residuals.with(|all| all.iter().find(|own| own.signal == shown).copied());
        residual.map_or_else(String::new, |residual| {
            format!(
                "{}: what is measured differs by {} from the model as it is, and by {} from the model as set.",
                of(shown).map_or_else(String::new, |own| own.title),
                off(&residual, residual.was),
                off(&residual, residual.set)
            )
        })
    };
    let row = move |residual: Residual| {
        let title = of(residual.signal).map_or_else(String::new, |own| own.title);
        let was = off(&residual, residual.was);
        let set = off(&residual, residual.set);
        view! {
            <tr data-signal=residual.signal.to_string()>
                <th scope="row">{title}</th>
                <td>{wording::count(u64::from(residual.count))}</td>
                <td>{was}</td>
                <td>{set}</td>
            </tr>
        }
    };
    let look = |class: &str, d: &'static str| {
        view! {
            <svg class=format!("fitted-plot__look fitted-plot__{class}") viewBox="0 0 32 12" aria-hidden="true">
                <path d=d />
            </svg>
        }
    };
    view! {
        <figure class="fitted-plot trend-plot">
            <ul class="fitted-plot__legend" aria-label="Lines of the chart">
                <li>{look("measured", "M4 2v8M12 3v6M20 1v8M28 4v6")} "measured"</li>
                <li>{look("was", "M0 6h32")} "model as it is"</li>
                <li>{look("set", "M0 6h32")} "model as set"</li>
            </ul>
            <div class="trend-plot__area" role="img" aria-label=summary>
                <svg class="trend-plot__values" aria-hidden="true">
                    {values}
                </svg>
                <svg
                    class="fitted-plot__lines"
                    viewBox=format!("0 0 {WIDTH} {HEIGHT}")
                    preserveAspectRatio="none"
                    aria-hidden="true"
                >
                    <path class="fitted-plot__grid" d=grid />
                    <path class="fitted-plot__measured" d=move || path(|drawn| &drawn.measured) />
                    <path class="fitted-plot__was" d=move || path(|drawn| &drawn.was) />
                    <path class="fitted-plot__set" d=move || path(|drawn| &drawn.set) />
                </svg>
                <svg class="trend-plot__times" aria-hidden="true">
                    {times}
                </svg>
            </div>
            <figcaption class="trend-plot__caption">
                <p role="status">{summary}</p>
            </figcaption>
        </figure>
        <div class="fitted-plot__residuals">
            <NumberTable
                label="How far the model is off"
                heads=&["Signal", "Measurements", "Off as it is", "Off as set"]
            >
                {move || super::all(residuals.get().into_iter().map(row))}
            </NumberTable>
        </div>
    }
}
