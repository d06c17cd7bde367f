//! `detect` on files: what is followed, what is not, and what is refused.

use super::support::{Folder, refused, run_detect};

const LEVELS: &str = r#"
[recording]
time = "t"
channels = ["a", "b"]
[learn]
start = "anew"
first = 500
[said]
head = ["row", "alarm", "change", "ratio", "channel"]
cells = ["row", "alarm", "change", "ratio", "channel"]
"#;

const WINDOWS: &str = r#"
[recording]
layout = "windows"
state = "valve"
[learn]
windows = { length = 2, floor = 0.0 }
[said]
head = ["row", "state"]
cells = ["row", "state"]
"#;

/// Seconds of two signals, as `row` writes them; `a` is larger by 16 deviations from row 1501 on.
fn levels(b: impl Fn(usize) -> String, order: impl Fn(usize) -> usize) -> String {
    let line = |row: usize| {
        let noise = (row * 7919 % 1013) as f64 / 1013.0;
        let (a, t) = (noise + if row > 1500 { 5.0 } else { 0.0 }, order(row));
        format!("2024-01-01 {:02}:{:02}:{:02},{a},{}\n", t / 3600, t / 60 % 60, t % 60, b(row))
    };
    "t,a,b\n".to_owned() + &(0..2000).map(line).collect::<String>()
}

fn five(row: usize) -> String {
    (5.0 + (row * 31 % 97) as f64 / 97.0).to_string()
}

/// What `detect` says of `text`, line by line.
fn detect(name: &str, map: &str, text: &str) -> anyhow::Result<Vec<String>> {
    let folder = Folder::new(name);
    let (map, recording, out) = (folder.with("map.toml", map), folder.with("in.csv", text), folder.path("out.csv"));
    run_detect(&["--map", &map, "--out", &out, &recording])?;
    Ok(folder.read("out.csv").lines().map(String::from).collect())
}

#[test]
fn a_row_that_was_not_looked_at_is_told_from_one_that_is_as_ever() {
    let whole = detect("whole", LEVELS, &levels(five, |row| row)).unwrap();
    assert!(whole.iter().skip(1).all(|line| line.split(',').all(|cell| !cell.is_empty())));
    assert!(whole[1600 - 500].starts_with("1599,1,"), "{}", whole[1100]);
    let dead = |row: usize| if row < 1000 { five(row) } else { String::new() };
    let blind = detect("blind", LEVELS, &levels(dead, |row| row)).unwrap();
    assert_eq!(blind[..501], whole[..501]);
    assert_eq!(blind.len(), whole.len());
    for (line, row) in blind[501..].iter().zip(1000..) {
        assert_eq!(*line, format!("{row},,,,"));
    }
}

#[test]
fn text_where_numbers_are_is_refused_by_its_line() {
    let text = |row: usize| if row == 700 { "abc".into() } else { five(row) };
    let why = "in.csv: line 702: column `b`: `abc` is no number, and not what `missing` says";
    refused(detect("text", LEVELS, &levels(text, |row| row)).map(drop), why);
    let map = LEVELS.replace("time =", "missing = \"abc\"\ntime =");
    assert_eq!(detect("word", &map, &levels(text, |row| row)).unwrap()[201], "700,,,,");
    let time = levels(five, |row| row).replace("2024-01-01 00:10:00", "noon");
    refused(detect("time", LEVELS, &time).map(drop), "in.csv: line 602: `noon` is no time");
    // Without `channels` all columns are signals, also those that have names in them.
    let map = LEVELS.replace("channels = [\"a\", \"b\"]\n", "");
    let named = levels(|row| format!("{},pump", five(row)), |row| row).replace("t,a,b\n", "t,a,b,machine\n");
    refused(detect("named", &map, &named).map(drop), "line 2: column `machine`: `pump` is no number");
}

#[test]
fn a_recording_that_runs_backwards_is_refused_and_a_clock_that_was_set_back_is_not() {
    let why = "in.csv: 1999 of 2000 rows are before the row before, the first in line 3";
    refused(detect("back", LEVELS, &levels(five, |row| 2000 - row)).map(drop), why);
    let set_back = |row: usize| if row < 1800 { row } else { row - 60 };
    assert_eq!(detect("set-back", LEVELS, &levels(five, set_back)).unwrap().len(), 1501);
}

#[test]
fn a_recording_of_which_nothing_is_followed_is_refused_but_for_what_is_saved() {
    let map = LEVELS.replace("first = 500", "first = 100000");
    let text = levels(five, |row| row);
    let why = "nothing is followed: all 2000 rows are learnt from, which `first` and `share` in `[learn]` bound";
    refused(detect("learnt", &map, &text).map(drop), why);
    let folder = Folder::new("saved");
    let (map, recording) = (folder.with("map.toml", map), folder.with("in.csv", text));
    let (out, save) = (folder.path("out.csv"), folder.path("save"));
    run_detect(&["--map", &map, "--out", &out, "--save", &save, &recording]).unwrap();
    assert!(folder.names().contains(&"save".to_owned()));
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    let folder = Folder::new("options");
    let map = folder.with("map.toml", LEVELS);
    let recording = folder.with("in.csv", levels(five, |row| row));
    let (out, save, none) = (folder.path("out.csv"), folder.path("save"), folder.path("none.csv"));
    let ask = |more: &[&str]| run_detect(&[&["--map", &map, "--out", &out, &recording], more].concat());
    refused(ask(&["--folds", "0"]), "`--folds` are at least 2");
    refused(ask(&["--folds", "3", "--save", &save]), "none to `--save`");
    refused(ask(&["--memory", "0"]), "`--memory` is a number of references above 0");
    refused(ask(&["--states", &none]), "a layout of windows needs `--states`, and no other has them");

    let map = folder.with("windows.toml", WINDOWS);
    let windows = folder.with("heat.csv", "1,20,21\n2,40,abc\n");
    let states = folder.with("states.csv", "valve\n1\n2\n");
    let ask = |more: &[&str]| run_detect(&[&["--map", &map, "--out", &out, &windows], more].concat());
    refused(ask(&[]), "a layout of windows needs `--states`");
    refused(ask(&["--states", &states]), "states are learnt from `--learn`, or by `--folds`");
    let learn = ["--states", &states, "--learn", &windows];
    refused(ask(&learn), "heat.csv: line 2: cell 3: `abc` is no number");
    folder.with("heat.csv", "1,20,21\n2,40,41,42\n");
    refused(ask(&learn), "heat.csv: line 2");
    folder.with("heat.csv", "1,20,21\n2,40,41\n");
    folder.with("states.csv", "valve\n1\nopen\n");
    refused(ask(&learn), "states.csv: line 3: `open` is no state");
}
