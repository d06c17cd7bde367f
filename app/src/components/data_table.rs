//! A table of facts in a box of its own that scrolls; rows that have a key can be chosen for the correction form.

use leptos::prelude::*;
use twin::Timestamp;

use super::correction_form::FORM;
use crate::{
    sheet::{Cell, Column, Look, Row, Table},
    wording,
};

#[component]
pub fn DataTable(table: Table) -> impl IntoView {
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
        let choice = has_keys.then(|| view! { <td>{row.key.map(|key| choice(key, &row))}</td> });
        let cells = row.cells.into_iter().enumerate().map(|(place, cell)| {
            let class = class(&cell, numbers.get(place) == Some(&true));
            if place == 0 {
                view! {
                    <th scope="row" class=class>
                        {inside(cell)}
                    </th>
                }
                .into_any()
            } else {
                view! { <td class=class>{inside(cell)}</td> }.into_any()
            }
        });
        view! { <tr>{choice} {cells.collect_view()}</tr> }
    };
    let rows = rows.into_iter().map(row).collect_view();
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
                <tbody>{rows}</tbody>
            </table>
            {is_empty.then(|| view! { <p class="data-table__none">{none}</p> })}
            {next.map(|href| view! { <p class="data-table__next"><a href=href>"Older ones"</a></p> })}
        </div>
    }
}

fn choice(key: i64, row: &Row) -> impl IntoView + use<> {
    let of = row.cells.first().map(|cell| cell.text.clone()).unwrap_or_default();
    view! {
        <input
            type="checkbox"
            class="data-table__choice"
            name="key"
            value=key.to_string()
            form=FORM
            autocomplete="off"
            aria-label=format!("Item {key}, {of}")
        />
    }
}

fn class(cell: &Cell, is_number: bool) -> String {
    let look = match cell.look {
        Look::Plain => "",
        Look::Code => "data-table__code",
        Look::Muted => "data-table__muted",
        Look::Warn => "data-table__warn",
        Look::Alarm => "data-table__alarm",
    };
    if is_number { format!("data-table__number {look}") } else { look.to_owned() }
}

fn inside(cell: Cell) -> impl IntoView {
    let Cell { text, t, link, look } = cell;
    if let Some(t) = t {
        return instant(t).into_any();
    }
    match (link, look) {
        (Some(link), _) => {
            // What is indented is not underlined from the edge on.
            let name = text.trim_start_matches('\u{2003}').to_owned();
            let indent = text[..text.len() - name.len()].to_owned();
            view! {
                {indent}
                <a href=link>{name}</a>
            }
            .into_any()
        }
        (None, Look::Code) => view! { <code>{text}</code> }.into_any(),
        (None, _) => text.into_any(),
    }
}

/// An instant in UTC; the browser writes it as its user does.
pub fn instant(t: Timestamp) -> impl IntoView {
    let iso = wording::iso_instant(t);
    let title = iso.clone();
    view! {
        <time class="instant" data-micros=t.0.to_string() title=title>
            {iso}
        </time>
    }
}
