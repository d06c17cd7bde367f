//! Parameters of simulated assets, found from what their sensors say.

use std::{f64::consts::TAU, sync::Arc};

use twin::{
    Entry, Model, Span, Timestamp, What,
    calibrate::{CalibrateError, fit, parameters},
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
    let found = fit(&model, &entries, &parameters(&model)).unwrap();
    let [rise, gradient] = &found.parameters[..] else { panic!("{found:?}") };
    let (error, other) = (rise.error.unwrap(), gradient.error.unwrap());
    assert!(error < 0.2 && (rise.value - 71.0).abs() < 4.0 * error, "{rise:?}");
    assert!((gradient.value - 17.0).abs() < 4.0 * other, "{gradient:?}");
    assert!(found.before > 5.0 && (0.9..1.1).contains(&found.after), "{found:?}");
    assert!(!rise.is_bound && found.rounds < 20);
}

#[test]
fn what_cannot_be_told_apart_or_says_nothing_is_said() {
    let moved = [("ambient", 20.0, 6.0), ("door", 3.0, 3.0)];
    let (model, entries) =
        recorded(ROOM, ("value = 2.5, bounds = [0.5, 12]", "value = 4, bounds = [0.5, 12]"), 60.0, &moved);
    let [ua, condition, hours] = ["ua_room", "condition", "hours"].map(|name| number(&model, name));
    let found = fit(&model, &entries, &[ua, condition]).unwrap();
    assert!((found.parameters[0].value - 4.0).abs() < 0.3, "{found:?}");
    let (like, correlation) = found.parameters[0].like.unwrap();
    assert!(like == condition && correlation.abs() > 0.5, "{found:?}");
    // How long it has run does nothing to what is measured.
    let found = fit(&model, &entries, &[ua, hours]).unwrap();
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
    let found = fit(&model, &hot, &[rise]).unwrap();
    assert!(found.parameters[0].is_bound && found.parameters[0].value == 120.0, "{found:?}");
    assert_eq!(fit(&model, &entries, &[]), Err(CalibrateError::Parameters));
    let inputs: Vec<Entry> = entries
        .iter()
        .filter(|entry| matches!(entry.what, What::Sample { signal, .. } if signal < 2))
        .copied()
        .collect();
    assert_eq!(fit(&model, &inputs, &[rise]), Err(CalibrateError::NothingMeasured));
    assert_eq!(fit(&model, &[], &[rise]), Err(CalibrateError::NothingMeasured));
}
