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

/// Instants that the twin surely remembers: a full window lets 16 of its 80 go at once.
const REMEMBERED: usize = 64;

/// A history of `instants` instants, several entries at some of them, and an order in which each entry comes after
/// entries of fewer than `REMEMBERED` later instants. The first instant comes first: what precedes all that a twin was
/// ever told is too late.
fn displaced() -> impl Strategy<Value = (Vec<Entry>, Vec<Entry>)> {
    let value = prop_oneof![6 => 0.0..5.0, 1 => -1e3..1e3];
    let sample = (0u16..4, value).prop_map(|(signal, value)| What::Sample { signal, value });
    let what = prop_oneof![9 => sample, 1 => (0u16..2).prop_map(|event| What::Event { event })];
    let instant = (1i64..20, prop::collection::vec((what, 0..REMEMBERED), 1..4));
    prop::collection::vec(instant, 2..250).prop_map(|instants| {
        let mut t = Timestamp(1_000_000_000_000_000);
        let first = Entry { t, what: What::Sample { signal: 0, value: 1.0 } };
        let (mut sorted, mut order) = (vec![first], vec![(0, 0)]);
        for (number, (pause, whats)) in (1..).zip(instants) {
            t = t + Span(Span::SECOND.0 * pause);
            for (what, late) in whats {
                // One value of a signal and one event of a kind an instant, as the store has it.
                let is_same = |own: &What| match (own, &what) {
                    (What::Sample { signal: own, .. }, What::Sample { signal, .. }) => own == signal,
                    (What::Event { event: own }, What::Event { event }) => own == event,
                    _ => false,
                };
                if sorted.iter().rev().take_while(|own| own.t == t).any(|own| is_same(&own.what)) {
                    continue;
                }
                order.push((number + late, sorted.len()));
                sorted.push(Entry { t, what });
            }
        }
        order.sort_by_key(|(place, _)| *place);
        let shuffled = order.into_iter().map(|(_, index)| sorted[index]).collect();
        (sorted, shuffled)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_order_displaced_by_less_than_the_window_ends_in_the_state_of_the_sorted_history(
        (sorted, shuffled) in displaced(), size in 1usize..50,
    ) {
        for text in [CELL, TRANSFORMER] {
            let model = model(text);
            let mut in_order = Twin::new(model.clone(), 5);
            in_order.observe(&sorted);
            let mut displaced = Twin::new(model, 5);
            shuffled.chunks(size).for_each(|batch| displaced.observe(batch));
            prop_assert_eq!(displaced.counts().too_late, 0);
            prop_assert_eq!(displaced.hash(), in_order.hash());
        }
    }

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
