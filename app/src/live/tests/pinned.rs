//! What a page froze stays to the bit, and opens elsewhere to the same bits.

use twin::{KERNEL_VERSION, Scenario, Twin};

use super::{Server, asset_id};
use crate::live::{asset::LiveAsset, fleet::Fleet, kept::Kept, outlook::Studied, pin::Pin};

fn studied() -> Studied {
    let kept = Kept { letter: 'A', scenario: Scenario { sliders: vec![(0, 0.8)] } };
    Studied { scenario: Scenario { sliders: vec![(0, 1.2)] }, kept: vec![kept] }
}

fn page(server: &Server, seq: u64) -> Fleet {
    let mut fleet = Fleet::of(server.plant(seq));
    fleet.apply(server.checkpoint(seq));
    fleet
}

fn on(fleet: &mut Fleet) -> &mut LiveAsset {
    fleet.asset_mut(&asset_id()).unwrap()
}

#[test]
fn what_is_frozen_stays_while_the_twin_goes_on_and_follows_it_again_after() {
    let server = Server::keeping(60);
    let mut fleet = page(&server, 200);
    let now = server.now();
    on(&mut fleet).study(Some(studied()), now);
    let results = on(&mut fleet).results();
    assert_eq!(results.len(), 3);
    assert!(on(&mut fleet).freeze());
    fleet.apply(server.samples(201, 240));
    let asset = on(&mut fleet);
    asset.look_ahead(now);
    assert!(!asset.outlook_is_old(now));
    assert_eq!(asset.results(), results);
    assert_eq!((asset.frozen_at().unwrap().1, asset.outlook.as_ref().unwrap().seq), (200, 240));
    assert_ne!(asset.going_on().unwrap().hash, results[0]);

    asset.study(Some(Studied { scenario: Scenario { sliders: vec![(0, 1.3)] }, ..studied() }), now);
    assert_eq!(asset.results()[..2], results[..2]);
    assert_ne!(asset.results()[2], results[2]);
    asset.thaw();
    asset.study(Some(studied()), now);
    assert!(asset.frozen_at().is_none());
    assert_eq!(asset.results()[0], asset.going_on().unwrap().hash);

    assert!(asset.freeze());
    asset.study(None, now);
    assert!(asset.frozen_at().is_none(), "the page is closed");
}

#[test]
fn a_pin_opens_to_the_same_bits_on_a_page_that_has_gone_on() {
    let server = Server::keeping(60);
    let mut first = page(&server, 200);
    on(&mut first).study(Some(studied()), server.now());
    let pin = Pin::of(on(&mut first)).unwrap();
    assert_eq!((pin.seq, pin.kernel, pin.hashes.len()), (200, KERNEL_VERSION, 3));
    assert_eq!(pin.otherwise(on(&mut first)), "");

    let mut second = page(&server, 200);
    second.apply(server.samples(201, 240));
    let asset = on(&mut second);
    asset.study(Some(studied()), server.now());
    assert_ne!(asset.results(), pin.hashes);
    let wire::ServerFrame::Checkpoint { bytes, .. } = server.checkpoint(200) else { panic!() };
    let twin = Twin::restore(asset.model.clone(), &bytes).unwrap();
    assert!(asset.freeze_at(&twin, 200, pin.until));
    assert_eq!(asset.results(), pin.hashes);
    assert_eq!(Pin::of(asset), Some(pin.clone()), "and is pinned as it was");

    // Before there is a twin of its own, too.
    let mut third = Fleet::of(server.plant(240));
    let asset = on(&mut third);
    asset.study(Some(studied()), server.now());
    assert!(asset.freeze_at(&twin, 200, pin.until));
    assert_eq!(asset.results(), pin.hashes);

    let newest = twin.newest().unwrap();
    for until in [newest, twin::Timestamp(i64::MIN), twin::Timestamp(i64::MAX)] {
        assert!(!on(&mut third).freeze_at(&twin, 200, until), "{until:?}");
    }
    let other = Pin { kernel: 99, model: "00000000".to_string(), ..pin };
    let said = other.otherwise(on(&mut third));
    assert!(
        said.starts_with(&format!("Made with kernel 99, this is kernel {KERNEL_VERSION}. Made with model 00000000"))
    );
}

#[test]
fn a_twin_that_missed_entries_is_not_pinned() {
    let server = Server::keeping(60);
    let mut fleet = page(&server, 200);
    on(&mut fleet).study(Some(studied()), server.now());
    let clock = twin::Clock::Wall;
    fleet.apply(wire::ServerFrame::Snapshot {
        asset: asset_id(),
        seq: 240,
        clock,
        latest: Vec::new(),
        events: Vec::new(),
    });
    on(&mut fleet).look_ahead(server.now());
    assert_eq!(Pin::of(on(&mut fleet)), None);
    assert!(!on(&mut fleet).freeze());
    fleet.apply(server.checkpoint(240));
    assert_eq!(Pin::of(on(&mut fleet)), None, "what is shown is of the twin before");
    on(&mut fleet).look_ahead(server.now());
    assert_eq!(Pin::of(on(&mut fleet)).unwrap().seq, 240);
}
