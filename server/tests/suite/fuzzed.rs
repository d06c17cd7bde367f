//! What the fuzzer begins with, and what it found once, through the same functions without it.

#[path = "../../fuzz/src/lib.rs"]
mod targets;

use std::{path::PathBuf, sync::Arc};

use server::config::Loaded;
use services::store::{
    Provenance,
    block::{Effort, Row, Section, encode},
};
use twin::{
    Entry, Model, Timestamp, Twin, What,
    streams::{Against, Detector, LEVEL_LIMIT, Lesson, Rows, Windows},
};

use crate::support::{START, repository};

/// The files that are kept for a target, by name.
fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = repository().join("server/fuzz/corpus").join(target);
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|file| (file.clone(), std::fs::read(file).unwrap())).collect()
}

fn replay(target: &str, decode: impl Fn(&[u8])) {
    let files = corpus(target);
    assert!(files.len() >= 10, "{target} has a corpus");
    for (file, data) in files {
        // Said before it is tried: a panic names its file.
        println!("{}", file.display());
        decode(&data);
    }
}

#[test]
fn every_kept_input_is_decoded_or_refused() {
    for (target, decode) in targets::TARGETS {
        replay(target, decode);
    }
}

#[test]
fn every_kept_configuration_is_read_or_refused() {
    replay("config", |data| {
        let text = String::from_utf8_lossy(data);
        let _ = Loaded::from("file", &text, []);
        let pairs =
            text.lines().filter_map(|line| line.split_once('=')).map(|(name, value)| (name.into(), value.into()));
        let _ = Loaded::from("file", "", pairs);
    });
}

#[test]
fn every_target_has_its_corpus_and_its_file() {
    let targets: Vec<&str> = targets::TARGETS.iter().map(|(target, _)| *target).chain(["config"]).collect();
    for (folder, ending) in [("corpus", ""), ("fuzz_targets", ".rs")] {
        let folder = repository().join("server/fuzz").join(folder);
        let mut names: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        let mut expected: Vec<String> = targets.iter().map(|target| format!("{target}{ending}")).collect();
        expected.sort();
        assert_eq!(names, expected);
    }
}

/// The models of kept checkpoints, by their first bytes.
const CHECKED: [&str; 4] = ["li-ion-cell", "power-transformer", "turbofan", "hydraulic-rig"];

/// What is refused by its first bytes tries nothing.
#[test]
fn kept_checkpoints_packed_models_and_detectors_are_of_today() {
    let is_whole = |file: &PathBuf| {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        !["_cut", "_flipped", "_damaged"].iter().any(|broken| name.contains(broken))
    };
    let models = CHECKED.map(|name| Arc::new(learned(name)));
    let kept: Vec<_> = corpus("checkpoint").into_iter().filter(|(file, _)| is_whole(file)).collect();
    assert_eq!(kept.len(), 4 * CHECKED.len());
    for (file, data) in kept {
        let restored = Twin::restore(models[usize::from(data[0])].clone(), &data[1..]);
        assert!(restored.is_ok(), "{}: {:?}; see `checkpoints_are_made_anew`", file.display(), restored.err());
    }
    let packed: Vec<_> = corpus("packed").into_iter().filter(|(file, _)| is_whole(file)).collect();
    assert!(packed.len() >= 3);
    for (file, data) in packed {
        assert!(Model::unpack(&data).is_ok(), "{}: see `packed_models_are_made_anew`", file.display());
    }
    let detectors: Vec<_> = corpus("detector").into_iter().filter(|(file, _)| is_whole(file)).collect();
    assert_eq!(detectors.len(), 6, "one of each kind, and a pattern with a limit of its own");
    for (file, data) in detectors {
        let detector = Detector::from_bytes(&data);
        assert!(detector.is_ok(), "{}: see `detectors_are_made_anew`", file.display());
        if file.ends_with("limited") {
            assert_eq!(model_of(&detector.unwrap()).gauges.len(), 1);
        }
    }
}

/// To be run by hand when the kernel's version or the models change: older checkpoints are refused by their first bytes.
#[test]
#[ignore = "writes the corpus of checkpoints"]
fn checkpoints_are_made_anew() {
    let folder = repository().join("server/fuzz/corpus/checkpoint");
    std::fs::create_dir_all(&folder).unwrap();
    for (number, name) in (0u8..).zip(CHECKED) {
        let model = Arc::new(learned(name));
        let mut twin = Twin::new(model.clone(), 7);
        for told in [0, 1, 5, 40] {
            twin.observe(&entries(told));
            let bytes = twin.checkpoint().bytes;
            let write = |what: &str, bytes: &[u8]| {
                let data = [&[number], bytes].concat();
                std::fs::write(folder.join(format!("{name}_{told}{what}")), data).unwrap();
            };
            write("", &bytes);
            write("_cut", &bytes[..bytes.len() * 2 / 3]);
            let mut flipped = bytes.clone();
            let middle = flipped.len() / 2;
            flipped[middle] ^= 0xff;
            write("_flipped", &flipped);
        }
    }
}

/// To be run by hand when the kernel's version, the form or the language changes.
#[test]
#[ignore = "writes the corpus of packed models"]
fn packed_models_are_made_anew() {
    std::fs::create_dir_all(repository().join("server/fuzz/corpus/packed")).unwrap();
    for name in ["kettle", "language", "language_happens"] {
        let text = std::fs::read_to_string(repository().join("server/fuzz/corpus/model").join(name)).unwrap();
        packed(name, &Model::parse(&text).unwrap().pack());
    }
    // Models that have learned: one of each form of sealed file.
    for name in ["turbofan", "hydraulic-rig"] {
        packed(name, &learned(name).pack());
    }
    packed("limited", &model_of(&limited()).pack());
}

/// The corpus's model of a machine, which has learned this.
fn model_of(detector: &Detector) -> Model {
    let text = std::fs::read_to_string(repository().join("server/fuzz/corpus/model/limited")).unwrap();
    Model::parse_beside(&text, &|_| Some(detector.to_bytes())).unwrap()
}

/// A pattern that has another limit than the usual one.
fn limited() -> Detector {
    let (times, noise) = (times(), noise());
    Detector::learn(Lesson::Signal { times: &times, values: &noise[..60], false_alarms: Some(0.01) }).unwrap()
}

fn noise() -> Vec<f64> {
    (0..6_000).map(|index| 20.0 + (index * 7919 % 1013) as f64 / 1013.0).collect()
}

/// Sixty instants, five minutes apart.
fn times() -> Vec<Timestamp> {
    (0..60).map(|index| Timestamp(index * 300_000_000)).collect()
}

/// A model of ours with what it has learned.
fn learned(name: &str) -> Model {
    let models = repository().join("server/models");
    let text = std::fs::read_to_string(models.join(format!("{name}.toml"))).unwrap();
    Model::parse_beside(&text, &|file| std::fs::read(models.join(file)).ok()).unwrap()
}

/// Writes a packed model, and broken ones.
fn packed(name: &str, bytes: &[u8]) {
    let folder = repository().join("server/fuzz/corpus/packed");
    let write = |what: &str, bytes: &[u8]| std::fs::write(folder.join(format!("{name}{what}")), bytes).unwrap();
    write("", bytes);
    write("_cut", &bytes[..bytes.len() * 2 / 3]);
    // Texts come first, then what is inside.
    for part in 3..8 {
        let mut damaged = bytes.to_vec();
        damaged[bytes.len() * part / 8] ^= 0x11;
        write(&format!("_damaged_{part}"), &damaged);
    }
}

/// To be run by hand when the form of detectors changes.
#[test]
#[ignore = "writes the corpus of detectors"]
fn detectors_are_made_anew() {
    let folder = repository().join("server/fuzz/corpus/detector");
    std::fs::create_dir_all(&folder).unwrap();
    let (noise, times) = (noise(), times());
    let rows = |channels: usize, count: usize| Rows::new(&noise[..channels * count], channels).unwrap();
    let states: Vec<u32> = (0..60).map(|index| index % 3).collect();
    let windows = Windows { length: 20, floor: 5.0 };
    let lessons = [
        ("pattern", Lesson::Signal { times: &times, values: &noise[..60], false_alarms: None }),
        ("level", Lesson::Start { rows: rows(2, 150), against: Against::Siblings, limit: LEVEL_LIMIT }),
        ("innovation", Lesson::Record { rows: rows(2, 250), false_alarms: None }),
        (
            "sensor",
            Lesson::References {
                rows: rows(1, 1_500),
                references: &noise[9..1_509],
                memory: 100.0,
                false_alarms: None,
            },
        ),
        ("window", Lesson::States { rows: rows(3, 1_200), windows, states: &states }),
    ];
    let learnt = lessons.into_iter().map(|(name, lesson)| (name, Detector::learn(lesson).unwrap()));
    for (name, mut detector) in learnt.chain([("limited", limited())]) {
        for index in 0..30 {
            detector.step(Timestamp(index * 300_000_000), &noise[..2]);
        }
        let bytes = detector.to_bytes();
        let write = |what: &str, bytes: &[u8]| std::fs::write(folder.join(format!("{name}{what}")), bytes).unwrap();
        write("", &bytes);
        write("_cut", &bytes[..bytes.len() * 2 / 3]);
        for place in [2, 3, 10] {
            let mut damaged = bytes.clone();
            damaged[place] ^= 0x11;
            write(&format!("_damaged_{place}"), &damaged);
        }
    }
}

/// To be run by hand when the form of blocks changes.
#[test]
#[ignore = "writes the corpora of blocks"]
fn blocks_are_made_anew() {
    let folder = |target: &str| repository().join("server/fuzz/corpus").join(target);
    let write = |target: &str, name: &str, bytes: &[u8]| {
        std::fs::create_dir_all(folder(target)).unwrap();
        std::fs::write(folder(target).join(name), bytes).unwrap();
    };
    write("block", "empty", &encode(&[], Effort::Lasting));
    for (name, counts) in [("one", &[1][..]), ("few", &[3, 2]), ("plain", &[40]), ("packed", &[200, 70, 1])] {
        let sections: Vec<Section> = counts.iter().zip(1..).map(|(count, signal)| section(signal, *count)).collect();
        for (effort, suffix) in [(Effort::Landing, "landed"), (Effort::Lasting, "lasting")] {
            let bytes = encode(&sections, effort);
            write("block", &format!("{name}_{suffix}"), &bytes);
            write("block", &format!("{name}_{suffix}_cut"), &bytes[..bytes.len() * 2 / 3]);
            let mut flipped = bytes.clone();
            flipped[bytes.len() / 2] ^= 0xff;
            write("block", &format!("{name}_{suffix}_flipped"), &flipped);
        }
    }
    // A few bytes that claim to be billions of equal samples: the count follows the signal.
    let mut billions = encode(&[section(1, 1)], Effort::Lasting);
    billions.splice(3..4, [0xff, 0xff, 0xff, 0xff, 0x0f]);
    write("block", "billions", &billions);
    // Column, kind of value, eight bytes: each column as each kind, and several at once.
    for column in 0u8..16 {
        for kind in 0u8..6 {
            write("block_row", &format!("{column}_{kind}"), &[&[column, kind][..], b"12345678"].concat());
        }
    }
    let all: Vec<u8> = (0u8..16).flat_map(|column| [&[column, 0][..], &[column; 8]].concat()).collect();
    write("block_row", "all", &all);
    write("block_row", "shortened", &[15, 5, 9, 0, 0, 0, 0, 0, 0, 0x80]);
}

fn section(signal: i64, count: u64) -> Section {
    let mut section = Section::new(signal);
    for n in 0..count {
        let from = Provenance { delivery: n as i64 / 7, origin: 1, received_at: 9, contract: 1, unit: 0 };
        let t = START + (n * n % 13) as i64 + n as i64 * 1_000_000;
        section.push(Row { t, value: 3.5 + (n % 11) as f64 / 9.0, seq: n + 1, quality: (n / 30 % 3) as u8, from });
    }
    section
}

fn entries(count: i64) -> Vec<Entry> {
    let sample = |n: i64| What::Sample { signal: (n % 2) as u16, value: 3.5 + n as f64 / 100.0 };
    (0..count).map(|n| Entry { t: Timestamp(n * 1_000_000), what: sample(n) }).collect()
}
