//! Whether the data can be trusted. The server renders the sheet; here it is only put up to date and listened to.

use std::time::Duration;

use codee::binary::PostcardCodec;
use leptos::{html, prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use super::{Trouble, WithPlant};
use crate::{api, browser};

const REFRESH_EVERY: Duration = Duration::from_secs(5);

#[component]
pub fn DataPage() -> impl IntoView {
    let search = use_location().search;
    let first: Resource<_, PostcardCodec> =
        Resource::new_with_options(|| (), move |()| api::data::data(search.get_untracked()), false);
    let sheet = NodeRef::<html::Div>::new();
    let trouble = RwSignal::new(None::<String>);
    let refresh = move || {
        let asked = search.get_untracked();
        spawn_local(async move {
            let answer = api::data::data(asked.clone()).await;
            // The page may be another one by now, or be gone.
            let Some(sheet) = sheet.try_get_untracked().flatten() else { return };
            match answer {
                Ok(html) if asked == search.get_untracked() => {
                    browser::sheet::refresh(&sheet, &html);
                    trouble.set(None);
                }
                Ok(_) => {}
                Err(error) => trouble.set(Some(format!("What is shown is old. {error}"))),
            }
        });
    };
    let correct = move |event: &leptos::ev::MouseEvent| {
        let Some(sheet) = sheet.get_untracked() else { return };
        let Some(mut fields) = browser::sheet::asked(&sheet, event) else { return };
        fields.push(("search".to_string(), search.get_untracked()));
        let is_change = fields.first().is_some_and(|(_, step)| step != "preview");
        browser::sheet::tell(&sheet, "Asking the server\u{2026}", "", false);
        spawn_local(async move {
            match api::data::correct(fields).await {
                Ok(outcome) => {
                    browser::sheet::tell(&sheet, &outcome.said, &outcome.items, outcome.is_preview);
                    if is_change {
                        browser::sheet::choose_none(&sheet);
                        refresh();
                    }
                }
                Err(error) => browser::sheet::tell(&sheet, &error.to_string(), "", false),
            }
        });
    };
    Effect::new(move |is_known: Option<bool>| {
        search.track();
        match sheet.get() {
            Some(sheet) if is_known != Some(true) => {
                browser::sheet::write_instants(&sheet);
                true
            }
            Some(_) => {
                refresh();
                true
            }
            None => false,
        }
    });
    Effect::new(move |_| browser::frame::every_while_shown(REFRESH_EVERY, refresh));
    view! {
        <Title text="Data" />
        <WithPlant page=move |_| {
            view! {
                <div class="data-page">
                    <h1>"Data"</h1>
                    {move || {
                        trouble.get().map(|text| view! { <p class="notice notice--trouble" role="alert">{text}</p> })
                    }}
                    <Suspense fallback=|| view! { <p class="notice" role="status">"Asking about the data\u{2026}"</p> }>
                        {move || Suspend::new(async move {
                            match first.await {
                                Ok(html) => {
                                    view! {
                                        <div
                                            class="data-sheet"
                                            node_ref=sheet
                                            inner_html=html
                                            on:click=move |event| correct(&event)
                                            on:input=move |_| {
                                                if let Some(sheet) = sheet.get_untracked() {
                                                    browser::sheet::allow_taking_in(&sheet, false);
                                                }
                                            }
                                        ></div>
                                    }
                                        .into_any()
                                }
                                Err(error) => view! { <Trouble error /> }.into_any(),
                            }
                        })}
                    </Suspense>
                </div>
            }
        } />
    }
}
