//! What happened to an asset over a stretch of time, to be marked on its charts.

#[cfg(feature = "ssr")]
mod words;

use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Postcard},
};
use wire::view::FlagView;

use super::ApiError;

/// The last flags between two instants in microseconds, in order of time: what was told of the asset, and what was noticed
/// in the data of its quantity number `quantity`; of one that is not measured, in the data of all its signals.
#[server(endpoint = "flags", input = GetUrl, output = Postcard)]
pub async fn flags(asset: String, quantity: u16, from_micros: i64, to_micros: i64) -> Result<Vec<FlagView>, ApiError> {
    use twin::Timestamp;
    let services = expect_context::<services::Services>();
    let number = services.catalog.number(&asset).ok_or(ApiError::UnknownAsset(asset))?;
    Ok(words::flags(&services, number, quantity, (Timestamp(from_micros), Timestamp(to_micros))).await?)
}
