//! Values against contracts; the grammar of the plant file; bodies there and back.

use proptest::prelude::*;
use twin::{Span, Timestamp};

use super::*;
use crate::catalog::Catalog;

const MODEL: &str = include_str!("../../../models/li-ion-cell.toml");

fn plant(signal: &str, rest: &str) -> Result<Catalog, Vec<String>> {
    let text = format!(
        "{rest}\n[[asset]]\nid = \"cell\"\ntitle = \"Cell\"\nmodel = \"li-ion-cell\"\n\
         [asset.signals]\nvoltage = {{ {signal} }}\n"
    );
    Catalog::parse(&text, |_| Ok(MODEL.to_owned())).map_err(|error| error.faults)
}

fn voltage(keys: &str) -> Contract {
    let catalog = plant(&format!("from = \"u\", {keys}"), "[retention]\nfast = \"30 d\"").unwrap();
    catalog.contracts().get("cell", "voltage").unwrap().clone()
}

/// What becomes of `value` one second after `before`.
fn check(keys: &str, before: Option<f64>, value: f64, expected: &str) {
    let previous = before.map(|before| (Timestamp(0), before));
    let told = match voltage(keys).judge(value, Timestamp(1_000_000), previous) {
        Verdict::Keep(quality) => format!("{quality:?}"),
        Verdict::Reject(reason, detail) => format!("{}: {detail}", reason.as_str()),
    };
    assert_eq!(told, expected, "{keys} {before:?} {value}");
}

#[test]
fn without_keys_the_model_s_range_is_all_that_is_agreed() {
    check("", Some(0.0), 5.0, "Good");
    check("", None, 5.1, "range: 5.1 V is outside 0 to 5");
    check("", None, f64::NAN, "not-finite: NaN is no finite number");
    check("", None, f64::INFINITY, "not-finite: inf is no finite number");
}

#[test]
fn outside_the_range_is_refused_and_outside_the_usual_is_uncertain() {
    let keys = "range = [1, 4.5], usual = [2.5, 4.2]";
    check(keys, None, 4.2, "Good");
    check(keys, None, 4.3, "Uncertain");
    check(keys, None, 2.4, "Uncertain");
    check(keys, None, 4.6, "range: 4.6 V is outside 1 to 4.5");
}

#[test]
fn a_change_too_fast_is_uncertain() {
    check(r#"most_rate = "0.5 V/s""#, Some(4.0), 3.5, "Good");
    check(r#"most_rate = "0.5 V/s""#, Some(4.0), 3.4, "Uncertain");
    check(r#"most_rate = "500 mV/s""#, Some(4.0), 3.4, "Uncertain");
    check(r#"most_rate = "6 V/min""#, Some(4.0), 3.85, "Uncertain");
    check(r#"most_rate = "0.5 V/s""#, None, 3.4, "Good");
}

#[test]
fn a_kind_refuses_what_it_is_not() {
    check(r#"kind = "integer""#, None, 3.0, "Good");
    check(r#"kind = "integer""#, None, 3.5, "kind: 3.5 is no integer");
    check(r#"kind = "boolean""#, None, 1.0, "Good");
    check(r#"kind = "boolean""#, None, 0.5, "kind: 0.5 is no boolean");
    check(r#"kind = "boolean""#, None, 2.0, "range: 2 V is outside 0 to 1");
    check(r#"kind = "counter""#, Some(3.0), 3.0, "Good");
    check(r#"kind = "counter""#, Some(3.0), 2.0, "Uncertain");
}

#[test]
fn a_sample_that_is_not_after_another_does_not_depart_from_it() {
    let contract = voltage(r#"most_rate = "0.5 V/s""#);
    let judge = |t| contract.judge(1.0, Timestamp(t), Some((Timestamp(1_000), 4.0)));
    assert_eq!(judge(1_000), Verdict::Keep(Quality::Good));
    assert_eq!(judge(500), Verdict::Keep(Quality::Good));
    assert_eq!(judge(1_001), Verdict::Keep(Quality::Uncertain));
}

#[test]
fn the_plant_file_says_what_is_agreed() {
    let keys = r#"unit = "mV", scale = 2, period = "1 s", stuck_after = "10 min", stuck_count = 4, class = "fast""#;
    let contract = voltage(keys);
    assert_eq!(contract.source, Some(Source { from: "u".into(), unit: "mV".into(), scale: 2.0 }));
    assert_eq!((contract.period, contract.gap_after), (Some(Span::SECOND), Some(Span(3_000_000))));
    assert_eq!(contract.stuck, Some(Stuck { count: 4, over: Span(600_000_000) }));
    assert_eq!((contract.ahead, contract.late_after), (Span::MINUTE, Span(300_000_000)));
    assert_eq!(contract.class, "fast");
    let kept = plant("from = \"u\", class = \"fast\"", "[retention]\nfast = \"30 d\"").unwrap().keep_for();
    assert_eq!(kept, [(0, 1, Span(30 * Span::DAY.0))]);
    let unbound = plant("from = \"u\"", "").unwrap();
    assert_eq!(unbound.contracts().get("cell", "temperature"), Some(&Contract::of_model("degC", [-40.0, 120.0])));
}

#[test]
fn every_fault_is_named_by_asset_and_key_and_all_at_once() {
    let keys = r#"unit = "A", scale = 0, kind = "word", range = [0, 9], usual = [3, 2], most_rate = "1 V",
        period = "1", gap_after = 5, ahead = "0 s", stuck_count = 1, class = "slow", colour = "red""#;
    let keys = keys.replace('\n', " ");
    let faults = plant(&keys, "[retention]\nFast = \"2 d\"\ncold = 1").unwrap_err();
    let expected = [
        "plant: `retention.Fast` is no id".to_owned(),
        "plant: `retention.cold` must be text, not `integer`".to_owned(),
        "asset `cell`: `signals.voltage.colour` is no key of this table".to_owned(),
        "asset `cell`: `signals.voltage.kind` must be number, integer, boolean or counter, not `word`".to_owned(),
        "asset `cell`: `signals.voltage.range` `[0, 9]` is wider than the model's range `[0, 5]`".to_owned(),
        "asset `cell`: `signals.voltage.usual` `[3, 2]` is empty".to_owned(),
        "asset `cell`: `signals.voltage.period`: `1` is not a number, a space and a unit of time, as `30 s`, `5 min`, `12 h` or `90 d`".to_owned(),
        "asset `cell`: `signals.voltage.gap_after` must be text, not `integer`".to_owned(),
        "asset `cell`: `signals.voltage.most_rate` `1 V` is no change of `V`, as `0.5 V/s` or `2 K/min`".to_owned(),
        "asset `cell`: `signals.voltage.ahead`: `0 s` must be longer than nothing".to_owned(),
        "asset `cell`: `signals.voltage.stuck_count` must be a whole number from 2, not `1`".to_owned(),
        "asset `cell`: `signals.voltage.stuck_count` says nothing without `stuck_after`".to_owned(),
        "asset `cell`: `signals.voltage.class` names `slow`, and `[retention]` has no such class".to_owned(),
        "asset `cell`: `signals.voltage.unit`: `A` does not fit `V`".to_owned(),
        "asset `cell`: `signals.voltage.scale` must be a number other than 0".to_owned(),
        "asset `cell`: `signals.voltage.from` is missing".to_owned(),
    ];
    assert_eq!(faults, expected);
}

fn any_span() -> impl Strategy<Value = Span> {
    (1..4_000_000_000_000i64).prop_map(Span)
}

fn any_contract() -> impl Strategy<Value = Contract> {
    let numbers = (any::<f64>(), any::<f64>(), any::<f64>());
    let spans = (any_span(), any_span(), proptest::option::of(any_span()), proptest::option::of(any_span()));
    (numbers, spans, 0..4usize, proptest::option::of((2..9u32, any_span())), any::<bool>()).prop_map(
        |((low, high, rate), (ahead, late_after, period, gap_after), kind, stuck, is_bound)| {
            let mut contract = Contract::of_model("V", [low, high].map(|end| if end.is_nan() { 0.0 } else { end }));
            contract.kind = Kind::ALL[kind];
            contract.most_rate = if rate.is_finite() { rate } else { f64::INFINITY };
            (contract.ahead, contract.late_after, contract.period, contract.gap_after) =
                (ahead, late_after, period, gap_after);
            contract.stuck = stuck.map(|(count, over)| Stuck { count, over });
            contract.source = is_bound.then(|| Source { from: "a".into(), unit: "mV".into(), scale: -0.5 });
            // An end that is not there is the same on whichever side it is written.
            contract.range = [contract.range[0].min(f64::MAX), contract.range[1].max(f64::MIN)];
            contract
        },
    )
}

proptest! {
    #[test]
    fn a_body_is_read_back_as_it_was(contracts in proptest::collection::vec(any_contract(), 0..4)) {
        let mut all = Contracts::default();
        for (number, contract) in contracts.into_iter().enumerate() {
            all.insert(if number % 2 == 0 { "a" } else { "b" }, &format!("s{number}"), Contract { usual: contract.range, ..contract });
        }
        let body = all.body();
        let again = Contracts::parse(&body).unwrap();
        prop_assert_eq!(&again, &all);
        prop_assert_eq!(again.body(), body);
    }

    #[test]
    fn no_text_makes_the_reader_of_bodies_panic(text in ".*") {
        let _ = Contracts::parse(&text);
        let _ = duration::signed(&text);
    }

    #[test]
    fn whatever_is_kept_is_finite_and_in_range(contract in any_contract(), bits in any::<u64>(), t in any::<i64>(), before in any::<(i64, f64)>()) {
        let value = f64::from_bits(bits);
        if let Verdict::Keep(_) = contract.judge(value, Timestamp(t), Some((Timestamp(before.0), before.1))) {
            prop_assert!(value.is_finite() && contract.range[0] <= value && value <= contract.range[1]);
        }
    }
}
