//! Changes of simulated assets: found how soon, called what, and how seldom where there is none.

use std::{f64::consts::TAU, sync::Arc};

use twin::{
    Entry, Model, Span, Timestamp, Twin, What,
    detect::{Alarm, Change, words},
    explain::{Cause, Suspect},
    simulate::Simulator,
};

use super::following::{TRANSFORMER, model};

const ROOM: &str = include_str!("../../../../server/models/cold-room.toml");
const MOTOR: &str = include_str!("../../../../server/models/induction-motor.toml");
const PUMP: &str = include_str!("../../../../server/models/centrifugal-pump.toml");

/// An asset under a usual day, sampled every so many seconds.
pub struct Case {
    pub text: &'static str,
    pub every: f64,
    /// Inputs with their mean and how far they swing over a day.
    inputs: &'static [(&'static str, f64, f64)],
}

pub const CASES: [Case; 4] = [
    Case { text: TRANSFORMER, every: 300.0, inputs: &[("load", 1_000.0, 300.0), ("ambient", 15.0, 8.0)] },
    Case { text: ROOM, every: 60.0, inputs: &[("ambient", 20.0, 6.0), ("door", 3.0, 3.0)] },
    Case { text: MOTOR, every: 60.0, inputs: &[("load_torque", 150.0, 40.0), ("ambient", 20.0, 5.0)] },
    Case { text: PUMP, every: 60.0, inputs: &[("speed", 3_500.0, 50.0), ("ambient", 20.0, 5.0)] },
];

/// What changes in an asset, and not in its twin.
pub enum Fault {
    None,
    /// What an event of the asset sets.
    Set(&'static str),
    /// A signal, and by how much its sensor is off.
    Sensor(&'static str, f64),
}

/// What a twin said: the beginnings of alarms, each with the sample at which it came and what was said to be the cause.
struct Said {
    alarms: Vec<(usize, Alarm, Vec<Cause>)>,
    twin: Twin,
    model: Arc<Model>,
}

/// What is measured of an asset: `samples` of each signal, together. Each fault comes at the number beside it.
pub fn life(case: &Case, seed: u64, samples: usize, faults: &[(usize, Fault)]) -> Vec<Vec<Entry>> {
    let mut text = case.text.to_string();
    for (number, (_, fault)) in faults.iter().enumerate() {
        if let Fault::Set(set) = fault {
            text += &format!("\n[event.fault_{number}]\nset = {{ {set} }}\n");
        }
    }
    let own = model(&text);
    let start = Timestamp(1_000_000_000_000_000);
    let inputs = |t: Timestamp| -> Vec<f64> {
        let mut inputs = twin::simulate::usual_inputs(&own, t);
        let turn = TAU * (t - start).secs() / Span::DAY.secs();
        for (name, mean, swing) in case.inputs {
            inputs[usize::from(own.signal(name).unwrap())] = mean + swing * turn.sin();
        }
        inputs
    };
    let mut asset = Simulator::new(own.clone(), start, &inputs(start));
    let sample = |number: usize| -> Vec<Entry> {
        let t = start + Span::from_secs(case.every * number as f64);
        asset.advance(t, &inputs(t));
        let events =
            faults.iter().enumerate().filter(|(_, (at, fault))| *at == number && matches!(fault, Fault::Set(_)));
        events.for_each(|(event, _)| asset.happen(own.event(&format!("fault_{event}")).unwrap()));
        let mut measured = asset.measure(seed);
        for (at, fault) in faults {
            if let (Fault::Sensor(name, offset), true) = (fault, number >= *at) {
                measured[usize::from(own.signal(name).unwrap())] += offset;
            }
        }
        let signals = (0..).zip(&measured);
        signals.map(|(signal, value)| Entry { t, what: What::Sample { signal, value: *value } }).collect()
    };
    (0..samples).map(sample).collect()
}

/// Follows an asset for `samples` of each signal; the fault comes at number `at`.
fn follow(case: &Case, seed: u64, samples: usize, at: usize, fault: Fault) -> Said {
    let model = model(case.text);
    let mut said = Said { alarms: Vec::new(), twin: Twin::new(model.clone(), 42), model: model.clone() };
    let mut before: Vec<Option<u16>> = Vec::new();
    for (number, entries) in life(case, seed, samples, &[(at, fault)]).into_iter().enumerate() {
        said.twin.observe(&entries);
        let alarms = said.twin.alarms();
        for alarm in &alarms {
            if !before.contains(&alarm.signal) {
                said.alarms.push((number, *alarm, Vec::new()));
            }
        }
        for (found, alarm, causes) in &mut said.alarms {
            if number == *found + 20 {
                *causes = said.twin.explain(alarm.began);
            }
        }
        before = alarms.iter().map(|alarm| alarm.signal).collect();
    }
    said
}

impl Said {
    /// The causes that account for as much as any, to a tenth: name and size.
    fn likely(&self, causes: &[Cause]) -> Vec<(&str, f64)> {
        let most = causes.iter().map(|cause| cause.share).fold(0.0, f64::max);
        let told = |cause: &Cause| match cause.suspect {
            Suspect::Latent(number) => (self.model.latents[usize::from(number)].name.as_str(), cause.change),
            Suspect::Sensor(number) => (self.model.signals[usize::from(number)].name.as_str(), cause.change),
        };
        causes.iter().filter(|cause| cause.share > most - 0.1).map(told).collect()
    }
}

#[test]
fn assets_as_ever_give_hardly_an_alarm() {
    // Four days to three weeks, where one alarm in thirty days is allowed; a filter is not quite white.
    let alarms: Vec<usize> = CASES.iter().map(|case| follow(case, 3, 6_000, 0, Fault::None).alarms.len()).collect();
    assert!(alarms.iter().sum::<usize>() <= 2, "{alarms:?}");
}

#[test]
fn a_changed_asset_is_found_soon_and_its_cause_named_with_its_size() {
    let [transformer, room, motor, pump] = &CASES;
    let all = [
        // The change, how many samples may pass, the cause, and by how much it changed.
        (transformer, Fault::Set("rise_oil = 75"), 15, "rise_oil", 15.0),
        (transformer, Fault::Sensor("hot_spot", 6.0), 10, "hot_spot", 6.0),
        (room, Fault::Set("ua_room = 5"), 30, "ua_room", 2.5),
        (room, Fault::Set("condition = 1.3"), 15, "condition", 0.3),
        (room, Fault::Sensor("core", 1.0), 10, "core", 1.0),
        (motor, Fault::Set("heat_resistance = 9"), 200, "heat_resistance", 3.0),
        (motor, Fault::Set("shaking_new = 1.6"), 10, "shaking_new", 0.7),
        (pump, Fault::Set("r_thrust = \"2e-6[N.m.s]\""), 15, "r_thrust", 6e-7),
        (pump, Fault::Set("impeller = \"11.5[Pa.s2]\""), 10, "impeller", -1.2),
    ];
    for (case, fault, soon, cause, size) in all {
        let said = follow(case, 1, 2_300, 2_000, fault);
        let (found, alarm, causes) =
            said.alarms.iter().find(|(found, ..)| *found >= 2_000).unwrap_or_else(|| panic!("{cause} is not found"));
        assert!(found - 2_000 <= soon, "{cause}: after {}", found - 2_000);
        assert!(soon > 100 || alarm.change != Change::Drift, "{cause}: {:?}", alarm.change);
        let likely = said.likely(causes);
        let named = likely.iter().find(|(name, _)| *name == cause);
        let (_, change) = named.unwrap_or_else(|| panic!("{cause} is not among {likely:?}"));
        assert!((0.7..1.3).contains(&(change / size)), "{cause}: by {change} for {size}");
        assert!(likely.len() <= 3, "{cause}: one of {likely:?}");
    }
}

#[test]
fn what_was_believed_when_normal_is_kept_beside_what_is_believed_now() {
    let said = follow(&CASES[0], 1, 2_600, 2_000, Fault::Set("rise_oil = 75"));
    let rise = said.model.latents.iter().position(|latent| latent.name == "rise_oil").unwrap();
    let ([normal, deviation], now) = (said.twin.normal_latents()[rise], said.twin.latents()[rise]);
    assert!((58.0..62.0).contains(&normal) && deviation < 2.0, "{normal} +- {deviation}");
    assert!((73.0..77.0).contains(&now.mean), "{now:?}");
    assert_eq!(said.twin.learnt(), 1.0);
    assert!(said.twin.alarms().is_empty(), "the twin has followed: {:?}", said.twin.alarms());
}

#[test]
fn alarms_and_causes_are_said_in_words() {
    // Causes are asked for twenty instants after the alarm.
    let said = follow(&CASES[0], 1, 2_100, 2_000, Fault::Set("rise_oil = 75"));
    let (_, alarm, causes) = &said.alarms[0];
    let finding = words::finding(&said.model, alarm);
    assert!(
        finding.starts_with("Top-oil temperature is 0.") && finding.ends_with("K above what is expected"),
        "{finding}"
    );
    let causes = words::causes(&said.model, causes);
    assert!(causes.starts_with("Rise oil +1") && causes.ends_with("%)") && causes.contains("K (+2"), "{causes}");
    assert_eq!(words::causes(&said.model, &[]), "");
}

#[test]
fn charts_are_part_of_a_checkpoint_and_of_the_hash() {
    let said = follow(&CASES[1], 1, 2_040, 2_000, Fault::Set("condition = 1.3"));
    assert!(!said.twin.alarms().is_empty());
    let restored = Twin::restore(said.model.clone(), &said.twin.checkpoint().bytes).unwrap();
    assert_eq!((restored.hash(), restored.alarms()), (said.twin.hash(), said.twin.alarms()));
}
