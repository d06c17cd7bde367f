//! Units in model files: derived, converted, compared, and what is said where they do not fit.

use super::language::{check_formula, errors, kettle};

#[test]
fn units_are_derived_and_converted() {
    check_formula("J", "power * 1[s]", "");
    check_formula("kW.h", "power * time_of_day", "");
    check_formula("W", "power + loss_to_room", "");
    check_formula("W", "if(power > loss_to_room, power, 0)", "");
    check_formula("K", "water - room", "");
    check_formula("degC", "room + power / loss", "");
    check_formula("degC", "celsius(300[K])", "");
    check_formula("K", "kelvin(water) / 2", "");
    check_formula("1", "sqrt(power / loss_to_room) + sin(90[deg]) + exp(5[%])", "");
    check_formula("m", "sqrt(4[m2])", "");
    check_formula("degF", "water", "");
    check_formula("1", "water > 60 and room < 25[degC]", "");
}

#[test]
fn what_does_not_fit_is_said_as_a_plant_engineer_says_it() {
    check_formula(
        "degC",
        "water + room",
        "`water + room` adds two temperatures: write one of them as a difference, in K",
    );
    check_formula("W", "power + mass", "`power` is in kW, `mass` in kg");
    check_formula("W", "mass * heat_capacity", "`mass * heat_capacity` is in J/K, expected W");
    check_formula(
        "degC",
        "0.5 * water",
        "`water` is on the temperature scale degC, which has no multiples: \
         take a difference, as `x - 20[degC]`, or `kelvin(x)`",
    );
    check_formula("K", "water", "`water` is on the temperature scale degC; `kelvin(...)` makes it one in K");
    check_formula(
        "degC",
        "water - room",
        "`water - room` is a difference or absolute; `celsius(...)` makes it a temperature in degC",
    );
    check_formula(
        "1",
        "water > loss_to_room / loss",
        "`loss_to_room / loss` is in K, `water` in the temperature scale degC: one is a temperature on a scale, \
         the other a difference or absolute; see `celsius` and `kelvin`",
    );
    check_formula("1", "exp(mass)", "`mass` is in kg, a pure number is expected");
    check_formula("1", "mass", "`mass` is in kg, a pure number is expected");
    check_formula("1", "1 - 5[%]", "`1` stands beside %: write `1[%]` or `1[1]`");
    check_formula("1", "not mass", "`mass` is in kg and no condition");
    check_formula("1", "2^mass", "`mass` is in kg, a pure number is expected");
    check_formula(
        "1",
        "pow(mass, room / 1[K])",
        "`room` is on the temperature scale degC, which has no multiples: \
         take a difference, as `x - 20[degC]`, or `kelvin(x)`",
    );
}

#[test]
fn a_unit_that_says_another_thing_than_was_meant_is_told_so() {
    let with_room = |unit: &str, water: &str| {
        let text = kettle("").replace("room = { unit = \"degC\"", &format!("room = {{ unit = \"{unit}\""));
        errors(&text.replace("water = { unit = \"degC\"", &format!("water = {{ unit = \"{water}\"")))
    };
    let told = with_room("C", "degC");
    assert_eq!(
        told[0],
        "`water` is in the temperature scale degC, `room` in C: `C` is the coulomb: did you mean `degC`?"
    );
    // Nothing but a derived unit shows that both are wrong.
    let told = with_room("C", "C");
    assert!(told.iter().any(|message| message.ends_with(": `C` is the coulomb: did you mean `degC`?")), "{told:?}");
    let all = kettle("").replace("unit = \"degC\"", "unit = \"C\"").replace("W/K", "W/C");
    let told = errors(&all);
    assert!(told.iter().all(|message| message.ends_with(": `C` is the coulomb: did you mean `degC`?")), "{told:?}");
    assert_eq!(with_room("KW", "degC")[0], "unknown unit `KW`; did you mean `kW`?");
    check_formula(
        "degC",
        "room + 5[C]",
        "`room` is in the temperature scale degC, `5[C]` in C: `C` is the coulomb: did you mean `degC`?",
    );
    check_formula("W", "power / 1[m]", "`power / 1[m]` is in kN/s, expected W");
}
