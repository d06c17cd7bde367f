//! Futures of model files on the command line.

mod tutorial;

use std::{path::PathBuf, process::Command};

use clap::Parser;
use serde_json::Value;
use server::simulate::{Options, until};

use crate::support::repository;

fn transformer() -> PathBuf {
    repository().join("server/models/power-transformer.toml")
}

/// What is printed to the terminal, and beside it.
struct Printed {
    is_well: bool,
    out: String,
    error: String,
}

fn simulate(options: &[&str]) -> Printed {
    let done = Command::new(env!("CARGO_BIN_EXE_twinlight"))
        .arg("simulate")
        .arg(transformer())
        .args(options)
        .env("TWINLIGHT_PLANT__MODELS", repository().join("server/models"))
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Printed { is_well: done.status.success(), out: text(done.stdout), error: text(done.stderr) }
}

/// The file of this name that a simulation writes.
fn written(name: &str, options: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    let printed = simulate(&[options, &["--out", file.to_str().unwrap()]].concat());
    assert!(printed.is_well, "{}", printed.error);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    std::fs::read_to_string(file).unwrap()
}

fn json(options: &[&str]) -> Value {
    serde_json::from_str(&written("futures.json", options)).unwrap()
}

/// The mean of a quantity at the end of a scenario.
fn end(found: &Value, scenario: usize, quantity: &str) -> f64 {
    let means = found["scenarios"][scenario]["quantities"][quantity]["mean"].as_array().unwrap();
    means.last().unwrap().as_f64().unwrap()
}

#[track_caller]
fn refused(options: &[&str], expected: &str) {
    let printed = simulate(options);
    assert!(!printed.is_well, "{options:?}");
    assert_eq!(printed.error, format!("error: {expected}\n"));
}

#[test]
fn a_transformer_at_its_rating_lives_as_the_standard_says() {
    let found = json(&["--input", "load=1.5 kA", "--for", "10 d", "--scenario", "heat_wave"]);
    // 20 degC, 60 K of the oil and 1.3 times 17 K of the winding; members differ by some 6 K, and 64 are stepped.
    assert!((end(&found, 0, "hot_spot") - 102.1).abs() < 2.0);
    assert!((end(&found, 0, "top_oil") - 80.0).abs() < 2.0);
    // Ageing doubles every 6 K above 98 degC, so that members that are hotter weigh more.
    let nominal = 10.0 * f64::exp2((102.1 - 98.0) / 6.0);
    let life = end(&found, 0, "life_used");
    assert!(life > nominal && life < 2.0 * nominal, "{life}");
    // All scenarios have the same noise: 12 K more outside are 12 K more inside, in every member.
    let warmer = end(&found, 1, "hot_spot") - end(&found, 0, "hot_spot");
    assert!((warmer - 12.0).abs() < 1e-6, "{warmer}");
    let met = |scenario: usize| &found["scenarios"][scenario]["failures"]["hot_spot_cyclic"];
    assert!(met(1)["probability"].as_f64() > met(0)["probability"].as_f64());
    assert!(met(1)["by_10"].as_str().unwrap() > "2000-01-01T00:00:00Z", "{}", met(1));
    assert_eq!(met(1)["severity"], "warn");
    assert!(found["times"].as_array().unwrap().last().unwrap() == "2000-01-11T00:00:00Z");
}

#[test]
fn the_same_seed_gives_the_same_file_however_many_threads_there_are() {
    for (name, members, stepped) in [("few.csv", "200", 256), ("many.csv", "1500", 1536), ("many.json", "1500", 1536)] {
        let with = |seed: &str, threads: &str| {
            let scenario = ["--scenario", "load=1.2", "--scenario", "heat_wave", "--input", "load=1400"];
            written(name, &[&scenario[..], &["--members", members, "--seed", seed, "--threads", threads]].concat())
        };
        let alone = with("7", "1");
        assert!(alone == with("7", "2") && alone == with("7", "5"), "{name}");
        assert_ne!(alone, with("8", "1"), "{name}");
        if name.ends_with("json") {
            assert_eq!(serde_json::from_str::<Value>(&alone).unwrap()["members"], stepped);
        }
    }
}

#[test]
fn a_table_has_a_line_for_each_scenario_instant_and_quantity() {
    let table = written("futures.csv", &["--for", "2 h", "--points", "24", "--scenario", "hotter: ambient=5"]);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines[0], "scenario,t,quantity,unit,mean,low,mid,high");
    assert_eq!(lines[2], "baseline,2000-01-01T00:00:00Z,ambient,degC,20,20,20,20");
    assert_eq!(lines.len(), 1 + 2 * 25 * 7);
    assert!(table.contains("\nhotter,2000-01-01T02:00:00Z,ambient,degC,25,25,25,25\n"));
    let printed = simulate(&["--for", "2 h", "--points", "24", "--scenario", "hotter: ambient=5", "--out", "-"]);
    assert_eq!(printed.out, table);
    assert!(printed.error.contains("Hot spot above 120"), "{}", printed.error);
}

#[test]
fn a_preset_is_what_its_sliders_are() {
    let options = ["--scenario", "heat_wave", "--scenario", "ambient=12", "--scenario", "milder: heat_wave,ambient=3"];
    let found = json(&options);
    let of = |scenario: usize, key: &str| found["scenarios"][scenario][key].clone();
    assert_eq!(of(1, "hash"), of(2, "hash"));
    assert_ne!(of(1, "hash"), of(0, "hash"));
    assert_eq!((of(1, "name"), of(3, "name")), ("heat_wave".into(), "milder".into()));
    // What is said later counts.
    assert_eq!(of(3, "sliders")["ambient"], 3.0);
}

#[test]
fn what_is_not_known_is_said_with_the_nearest_name() {
    refused(&["--scenario", "x: laod=1.2"], "scenario `x: laod=1.2`: unknown slider `laod`; did you mean `load`?");
    refused(&["--scenario", "heatwave"], "scenario `heatwave`: unknown preset `heatwave`; did you mean `heat_wave`?");
    refused(&["--scenario", "load"], "scenario `load`: `load` is a slider and takes a value, as `load*1`");
    refused(
        &["--scenario", "heat-wave"],
        "scenario `heat-wave`: unknown preset `heat-wave`; did you mean `heat_wave`?",
    );
    refused(&["--scenario", "load=3"], "scenario `load=3`: `load` goes from 0.5 to 1.6, not to 3");
    refused(&["--scenario", "a: load=1", "--scenario", "a: load=1.1"], "two scenarios are called `a`");
    refused(&["--input", "laod=3"], "`--input`: unknown input `laod`; did you mean `load`?");
    refused(&["--input", "load=3 kV"], "`--input`: `kV` does not fit `load`, which is in A");
    refused(&["--input", "load=30 kA"], "`--input`: `load` is from 0 to 3000 A, not 30000");
    refused(&["--for", "1 s"], "`--horizon` is shorter than a step of the model, 5 min");
    refused(&["--out", "a.xls"], "`--out` is a file that ends in `.csv` or `.json`, or `-`, not `a.xls`");
    refused(&["--inputs", "/no/such.csv"], "`/no/such.csv`: No such file or directory (os error 2)");
}

#[test]
fn a_slider_takes_a_number_its_own_sign_and_whatever_unit_fits() {
    let told =
        ["load=1.1 ambient=4", "x: load*1.1 ambient+4", "y: load=110% ambient+4K", "z: load=110 %, ambient=4000 mK"];
    let options = told.iter().flat_map(|told| ["--scenario", told]).collect::<Vec<_>>();
    let found = json(&options);
    let hash = |scenario: usize| found["scenarios"][scenario]["hash"].clone();
    assert!((2..5).all(|scenario| hash(scenario) == hash(1)) && hash(1) != hash(0));
    let printed = simulate(&["--scenario", "cool: load=90% ambient=-4"]).out;
    assert!(printed.contains("\ncool: load x 0.9, ambient - 4 K\n"), "{printed}");
    let printed = simulate(&["--scenario", "worse: cooling=140%", "--sensitivities", "--for", "1 h"]).out;
    assert!(printed.contains("\nworse: cooling = 1.4\n"), "{printed}");
    let row = printed.lines().find(|line| line.contains("Load against the forecast")).unwrap();
    assert!(row.contains("  1 %  100 %"), "a step of a factor from a factor: {row}");
}

#[test]
fn a_slider_that_is_told_in_a_unit_that_does_not_fit_says_how_it_is_written() {
    for (told, expected) in [
        ("load=250kA", "`load` is a factor of what is, not in `kA`: write `load*1.01` or `load=1.01`"),
        ("load=250 kA", "`load` is a factor of what is, not in `kA`: write `load*1.01` or `load=1.01`"),
        ("load=250 KW", "`load` is a factor of what is, not in `KW`: write `load*1.01` or `load=1.01`"),
        ("load+1", "`load` is a factor of what is: write `load*1.01` or `load=1.01`"),
        ("load=nan", "`load` is a factor of what is and takes a number, not `nan`: write `load*1.01` or `load=1.01`"),
        ("ambient=20degC", "`ambient` adds to what is, in K, not in `degC`: write `ambient+0.5K` or `ambient=0.5K`"),
        ("ambient*2", "`ambient` adds to what is, in K: write `ambient+0.5K` or `ambient=0.5K`"),
        ("ambient=5C", "`ambient` adds to what is, in K, not in `C`: write `ambient+0.5K` or `ambient=0.5K`"),
        ("cooling=1.2 kW", "`cooling` sets a pure number, not in `kW`: write `cooling=1.6`"),
        ("load=1.2 hot", "unknown preset `hot`; there are heat_wave, cooling_fails, peak_shaved"),
    ] {
        refused(&["--scenario", told], &format!("scenario `{told}`: {expected}"));
    }
}

/// Simulates after readings of this file.
fn after(name: &str, readings: &str, options: &[&str]) -> Printed {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, readings).unwrap();
    let mut printed = simulate(&[&["--inputs", file.to_str().unwrap()], options].concat());
    printed.error = printed.error.replace(file.to_str().unwrap(), name);
    printed
}

#[test]
fn readings_are_followed_before_futures_begin() {
    // Out of order, and one that no ammeter can have said.
    let table = "t,load,ambient,hot_spot\n2026-07-01T12:00:00Z,1400,31,110\n2026-07-01T00:00:00Z,1200,25,95\n\
                 2026-07-01T06:00:00Z,9000,26,102\n";
    let printed = after("a.csv", table, &[]);
    assert!(printed.is_well, "{}", printed.error);
    assert_eq!(
        printed.error,
        "left out: 1 of 9 readings that no door would take, of `a.csv`\n  1 x range load: first in line 4: 9000 A is outside 0 to 3000\n"
    );
    for line in [
        "Power transformer, thermal: 1 d from 2026-07-01T12:00:00Z, 64 members, seed 1",
        "after 8 readings since 2026-07-01T00:00:00Z",
        "at the start: load 1400 A, ambient 31 degC",
    ] {
        assert!(printed.out.contains(line), "{line}\nis not in\n{}", printed.out);
    }
    let lines = "{\"asset\":\"t1\",\"signal\":\"load\",\"t\":0,\"v\":1.2,\"u\":\"kA\"}\n\
                 {\"asset\":\"t2\",\"signal\":\"load\",\"t\":0,\"v\":5}\n";
    assert!(after("a.json", lines, &["--asset", "t1"]).out.contains("at the start: load 1200 A"));
    let both = after("a.json", lines, &[]).error;
    assert_eq!(both, "error: `a.json`: readings of `t1` and, in line 2, of `t2`: `--asset` says which\n");
    let protocol = after("a.txt", "t1 load=800,ambient=12 60\n", &["--precision", "s"]).out;
    assert!(protocol.contains("after 2 readings since 1970-01-01T00:01:00Z"), "{protocol}");
}

#[test]
fn readings_that_say_nothing_are_no_start() {
    let unknown = after("a.csv", "t,laod\n1,1200\n", &[]).error;
    assert_eq!(unknown, "error: `a.csv`: line 2: unknown input or signal `laod`; did you mean `load`?\n");
    let none = after("a.csv", "t,load\n1,warm\n", &[]).error;
    assert!(
        none.starts_with("error: `a.csv`: no reading can be used: 1 x malformed load: first in line 2: "),
        "{none}"
    );
    assert_eq!(after("a.csv", "t,load\n", &[]).error, "error: `a.csv`: no readings\n");
}

#[test]
fn a_step_of_the_slider_that_matters_most_stands_first() {
    let options = ["--input", "load=1500", "--sensitivities"];
    let printed = simulate(&options).out;
    let place = |title: &str| printed.find(title).unwrap_or_else(|| panic!("{title} in {printed}"));
    let places = ["a step of a slider: Hot-spot temperature", "Oil rise", "Load against", "Ambient against"].map(place);
    assert!(places.is_sorted(), "{printed}");
    let found = json(&options);
    let ambient = &found["scenarios"][0]["sensitivities"]["ambient"];
    assert_eq!((ambient["at"].as_f64(), ambient["slopes"]["ambient"].as_f64()), (Some(0.0), Some(1.0)));
    assert!((ambient["slopes"]["hot_spot"].as_f64().unwrap() - 1.0).abs() < 1e-5);
}

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    options: Options,
}

#[tokio::test]
async fn what_is_stopped_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("a.csv");
    std::fs::write(&out, "of yesterday").unwrap();
    let file = transformer();
    let line = ["simulate", file.to_str().unwrap(), "--members", "4000000", "--out", out.to_str().unwrap()];
    let Line { options } = Line::parse_from(line);
    let (mut printed, mut beside) = (Vec::new(), Vec::new());
    let models = repository().join("server/models");
    let stopped = until(&models, &options, std::future::ready(()), &mut printed, &mut beside).await;
    assert_eq!(stopped.unwrap_err().to_string(), "stopped: nothing was written");
    assert!(printed.is_empty() && beside.is_empty());
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "of yesterday");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
