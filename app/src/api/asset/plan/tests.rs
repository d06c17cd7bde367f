//! The plan of a small plant, as the server draws it.

use twin::{Clock, Timestamp};
use wire::{
    StoreId,
    frame::Latest,
    view::{AssetView, PlantView},
};

use super::*;

const PLANT: &str = r#"
title = "Water works"
[[asset]]
id = "tank"
title = "Tank <1>"
model = "water-loop"
path = "north/hall 2"
[[asset]]
id = "loop"
title = "Loop"
model = "water-loop"
path = "north/hall 1"
feeds = ["pump", "tank"]
[[asset]]
id = "yard"
title = "Yard pump"
model = "centrifugal-pump"
[[asset]]
id = "valve"
title = "Valve"
model = "centrifugal-pump"
path = "north/hall 1"
[[asset]]
id = "pump"
title = "Pump"
model = "centrifugal-pump"
path = "north/hall 1"
"#;

fn drawn() -> String {
    let models = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/models");
    let catalog =
        Catalog::parse(PLANT, |name| std::fs::read_to_string(format!("{models}/{name}.toml"))).expect("it is in order");
    let now = Timestamp(1_000_000);
    let latest = Latest { signal: 0, t: now, value: 50.0, quality: twin::entry::Quality::Good };
    let view = |(number, asset): (usize, &Asset)| AssetView {
        id: asset.id.clone(),
        title: asset.title.clone(),
        path: asset.path.clone(),
        zone: String::new(),
        simulated: false,
        badge: String::new(),
        clock: Clock::Wall,
        model: number as u16,
        seq: 1,
        latest: if asset.id.as_str() == "loop" { vec![latest] } else { Vec::new() },
        events: Vec::new(),
        courses: Vec::new(),
        found: None,
        silent_after: None,
        kinds: Default::default(),
    };
    let plant = PlantView {
        title: catalog.title.clone(),
        now,
        models: catalog.assets().iter().map(|asset| asset.model.pack()).collect(),
        assets: catalog.assets().iter().enumerate().map(view).collect(),
        store_id: StoreId([0; 16]),
    };
    html(&catalog, plant)
}

#[test]
fn places_are_boxes_in_boxes_and_what_is_fed_follows_what_feeds_it() {
    let html = drawn();
    let places = ["data-asset=\"yard\"", "<h2>north</h2>", "<h3>hall 2</h3>", "data-asset=\"tank\"", "<h3>hall 1</h3>"];
    let assets = ["data-asset=\"loop\"", "data-asset=\"pump\"", "data-asset=\"valve\""];
    let found: Vec<usize> = places.iter().chain(&assets).map(|text| html.find(text).expect(text)).collect();
    assert!(found.is_sorted(), "{found:?}");
    assert!(
        html.contains("Feeds <span><a href=\"/assets/pump\">Pump</a>, <a href=\"/assets/tank\">Tank &lt;1&gt;</a>")
    );
    assert_eq!(html.matches("<ul").count(), html.matches("</ul>").count());
    assert_eq!(html.matches("<li").count(), html.matches("</li>").count());
    assert!(!html.contains("Tank <1>"));
}

#[test]
fn an_asset_of_parts_shows_them_and_what_they_give_each_other() {
    let html = drawn();
    let of_loop = &html[html.find("data-asset=\"loop\"").unwrap()..html.find("data-asset=\"pump\"").unwrap()];
    for said in [
        "data-state=\"unknown\"",
        ">Motor</span>",
        ">Pump</span>",
        "to Pump: </span>",
        "from Pump: </span>",
        "Speed",
        "Load torque",
    ] {
        assert!(of_loop.contains(said), "{said}: {of_loop}");
    }
    let of_valve = &html[html.find("data-asset=\"valve\"").unwrap()..];
    assert!(of_valve.contains("No data yet") && !of_valve.contains("plant-plan__parts"), "{of_valve}");
}
