//! What commands write: whole or not at all, and never over what they read.

use std::{fs, path::Path};

use learn::train;
use twin::streams::{Detector, Lesson};

use super::{
    cells::CELLS,
    support::{FLEET, Folder, mapping, refused, run_detect, run_predict, run_train},
};

const LEVELS: &str = r#"
[recording]
[learn]
start = "anew"
first = 200
[said]
head = ["row", "alarm"]
cells = ["row", "alarm"]
"#;

/// Two cells of eighty cycles, the second from another day on.
fn cells() -> String {
    let row = |cycle: u32| {
        let (cell, cycle) = (["a", "b"][cycle as usize / 80], cycle % 80);
        format!("{cell},2024-01-{:02} {:02}:00,{}\n", cycle / 20 + 1, cycle % 20, 1.9 - 0.004 * f64::from(cycle))
    };
    "cell,start,capacity\n".to_owned() + &(0..160).map(row).collect::<String>()
}

fn levels() -> String {
    let row = |row: usize| format!("{},{}\n", row * 7919 % 1013, row * 31 % 97);
    "a,b\n".to_owned() + &(0..600).map(row).collect::<String>()
}

/// The files that a prediction of cells needs, and the words that name them.
fn cell_folder(name: &str) -> (Folder, [String; 6]) {
    let folder = Folder::new(name);
    let (map, sealed) = (folder.with("map.toml", CELLS), folder.path("sealed"));
    run_train(&["--map", &map, "--out", &sealed]).unwrap();
    let recording = folder.with("in.csv", cells());
    let words = ["--map".into(), map, "--sealed".into(), sealed, recording, "--out".into()];
    (folder, words)
}

fn predict(words: &[String], more: &[&str]) -> anyhow::Result<()> {
    run_predict(&words.iter().map(String::as_str).chain(more.iter().copied()).collect::<Vec<_>>())
}

#[test]
fn an_output_that_is_read_or_is_another_output_is_refused() {
    let (folder, words) = cell_folder("apart");
    let (map, recording) = (folder.path("map.toml"), folder.path("in.csv"));
    fs::create_dir(folder.path("sub")).unwrap();
    for own in ["in.csv", "sub/../in.csv", "map.toml", "sealed"] {
        refused(predict(&words, &[&folder.path(own)]), "`--out` would overwrite");
    }
    let new = folder.path("new.csv");
    refused(predict(&words, &[&new, "--truth", &recording]), "`--truth` would overwrite");
    refused(
        predict(&words, &[&new, "--truth", &folder.path("sub/../new.csv")]),
        "`--out` and `--truth` are the same file",
    );
    refused(run_train(&["--map", &map, "--out", &map]), "`--out` would overwrite");
    refused(run_train(&["--map", &map, "--out", &recording, &recording]), "`--out` would overwrite");
    let (levels, map) = (folder.with("levels.csv", levels()), folder.with("levels.toml", LEVELS));
    for option in ["--events", "--truth", "--save"] {
        refused(run_detect(&["--map", &map, "--out", &new, option, &levels, &levels]), "would overwrite");
        refused(run_detect(&["--map", &map, "--out", &new, option, &new, &levels]), "are the same file");
    }
    refused(run_detect(&["--map", &map, "--out", &levels, &levels]), "`--out` would overwrite");
    refused(
        run_detect(&["--map", &map, "--out", &recording, "--normal", &recording, &levels]),
        "`--out` would overwrite",
    );
    assert_eq!(folder.read("in.csv"), cells());
    assert_eq!(folder.read("map.toml"), CELLS);
    assert!(!Path::new(&new).exists());
}

#[cfg(unix)]
#[test]
fn what_a_link_leads_to_is_not_overwritten_and_a_link_stays_one() {
    let (folder, words) = cell_folder("links");
    let link = folder.path("link.csv");
    std::os::unix::fs::symlink(folder.path("in.csv"), &link).unwrap();
    refused(predict(&words, &[&link]), "`--out` would overwrite");
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(folder.with("said.csv", "old"), &link).unwrap();
    predict(&words, &[&link]).unwrap();
    assert!(folder.read("said.csv").starts_with("cell,row,end,lo,hi\na,1,"));
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
}

#[test]
fn what_fails_leaves_what_was_there() {
    let (folder, mut words) = cell_folder("whole");
    let out = folder.path("out.csv");
    predict(&words, &[&out]).unwrap();
    let before = folder.read("out.csv");
    words[4] = folder.with("bad.csv", cells() + "b,2024-01-09 00:00,abc\n");
    refused(predict(&words, &[&out]), "bad.csv: line 162: column `capacity`: `abc` is no number");
    assert_eq!(folder.read("out.csv"), before);

    let (levels_csv, map) = (folder.with("levels.csv", levels()), folder.with("levels.toml", LEVELS));
    let [said, events, save] = ["said.csv", "events.csv", "save"].map(|name| folder.path(name));
    let detect =
        |recording: &str| run_detect(&["--map", &map, "--out", &said, "--events", &events, "--save", &save, recording]);
    detect(&levels_csv).unwrap();
    let before = ["said.csv", "events.csv"].map(|name| folder.read(name));
    let detector = fs::read(&save).unwrap();
    let names = folder.names();
    refused(detect(&folder.with("bad.csv", levels() + "1,x\n")), "bad.csv: line 602: column `b`: `x` is no number");
    assert_eq!(["said.csv", "events.csv"].map(|name| folder.read(name)), before);
    assert_eq!(fs::read(&save).unwrap(), detector);
    assert_eq!(folder.names(), names, "nothing is left beside");
}

#[test]
fn a_place_that_cannot_be_written_is_refused_before_anything_is_read() {
    let folder = Folder::new("places");
    let map = folder.with("map.toml", FLEET);
    let nowhere = folder.path("none/x.sealed");
    let missing = folder.path("missing.csv");
    refused(run_train(&["--map", &map, "--out", &nowhere, &missing]), &format!("writing {nowhere}"));
    refused(run_train(&["--map", &map, "--out", &folder.path(""), &missing]), "writing ");
    // Where there is a place, nothing lies in it while something is learned.
    refused(run_train(&["--map", &map, "--out", &folder.path("x.sealed"), &missing]), "missing.csv");
    assert_eq!(folder.names(), ["map.toml"]);
    if Path::new("/dev/full").exists() {
        refused(run_train(&["--map", &map, "--out", "/dev/full", &missing]), "writing /dev/full: No space left");
        let levels_map = folder.with("levels.toml", LEVELS);
        for rows in [levels(), levels() + &"1,2\n".repeat(9_000)] {
            let levels = folder.with("levels.csv", rows);
            refused(run_detect(&["--map", &levels_map, "--out", "/dev/full", &levels]), "writing /dev/full");
        }
    }
}

#[test]
fn a_device_is_written_as_it_is() {
    let (_folder, words) = cell_folder("device");
    if Path::new("/dev/null").exists() {
        predict(&words, &["/dev/null", "--truth", "/dev/null"]).unwrap();
        assert!(!Path::new("/dev/null").is_file());
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_tried_and_written_at_one_go() {
    let folder = Folder::new("pipes");
    let (map, pipe, file) = (folder.with("map.toml", CELLS), folder.path("pipe"), folder.path("x.sealed"));
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let path = pipe.clone();
    let reader = std::thread::spawn(move || fs::read(path).unwrap());
    run_train(&["--map", &map, "--out", &pipe]).unwrap();
    run_train(&["--map", &map, "--out", &file]).unwrap();
    assert_eq!(reader.join().unwrap(), fs::read(file).unwrap());
}

#[test]
fn what_is_asked_for_and_not_there_is_refused() {
    let (folder, words) = cell_folder("asked");
    let out = folder.path("out.csv");
    let ask = |more: &[&str]| predict(&words, &[&[out.as_str()], more].concat());
    refused(ask(&["--only", "a,c"]), "there is no asset `c` among 2, as `a`, `b`");
    refused(ask(&["--from", "5000"]), "nothing is said of any of 160 rows");
    for label in ["ax", "=x", "a,b=x", "a=x,y", "a=\"x"] {
        assert!(ask(&["--label", label]).is_err(), "{label}");
    }
    refused(ask(&["--label", "cell=x"]), "there is a column `cell` already");
    assert!(!Path::new(&out).exists());
    // Rows are counted from 1, and both ends are in.
    ask(&["--from", "79", "--to", "80", "--label", "set=x"]).unwrap();
    let said = folder.read("out.csv");
    let begins: Vec<String> = said.lines().map(|line| line.split(',').take(3).collect::<Vec<_>>().join(",")).collect();
    assert_eq!(begins, ["set,cell,row", "x,a,79", "x,a,80", "x,b,79", "x,b,80"]);
}

#[test]
fn an_asset_with_a_comma_in_its_name_keeps_to_its_cell() {
    let (folder, mut words) = cell_folder("commas");
    words[4] = folder.with("in.csv", cells().replace("\na,", "\n\"a, 1\","));
    predict(&words, &[&folder.path("out.csv"), "--last"]).unwrap();
    assert!(folder.read("out.csv").lines().nth(1).unwrap().starts_with("\"a, 1\",80,"));
}

#[test]
fn a_detector_is_not_taken_for_what_was_sealed() {
    let (folder, mut words) = cell_folder("detector");
    let text = levels();
    let values: Vec<f64> =
        text.lines().skip(1).flat_map(|line| line.split(',')).map(|cell| cell.parse().unwrap()).collect();
    let rows = twin::streams::Rows::new(&values, 2).unwrap();
    let lesson = Lesson::Start { rows, against: twin::streams::Against::Itself, limit: 10.0 };
    words[3] = folder.with("detector", Detector::learn(lesson).unwrap().to_bytes());
    refused(predict(&words, &[&folder.path("out.csv")]), "is a detector");
}

#[test]
fn a_fleet_of_which_no_row_is_judged_is_refused() {
    let judged = FLEET.replace("judged_age = 10", "judged_age = 1000");
    let engines = super::support::fleet(8, 1);
    let error = train::learn(&mapping(&judged), engines, 0).unwrap_err().to_string();
    assert!(error.starts_with("no asset has a row of age 1000 or more with 2 to 100 rows left"), "{error}");
}
