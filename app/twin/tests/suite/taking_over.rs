//! Twins whose parameters somebody has taken over go on finding what changes.

use std::sync::Arc;

use twin::{Entry, Model, Twin, What};

use super::{
    detecting::{CASES, Case, Fault, life},
    following::model,
};

/// An asset has changed at this sample, long after it is known what is normal,
const CHANGED: usize = 2_000;
/// and at this one somebody takes over what it has become.
const TAKEN: usize = 2_100;

/// A twin that was told `life`, and between two samples that a latent is `value`.
fn told(model: &Arc<Model>, life: &[Vec<Entry>], latent: &str, [value, deviation]: [f64; 2]) -> Twin {
    let mut twin = Twin::new(model.clone(), 42);
    twin.observe(&entries(model, life, latent, [value, deviation]));
    twin
}

fn entries(model: &Model, life: &[Vec<Entry>], latent: &str, [value, deviation]: [f64; 2]) -> Vec<Entry> {
    let latent = model.latent(latent).unwrap();
    let mut entries = life[..TAKEN].concat();
    let t = entries[entries.len() - 1].t;
    entries.push(Entry { t, what: What::Calibrated { latent, value, deviation } });
    entries.extend(life[TAKEN..].iter().flatten());
    entries
}

/// After how many samples from the take-over on an alarm is given, if within `life`.
fn found(model: &Arc<Model>, life: &[Vec<Entry>], latent: &str, known: [f64; 2]) -> Option<usize> {
    let mut twin = told(model, &life[..TAKEN], latent, known);
    let mut later = life[TAKEN..].iter();
    later.position(|entries| {
        twin.observe(entries);
        !twin.alarms().is_empty()
    })
}

#[test]
fn a_second_fault_an_hour_after_a_take_over_is_found_soon() {
    let [transformer, room, motor, _] = &CASES;
    let hour = |case: &Case| TAKEN + (3_600.0 / case.every) as usize;
    let all = [
        (transformer, Fault::Set("rise_oil = 75"), "rise_oil", [75.0, 0.3], Fault::Set("gradient = 22"), 20),
        (transformer, Fault::Set("rise_oil = 75"), "rise_oil", [75.0, 0.3], Fault::Sensor("hot_spot", 6.0), 10),
        (room, Fault::Set("condition = 1.3"), "condition", [1.3, 0.01], Fault::Set("condition = 1.6"), 15),
        (room, Fault::Set("ua_room = 5"), "ua_room", [5.0, 0.1], Fault::Sensor("core", 1.0), 10),
        (motor, Fault::Set("shaking_new = 1.6"), "shaking_new", [1.6, 0.02], Fault::Set("shaking_new = 2.4"), 10),
    ];
    for (case, first, latent, known, second, soon) in all {
        let (model, at) = (model(case.text), hour(case));
        let life = life(case, 1, at + soon, &[(CHANGED, first), (at, second)]);
        let after = found(&model, &life, latent, known).unwrap_or_else(|| panic!("none is found after {latent}"));
        assert!(TAKEN + after >= at, "{latent}: {after} samples after the take-over, before the second fault");
    }
}

#[test]
fn what_was_taken_over_is_normal_from_then_on_and_nothing_is_found_for_days() {
    let [transformer, room, ..] = &CASES;
    let all = [
        (transformer, "rise_oil = 75", "rise_oil", [75.0, 0.3], 3_500),
        (transformer, "gradient = 22", "gradient", [22.2, 0.2], 3_500),
        (room, "condition = 1.3", "condition", [1.3, 0.01], 3_500),
    ];
    for (case, change, latent, known, until) in all {
        let model = model(case.text);
        let life = life(case, 1, until, &[(CHANGED, Fault::Set(change))]);
        let twin = told(&model, &life[..TAKEN], latent, known);
        assert_eq!((twin.learnt(), twin.learns_since(), twin.learnt_by()), (1.0, None, None));
        assert_eq!(twin.normal_latents()[usize::from(model.latent(latent).unwrap())], known);
        assert_eq!(found(&model, &life, latent, known), None, "{latent}");
    }
}

#[test]
fn a_take_over_that_is_wrong_by_far_is_found() {
    let case = &CASES[0];
    let model = model(case.text);
    let life = life(case, 1, TAKEN + 100, &[]);
    // It is 60 K, as ever.
    assert!(found(&model, &life, "rise_oil", [75.0, 0.3]).is_some_and(|after| after < 40));
}

#[test]
fn a_parameter_that_no_signal_may_correct_has_levels_learnt_anew_over_64_samples() {
    let followed = ["observes = \"oil\"", "observes = \"theta_h\""];
    let text = CASES[0].text.replace(followed[0], "observes = \"oil\", corrects = [\"oil\", \"rise_oil\"]");
    let text = text.replace(followed[1], "observes = \"theta_h\", corrects = [\"winding\", \"counter\"]");
    let model = model(&text);
    // The file said 17 K all the time that it was learnt what is normal.
    let faults = [(0, Fault::Set("gradient = 22")), (TAKEN + 80, Fault::Sensor("top_oil", 3.0))];
    let life = life(&CASES[0], 1, TAKEN + 100, &faults);
    let known = [22.0, 0.2];
    let after = found(&model, &life, "gradient", known).expect("the second fault is found");
    assert!((80..90).contains(&after), "after {after}");
    for (samples, learnt) in [(16, 0.25), (63, 63.0 / 64.0), (64, 1.0)] {
        let twin = told(&model, &life[..TAKEN + samples], "gradient", known);
        assert_eq!(twin.learnt(), learnt, "after {samples}");
        let first = (learnt < 1.0).then(|| life[TAKEN][0].t);
        assert_eq!(twin.learns_since(), first, "after {samples}");
        assert_eq!(twin.learnt_by(), first.map(|_| life[TAKEN + 63][0].t), "after {samples}");
    }
}

#[test]
fn a_take_over_before_it_is_known_what_is_normal_begins_the_day_of_trial_anew() {
    let case = &CASES[0];
    let model = model(case.text);
    let (latent, day) = (model.latent("rise_oil").unwrap(), 288);
    let life = life(case, 1, 401 + day, &[(0, Fault::Set("rise_oil = 66"))]);
    // The first 256 say how large differences are; then the day begins.
    for (taken, until) in [(200, None), (400, Some(400 + day))] {
        let mut twin = Twin::new(model.clone(), 42);
        let take_over = What::Calibrated { latent, value: 66.0, deviation: 0.3 };
        for (number, entries) in life.iter().enumerate() {
            twin.observe(entries);
            if number == taken {
                twin.observe(&[Entry { t: entries[0].t, what: take_over }]);
                assert_eq!(twin.learnt(), if until.is_some() { 0.5 } else { 0.0 });
                assert_eq!(twin.learnt_by(), until.map(|until| life[until][0].t));
            }
            assert!(number <= taken || twin.learns_since().is_none_or(|since| since >= life[taken][0].t));
            assert_eq!(twin.learnt() == 1.0, until.is_some_and(|until| number >= until), "after {number}");
        }
    }
}

#[test]
fn charts_that_begin_again_end_in_the_same_state_in_batches_late_and_restored() {
    let case = &CASES[0];
    let model = model(case.text);
    let life = life(case, 1, TAKEN + 60, &[(CHANGED, Fault::Set("rise_oil = 75"))]);
    let entries = entries(&model, &life, "rise_oil", [75.0, 0.3]);
    let place = entries.iter().position(|entry| matches!(entry.what, What::Calibrated { .. })).unwrap();
    let told = |batches: &mut dyn Iterator<Item = &[Entry]>| {
        let mut twin = Twin::new(model.clone(), 42);
        batches.for_each(|batch| twin.observe(batch));
        twin
    };
    let whole = told(&mut entries.chunks(entries.len()));
    assert_eq!(whole.learnt(), 1.0);
    assert_eq!(told(&mut entries.chunks(7)).hash(), whole.hash(), "in batches");
    let mut late = entries.clone();
    late[place - 5..place + 40].rotate_left(8);
    assert_eq!(told(&mut late.chunks(late.len())).hash(), whole.hash(), "late");
    for at in [place - 1, place + 1, place + 100] {
        let (before, after) = entries.split_at(at);
        let mut twin = Twin::restore(model.clone(), &told(&mut before.chunks(at)).checkpoint().bytes).unwrap();
        twin.observe(after);
        assert_eq!(twin.hash(), whole.hash(), "restored after {at}");
    }
}
