//! The history of one signal, thinned to what a chart can show.

use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Postcard},
};
use wire::view::HistoryView;

use super::ApiError;

/// The samples of signal number `signal` between two instants in microseconds.
// Postcard, since a value must come to the bit, and text does not promise that.
#[server(endpoint = "history", input = GetUrl, output = Postcard)]
pub async fn history(
    asset: String,
    signal: u16,
    from_micros: i64,
    to_micros: i64,
    width_px: u32,
) -> Result<HistoryView, ApiError> {
    use twin::{Timestamp, id::AssetId};
    let services = expect_context::<services::Services>();
    super::say_store(&services);
    let asset_id = AssetId::parse(&asset).map_err(|_| ApiError::UnknownAsset(asset))?;
    Ok(services.history(&asset_id, signal, Timestamp(from_micros), Timestamp(to_micros), width_px.min(4_096)).await?)
}
