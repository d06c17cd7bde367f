//! The data page: what it tells, and what is done from it with refused items.

#[cfg(feature = "ssr")]
mod order;
#[cfg(feature = "ssr")]
mod words;

use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Json},
};
use wire::view::data::{DataView, Order, Outcome};

use super::ApiError;

/// All that the data page tells for the `search` of its address.
#[server(endpoint = "data", input = GetUrl)]
pub async fn data(search: String) -> Result<DataView, ApiError> {
    let services = expect_context::<services::Services>();
    let address = words::Address::read(&search);
    let report = services::report::gather(&services, address.question(), (services.clock)()).await?;
    Ok(words::view(&services, &report, &address))
}

/// Previews a correction of refused items, takes them in, or dismisses them.
#[server(endpoint = "quarantine", input = Json)]
pub async fn correct(order: Order) -> Result<Outcome, ApiError> {
    let services = expect_context::<services::Services>();
    Ok(order::carry_out(&services, order).await?)
}
