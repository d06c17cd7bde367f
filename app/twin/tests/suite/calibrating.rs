//! Parameters of simulated assets, found from what their sensors say.

use std::{f64::consts::TAU, sync::Arc};

use twin::{
    Entry, Model, Span, Timestamp, Twin, What,
    calibrate::{CalibrateError, Recording, Search, fit, parameters},
    simulate::Simulator,
};

use super::following::{TRANSFORMER, model};

const ROOM: &str = include_str!("../../../../server/models/cold-room.toml");

/// Two days of an asset whose file was changed, measured by its sensors.
fn recorded(text: &str, (from, to): (&str, &str), every: f64, moved: &[(&str, f64, f64)]) -> (Arc<Model>, Vec<Entry>) {
    assert!(text.contains(from));
    let own = model(&text.replacen(from, to, 1));
    let start = Timestamp(1_000_000_000_000_000);
    let inputs = |t: Timestamp| {
        let mut inputs = twin::simulate::usual_inputs(&own, t);
        for (name, mean, swing) in moved {
            let turn = TAU * (t - start).secs() / 20_000.0;
            inputs[usize::from(own.signal(name).unwrap())] = mean + swing * turn.sin();
        }
        inputs
    };
    let mut asset = Simulator::new(own.clone(), start, &inputs(start));
    let mut entries = Vec::new();
    for number in 0..(2.0 * 86_400.0 / every) as i64 {
        let t = start + Span::from_secs(every * number as f64);
        asset.advance(t, &inputs(t));
        let measured = asset.measure(11);
        entries.extend((0..).zip(&measured).map(|(signal, v)| Entry { t, what: What::Sample { signal, value: *v } }));
    }
    (model(text), entries)
}

fn number(model: &Model, name: &str) -> u16 {
    model.latents.iter().position(|latent| latent.name == name).unwrap() as u16
}

#[test]
fn a_changed_parameter_is_found_within_its_error_and_the_others_stay() {
    let moved = [("load", 1_000.0, 400.0), ("ambient", 15.0, 6.0)];
    let (model, entries) = recorded(
        TRANSFORMER,
        ("rise_oil = { unit = \"K\", value = 60", "rise_oil = { unit = \"K\", value = 71"),
        300.0,
        &moved,
    );
    let found = fit(&model, &entries, &parameters(&model), || true).unwrap();
    let [rise, gradient] = &found.parameters[..] else { panic!("{found:?}") };
    let (error, other) = (rise.error.unwrap(), gradient.error.unwrap());
    assert!(error < 0.2 && (rise.value - 71.0).abs() < 4.0 * error, "{rise:?}");
    assert!((gradient.value - 17.0).abs() < 4.0 * other, "{gradient:?}");
    assert!(found.before > 5.0 && (0.9..1.1).contains(&found.after), "{found:?}");
    assert!(!rise.is_bound && found.is_settled && found.rounds < 20);
}

#[test]
fn what_cannot_be_told_apart_or_says_nothing_is_said() {
    let moved = [("ambient", 20.0, 6.0), ("door", 3.0, 3.0)];
    let (model, entries) =
        recorded(ROOM, ("value = 2.5, bounds = [0.5, 12]", "value = 4, bounds = [0.5, 12]"), 60.0, &moved);
    let [ua, condition, hours] = ["ua_room", "condition", "hours"].map(|name| number(&model, name));
    let found = fit(&model, &entries, &[ua, condition], || true).unwrap();
    assert!((found.parameters[0].value - 4.0).abs() < 0.3, "{found:?}");
    let (like, correlation) = found.parameters[0].like.unwrap();
    assert!(like == condition && correlation.abs() > 0.5, "{found:?}");
    // How long it has run does nothing to what is measured.
    let found = fit(&model, &entries, &[ua, hours], || true).unwrap();
    assert_eq!(found.parameters[1].error, None);
    assert_eq!(found.parameters[1].value, found.parameters[1].before);
}

#[test]
fn bounds_hold_and_nothing_to_compare_is_an_error() {
    let moved = [("load", 1_000.0, 400.0)];
    let (model, entries) = recorded(TRANSFORMER, ("bounds = [20, 120]", "bounds = [20, 200]"), 300.0, &moved);
    let hot: Vec<Entry> = entries
        .iter()
        .map(|entry| match entry.what {
            What::Sample { signal, value } if signal > 1 => {
                Entry { what: What::Sample { signal, value: value + 90.0 }, ..*entry }
            }
            _ => *entry,
        })
        .collect();
    let rise = number(&model, "rise_oil");
    let found = fit(&model, &hot, &[rise], || true).unwrap();
    assert!(found.parameters[0].is_bound && found.parameters[0].value == 120.0, "{found:?}");
    assert_eq!(fit(&model, &entries, &[], || true), Err(CalibrateError::Parameters));
    let inputs: Vec<Entry> = entries
        .iter()
        .filter(|entry| matches!(entry.what, What::Sample { signal, .. } if signal < 2))
        .copied()
        .collect();
    assert_eq!(fit(&model, &inputs, &[rise], || true), Err(CalibrateError::NothingMeasured));
    assert_eq!(fit(&model, &[], &[rise], || true), Err(CalibrateError::NothingMeasured));
}

/// A transformer whose oil rises by 71 K where the file says 60, as its sensors say.
fn warmer() -> (Arc<Model>, Vec<Entry>) {
    let moved = [("load", 1_000.0, 400.0), ("ambient", 15.0, 6.0)];
    let change = ("rise_oil = { unit = \"K\", value = 60", "rise_oil = { unit = \"K\", value = 71");
    recorded(TRANSFORMER, change, 300.0, &moved)
}

#[test]
fn a_window_of_a_life_is_fitted_from_what_the_twin_was_before_it() {
    let (model, entries) = warmer();
    let (before, window) = entries.split_at(entries.len() / 2);
    let mut twin = Twin::new(model.clone(), 5);
    twin.observe(before);
    let rise = number(&model, "rise_oil");
    let recording = Recording::since(&twin, window.to_vec()).unwrap();
    let believed = recording.believed(&[rise]);
    assert_eq!(believed, [twin.latents()[usize::from(rise)].mean]);
    assert_eq!(recording.count(), window.len() / 2, "two signals of four are inputs");
    // Begun where somebody has dragged it to.
    let mut search = Search::new(&recording, vec![rise], vec![90.0]).unwrap();
    let begun = search.differs();
    while search.goes_on() {
        search.round(&recording);
    }
    let found = search.fit(&recording, &believed);
    let rise = found.parameters[0];
    assert_eq!(rise.before, believed[0]);
    assert!((rise.value - 71.0).abs() < 4.0 * rise.error.unwrap() + 0.2, "{found:?}");
    assert!(begun > 2.0 * found.after && found.before >= found.after && found.is_settled, "{begun} {found:?}");
}

#[test]
fn a_search_that_is_left_after_any_round_is_no_worse_than_it_began() {
    let (model, entries) = warmer();
    let recording = Recording::of_new(&model, entries).unwrap();
    let mut search = Search::new(&recording, parameters(&model), vec![40.0, 30.0]).unwrap();
    let mut differs = search.differs();
    while search.goes_on() {
        search.round(&recording);
        assert!(search.differs() <= differs);
        differs = search.differs();
    }
    assert!(Search::new(&recording, vec![0], Vec::new()).is_err());
}

#[test]
fn a_parameter_that_was_taken_over_is_what_was_found_and_the_twin_expects_by_it() {
    let (model, entries) = warmer();
    let rise = number(&model, "rise_oil");
    let mut twin = Twin::new(model.clone(), 5);
    // So few that it has not found it out by itself.
    twin.observe(&entries[..40]);
    let t = twin.newest().unwrap();
    let taken = Entry { t, what: What::Calibrated { latent: rise, value: 71.0, deviation: 0.1 } };
    let mut told = twin.clone();
    told.observe(&[taken]);
    let band = told.latents()[usize::from(rise)];
    assert!((band.mean - 71.0).abs() < 1e-9 && (0.2..0.5).contains(&(band.high - band.low)), "{band:?}");
    assert_eq!(told.learnt(), 0.0, "what is normal is learnt anew");
    let [mut as_it_was, mut as_taken] = [twin, told];
    as_it_was.observe(&entries[40..]);
    as_taken.observe(&entries[40..]);
    let off = |twin: &Twin| (twin.latents()[usize::from(rise)].mean - 71.0).abs();
    assert!(off(&as_taken) < off(&as_it_was).min(1.0), "{} {}", off(&as_taken), off(&as_it_was));
    // What the model cannot be changes no bit.
    let hash = as_taken.hash();
    for (value, deviation) in [(f64::NAN, 1.0), (500.0, 1.0), (71.0, -1.0), (71.0, f64::INFINITY)] {
        as_taken.observe(&[Entry { t, what: What::Calibrated { latent: rise, value, deviation } }]);
    }
    as_taken.observe(&[Entry { t, what: What::Calibrated { latent: 99, value: 1.0, deviation: 0.0 } }]);
    assert_eq!((as_taken.hash(), as_taken.counts().refused), (hash, 5));
}
