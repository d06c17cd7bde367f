//! The pump against progpy, the affinity laws and the energy that goes in.

use super::{Asset, Largest, near, rows, with};

pub const PUMP: &str = include_str!("../../../../../server/models/centrifugal-pump.toml");

const INSIDE: &[(&str, &str)] = &[
    ("q", "m3/s"),
    ("t_thrust", "K"),
    ("t_radial", "K"),
    ("t_oil", "K"),
    ("impeller", "Pa.s2"),
    ("r_thrust", "N.m.s"),
    ("r_radial", "N.m.s"),
    ("torque", "N.m"),
    ("difference", "Pa"),
];

fn check(step: &str, tolerances: &[(&str, f64)]) {
    let stepped = PUMP.replace("step = \"20 s\"", &format!("step = \"{step}\""));
    let text = with(
        &stepped.replace("horizon = \"24 h\"", "horizon = \"1 h\""),
        &[
            ("wear_impeller", 0.004),
            ("wear_thrust", 3e-10),
            ("wear_radial", 5e-10),
            // The oracle goes on where the pack stops.
            ("bearing_limit", 500.0),
            ("oil_limit", 500.0),
        ],
        INSIDE,
    );
    let rows = rows(include_str!("../../golden/centrifugal_pump.csv"));
    assert!(rows.len() > 300);
    let inputs = |row: &[f64]| {
        [("speed", row[1]), ("suction", row[2] / 1e3), ("discharge", row[3] / 1e3), ("ambient", row[4] - 273.15)]
    };
    let mut pump = Asset::new(&text, &inputs(&rows[0]));
    let mut largest = Largest::default();
    let mut changed = 0.0;
    for pair in rows.windows(2) {
        for (name, value) in inputs(&pair[0]) {
            pump.tell(name, value);
        }
        pump.run(60.0);
        let row = &pair[1];
        if pair[0][1..5] != row[1..5] {
            changed = row[0];
        }
        // Within the first minutes after a change a step of 20 s does not follow the water's five seconds.
        if row[0] - changed > 180.0 {
            largest.take("flow, m3/s", row[0], pump.get("shown_q"), row[5]);
        }
        for (name, column) in [("t_thrust", 6), ("t_radial", 7), ("t_oil", 8)] {
            largest.take("temperatures, K", row[0], pump.get(&format!("shown_{name}")), row[column]);
        }
        for (name, column) in [("impeller", 9), ("r_thrust", 10), ("r_radial", 11)] {
            largest.take("wear, of its value", row[0], pump.get(&format!("shown_{name}")) / row[column], 1.0);
        }
    }
    largest.stay_within(tolerances);
}

#[test]
fn the_pump_is_that_of_progpy_at_given_speeds() {
    check("20 s", &[("flow, m3/s", 1e-5), ("temperatures, K", 0.02), ("wear, of its value", 2e-4)]);
    check("1 s", &[("flow, m3/s", 1e-6), ("temperatures, K", 1e-3), ("wear, of its value", 1e-6)]);
}

/// Flow, head and torque of a pump without friction of bearings and leaks whose pipes follow the square of the flow.
fn at_speed(rpm: f64) -> [f64; 3] {
    let text = with(
        PUMP,
        &[("r_thrust_new", 0.0), ("r_radial_new", 0.0), ("leak_at_1_pa", 0.0), ("wear_impeller", 0.0)],
        INSIDE,
    );
    let share = rpm / 3600.0;
    let pressure = 200.0 + 900.0 * share * share;
    let mut pump = Asset::new(&text, &[("speed", rpm), ("suction", 200.0), ("discharge", pressure)]);
    pump.run(3600.0);
    [pump.get("flow"), pump.get("head"), pump.get("shown_torque")]
}

#[test]
fn flow_goes_with_the_speed_head_and_torque_with_its_square() {
    let full = at_speed(3600.0);
    for share in [0.3, 0.5, 0.9, 1.1] {
        let [flow, head, torque] = at_speed(3600.0 * share);
        near(flow / full[0], share, 1e-6);
        near(head / full[1], share * share, 1e-12);
        near(torque / full[2], share * share, 1e-6);
    }
}

#[test]
fn no_more_comes_out_of_the_shaft_than_goes_in_and_the_meters_add_up() {
    let mut pump = Asset::new(PUMP, &[("speed", 3600.0)]);
    pump.run(600.0);
    for pressure in [300.0, 800.0, 1400.0, 2000.0] {
        pump.tell("discharge", pressure);
        pump.run(600.0);
        let (energy, flow) = (pump.get("energy_used"), pump.get("flow"));
        let efficiency = pump.get("efficiency");
        assert!((0.0..100.0).contains(&efficiency), "{efficiency} % at {pressure} kPa");
        near(pump.get("specific_energy") * flow, pump.get("shaft_power"), 1e-9);
        pump.run(3600.0);
        near(pump.get("energy_used") - energy, pump.get("shaft_power"), 0.02);
    }
}

#[test]
fn a_pump_at_rest_against_equal_pressures_stays_at_rest() {
    let mut pump = Asset::new(PUMP, &[("speed", 0.0), ("suction", 300.0), ("discharge", 300.0)]);
    pump.run(7200.0);
    assert_eq!([pump.get("flow"), pump.get("shaft_power"), pump.get("efficiency")], [0.0; 3]);
}

#[test]
fn a_worn_impeller_stops_the_pump_until_it_is_replaced() {
    let text = with(PUMP, &[("wear_impeller", 0.02)], INSIDE);
    let mut pump = Asset::new(&text, &[("speed", 3600.0)]);
    pump.run(1800.0);
    let life = pump.get("impeller_life") * 86_400.0;
    assert!((3_000.0..15_000.0).contains(&life), "{life} s");
    pump.run(life - 60.0);
    assert!(pump.get("flow") > 100.0);
    pump.run(3600.0);
    near(pump.get("stopped_cost"), 400.0, 0.0);
    assert_eq!(pump.get("shaft_power"), 0.0);
    pump.run(10.0 * 3600.0);
    assert!(pump.get("flow") > 100.0 && pump.get("impeller_health") > 70.0);
}
