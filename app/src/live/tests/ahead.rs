//! What is ahead of an asset, as a page shows it.

use twin::Span;

use super::{Server, asset, asset_id};
use crate::live::{
    asset::LiveAsset,
    crew,
    fleet::Fleet,
    outlook::{Meeting, Studied},
};

#[test]
fn a_long_silence_is_looked_beyond_once_and_not_at_every_frame() {
    let server = Server::keeping(60);
    let mut fleet = Fleet::of(server.plant(200));
    fleet.apply(server.checkpoint(200));
    let asset = fleet.asset_mut(&asset_id()).unwrap();
    let later = server.now() + Span(30 * Span::DAY.0);
    asset.look_ahead(later);
    assert!(!asset.outlook_is_old(later + Span::DAY));
}

#[test]
fn both_futures_start_from_one_state_and_part_where_something_is_changed() {
    let server = Server::keeping(60);
    let mut fleet = Fleet::of(server.plant(200));
    fleet.apply(server.checkpoint(200));
    fleet.apply(server.samples(201, 240));
    let now = server.now();
    let asset = fleet.asset_mut(&asset_id()).unwrap();
    assert!(asset.outlook_is_old(now));
    asset.look_ahead(now);
    assert!(!asset.outlook_is_old(now));
    let load = asset.model.sliders.iter().position(|slider| slider.name == "load").unwrap();
    let moved = Studied { scenario: twin::Scenario { sliders: vec![(load as u16, 1.4)] }, kept: Vec::new() };
    asset.study(Some(moved), now);
    let outlook = asset.outlook.as_ref().unwrap();
    let scenario = outlook.scenario.as_ref().unwrap();
    assert_eq!(outlook.baseline.times, scenario.times);
    let hot_spot = asset.model.headline;
    let ends = |projection: &twin::Projection| projection.bands[hot_spot].last().unwrap().mid;
    assert!(ends(scenario) > ends(&outlook.baseline) + 5.0);
    asset.study(Some(Studied::default()), now);
    assert!(asset.outlook.as_ref().unwrap().scenario.is_none());
}

#[test]
fn an_asset_says_which_normal_band_it_leaves_next_and_when() {
    let server = Server::keeping(60);
    let mut fleet = Fleet::of(server.plant(200));
    fleet.apply(server.checkpoint(200));
    let now = server.now();
    let asset = fleet.asset_mut(&asset_id()).unwrap();
    asset.look_ahead(now);
    let hot_spot = asset.model.headline;
    assert_eq!(asset.next_limit(hot_spot, now), None);
    let failures = asset.model.failures.len();
    let upper =
        asset.model.limits.iter().position(|own| usize::from(own.quantity) == hot_spot && own.is_upper).unwrap();
    let first = &mut asset.outlook.as_mut().unwrap().baseline.crossings[failures + upper].first;
    let met = first.len() / 2 + 1;
    first[..met].fill(Some(now + Span::HOUR));
    let meeting = Meeting::In { mid: Span::HOUR, low: Span::HOUR, high: None };
    assert_eq!(asset.next_limit(hot_spot, now), Some((true, meeting)));
    assert_eq!(asset.next_limit(0, now), None, "another quantity");
}

#[test]
fn a_twin_says_how_often_its_band_held() {
    let server = Server::keeping(60);
    let mut fleet = Fleet::of(server.plant(200));
    assert_eq!(asset(&fleet).confidence(), None);
    fleet.apply(server.checkpoint(200));
    let (inside, all) = asset(&fleet).confidence().unwrap();
    let innovations: Vec<_> = asset(&fleet).twin.as_ref().unwrap().innovations().rev().take(100).collect();
    assert_eq!(all, innovations.len().min(100));
    let outside = innovations.iter().filter(|own| own.measured < own.expected.low || own.measured > own.expected.high);
    assert_eq!(inside, all - outside.count());
    assert!(inside > all / 2, "{inside} of {all}");
}

#[test]
fn what_many_members_have_shown_is_not_asked_for_again_until_an_entry_comes() {
    let server = Server::keeping(60);
    let mut fleet = Fleet::of(server.plant(200));
    fleet.apply(server.checkpoint(200));
    let now = server.now();
    let asset = fleet.asset_mut(&asset_id()).unwrap();
    let scenario = |load: f64| twin::Scenario { sliders: vec![(0, load)] };
    let study = |load: f64| Some(Studied { scenario: scenario(load), kept: Vec::new() });
    asset.study(study(1.2), now);
    let both = asset.lacking();
    assert_eq!(both, [twin::Scenario::default(), scenario(1.2)]);
    let many = |asset: &LiveAsset, load: f64| {
        let future = twin::Projection { members: crew::MEMBERS as usize, ..asset.baseline().unwrap().clone() };
        let mut bands = future.bands.clone();
        bands[0][0].mid = load;
        twin::Projection { bands, ..future }
    };
    let futures = vec![many(asset, 1.0), many(asset, 1.2)];
    asset.refine(asset.seq, both, futures);
    assert_eq!((asset.lacking(), asset.members()), (Vec::new(), crew::MEMBERS as usize));

    // Another scenario begins with few, and asks for itself alone.
    asset.study(study(1.3), now);
    assert_eq!((asset.lacking(), asset.members()), (vec![scenario(1.3)], 64));
    let future = many(asset, 1.3);
    asset.refine(asset.seq, vec![scenario(1.3)], vec![future]);
    assert_eq!((asset.lacking(), asset.members()), (Vec::new(), crew::MEMBERS as usize));
    assert_eq!(asset.changed().unwrap().bands[0][0].mid, 1.3);

    fleet.apply(server.samples(201, 201));
    let asset = fleet.asset_mut(&asset_id()).unwrap();
    assert_eq!(asset.lacking().len(), 2, "the twin knows more");
}
