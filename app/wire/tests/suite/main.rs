//! The bytes of every frame, as older servers and pages know them.

use std::{fs, path::PathBuf};

use proptest::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use twin::{Clock, ModelHash, Span, Timestamp, entry::Quality, id::AssetId, time::Replay, twin::StateHash};
use wire::{
    Batch, ClientFrame, Entry, ServerFrame, StoreId, VERSION, What, WireError, decode, encode,
    frame::{CoalescedEvent, CoalescedSignal, Latest, Subscription},
    view::EventView,
};

fn cell() -> AssetId {
    AssetId::parse("cell-b0005").unwrap()
}

fn store_id() -> StoreId {
    StoreId(core::array::from_fn(|n| n as u8 * 17))
}

fn start() -> Timestamp {
    Timestamp(1_207_141_697_000_000)
}

fn latest(signal: u16, value: f64) -> Latest {
    Latest { signal, t: start(), value, quality: Quality::Good }
}

fn sample(after_secs: f64, signal: u16, value: f64, quality: Quality) -> Entry {
    Entry { t: start() + Span::from_secs(after_secs), what: What::Sample { signal, value, quality } }
}

/// Compares `frame` with the bytes kept under `name`; `GOLDEN=write` keeps them anew.
fn check<F: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(name: &str, frame: &F) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/v{VERSION}/{name}.bin"));
    let bytes = encode(frame);
    if std::env::var_os("GOLDEN").is_some_and(|value| value == "write") {
        fs::write(&path, &bytes).unwrap();
    }
    let golden = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(bytes, golden, "the bytes of `{name}` changed: that needs a new VERSION and a folder for it");
    assert_eq!(decode::<F>(&golden).as_ref(), Ok(frame));
}

#[test]
fn hello_keeps_its_bytes() {
    check("server_hello", &ServerFrame::Hello { now: start(), kernel_version: 1, store_id: store_id() });
}

#[test]
fn snapshot_keeps_its_bytes() {
    let clock = Clock::Replay(Replay {
        wall: Timestamp(1_790_000_000_000_000),
        asset: start(),
        rate: 60.0,
        recorded: start(),
        end: start() + Span::DAY,
    });
    let latest = vec![latest(0, 2.01253), Latest { quality: Quality::Uncertain, ..latest(1, 3.97487) }];
    let events = vec![EventView {
        seq: 1200,
        t: start(),
        until: Some(start() + Span::MINUTE),
        kind: "charged".into(),
        note: "charging left out".into(),
    }];
    check("server_snapshot", &ServerFrame::Snapshot { asset: cell(), seq: 1234, clock, latest, events });
}

#[test]
fn samples_keep_their_bytes() {
    let entries = vec![
        Entry {
            t: start(),
            what: What::Event {
                id: "c2".into(),
                kind: "charged".into(),
                until: Some(start() + Span::MINUTE),
                note: "charging left out".into(),
            },
        },
        sample(16.781, 0, 2.01253, Quality::Good),
        sample(16.781, 1, 3.97487, Quality::Good),
        sample(35.703, 0, 2.01398, Quality::Uncertain),
        sample(35.703, 1, 1.0 / 3.0, Quality::Bad),
        sample(0.5, 2, -0.25, Quality::Good),
    ];
    check("server_samples", &ServerFrame::Samples(Batch { asset: cell(), first_seq: 1235, entries }));
}

#[test]
fn coalesced_keeps_its_bytes() {
    let signals = vec![CoalescedSignal { newest: latest(1, 3.5), min: 3.25, max: 4.125, count: 900 }];
    let events = vec![CoalescedEvent {
        seq: 500,
        t: start(),
        id: "c2".into(),
        kind: "charged".into(),
        until: None,
        note: String::new(),
    }];
    check("server_coalesced", &ServerFrame::Coalesced { asset: cell(), from_seq: 7, to_seq: 1000, signals, events });
}

#[test]
fn checkpoint_keeps_its_bytes() {
    let frame = ServerFrame::Checkpoint {
        asset: cell(),
        seq: 99,
        model_hash: ModelHash([7; 32]),
        kernel_version: 1,
        bytes: vec![1, 2, 3],
        hash: StateHash(0x0123_4567_89ab_cdef),
    };
    check("server_checkpoint", &frame);
}

#[test]
fn the_small_frames_keep_their_bytes() {
    check("server_clock_set", &ServerFrame::ClockSet { asset: cell(), clock: Clock::Wall });
    check("server_refused", &ServerFrame::Refused { reason: "no asset `pump`".into() });
    check("server_alive", &ServerFrame::Alive { now: start() });
    let assets = vec![Subscription { asset: cell(), after: Some(1234) }, Subscription { asset: cell(), after: None }];
    check("client_subscribe", &ClientFrame::Subscribe { assets, store_id: Some(store_id()) });
    check("client_unsubscribe", &ClientFrame::Unsubscribe { assets: vec![cell()] });
    check("client_acknowledge", &ClientFrame::Acknowledge { frames: 300 });
}

#[test]
fn frames_of_an_older_release_are_told_by_their_version_alone() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/v1");
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let is_server_s = path.file_name().unwrap().to_str().unwrap().starts_with("server_");
        let error = if is_server_s { decode::<ServerFrame>(&bytes).err() } else { decode::<ClientFrame>(&bytes).err() };
        assert_eq!(error, Some(WireError::Version { got: 1 }), "{}", path.display());
    }
}

#[test]
fn bytes_that_are_no_frame_are_refused() {
    let whole = encode(&ServerFrame::Alive { now: start() });
    let check = |bytes: &[u8], expected| assert_eq!(decode::<ServerFrame>(bytes), Err(expected), "{bytes:?}");
    check(&[], WireError::Malformed);
    check(&[VERSION], WireError::Malformed);
    check(&[VERSION, 200], WireError::Malformed);
    check(&whole[..whole.len() - 1], WireError::Malformed);
    check(&[&whole[..], &[0]].concat(), WireError::Malformed);
    check(&[&[VERSION + 1], &whole[1..]].concat(), WireError::Version { got: VERSION + 1 });
}

fn any_entry() -> impl Strategy<Value = Entry> {
    let quality = prop_oneof![Just(Quality::Good), Just(Quality::Uncertain), Just(Quality::Bad)];
    let sample = (0u16..4, -1000i32..1000, 0u8..4, quality).prop_map(|(signal, number, digits, quality)| {
        What::Sample { signal, value: f64::from(number) / 10f64.powi(i32::from(digits)), quality }
    });
    let event = ("[a-z]{1,8}", any::<Option<i64>>()).prop_map(|(id, until)| What::Event {
        id,
        kind: "stop".into(),
        until: until.map(Timestamp),
        note: String::new(),
    });
    (any::<i64>(), prop_oneof![9 => sample, 1 => event]).prop_map(|(t, what)| Entry { t: Timestamp(t), what })
}

proptest! {
    #[test]
    fn every_batch_comes_back(first_seq in 1u64..1 << 60, entries in prop::collection::vec(any_entry(), 0..50)) {
        let frame = ServerFrame::Samples(Batch { asset: cell(), first_seq, entries });
        prop_assert_eq!(decode(&encode(&frame)), Ok(frame));
    }

    #[test]
    fn any_bytes_are_decoded_or_refused(mut bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Some(first) = bytes.first_mut() {
            *first = VERSION;
        }
        let _ = decode::<ServerFrame>(&bytes);
        let _ = decode::<ClientFrame>(&bytes);
    }

    #[test]
    fn a_damaged_batch_is_decoded_or_refused(at in 1usize..90, byte: u8) {
        let entries = (0..5u16).map(|n| sample(f64::from(n), n % 2, f64::from(n) / 8.0, Quality::Good)).collect();
        let mut bytes = encode(&ServerFrame::Samples(Batch { asset: cell(), first_seq: 1, entries }));
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = decode::<ServerFrame>(&bytes);
    }
}
