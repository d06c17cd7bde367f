//! The history of one signal, thinned to what a chart can show.

use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Postcard},
};
use serde::{Deserialize, Serialize};
use twin::Timestamp;
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
    use twin::id::AssetId;
    let services = expect_context::<services::Services>();
    super::say_store(&services);
    let asset_id = AssetId::parse(&asset).map_err(|_| ApiError::UnknownAsset(asset))?;
    Ok(services.history(&asset_id, signal, Timestamp(from_micros), Timestamp(to_micros), width_px.min(4_096)).await?)
}

/// All that is kept of a signal, as a line in a small picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    pub from: Timestamp,
    pub to: Timestamp,
    /// As `plot::strip` draws it.
    pub path: String,
}

/// The whole history of quantity number `quantity`, from the asset's first entry until now; without a line where it is not
/// measured. `None` for an asset of which nothing is kept.
#[server(endpoint = "overview", input = GetUrl, output = Postcard)]
pub async fn whole(asset: String, quantity: u16) -> Result<Option<Overview>, ApiError> {
    use crate::{live::stretch::Stretch, plot::strip};
    use twin::{id::AssetId, series::Point};
    let services = expect_context::<services::Services>();
    let asset_id = AssetId::parse(&asset).map_err(|_| ApiError::UnknownAsset(asset))?;
    let number = services.number(&asset_id)?;
    let Some(from) = services.store.ask(move |reader| reader.first(number)).await? else { return Ok(None) };
    let to = services.clocks.get(number).now((services.clock)());
    let history = services.history(&asset_id, quantity, from, to, strip::WIDTH as u32 / 4).await?;
    let points: Vec<Point> = history.points.iter().map(|point| Point { t: point.t, value: point.value }).collect();
    Ok(Some(Overview { from, to, path: strip::path(&points, Stretch::new(from, to)) }))
}
