//! What needs attention, the dearest first; one calm line where nothing does.

use leptos::prelude::*;

use crate::figures::Attention;

#[component]
pub fn AttentionList(attention: Vec<Attention>, calm: String) -> impl IntoView {
    let is_calm = attention.is_empty();
    let item = |Attention { text, link, money }: Attention| {
        view! {
            <li>
                <a href=link>{text}</a>
                <strong class="attention-list__money">{money}</strong>
            </li>
        }
    };
    view! {
        <section class="attention-list" aria-labelledby="attention-title">
            <h2 id="attention-title">"What needs attention"</h2>
            {is_calm.then(|| view! { <p>{calm}</p> })}
            <ol hidden=is_calm>{attention.into_iter().map(item).collect_view()}</ol>
        </section>
    }
}
