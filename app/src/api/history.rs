//! The history of one signal, thinned to what a chart can show.

#[cfg(feature = "ssr")]
pub mod first;

use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Postcard},
};
use serde::{Deserialize, Serialize};
use twin::{Timestamp, id::AssetId};
use wire::view::HistoryView;

use super::ApiError;
use crate::live::Live;

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
    use twin::series::Point;
    let services = expect_context::<services::Services>();
    let asset_id = AssetId::parse(&asset).map_err(|_| ApiError::UnknownAsset(asset))?;
    let number = services.number(&asset_id)?;
    let Some(from) = services.store.ask(move |reader| reader.first(number)).await? else { return Ok(None) };
    let to = services.clocks.get(number).now((services.clock)());
    let history = services.history(&asset_id, quantity, from, to, strip::WIDTH as u32 / 4).await?;
    let points: Vec<Point> = history.points.iter().map(|point| Point { t: point.t, value: point.value }).collect();
    Ok(Some(Overview { from, to, path: strip::path(&points, Stretch::new(from, to)) }))
}

/// The chart of quantity number `quantity` around now as the server paints it, where it was asked for the page of that asset:
/// what is seen until there is a program that paints. As HTML; in the browser nothing.
pub fn first_picture(live: Live, asset_id: &AssetId, quantity: usize) -> String {
    #[cfg(feature = "ssr")]
    return first::picture(live, asset_id, quantity).unwrap_or_default();
    #[cfg(not(feature = "ssr"))]
    {
        let _ = (live, asset_id, quantity);
        String::new()
    }
}
