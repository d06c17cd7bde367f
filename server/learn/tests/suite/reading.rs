//! Recordings in their layouts, and what is wrong with them.

use learn::{
    read::{self, Recording},
    seen::Seen,
};

use super::support::{FLEET, TANK, mapping};

const SPACED: &str = r#"
[recording]
layout = "spaced"
columns = ["unit", "cycle", "altitude", "heat"]
asset = "unit"
settings = ["altitude"]
channels = ["heat"]
[learn]
kind = "life"
tolerances = [1.0]
"#;

const CELLS: &str = r#"
[recording]
asset = "cell"
time = ["day", "hour"]
hours_since = "rest"
missing = -200
channels = ["capacity", "rest"]
reference = "lab"
[learn]
kind = "soft"
hour = 10
sensor = { typical = [1.0, 1.0], terms = [[0]], variance = 1.0, wander = 0.0, noise = 1.0, relative_noise = 0.0, least = 0.0, lowest = 0.0 }
"#;

#[track_caller]
fn refused(map: &str, text: &str, why: &str) {
    let error = read::parse(text, &mapping(map), &mut Seen::default()).unwrap_err();
    assert_eq!(format!("{error:#}"), why);
}

fn read(map: &str, text: &str) -> (Vec<Recording>, String) {
    let mut seen = Seen::default();
    let found = read::parse(text, &mapping(map), &mut seen).unwrap();
    (found, seen.to_string())
}

fn same(a: &[Vec<f64>], b: &[Vec<f64>]) -> bool {
    let bits = |rows: &[Vec<f64>]| {
        rows.iter().map(|row| row.iter().map(|one| one.to_bits()).collect()).collect::<Vec<Vec<_>>>()
    };
    bits(a) == bits(b)
}

#[test]
fn numbers_between_spaces_are_read_by_place() {
    let read = read(SPACED, "1 1 0.5 600.0 \n1 2  0.25 601\n2 1 0 599\n").0;
    let engine = |asset: &str, rows: Vec<Vec<f64>>| {
        let count = rows.len();
        (asset.to_string(), rows, vec![0; count])
    };
    let found: Vec<_> = read.into_iter().map(|one| (one.asset, one.rows, one.secs)).collect();
    assert_eq!(found, [engine("1", vec![vec![0.5, 600.0], vec![0.25, 601.0]]), engine("2", vec![vec![0.0, 599.0]])]);
    refused(SPACED, "1 1 0.5 600\n\n1 1 0.5\n", "line 3: a row of 3 numbers where there are 4 columns");
}

#[test]
fn columns_are_read_by_name_and_assets_are_told_apart() {
    let text = "lab,hour,cell,capacity,day\n1.5,10:00:00,a,2.0,2020-01-01\n,10:00:00,b,1.9,2020-01-01\n-200,16:30:00,a,-200,2020-01-02\n";
    let (read, seen) = read(CELLS, text);
    let names: Vec<&str> = read.iter().map(|one| one.asset.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    assert!(same(&read[0].rows, &[vec![2.0, 0.0], vec![f64::NAN, 30.5]]), "{:?}", read[0].rows);
    assert_eq!(read[0].references[0], 1.5);
    assert!(read[0].references[1].is_nan() && read[1].references[0].is_nan());
    assert_eq!(seen, "read: 3 rows, 3 of 6 cells missing, most in `lab` (2)");
    refused(CELLS, "day,hour,cell,lab\n", "there is no column `capacity`");
    refused(CELLS, "lab,hour,cell,capacity,day\n1,noon,a,2,2020-01-01\n", "line 2: `2020-01-01 noon` is no time");
}

#[test]
fn a_gap_in_a_series_is_filled_with_nothing() {
    let text = "at,level,flow\n1970-01-02 00:00:00,1,2\n1970-01-02 03:00:00,3,4\n";
    let Recording { first, rows, .. } = read(TANK, text).0.remove(0);
    let none = vec![f64::NAN; 2];
    assert_eq!(first, 24);
    assert!(same(&rows, &[vec![1.0, 2.0], none.clone(), none, vec![3.0, 4.0]]), "{rows:?}");
    let back = "at,level,flow\n1970-01-02 03:00:00,1,2\n1970-01-02 00:00:00,3,4\n";
    refused(TANK, back, "line 3: rows are not in the order of their time, or far apart");
}

#[test]
fn a_mapping_with_a_word_too_many_is_refused() {
    assert!(learn::mapping::Mapping::parse(&TANK.replace("horizon", "horizont")).is_err());
    assert!(learn::mapping::Mapping::parse(&TANK.replace("bits = 16", "bits = 12")).is_err());
    assert!(learn::mapping::Mapping::parse(&TANK.replace("step_secs", "step")).is_err());
}

#[test]
fn every_mapping_of_a_known_set_can_be_read() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sets");
    let mut count = 0;
    // Those of detectors stand in a folder of their own.
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    for path in paths.filter(|path| path.is_file()) {
        learn::mapping::Mapping::load(&path).unwrap();
        count += 1;
    }
    assert!(count >= 4);
}

#[test]
fn what_is_neither_a_number_nor_nothing_is_refused_by_its_line_and_column() {
    let fleet = |cell: &str| format!("engine,altitude,speed,heat,plate\n1,0,1,2,3\n1,0,1,{cell},3\n");
    for nothing in ["", " ", "NaN"] {
        let (found, seen) = read(FLEET, &fleet(nothing));
        assert!(found[0].rows[1][2].is_nan());
        assert_eq!(seen, "read: 2 rows, 1 of 8 cells missing, most in `heat` (1)");
    }
    for text in ["abc", "1_5", "n/a"] {
        let why = format!("line 3: column `heat`: `{text}` is no number, and not what `missing` says");
        refused(FLEET, &fleet(text), &why);
    }
    for text in ["1e400", "1e30", "-inf"] {
        let why = format!("line 3: column `heat`: `{text}` is further from zero than any reading (1e18)");
        refused(FLEET, &fleet(text), &why);
    }
    let spaced = "line 2: column `heat`: `1,5` is no number, and not what `missing` says";
    refused(SPACED, "1 1 0.5 600.0\n1 2 0.5 1,5\n", spaced);
    let lab = "lab,hour,cell,capacity,day\nhigh,10:00:00,a,2.0,2020-01-01\n";
    refused(CELLS, lab, "line 2: column `lab`: `high` is no number, and not what `missing` says");
}

#[test]
fn a_word_may_stand_for_nothing() {
    let map = SPACED.replace("asset =", "missing = \"-\"\nasset =");
    let (found, seen) = read(&map, "1 1 0.5 600\n1 2 0.5 -\n");
    assert!(found[0].rows[1][1].is_nan());
    assert_eq!(seen, "read: 2 rows, 1 of 4 cells missing, most in `heat` (1)");
}

#[test]
fn rows_that_go_back_are_refused_and_those_that_come_again_are_counted() {
    let map = CELLS.replace("asset = \"cell\"", "");
    let at = |hours: &[u32]| {
        let row = |hour: &u32| format!("1.5,{hour:02}:00:00,2.0,2020-01-01\n");
        "lab,hour,capacity,day\n".to_owned() + &hours.iter().map(row).collect::<String>()
    };
    refused(&map, &at(&[10, 11, 9]), "line 4: rows are not in the order of their time");
    let (_, seen) = read(&map, &at(&[10, 11, 11, 12, 12]));
    let warned = "warning: rows at the instant of the row before: 2, the first in line 4";
    assert_eq!(seen.lines().nth(1), Some(warned), "{seen}");
}

#[test]
fn a_column_that_is_there_twice_is_refused() {
    refused(FLEET, "engine,altitude,speed,heat,heat,plate\n1,0,1,2,3,4\n", "there are two columns `heat`");
}

#[test]
fn a_mapping_that_asks_for_what_cannot_be_is_refused() {
    let why = |map: &str, from: &str, to: &str| {
        assert!(map.contains(from), "{from}");
        let refused = learn::mapping::Mapping::parse(&map.replace(from, to)).err();
        refused.map(|error| error.to_string()).unwrap_or_default()
    };
    let cap = "`cap` is a number of rows above 0, not ";
    assert_eq!(why(FLEET, "cap = 80", "cap = -5"), format!("{cap}-5"));
    assert_eq!(why(FLEET, "cap = 80", "cap = 0"), format!("{cap}0"));
    assert_eq!(why(FLEET, "cap = 80", "cap = nan"), format!("{cap}NaN"));
    let none = "`channels` names nothing to learn from";
    assert_eq!(why(FLEET, "[\"speed\", \"heat\", \"plate\"]", "[]"), none);
    let twice = "`settings` and `channels` name `heat` twice";
    assert_eq!(why(FLEET, "\"plate\"]", "\"heat\"]"), twice);
    for (from, to) in [
        ("folds = 4", "folds = 0"),
        ("[1.0]", "[]"),
        ("[1.0]", "[0.0]"),
        ("[10, 30]", "[0]"),
        ("batch = 64", "batch = 0"),
        ("count = 2", "count = 0"),
        ("leaves = 12", "leaves = 1000"),
        ("rate = 0.08", "rate = 7.0"),
        ("judged = [2, 100]", "judged = [100, 2]"),
    ] {
        assert_ne!(why(FLEET, from, to), "", "{to}");
    }
    for (from, to) in [
        ("horizon = 12", "horizon = 0"),
        ("step_secs = 3600", "step_secs = 0"),
        ("time = [\"at\"]", ""),
        ("period = 24", "period = 0"),
        ("[0, 1, 2, 4]", "[0]"),
    ] {
        assert_ne!(why(TANK, from, to), "", "{to}");
    }
}
