//! `train` and `predict` on files: what comes out is what the kernel says, to the bit.

use std::{fmt::Write, fs, path::Path};

use learn::{read, seen::Seen, train};
use twin::learned::Learned;

use super::support::{FLEET, Folder, fleet, mapping, run_predict, run_train};

/// A fleet as CSV.
fn csv(path: &Path, count: usize, seed: u64) {
    let mut text = String::from("engine,altitude,speed,heat,plate\n");
    for engine in fleet(count, seed) {
        for row in &engine.rows {
            writeln!(text, "{},{},{},{},{}", engine.asset, row[0], row[1], row[2], row[3]).unwrap();
        }
    }
    fs::write(path, text).unwrap();
}

#[test]
fn a_sealed_file_says_what_the_kernel_says() {
    let folder = Folder::new("command");
    let files = ["map.toml", "sealed", "out.csv", "train.csv", "test.csv"];
    let [map, sealed, out, train_csv, test_csv] = files.map(|name| folder.path(name));
    fs::write(&map, FLEET).unwrap();
    csv(Path::new(&train_csv), 12, 1);
    csv(Path::new(&test_csv), 3, 2);
    run_train(&["--map", &map, "--out", &sealed, &train_csv]).unwrap();
    run_predict(&["--map", &map, "--sealed", &sealed, "--out", &out, "--label", "set=x", &test_csv]).unwrap();

    // In this process, from the recordings themselves.
    let engines = read::recordings(Path::new(&train_csv), &mapping(FLEET), &mut Seen::default()).unwrap();
    let learned = train::learn(&mapping(FLEET), engines, 0).unwrap();
    assert_eq!(Learned::unseal(&fs::read(&sealed).unwrap()).unwrap(), learned);
    let mut want = String::from("set,engine,row,rul,lo,hi\n");
    for engine in fleet(3, 2) {
        let mut course = learned.begin(0);
        for (number, row) in (1..).zip(&engine.rows) {
            learned.step(&mut course, row);
            let left = learned.remaining_life(&course).unwrap();
            writeln!(want, "x,{},{number},{},{},{}", engine.asset, left.middle, left.low, left.high).unwrap();
        }
    }
    // Numbers are written so that they are read back to the same bits.
    assert_eq!(fs::read_to_string(&out).unwrap(), want);

    run_predict(&["--map", &map, "--sealed", &sealed, "--out", &out, "--last", "--only", "engine 1", &test_csv])
        .unwrap();
    let last = want.lines().rfind(|line| line.starts_with("x,engine 1,")).unwrap();
    assert_eq!(fs::read_to_string(&out).unwrap().lines().nth(1), last.strip_prefix("x,"));

    fs::write(&map, FLEET.replace("\"heat\", \"plate\"", "\"plate\", \"heat\"")).unwrap();
    let refused = run_predict(&["--map", &map, "--sealed", &sealed, "--out", &out, &test_csv]).unwrap_err();
    assert!(refused.to_string().contains("not what the mapping names"), "{refused}");
}
