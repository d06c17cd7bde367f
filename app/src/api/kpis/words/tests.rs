//! What is said of numbers, and what an address asks for.

use services::kpi::{Question, calendar::Length, report::Scope};

use super::{
    Address, energy, percent, points, power,
    trend::{Better, target},
};

#[test]
fn an_address_is_read_as_it_is_written() {
    for question in [
        Question::default(),
        Question { length: Length::Month, back: 3, scope: Scope::Place("north/hall 4".into()) },
        Question { length: Length::All, back: 0, scope: Scope::Asset("pump-7".into()) },
    ] {
        let link = Address::link(&question);
        let (_, search) = link.split_once('?').unwrap();
        assert_eq!(Address::read(search).question, question, "{link}");
    }
}

#[test]
fn what_an_address_does_not_know_is_left_out() {
    assert_eq!(Address::read("?period=aeon&back=-2&of=&x=1").question, Question::default());
    assert_eq!(Address::read("period=all&back=7").question.back, 0);
    assert_eq!(Address::read("back=99999999999").question.back, 0);
}

#[test]
fn a_target_is_met_or_missed_in_words() {
    let say = |value: f64, better| target(Some(value), Some(0.99), better, percent, points);
    assert_eq!(say(0.995, Better::Higher), ("Target 99.0\u{a0}%: met.".into(), false));
    assert_eq!(say(0.98, Better::Higher), ("Target 99.0\u{a0}%: missed by 1.0 point.".into(), true));
    assert_eq!(say(0.98, Better::Lower), ("Target 99.0\u{a0}%: met.".into(), false));
    assert_eq!(target(None, Some(0.99), Better::Higher, percent, points).0, "Target 99.0\u{a0}%.");
    assert_eq!(target(Some(1.0), None, Better::Higher, percent, points).0, "No target is set.");
}

#[test]
fn energy_and_power_have_three_digits_and_a_unit_that_fits() {
    assert_eq!(energy(3.6e3 * 4.82), "4.82\u{a0}Wh");
    assert_eq!(energy(3.6e6 * 1_334.0), "1.33\u{a0}MWh");
    assert_eq!(energy(3.6e6 * 54.13), "54.1\u{a0}kWh");
    assert_eq!(power(54_132.0), "54.1\u{a0}kW");
    assert_eq!(power(0.0), "0.00\u{a0}W");
}
