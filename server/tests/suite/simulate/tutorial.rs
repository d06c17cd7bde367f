//! The kettle of the tutorial does what the tutorial says.

use twin::{Entry, Model, Timestamp, Twin, What};

use super::*;

#[test]
fn a_division_by_nothing_is_told_beside_its_values() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kettle.toml");
    let share = "[output]\nshare = { unit = \"1\", value = \"power / (power - power)\" }\n[failure]";
    std::fs::write(&file, KETTLE.replace("[failure]", share)).unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_twinlight")).arg("simulate").arg(&file).output().unwrap();
    let printed = String::from_utf8(done.stdout).unwrap();
    assert_eq!(printed.matches("`share` is at times no number: something is divided by 0").count(), 1, "{printed}");
}

#[test]
fn the_kettle_of_the_tutorial_boils_when_the_tutorial_says() {
    let tutorial = std::fs::read_to_string(repository().join("server/models/KETTLE.md")).unwrap();
    assert!(tutorial.contains("boil after 2.9 minutes, at full power after 1.9"));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("kettle.toml"), KETTLE).unwrap();
    let command = tutorial.lines().find_map(|line| line.trim().strip_prefix("twinlight simulate ")).unwrap();
    let command = command.replace("server/models/", "").replace("\"cold room: room=5\"", "cold");
    let options = command.split(' ').map(|word| if word == "cold" { "cold room: room=5" } else { word });
    let done = Command::new(env!("CARGO_BIN_EXE_twinlight"))
        .arg("simulate")
        .args(options)
        .current_dir(folder.path())
        .output()
        .unwrap();
    let printed = String::from_utf8(done.stdout).unwrap();
    let halves: Vec<&str> = printed.lines().filter(|line| line.contains("half have stopped")).collect();
    assert!(
        matches!(halves[..], [now, full, cold] if now.contains("(2.9 min)") && full.contains("(1.917 min)") && cold.contains("(2.95 min)")),
        "{printed}"
    );
}

#[test]
fn the_readings_of_the_tutorial_are_what_its_twin_expects() {
    let tutorial = std::fs::read_to_string(repository().join("server/models/KETTLE.md")).unwrap();
    let line = tutorial.lines().find_map(|line| line.trim().strip_prefix("for t in ")).unwrap();
    let later = line.trim_end_matches("; do").split(' ').map(|word| word.parse::<f64>().unwrap());
    let model = std::sync::Arc::new(Model::parse(KETTLE).unwrap());
    let [power, temperature] = ["power", "temperature"].map(|name| model.signal(name).unwrap());
    let mut twin = Twin::new(model, 1);
    let sample =
        |secs: i64, signal, value| Entry { t: Timestamp(secs * 1_000_000), what: What::Sample { signal, value } };
    twin.observe(&[sample(0, power, 2.0), sample(0, temperature, 20.3)]);
    for (t, value) in (10..).step_by(10).zip(later) {
        twin.observe(&[sample(t, temperature, value)]);
        let said = twin.innovations().next_back().unwrap();
        assert!((said.expected.low..=said.expected.high).contains(&value), "{said:?}");
    }
    assert_eq!(twin.innovations().len(), 5);
}

/// The kettle that the tutorial has come to.
const KETTLE: &str = r#"
id = "kettle"
title = "Kettle"
source = "lumped energy balance"
step = "1 s"
horizon = "10 min"
headline = "temperature"
[input]
power = { title = "Heating power", unit = "kW", range = [0, 3], future = "hold" }
[parameter]
mass = { unit = "kg", value = 1.0 }
heat_capacity = { unit = "J/kg/K", value = 4186, source = "water at 20 degC" }
loss = { unit = "W/K", value = 1.5, bounds = [0.2, 6], calibrate = true, spread = 0.7, drift = 0.05 }
room = { unit = "degC", value = 20 }
[let]
loss_to_room = "loss * (water - room)"
[state]
water = { unit = "degC", initial = "room", rate = "(power - loss_to_room) / (mass * heat_capacity)", spread = 2, drift = 1 }
[signal]
temperature = { title = "Water temperature", unit = "degC", range = [-10, 120], noise = 0.5, observes = "water", normal = [5, 100] }
[failure]
boils = { title = "Water boils", when = "water >= 99.9", severity = "stop" }
[slider]
power = { title = "Heating power", of = "power", min = 0, max = 3, step = 0.1 }
room = { title = "Room temperature", of = "room", min = -10, max = 40, step = 1 }
[preset]
full = { title = "Full power", sliders = { power = 3 } }
"#;
