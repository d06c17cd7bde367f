//! What holds for every pack: its future stays finite whatever is turned, and its twin follows an asset that it describes.

use std::sync::Arc;

use twin::{
    Entry, Horizon, Model, Scenario, Span, Twin, What,
    model::{Role, outline},
    project,
};

use super::{
    Asset, centrifugal_pump::PUMP, cold_room::ROOM, induction_motor::MOTOR, infusion_pump, li_ion_pack::PACK,
    packaging_line::LINE, water_loop,
};
use crate::following::{CELL, TRANSFORMER};

/// Each pack's text, and inputs at which the asset works.
fn packs() -> Vec<(String, Vec<(&'static str, f64)>)> {
    vec![
        (CELL.to_owned(), vec![("current", 1.0)]),
        (TRANSFORMER.to_owned(), vec![("load", 900.0)]),
        (PUMP.to_owned(), vec![("speed", 3_600.0)]),
        (ROOM.to_owned(), vec![("ambient", 28.0)]),
        (MOTOR.to_owned(), vec![("load_torque", 300.0)]),
        (infusion_pump::PUMP.to_owned(), vec![]),
        (PACK.to_owned(), vec![("current", 60.0)]),
        (LINE.to_owned(), vec![("planned", 1.0)]),
        (water_loop::flat(&[]), vec![]),
    ]
}

/// A twin that was told `steps` steps of what sensors say of the nominal asset, and the asset.
fn followed(text: &str, told: &[(&str, f64)], steps: usize) -> (Arc<Model>, Twin, Asset) {
    let mut asset = Asset::new(text, told);
    let model = asset.model.clone();
    let mut twin = Twin::new(model.clone(), 3);
    for _ in 0..steps {
        asset.run(model.step.secs());
        let samples = asset.measure();
        let entries: Vec<Entry> = (0u16..)
            .zip(samples)
            .map(|(signal, value)| Entry { t: asset.now, what: What::Sample { signal, value } })
            .collect();
        twin.observe(&entries);
    }
    (model, twin, asset)
}

#[test]
fn no_slider_and_no_preset_leads_to_what_is_no_number() {
    for (text, told) in packs() {
        let (model, twin, _) = followed(&text, &told, 2);
        let span = Span(model.step.0 * 120);
        let ends = |(index, slider): (u16, &twin::model::Slider)| {
            [slider.min, slider.max].map(|value| Scenario { sliders: vec![(index, value)] })
        };
        let mut scenarios: Vec<Scenario> = (0u16..).zip(&model.sliders).flat_map(ends).collect();
        scenarios.extend(model.presets.iter().map(|preset| Scenario { sliders: preset.sliders.clone() }));
        scenarios.push(Scenario::default());
        for scenario in scenarios {
            let future = project(&twin, &scenario, Horizon { span, points: 12 }, 64, 5);
            for (quantity, bands) in model.quantities.iter().zip(&future.bands) {
                let is_finite = bands.iter().all(|band| [band.low, band.mid, band.high].iter().all(|x| x.is_finite()));
                assert!(is_finite, "{}: `{}` under {scenario:?}: {bands:?}", model.id, quantity.name);
            }
        }
    }
}

#[test]
fn a_twin_follows_the_asset_that_its_pack_describes() {
    for (text, told) in packs() {
        let (model, twin, asset) = followed(&text, &told, 60);
        let view = twin.at(asset.now);
        for (signal, band) in model.signals.iter().zip(&view.bands) {
            let Role::Measured { noise } = signal.role else { continue };
            let truth = asset.get(&signal.name);
            let off = (band.mean - truth).abs();
            assert!(off < 3.0 * noise, "{}: `{}` is {truth}, followed as {band:?}", model.id, signal.name);
        }
    }
}

/// The pack in steps of a quarter of its own, and its own step in seconds.
fn finer(text: &str) -> (String, f64) {
    let secs = crate::following::model(text).step.secs();
    let line = |line: &str| {
        if line.starts_with("step = \"") {
            format!("step = \"{} s\"\n", secs / 4.0)
        } else if line.starts_with("horizon = ") {
            "horizon = \"10 min\"\n".to_owned()
        } else {
            format!("{line}\n")
        }
    };
    (text.lines().map(line).collect(), secs)
}

#[test]
fn the_step_of_a_pack_is_short_enough_that_no_sensor_sees_a_shorter_one() {
    for (text, told) in packs() {
        // What is delayed is kept step by step, and a quarter of this one would be too many.
        if text.contains("delay(") {
            continue;
        }
        let (finer, secs) = finer(&text);
        let (mut asset, mut wanted) = (Asset::new(&text, &told), Asset::new(&finer, &told));
        for step in 0..120 {
            asset.run(secs);
            wanted.run(secs);
            // At the start things may begin far from where they rest.
            let minutes = secs * f64::from(step) / 60.0;
            for signal in asset.model.signals.iter().filter(|_| minutes >= 1.0) {
                let Role::Measured { noise } = signal.role else { continue };
                let (got, wanted) = (asset.get(&signal.name), wanted.get(&signal.name));
                let id = &asset.model.id;
                assert!((got - wanted).abs() <= noise, "{id}: `{}` after {step} steps: {got}, {wanted}", signal.name);
            }
        }
    }
}

#[test]
fn every_pack_says_what_fails_what_mends_it_what_it_costs_and_where_its_numbers_are_from() {
    for (text, _) in packs() {
        let entries = outline::outline(&text).unwrap();
        let of = |section: &str| entries.iter().filter(|entry| entry.section == section).collect::<Vec<_>>();
        let id = entries[0].value("id").unwrap().to_owned();
        assert!(!of("failure").is_empty() && !of("slider").is_empty(), "{id}");
        // The cell is a circuit alone: nothing of it is mended.
        if id == "li-ion-cell" {
            continue;
        }
        assert!(!of("action").is_empty() && !of("cost").is_empty() && !of("preset").is_empty(), "{id}");
        for cost in of("cost") {
            assert!(cost.value("source").unwrap().starts_with("assumption"), "{id}: `{}`", cost.name);
        }
        for parameter in of("parameter") {
            assert!(parameter.value("source").is_some(), "{id}: `{}` does not say where it is from", parameter.name);
        }
        for slider in of("slider") {
            assert!(slider.value("title").is_some(), "{id}: `{}` has no title", slider.name);
        }
    }
}
