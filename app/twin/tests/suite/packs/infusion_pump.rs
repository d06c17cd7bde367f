//! The syringe pump: no millilitre is lost, the line answers as a first-order system, the trumpet is that of its ripple.

use super::{Asset, near, with};

pub const PUMP: &str = include_str!("../../../../../server/models/infusion-pump.toml");

const INSIDE: &[(&str, &str)] = &[("pressure", "kPa"), ("pushed", "mL"), ("running", "1"), ("stored", "mL")];

fn smooth(more: &[(&str, f64)]) -> String {
    let mut values = vec![("ripple", 0.0), ("slack", 0.0)];
    values.extend_from_slice(more);
    with(PUMP, &values, INSIDE)
}

#[test]
fn what_was_pushed_is_delivered_or_waits_in_the_line() {
    let mut pump = Asset::new(&with(PUMP, &[], INSIDE), &[("rate", 12.0)]);
    for (rate, occlusion) in [(12.0, 0.0), (60.0, 0.0), (20.0, 1.0), (5.0, 0.0)] {
        pump.tell("rate", rate);
        pump.tell("occlusion", occlusion);
        pump.run(150.0);
        near(pump.get("delivered_volume") + pump.get("shown_stored"), pump.get("shown_pushed"), 1e-12);
    }
    assert!(pump.get("shown_pushed") > 2.0);
}

#[test]
fn the_flow_arrives_with_the_time_constant_of_the_line() {
    // 2 kPa.h/mL and 0.1 mL/kPa: twelve minutes.
    let text = smooth(&[("resistance", 2.0), ("compliance", 0.1)]);
    let mut pump = Asset::new(&text, &[("rate", 10.0)]);
    for minutes in [6.0, 12.0, 30.0] {
        let mut pump = Asset::new(&text, &[("rate", 10.0)]);
        pump.run(minutes * 60.0);
        near(pump.get("flow"), 10.0 * (1.0 - (-minutes / 12.0f64).exp()), 1e-3);
    }
    pump.run(2.5 * 3_600.0);
    near(pump.get("flow"), 10.0, 1e-3);
    near(pump.get("shown_pressure"), 1.0 + 10.0 * 2.0, 1e-2);
}

#[test]
fn an_occlusion_is_alarmed_when_the_tile_said_and_leaves_the_bolus_it_said() {
    let mut pump = Asset::new(&smooth(&[]), &[("rate", 5.0)]);
    pump.run(600.0);
    let said = pump.get("alarm_time") * 60.0;
    // From 1.5 to 80 kPa at 0.01 mL/kPa and 5 mL/h.
    near(said, (80.0 - 1.5) * 0.01 / 5.0 * 3_600.0, 1e-3);
    pump.tell("occlusion", 1.0);
    pump.run(said - 20.0);
    assert_eq!(pump.get("shown_running"), 1.0);
    pump.run(40.0);
    assert_eq!(pump.get("shown_running"), 0.0);
    near(pump.get("trapped"), (80.0 - 1.0) * 0.01, 1e-6);
    pump.happen("release");
    pump.tell("occlusion", 0.0);
    pump.run(600.0);
    near(pump.get("flow"), 5.0, 1e-6);
}

#[test]
fn the_trumpet_of_a_ripple_narrows_as_the_mean_of_a_sine_does() {
    // One turn of 0.6 mL at 6 mL/h takes six minutes; a step of 10 s follows it.
    let text = with(PUMP, &[("slack", 0.0), ("ripple", 4.0)], INSIDE);
    let mut pump = Asset::new(&text, &[("rate", 6.0)]);
    pump.run(600.0);
    pump.happen("start_measuring");
    pump.run(4.0 * 3_600.0);
    let mut widest = f64::INFINITY;
    for window in [1.0, 2.0, 5.0, 11.0, 19.0, 31.0] {
        let high = pump.get(&format!("trumpet_{window}_high"));
        let low = pump.get(&format!("trumpet_{window}_low"));
        let angle = std::f64::consts::PI * window / 6.0;
        let wanted = 4.0 * (angle.sin() / angle).abs();
        near(high, wanted, 0.15);
        near(low, -wanted, 0.15);
        assert!(high - low < widest + 0.05);
        widest = high - low;
    }
}

#[test]
fn slack_delays_the_start_and_the_battery_ends() {
    let mut pump = Asset::new(&with(PUMP, &[], INSIDE), &[("rate", 5.0)]);
    // 0.05 mL at 5 mL/h take 36 s.
    pump.run(30.0);
    assert_eq!(pump.get("shown_pushed"), 0.0);
    pump.run(30.0);
    assert!(pump.get("shown_pushed") > 0.0);
    // Six euros and four minutes of a nurse for each 50 mL.
    near(pump.get("running_cost"), (6.0 + 45.0 * 4.0 / 60.0) * 5.0 / 50.0, 1e-9);
    let left = pump.get("battery_time");
    near(left, 20.0 / (1.5 + 5.0 * 0.004), 0.05);
    let text = with(PUMP, &[("battery_size", 1.0)], INSIDE);
    let mut pump = Asset::new(&text, &[("rate", 5.0)]);
    pump.run(3_600.0);
    near(pump.get("battery_charge"), 0.0, 1e-3);
    assert_eq!(pump.get("volume_left"), {
        pump.run(3_600.0);
        pump.get("volume_left")
    });
}
