//! The data page, worded and rendered by the server; and what is done from it with refused items.

#[cfg(feature = "ssr")]
mod correction;
#[cfg(feature = "ssr")]
pub(in crate::api) mod words;

use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Postcard},
};
use serde::{Deserialize, Serialize};

use super::ApiError;

/// The data page for the `search` of its address, as HTML.
#[server(endpoint = "data", input = GetUrl, output = Postcard)]
pub async fn data(search: String) -> Result<String, ApiError> {
    let services = expect_context::<services::Services>();
    let address = words::Address::read(&search);
    let report = services::report::gather(&services, address.question(), (services.clock)()).await?;
    let sheet = words::sheet(&services, &report, &address);
    Ok(view! { <crate::components::DataSheet sheet /> }.to_html())
}

/// What came of a correction, or would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub said: String,
    /// What becomes of each item, as HTML.
    pub items: String,
    /// Whether it was a preview that can be carried out.
    pub is_preview: bool,
}

/// Previews a correction of refused items, takes them in, or dismisses them; `fields` are those of the form.
#[server(endpoint = "quarantine", input = Postcard, output = Postcard)]
pub async fn correct(fields: Vec<(String, String)>) -> Result<Outcome, ApiError> {
    let services = expect_context::<services::Services>();
    let (said, items, is_preview) = correction::carry_out(&services, &correction::Form(fields)).await?;
    let items = items.map(|table| view! { <crate::components::DataTable table /> }.to_html()).unwrap_or_default();
    Ok(Outcome { said, items, is_preview })
}
