//! What happens besides rates: events inside of a step, failures and repairs, memory, noise, the clock.

use std::sync::Arc;

use twin::{Entry, Horizon, Model, Scenario, Span, Timestamp, Twin, View, What, project, simulate::Simulator};

use super::{
    following::model,
    integrating::{after, pure},
};

/// A twin of `text` that was told its inputs at the beginning of 1970.
fn told(text: &str, inputs: &[f64], seed: u64) -> (Arc<Model>, Twin) {
    let model = model(text);
    let mut twin = Twin::new(model.clone(), seed);
    for (signal, value) in inputs.iter().enumerate() {
        twin.observe(&[Entry { t: Timestamp(0), what: What::Sample { signal: signal as u16, value: *value } }]);
    }
    (model, twin)
}

fn at(twin: &Twin, secs: f64) -> View {
    twin.at(Timestamp(0) + Span::from_secs(secs))
}

const INPUT: &str = "[input]\nu = { unit = \"1\", range = [-9, 9], future = \"hold\" }\n";

#[test]
fn a_ball_bounces_when_it_meets_the_floor_and_not_at_the_next_step() {
    for method in ["euler", "heun", "rk4", "rosenbrock"] {
        let bounce = "[event.bounce]\nwhen = \"height < 0\"\nset = { speed = \"-0.8 * speed\", height = 0 }\n";
        let step = if method == "euler" { 0.001 } else { 0.1 };
        let states = [("height", 5.0, "speed"), ("speed", 0.0, "-10")];
        let got = after(&pure(method, step, &states, bounce), 2.0);
        // It falls for 1 s, leaves with 8 and is back after 1.6 s more.
        let flown = 1.0;
        let height = 8.0 * flown - 5.0 * flown * flown;
        let tolerance = if method == "euler" { 0.05 } else { 1e-5 };
        assert!((got[0] - height).abs() < tolerance && (got[1] + 2.0).abs() < tolerance, "{method}: {got:?}");
        let got = after(&pure(method, step, &states, bounce), 4.0);
        let flown = 4.0 - 1.0 - 1.6;
        let again = flown - 1.28;
        let height = 5.12 * again - 5.0 * again * again;
        assert!((got[0] - height).abs() < 4.0 * tolerance, "{method}: {got:?}, not {height}");
    }
}

#[test]
fn each_member_has_its_own_instants() {
    // Each member fills at its own pace and is emptied when full: what it counts is what its pace says.
    let text = pure(
        "rk4",
        1.0,
        &[("level", 0.0, "pace"), ("count", 0.0, "0"), ("total", 0.0, "pace")],
        "off = { unit = \"1\", value = \"abs(total - count - level)\" }\n\
         counted = { unit = \"1\", value = \"count\" }\n\
         [parameter]\npace = { unit = \"1\", value = 0.3, bounds = [0.05, 3], calibrate = true, spread = 0.1 }\n\
         [event.full]\nwhen = \"level >= 1\"\nset = { level = \"level - 1\", count = \"count + 1\" }\n",
    ) + INPUT;
    let (model, twin) = told(&text, &[0.0], 3);
    let index = |name: &str| model.quantities.iter().position(|quantity| quantity.name == name).unwrap();
    let view = at(&twin, 60.0);
    assert!(view.bands[index("off")].high < 1e-9, "{:?}", view.bands);
    let counted = view.bands[index("counted")];
    assert!(counted.low < counted.high && counted.low >= 5.0, "{counted:?}");
}

#[test]
fn a_condition_that_holds_from_the_beginning_happens_once() {
    let once = "[event.begun]\nwhen = \"1 > 0\"\nset = { count = \"count + 1\" }\n";
    assert_eq!(after(&pure("rk4", 1.0, &[("count", 0.0, "0")], once), 30.0), [1.0]);
}

#[test]
fn conditions_that_never_settle_do_not_stop_the_time() {
    let chatter = "[event.up]\nwhen = \"x <= 0\"\nset = { x = 1 }\n[event.down]\nwhen = \"x > 0\"\nset = { x = 0 }\n";
    assert!(after(&pure("rk4", 1.0, &[("x", 0.5, "0"), ("t", 0.0, "1")], chatter), 30.0)[1] == 30.0);
}

#[test]
fn a_failure_has_effects_until_its_repair_is_over() {
    let text = pure(
        "rk4",
        1.0,
        &[("wear", 0.0, "0.1 * running"), ("running", 1.0, "0"), ("worked", 0.0, "running")],
        "[failure.worn]\nwhen = \"wear >= 1\"\nseverity = \"stop\"\neffects = { running = 0 }\nrepair = \"renew\"\n\
         [action.renew]\nset = { wear = 0, running = 1 }\nduration = \"5.5 s\"\n",
    );
    // Ten seconds of work, five and a half of repair, and so on.
    for (secs, worked) in [(10.0, 10.0), (13.0, 10.0), (20.0, 14.5), (31.0, 20.0), (40.0, 29.0)] {
        let got = after(&text, secs)[2];
        assert!((got - worked).abs() < 1e-4, "after {secs} s: {got}, not {worked}");
    }
    let model = model(&text);
    let mut asset = Simulator::new(model.clone(), Timestamp(0), &[]);
    asset.advance(Timestamp(Span::SECOND.0 * 6), &[]);
    asset.happen(model.event("renew").unwrap());
    assert_eq!(asset.values()[0], 0.0, "an action is an event that can be told");

    // Told while the repair goes on, the action leaves nothing to be done at its end.
    let mut asset = Simulator::new(model.clone(), Timestamp(0), &[]);
    asset.advance(Timestamp(Span::SECOND.0 * 12), &[]);
    asset.happen(model.event("renew").unwrap());
    asset.advance(Timestamp(Span::SECOND.0 * 20), &[]);
    assert!((asset.values()[0] - 0.8).abs() < 1e-9, "{:?}", asset.values());
}

#[test]
fn parameters_and_inputs_reach_all_that_such_a_model_works_out() {
    let text = pure("rosenbrock", 1.0, &[("x", 0.0, "pace + u")], "")
        + INPUT
        + "[parameter]\npace = { unit = \"1\", value = 0.25 }\n[event.full]\nwhen = \"x > 4 * pace\"\nset = { x = \"pace\" }\n\
           [slider]\npace = { of = \"pace\", min = 0, max = 9, step = 1 }\n";
    let (_, twin) = told(&text, &[0.25], 1);
    assert!((at(&twin, 1.0).bands[1].mid - 0.5).abs() < 1e-12 && (at(&twin, 3.0).bands[1].mid - 0.75).abs() < 1e-4);
    let horizon = Horizon { span: Span(Span::SECOND.0 * 2), points: 2 };
    let future = project(&twin, &Scenario { sliders: vec![(0, 2.0)] }, horizon, 64, 1);
    assert!((future.bands[1].last().unwrap().mid - 4.5).abs() < 1e-12, "{:?}", future.bands[1]);
}

#[test]
fn a_delay_gives_back_what_was_so_many_steps_ago() {
    let text = pure("rk4", 1.0, &[("x", 3.0, "2")], "late = { unit = \"1\", value = \"delay(x, 5[s])\" }\n");
    for (secs, late) in [(0.0, 3.0), (4.0, 3.0), (5.0, 3.0), (6.0, 5.0), (20.0, 33.0)] {
        assert_eq!(after(&text, secs)[1], late, "after {secs} s");
    }
    let chained =
        pure("rk4", 1.0, &[("x", 0.0, "1")], "l = { unit = \"1\", value = \"delay(delay(x, 2[s]), 1[s])\" }\n");
    assert_eq!(after(&chained, 10.0)[1], 7.0);
}

#[test]
fn a_lag_follows_as_a_first_order_system_does() {
    let text = pure("rk4", 0.5, &[("x", 1.0, "0")], "")
        .replace("value = \"x\"", "value = \"lag(u, 10[s])\"")
        .replace("[output]", "[output]\nslow = { unit = \"1\", value = \"lag(lag(u, 10[s]), 5[s])\" }\n")
        + INPUT;
    let mut asset = Simulator::new(model(&text), Timestamp(0), &[2.0]);
    assert_eq!(asset.values()[1..], [2.0, 2.0], "a lag begins where its input is");
    asset.advance(Timestamp(0), &[5.0]);
    asset.advance(Timestamp(20 * Span::SECOND.0), &[5.0]);
    let exact = 5.0 - 3.0 * (-2.0f64).exp();
    assert!((asset.values()[2] - exact).abs() < 1e-7, "{:?}", asset.values());
}

#[test]
fn next_values_are_of_the_beginning_of_the_step_and_taken_at_once() {
    let text = pure("rk4", 1.0, &[("x", 0.0, "1")], "")
        .replace("[state]", "[state]\na = { unit = \"1\", initial = 0, next = \"b\" }\nb = { unit = \"1\", initial = 1, next = \"a + b\" }\n")
        .replace("[output]", "[output]\nfibonacci = { unit = \"1\", value = \"a\" }\n");
    let shown: Vec<f64> = (0..9).map(|secs| after(&text, f64::from(secs))[0]).collect();
    assert_eq!(shown, [0.0, 1.0, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0]);
}

#[test]
fn tables_are_straight_lines_with_their_ends_held() {
    let text = pure(
        "euler",
        1.0,
        &[("x", 0.0, "0")],
        "y = { unit = \"1\", value = \"curve(u)\" }\n\
         [table.curve]\nin = \"1\"\nout = \"1\"\nx = [-1, 0, 2]\ny = [4, 1, 2]\n",
    ) + INPUT;
    let model = model(&text);
    for (x, y) in [(-9.0, 4.0), (-1.0, 4.0), (-0.5, 2.5), (0.0, 1.0), (1.0, 1.5), (2.0, 2.0), (8.0, 2.0)] {
        assert_eq!(Simulator::new(model.clone(), Timestamp(0), &[x]).values()[2], y, "at {x}");
    }
    assert!(Simulator::new(model, Timestamp(0), &[f64::NAN]).values()[2].is_nan());
}

#[test]
fn the_clock_is_that_of_the_asset() {
    let text = pure(
        "rk4",
        60.0,
        &[("x", 0.0, "0.001 * (time_of_day > 6)")],
        "hour = { unit = \"h\", value = \"time_of_day\" }\n\
         day = { unit = \"d\", value = \"day_of_year\" }\n",
    );
    // 40 days and 18.5 hours: the tenth of February.
    let values = after(&text, 40.0 * 86_400.0 + 18.5 * 3_600.0 - 1e-6);
    assert!((values[1] - 18.5).abs() < 0.02 && (values[2] - 40.77).abs() < 0.01, "{values:?}");
}

#[test]
fn noise_is_drawn_by_member_and_step_and_the_nominal_asset_has_none() {
    let text = pure("euler", 1.0, &[("x", 0.0, "noise(2) - 0.01 * x")], "n = { unit = \"1\", value = \"noise(3)\" }\n")
        + INPUT;
    assert_eq!(Simulator::new(model(&text), Timestamp(0), &[0.0]).values()[1..], [0.0, 0.0]);
    let (_, twin) = told(&text, &[0.0], 8);
    let (view, again) = (at(&twin, 50.0), at(&told(&text, &[0.0], 8).1, 50.0));
    assert_eq!(view, again);
    assert_ne!(view, at(&told(&text, &[0.0], 9).1, 50.0));
    let noise = view.bands[2];
    // 64 normal numbers of standard deviation 3: 90 % of them span 9.9.
    assert!((6.0..14.0).contains(&(noise.high - noise.low)) && noise.mean.abs() < 1.2, "{noise:?}");
}

#[test]
fn a_schedule_repeats_each_day() {
    let text = pure(
        "euler",
        300.0,
        &[("x", 0.0, "0")],
        "heat = { unit = \"1\", value = \"s\" }\n[input]\n\
         s = { unit = \"1\", range = [0, 30], future = \"schedule\", schedule = [[\"06:00\", 21], [\"22:00\", 17]] }\n",
    );
    let (_, twin) = told(&text, &[5.0], 1);
    let future = project(&twin, &Scenario::default(), Horizon { span: Span(2 * Span::DAY.0), points: 576 }, 64, 1);
    let value = |hours: i64| {
        let t = Timestamp(hours * Span::HOUR.0);
        future.bands[2][future.times.iter().position(|own| *own == t).unwrap()].mid
    };
    assert_eq!([value(5), value(6), value(21), value(22), value(30)], [17.0, 21.0, 21.0, 17.0, 21.0]);
}

#[test]
fn priors_are_what_the_file_says() {
    let prior = |prior: &str| {
        let text = pure("euler", 1.0, &[("x", 0.0, "0")], "shown = { unit = \"1\", value = \"p\" }\n")
            + &format!(
                "[parameter]\np = {{ unit = \"1\", value = 2, bounds = [1, 9], calibrate = true, spread = 0.5, prior = \"{prior}\" }}\n"
            )
            + INPUT;
        at(&told(&text, &[0.0], 4).1, 0.0).bands[2]
    };
    let uniform = prior("uniform");
    assert!(uniform.low < 2.2 && uniform.high > 7.8 && (uniform.mean - 5.0).abs() < 1.0, "{uniform:?}");
    let lognormal = prior("lognormal");
    assert!((lognormal.mean - 2.0).abs() < 0.25 && lognormal.low > 1.0, "{lognormal:?}");
    assert!(lognormal.high - lognormal.mid > lognormal.mid - lognormal.low, "{lognormal:?}");
}

#[test]
fn a_twin_with_all_of_this_is_restored_to_the_bit() {
    let text = pure(
        "rosenbrock",
        1.0,
        &[("x", 0.5, "noise(0.1) + lag(u, 3[s]) - delay(x, 4[s])"), ("n", 0.0, "0.01 * time_of_day / 1[h]")],
        "[event.high]\nwhen = \"x > 1\"\nset = { x = 0, n = \"n + 1\" }\n\
         [signal]\nseen = { unit = \"1\", range = [-9, 9], noise = 0.5, observes = \"x\" }\n",
    ) + INPUT;
    let (model, mut twin) = told(&text, &[1.0], 5);
    let entry = |secs: i64| {
        let what = What::Sample { signal: (secs % 2) as u16, value: (secs % 7) as f64 / 5.0 };
        Entry { t: Timestamp(secs * Span::SECOND.0), what }
    };
    let entries: Vec<Entry> = (1..300).map(entry).collect();
    twin.observe(&entries[..150]);
    let mut restored = Twin::restore(model, &twin.checkpoint().bytes).unwrap();
    for own in [&mut twin, &mut restored] {
        own.observe(&entries[150..]);
    }
    assert_eq!(restored.hash(), twin.hash());
    assert!(at(&twin, 310.0).bands.iter().all(|band| band.mean.is_finite()));
}
