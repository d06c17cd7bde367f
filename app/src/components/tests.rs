//! Components as the server renders them.

use leptos::prelude::*;
use twin::{Clock, Model, Timestamp, entry::Quality, id::AssetId, time::Replay};
use wire::{
    frame::Latest,
    view::{AssetView, PlantView},
};

use super::{AssetTile, Sparkline};
use crate::{figures::Past, live::Live};

fn plant() -> PlantView {
    let start = Timestamp(1_207_141_697_000_000);
    let replay =
        Replay { wall: start, asset: start, rate: 60.0, recorded: start, end: Timestamp(start.0 + 3_600_000_000) };
    let asset = AssetView {
        id: AssetId::parse("cell").unwrap(),
        title: "Cell".into(),
        path: "lab/bench".into(),
        zone: String::new(),
        simulated: false,
        badge: "charging left out".into(),
        clock: Clock::Replay(replay),
        model: 0,
        seq: 1,
        latest: vec![Latest { signal: 1, t: start, value: 2.9, quality: Quality::Good }],
        courses: Vec::new(),
        found: None,
        silent_after: None,
        kinds: Default::default(),
        events: Vec::new(),
    };
    PlantView {
        title: "Plant".into(),
        now: Timestamp(start.0 + 1_000_000),
        models: vec![Model::parse(include_str!("../../../server/models/li-ion-cell.toml")).unwrap().pack()],
        assets: vec![asset],
        store_id: wire::StoreId([0; 16]),
    }
}

fn tile(owner: &Owner) -> String {
    owner.with(|| {
        let live = Live::new(plant());
        let asset_id = live.asset_ids().remove(0);
        view! { <AssetTile live asset_id /> }.to_html()
    })
}

#[test]
fn a_tile_says_all_there_is_before_any_script_runs() {
    let owner = Owner::new();
    let html = tile(&owner);
    for said in [
        "Cell",
        "lab / bench",
        "2.900",
        "Terminal voltage below normal",
        "1 min ago",
        "replay \u{d7}60, recorded 2008-04-02",
        "charging left out",
    ] {
        assert!(html.contains(said), "`{said}` is not in {html}");
    }
    assert!(!html.contains("style="), "a strict policy allows no styles inside of elements: {html}");
}

#[test]
fn what_one_thread_of_the_server_rendered_another_may_drop() {
    let owner = Owner::new();
    let html = tile(&owner);
    assert!(html.contains("canvas"));
    assert!(std::thread::spawn(move || drop(owner)).join().is_ok());
}

#[test]
fn a_sparkline_is_broken_where_nothing_is_known_and_marks_its_end_and_what_misses_the_target() {
    let values = vec![None, Some(90.0), Some(100.0), None, Some(95.0), None, Some(98.0), Some(99.0)];
    let misses = vec![false, true, false, false, true, false, false, false];
    let past = Past { values, misses, target: Some(98.0), said: "The last 7 weeks.".into() };
    let html = view! { <Sparkline past /> }.to_html();
    for said in [
        r#"role="img" class="sparkline"><title>The last 7 weeks."#,
        // The least value stands at the bottom, the most at the top; one alone is a point.
        r#"<path d="M16.6 24L29.1 4M54.3 14h0M79.4 8L92 6""#,
        r#"<line x1="0" y1="8" x2="96" y2="8""#,
        r#"cx="16.6" cy="24" r="1.75" class="sparkline__mark sparkline__mark--missed""#,
        r#"cx="92" cy="6" r="2.75" class="sparkline__mark""#,
    ] {
        assert!(html.contains(said), "`{said}` is not in {html}");
    }
    assert_eq!(html.matches("<circle").count(), 3);
}

#[test]
fn what_never_changes_is_a_line_in_the_middle() {
    let past = Past { values: vec![Some(1.0); 8], misses: vec![false; 8], ..Past::default() };
    let html = view! { <Sparkline past /> }.to_html();
    assert!(html.contains("M4 14L16.6 14") && !html.contains("sparkline__target"), "{html}");
}
