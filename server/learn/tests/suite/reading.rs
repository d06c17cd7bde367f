//! Recordings in their layouts, and what is wrong with them.

use learn::read::{self, Recording};

use super::support::{TANK, mapping};

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
    let error = read::parse(text, &mapping(map)).unwrap_err();
    assert_eq!(error.to_string(), why);
}

fn same(a: &[Vec<f64>], b: &[Vec<f64>]) -> bool {
    let bits = |rows: &[Vec<f64>]| {
        rows.iter().map(|row| row.iter().map(|one| one.to_bits()).collect()).collect::<Vec<Vec<_>>>()
    };
    bits(a) == bits(b)
}

#[test]
fn numbers_between_spaces_are_read_by_place() {
    let read = read::parse("1 1 0.5 600.0 \n1 2  0.25 601\n2 1 0 599\n", &mapping(SPACED)).unwrap();
    let engine = |asset: &str, rows: Vec<Vec<f64>>| {
        let count = rows.len();
        (asset.to_string(), rows, vec![0; count])
    };
    let found: Vec<_> = read.into_iter().map(|one| (one.asset, one.rows, one.secs)).collect();
    assert_eq!(found, [engine("1", vec![vec![0.5, 600.0], vec![0.25, 601.0]]), engine("2", vec![vec![0.0, 599.0]])]);
    refused(SPACED, "1 1 0.5\n", "a row of 3 numbers where there are 4 columns");
}

#[test]
fn columns_are_read_by_name_and_assets_are_told_apart() {
    let text = "lab,hour,cell,capacity,day\n1.5,10:00:00,a,2.0,2020-01-01\n,10:00:00,b,1.9,2020-01-01\n-200,16:30:00,a,-200,2020-01-02\n";
    let read = read::parse(text, &mapping(CELLS)).unwrap();
    let names: Vec<&str> = read.iter().map(|one| one.asset.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    assert!(same(&read[0].rows, &[vec![2.0, 0.0], vec![f64::NAN, 30.5]]), "{:?}", read[0].rows);
    assert_eq!(read[0].references[0], 1.5);
    assert!(read[0].references[1].is_nan() && read[1].references[0].is_nan());
    refused(CELLS, "day,hour,cell,lab\n", "there is no column `capacity`");
    refused(CELLS, "lab,hour,cell,capacity,day\n1,noon,a,2,2020-01-01\n", "`2020-01-01 noon` is no time");
}

#[test]
fn a_gap_in_a_series_is_filled_with_nothing() {
    let text = "at,level,flow\n1970-01-02 00:00:00,1,2\n1970-01-02 03:00:00,3,4\n";
    let Recording { first, rows, .. } = read::parse(text, &mapping(TANK)).unwrap().remove(0);
    let none = vec![f64::NAN; 2];
    assert_eq!(first, 24);
    assert!(same(&rows, &[vec![1.0, 2.0], none.clone(), none, vec![3.0, 4.0]]), "{rows:?}");
    let back = "at,level,flow\n1970-01-02 03:00:00,1,2\n1970-01-02 00:00:00,3,4\n";
    refused(TANK, back, "rows are not in the order of their time, or far apart");
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
