//! Key figures, worded and rendered by the server: their page needs no script, and nothing of it crosses to the wasm.

#[cfg(feature = "ssr")]
mod words;

/// The page of key figures for the `search` of its address at the wall clock's `now`, as HTML.
#[cfg(feature = "ssr")]
pub async fn content(
    services: &services::Services,
    search: &str,
    now: twin::Timestamp,
) -> Result<String, services::StoreError> {
    use leptos::prelude::*;
    let address = words::Address::read(search);
    let report = services::kpi::gather(services, &address.question, now).await?;
    let figures = words::figures(services, &report, &address);
    Ok(view! { <crate::components::FigureSheet figures /> }.to_html())
}
