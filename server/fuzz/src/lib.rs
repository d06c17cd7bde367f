//! The decoders of bytes from outside, each as a function that takes anything and must not panic, hang or lie.
//!
//! The fuzzer calls them, and so does a test of the server, with the corpora that are kept here.

mod kept;

use std::{io::ErrorKind, sync::Arc, time::Duration};

use bytes::Bytes;
use services::{
    catalog::Catalog,
    clocks::Clocks,
    ingest::{self, Delivery, Item, Origin, Text, decode, http, line, mqtt::Limits},
    pipeline::Pipeline,
    store::{Store, Threads},
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_util::sync::CancellationToken;
use twin::{Entry, Model, Timestamp, Twin, What, learned::Learned, model::compose, rehearsal, streams::Detector};
use wire::{ClientFrame, ServerFrame};

pub use kept::{block, block_row};

/// What is tried with bytes of any kind.
type Target = fn(&[u8]);

/// The targets by the names of their corpora.
pub const TARGETS: &[(&str, Target)] = &[
    ("mqtt", mqtt),
    ("mqtt_kept", mqtt_kept),
    ("message", message),
    ("telemetry", telemetry),
    ("events", events),
    ("line", line),
    ("server_frame", server_frame),
    ("client_frame", client_frame),
    ("model", model),
    ("packed", packed),
    ("learned", learned),
    ("detector", detector),
    ("plant", plant),
    ("checkpoint", checkpoint),
    ("block", block),
    ("block_row", block_row),
];

const PLANT: &str = include_str!("../../demo/plant.toml");
const MODELS: [(&str, &str); 5] = [
    ("li-ion-cell", include_str!("../../models/li-ion-cell.toml")),
    ("power-transformer", include_str!("../../models/power-transformer.toml")),
    ("turbofan", include_str!("../../models/turbofan.toml")),
    ("hydraulic-rig", include_str!("../../models/hydraulic-rig.toml")),
    ("machine-temperature", include_str!("../../models/machine-temperature.toml")),
];

/// What some of them have learned, by file.
const SEALED: [(&str, &[u8]); 4] = [
    ("turbofan.sealed", include_bytes!("../../models/turbofan.sealed")),
    ("hydraulic-cooler.detector", include_bytes!("../../models/hydraulic-cooler.detector")),
    ("machine-temperature.detector", include_bytes!("../../models/machine-temperature.detector")),
    // Of the model of that name in the corpus.
    ("limited.detector", include_bytes!("../corpus/detector/limited")),
];

/// A conversation over MQTT: all that a client says, at once, and what it hears. The store is closed: what comes in is
/// decoded, checked and lost, which is fast.
pub fn mqtt(data: &[u8]) {
    thread_local!(static SERVER: Behind = Behind::new(Door::Closed));
    SERVER.with(|server| server.talk(data));
}

/// The same with a store that keeps.
pub fn mqtt_kept(data: &[u8]) {
    thread_local!(static SERVER: Behind = Behind::new(Door::Open));
    SERVER.with(|server| server.talk(data));
}

/// A topic, a line feed, a payload.
pub fn message(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let topic = String::from_utf8_lossy(&data[..end]);
    let text = text(data.get(end + 1..).unwrap_or_default());
    take(&text, decode::message(&topic, text.as_str()));
}

pub fn telemetry(data: &[u8]) {
    let text = text(data);
    if let Ok(items) = http::telemetry(&text) {
        take(&text, items);
    }
}

pub fn events(data: &[u8]) {
    let text = text(data);
    if let Ok(items) = http::events(&text) {
        take(&text, items);
    }
}

/// The first byte chooses the precision.
pub fn line(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let precision = ["ns", "us", "ms", "s", "m", "h"][usize::from(*first) % 6];
    let text = text(rest);
    if let Ok(items) = line::lines(&text, line::Precision::parse(precision).expect("one of its names")) {
        take(&text, items);
    }
}

pub fn server_frame(data: &[u8]) {
    if let Ok(frame) = wire::decode::<ServerFrame>(data) {
        let bytes = wire::encode(&frame);
        let again: ServerFrame = wire::decode(&bytes).expect("what was encoded is decoded");
        assert_eq!(wire::encode(&again), bytes);
    }
}

pub fn client_frame(data: &[u8]) {
    if let Ok(frame) = wire::decode::<ClientFrame>(data) {
        let bytes = wire::encode(&frame);
        let again: ClientFrame = wire::decode(&bytes).expect("what was encoded is decoded");
        assert_eq!(wire::encode(&again), bytes);
    }
}

pub fn model(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    // Parts are of the demo's models.
    if let Ok((model, _)) = compose::read_beside(text, &|id| model_text(id).ok(), &sealed) {
        follow(model);
    }
}

/// What is a model can be followed.
fn follow(model: Model) {
    let model = Arc::new(model);
    let mut twin = Twin::new(model.clone(), 1);
    let told = |steps: i64| Entry { t: Timestamp(model.step.0 * steps), what: What::Sample { signal: 0, value: 1.0 } };
    if !model.signals.is_empty() {
        twin.observe(&[told(0), told(3)]);
    }
    let view = twin.at(Timestamp(model.step.0 * 5));
    assert_eq!(view.bands.len(), model.quantities.len());
}

/// A model as a page is given it: what is not refused can be stepped, told of its events, and projected.
pub fn packed(data: &[u8]) {
    let Ok(model) = Model::unpack(data) else { return };
    let again = Model::unpack(&model.pack()).expect("what was packed is a model");
    assert_eq!(again.pack(), model.pack());
    rehearsal::rehearse(&Arc::new(again), 21, 1);
    follow(model);
}

/// What was learned, without its hash: what is not refused can be followed and sealed.
pub fn learned(data: &[u8]) {
    let Ok(learned) = Learned::decode(data) else { return };
    let sealed = learned.seal().expect("what came in small bytes is small");
    let again = Learned::unseal(&sealed).expect("what was sealed was learned");
    assert_eq!(again.seal(), Ok(sealed));
    let row = vec![1.0; again.inputs().len()];
    let mut course = again.begin(i64::MAX);
    for _ in 0..3 {
        again.step(&mut course, &row);
        again.refer(&mut course, 1.0);
        let _ = (again.remaining_life(&course), again.forecast(&course, 0), again.estimate(&course));
    }
    let _ = again.restore(data).map(|mut course| again.step(&mut course, &row));
}

/// A detector with what it learned: what is not refused takes rows of any length, and goes on from its bytes.
pub fn detector(data: &[u8]) {
    let Ok(mut detector) = Detector::from_bytes(data) else { return };
    let mut again = Detector::from_bytes(&detector.to_bytes()).expect("what was written is read");
    for (t, count) in [0, i64::MAX, i64::MIN].into_iter().cycle().zip(0..140) {
        for value in [1.0, -1e99, f64::NAN] {
            let row = vec![value; count];
            let _ = (detector.step(Timestamp(t), &row), again.step(Timestamp(t), &row));
        }
    }
    assert_eq!(detector.to_bytes(), again.to_bytes());
}

pub fn plant(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = Catalog::parse_beside(text, model_text, &sealed);
}

/// The first byte chooses the model.
pub fn checkpoint(data: &[u8]) {
    thread_local!(static MODELS_READ: Vec<Arc<Model>> = {
        let read = |(_, text): &(&str, &str)| Model::parse_beside(text, &sealed).expect("a model of ours");
        MODELS.iter().map(read).map(Arc::new).collect()
    });
    let Some((first, bytes)) = data.split_first() else { return };
    MODELS_READ.with(|models| {
        let model = models[usize::from(*first) % models.len()].clone();
        if let Ok(twin) = Twin::restore(model.clone(), bytes) {
            twin.alarms().iter().for_each(|alarm| drop(twin.explain(alarm.began)));
            let again = twin.checkpoint();
            let twice = Twin::restore(model, &again.bytes).expect("what was made of a twin is one");
            assert_eq!(twice.checkpoint().bytes, again.bytes);
        }
    });
}

fn text(data: &[u8]) -> Text {
    Text::from(Bytes::copy_from_slice(data))
}

fn sealed(file: &str) -> Option<Vec<u8>> {
    SEALED.iter().find(|(known, _)| *known == file).map(|(_, bytes)| bytes.to_vec())
}

fn model_text(name: &str) -> std::io::Result<String> {
    let found = MODELS.iter().find(|(known, _)| *known == name);
    found.map(|(_, text)| text.to_string()).ok_or_else(|| ErrorKind::NotFound.into())
}

/// Has the items checked; the store is closed.
fn take(text: &Text, items: Vec<Item>) {
    thread_local!(static SERVER: Behind = Behind::new(Door::Closed));
    SERVER.with(|server| {
        let origin = Origin { connector: "http", client: "fuzz".into() };
        let delivery = Delivery { origin, received_at: ingest::received_at(), text, items };
        let _ = server.runtime.block_on(server.pipeline.accept(delivery));
    });
}

enum Door {
    Open,
    Closed,
}

/// What is behind the doors, on a thread.
struct Behind {
    runtime: tokio::runtime::Runtime,
    pipeline: Pipeline,
    /// Of a store that is open.
    _threads: Option<Threads>,
    _folder: tempfile::TempDir,
}

impl Behind {
    fn new(door: Door) -> Behind {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let catalog = Arc::new(Catalog::parse_beside(PLANT, model_text, &sealed).expect("the demo's plant"));
        // In memory, where there is such a folder: a commit is not what is tried here.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder");
        let now = ingest::received_at();
        let (store, threads) = Store::open(&folder.path().join("t.db"), &catalog, now, |_| {}).expect("a store");
        let clocks = Arc::new(Clocks::start(&catalog, &[], now));
        let pipeline = Pipeline::new(catalog, clocks, store.clone());
        let threads = match door {
            Door::Open => Some(threads),
            Door::Closed => {
                store.close();
                threads.join();
                None
            }
        };
        Behind { runtime, pipeline, _threads: threads, _folder: folder }
    }

    fn talk(&self, data: &[u8]) {
        const LONGEST: Duration = Duration::from_secs(20);
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        let (mut read, mut write) = tokio::io::split(theirs);
        let server = ingest::mqtt::converse(ours, Limits::default(), self.pipeline.clone(), CancellationToken::new());
        let client = async {
            let _ = write.write_all(data).await;
            let _ = write.shutdown().await;
        };
        let mut heard = Vec::new();
        let all = async { tokio::join!(server, client, read.read_to_end(&mut heard)) };
        let done = self.runtime.block_on(async { tokio::time::timeout(LONGEST, all).await });
        // However it ends for the client, it does.
        let (_ended, (), _read) = done.expect("a conversation ends");
        assert!(are_packets(&heard), "{heard:02x?}");
    }
}

/// Whether the server's bytes are whole packets, the first of them a CONNACK.
fn are_packets(mut bytes: &[u8]) -> bool {
    if !bytes.is_empty() && bytes[0] != 0x20 {
        return false;
    }
    while !bytes.is_empty() {
        let Some(&[_, length]) = bytes.get(..2) else { return false };
        // No answer of ours is longer than 127 bytes.
        let end = 2 + usize::from(length);
        if length >= 0x80 || bytes.len() < end {
            return false;
        }
        bytes = &bytes[end..];
    }
    true
}
