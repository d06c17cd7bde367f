//! The plant: all that a page needs before the first frame.

use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Postcard},
};
use wire::view::PlantView;

use super::ApiError;

/// The plant as it stands now.
#[server(endpoint = "plant", input = GetUrl, output = Postcard)]
pub async fn plant() -> Result<PlantView, ApiError> {
    let services = expect_context::<services::Services>();
    super::say_store(&services);
    Ok(services.plant((services.clock)()).await?)
}
