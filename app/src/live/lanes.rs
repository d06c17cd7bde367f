//! What a page of trends compares: quantities of any assets, in order, as its address has them.

use twin::id::AssetId;

use super::Live;

/// More charts than this are looked at by nobody.
pub const MOST: usize = 12;
/// Between an asset and its quantity, and between two lanes: signs that an address need not hide and no name holds.
const OF: &str = "*";
const NEXT: &str = "**";

/// One quantity of one asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    pub asset_id: AssetId,
    /// Its number in the asset's model.
    pub quantity: usize,
}

/// The lanes that an address names, each once and no more than `MOST`; what the plant does not have is left out.
pub fn read(live: Live, text: &str) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = Vec::new();
    for lane in text.split(NEXT).filter_map(|named| lane(live, named)) {
        if lanes.len() < MOST && !lanes.contains(&lane) {
            lanes.push(lane);
        }
    }
    lanes
}

fn lane(live: Live, named: &str) -> Option<Lane> {
    let (asset, name) = named.split_once(OF)?;
    let asset_id = AssetId::parse(asset).ok()?;
    let quantity =
        live.read(&asset_id, |asset, _| asset.model.quantities.iter().position(|own| own.name == name))??;
    Some(Lane { asset_id, quantity })
}

/// How many of what an address names the plant does not have.
pub fn unknown(live: Live, text: &str) -> usize {
    text.split(NEXT).filter(|named| !named.is_empty() && lane(live, named).is_none()).count()
}

/// The lanes as an address has them; `None` for none.
pub fn write(live: Live, lanes: &[Lane]) -> Option<String> {
    let name = |lane: &Lane| {
        let of = |asset: &super::asset::LiveAsset| Some(asset.model.quantities.get(lane.quantity)?.name.clone());
        Some(format!("{}{OF}{}", lane.asset_id, live.read(&lane.asset_id, |asset, _| of(asset))??))
    };
    let named: Vec<String> = lanes.iter().filter_map(name).collect();
    (!named.is_empty()).then(|| named.join(NEXT))
}
