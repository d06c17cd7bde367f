//! The cold room: its balance of heat, its chiller at the reference point, its mean kinetic temperature.

use super::{Asset, near, with};

pub const ROOM: &str = include_str!("../../../../../server/models/cold-room.toml");

/// The heat that came and went, worked out apart from the room's own intermediates.
const BALANCE: &str = "[state.came]\nunit = \"J\"\ninitial = 0\nrate = \"(ua_room + ua_door * door) * (ambient - room) + load\"\n\
                       [state.went]\nunit = \"J\"\ninitial = 0\nrate = \"q_cool\"\n";

const INSIDE: &[(&str, &str)] = &[
    ("came", "J"),
    ("went", "J"),
    ("room", "degC"),
    ("product", "degC"),
    ("q_available", "kW"),
    ("eir_by_t", "1"),
    ("eir_by_plr", "1"),
];

fn inside(values: &[(&str, f64)], told: &[(&str, f64)]) -> Asset {
    Asset::new(&(with(ROOM, values, INSIDE) + BALANCE), told)
}

#[test]
fn the_heat_that_came_and_did_not_go_is_in_room_and_product() {
    let mut room = inside(&[], &[("ambient", 28.0), ("setpoint", 8.0)]);
    let stored = |room: &Asset| 15e6 * room.get("shown_room") + 720e6 * room.get("shown_product");
    let before = stored(&room);
    for (door, load, mains, ambient) in
        [(0.0, 10.0, 1.0, 28.0), (60.0, 25.0, 1.0, 31.0), (0.0, 10.0, 0.0, 33.0), (10.0, 0.0, 1.0, -5.0)]
    {
        for (name, value) in [("door", door), ("load", load), ("mains", mains), ("ambient", ambient)] {
            room.tell(name, value);
        }
        room.run(7_200.0);
        let kept = room.get("shown_came") - room.get("shown_went");
        near(stored(&room) - before, kept, 1e-9 * room.get("shown_came"));
    }
    assert!(room.get("shown_went") > 1e8);
}

#[test]
fn the_chiller_has_its_reference_capacity_and_performance_at_the_reference_point() {
    // Room and coil so large that the chiller is fully loaded.
    let room = inside(
        &[("water", 4.44), ("plr_max", 1.0)],
        &[("condenser_water", 12.78), ("setpoint", 8.0), ("ambient", 25.0)],
    );
    near(room.get("shown_q_available"), 160.0, 0.005 * 160.0);
    near(room.get("shown_eir_by_t"), 1.0, 0.005);
    let mut room = inside(
        &[("water", 4.44), ("plr_max", 1.0), ("ua_coil", 500.0)],
        &[("condenser_water", 12.78), ("setpoint", 8.0), ("ambient", 45.0), ("load", 400.0)],
    );
    room.run(3_600.0);
    near(room.get("load_share"), 100.0, 1e-9);
    near(room.get("performance"), 7.47, 0.005 * 7.47);
    near(room.get("condenser_heat"), room.get("cooling_power") + room.get("power"), 1e-9);
    assert_eq!(room.get("outside_curves"), 0.0);
}

#[test]
fn outside_of_its_curves_the_chiller_stays_at_their_ends_and_says_so() {
    let at = |water: f64| {
        let room = inside(&[], &[("condenser_water", water)]);
        (room.get("shown_q_available"), room.get("outside_curves"))
    };
    assert_eq!((at(50.0).0, at(50.0).1), (at(29.44).0, 1.0));
    assert_eq!((at(-3.0).0, at(-3.0).1), (at(12.78).0, 1.0));
    assert_eq!(at(29.44).1, 0.0);
}

#[test]
fn ten_hours_at_5_and_two_at_15_degrees_are_7_70_kinetically() {
    let text = ROOM.replace("warmth = \"kelvin(product)\"", "warmth = \"kelvin(ambient)\"");
    let mut room = Asset::new(&text, &[("ambient", 5.0)]);
    near(room.get("mean_kinetic"), 5.0, 1e-9);
    room.run(10.0 * 3_600.0);
    near(room.get("mean_kinetic"), 5.0, 1e-6);
    room.tell("ambient", 15.0);
    room.run(2.0 * 3_600.0);
    near(room.get("mean_kinetic"), 7.7046, 5e-5);
    room.happen("new_batch");
    room.run(3_600.0);
    near(room.get("mean_kinetic"), 15.0, 1e-6);
}

#[test]
fn the_mean_kinetic_temperature_lies_between_the_mean_and_the_highest() {
    let mut room = inside(&[], &[("ambient", 30.0), ("mains", 0.0)]);
    let (mut sum, mut hours) = (0.0, 0.0);
    for _ in 0..72 {
        room.run(3_600.0);
        sum += room.get("shown_product");
        hours += 1.0;
    }
    let kinetic = room.get("mean_kinetic");
    assert!(kinetic > sum / hours - 0.2 && kinetic < room.get("shown_product"), "{kinetic}, mean {}", sum / hours);
}

#[test]
fn without_cooling_the_limit_is_met_when_the_tile_said() {
    // One body: the product follows the air at once.
    let mut room = inside(&[("ua_product", 200.0)], &[("ambient", 30.0), ("setpoint", 8.0)]);
    room.run(48.0 * 3_600.0);
    room.tell("mains", 0.0);
    let said = room.get("hold_over") * 3_600.0;
    assert!(said > 3_600.0, "{said} s");
    room.run(said - 1_200.0);
    assert_eq!(room.get("time_above"), 0.0);
    room.run(2_400.0);
    assert!(room.get("time_above") > 0.0);
}

#[test]
fn warmer_chilled_water_takes_less_power_for_the_same_cold() {
    let at = |water: f64| {
        let mut room = inside(&[("water", water)], &[("ambient", 28.0), ("setpoint", 10.0)]);
        room.run(5.0 * 86_400.0);
        (room.get("cooling_power"), room.get("power"), room.get("air"))
    };
    let (cold, warm) = (at(4.5), at(7.5));
    near(cold.0 / warm.0, 1.0, 0.02);
    assert!(warm.1 < 0.97 * cold.1, "{cold:?} {warm:?}");
    assert!(warm.2 < 11.0);
}

#[test]
fn hours_of_the_compressor_are_those_in_which_it_has_power() {
    let mut room = inside(&[], &[("ambient", 28.0), ("setpoint", 7.0)]);
    room.run(3_600.0);
    let begun = room.get("compressor_hours");
    room.run(10.0 * 3_600.0);
    room.tell("mains", 0.0);
    room.run(5.0 * 3_600.0);
    near(room.get("compressor_hours") - begun, 10.0, 0.02);
}

#[test]
fn a_fouled_coil_is_cleaned_after_it_was_noticed() {
    let mut room = inside(&[("fouling_rate", 10.0)], &[("ambient", 28.0)]);
    room.run(3.0 * 86_400.0 + 3_600.0);
    near(room.get("coil_fouling"), 30.0, 1.0);
    room.run(4.0 * 3_600.0);
    assert!(room.get("coil_fouling") < 2.0);
}
