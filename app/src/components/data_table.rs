//! A table of facts in a box of its own that scrolls; rows that have a key can be chosen.

use leptos::prelude::*;
use wire::view::data::{Cell, Column, Look, Row, Table};

use super::{Correction, Instant};
use crate::live::Live;

#[component]
pub fn DataTable(live: Live, table: Table, correction: Correction) -> impl IntoView {
    let Table { caption, columns, rows, none, next } = table;
    let has_keys = rows.iter().any(|row| row.key.is_some());
    let numbers: Vec<bool> = columns.iter().map(|column| column.is_number).collect();
    let head = |column: Column| {
        view! {
            <th scope="col" class=column.is_number.then_some("data-table__number")>
                {column.title}
            </th>
        }
    };
    let (label, is_empty) = (caption.clone(), rows.is_empty());
    let row = |row: Row| {
        let choice = has_keys.then(|| view! { <td>{row.key.map(|key| choice(live, key, correction, &row))}</td> });
        let cells: Vec<_> = row.cells.into_iter().zip(&numbers).collect();
        let mut cells = cells.into_iter();
        let first = cells.next().map(|(cell, _)| {
            let class = class(&cell, false);
            view! {
                <th scope="row" class=class>
                    {inside(live, cell)}
                </th>
            }
        });
        let others = cells
            .map(|(cell, is_number)| {
                let class = class(&cell, *is_number);
                view! { <td class=class>{inside(live, cell)}</td> }
            })
            .collect_view();
        view! { <tr>{choice} {first} {others}</tr> }
    };
    view! {
        <div class="data-table" role="region" aria-label=label tabindex="0">
            <table>
                <caption>{caption}</caption>
                <thead hidden=is_empty>
                    <tr>
                        {has_keys.then(|| view! { <th scope="col">"Choose"</th> })}
                        {columns.into_iter().map(head).collect_view()}
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
            {is_empty.then(|| view! { <p class="data-table__none">{none}</p> })}
            {next.map(|href| view! { <p class="data-table__next"><a href=href>"Older ones"</a></p> })}
        </div>
    }
}

fn choice(live: Live, key: i64, correction: Correction, row: &Row) -> impl IntoView + use<> {
    let of = row.cells.first().map(|cell| cell.text.clone()).unwrap_or_default();
    view! {
        <input
            type="checkbox"
            class="data-table__choice"
            aria-label=format!("Item {key}, {of}")
            disabled=move || !live.is_mounted.get()
            prop:checked=move || correction.chosen.with(|chosen| chosen.contains(&key))
            on:change=move |_| correction.toggle(key)
        />
    }
}

fn class(cell: &Cell, is_number: bool) -> &'static str {
    match (cell.look, is_number) {
        (Look::Plain, false) => "",
        (Look::Plain, true) => "data-table__number",
        (Look::Code, _) => "data-table__code",
        (Look::Muted, false) => "data-table__muted",
        (Look::Muted, true) => "data-table__number data-table__muted",
        (Look::Warn, false) => "data-table__warn",
        (Look::Warn, true) => "data-table__number data-table__warn",
        (Look::Alarm, _) => "data-table__alarm",
    }
}

fn inside(live: Live, cell: Cell) -> impl IntoView {
    let Cell { text, t, link, look } = cell;
    let instant = t.map(|t| view! { <Instant live t /> });
    let text = match (link, look) {
        (Some(link), _) => view! { <a href=link>{text}</a> }.into_any(),
        (None, Look::Code) => view! { <code>{text}</code> }.into_any(),
        (None, _) => text.into_any(),
    };
    view! {
        {instant}
        {text}
    }
}
