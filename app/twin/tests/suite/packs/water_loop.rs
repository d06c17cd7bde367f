//! Motor, pump and pipe as one program: against progpy's whole pump, and at the point where the curves meet.

use twin::model::compose;

use super::{Asset, Largest, centrifugal_pump::PUMP, induction_motor::MOTOR, near, rows};

const LOOP: &str = include_str!("../../../../../server/models/water-loop.toml");

/// The loop as one text, with outputs that show what is inside.
pub fn flat(changes: &[(&str, &str)]) -> String {
    let resolve = |id: &str| match id {
        // From standstill.
        "induction-motor" => Some(MOTOR.replace("initial = \"synchronous\"", "initial = 0")),
        "centrifugal-pump" => Some(PUMP.to_owned()),
        _ => None,
    };
    let mut text = LOOP.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "the loop no longer says `{from}`");
        text = text.replace(from, to);
    }
    for (name, value, unit) in [
        ("q", "pump.q", "m3/s"),
        ("w", "motor.turns", "1/s"),
        ("t_thrust", "pump.t_thrust", "K"),
        ("t_radial", "pump.t_radial", "K"),
        ("t_oil", "pump.t_oil", "K"),
        ("own_pressure", "pump.own_pressure", "Pa"),
        ("difference", "pump.difference", "Pa"),
        ("raised", "static + friction", "Pa"),
        ("shaft_in", "motor.shaft", "W"),
        ("shaft_out", "pump.shaft", "W"),
    ] {
        text += &format!("[output.shown_{name}]\nunit = \"{unit}\"\nvalue = \"{value}\"\n");
    }
    match compose::read(&text, &resolve) {
        Ok((_, flat)) => flat,
        Err(errors) => panic!("{}", errors.iter().map(|error| format!("{error}\n")).collect::<String>()),
    }
}

fn check(step: &str, tolerances: &[(&str, f64)]) {
    // The oracle's pump does not wear.
    let still = "title = \"Pump\"\nmodel = \"centrifugal-pump\"\nset = { wear_impeller = 0, wear_thrust = 0, wear_radial = 0 }\n";
    let text = flat(&[
        ("step = \"0.5 s\"", step),
        ("horizon = \"30 min\"", "horizon = \"10 min\""),
        ("title = \"Pump\"\nmodel = \"centrifugal-pump\"\n", still),
    ]);
    let rows = rows(include_str!("../../golden/water_loop.csv"));
    assert_eq!(rows.len(), 241);
    let mut water = Asset::new(&text, &[]);
    let mut largest = Largest::default();
    for pair in rows.windows(2) {
        water.tell("frequency", pair[0][1]);
        water.tell("valve", 100.0 * pair[0][2]);
        water.run(5.0);
        let row = &pair[1];
        largest.take("speed, rad/s", row[0], water.get("shown_w"), row[3]);
        largest.take("flow, m3/s", row[0], water.get("shown_q"), row[4]);
        for (name, column) in [("t_thrust", 5), ("t_radial", 6), ("t_oil", 7)] {
            largest.take("temperatures, K", row[0], water.get(&format!("shown_{name}")), row[column]);
        }
    }
    largest.stay_within(tolerances);
}

#[test]
fn motor_and_pump_on_the_loop_are_the_pump_of_progpy_from_standstill_on() {
    // The first check is the pack's own step; the worst is five seconds after the drive went from 60 to 50 Hz.
    check("step = \"0.5 s\"", &[("speed, rad/s", 0.5), ("flow, m3/s", 2e-3), ("temperatures, K", 0.02)]);
    check("step = \"0.05 s\"", &[("speed, rad/s", 2e-3), ("flow, m3/s", 4e-5), ("temperatures, K", 2e-4)]);
}

#[test]
fn the_loop_rests_where_the_curves_of_pump_and_pipe_meet() {
    let mut water = Asset::new(&flat(&[]), &[]);
    for (hertz, valve) in [(60.0, 100.0), (60.0, 60.0), (50.0, 100.0), (45.0, 30.0)] {
        water.tell("frequency", hertz);
        water.tell("valve", valve);
        water.run(1_800.0);
        let q = water.get("shown_q");
        // What the pump raises beyond the loop's head is what drives this flow through it.
        let left = water.get("shown_own_pressure") - water.get("shown_raised");
        near(left, water.get("shown_difference"), 1e-6 * left);
        near(q, 8.24123e-5 * left.sqrt(), 1e-6);
        near(water.get("shown_raised"), 998.0 * 9.80665 * 40.0 + 22e6 * q * q / (valve / 100.0f64).powi(2), 1.0);
        // At rest the motor gives what the pump takes and its friction.
        let w = water.get("shown_w");
        near(water.get("shown_shaft_in"), water.get("shown_shaft_out") + 0.008 * w * w, 1.0);
        let efficiency = water.get("wire_to_water");
        assert!((5.0..80.0).contains(&efficiency), "{efficiency} %");
    }
}

#[test]
fn a_slower_drive_takes_less_energy_than_a_throttled_valve_for_as_much_water() {
    let water = |hertz: f64, valve: f64| {
        let mut water = Asset::new(&flat(&[]), &[("frequency", hertz), ("valve", valve)]);
        water.run(1_800.0);
        (water.get("loop_flow"), water.get("energy_for_water"))
    };
    let slower = water(50.0, 100.0);
    // The opening that lets as much through at full speed.
    let (mut low, mut high) = (5.0, 100.0);
    while high - low > 0.01 {
        let middle = 0.5 * (low + high);
        if water(60.0, middle).0 < slower.0 { low = middle } else { high = middle }
    }
    let throttled = water(60.0, high);
    near(throttled.0, slower.0, 0.2);
    assert!(slower.1 < 0.9 * throttled.1, "{slower:?} {throttled:?}");
}
