//! The fleet against a server's twin, frame by frame.

mod ahead;
mod condition;
mod foretold;
mod held;
mod keepsake;
mod learned;
mod listening;
mod loss;
mod opened;
mod pinned;
mod replayed;
mod verification;

use std::sync::Arc;

use twin::{Clock, KERNEL_VERSION, Model, Span, Timestamp, Twin, entry::Quality, id::AssetId, simulate::Simulator};
use wire::{
    Batch, Entry, ServerFrame, StoreId, What,
    frame::{CoalescedEvent, CoalescedSignal, Latest},
    view::{AssetView, EventView, PlantView},
};

use super::{
    asset::LiveAsset,
    fleet::{Applied, Fleet},
    verification::Verification,
};

const MODEL: &str = include_str!("../../../server/models/power-transformer.toml");
const INPUTS: [f64; 2] = [900.0, 25.0];

const STORE: StoreId = StoreId([1; 16]);

fn asset_id() -> AssetId {
    AssetId::parse("t1").unwrap()
}

/// A server with one asset: every entry it keeps, its twin, its frames.
struct Server {
    entries: Vec<Entry>,
    twin: Twin,
}

impl Server {
    /// Keeps so many rounds of telemetry, four entries a round; entry n has seq n.
    fn keeping(rounds: i64) -> Server {
        let model = Arc::new(Model::parse(MODEL).unwrap());
        let start = Timestamp(1_200_000_000_000_000);
        let mut simulator = Simulator::new(model.clone(), start, &INPUTS);
        let mut entries = Vec::new();
        for round in 0..rounds {
            let t = start + Span(5 * Span::MINUTE.0 * round);
            simulator.advance(t, &INPUTS);
            for (signal, value) in (0u16..).zip(simulator.measure(7)) {
                entries.push(Entry { t, what: What::Sample { signal, value, quality: Quality::Good } });
            }
        }
        Server { entries, twin: Twin::new(model, 1) }
    }

    fn plant(&self, seq: u64) -> PlantView {
        let asset = AssetView {
            id: asset_id(),
            title: "T1".into(),
            path: "north".into(),
            zone: String::new(),
            simulated: true,
            badge: String::new(),
            clock: Clock::Wall,
            model: 0,
            seq,
            latest: Vec::new(),
            courses: Vec::new(),
            found: None,
            silent_after: None,
            kinds: Default::default(),
            events: Vec::new(),
        };
        let models = vec![self.twin.model().pack()];
        PlantView { title: "Plant".into(), now: self.now(), models, assets: vec![asset], store_id: STORE }
    }

    fn now(&self) -> Timestamp {
        self.entries.last().map_or(Timestamp(0), |entry| entry.t + Span::SECOND)
    }

    fn samples(&self, first: u64, last: u64) -> ServerFrame {
        let entries = self.entries[first as usize - 1..last as usize].to_vec();
        ServerFrame::Samples(Batch { asset: asset_id(), first_seq: first, entries })
    }

    /// The state after entry `seq`, told in one go.
    fn checkpoint(&self, seq: u64) -> ServerFrame {
        let model = self.twin.model().clone();
        let told: Vec<_> = self.entries[..seq as usize].iter().filter_map(|entry| entry.observed(&model)).collect();
        let mut twin = self.twin.clone();
        twin.observe(&told);
        let state = twin.checkpoint();
        ServerFrame::Checkpoint {
            asset: asset_id(),
            seq,
            model_hash: model.hash,
            kernel_version: KERNEL_VERSION,
            bytes: state.bytes,
            hash: state.hash,
        }
    }

    fn hello(&self) -> ServerFrame {
        ServerFrame::Hello { now: self.now(), kernel_version: KERNEL_VERSION, store_id: STORE }
    }

    fn snapshot(&self, seq: u64) -> ServerFrame {
        ServerFrame::Snapshot { asset: asset_id(), seq, clock: Clock::Wall, latest: Vec::new(), events: Vec::new() }
    }
}

fn asset(fleet: &Fleet) -> &LiveAsset {
    fleet.asset(&asset_id()).unwrap()
}

fn changed() -> Applied {
    Applied::Changed(asset_id())
}

#[test]
fn overlapping_batches_are_taken_in_once() {
    let server = Server::keeping(30);
    let mut fleet = Fleet::of(server.plant(40));
    fleet.apply(server.checkpoint(40));
    assert_eq!(fleet.apply(server.samples(30, 60)), changed());
    assert_eq!(fleet.apply(server.samples(41, 60)), Applied::Nothing);
    assert_eq!(fleet.apply(server.samples(50, 100)), changed());
    fleet.apply(server.checkpoint(100));
    assert_eq!(asset(&fleet).verification(), Verification::Verified { entries: 60 });
    let shown: usize = (0..4).map(|signal| asset(&fleet).track(signal).unwrap().points().len()).sum();
    assert_eq!(shown, 60);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]

    /// Frames overlap and come again after a line was cut: each entry counts once, and the twin is the server's.
    #[test]
    fn whatever_comes_twice_or_overlaps_the_page_ends_where_the_server_is(
        runs in proptest::collection::vec((1u64..30, 0u64..25), 1..12),
    ) {
        let server = Server::keeping(60);
        let mut fleet = Fleet::of(server.plant(40));
        fleet.apply(server.checkpoint(40));
        let mut last = 40;
        for (more, again) in runs {
            let first = last + 1 - again.min(last);
            last = (last + more).min(240);
            fleet.apply(server.samples(first.max(1).min(last), last));
        }
        fleet.apply(server.checkpoint(last));
        proptest::prop_assert_eq!(asset(&fleet).seq, last);
        proptest::prop_assert_eq!(asset(&fleet).verification(), Verification::Verified { entries: last - 40 });
        let shown: usize = (0..4).map(|signal| asset(&fleet).track(signal).unwrap().points().len()).sum();
        proptest::prop_assert_eq!(shown as u64, last - 40);
    }
}

#[test]
fn a_hole_asks_for_the_entries_after_the_last_one() {
    let server = Server::keeping(30);
    let mut fleet = Fleet::of(server.plant(40));
    assert_eq!(fleet.subscriptions()[0].after, None, "without a twin there is nothing to go on from");
    fleet.apply(server.checkpoint(40));
    let Applied::Missing(subscription) = fleet.apply(server.samples(43, 60)) else { panic!("took a hole") };
    assert_eq!((subscription.asset, subscription.after), (asset_id(), Some(40)));
    assert_eq!(fleet.apply(server.samples(41, 60)), changed());
}

#[test]
fn what_was_coalesced_is_not_verified_until_the_next_checkpoint_and_wants_its_history() {
    let server = Server::keeping(40);
    let mut fleet = Fleet::of(server.plant(40));
    let newest = Latest { signal: 2, t: server.entries[79].t, value: 60.0, quality: Quality::Good };
    let signals = vec![CoalescedSignal { newest, min: 50.0, max: 61.0, count: 10 }];
    let (t, kind) = (server.entries[70].t, "trip".to_string());
    let events = vec![CoalescedEvent { seq: 71, t, id: "e1".into(), kind, until: None, note: String::new() }];
    for frame in [
        server.checkpoint(40),
        server.samples(41, 60),
        server.checkpoint(60),
        ServerFrame::Coalesced { asset: asset_id(), from_seq: 61, to_seq: 80, signals, events },
    ] {
        fleet.apply(frame);
    }
    assert_eq!(asset(&fleet).verification(), Verification::NotVerified);
    assert_eq!((asset(&fleet).seq, asset(&fleet).history_wanted), (80, 1));
    assert_eq!(asset(&fleet).track(2).unwrap().newest().unwrap().value, 60.0);
    assert_eq!(asset(&fleet).coalesced_spans().collect::<Vec<_>>(), [(61, 80)]);
    assert_eq!(asset(&fleet).events.iter().map(|event| event.seq).collect::<Vec<_>>(), [71]);
    for frame in [server.samples(81, 100), server.checkpoint(90), server.samples(101, 120), server.checkpoint(120)] {
        fleet.apply(frame);
    }
    assert_eq!(asset(&fleet).verification(), Verification::Verified { entries: 30 });
}

#[test]
fn a_store_that_was_started_over_starts_the_page_over() {
    let server = Server::keeping(30);
    let mut fleet = Fleet::of(server.plant(40));
    fleet.apply(server.samples(41, 100));
    fleet.apply(server.snapshot(8));
    let asset = asset(&fleet);
    assert_eq!((asset.seq, asset.track(0).unwrap().points().len()), (8, 0));
}

#[test]
fn another_store_under_the_same_address_starts_the_page_over_and_is_no_difference() {
    let server = Server::keeping(30);
    let mut fleet = Fleet::of(server.plant(40));
    for frame in [server.checkpoint(40), server.samples(41, 100), server.checkpoint(100)] {
        fleet.apply(frame);
    }
    let hello = |store_id| ServerFrame::Hello { now: server.now(), kernel_version: KERNEL_VERSION, store_id };
    assert_eq!(fleet.apply(hello(STORE)), Applied::Told(server.now()));
    assert_eq!(asset(&fleet).verification(), Verification::Verified { entries: 60 });
    let other = StoreId([2; 16]);
    assert_eq!(fleet.apply(hello(other)), Applied::StartedOver(server.now()));
    assert_eq!(fleet.store_id, other);
    let fresh = asset(&fleet);
    assert_eq!((fresh.seq, fresh.verification(), fresh.twin.is_none()), (0, Verification::NotVerified, true));
    assert!(fresh.track(0).unwrap().points().is_empty() && fresh.latest().iter().all(Option::is_none));
    assert_eq!(fleet.subscriptions()[0].after, None);
    // The other store has as many entries and others: nothing is compared with what came from the first.
    for frame in [server.snapshot(100), server.checkpoint(100), server.samples(101, 120), server.checkpoint(120)] {
        fleet.apply(frame);
    }
    assert_eq!(asset(&fleet).verification(), Verification::Verified { entries: 20 });
}

#[test]
fn what_stands_for_later_entries_than_the_next_asks_for_those_between() {
    let server = Server::keeping(30);
    let mut fleet = Fleet::of(server.plant(40));
    fleet.apply(server.checkpoint(40));
    let coalesced = |from_seq, to_seq| {
        let (signals, events) = (Vec::new(), Vec::new());
        ServerFrame::Coalesced { asset: asset_id(), from_seq, to_seq, signals, events }
    };
    let Applied::Missing(subscription) = fleet.apply(coalesced(43, 60)) else { panic!("took a hole") };
    assert_eq!(subscription.after, Some(40));
    assert_eq!(fleet.apply(coalesced(30, 40)), Applied::Nothing);
    assert_eq!(fleet.apply(coalesced(30, 41)), changed());
    assert_eq!(asset(&fleet).seq, 41);
}

#[test]
fn a_snapshot_brings_the_last_events_each_once() {
    let server = Server::keeping(30);
    let mut fleet = Fleet::of(server.plant(40));
    let event = |seq: u64| {
        let t = server.entries[seq as usize].t;
        EventView { seq, t, until: None, kind: "trip".into(), note: String::new() }
    };
    let snapshot = |seq, seqs: &[u64]| {
        let events = seqs.iter().map(|seq| event(*seq)).collect();
        ServerFrame::Snapshot { asset: asset_id(), seq, clock: Clock::Wall, latest: Vec::new(), events }
    };
    fleet.apply(snapshot(50, &[48, 42]));
    fleet.apply(snapshot(60, &[55, 48, 42]));
    assert_eq!(asset(&fleet).events.iter().map(|event| event.seq).collect::<Vec<_>>(), [55, 48, 42]);
}

#[test]
fn the_twin_s_word_on_each_measurement_is_kept_for_the_chart() {
    let server = Server::keeping(30);
    let mut fleet = Fleet::of(server.plant(40));
    fleet.apply(server.checkpoint(40));
    for first in (41..=97).step_by(4) {
        fleet.apply(server.samples(first, first + 3));
    }
    let traced: Vec<usize> = (0..6).map(|quantity| asset(&fleet).trace(quantity).unwrap().points().len()).collect();
    // The checkpoint brings the words of its window along; of what nobody measures, there is one a look.
    assert_eq!(traced, [16, 16, 25, 25, 16, 16]);
}
