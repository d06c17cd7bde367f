//! A twin that follows entries: what its state may depend on, and what not.

use std::sync::Arc;

use twin::{
    Entry, Horizon, Model, Scenario, Span, Timestamp, Twin, What, project, rehearsal::rehearse, simulate::Simulator,
    whatif::Met,
};

pub const CELL: &str = include_str!("../../../../server/models/li-ion-cell.toml");
pub const TRANSFORMER: &str = include_str!("../../../../server/models/power-transformer.toml");

pub fn model(text: &str) -> Arc<Model> {
    match Model::parse(text) {
        Ok(model) => Arc::new(model),
        Err(errors) => panic!("{}", errors.iter().map(|error| format!("{error}\n")).collect::<String>()),
    }
}

/// Two hours of a cell's telemetry, every 10 s: rest, 2 A, rest, `charged`, 1 A.
pub fn telemetry(model: &Arc<Model>) -> Vec<Entry> {
    let [current, voltage, temperature] = ["current", "voltage", "temperature"].map(|name| model.signal(name).unwrap());
    let start = Timestamp(1_000_000_000_000_000);
    let mut asset = Simulator::new(model.clone(), start, &[0.0]);
    let mut entries = Vec::new();
    for step in 0..720 {
        let t = start + Span::from_secs(10.0 * step as f64);
        let load = if step < 60 {
            0.0
        } else if step < 360 {
            2.0
        } else if step < 400 {
            0.0
        } else {
            1.0
        };
        asset.advance(t, &[load]);
        if step == 400 {
            let charged = model.event("charged").unwrap();
            asset.happen(charged);
            entries.push(Entry { t, what: What::Event { event: charged } });
        }
        let measured = asset.measure(7);
        for signal in [current, voltage, temperature] {
            entries.push(Entry { t, what: What::Sample { signal, value: measured[usize::from(signal)] } });
        }
    }
    entries
}

fn told(model: &Arc<Model>, batches: &[&[Entry]]) -> Twin {
    let mut twin = Twin::new(model.clone(), 42);
    batches.iter().for_each(|batch| twin.observe(batch));
    twin
}

#[test]
fn the_models_of_the_demo_are_read() {
    assert_eq!(model(CELL).signals.len(), 3);
    assert_eq!(model(TRANSFORMER).sliders.len(), 3);
}

#[test]
fn the_state_does_not_depend_on_batches() {
    let model = model(CELL);
    let entries = telemetry(&model);
    let whole = told(&model, &[&entries]);
    for size in [1, 2, 7, 100] {
        let batches: Vec<&[Entry]> = entries.chunks(size).collect();
        assert_eq!(told(&model, &batches).hash(), whole.hash(), "batches of {size}");
    }
}

#[test]
fn late_entries_inside_the_window_end_in_the_same_state() {
    let model = model(CELL);
    let entries = telemetry(&model);
    let whole = told(&model, &[&entries]);
    for (from, to) in [(1000, 1004), (2000, 2050), (2130, 2133), (1201, 1205)] {
        let mut shuffled = entries.clone();
        let last = (to + 30).min(shuffled.len());
        shuffled[from..last].rotate_left(to - from);
        let twin = told(&model, &[&shuffled]);
        assert_eq!(twin.hash(), whole.hash(), "{from}..{to} came late");
        let singly: Vec<&[Entry]> = shuffled.chunks(1).collect();
        assert_eq!(told(&model, &singly).hash(), whole.hash(), "{from}..{to} came late, one by one");
        assert!(twin.counts().rerun > 0 || last == to);
    }
}

#[test]
fn a_refused_entry_changes_no_bit() {
    let model = model(CELL);
    let entries = telemetry(&model);
    let mut twin = told(&model, &[&entries]);
    let before = twin.hash();
    let t = twin.newest().unwrap();
    for what in [
        What::Sample { signal: 1, value: f64::NAN },
        What::Sample { signal: 0, value: f64::INFINITY },
        What::Sample { signal: 99, value: 1.0 },
        What::Event { event: 99 },
    ] {
        twin.observe(&[Entry { t: t + Span::SECOND, what }]);
    }
    twin.observe(&[Entry { t: t - Span::HOUR, what: What::Sample { signal: 1, value: 3.0 } }]);
    assert_eq!(twin.hash(), before);
    assert_eq!((twin.counts().refused, twin.counts().too_late), (4, 1));
}

#[test]
fn asking_changes_nothing_and_answers_the_same() {
    let model = model(CELL);
    let twin = told(&model, &[&telemetry(&model)]);
    let before = twin.hash();
    let t = twin.newest().unwrap() + Span::MINUTE;
    assert_eq!(twin.at(t), twin.at(t));
    assert_eq!(twin.hash(), before);
}

#[test]
fn a_restored_twin_goes_on_to_the_same_state() {
    let model = model(CELL);
    let entries = telemetry(&model);
    let whole = told(&model, &[&entries]);
    for split in [0, 1, 2, 500, 1201, 2159] {
        let checkpoint = told(&model, &[&entries[..split]]).checkpoint();
        let mut twin = Twin::restore(model.clone(), &checkpoint.bytes).unwrap();
        assert_eq!(twin.hash(), checkpoint.hash);
        twin.observe(&entries[split..]);
        assert_eq!(twin.hash(), whole.hash(), "restored after {split}");
    }
}

#[test]
fn a_damaged_checkpoint_is_refused() {
    let model = model(CELL);
    let bytes = told(&model, &[&telemetry(&model)[..100]]).checkpoint().bytes;
    assert!(Twin::restore(model.clone(), &bytes[..bytes.len() - 1]).is_err());
    assert!(Twin::restore(model.clone(), &[]).is_err());
    let other = self::model(TRANSFORMER);
    assert_eq!(Twin::restore(other, &bytes).unwrap_err(), twin::CheckpointError::OtherModel);
}

#[test]
fn the_twin_finds_the_truth_behind_the_noise() {
    let model = model(CELL);
    let entries = telemetry(&model);
    let twin = told(&model, &[&entries[..1000]]);
    let health = model.quantities.iter().position(|quantity| quantity.name == "health_estimate").unwrap();
    let band = twin.at(twin.newest().unwrap()).bands[health];
    assert!(band.low < 0.9 && 0.9 < band.high, "{band:?}");
    let inside = twin.innovations().filter(|i| i.expected.low < i.measured && i.measured < i.expected.high).count();
    let share = inside as f64 / twin.innovations().len() as f64;
    assert!(share > 0.8, "{share} of innovations inside their 90 % band");
}

#[test]
fn a_future_says_when_the_cell_is_empty_and_a_slider_moves_it() {
    let model = model(CELL);
    let twin = told(&model, &[&telemetry(&model)[..700]]);
    let horizon = Horizon { span: Span(2 * Span::HOUR.0), points: 300 };
    let baseline = project(&twin, &Scenario::default(), horizon, 64, 1);
    let slider = model.slider("current").unwrap();
    let gentle = project(&twin, &Scenario { sliders: vec![(slider, 1.0)] }, horizon, 64, 1);
    let [soon, later] = [&baseline, &gentle].map(|future| future.crossings[0].quantile(0.5));
    let soon = soon.expect("at 2 A the cell is empty within two hours");
    assert!(later.is_none_or(|later| later - twin.newest().unwrap() > Span((soon - twin.newest().unwrap()).0 * 3 / 2)));
    assert_eq!(project(&twin, &Scenario::default(), horizon, 64, 1), baseline);
}

#[test]
fn a_future_says_when_each_member_leaves_a_normal_band() {
    let model = model(TRANSFORMER);
    let limits: Vec<(&str, bool, f64)> = model
        .limits
        .iter()
        .map(|limit| (model.quantities[usize::from(limit.quantity)].name.as_str(), limit.is_upper, limit.value))
        .collect();
    let band = |name, low, high| [(name, false, low), (name, true, high)];
    assert_eq!(limits, [band("top_oil", -25.0, 105.0), band("hot_spot", -25.0, 120.0)].concat());

    let mut twin = Twin::new(model.clone(), 3);
    let sample = |name, value| {
        let signal = model.signal(name).unwrap();
        Entry { t: Timestamp(0), what: What::Sample { signal, value } }
    };
    twin.observe(&[sample("load", 600.0), sample("ambient", 20.0), sample("hot_spot", 60.0)]);
    let overload =
        Scenario { sliders: vec![(model.slider("load").unwrap(), 1.6), (model.slider("cooling").unwrap(), 1.6)] };
    let horizon = Horizon { span: Span(24 * Span::HOUR.0), points: 288 };
    twin.observe(&[Entry { t: Timestamp(1), ..sample("load", 1400.0) }]);
    let future = project(&twin, &overload, horizon, 64, 1);
    let crossing = |met| future.crossings.iter().find(|crossing| crossing.met == met).unwrap();
    assert_eq!(future.crossings.len(), model.failures.len() + model.limits.len());
    // The band's end and the failure's are one here: 120 degC at the hot spot.
    assert_eq!(crossing(Met::Limit(3)).first, crossing(Met::Failure(0)).first);
    assert_eq!(crossing(Met::Limit(3)).probability(), 1.0);
    assert_eq!(crossing(Met::Limit(2)).probability(), 0.0, "nothing freezes");
    // Each member's first instant is the first at which it stands above: with one instant a step the bands say the same.
    let first = crossing(Met::Limit(1)).quantile(0.5).unwrap();
    let oil = model.quantities.iter().position(|quantity| quantity.name == "top_oil").unwrap();
    let at = future.times.iter().position(|t| *t == first).unwrap();
    assert!(future.bands[oil][at].mid > 105.0 && future.bands[oil][at - 1].mid <= 105.0);
}

#[test]
fn a_rehearsal_meets_everything_and_ends_where_it_ended_before() {
    let every = model(include_str!("../models/every-function.toml"));
    let ending = rehearse(&every, 5_000, 3);
    assert!(ending.late > 10 && ending.refused > 10 && ending.entries > 1_000, "{ending:?}");
    assert_eq!(ending, rehearse(&every, 5_000, 3));
    assert_ne!(ending.state, rehearse(&every, 5_000, 4).state);
}

/// A twin after two hours, and `count` entries one second apart, from an hour back.
fn backlog(count: i64) -> (Twin, Vec<Entry>) {
    let model = model(CELL);
    let twin = told(&model, &[&telemetry(&model)]);
    let from = twin.newest().unwrap() - Span(12 * Span::MINUTE.0);
    let voltage = model.signal("voltage").unwrap();
    let sample = |n| Entry { t: from + Span(n * 50_000), what: What::Sample { signal: voltage, value: 3.9 } };
    (twin, (0..count).map(sample).collect())
}

#[test]
fn a_backlog_of_late_entries_leaves_a_window_that_can_be_restored() {
    let (mut twin, entries) = backlog(9_000);
    twin.observe(&entries);
    let checkpoint = twin.checkpoint();
    let restored = Twin::restore(twin.model().clone(), &checkpoint.bytes).unwrap();
    assert_eq!(restored.hash(), checkpoint.hash);

    let (mut singly, entries) = backlog(500);
    entries.iter().for_each(|entry| singly.observe(&[*entry]));
    let (mut at_once, _) = backlog(0);
    at_once.observe(&entries);
    assert_eq!(singly.hash(), at_once.hash());
}

#[test]
fn an_instant_takes_so_many_entries_and_refuses_the_rest() {
    let model = model(CELL);
    let mut twin = told(&model, &[&telemetry(&model)]);
    let event = Entry { t: twin.newest().unwrap(), what: What::Event { event: 0 } };
    twin.observe(&vec![event; 5_000]);
    assert!(twin.counts().refused > 4_000);
    assert!(Twin::restore(model, &twin.checkpoint().bytes).is_ok());
}

#[test]
fn samples_a_day_apart_keep_the_window_short() {
    let model = model(CELL);
    let mut twin = Twin::new(model.clone(), 1);
    let sample = |day| Entry { t: Timestamp(Span::DAY.0 * day), what: What::Sample { signal: 1, value: 3.9 } };
    twin.observe(&(0..60).map(sample).collect::<Vec<_>>());
    twin.observe(&[Entry { t: Timestamp(Span::DAY.0 * 20), what: What::Sample { signal: 0, value: 1.0 } }]);
    assert_eq!(twin.counts().too_late, 1, "a window of days has few groups: a late entry costs little");
}

/// The entries of a cell, and after the 900th and the 1,500th what somebody has found of two of its latents.
fn calibrated(model: &Arc<Model>) -> Vec<Entry> {
    let mut entries = telemetry(model);
    for (place, latent, value) in [(1_500, 1, None), (900, 0, Some(0.9))] {
        let [low, high] = model.bounds(latent);
        let value = value.unwrap_or(0.5 * (low + high)).clamp(low, high);
        let taken = |deviation| Entry { t: entries[place].t, what: What::Calibrated { latent, value, deviation } };
        let taken = [taken(0.0), taken(1e-3)];
        entries.splice(place..place, taken);
    }
    entries
}

#[test]
fn what_was_calibrated_ends_in_the_same_state_in_batches_late_and_restored() {
    let model = model(CELL);
    let entries = calibrated(&model);
    let whole = told(&model, &[&entries]);
    assert_ne!(whole.hash(), told(&model, &[&telemetry(&model)]).hash());
    for size in [1, 3, 50] {
        let batches: Vec<&[Entry]> = entries.chunks(size).collect();
        assert_eq!(told(&model, &batches).hash(), whole.hash(), "batches of {size}");
    }
    for from in [880, 895, 905, 1_498] {
        let mut shuffled = entries.clone();
        // A measurement and what was calibrated come later than what follows them.
        let late: Vec<Entry> = shuffled.drain(from..from + 9).collect();
        shuffled.splice(from + 12..from + 12, late);
        assert_eq!(told(&model, &[&shuffled]).hash(), whole.hash(), "late from {from}");
    }
    for at in [899, 902, 903, 950, 1_503] {
        let (before, after) = entries.split_at(at);
        let mut twin = Twin::restore(model.clone(), &told(&model, &[before]).checkpoint().bytes).unwrap();
        twin.observe(after);
        assert_eq!(twin.hash(), whole.hash(), "restored after {at}");
    }
}
