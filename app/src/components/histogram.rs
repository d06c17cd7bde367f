//! How the members of the futures are spread: over when they first meet something, or over where a quantity ends.

mod picture;

use std::{cell::RefCell, rc::Rc};

use leptos::{
    html::{Canvas, Details},
    prelude::*,
};
use twin::{id::AssetId, whatif::Met};

use self::picture::Picture;
use crate::{
    browser::easel::Easel,
    live::{Live, asset::LiveAsset, hint},
};

#[component]
pub fn Histogram(live: Live, asset_id: AssetId, shown: Signal<usize>) -> impl IntoView {
    let chosen = RwSignal::new(None::<usize>);
    let id = asset_id.clone();
    let picture = Memo::new(move |_| {
        let (chosen, shown) = (chosen.get(), shown.get());
        live.watch(&id, |asset, now| Picture::of(asset, asset.shown_now(now), chosen, shown)).flatten()
    });
    let conditions = |asset: &LiveAsset| {
        let all = 0..asset.model.failures.len() + asset.model.limits.len();
        all.map(|number| hint::what(Met::of(&asset.model, number), &asset.model)).collect::<Vec<String>>()
    };
    let conditions = live.read(&asset_id, |asset, _| conditions(asset)).unwrap_or_default();
    let last = conditions.len();
    let id = asset_id.clone();
    let ending = move || {
        let title = |asset: &LiveAsset| asset.model.quantities.get(shown.get()).map(|quantity| quantity.title.clone());
        let title = live.read(&id, |asset, _| title(asset)).flatten().unwrap_or_default();
        format!("{title}, where the forecast ends")
    };

    let canvas = NodeRef::<Canvas>::new();
    // Owned by the effects alone: the server makes none.
    let easel: Rc<RefCell<Option<Rc<Easel>>>> = Rc::default();
    let of_canvas = easel.clone();
    Effect::new(move |_| {
        if let Some(canvas) = canvas.get() {
            of_canvas.replace(Some(Easel::start(asset_id.clone(), canvas)));
        }
    });
    Effect::new(move |_| {
        let own = picture.with(|picture| picture.as_ref().and_then(|picture| picture.histogram.clone()));
        if let (Some(_), Some(easel)) = (canvas.get(), easel.borrow().as_ref()) {
            easel.show(own);
        }
    });

    let is_of = move |number: usize| picture.with(|picture| picture.as_ref().map_or(last, |own| own.of) == number);
    let option = |(number, name): (usize, String)| {
        view! {
            <option value=number.to_string() selected=move || is_of(number)>
                {name}
            </option>
        }
    };
    let choose = move |event: leptos::ev::Event| chosen.set(event_target_value(&event).parse().ok());
    let labels = move |axis: usize| {
        let labels = picture.with(|picture| picture.as_ref().map(Picture::labels)).unwrap_or_default();
        let [shares, values] = labels;
        let text = move |(place, label): (String, String)| {
            let (x, y, anchor) =
                if axis == 0 { ("100%".to_string(), place, "end") } else { (place, "0.6em".to_string(), "middle") };
            view! {
                <text x=x y=y dy="0.32em" text-anchor=anchor>
                    {label}
                </text>
            }
        };
        super::all(if axis == 0 { shares } else { values }.into_iter().map(text))
    };
    let said = move |future: usize| {
        picture.with(|picture| picture.as_ref().and_then(|own| own.said[future].clone()).unwrap_or_default())
    };

    let details = NodeRef::<Details>::new();
    let is_open = RwSignal::new(false);
    let rows = move || {
        let row = |[what, baseline, scenario]: [String; 3]| {
            view! {
                <tr>
                    <th scope="row">{what}</th>
                    <td>{baseline}</td>
                    <td>{scenario}</td>
                </tr>
            }
        };
        let rows = if is_open.get() { picture.with(|own| own.as_ref().map(Picture::rows)) } else { None };
        super::all(rows.unwrap_or_default().into_iter().map(row))
    };
    let is_bare = move || picture.with(|own| own.as_ref().is_none_or(|own| own.histogram.is_none()));
    view! {
        <figure class="histogram" hidden=move || picture.with(Option::is_none)>
            <label class="histogram__choice">
                "How the members are spread "
                <select on:change=choose>
                    {super::all(conditions.into_iter().enumerate().map(option))}
                    <option value=last.to_string() selected=move || is_of(last)>
                        {ending}
                    </option>
                </select>
            </label>
            <div class="histogram__area" hidden=is_bare>
                <svg class="histogram__labels" aria-hidden="true">
                    {move || labels(0)}
                </svg>
                <canvas class="histogram__canvas" node_ref=canvas aria-hidden="true"></canvas>
                <svg class="histogram__labels histogram__labels--values" aria-hidden="true">
                    {move || labels(1)}
                </svg>
            </div>
            <figcaption class="histogram__said">
                <p>{move || said(0)}</p>
                <p class="histogram__simulated">{move || said(1)}</p>
            </figcaption>
            <details
                class="fold histogram__table"
                node_ref=details
                on:toggle=move |_| is_open.set(details.get_untracked().is_some_and(|details| details.open()))
            >
                <summary>"Members as a table"</summary>
                <div class="histogram__scroll">
                    <table>
                        <caption>"Shares of all members"</caption>
                        <thead>
                            <tr>
                                <th scope="col">
                                    {move || picture.with(|own| own.as_ref().map(|own| own.head.clone()))}
                                </th>
                                <th scope="col">"As it is"</th>
                                <th scope="col">"Simulation"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </details>
        </figure>
    }
}
