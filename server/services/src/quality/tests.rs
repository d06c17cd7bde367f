//! One signal, told sample by sample; what is said of it.

use proptest::prelude::*;
use twin::{Span, Timestamp};

use super::*;
use crate::contract::{Contract, Kind, Stuck};

/// One sample a second, 0 to 100, usually 10 to 90, at most 5 a second.
fn contract() -> Contract {
    Contract {
        usual: [10.0, 90.0],
        most_rate: 5.0,
        period: Some(Span::SECOND),
        gap_after: Some(Span(3_000_000)),
        late_after: Span(10_000_000),
        stuck: Some(Stuck { count: 5, over: Span(20_000_000) }),
        ..Contract::of_model("V", [0.0, 100.0])
    }
}

/// Seconds: measured, value, arrived.
type Told = (f64, f64, f64);

fn secs(secs: f64) -> Timestamp {
    Timestamp(Span::from_secs(secs).0)
}

fn short(event: &QualityEvent) -> String {
    let from = (event.from - Timestamp(0)).secs();
    let to = (event.to - Timestamp(0)).secs();
    let state = if event.is_open { "open" } else { "over" };
    format!("{} {from}..{to} {state} {}x {:.3}", event.kind.as_str(), event.count, event.value)
}

/// What is told of `samples`, each second being ticked.
fn watch(contract: &Contract, samples: impl IntoIterator<Item = Told>) -> Vec<String> {
    let mut watch = Watch::resume(None, Timestamp(0));
    let (mut told, mut ticked) = (Vec::new(), 0.0);
    for (t, value, arrived) in samples {
        while ticked + 1.0 <= arrived {
            ticked += 1.0;
            watch.tick(contract, secs(ticked), &mut told);
        }
        watch.observe(contract, secs(t), value, secs(arrived), &mut told);
    }
    told.iter().map(short).collect()
}

/// Values that never repeat and go slowly.
fn steady(from: i32, to: i32) -> impl Iterator<Item = Told> {
    (from..to).map(|n| (f64::from(n), 50.0 + f64::from(n % 7) / 10.0, f64::from(n) + 0.1))
}

#[track_caller]
fn check(samples: impl IntoIterator<Item = Told>, expected: &[&str]) {
    assert_eq!(watch(&contract(), samples), expected);
}

#[test]
fn a_clock_of_the_server_that_is_set_is_told_once_and_nobody_was_silent() {
    let hour = Span(3_600_000_000);
    // Of the last, the source's own watch has told already.
    for (late, is_told) in [(0, false), (3, false), (20, true)] {
        let (mut skew, mut jumps) = (skew::Skew::default(), Vec::new());
        let second = |n: i64| Timestamp(n * 1_000_000);
        let mut hear = |skew: &mut skew::Skew, n: i64, ahead: Span| {
            // Every other sample comes behind the one before it, as from two gateways.
            let t = second(n - (n % 2) * 3);
            jumps.extend(skew.observe(t, Timestamp(n * 1_000_000 + ahead.0), Span::MINUTE).map(|jump| jump.by));
        };
        (100..120).for_each(|n| hear(&mut skew, n, Span(0)));
        // The server's clock is set; that is noticed so many arrivals later, which is a tenth of a second.
        (0..late).for_each(|n| hear(&mut skew, 119, Span(hour.0 + n)));
        let own = skew.asset_jumped(hour, Timestamp(120_100_000 + hour.0));
        (121..200).for_each(|n| hear(&mut skew, n, hour));
        assert_eq!(own.is_none(), is_told, "{late} arrivals later");
        jumps.extend(own);
        assert_eq!(jumps.len(), 1, "{late} arrivals later: {jumps:?}");
        assert!((jumps[0].secs() + 3600.0).abs() < 5.0, "{jumps:?}");
    }
}

#[test]
fn nothing_is_said_of_a_signal_that_keeps_its_contract() {
    check(steady(0, 500), &[]);
}

#[test]
fn a_hole_in_the_data_is_a_gap_once() {
    let batch = (0..100).filter(|n| !(40..60).contains(n)).map(|n| (f64::from(n), 50.0 + f64::from(n % 3), 100.0));
    check(batch, &["gap 39..60 open 1x 21.000"]);
}

#[test]
fn nothing_coming_is_silence_until_something_comes() {
    check(
        steady(0, 10).chain(steady(70, 200)),
        &[
            "silence 9..9 open 1x 0.000",
            "silence 9..70.1 over 1x 0.000",
            "gap 9..70 open 1x 61.000",
            "gap 9..70 over 1x 61.000",
        ],
    );
}

#[test]
fn many_holes_are_one_event() {
    let sparse = (0..200).map(|n| (f64::from(n) * 5.0, 50.0 + f64::from(n % 3), 1000.0));
    let told = watch(&contract(), sparse);
    assert_eq!(told, ["gap 0..5 open 1x 5.000"]);
    let sparse_then_dense = (0..200).map(|n| (f64::from(n) * 5.0, 50.0 + f64::from(n % 3), 1000.0));
    let told = watch(&contract(), sparse_then_dense.chain(steady(1001, 1100)));
    assert_eq!(told, ["gap 0..5 open 1x 5.000", "gap 0..1001 open 200x 1001.000", "gap 0..1001 over 200x 1001.000"]);
}

#[test]
fn equal_values_for_long_are_stuck_until_another_comes() {
    let still = (10..50).map(|n| (f64::from(n), 42.0, f64::from(n) + 0.1));
    check(
        (0..10)
            .map(|n| (f64::from(n), 40.0 + f64::from(n % 2), f64::from(n) + 0.1))
            .chain(still)
            .chain([(50.0, 43.0, 50.1)]),
        &["stuck 10..30 open 21x 42.000", "stuck 10..49 over 40x 42.000"],
    );
}

#[test]
fn a_few_equal_values_are_not_stuck() {
    check([(0.0, 42.0, 0.0), (1.0, 42.0, 1.0), (2.0, 42.0, 2.0), (3.0, 42.0, 3.0)], &[]);
}

#[test]
fn changes_too_fast_are_one_stretch() {
    let wild = (10..30).map(|n| (f64::from(n), if n % 2 == 0 { 20.0 } else { 60.0 }, f64::from(n) + 0.1));
    check(
        steady(0, 10).chain(wild).chain(steady(31, 130)),
        &["rate 10..10 open 1x 30.200", "rate 10..29 open 20x 40.000", "rate 10..29 over 20x 40.000"],
    );
}

#[test]
fn values_out_of_the_usual_tell_the_furthest() {
    let contract = Contract { most_rate: f64::INFINITY, ..contract() };
    let odd = [(10.0, 91.0, 10.1), (11.0, 5.0, 11.1), (12.0, 93.0, 12.1)];
    let told = watch(&contract, steady(0, 10).chain(odd).chain(steady(13, 100)));
    assert_eq!(told, ["unusual 10..10 open 1x 91.000", "unusual 10..12 open 3x 5.000", "unusual 10..12 over 3x 5.000"]);
}

#[test]
fn a_counter_that_falls_is_told() {
    let contract = Contract { kind: Kind::Counter, usual: [0.0, 100.0], ..contract() };
    let told = watch(&contract, [(0.0, 50.0, 0.0), (1.0, 51.0, 1.0), (2.0, 3.0, 2.0), (3.0, 4.0, 3.0)]);
    assert_eq!(told, ["fell 2..2 open 1x 48.000"]);
}

#[test]
fn samples_far_behind_are_late_and_tell_how_far() {
    let behind = |(t, value, arrived): Told| {
        let also = (100.0..105.0).contains(&t).then_some((t - 99.5, value, arrived + 0.5));
        [Some((t, value, arrived)), also].into_iter().flatten()
    };
    check(
        steady(0, 200).flat_map(behind),
        &["late 100.6..100.6 open 1x 99.500", "late 100.6..104.6 open 5x 99.500", "late 100.6..104.6 over 5x 99.500"],
    );
    let mut watch = Watch::resume(Some((secs(100.0), 1.0)), secs(100.0));
    let mut place = |t: f64| watch.observe(&contract(), secs(t), 50.0, secs(101.0), &mut Vec::new()).place;
    assert_eq!(
        (place(101.0), place(101.0), place(91.0), place(90.9)),
        (Place::InOrder, Place::OutOfOrder, Place::OutOfOrder, Place::Late)
    );
}

/// Seconds by which the source's clock is ahead, from its 100th second on.
fn with_jump(by: f64) -> Vec<String> {
    let moved = |(t, value, arrived): Told| if t < 100.0 { (t, value, arrived) } else { (t + by, value, arrived) };
    let contract = Contract { gap_after: None, late_after: Span::DAY, ..contract() };
    watch(&contract, steady(0, 300).map(moved))
}

#[test]
fn a_clock_that_jumps_is_told_with_how_far() {
    assert_eq!(with_jump(3600.0), ["clock-jump 3700..3700 over 1x 3600.000"]);
    assert_eq!(with_jump(-90.0), ["clock-jump 10..10 over 1x -90.000"]);
    assert_eq!(with_jump(50.0), [""; 0]);
}

#[test]
fn data_that_were_held_up_are_no_jump() {
    let contract = Contract { gap_after: None, ..contract() };
    // An hour's worth comes at once, then live again.
    let held = (100..3700).map(|n| (f64::from(n), 50.0 + f64::from(n % 7) / 10.0, 3700.0));
    assert_eq!(watch(&contract, steady(0, 100).chain(held).chain(steady(3701, 3800))), [""; 0]);
    // The way takes ten minutes longer, from now on.
    let longer = steady(100, 300).map(|(t, value, arrived)| (t, value, arrived + 600.0));
    assert_eq!(watch(&contract, steady(0, 100).chain(longer)), [""; 0]);
}

#[test]
fn after_a_restart_silence_goes_on_from_the_newest_that_is_kept() {
    let mut watch = Watch::resume(Some((secs(5.0), 50.0)), secs(100.0));
    let mut told = Vec::new();
    watch.tick(&contract(), secs(102.0), &mut told);
    watch.tick(&contract(), secs(104.0), &mut told);
    watch.tick(&contract(), secs(105.0), &mut told);
    assert_eq!(told.iter().map(short).collect::<Vec<_>>(), ["silence 5..5 open 1x 0.000"]);
}

#[test]
fn kinds_are_read_as_they_are_written() {
    assert!(EventKind::ALL.into_iter().all(|kind| EventKind::parse(kind.as_str()) == Some(kind)));
}

proptest! {
    /// Whatever comes: nothing panics, what is told is told in order, and far less often than once a sample.
    #[test]
    fn whatever_comes_is_told_by_stretches(samples in proptest::collection::vec((any::<i64>(), any::<u64>(), any::<i64>()), 1..300), near in any::<bool>()) {
        let contract = contract();
        let mut watch = Watch::resume(None, Timestamp(0));
        let mut told = Vec::new();
        let (mut arrived, mut open) = (0i64, std::collections::BTreeSet::new());
        for (t, bits, later) in &samples {
            arrived = arrived.saturating_add(if near { later.rem_euclid(3_000_000) } else { later.rem_euclid(i64::MAX / 200) });
            let t = if near { arrived.saturating_sub(t.rem_euclid(20_000_000)) } else { *t };
            watch.observe(&contract, Timestamp(t), f64::from_bits(*bits), Timestamp(arrived), &mut told);
        }
        for event in &told {
            if event.is_open {
                open.insert((event.kind, event.from));
            } else if event.kind != EventKind::ClockJump {
                prop_assert!(open.remove(&(event.kind, event.from)), "ended and was not open: {event:?}");
            }
        }
        prop_assert!(open.len() <= EventKind::ALL.len());
        let opened = told.iter().filter(|event| event.is_open).count();
        prop_assert!(opened <= 6 + 6 * samples.len() / 8, "{opened} of {}", samples.len());
    }

    /// The same in the same order is told the same: there is no other input.
    #[test]
    fn what_is_told_depends_on_what_came_alone(samples in proptest::collection::vec((0..200i64, 0..100i64, 0..200i64), 0..100)) {
        let run = || watch(&contract(), samples.iter().map(|(t, value, later)| (*t as f64, *value as f64, (t + later) as f64)));
        prop_assert_eq!(run(), run());
    }
}
