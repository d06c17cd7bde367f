//! What is said of recordings, from text to text.

use std::{cell::RefCell, io::Write, path::Path, rc::Rc};

use twin::streams::{Against, Detector, LEVEL_LIMIT, Lesson};

use super::{
    account::Account,
    follow::{Cost, Course, Lines},
    mapping::{Mapping, Named},
    read::{self, Recording},
};
use crate::seen::Seen;

const LEVELS: &str = r#"
[recording]
separator = ";"
time = "time"
channels = ["flow", "heat"]
[learn]
start = "anew"
first = 200
[said]
head = ["file", "row", "alarm", "change"]
cells = ["recording", "row", "alarm", "change"]
"#;

const READINGS: &str = r#"
[recording]
channels = ["a", "b"]
references = ["c"]
[said]
head = ["key", "value"]
cells = ["key", "reading"]
"#;

/// Text that several hands write.
#[derive(Clone, Default)]
struct Paper(Rc<RefCell<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).unwrap()
    }
}

/// Numbers between 0 and 1 that look like chance.
fn noise(index: usize) -> f64 {
    (index * 7919 % 1013) as f64 / 1013.0
}

fn recording(text: &str, mapping: &Mapping) -> Recording {
    let separator = mapping.recording.separator as u8;
    let reader = csv::ReaderBuilder::new().delimiter(separator).from_reader(text.as_bytes());
    Recording { name: "plant".into(), ..read::parse(reader, mapping, &mut Seen::default()).unwrap() }
}

/// A level that rises at row 400, of so many rows.
fn levels(count: usize) -> String {
    let row = |index: usize| {
        let rise = if index >= 400 { 20.0 } else { 0.0 };
        let heat = if index == 410 { String::new() } else { (50.0 + noise(index + 500)).to_string() };
        format!("2020-01-01 00:{:02}:{:02};{};{heat}\n", index / 60, index % 60, noise(index) + rise)
    };
    "time;flow;heat\n".to_owned() + &(0..count).map(row).collect::<String>()
}

/// What is said of `recording`, and what happened.
fn followed(mapping: &Mapping, detector: &mut Detector, recording: &Recording, course: Course) -> [String; 2] {
    let [out, events] = [Paper::default(), Paper::default()];
    let (to, of) = (out.clone(), Some(events.clone()));
    let (account, cost) = (Account::default(), Cost::default());
    let mut lines = Lines { mapping, out: to, events: of, truth: None, account, cost };
    lines.heads().unwrap();
    lines.follow(detector, recording, course).unwrap();
    [out.text(), events.text()]
}

fn levels_followed(count: usize) -> [String; 2] {
    let mapping = Mapping::parse(LEVELS).unwrap();
    let all = recording(&levels(count), &mapping);
    let learnt = mapping.learn.learnt(all.count());
    let first = all.only(1, |row| row < learnt);
    let lesson = Lesson::Start { rows: first.rows(), against: Against::Itself, limit: LEVEL_LIMIT };
    let mut detector = Detector::learn(lesson).unwrap();
    followed(&mapping, &mut detector, &all, Course { target: None, from: learnt, every: 1 })
}

#[test]
fn what_is_said_of_a_row_depends_on_no_row_after_it() {
    let [all, _] = levels_followed(600);
    for count in [201, 399, 405, 450] {
        let [part, _] = levels_followed(count);
        assert!(all.starts_with(&part), "{count} rows");
    }
}

#[test]
fn alarms_and_changes_have_their_rows_and_times() {
    let [out, events] = levels_followed(600);
    assert!(out.starts_with("file,row,alarm,change\nplant,200,0,0\n"));
    assert_eq!(out.lines().count(), 401);
    let lines: Vec<Vec<&str>> = events.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines[0], ["recording", "target", "row", "secs", "what", "channel", "ratio"]);
    let change = lines.iter().find(|line| line[4] == "change").unwrap();
    let row: i64 = change[2].parse().unwrap();
    assert!((400..410).contains(&row), "{change:?}");
    assert_eq!(change[3], (1_577_836_800 + row).to_string());
    assert!(lines.iter().any(|line| line[4] == "alarm" && line[5] == "0"), "{events}");
}

#[test]
fn what_was_not_followed_is_counted_with_its_reason() {
    let mapping = Mapping::parse(LEVELS).unwrap();
    let all = recording(&levels(600), &mapping);
    let first = all.only(1, |row| row < 200);
    let lesson = Lesson::Start { rows: first.rows(), against: Against::Itself, limit: LEVEL_LIMIT };
    let (out, account, cost) = (Paper::default(), Account::default(), Cost::default());
    let mut lines = Lines { mapping: &mapping, out, events: None, truth: None, account, cost };
    let mut detector = Detector::learn(lesson).unwrap();
    lines.follow(&mut detector, &all, Course { target: None, from: 200, every: 1 }).unwrap();
    let words = lines.account.words(detector.kind());
    let (rows, alarms) = words.split_once('\n').unwrap();
    let blind =
        "1 without a word, for a number is missing, the first at row 410 of `plant`, most often that of `heat` (1)";
    assert_eq!(rows, format!("followed: 399 of 600 rows, 200 learnt from, {blind}"));
    assert!(alarms.starts_with("alarms: 1, the first at row 40"), "{alarms}");
    assert!(lines.out.text().contains("\nplant,410,,\n"), "a row that was not looked at is not as ever");
}

#[test]
fn a_reading_is_said_before_its_reference_is_looked_at() {
    let mapping = Mapping::parse(READINGS).unwrap();
    let text = |last: f64| {
        let row = |index: usize| {
            let (a, b) = (noise(index), noise(3 * index + 11));
            format!("{a},{b},{}\n", if index == 1999 { last } else { 3.0 * a - b * b + 0.01 * noise(index + 77) })
        };
        "a,b,c\n".to_owned() + &(0..2000).map(row).collect::<String>()
    };
    let said = |last: f64| {
        let all = recording(&text(last), &mapping);
        let first = all.only(1, |row| row < 1600);
        let lesson = Lesson::References {
            rows: first.rows(),
            references: &first.references[0],
            memory: 100.0,
            false_alarms: None,
        };
        let mut detector = Detector::learn(lesson).unwrap();
        followed(&mapping, &mut detector, &all, Course { target: Some((0, "c")), from: 1600, every: 1 })
    };
    let [out, _] = said(0.0);
    assert_eq!(out, said(1e6)[0]);
    assert!(out.starts_with("key,value\nplant/c/1600,"), "{out}");
}

#[track_caller]
fn check(named: Named, path: &str, want: &str) {
    assert_eq!(read::named(Path::new(path), Some(Path::new("data/set")), named), want);
}

#[test]
fn a_recording_is_called_by_its_path_its_stem_or_its_number() {
    check(Named::Path, "data/set/pump/3.csv.gz", "pump/3.csv");
    check(Named::Path, "elsewhere/3.csv", "elsewhere/3.csv");
    check(Named::Stem, "data/set/pump/3.csv.gz", "pump/3");
    check(Named::Number, "data/set/d07_te.csv.gz", "7");
    check(Named::Number, "data/set/d00.csv", "0");
    check(Named::Number, "data/set/plant_2011.csv", "2011");
}

#[test]
fn every_mapping_is_read_and_no_source_names_one() {
    let sets = Path::new(env!("CARGO_MANIFEST_DIR")).join("sets/streams");
    for name in ["skab", "nab", "tep", "gas_turbine", "hydraulic", "ims_bearing"] {
        Mapping::load(&sets.join(name).with_extension("toml")).unwrap();
        for folder in ["src/streams", "../../app/twin/src/streams", "../../app/twin/src/streams/pattern"] {
            for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
                let path = file.unwrap().path();
                let is_source = path.extension().is_some_and(|own| own == "rs") && !path.ends_with("tests.rs");
                let text = if is_source { std::fs::read_to_string(&path).unwrap() } else { String::new() };
                let is_word = |own: char| own.is_alphanumeric() || own == '_';
                let mut words = text.split(|own| !is_word(own));
                assert!(words.all(|word| !word.eq_ignore_ascii_case(name)), "{} names {name}", path.display());
            }
        }
    }
}

#[test]
fn a_mapping_that_asks_for_what_cannot_be_is_refused() {
    let refused = |recording: &str, learn: &str| {
        let said = "head = [\"row\"]\ncells = [\"row\"]";
        let text = format!("[recording]\n{recording}\n[learn]\n{learn}\n[said]\n{said}");
        Mapping::parse(&text).err().map(|error| error.to_string()).unwrap_or_default()
    };
    assert_eq!(refused("", ""), "");
    for (recording, learn, why) in [
        ("", "limit = 0.0", "`limit` is a number of deviations above 0"),
        ("", "limit = -3.0", "`limit` is a number of deviations above 0"),
        ("", "share = 7.0", "`share` is above 0, at most 1"),
        ("", "false_alarms = 0.0", "`false_alarms` is a share of samples: above 0, at most 0.5"),
        ("", "false_alarms = 5.0", "`false_alarms` is a share of samples: above 0, at most 0.5"),
        ("step_secs = 0", "", "`step_secs` is at least 1"),
        ("channels = [\"a\", \"b\", \"a\"]", "", "`channels` and `references` name `a` twice"),
        ("channels = [\"a\"]\nreferences = [\"a\"]", "", "`channels` and `references` name `a` twice"),
        ("layout = \"windows\"", "", "a layout of windows needs `windows`"),
        ("state = \"x\"", "", "a layout of windows needs `state`, and no other has one"),
    ] {
        assert_eq!(refused(recording, learn), why);
    }
    for broken in ["", "[recording]\n[said]\nhead = [\"a\"]\ncells = []", "[recording]\n[said]\nhead = []\ncells = []"]
    {
        assert!(Mapping::parse(broken).is_err());
    }
}
