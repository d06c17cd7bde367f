//! Readings in, findings out.

use std::sync::OnceLock;

use proptest::prelude::*;
use serde_json::{Value, json};
use twin::{Span, entry::Quality};

use super::*;
use crate::{
    ingest::Reading,
    testing::{NOW, cells},
    validate::{Range, Terms},
};

const PLANT: &str = r#"
[[asset]]
id = "cell"
title = "Cell"
model = "li-ion-cell"
[asset.signals]
voltage = { from = "u", usual = [2.5, 4.2], period = "1 s", stuck_after = "20 s" }
temperature = { from = "temperature" }
"#;

fn plant() -> &'static Catalog {
    static PARSED: OnceLock<Catalog> = OnceLock::new();
    PARSED.get_or_init(|| cells(PLANT))
}

fn found(readings: &[Value]) -> Findings {
    let catalog = plant();
    let mut survey = Survey::start(catalog, NOW);
    for (number, part) in readings.chunks(7).enumerate() {
        let lines: Vec<u64> = (0..part.len() as u64).map(|n| 1 + n + 7 * number as u64).collect();
        survey.take(&json!(part).to_string(), &lines).unwrap();
    }
    survey.finish()
}

fn volts(secs: i64, value: impl Into<Value>) -> Value {
    json!({ "asset": "cell", "signal": "u", "t": NOW.0 - 1_000_000_000 + secs * 1_000_000, "v": value.into() })
}

#[test]
fn a_signal_is_described_by_what_came_of_it() {
    let mut readings: Vec<Value> =
        (0..100).filter(|n| *n < 50 || *n > 60).map(|n| volts(n, 3.0 + f64::from(n as i32 % 5) / 10.0)).collect();
    readings.extend([volts(99, 3.4), volts(98, 1.0), volts(97, 9), volts(200, 4.3)]);
    readings.push(json!({ "asset": "cell", "signal": "u", "t": NOW.0 - 799_000_000, "v": 3100, "u": "mV" }));
    readings.extend((0..30).map(|n| volts(210 + n, 3.0)));
    readings.push(volts(55, 3.3));
    readings.push(json!({ "asset": "cell", "signal": "x", "t": 0, "v": 1 }));
    let findings = found(&readings);
    assert_eq!((findings.readings, findings.accepted, findings.duplicates, findings.refused), (126, 122, 1, 3));
    let signal = &findings.signals[&(0, 1)];
    assert_eq!(
        (signal.accepted, signal.out_of_order, signal.late, signal.duplicates, signal.conflicts),
        (122, 1, 0, 1, 1)
    );
    assert_eq!((signal.spacing.period(), signal.spacing.holes()), (Some(Span::SECOND), (3, Span(101_000_000))));
    assert_eq!(signal.units, BTreeMap::from([("mV".to_owned(), 1)]));
    let events: Vec<_> = signal.events.iter().map(|(kind, events)| (kind.as_str(), events.count)).collect();
    assert_eq!(events, [("gap", 1), ("stuck", 1), ("unusual", 1)]);
    let refusals: Vec<_> = findings
        .refusals
        .iter()
        .map(|((asset, signal, reason), refused)| {
            format!("{asset} {signal} {} {} {}", reason.as_str(), refused.line, refused.detail)
        })
        .collect();
    assert_eq!(
        refusals,
        [
            "cell u range 92 9 V is outside 0 to 5",
            "cell u conflict 91 3.3 came of this time before, not 1",
            "cell x unknown-signal 126 asset `cell` has no signal `x`",
        ]
    );
}

#[test]
fn what_cannot_be_read_is_refused_by_line() {
    let catalog = plant();
    let mut survey = Survey::start(catalog, NOW);
    survey.unreadable(12, "no JSON".into());
    survey.take(r#"[{"asset":"cell","signal":"u","t":1,"v":"warm"}]"#, &[13]).unwrap();
    let findings = survey.finish();
    let lines: Vec<u64> = findings.refusals.values().map(|refused| refused.line).collect();
    assert_eq!((findings.refused, lines), (2, vec![12, 13]));
}

#[test]
fn many_names_take_little_room() {
    let readings: Vec<Value> =
        (0..1_500).map(|n| json!({ "asset": format!("a{n}"), "signal": "u", "t": 0, "v": 1 })).collect();
    let findings = found(&readings);
    assert_eq!((findings.refusals.len(), findings.others, findings.refused), (MOST_REFUSALS, 500, 1_500));
}

proptest! {
    /// Readings with one value a time: whatever their order and however often they come, the same are accepted.
    #[test]
    fn order_and_repetition_change_nothing_of_what_is_accepted(
        times in proptest::collection::btree_set(0..1_000i64, 1..60),
        picks in proptest::collection::vec(any::<prop::sample::Index>(), 0..60),
        seed in any::<u64>(),
    ) {
        let times: Vec<i64> = times.into_iter().collect();
        let reading = |secs: i64| volts(secs, 3.0 + (secs % 7) as f64 / 10.0);
        let all = times.iter().copied().chain(picks.iter().map(|pick| *pick.get(&times)));
        let mut order: Vec<(u64, i64)> =
            (0u64..).map(|n| (n ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)).zip(all).collect();
        order.sort_unstable();
        let shuffled = found(&order.iter().map(|(_, secs)| reading(*secs)).collect::<Vec<_>>());
        prop_assert_eq!(shuffled.accepted, times.len() as u64);
        prop_assert_eq!(shuffled.duplicates, picks.len() as u64);
        prop_assert_eq!(shuffled.refused, 0);
        let sorted = found(&times.iter().map(|secs| reading(*secs)).collect::<Vec<_>>());
        let ends = |findings: &Findings| { let found = &findings.signals[&(0, 1)]; (found.first, found.last) };
        prop_assert_eq!(ends(&shuffled), ends(&sorted));
    }

    /// What a door that is not JSON may hand in: any bits, any text.
    #[test]
    fn no_item_makes_validation_panic(
        names in proptest::option::of((".{0,8}", ".{0,8}")),
        t in proptest::option::of(any::<i64>()),
        bits in any::<u64>(),
        unit in proptest::option::of(".{0,4}"),
        quality in 0..3usize,
        waived in any::<bool>(),
    ) {
        let catalog = plant();
        let clocks = Clocks::start(catalog, &[], NOW);
        let (asset, signal) = names.unwrap_or_else(|| ("cell".into(), "u".into()));
        let quality = [Quality::Good, Quality::Uncertain, Quality::Bad][quality];
        let reading = Reading { t: t.map(Timestamp), value: f64::from_bits(bits), unit: unit.map(Into::into), quality };
        let item = Item { asset: asset.into(), signal: signal.into(), what: Told::Reading(reading), raw: "" };
        let origin = Origin { connector: "file", client: String::new() };
        let delivery = Delivery { origin, received_at: NOW, text: &Text::default(), items: vec![item] };
        let terms = if waived { Terms::Readmitted(Range::Waived) } else { Terms::Usual };
        let checked = validate::all_on(catalog, &clocks, delivery, terms);
        prop_assert_eq!(checked.fit.len() + checked.rejected.len(), 1);
        for fit in checked.fit {
            let Fitting::Sample { value, quality: kept, .. } = fit.what else { panic!() };
            prop_assert!(value.is_finite() && (waived || (0.0..=5.0).contains(&value)));
            prop_assert!(kept >= quality, "no check makes a sample better");
        }
    }

    #[test]
    fn no_reading_makes_it_panic(asset in ".{0,8}", signal in ".{0,8}", t in any::<i64>(), bits in any::<u64>(), unit in proptest::option::of(".{0,4}"), known in any::<bool>()) {
        let (asset, signal) = if known { ("cell".into(), "u".into()) } else { (asset, signal) };
        let findings = found(&[json!({ "asset": asset, "signal": signal, "t": t, "v": f64::from_bits(bits), "u": unit })]);
        prop_assert_eq!(findings.readings, findings.accepted + findings.refused);
    }
}

#[test]
fn lines_are_judged_like_readings() {
    let catalog = plant();
    let mut survey = Survey::start(catalog, NOW);
    for (text, line) in [("cell u=3.7,temperature=20 5000", 1), ("# why", 2), ("cell u=9 6000", 3), ("cell u=", 4)] {
        survey.take_line(text, line, Precision::Millis).unwrap();
    }
    let findings = survey.finish();
    assert_eq!((findings.readings, findings.accepted), (4, 2));
    let refused: Vec<_> = findings.refusals.iter().map(|((_, _, reason), refused)| (*reason, refused.line)).collect();
    assert_eq!(refused, [(Reason::Malformed, 4), (Reason::Range, 3)]);
}
