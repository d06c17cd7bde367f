//! Numbers, spans and outcomes in words.

use super::*;

#[test]
fn a_value_shows_a_thousandth_of_its_range() {
    let check = |value, range, expected: &str| assert_eq!(number(value, decimals(range)), expected);
    check(3.84219, [0.0, 5.0], "3.842");
    check(61.27, [-50.0, 200.0], "61.3");
    check(0.5, [0.0, 1.0], "0.500");
    check(1234.5, [0.0, 5000.0], "1234");
    check(f64::NAN, [0.0, 1.0], "\u{2013}");
    check(-0.0001, [0.0, 5.0], "0.000");
    check(-2.0, [-10.0, 10.0], "\u{2212}2.00");
}

#[test]
fn a_span_shows_its_two_largest_units() {
    let check = |secs, expected: &str| assert_eq!(span(Span::from_secs(secs)), expected);
    check(0.4, "0 s");
    check(59.9, "59 s");
    check(125.0, "2 min 5 s");
    check(1_445.0, "24 min");
    check(12_000.0, "3 h 20 min");
    check(187_200.0, "2 d 4 h");
    check(-3.0, "0 s");
}

#[test]
fn a_difference_is_told_in_words() {
    let at = |secs: f64| Meeting::In { mid: Span::from_secs(secs), low: Span(0), high: None };
    let check = |before, after, expected: &str| assert_eq!(difference(&before, &after), expected);
    check(at(100.0), at(100.4), "no change");
    check(at(100.0), at(40.0), "1 min earlier");
    check(at(100.0), at(220.0), "2 min later");
    check(at(100.0), Meeting::Never, "avoided");
    check(Meeting::Never, at(5.0), "becomes possible");
    check(Meeting::Unlikely { percent: 3 }, Meeting::Unlikely { percent: 9 }, "3 % to 9 %");
    check(Meeting::Unlikely { percent: 3 }, at(5.0), "becomes likely");
    check(Meeting::Never, Meeting::Never, "no change");
}

#[test]
fn a_meeting_is_told_with_its_spread() {
    let minutes = |n: i64| Span(n * Span::MINUTE.0);
    let check = |met, expected: &str| assert_eq!(meeting(&met, Span::HOUR), expected);
    let (mid, low) = (minutes(24), minutes(21));
    check(Meeting::In { mid, low, high: Some(minutes(29)) }, "in 24 min (90 %: 21 min to 29 min)");
    check(Meeting::In { mid, low, high: None }, "in 24 min (90 %: 21 min to beyond 1 h)");
    check(Meeting::Unlikely { percent: 4 }, "4 % likely within 1 h");
    check(Meeting::Never, "not within 1 h");
    check(Meeting::Now, "now");
}

#[test]
fn what_is_not_sure_is_neither_never_nor_certain() {
    let check = |probability, expected: &str| assert_eq!(likely(probability), expected);
    check(1.0, "all but certain");
    check(0.999, "99 % likely");
    check(0.7, "70 % likely");
    check(0.001, "1 % likely");
    check(0.0, "0 % likely");
}

#[test]
fn instants_are_written_in_utc() {
    let check = |secs: i64, expected: &str| assert_eq!(iso_instant(Timestamp(secs * 1_000_000)), expected);
    check(0, "1970-01-01 00:00:00 UTC");
    check(1_207_137_665, "2008-04-02 12:01:05 UTC");
    check(951_782_400, "2000-02-29 00:00:00 UTC");
    check(-1, "1969-12-31 23:59:59 UTC");
}

#[test]
fn money_is_written_to_the_cent_where_that_matters() {
    let check = |euros, expected: &str| assert_eq!(money(euros).replace('\u{a0}', " "), expected);
    check(0.0, "0.00 EUR");
    check(-0.001, "0.00 EUR");
    check(-3.456, "\u{2212}3.46 EUR");
    check(99.999, "100 EUR");
    check(12_345.6, "12,346 EUR");
    assert_eq!(signed_money(3.0), "+3.00\u{a0}EUR");
    assert_eq!(signed_money(0.001), "0.00\u{a0}EUR");
}

#[test]
fn a_difference_has_a_sign_where_there_is_one() {
    assert_eq!(signed(2.34, 1, "K"), "+2.3\u{a0}K");
    assert_eq!(signed(-2.34, 1, "1"), "\u{2212}2.3");
    assert_eq!(signed(0.01, 1, "1"), "0.0");
    assert_eq!(as_set(1.25, "1"), "1.25");
    assert_eq!(as_set(-5.0, "K"), "\u{2212}5\u{a0}K");
}

#[test]
fn units_and_counts_are_written_as_people_do() {
    assert_eq!(quantity(21.25, 1, "degC"), "21.2\u{a0}\u{b0}C");
    assert_eq!(quantity(0.5, 2, "1"), "0.50");
    assert_eq!(count(1_234_567), "1,234,567");
    assert_eq!(count(12), "12");
}
