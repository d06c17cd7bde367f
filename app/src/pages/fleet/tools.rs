//! What narrows a fleet down, listened to: what is asked goes into the address, and the address asks.

use std::time::Duration;

use leptos::{html, leptos_dom::helpers::TimeoutHandle, prelude::*};

use crate::browser;

/// Keys in a row are one question.
const KEYS: Duration = Duration::from_millis(250);

/// `html` as `fleet_tools` has it; whoever looks at the fleet keeps what stands in `place` up to date.
#[component]
pub fn Tools(place: NodeRef<html::Div>, html: String) -> impl IntoView {
    let later = StoredValue::new(None::<TimeoutHandle>);
    on_cleanup(move || {
        later.try_update_value(Option::take).flatten().inspect(TimeoutHandle::clear);
    });
    let ask_for = move |event: leptos::ev::Event| {
        let pause = if browser::address::is_typed(&event) { KEYS } else { Duration::ZERO };
        // What is asked is read when it is asked: a place may have been chosen meanwhile.
        let ask = move || {
            if let Some(address) = browser::address::asked_by(&event) {
                browser::address::replace(&address);
            }
        };
        let next = set_timeout_with_handle(ask, pause).ok();
        later.update_value(|later| {
            std::mem::replace(later, next).inspect(TimeoutHandle::clear);
        });
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        ask_for(event.into());
    };
    view! {
        <div
            class="fleet-page__tools"
            node_ref=place
            inner_html=html
            on:input=ask_for
            on:submit=submit
        ></div>
    }
}
