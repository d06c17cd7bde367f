//! What was proposed for the model of an asset and what became of it, worded by the server.

#[cfg(feature = "ssr")]
mod courses;
#[cfg(feature = "ssr")]
mod words;

use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Postcard},
};

use super::ApiError;

/// The last proposals, newest first, each with what there is to be done about it; and how the parameters went. As HTML.
#[server(endpoint = "calibrations", input = GetUrl, output = Postcard)]
pub async fn proposals(asset: String) -> Result<String, ApiError> {
    let services = expect_context::<services::Services>();
    let number = services.catalog.number(&asset).ok_or(ApiError::UnknownAsset(asset))?;
    Ok(words::list(&services, number).await?)
}
