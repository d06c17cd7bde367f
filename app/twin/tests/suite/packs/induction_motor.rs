//! The motor: its power adds up, its bearing lives and sounds as the standards say, its winding ages by halves.

use super::{Asset, near, with};

pub const MOTOR: &str = include_str!("../../../../../server/models/induction-motor.toml");

const INSIDE: &[(&str, &str)] = &[
    ("slip", "1"),
    ("synchronous", "1/s"),
    ("copper", "W"),
    ("torque", "N.m"),
    ("turns", "1/s"),
    ("winding_end", "degC"),
    ("ageing", "1"),
    ("drawn", "W"),
];

#[test]
fn what_is_drawn_is_power_of_the_shaft_heat_of_the_windings_and_the_rest() {
    let mut motor = Asset::new(&with(MOTOR, &[], INSIDE), &[]);
    for load in [0.0, 50.0, 150.0, 300.0, 400.0] {
        motor.tell("load_torque", load);
        motor.run(600.0);
        // Across the air gap goes the torque at the field's speed; the stator's share and the core are lost before it.
        let gap = motor.get("shown_torque") * motor.get("shown_synchronous");
        let stator = 3.0 * motor.get("current").powi(2) * 0.36;
        near(motor.get("shown_drawn"), gap + stator + 1_000.0, 1e-6 * gap.max(1.0));
        near(motor.get("shown_torque"), load + 0.008 * motor.get("shown_turns"), 1e-6);
        assert!(motor.get("shown_slip") > 0.0 && motor.get("efficiency") < 100.0);
    }
}

#[test]
fn torque_goes_with_the_square_of_the_voltage_at_one_slip() {
    let stalled = |volts: f64| {
        let text = with(MOTOR, &[], INSIDE).replace("initial = \"synchronous\"", "initial = 0");
        Asset::new(&text, &[("voltage", volts)]).get("shown_torque")
    };
    near(stalled(400.0) / stalled(200.0), 4.0, 1e-12);
    // Locked, at 471.2389 V: 3 V^2 R2 / (w ((R1 + R2)^2 + (w L)^2)).
    let w = 120.0 * std::f64::consts::PI;
    let wanted = 3.0 * 471.2389f64.powi(2) * 0.076 / (w * (0.436f64.powi(2) + (w * 0.00063).powi(2)));
    near(stalled(471.2389), wanted, 1e-9 * wanted);
}

/// A motor that is held at this speed, in long steps, for nothing in it then is fast.
fn turning(rpm: f64, values: &[(&str, f64)]) -> Asset {
    let turns = rpm / 60.0 * std::f64::consts::TAU;
    let held =
        MOTOR.replace("rate = \"(torque - friction * turns - load) / inertia\"", "rate = \"0 * torque / inertia\"");
    let held = held.replace("step = \"1 s\"", "step = \"1 min\"");
    let event = format!("[event.turn]\nset = {{ turns = {turns:?} }}\n");
    let mut motor = Asset::new(&(with(&held, values, INSIDE) + &event), &[("radial_load", 5.0)]);
    motor.happen("turn");
    motor
}

#[test]
fn a_bearing_of_30_kn_under_5_kn_at_1500_turns_has_2400_hours() {
    let motor = turning(1500.0, &[]);
    near(motor.get("bearing_life"), 2_400.0, 1e-6);
    let roller = turning(1500.0, &[("life_exponent", 10.0 / 3.0)]);
    near(roller.get("bearing_life"), 1e6 / 90_000.0 * 6.0f64.powf(10.0 / 3.0), 1e-6);
}

#[test]
fn damage_adds_up_over_loads_until_the_bearing_is_replaced() {
    let mut motor = turning(1500.0, &[]);
    motor.run(600.0 * 3_600.0);
    near(motor.get("bearing_used"), 25.0, 1e-6);
    // Twice the load takes eight times as much.
    motor.tell("radial_load", 10.0);
    motor.run(150.0 * 3_600.0);
    near(motor.get("bearing_used"), 75.0, 1e-6);
    near(motor.get("bearing_left"), 75.0, 1e-3);
    motor.run(75.0 * 3_600.0 + 60.0);
    assert_eq!(motor.get("stopped_cost"), 500.0);
    motor.run(6.0 * 3_600.0);
    assert!(motor.get("stopped_cost") == 0.0 && motor.get("bearing_used") < 5.0);
}

#[test]
fn a_6205_at_1500_turns_sounds_as_its_geometry_says() {
    let motor = turning(1500.0, &[]);
    for (name, hertz) in [("cage", 9.922), ("outer_race", 89.299), ("inner_race", 135.701), ("spin", 58.033)] {
        near(motor.get(name), hertz, 5e-4);
    }
}

#[test]
fn ten_kelvin_more_are_half_the_life_of_the_winding() {
    let rate = |class: f64| turning(0.0, &[("class_temperature", class)]).get("shown_ageing");
    near(rate(155.0) / rate(165.0), 2.0, 1e-9);
    near(rate(20.0), 1.0, 1e-12);
}

#[test]
fn the_winding_goes_to_its_end_with_its_time_constant() {
    let mut motor = turning(3546.0, &[]);
    let (begin, end) = (motor.get("winding_temperature"), motor.get("shown_winding_end"));
    assert!(end > begin + 5.0);
    motor.run(40.0 * 60.0);
    near(motor.get("winding_temperature"), end + (begin - end) * (-1.0f64).exp(), 1e-3 * (end - begin));
}

#[test]
fn zones_are_those_that_the_user_states_and_stay_open_until_attested() {
    let of = |more: f64, limits: [f64; 3]| {
        let values = [
            ("shaking_new", more),
            ("zone_a_b", limits[0]),
            ("zone_b_c", limits[1]),
            ("zone_c_d", limits[2]),
            ("zones_attested", if more > 3.0 { 1.0 } else { 0.0 }),
        ];
        let motor = turning(3546.0, &values);
        (motor.get("zone"), motor.get("zones_open"))
    };
    let rigid = [1.4, 2.8, 4.5];
    assert_eq!(
        [of(1.0, rigid), of(2.0, rigid), of(4.0, rigid), of(5.0, rigid)].map(|(zone, _)| zone),
        [1.0, 2.0, 3.0, 4.0]
    );
    assert_eq!(of(4.0, [2.3, 4.5, 7.1]).0, 2.0);
    assert_eq!((of(1.0, rigid).1, of(5.0, rigid).1), (1.0, 0.0));
}
