//! Recordings given to commands: taken as a door would take them, or refused with a place and a reason.

mod calibrated;
mod forms;

use std::{fmt::Write as _, path::Path, process::Command};

use crate::{backtest::VESSEL, support::repository};

const PLANT: &str = r#"
[clock.demo]
start = "2026-01-01T00:00:00Z"
end = "2026-01-02T00:00:00Z"
rate = 60
[[asset]]
id = "v1"
title = "One"
model = "vessel"
clock = "demo"
[asset.signals]
drain = { from = "drain", unit = "m3/h" }
volume = { from = "volume", unit = "m3", range = [0, 15] }
[[asset]]
id = "v2"
title = "Two"
model = "nowhere"
"#;

/// A vessel on its own and in a plant; `models` beside `plant`.
struct Place(tempfile::TempDir);

/// Whether all went well, what was printed, and the error.
type Done = (bool, String, String);

impl Place {
    fn new() -> Place {
        let place = Place(tempfile::tempdir().unwrap());
        for folder in ["models", "plant"] {
            std::fs::create_dir(place.path(folder)).unwrap();
        }
        place.put("models/vessel.toml", VESSEL);
        place.put("plant/plant.toml", PLANT);
        place
    }

    /// A place whose plant has this recording, its volumes in `unit`.
    fn recorded(name: &str, unit: &str, table: impl AsRef<[u8]>) -> Place {
        let place = Place::new();
        place.put(&format!("plant/{name}"), table);
        let script = format!(
            "asset = 'v1'\nfile = '{name}'\ntime = {{ column = 'at', unit = 'min' }}\n[column]\n\
             d = {{ signal = 'drain', unit = 'm3/h' }}\nv = {{ signal = 'volume', unit = '{unit}' }}\n"
        );
        place.put("plant/v1.toml", script);
        place
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs the program within; the place's own name is left out of what it says.
    fn run(&self, options: &[&str]) -> Done {
        run(self.0.path(), Path::new("models"), options)
    }

    /// Follows the plant's recording.
    fn follow(&self) -> Done {
        self.run(&["backtest", "--plant", "plant", "--asset", "v1", "--forecasts", "3"])
    }

    /// Follows a file of readings.
    fn follow_file(&self, name: &str, content: impl AsRef<[u8]>, options: &[&str]) -> Done {
        self.put(name, content);
        self.run(&[&["backtest", "models/vessel.toml", "--inputs", name, "--forecasts", "3"], options].concat())
    }
}

fn run(folder: &Path, models: &Path, options: &[&str]) -> Done {
    let done = Command::new(env!("CARGO_BIN_EXE_twinlight"))
        .args(options)
        .current_dir(folder)
        .env("TWINLIGHT_PLANT__MODELS", models)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (done.status.success(), text(done.stdout), text(done.stderr))
}

/// What is printed where all goes well.
#[track_caller]
fn fine((is_well, printed, error): Done) -> String {
    assert!(is_well, "{printed}{error}");
    printed
}

#[track_caller]
fn refused((is_well, printed, error): Done, expected: &str) {
    assert!(!is_well, "{printed}");
    assert!(error.contains(expected), "{error}\nsays nothing of\n{expected}");
}

/// Nine hours in which the vessel falls from 10 to 1; `cells` says drain and volume of a row in its own way.
fn rows(cells: impl Fn(u32, f64) -> String) -> String {
    (0..=54).map(|n| cells(n * 10, 10.0 - f64::from(n) / 6.0) + "\n").collect()
}

fn table() -> String {
    format!("at,d,v\n{}", rows(|min, volume| format!("{min},1,{volume:.3}")))
}

/// The same as a file of readings, with whatever stands for a time.
fn readings(time: impl Fn(u32) -> String) -> String {
    format!("t,drain,volume\n{}", rows(|min, volume| format!("{},1,{volume:.3}", time(min))))
}

fn iso(min: u32) -> String {
    format!("2026-01-01T{:02}:{:02}:00Z", min / 60, min % 60)
}

/// What is said of residuals.
fn residuals(printed: &str) -> &str {
    &printed[printed.find("\nresidual").unwrap()..]
}

#[test]
fn the_units_of_a_recording_count() {
    let cubic = fine(Place::recorded("r.csv", "m3", table()).follow());
    let litres = format!("at,d,v\n{}", rows(|min, volume| format!("{min},1,{:.0}", 1000.0 * volume.round())));
    let whole = format!("at,d,v\n{}", rows(|min, volume| format!("{min},1,{:.0}", volume.round())));
    assert_eq!(
        fine(Place::recorded("r.csv", "l", litres).follow()),
        fine(Place::recorded("r.csv", "m3", whole).follow())
    );
    assert!(cubic.contains("Vessel <one>: 110 entries over 9 h from 2026-01-01T00:00:00Z\n\nresidual"), "{cubic}");
    let wrong = Place::recorded("r.csv", "bananas", table()).follow();
    refused(
        wrong,
        "`plant/r.csv`: nothing of `volume` can be used: 55 x unit volume: first in line 2: `volume` is in m3 here",
    );
}

#[test]
fn what_no_door_would_take_is_told_by_signal_and_line() {
    let bad = table().replace("9.833", "1e99").replace("9.667", "16");
    let printed = fine(Place::recorded("r.csv", "m3", bad).follow());
    for line in [
        "108 entries",
        "left out: 2 of 110 readings that no door would take, of `plant/r.csv`\n",
        "  2 x range volume: first in line 3: 1e99 m3 is outside 0 to 15\n",
    ] {
        assert!(printed.contains(line), "{printed}");
    }
    let (place, short) = (Place::new(), readings(iso).replace("1,9.833", "1").replace(",9.667", ",warm"));
    let printed = fine(place.follow_file("r.csv", &short, &[]));
    assert!(printed.contains("  1 x malformed: first in line 3: the whole row, which has 2 of 3 columns"), "{printed}");
    assert!(printed.contains("  1 x malformed volume: first in line 4: "), "{printed}");
    let calibrated = fine(place.run(&["calibrate", "models/vessel.toml", "--inputs", "r.csv", "--find", "level"]));
    assert!(calibrated.contains("left out: 2 of "), "{calibrated}");
    let long = format!("signal,t,v,u\n{}", rows(|min, volume| format!("volume,{},{volume:.3},kg", iso(min))));
    refused(
        place.follow_file("r.csv", long, &[]),
        "`r.csv`: no reading can be used: 55 x unit volume: first in line 2: ",
    );
}

#[test]
fn what_came_twice_counts_once() {
    let place = Place::new();
    let once = readings(iso);
    let twice: String = once.lines().take(1).chain(once.lines().skip(1).flat_map(|line| [line, line])).fold(
        String::new(),
        |mut all, line| {
            let _ = writeln!(all, "{line}");
            all
        },
    );
    let (one, two) = (fine(place.follow_file("r.csv", &once, &[])), fine(place.follow_file("r.csv", &twice, &[])));
    assert!(two.contains("110 entries") && two.contains("duplicates: 110, which count once\n"), "{two}");
    assert_eq!(residuals(&one), residuals(&two));
    let calibrated = |table: &str| {
        place.put("r.csv", table);
        let printed = fine(place.run(&["calibrate", "models/vessel.toml", "--inputs", "r.csv", "--find", "level"]));
        printed.lines().filter(|line| !line.starts_with("duplicates")).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(calibrated(&once), calibrated(&twice), "no surer of what was said twice");
    let against = once.clone() + &format!("{},1,4\n", iso(10));
    let printed = fine(place.follow_file("r.csv", against, &[]));
    assert!(
        printed.contains("  1 x conflict volume: first in line 57: 9.833 came of this time before, not 4"),
        "{printed}"
    );
}

#[test]
fn nothing_that_is_read_is_written_over() {
    let place = Place::recorded("r.csv", "m3", table());
    place.put("own.csv", readings(iso));
    for (options, name) in [
        (&["backtest", "models/vessel.toml", "--inputs", "own.csv", "--report", "own.csv"][..], "own.csv"),
        (
            &["backtest", "models/vessel.toml", "--inputs", "own.csv", "--report", "models/vessel.toml"],
            "models/vessel.toml",
        ),
        (&["backtest", "--plant", "plant", "--asset", "v1", "--report", "plant/v1.toml"], "plant/v1.toml"),
        (&["simulate", "models/vessel.toml", "--inputs", "own.csv", "--out", "plant/../own.csv"], "own.csv"),
        (&["model", "doc", "models/vessel.toml", "--out", "models/vessel.toml"], "models/vessel.toml"),
    ] {
        let before = place.read(name);
        refused(place.run(options), "nothing is written over it");
        assert_eq!(place.read(name), before);
    }
    let twice = ["backtest", "--plant", "plant", "--asset", "v1", "--forecasts", "1", "--report", "page.html"];
    fine(place.run(&twice));
    fine(place.run(&twice));
}

#[test]
fn an_asset_of_a_plant_needs_no_more_than_its_own_model() {
    // The other asset's model is nowhere.
    let place = Place::recorded("r.csv", "m3", table());
    fine(place.follow());
    let without = run(place.0.path(), Path::new("elsewhere"), &["backtest", "--plant", "plant", "--asset", "v1"]);
    refused(without, "`model` names `vessel`: `elsewhere/vessel.toml` of `plant.models`: No such file");
    let unknown = place.run(&["backtest", "--plant", "plant", "--asset", "v3"]);
    refused(unknown, "`plant/plant.toml`: unknown asset `v3`");
}

#[test]
fn futures_reach_no_further_than_a_model_may() {
    let place = Place::new();
    place.put("r.csv", readings(iso));
    let expected = "`--horizon` is at most 20000 steps of the model, 20000 min, not 10000 d";
    let far = ["--horizon", "10000 d"];
    refused(place.run(&[&["backtest", "models/vessel.toml", "--inputs", "r.csv"], &far[..]].concat()), expected);
    refused(place.run(&[&["simulate", "models/vessel.toml"], &far[..]].concat()), expected);
}

#[test]
#[cfg(not(feature = "learn"))]
fn a_program_that_does_not_learn_says_where_one_is() {
    for action in ["train", "predict", "detect"] {
        let asked = Place::new().run(&[action, "--map", "m.toml", "--out", "x.sealed", "r.csv"]);
        refused(asked, "`cargo build --release -p server --features learn`");
    }
}

#[test]
fn what_was_learned_alone_has_charts_and_no_empty_tables() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    let of = ["backtest", "--plant", "server/demo", "--asset", "hydraulic-rig", "--forecasts", "2", "--report"];
    let options = [&of[..], &[page.to_str().unwrap()]].concat();
    let printed = fine(run(&repository(), Path::new("server/models"), &options));
    assert!(printed.contains("residual: nothing was measured that the twin foresees"), "{printed}");
    assert!(printed.contains(" by what was learned; ") && !printed.contains("of learning what is normal"), "{printed}");
    assert!(!printed.contains("after 2.4 h\n") && !printed.contains("held mae"), "{printed}");
    let html = std::fs::read_to_string(page).unwrap();
    assert!(html.contains("<h2>What was measured</h2>") && html.contains("class=\"trend-plot\""));
}
