//! The assets of a plan in the page: which are asked for, how they are, and what those in sight show.

use twin::id::AssetId;
use web_sys::Element;

use super::sheet;
use crate::{
    components::state_badge,
    live::{
        Live,
        ranking::{Class, urgency},
    },
    wording,
};

const NODE: &str = "[data-asset]";
const STATE: &str = ".plant-plan__state";

/// What stands for each asset, with its number in the plant's order.
pub struct Nodes(Vec<(Element, AssetId, usize)>);

impl Nodes {
    pub fn of(plan: &Element, live: Live) -> Nodes {
        let ids = live.asset_ids();
        let node = |node: Element| {
            let asset_id = AssetId::parse(&node.get_attribute("data-asset")?).ok()?;
            let number = ids.iter().position(|id| *id == asset_id)?;
            Some((node, asset_id, number))
        };
        let nodes = Nodes(sheet::all(plan, NODE).filter_map(node).collect());
        // One of them is reached by Tab; arrows lead to the others.
        for (link, place) in sheet::all(plan, &[NODE, " > a"].concat()).zip(0..) {
            link.set_attribute("tabindex", if place == 0 { "0" } else { "-1" }).ok();
        }
        nodes
    }

    /// Hides all but the chosen, and says of those that can be seen what is to be said now.
    pub fn show(&self, live: Live, chosen: &[usize]) {
        let mut is_chosen = vec![false; live.fleet(|fleet| fleet.order.len())];
        for number in chosen {
            if let Some(is_chosen) = is_chosen.get_mut(*number) {
                *is_chosen = true;
            }
        }
        let height = super::window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0);
        for (node, asset_id, number) in &self.0 {
            let is_hidden = !is_chosen.get(*number).copied().unwrap_or(false);
            if node.has_attribute("hidden") != is_hidden {
                node.toggle_attribute_with_force("hidden", is_hidden).ok();
            }
            // Boxes around it show how it is, wherever it stands.
            let class = live.read(asset_id, |asset, now| urgency(asset, now).class).unwrap_or(Class::Unknown);
            set(node, "data-state", class.name());
            let place = node.get_bounding_client_rect();
            if !is_hidden && place.bottom() > 0.0 && place.top() < height {
                fill(node, live, asset_id);
            }
        }
    }
}

fn fill(node: &Element, live: Live, asset_id: &AssetId) {
    live.read(asset_id, |asset, now| {
        if let Ok(Some(state)) = node.query_selector(STATE) {
            let words = state_badge::words(asset, asset.condition(now), now);
            if state.text_content().as_ref() != Some(&words) {
                state.set_text_content(Some(&words));
            }
        }
        sheet::fill(node, &|number| {
            let quantity = asset.model.quantities.get(number)?;
            let value = asset.reading(number, now).value();
            let text = wording::quantity(value, wording::decimals(quantity.range), &quantity.unit);
            Some((text, asset.side(number, now).is_some()))
        });
    });
}

fn set(node: &Element, name: &str, value: &str) {
    if node.get_attribute(name).as_deref() != Some(value) {
        node.set_attribute(name, value).ok();
    }
}
