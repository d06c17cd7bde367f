//! Assets that are put together from others.

use std::sync::Arc;

use twin::{
    Entry, Model, Span, Timestamp, Twin, What,
    model::compose::{flatten, read},
    simulate::Simulator,
};

/// A motor that turns against a torque.
const MOTOR: &str = r#"
id = "motor"
title = "Motor"
source = "made for tests"
step = "0.1 s"
horizon = "10 s"
headline = "speed"
[input]
volts = { unit = "V", range = [0, 400], future = "hold", initial = 100 }
torque = { unit = "N.m", range = [0, 100], future = "hold" }
[parameter]
inertia = { unit = "kg.m2", value = 0.5 }
pull = { unit = "N.m/V", value = 0.1 }
[state]
turns = { unit = "rad/s", initial = 0, rate = "(pull * volts - torque) / inertia" }
[output]
speed = { unit = "1/min", value = "turns / 6.283185307179586" }
[regime]
turning = { when = "turns > 1" }
standing = { when = "turns <= 1" }
[failure]
fast = { when = "turns > 150", severity = "stop" }
[slider]
torque = { of = "torque", min = 0, max = 50, step = 1 }
volts = { of = "volts", min = 0, max = 400, step = 1 }
[preset]
loaded = { sliders = { torque = 30 } }
high = { sliders = { volts = 300 } }
"#;

/// A pump whose torque grows with its speed.
const PUMP: &str = r#"
id = "pump"
title = "Pump"
source = "made for tests"
step = "0.1 s"
horizon = "10 s"
headline = "load"
[input]
speed = { unit = "rad/s", range = [0, 500], future = "hold" }
[parameter]
size = { unit = "N.m.s2", value = 0.001 }
[table.efficiency]
in = "rad/s"
out = "1"
x = [0, 100]
y = [0.5, 0.8]
[let]
drag = "size * speed^2"
[regime]
lifting = { when = "drag >= 0" }
[output]
load = { unit = "kN.m", value = "drag / efficiency(speed)" }
"#;

const PAIR: &str = r#"
id = "pump-set"
title = "Pump and motor"
source = "made for tests"
step = "0.1 s"
horizon = "10 s"
headline = "shaft"

[part.motor]
model = "motor"
set = { inertia = 0.25 }

[part.pump]
title = "Water pump"
model = "pump"

[connect]
"motor.torque" = "pump.load"
"pump.speed" = "motor.turns"

[output]
shaft = { unit = "W", value = "pump.load * motor.turns" }
"#;

fn resolve(id: &str) -> Option<String> {
    match id {
        "motor" => Some(MOTOR.to_owned()),
        "pump" => Some(PUMP.to_owned()),
        "pump-set" => Some(PAIR.to_owned()),
        "broken" => Some(PUMP.replace("size * speed^2", "sise * speed")),
        _ => None,
    }
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let shown: Vec<String> = read(text, &resolve).unwrap_err().iter().map(|error| format!("{error}")).collect();
    assert_eq!(shown, expected);
}

#[test]
fn a_plant_steps_as_one_program() {
    let (model, flat) =
        read(PAIR, &resolve).map_err(|errors| errors.into_iter().map(|e| e.to_string()).collect::<Vec<_>>()).unwrap();
    let names: Vec<&str> = model.quantities.iter().map(|quantity| quantity.name.as_str()).collect();
    assert_eq!(names, ["motor.volts", "shaft", "motor.speed", "pump.load"]);
    let titles: Vec<&str> = model.quantities.iter().map(|quantity| quantity.title.as_str()).collect();
    assert_eq!(titles, ["Motor: Volts", "Shaft", "Motor: Speed", "Water pump: Load"]);
    assert_eq!(model.failures[0].name, "motor.fast");
    assert_eq!(model.sliders.iter().map(|slider| slider.name.as_str()).collect::<Vec<_>>(), ["motor.volts"]);
    assert_eq!(model.presets.iter().map(|preset| preset.name.as_str()).collect::<Vec<_>>(), ["motor.high"]);

    let mut asset = Simulator::new(Arc::new(model), Timestamp(0), &[100.0]);
    asset.advance(Timestamp(Span::SECOND.0 * 200), &[100.0]);
    // 10 N.m drive it until the drag at the speed's efficiency is as much: 0.001 w^2 = 10 (0.5 + 0.003 w) below 100.
    let turns = (30.0 + (900.0f64 + 4.0 * 5_000.0).sqrt()) / 2.0;
    let values = asset.values();
    assert!((values[2] - turns / std::f64::consts::TAU * 60.0).abs() < 1e-6, "{values:?}");
    assert!((values[3] - 0.01).abs() < 1e-9 && (values[1] - 10.0 * turns).abs() < 1e-4, "{values:?}");
    assert_eq!(read(&flat, &resolve).unwrap().1, flat, "a whole is a model like any other");
}

#[test]
fn each_part_is_in_a_regime_of_its_own() {
    let (model, _) = read(PAIR, &resolve).unwrap();
    let regimes: Vec<&str> = model.regimes.iter().map(|regime| regime.name.as_str()).collect();
    assert_eq!(regimes, ["motor.turning", "motor.standing", "pump.lifting"]);
    let mut twin = Twin::new(Arc::new(model), 1);
    assert_eq!(twin.regimes(), [] as [f64; 0], "it was told nothing");
    let entry = |t| Entry { t, what: What::Sample { signal: 0, value: 100.0 } };
    twin.observe(&[entry(Timestamp(0))]);
    assert_eq!(twin.regimes(), [0.0, 1.0, 1.0]);
    twin.observe(&[entry(Timestamp(0) + Span::MINUTE)]);
    assert_eq!(twin.regimes(), [1.0, 0.0, 1.0]);
}

#[test]
fn wholes_are_parts_of_larger_wholes() {
    let plant = PAIR
        .replace("[part.motor]\nmodel = \"motor\"\nset = { inertia = 0.25 }\n", "[part.north]\nmodel = \"pump-set\"\n")
        .replace("[part.pump]\ntitle = \"Water pump\"\nmodel = \"pump\"\n", "[part.south]\nmodel = \"pump-set\"\n")
        .replace(
            "\"motor.torque\" = \"pump.load\"\n\"pump.speed\" = \"motor.turns\"\n",
            "\"north.motor.volts\" = \"2 * south.motor.volts\"\n",
        )
        .replace("pump.load * motor.turns", "north.shaft + south.shaft");
    let (model, _) = read(&plant, &resolve).unwrap();
    let names: Vec<String> = model.quantities.iter().map(|quantity| quantity.name.clone()).collect();
    assert!(names.iter().any(|name| name == "north.motor.speed"), "{names:?}");
    let mut asset = Simulator::new(Arc::new(model), Timestamp(0), &[50.0]);
    asset.advance(Timestamp(Span::SECOND.0 * 300), &[50.0]);
    let at = |name: &str| asset.values()[names.iter().position(|own| *own == name).unwrap()];
    assert!((at("north.pump.load") - 0.01).abs() < 1e-9 && (at("south.pump.load") - 0.005).abs() < 1e-9);
}

#[test]
fn units_of_connections_are_checked_where_they_are_written() {
    check(
        &PAIR.replace("= \"pump.load\"", "= \"pump.load + motor.volts\""),
        &["18:31: `pump.load` is in kN.m, `motor.volts` in V"],
    );
    check(&PAIR.replace("= \"pump.load\"", "= \"motor.volts\""), &["18:19: `motor.volts` is in V, expected J"]);
}

#[test]
fn names_of_connections_are_known_or_the_nearest_is_said() {
    check(
        &PAIR.replace("\"motor.torque\" = \"pump.load\"", "\"motor.torqe\" = \"pump.laod\""),
        &["18:1: unknown input of a part `motor.torqe`; did you mean `motor.torque`?"],
    );
    check(
        &PAIR.replace("= \"pump.load\"", "= \"pump.loda\""),
        &["18:19: unknown output of a part `pump.loda`; did you mean `pump.load`?"],
    );
    check(
        &PAIR.replace("inertia = 0.25", "inertja = 0.25"),
        &["11:9: unknown parameter `inertja`; did you mean `inertia`?"],
    );
    check(&PAIR.replace("model = \"pump\"", "model = \"pomp\""), &["15:10: there is no model `pomp`"]);
}

#[test]
fn loops_without_memory_are_named_by_their_path() {
    let circle = PAIR.replace("\"pump.speed\" = \"motor.turns\"", "\"pump.speed\" = \"motor.torque * 1[1/N/m/s]\"");
    check(
        &circle,
        &["19:17: `pump.speed` needs itself: pump.speed → motor.torque → pump.load → pump.drag → pump.speed"],
    );
}

#[test]
fn errors_of_a_part_name_its_file() {
    check(
        &PAIR.replace("model = \"pump\"", "model = \"broken\""),
        &["broken:18:9: unknown name `sise`; did you mean `size`?"],
    );
    let own = PAIR.replace("\"pump.load * motor.turns\"", "\"pump.load * motor.tunrs\"");
    check(&own, &["22:44: unknown name `motor.tunrs`; did you mean `motor.turns`?"]);
}

#[test]
fn a_part_that_contains_itself_is_refused() {
    let own = |id: &str| match id {
        "a" => Some(PAIR.replace("model = \"pump\"", "model = \"b\"")),
        "b" => Some(PAIR.replace("model = \"motor\"", "model = \"a\"")),
        id => resolve(id),
    };
    let errors = read(&own("a").unwrap(), &own).unwrap_err();
    assert!(errors.iter().any(|error| error.message.contains("contains itself: b → a → b")), "{errors:?}");
}

#[test]
fn what_goes_by_steps_needs_steps_of_its_own_length() {
    let own = |id: &str| match id {
        "pump" => Some(PUMP.replace("size * speed^2", "size * speed^2 + noise(1[N.m])")),
        id => resolve(id),
    };
    let text = PAIR.replacen("step = \"0.1 s\"", "step = \"1 s\"", 1);
    let errors = read(&text, &own).unwrap_err();
    assert_eq!(errors[0].message, "`pump` goes by steps of 0.1 s, the whole does not");
    assert!(read(&text, &resolve).is_ok());
}

#[test]
fn a_file_without_parts_stays_as_it_is() {
    assert_eq!(flatten(PUMP, &resolve).unwrap().text, PUMP);
    assert!(Model::parse(PAIR).is_err());
}
