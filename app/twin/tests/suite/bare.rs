//! Bare numbers of which nobody could say what they stand for.

use super::{
    following::model,
    language::{check, check_formula, kettle},
};

/// A state of this unit that moves by this rate.
#[track_caller]
fn check_rate(unit: &str, rate: &str, expected: &str) {
    let more = format!("[state]\nown = {{ unit = \"{unit}\", initial = 0, rate = {rate} }}\n");
    if expected.is_empty() {
        model(&kettle(&more));
    } else {
        check(&more, expected);
    }
}

#[test]
fn a_bare_number_by_which_time_is_counted_is_refused() {
    check_rate("min", "1", "`1` stands for min/s: write `1[1]` or `1[min/s]`; the first counts the time that goes by");
    check_rate(
        "h",
        "0.5",
        "`0.5` stands for h/s: write `0.5[1]` or `0.5[h/s]`; the first counts the time that goes by",
    );
    check_rate(
        "h",
        "\"if(water > 30, 1, 0)\"",
        "`if(water > 30, 1, 0)` stands for h/s: give its numbers a unit, as `1[1]` or `1[h/s]`; the first counts the time that goes by",
    );
    for fine in ["0", "\"1[1]\"", "\"1[h/s]\"", "\"water > 30\"", "\"if(water > 30, 1[1], 0)\"", "\"power / 1[kW]\""] {
        check_rate("h", fine, "");
    }
    for (unit, rate) in [("s", "1"), ("1", "0.5"), ("degC", "1"), ("%", "2"), ("kW.h", "1"), ("m", "3")] {
        check_rate(unit, rate, "");
    }
}

#[test]
fn a_bare_number_beside_a_quotient_of_like_units_is_told_what_it_can_be() {
    let of = |number: &str, rest: &str| format!("{number} - 5[mL/h] * 30[min] / 10[mL]{rest}");
    check_formula("1", &of("1", ""), "`1` stands beside a quotient of like units: write `1[1]`");
    check_formula("1", &of("1[1]", ""), "");
    check_formula("1", &of("0", ""), "");
    check_formula(
        "1",
        "max(2 * 3, 5[mL/h] * 30[min] / 10[mL])",
        "`2 * 3` stands beside a quotient of like units: give its numbers a unit, as `1[1]`",
    );
}
