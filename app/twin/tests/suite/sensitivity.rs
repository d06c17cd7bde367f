//! By how much a future turns on each slider, against what futures beside it say.

use std::sync::Arc;

use twin::{
    Entry, Horizon, Model, Scenario, Span, Timestamp, Twin, What,
    lanes::Width,
    project, sensitivities,
    simulate::Simulator,
    whatif::{End, Extent, swing},
};

use super::following::{CELL, TRANSFORMER, model};

/// A twin that was told `count` steps of an asset under inputs that change every hour.
fn told(model: &Arc<Model>, inputs: &[f64], count: i64) -> Twin {
    let start = Timestamp(14_000 * Span::DAY.0);
    let mut asset = Simulator::new(model.clone(), start, inputs);
    let mut twin = Twin::new(model.clone(), 3);
    for step in 0..count {
        let t = start + Span(model.step.0 * step);
        let held: Vec<f64> = inputs.iter().map(|input| input * (1.0 + (step / 12 % 5) as f64 / 20.0)).collect();
        asset.advance(t, &held);
        let sample = |(signal, value)| Entry { t, what: What::Sample { signal, value } };
        twin.observe(&(0u16..).zip(asset.measure(2)).map(sample).collect::<Vec<_>>());
    }
    twin
}

/// Each slope is that between two futures whose slider differs by a millionth of its range; how many are not 0.
fn check(twin: &Twin, scenario: &Scenario, horizon: Horizon) -> usize {
    let found = sensitivities(twin, scenario, horizon, 5);
    assert_eq!(found.len(), twin.model().sliders.len());
    let mut counted = 0;
    for own in found {
        let slider = &twin.model().sliders[usize::from(own.slider)];
        let by = (slider.max - slider.min) * 1e-6;
        let end = |value: f64| {
            let mut moved = scenario.clone();
            moved.sliders.retain(|(number, _)| *number != own.slider);
            moved.sliders.push((own.slider, value));
            let future = project(twin, &moved, Horizon { points: 1, ..horizon }, 64, 5);
            future.bands.iter().map(|bands| bands.last().unwrap().mean).collect::<Vec<_>>()
        };
        let (below, above) = (end(own.at - by), end(own.at + by));
        for (number, slope) in own.slopes.iter().enumerate() {
            let want = (above[number] - below[number]) / (2.0 * by);
            // The difference loses to rounding what the values have in common.
            let lost = 1e-14 * above[number].abs() / by;
            let near = (slope - want).abs() <= 1e-5 * want.abs() + lost;
            let name = &twin.model().quantities[number].name;
            assert!(near, "{name} by {}: {slope:e}, between two futures {want:e}", slider.name);
            counted += usize::from(want.abs() > 1e-9);
        }
    }
    counted
}

#[test]
fn sensitivities_of_the_transformer_are_those_between_two_futures() {
    let model = model(TRANSFORMER);
    let twin = told(&model, &[1100.0, 25.0], 300);
    let horizon = Horizon { span: Span(8 * Span::HOUR.0), points: 1 };
    assert!(check(&twin, &Scenario::default(), horizon) >= 12);
    let slider = |name: &str| model.slider(name).unwrap();
    let hot = Scenario { sliders: vec![(slider("load"), 1.3), (slider("ambient"), 8.0), (slider("cooling"), 1.2)] };
    assert!(check(&twin, &hot, horizon) >= 12);
}

#[test]
fn sensitivities_of_the_cell_are_those_between_two_futures() {
    let model = model(CELL);
    let twin = told(&model, &[1.0], 600);
    let horizon = Horizon { span: Span(20 * Span::MINUTE.0), points: 1 };
    assert!(check(&twin, &Scenario::default(), horizon) >= 5);
    let health = Scenario { sliders: vec![(model.slider("health").unwrap(), 0.8)] };
    assert!(check(&twin, &health, horizon) >= 5);
}

#[test]
fn a_model_that_is_more_than_rates_has_sensitivities_too() {
    let text = TRANSFORMER.replace("rate = \"ageing\"", "next = \"aged + ageing * 5[min]\"");
    assert!(text.contains("next"));
    let model = model(&text);
    let twin = told(&model, &[1100.0, 25.0], 300);
    let horizon = Horizon { span: Span(4 * Span::HOUR.0), points: 1 };
    let load = &sensitivities(&twin, &Scenario::default(), horizon, 5)[0];
    assert_eq!(load.at, 1.0);
    // Half as much load again is tens of kelvin, however it is worked out.
    let hot_spot = load.slopes[3];
    assert!((30.0..150.0).contains(&hot_spot), "{hot_spot}");
    let exact =
        &sensitivities(&told(&self::model(TRANSFORMER), &[1100.0, 25.0], 300), &Scenario::default(), horizon, 5)[0];
    assert!((hot_spot / exact.slopes[3] - 1.0).abs() < 0.01, "{hot_spot} is not about {}", exact.slopes[3]);
}

#[test]
fn sensitivities_have_the_same_bits_on_lanes_of_any_width() {
    let bits = |width: Width| {
        let model = Arc::new(Model::parse(CELL).unwrap().on_lanes_of(width));
        let horizon = Horizon { span: Span(5 * Span::MINUTE.0), points: 1 };
        let found = sensitivities(&told(&model, &[1.0], 200), &Scenario::default(), horizon, 5);
        found.iter().flat_map(|own| own.slopes.clone()).map(f64::to_bits).collect::<Vec<_>>()
    };
    assert_eq!(bits(Width::Two), bits(Width::widest()));
}

#[test]
fn a_twin_that_was_told_nothing_has_no_sensitivities() {
    let horizon = Horizon { span: Span::HOUR, points: 1 };
    assert!(sensitivities(&Twin::new(model(CELL), 1), &Scenario::default(), horizon, 1).is_empty());
}

#[test]
fn a_swing_is_the_futures_at_both_ends_of_a_slider() {
    let model = model(TRANSFORMER);
    let twin = told(&model, &[1100.0, 25.0], 100);
    let horizon = Horizon { span: Span(6 * Span::HOUR.0), points: 72 };
    let hot = model.quantities.iter().position(|quantity| quantity.name == "hot_spot").unwrap();
    let (load, ambient) = (model.slider("load").unwrap(), model.slider("ambient").unwrap());
    let scenario = Scenario { sliders: vec![(load, 0.9), (ambient, 5.0)] };
    let found = swing(&twin, &scenario, horizon, 64, 5, load).unwrap();
    for (value, end) in [(0.5, &found.low), (1.6, &found.high)] {
        let set = Scenario { sliders: vec![(ambient, 5.0), (load, value)] };
        let future = project(&twin, &set, horizon, 64, 5);
        let mids: Vec<f64> = future.bands[hot].iter().map(|band| band.mid).collect();
        // At its greatest load the transformer stops before the horizon's end.
        let stops = future.stop(&model).map(|stop| stop.mid);
        assert_eq!((stops.is_some(), end.stops), (value > 1.0, stops));
        let until = stops.map_or(mids.len(), |stops| future.times.iter().filter(|t| **t <= stops).count());
        let extent = |pick: fn(f64, f64) -> f64| mids[..until].iter().copied().reduce(pick).unwrap();
        let (lowest, highest) = (extent(f64::min), extent(f64::max));
        assert_eq!(end.extents[hot], Extent { lowest, highest, last: mids[until - 1] });
    }
    assert!(found.low.extents[hot].highest < found.set.extents[hot].highest, "more load is hotter");
    assert!(found.set.extents[hot].highest < found.high.extents[hot].highest, "more load is hotter");
    assert_eq!(found.set, End::of(&model, &project(&twin, &scenario, horizon, 64, 5)).unwrap());
    assert_eq!(swing(&twin, &scenario, horizon, 64, 5, 99), None);
    assert_eq!(swing(&Twin::new(model.clone(), 1), &scenario, horizon, 64, 5, load), None);
}

#[test]
fn a_swing_says_nothing_of_the_time_after_the_asset_has_stopped() {
    let model = model(CELL);
    let twin = told(&model, &[1.0], 600);
    let horizon = Horizon { span: Span(2 * Span::HOUR.0), points: 144 };
    let current = model.slider("current").unwrap();
    let found = swing(&twin, &Scenario::default(), horizon, 64, 5, current).unwrap();
    let stops = found.high.stops.expect("at its greatest current the cell is empty within two hours");
    assert!(stops < twin.newest().unwrap() + horizon.span && found.low.stops.is_none());
    // The circuit's equations fall off a cliff there; what is told ends before.
    let voltage = model.quantities.iter().position(|quantity| quantity.name == "voltage").unwrap();
    assert!(found.high.extents[voltage].lowest > 2.0, "{:?}", found.high.extents[voltage]);
}
