//! Files as other programs write them: compressed, in other units of time, in other columns.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};

use super::*;

#[test]
fn all_members_of_a_compressed_file_are_read_and_nothing_else() {
    let zipped = |part: &str| {
        let mut file = GzEncoder::new(Vec::new(), Compression::default());
        file.write_all(part.as_bytes()).unwrap();
        file.finish().unwrap()
    };
    let plain = fine(Place::recorded("r.csv", "m3", table()).follow());
    let whole = table();
    let (first, second) = whole.split_at(whole.len() / 2);
    let both = [zipped(first), zipped(second)].concat();
    assert_eq!(fine(Place::recorded("r.csv.gz", "m3", &both).follow()), plain);
    assert_eq!(fine(Place::recorded("r.csv", "m3", &both).follow()), plain, "whatever its name");
    let followed_by = [&both[..], b"and more"].concat();
    refused(Place::recorded("r.csv.gz", "m3", followed_by).follow(), "plant/r.csv.gz");
    let cut = &both[..both.len() - 20];
    refused(Place::new().follow_file("r.gz", cut, &[]), "`r.gz`");
}

#[test]
fn whole_numbers_are_times_in_the_unit_that_is_said() {
    let place = Place::new();
    let secs = readings(|min| (1_767_225_600 + i64::from(min) * 60).to_string());
    let millis = readings(|min| ((1_767_225_600 + i64::from(min) * 60) * 1_000).to_string());
    let expected = fine(place.follow_file("r.csv", readings(iso), &[]));
    assert_eq!(fine(place.follow_file("r.csv", &secs, &["--precision", "s"])), expected);
    assert_eq!(fine(place.follow_file("r.csv", &millis, &["--precision", "ms"])), expected);
    refused(
        place.follow_file("r.csv", &secs, &[]),
        "`r.csv`: the first time, `1767225600`, is hardly in microseconds: `--precision s`",
    );
    refused(place.follow_file("r.csv", &millis, &[]), "`--precision ms`");
    let micros = readings(|min| (i64::from(min) * 60_000_000).to_string());
    assert!(fine(place.follow_file("r.csv", micros, &[])).contains("9 h from 1970-01-01T00:00:00Z"));
    let json = "{\"signal\":\"volume\",\"t\":1767225600,\"v\":3}\n";
    refused(place.follow_file("r.json", json, &["--precision", "s"]), "whole numbers are microseconds in JSON");
}

#[test]
fn tables_of_other_programs_are_read_or_refused_in_words() {
    let place = Place::new();
    let good = readings(iso);
    let expected = fine(place.follow_file("r.csv", &good, &[]));
    assert_eq!(fine(place.follow_file("r.csv", format!("\u{feff}{good}"), &[])), expected);
    assert_eq!(fine(place.follow_file("r.csv", good.replacen("t,drain", "\"t\",\"drain\"", 1), &[])), expected);
    refused(
        place.follow_file("r.csv", good.replace(',', ";"), &[]),
        "`r.csv`: columns are separated by `,` here, not by ';'",
    );
    refused(place.follow_file("r.csv", good.replace(',', "\t"), &[]), "not by '\\t'");
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(good.bytes().flat_map(|byte| [byte, 0])).collect();
    refused(place.follow_file("r.csv", wide, &[]), "`r.csv`: the file is UTF-16");
    let timed = good.replacen("t,", "time,", 1);
    refused(place.follow_file("r.csv", timed, &[]), "the header has no column `t`, only `time`, `drain`, `volume`");
    let of_two = "{\"asset\":\"a\",\"signal\":\"volume\",\"t\":0,\"v\":3}\n{\"asset\":\"b\",\"signal\":\"volume\",\"t\":0,\"v\":3}\n";
    refused(
        place.follow_file("r.json", of_two, &["--asset", "zz"]),
        "`r.json`: no readings of `zz`: there are those of `a`, `b`",
    );
    let nowhere = place.run(&["backtest", "models/vessel.toml", "--inputs", "nowhere.csv"]);
    refused(nowhere, "`nowhere.csv`: No such file");
}
