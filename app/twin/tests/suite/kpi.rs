//! Key figures against worked examples that others have published, and against a count minute by minute.

use proptest::prelude::*;
use twin::{
    Span, Timestamp,
    kpi::{
        Account, Cell, Chance, Compared, Counted, Doing, Hold, Interval, Mean, Oee, Output, Stop, StopKind, Times,
        an_hour, bounds_of_mean, cost_of_energy, cost_of_time, course, ended, gain, mean_power, pieces,
    },
};

fn minute(n: i64) -> Timestamp {
    Timestamp(n * Span::MINUTE.0)
}

fn minutes(from: i64, to: i64) -> Interval {
    Interval::new(minute(from), minute(to))
}

fn stop(from: i64, to: i64, kind: StopKind) -> Stop {
    Stop { during: minutes(from, to), kind, is_open: false }
}

/// The account of an asset that was to run all of the first `length` minutes.
fn account(length: i64, stops: &[Stop]) -> Account {
    let period = minutes(0, length);
    Account::of(period, &Times::from(period), stops)
}

fn close(one: f64, other: f64, within: f64) {
    assert!((one - other).abs() <= within, "{one} is not {other}");
}

/// P. Willmott and D. McCarthy, TPM: A Route to World-Class Performance (2001), page 127: of 910 minutes that were
/// planned 127 were lost, 203 pieces came at 3 minutes each: availability 86.0 %, performance 77.7 % (203 of 261).
#[test]
fn availability_and_effectiveness_are_those_of_willmott_and_mccarthy() {
    let account = account(910, &[stop(100, 215, StopKind::Unplanned), stop(300, 312, StopKind::Unplanned)]);
    assert_eq!(account.operating(), Span(783 * Span::MINUTE.0));
    close(account.availability().unwrap(), 0.860, 0.0005);
    let output = Output { made: 203.0, rejected: 0.0, ideal_per_sec: 1.0 / 180.0 };
    let oee = Oee::of(&account, &output).unwrap();
    close(oee.effectiveness, 203.0 / 261.0, 1e-12);
    // The book cuts the second digit off.
    close(oee.effectiveness, 0.777, 0.001);
}

/// Vorne Industries, oee.com, "OEE calculation": a shift of 480 minutes with 60 of breaks and 47 of stops, 1.0 seconds
/// a widget by design, 19,271 widgets, 423 rejects: 88.81 %, 86.11 %, 97.80 %, OEE 74.79 %.
#[test]
fn oee_is_that_of_vorne() {
    let breaks = stop(200, 260, StopKind::Planned);
    let account = account(480, &[breaks, stop(20, 67, StopKind::Unplanned)]);
    assert_eq!(account.busy(), Span(420 * Span::MINUTE.0));
    let output = Output { made: 19_271.0, rejected: 423.0, ideal_per_sec: 1.0 };
    let oee = Oee::of(&account, &output).unwrap();
    let percent = |share: f64| (share * 10_000.0).round() / 100.0;
    assert_eq!(
        [oee.availability, oee.effectiveness, oee.quality, oee.value()].map(percent),
        [88.81, 86.11, 97.80, 74.79]
    );
}

/// NIST/SEMATECH e-Handbook of Statistical Methods, section 8.4.5.1, example: 2 failures in 800 hours: MTBF 400 h,
/// 90 % confidence from 127 h to 2251 h. Its table of factors for one failure: 0.2108 and 19.4958.
#[test]
fn mean_time_between_failures_and_its_bounds_are_those_of_nist() {
    let over = Span(800 * Span::HOUR.0);
    assert_eq!(Mean::of(over, 2).known(), Some(Span(400 * Span::HOUR.0)));
    let (low, high) = bounds_of_mean(2);
    close(low * 800.0, 127.0, 0.5);
    close(high.unwrap() * 800.0, 2251.0, 0.5);
    let (low, high) = bounds_of_mean(1);
    close(low, 0.2108, 0.0001);
    close(high.unwrap(), 19.4958, 0.0001);
}

/// The same section, "zero fails": the lower bound is T / -ln(alpha).
#[test]
fn where_nothing_failed_there_is_a_lower_bound_only() {
    let (low, high) = bounds_of_mean(0);
    close(low, 1.0 / -f64::ln(0.05), 1e-9);
    assert_eq!(high, None);
}

#[test]
fn the_bounds_of_many_go_on_where_those_of_few_end() {
    let ((low, high), (next_low, next_high)) = (bounds_of_mean(199), bounds_of_mean(200));
    close(low / next_low, 201.0 / 200.0, 5e-4);
    close(high.unwrap() / next_high.unwrap(), 200.0 / 199.0, 5e-4);
}

/// EN 15341: time to restoration through failures, with the availability that follows: three failures of 30, 60 and 90
/// minutes in 3,000 minutes are 60 minutes to restoration, 940 between failures, and 940 / (940 + 60) available.
#[test]
fn availability_is_what_the_means_come_to() {
    let failures = [(500, 530), (1_200, 1_260), (2_000, 2_090)];
    let stops = failures.map(|(from, to)| stop(from, to, StopKind::Failure));
    let account = account(3_000, &stops);
    let between = account.between_failures().known().unwrap();
    let restore = account.to_restore().known().unwrap();
    assert_eq!([between, restore], [940, 60].map(|n| Span(n * Span::MINUTE.0)));
    close(account.availability().unwrap(), between.secs() / (between.secs() + restore.secs()), 1e-12);
}

#[test]
fn one_failure_makes_no_mean() {
    let account = account(600, &[stop(100, 142, StopKind::Failure)]);
    assert_eq!(account.between_failures(), Mean::Once { over: Span(558 * Span::MINUTE.0) });
    assert_eq!(account.between_failures().known(), None);
    assert_eq!(account.to_restore(), Mean::Once { over: Span(42 * Span::MINUTE.0) });
}

#[test]
fn a_failure_that_lasts_is_not_restored() {
    let lasting = Stop { is_open: true, ..stop(100, 600, StopKind::Failure) };
    let account = account(600, &[lasting]);
    assert_eq!((account.failures, account.restorations), (1, 0));
    assert_eq!(account.unplanned, Span(500 * Span::MINUTE.0));
}

#[test]
fn an_asset_that_was_not_to_run_has_no_availability() {
    assert_eq!(account(60, &[stop(0, 60, StopKind::Planned)]).availability(), None);
    let output = Output { made: 5.0, rejected: 0.0, ideal_per_sec: 1.0 };
    assert_eq!(Oee::of(&account(60, &[stop(0, 60, StopKind::Planned)]), &output), None);
    assert_eq!(Oee::of(&account(60, &[]), &Output { made: 0.0, ..output }), None);
}

#[test]
fn what_has_no_end_ends_with_the_next_repair_or_lasts() {
    let ends = [minute(5), minute(20), minute(30)];
    assert_eq!(ended(minute(10), &ends, minute(60)), Some(minute(20)));
    assert_eq!(ended(minute(40), &ends, minute(60)), None);
    assert_eq!(ended(minute(10), &ends, minute(15)), None);
}

#[test]
fn savings_are_against_as_much_time_at_the_price_of_the_baseline() {
    // 100 EUR in ten hours then are 200 EUR in twenty; it cost 150 now.
    let compared = Compared { then: 100.0, over_then: Span(10), now: 150.0, over_now: Span(20) };
    assert_eq!(compared.saved(), Some(50.0));
    assert_eq!(Compared { over_then: Span(0), ..compared }.saved(), None);
}

#[test]
fn what_is_expected_weighs_cost_with_probability() {
    assert_eq!(Chance { probability: 0.25, cost: 400.0 }.expected(), 100.0);
}

#[test]
fn time_and_energy_have_a_price_and_a_mean() {
    let over = Span(90 * Span::MINUTE.0);
    assert_eq!((cost_of_time(over, 40.0), an_hour(60.0, over), an_hour(60.0, Span(0))), (60.0, Some(40.0), None));
    assert_eq!((cost_of_energy(7.2e6, 0.5), mean_power(5_400.0, over)), (1.0, Some(1.0)));
    assert_eq!(mean_power(5_400.0, Span(0)), None);
}

#[test]
fn a_stop_that_began_before_is_told_from_those_that_began_in_the_period() {
    let stops = [
        stop(-30, 20, StopKind::Failure),
        stop(-40, -10, StopKind::Failure),
        stop(-20, 5, StopKind::Planned),
        stop(50, 60, StopKind::Unplanned),
    ];
    let account = account(100, &stops);
    assert_eq!((account.unplanned_stops, account.unplanned_earlier), (1, 1));
    assert_eq!((account.planned_stops, account.planned_earlier, account.failures), (0, 1, 0));
    assert_eq!(account.unplanned, Span(25 * Span::MINUTE.0));
    assert_eq!((account.unplanned_share(), account.planned_share()), (Some(25.0 / 95.0), Some(0.05)));
}

#[test]
fn a_counter_that_fell_began_again() {
    assert_eq!((gain(10.0, 15.0), gain(15.0, 4.0)), (5.0, 4.0));
    let samples = [(minute(1), 10.0), (minute(3), 15.0), (minute(8), 4.0)];
    let counted = Counted::of(minutes(0, 10), 2, &samples).unwrap();
    assert_eq!((counted.gains, counted.last), (vec![5.0, 4.0], 4.0));
}

#[test]
fn a_value_holds_until_the_next_or_as_long_as_it_may() {
    let hold = Hold { most: Span(3 * Span::MINUTE.0), until: minute(9) };
    let samples = [(minute(1), 2.0), (minute(2), 0.0), (minute(8), 5.0)];
    let found = pieces(minutes(0, 10), Some((minute(-1), 1.0)), &samples, hold);
    let told: Vec<_> = found.iter().map(|piece| (piece.during, piece.value)).collect();
    let wanted = [(minutes(0, 1), 1.0), (minutes(1, 2), 2.0), (minutes(2, 5), 0.0), (minutes(8, 9), 5.0)];
    assert_eq!(told, wanted);
    let mut cell = Cell::default();
    cell.note_low(&found, 1.5);
    assert_eq!(cell.low, [minutes(0, 1), minutes(2, 5)]);
    assert_eq!(cell.known, [minutes(0, 5), minutes(8, 9)]);
    cell.add_energy(minutes(0, 10), 2, (&found, None), |value, _| value);
    assert_eq!(cell.energy, [60.0 + 120.0, 300.0]);
}

/// Whether minute `n` is in one of `intervals`.
fn has(intervals: &[(i64, i64)], n: i64) -> bool {
    intervals.iter().any(|(from, length)| (*from..from + length).contains(&n))
}

fn some(most: usize) -> impl Strategy<Value = Vec<(i64, i64)>> {
    proptest::collection::vec((-50i64..550, 0i64..120), 0..most)
}

proptest! {
    #[test]
    fn accounts_are_what_counting_minutes_comes_to(
        shifts in some(5), planned in some(8), failures in some(8), others in some(8),
    ) {
        let period = minutes(0, 500);
        let intervals = |all: &[(i64, i64)]| all.iter().map(|(from, n)| minutes(*from, from + n)).collect::<Vec<_>>();
        let required = Times::of(intervals(&shifts)).and(&Times::from(period));
        let of = |all: &[(i64, i64)], kind| all.iter().map(|(from, n)| stop(*from, from + n, kind)).collect::<Vec<_>>();
        let stops = [
            of(&planned, StopKind::Planned), of(&failures, StopKind::Failure), of(&others, StopKind::Unplanned),
        ].concat();
        let account = Account::of(period, &required, &stops);
        let (mut to_run, mut rested, mut stood) = (0, 0, 0);
        for n in (0..500).filter(|n| has(&shifts, *n)) {
            to_run += 1;
            if has(&planned, n) {
                rested += 1;
            } else if has(&failures, n) || has(&others, n) {
                stood += 1;
            }
        }
        let span = |n: i64| Span(n * Span::MINUTE.0);
        prop_assert_eq!(
            [account.required, account.planned, account.unplanned, account.busy(), account.operating()],
            [span(to_run), span(rested), span(stood), span(to_run - rested), span(to_run - rested - stood)]
        );
        let began = |all: &[(i64, i64)]| all.iter().filter(|(from, _)| (0..500).contains(from)).count() as u32;
        prop_assert_eq!(account.failures, began(&failures));
        let over: Vec<i64> = failures.iter().filter(|(from, n)| (1..=500).contains(&(from + n))).map(|(_, n)| *n).collect();
        prop_assert_eq!(account.restorations as usize, over.len());
        prop_assert_eq!(account.restoring, span(over.iter().sum()));
    }

    #[test]
    fn a_course_says_of_every_minute_one_thing_and_comes_to_the_account(
        shifts in some(5), planned in some(6), failures in some(6), others in some(6), known in some(6), first in 0i64..600,
    ) {
        let (period, told) = (minutes(0, 500), minutes(first, 600));
        let times = |all: &[(i64, i64)]| Times::of(all.iter().map(|(from, n)| minutes(*from, from + n)));
        let required = times(&shifts).and(&Times::from(period.and(told)));
        let of = |all: &[(i64, i64)], kind| all.iter().map(|(from, n)| stop(*from, from + n, kind)).collect::<Vec<_>>();
        let stops = [
            of(&planned, StopKind::Planned), of(&failures, StopKind::Failure), of(&others, StopKind::Unplanned),
        ].concat();
        let found = course(period, told, &required, Some(&times(&known)), &stops);
        prop_assert_eq!((found[0].0.from, found[found.len() - 1].0.to), (period.from, period.to));
        prop_assert!(found.windows(2).all(|pair| pair[0].0.to == pair[1].0.from));
        for (during, doing) in &found {
            let n = during.from.0 / Span::MINUTE.0;
            let expected = match () {
                () if n < first => Doing::Unknown,
                () if !has(&shifts, n) => Doing::Rests,
                () if has(&planned, n) => Doing::Planned,
                () if has(&failures, n) => Doing::Failed,
                () if has(&others, n) => Doing::Stopped,
                () if has(&known, n) => Doing::Runs,
                () => Doing::Unknown,
            };
            prop_assert_eq!(*doing, expected, "minute {}", n);
        }
        let spent = |doing: Doing| found.iter().filter(|(_, own)| *own == doing).map(|(during, _)| during.length().0).sum();
        let account = Account::of(period, &required, &stops);
        prop_assert_eq!(Span(spent(Doing::Planned)), account.planned);
        let unplanned: i64 = [Doing::Failed, Doing::Stopped].map(spent).iter().sum();
        prop_assert_eq!(Span(unplanned), account.unplanned);
    }

    #[test]
    fn times_are_what_counting_minutes_comes_to(one in some(8), other in some(8)) {
        let times = |all: &[(i64, i64)]| Times::of(all.iter().map(|(from, n)| minutes(*from, from + n)));
        let (a, b) = (times(&one), times(&other));
        let count = |is_in: &dyn Fn(bool, bool) -> bool| {
            let all = (-60..700).filter(|n| is_in(has(&one, *n), has(&other, *n))).count();
            Span(all as i64 * Span::MINUTE.0)
        };
        prop_assert_eq!(a.total(), count(&|a, _| a));
        prop_assert_eq!(a.and(&b).total(), count(&|a, b| a && b));
        prop_assert_eq!(a.without(&b).total(), count(&|a, b| a && !b));
        prop_assert_eq!(a.and(&b), b.and(&a));
        for pair in a.iter().zip(a.iter().skip(1)) {
            prop_assert!(pair.0.to < pair.1.from);
        }
    }

    #[test]
    fn cells_are_what_counting_minutes_comes_to(
        given in proptest::collection::btree_map(0i64..240, -1i64..4, 0..30),
        other in proptest::collection::btree_map(0i64..240, 0i64..4, 0..30),
        most in 1i64..60, until in 0i64..260,
    ) {
        // The cell is the second and third hour of four; what is before it reaches into it.
        let span = minutes(60, 180);
        let hold = Hold { most: Span(most * Span::MINUTE.0), until: minute(until) };
        let split = |all: &std::collections::BTreeMap<i64, i64>| {
            let before = all.range(..60).next_back().map(|(n, value)| (minute(*n), *value as f64));
            let inside: Vec<_> = all.range(60..180).map(|(n, value)| (minute(*n), *value as f64)).collect();
            let until = all.range(180..).next().map_or(hold.until, |(n, _)| minute(*n).min(hold.until));
            pieces(span, before, &inside, Hold { until, ..hold })
        };
        let at = |all: &std::collections::BTreeMap<i64, i64>, n: i64| {
            let (t, value) = all.range(..=n).next_back()?;
            (n < t + most && n < until).then_some(*value as f64)
        };
        let (one, two) = (split(&given), split(&other));
        let mut cell = Cell::default();
        cell.note_low(&one, 1.0);
        cell.add_energy(span, 4, (&one, Some(&two)), |a, b| a * b);
        let total = |all: &[Interval]| all.iter().map(|interval| interval.length().0).sum::<i64>() / Span::MINUTE.0;
            let count = |is_it: &dyn Fn(f64) -> bool| (60..180).filter(|n| at(&given, *n).is_some_and(is_it)).count() as i64;
            prop_assert_eq!(total(&cell.known), count(&|_| true));
            prop_assert_eq!(total(&cell.low), count(&|value| value < 1.0));
            for bin in 0..4i64 {
                let joules: f64 = (60 + bin * 30..90 + bin * 30)
                    .filter_map(|n| Some(at(&given, n)? * at(&other, n)? * 60.0))
                    .sum();
                prop_assert_eq!(cell.energy[bin as usize], joules);
            }
    }
}
