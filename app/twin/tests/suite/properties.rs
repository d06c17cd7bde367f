//! What holds for any telemetry and any model file.

use proptest::prelude::*;
use twin::{Entry, Model, Span, Timestamp, Twin, What};

use super::following::{CELL, TRANSFORMER, model};

/// Hourly instants of a day, so that many entries share one; plausible and wild values, events.
fn any_entry() -> impl Strategy<Value = Entry> {
    let value = prop_oneof![4 => 0.0..5.0, 1 => -1e6..1e6, 1 => proptest::num::f64::ANY];
    let sample = (0u16..4, value).prop_map(|(signal, value)| What::Sample { signal, value });
    let what = prop_oneof![9 => sample, 1 => (0u16..2).prop_map(|event| What::Event { event })];
    (0i64..200, what).prop_map(|(minutes, what)| Entry { t: Timestamp(Span::MINUTE.0 * minutes), what })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_telemetry_in_any_batches_ends_in_one_state(
        entries in prop::collection::vec(any_entry(), 1..120),
        cuts in prop::collection::vec(0usize..120, 0..6),
        restored_at in 0usize..120,
    ) {
        for text in [CELL, TRANSFORMER] {
            let model = model(text);
            let mut whole = Twin::new(model.clone(), 5);
            whole.observe(&entries);

            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % entries.len()).collect();
            cuts.push(entries.len());
            cuts.sort_unstable();
            let mut pieces = Twin::new(model.clone(), 5);
            let mut from = 0;
            for cut in cuts {
                pieces.observe(&entries[from..cut]);
                from = cut;
            }
            prop_assert_eq!(pieces.hash(), whole.hash());

            let split = restored_at % entries.len();
            let mut first = Twin::new(model.clone(), 5);
            first.observe(&entries[..split]);
            let mut second = Twin::restore(model, &first.checkpoint().bytes).unwrap();
            second.observe(&entries[split..]);
            prop_assert_eq!(second.hash(), whole.hash());
        }
    }

    #[test]
    fn whatever_is_told_the_bounded_states_stay_inside_their_bounds(entries in prop::collection::vec(any_entry(), 1..60)) {
        let model = model(CELL);
        let mut twin = Twin::new(model.clone(), 5);
        twin.observe(&entries);
        let t = twin.newest().unwrap_or_default();
        let health = model.quantities.iter().position(|quantity| quantity.name == "health_estimate").unwrap();
        let band = twin.at(t).bands[health];
        prop_assert!(band.low >= 0.2 && band.high <= 1.3 || band.mid.is_nan(), "{band:?}");
    }

    #[test]
    fn a_damaged_checkpoint_is_refused_or_restored_and_never_panics(
        entries in prop::collection::vec(any_entry(), 1..30), at: prop::sample::Index, byte: u8,
    ) {
        let model = model(CELL);
        let mut twin = Twin::new(model.clone(), 5);
        twin.observe(&entries);
        let mut bytes = twin.checkpoint().bytes;
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = Twin::restore(model, &bytes);
    }
}

proptest! {
    #[test]
    fn a_damaged_model_file_is_read_or_refused_with_a_place(at: prop::sample::Index, with in ".{0,3}") {
        let at = (0..=at.index(CELL.len())).rev().find(|at| CELL.is_char_boundary(*at)).unwrap();
        let end = (at + 1..=CELL.len()).find(|end| CELL.is_char_boundary(*end)).unwrap_or(CELL.len());
        let text = format!("{}{with}{}", &CELL[..at], &CELL[end..]);
        if let Err(errors) = Model::parse(&text) {
            prop_assert!(!errors.is_empty());
            for error in errors {
                prop_assert!((1..=text.lines().count() + 1).contains(&error.line), "{error}");
            }
        }
    }

    #[test]
    fn any_text_is_no_model(text in "\\PC{0,200}") {
        prop_assert!(Model::parse(&text).is_err());
    }
}
