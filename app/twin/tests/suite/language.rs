//! The language of model files: what is read, what is refused, and with which words.

use std::fmt::Write;

use twin::{Entry, Model, Span, Timestamp, Twin, What, model::Future};

use super::following::{CELL, model};

/// A model of a kettle with `more` at its end; a section that `more` opens again replaces that of the kettle.
pub fn kettle(more: &str) -> String {
    let sections = [
        ("input", "power = { unit = \"kW\", range = [0, 3], future = \"hold\" }\n"),
        (
            "parameter",
            "mass = { unit = \"kg\", value = 1.5 }\nheat_capacity = { unit = \"J/kg/K\", value = 4186 }\n\
             loss = { unit = \"W/K\", value = 1.2 }\nroom = { unit = \"degC\", value = 20 }\n",
        ),
        ("let", "loss_to_room = \"loss * (water - room)\"\n"),
        (
            "state",
            "water = { unit = \"degC\", initial = \"room\", \
             rate = \"(power - loss_to_room) / (mass * heat_capacity)\" }\n",
        ),
        ("output", "temperature = { unit = \"degC\", value = \"water\" }\n"),
    ];
    let mut text = String::from(
        "id = \"kettle\"\ntitle = \"Kettle\"\nsource = \"made for tests\"\nstep = \"1 s\"\nhorizon = \"1 h\"\n\
         headline = \"temperature\"\n",
    );
    let mut rest = more.to_owned();
    for (section, own) in sections {
        write!(text, "[{section}]\n{own}").unwrap();
        if let Some(at) = rest.find(&format!("[{section}]\n")) {
            let begin = at + section.len() + 3;
            let end = rest[begin..].find("\n[").map_or(rest.len(), |end| begin + end + 1);
            text.push_str(&rest[begin..end]);
            text.push('\n');
            rest.replace_range(at..end, "");
        }
    }
    text + &rest
}

pub fn errors(text: &str) -> Vec<String> {
    Model::parse(text).unwrap_err().iter().map(|error| error.message.clone()).collect()
}

/// The kettle with `more` is refused with just this.
#[track_caller]
pub fn check(more: &str, expected: &str) {
    assert_eq!(errors(&kettle(more)), [expected], "{more}");
}

/// The formula of an output of this unit.
#[track_caller]
pub fn check_formula(unit: &str, formula: &str, expected: &str) {
    let more = format!("[output]\nown = {{ unit = \"{unit}\", value = \"{formula}\" }}\n");
    if expected.is_empty() {
        model(&kettle(&more));
    } else {
        check(&more, expected);
    }
}

#[test]
fn a_kettle_is_read_and_its_kilowatts_are_watts_where_they_must_be() {
    let model = model(&kettle(""));
    assert_eq!((model.signals.len(), model.quantities.len()), (1, 2));
}

#[test]
fn faults_come_all_at_once_with_their_places() {
    let shown = |text: &str| -> Vec<String> {
        Model::parse(text).unwrap_err().iter().map(|error| format!("{error}")).collect()
    };
    let text = CELL
        .replace("noise = 0.02", "nose = 0.02")
        .replace("c_s = { unit = \"F\", value = 234.387 }", "c_s = { unit = \"F\", value = \"234\" }");
    assert_eq!(
        shown(&text),
        [
            "17:11: `noise` is missing: a number",
            "17:69: unknown key `nose`; did you mean `noise`?",
            "25:29: `value` is a number"
        ]
    );
    let text = CELL.replace("soc^3 +", "sox^3 +").replace("unit = \"J/K\"", "unit = \"J/Kelvin\"");
    assert_eq!(
        shown(&text),
        [
            "33:17: unknown unit `Kelvin` in `J/Kelvin`; did you mean `J/K`?",
            "40:29: unknown name `sox`; did you mean `soc`?"
        ]
    );
    let text = CELL.replace("step = \"1 s\"", "step = \"1 metre\"").replace("[slider]", "[sliders]");
    assert_eq!(
        shown(&text),
        [
            "8:9: `step` is a number, a space and a unit of time, as `0.5 s`, from 1 ms to 400 d",
            "70:2: unknown section `sliders`; did you mean `slider`?"
        ]
    );
}

#[test]
fn two_that_are_shown_beside_each_other_have_different_titles() {
    check(
        "[output]\npower_used = { title = \"Power\", unit = \"kW\", value = \"power\" }\n",
        "output `power_used` and input `power` are both called `Power`: nobody could tell them apart on a page",
    );
    check(
        "[event.boiled]\nset = { water = 100 }\n[action.boil]\ntitle = \"Boiled\"\nset = { water = 100 }\n",
        "action `boil` and event `boiled` are both called `Boiled`: nobody could tell them apart on a page",
    );
    // A slider is called after what it turns, an output after the state that it shows.
    model(&kettle(
        "[output]\nshown = { title = \"Water\", unit = \"degC\", value = \"water\" }\n\
                   [slider]\npower = { of = \"power\", min = 0, max = 3, step = 1 }\n",
    ));
}

#[test]
fn names_and_functions_are_known_or_the_nearest_is_named() {
    check_formula("1", "maas / 1[kg]", "unknown name `maas`; did you mean `mass`?");
    check_formula("1", "exq(1)", "unknown function `exq`; did you mean `exp`?");
    check_formula("1", "clamp(1, 2)", "`clamp` takes 3 arguments, not 2");
    check_formula("1", "min(1)", "`min` takes 2 or more arguments, not 1");
    check_formula("m", "5[metre]", "unknown unit `metre`; did you mean `m`?");
    check_formula("1", "(1", "expected `)`");
    check(
        "[slider]\npower = { of = \"pwoer\", min = 0, max = 3, step = 1 }\n",
        "unknown input, parameter or state `pwoer`; did you mean `power`?",
    );
    check(
        "[event.boiled]\nset = { watr = 100 }\n",
        "unknown state or calibrated parameter `watr`; did you mean `water`?",
    );
    check(
        "[action.insulate]\nset = { loss = 0.5 }\n",
        "`loss` is a parameter and stays as it is: what changes is a state, which may have `rate = 0`",
    );
    check("[parameter]\nnot = { unit = \"1\", value = 1 }\n", "`not` is a word of the language");
    check("[parameter]\nwater = { unit = \"1\", value = 1 }\n", "`water` is named twice");
}

#[test]
fn intermediates_that_need_themselves_are_named_by_their_path() {
    check("[let]\na = \"b + 1\"\nb = \"2 * c\"\nc = \"a\"\n", "`c` needs itself: c → a → b → c");
    check("[let]\na = \"a + 1\"\n", "`a` needs itself: a → a");
}

#[test]
fn an_initial_value_needs_no_state() {
    check(
        "[state]\nlevel = { unit = \"degC\", initial = \"water\", rate = 0 }\n",
        "`initial` needs `water`, which has no value before the states have begun",
    );
    check(
        "[state]\nlevel = { unit = \"kW\", initial = \"lag(power, 5[s])\", rate = 0 }\n",
        "`initial` needs `lag`, which has no value before the states have begun",
    );
}

#[test]
fn a_fitted_formula_takes_its_names_in_the_units_it_states() {
    let fitted = |formula: &str, taken: &str| {
        format!("[let]\nfit = {{ empirical = \"{formula}\", in = {{ {taken} }}, out = \"W\" }}\n")
    };
    model(&kettle(&fitted("3 + 0.1 * water + exp(power)", "water = \"degF\", power = \"W\"")));
    check(
        &fitted("3 + 0.1 * water", ""),
        "`water` is in degC: say in `in` the unit that the fitted formula takes it in",
    );
    check(&fitted("3 + water", "water = \"kg\""), "`water` is in degC and is taken in kg");
    check(
        &fitted("3 + water", "water = \"degC\", steam = \"kg\""),
        "unknown name `steam`; there are day_of_year, fit, heat_capacity, loss, loss_to_room, mass, power, room, time_of_day, water",
    );
}

#[test]
fn tables_failures_actions_presets_regimes_costs_and_schedules_are_read() {
    let model = model(&kettle(
        "[input]\nheld = { unit = \"degC\", range = [0, 40], future = \"schedule\", \
           schedule = [[\"06:00\", 21], [\"22:00\", 17]] }\n\
         [table.efficiency]\nin = \"kW\"\nout = \"%\"\nx = [0, 1, 3]\ny = [90, 95, 80]\n\
         [cost]\nenergy = { unit = \"EUR/kWh\", value = 0.3, source = \"assumption\" }\n\
         [regime.off]\nwhen = \"power == 0\"\n[regime.hot]\nwhen = \"water > 60\"\n\
         [output]\nprice = { unit = \"EUR/h\", value = \"power * energy * efficiency(power)\" }\n\
         heating = { unit = \"1\", value = \"not off and not hot\" }\n\
         [action.descale]\nset = { water = \"room\" }\nduration = \"20 min\"\ncost = \"5 EUR\"\n\
         [failure.dry]\nwhen = \"water > 105\"\nseverity = \"stop\"\nrepair = \"descale\"\nrepair_cost = \"9 EUR\"\n\
         [slider]\npower = { of = \"power\", as = \"scale\", min = 0, max = 2, step = 0.1 }\n\
         [preset.full]\nsliders = { power = 2 }\n",
    ));
    assert_eq!(model.actions[0].duration, Some(Span(20 * Span::MINUTE.0)));
    assert_eq!(model.event("descale"), Some(model.actions[0].event));
    assert_eq!((model.failures[0].repair, model.failures[0].repair_cost), (Some(0), Some(9.0)));
    assert_eq!(model.failures[0].repair_time, Some(Span(20 * Span::MINUTE.0)));
    assert_eq!(model.presets[0].sliders, [(0, 2.0)]);
    assert_eq!(model.costs[0].unit, "EUR/kWh");
    assert_eq!(model.regimes.iter().map(|regime| regime.title.as_str()).collect::<Vec<_>>(), ["Off", "Hot"]);
    assert!(matches!(model.signals[1].role, twin::model::Role::Input { future: Future::Schedule(0), .. }));
}

#[test]
fn a_file_that_is_no_toml_is_told_what_is_wrong_and_not_what_follows_from_it() {
    let whole = kettle("");
    let unquoted = whole.replace("mass = { unit = \"kg\",", "mass = { unit = \"kg,");
    let told = Model::parse(&unquoted).unwrap_err();
    let line = whole.lines().position(|line| line.starts_with("mass")).unwrap() + 1;
    assert!(told.iter().all(|error| error.line == line) && told.len() == 1, "{told:#?}");
    let twice = format!("{whole}\n[parameter]\nmore = {{ unit = \"1\", value = 1 }}\n");
    let told = errors(&twice);
    assert_eq!(told, ["`parameter` is there already: what belongs to it stands together, once"]);
}

#[test]
fn a_twin_says_in_which_regime_its_members_are() {
    let model = model(&kettle(
        "[regime.off]\nwhen = \"power == 0\"\n[regime.hot]\nwhen = \"water > 60\"\n[regime.warm]\nwhen = \"water > 0\"\n",
    ));
    let regimes = |power: f64, after: Span| {
        let sample = Entry { t: Timestamp(0), what: What::Sample { signal: 0, value: power } };
        let mut twin = Twin::new(model.clone(), 1);
        twin.observe(&[sample, Entry { t: sample.t + after, ..sample }]);
        twin.regimes()
    };
    assert_eq!(regimes(0.0, Span(0)), [1.0, 0.0, 0.0], "the first that holds is the one");
    assert_eq!(regimes(2.0, Span(0)), [0.0, 0.0, 1.0]);
    assert_eq!(regimes(2.0, Span(10 * Span::MINUTE.0)), [0.0, 1.0, 0.0]);
}

#[test]
fn what_does_not_make_sense_is_refused() {
    check(
        "[table.t]\nin = \"1\"\nout = \"1\"\nx = [0, 0]\ny = [1, 2]\n",
        "a table has as many `x`, rising, as `y`: 2 to 64 numbers",
    );
    check("[failure.f]\nwhen = \"water > 90\"\nseverity = \"bad\"\n", "`severity` is one of `stop`, `warn`");
    check(
        "[failure.f]\nwhen = \"water > 90\"\nseverity = \"warn\"\nrepair = \"mend\"\n",
        "unknown action `mend`; there is none",
    );
    check("[action.a]\nset = {}\ncost = \"5 kg\"\n", "`cost` is an amount of money, as `1200 EUR`");
    check(
        "[action.a]\nset = {}\ncost = \"5 euros\"\n",
        "`cost` is an amount of money, as `1200 EUR`; did you mean `EUR`?",
    );
    check(
        "[action.a]\nset = {}\nduration = \"2hours\"\n",
        "`duration` is a number, a space and a unit of time, as `0.5 s`, from 1 ms to 400 d; did you mean `h`?",
    );
    check("[preset.p]\nsliders = { full = 2 }\n", "unknown slider `full`; there is none");
    check(
        "[input]\nu = { unit = \"1\", range = [0, 1], future = \"schedule\", schedule = [[\"06:03\", 1]] }\n",
        "a schedule has times as `06:05`, in order, each a multiple of five minutes",
    );
    check("[output]\nold = { unit = \"degC\", value = \"delay(water, mass)\" }\n", "`mass` is in kg, expected s");
    check(
        "[output]\nold = { unit = \"degC\", value = \"delay(water, 2[h])\" }\n",
        "a `delay` is of 1 step or more, and all of a model of 512 steps at most",
    );
    check("[part.heater]\nmodel = \"heater\"\n", "this file puts parts together: it is flattened before it is read");
    check("[state]\nlevel = { unit = \"1\", initial = 0 }\n", "`level` has a `rate`, by the second, or a `next` value");
}

#[test]
fn expressions_without_end_are_refused_and_not_followed() {
    for formula in ["-".repeat(100_000) + "1", "1 + ".repeat(100_000) + "1", "min(".repeat(10_000)] {
        assert_eq!(errors(&kettle(&format!("[let]\na = \"{formula}\"\n"))).len(), 1);
    }
    let chain: String = (1..3_000).map(|n| format!("a{n} = \"a{} + 1\"\n", n + 1)).collect();
    assert!(errors(&kettle(&format!("[let]\n{chain}a3000 = 1\n")))[0].starts_with("more than 2000 entries"));
    let chain: String = (1..1_500).map(|n| format!("a{n} = \"a{} + 1\"\n", n + 1)).collect();
    model(&kettle(&format!("[let]\n{chain}a1500 = 1\n[output]\nown = {{ unit = \"1\", value = \"a1\" }}\n")));
}
