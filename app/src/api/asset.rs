//! What of an asset only the server knows: how it is put together, and where each of its numbers comes from.

#[cfg(feature = "ssr")]
mod origin;
#[cfg(feature = "ssr")]
mod plan;
#[cfg(feature = "ssr")]
mod sketch;

use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Postcard},
};

use wire::view::EventView;

use super::ApiError;

/// Where the quantity called `of` comes from; without a name, how the asset works. As HTML.
#[server(endpoint = "asset", input = GetUrl, output = Postcard)]
pub async fn told(asset: String, of: String) -> Result<String, ApiError> {
    let services = expect_context::<services::Services>();
    let number = services.catalog.number(&asset).ok_or(ApiError::UnknownAsset(asset))?;
    if of.is_empty() {
        return Ok(sketch::svg(&services.catalog.assets()[number]));
    }
    let (table, link) = origin::of(&services, number, &of).await?;
    let note = link.map(|href| view! { <p><a rel="external" href=href>"This entry among the others"</a></p> });
    Ok(view! { <crate::components::DataTable table /> {note} }.to_html())
}

/// The events of an asset before entry `seq` that were still open at an instant in microseconds, and the newest few, newest
/// first.
#[server(endpoint = "events", input = GetUrl, output = Postcard)]
pub async fn events_before(asset: String, seq: u64, at_micros: i64) -> Result<Vec<EventView>, ApiError> {
    let services = expect_context::<services::Services>();
    let number = services.catalog.number(&asset).ok_or(ApiError::UnknownAsset(asset))?;
    let at = twin::Timestamp(at_micros);
    let open = services.kpis.open(number, at, seq);
    Ok(services.store.ask(move |reader| reader.events_before(number, seq, at, &open)).await?)
}

/// The whole plant as a plan: where its assets stand, what they are put together from, what they feed, how they are. As HTML.
#[server(endpoint = "plan", input = GetUrl, output = Postcard)]
pub async fn plan() -> Result<String, ApiError> {
    let services = expect_context::<services::Services>();
    super::say_store(&services);
    Ok(plan::html(&services.catalog, services.plant((services.clock)()).await?))
}
