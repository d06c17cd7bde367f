//! How much a future turns on each slider: what the bars of a tornado are made of.

use alloc::vec::Vec;

use super::{
    Fork, Horizon, Scenario,
    foreseen::{Changed, along},
    project,
};
use crate::{
    ensemble::{Drive, Stepper},
    lanes,
    model::{
        Change, Effect, SliderPlan,
        program::{Block, MEMBERS, splat},
        slopes::Leaf,
    },
    sum,
    time::Timestamp,
    twin::Twin,
    wander,
};

/// By how much the mean of each quantity at the end of a horizon changes with a slider, per unit of the slider.
#[derive(Debug, Clone, PartialEq)]
pub struct Sensitivity {
    /// Number of the slider in the model.
    pub slider: u16,
    /// Where it stands.
    pub at: f64,
    /// One a quantity of the model.
    pub slopes: Vec<f64>,
}

/// The sensitivities of a future to every slider of the model, each at where `scenario` has it.
///
/// Of a model whose step is one program they are exact, by forward differentiation of that program; of another they are
/// taken between two futures one step of the slider to either side, with the same noise. None for a twin that was told
/// nothing.
pub fn sensitivities(twin: &Twin, scenario: &Scenario, horizon: Horizon, seed: u64) -> Vec<Sensitivity> {
    let of = |slider: u16| {
        let at = place(twin, scenario, slider)?;
        let SliderPlan { change, effect } = twin.model().inside.sliders[usize::from(slider)];
        // What sets an input sets it for all members, which differ where it is not set.
        let sets = matches!((change, effect), (Change::Input(_), Effect::Set));
        let scenario = &if sets { scenario.with(slider, at) } else { scenario.clone() };
        let slopes = exact(twin, scenario, horizon, seed, slider)
            .or_else(|| between(twin, scenario, horizon, seed, (slider, at)))?;
        Some(Sensitivity { slider, at, slopes })
    };
    (0..twin.model().sliders.len() as u16).filter_map(of).collect()
}

/// Where a slider stands: as set, or where it changes nothing.
fn place(twin: &Twin, scenario: &Scenario, slider: u16) -> Option<f64> {
    let set = scenario.sliders.iter().rev().find(|(own, _)| *own == slider).map(|(_, value)| *value);
    let neutral = twin.model().sliders[usize::from(slider)].neutral;
    set.or(neutral).or_else(|| match twin.model().inside.sliders[usize::from(slider)].change {
        Change::Input(input) => twin.estimate().map(|estimate| estimate.inputs[input]),
        Change::Parameter(_) | Change::Component(_) => None,
    })
}

fn exact(twin: &Twin, scenario: &Scenario, horizon: Horizon, seed: u64, slider: u16) -> Option<Vec<f64>> {
    let model = twin.model();
    let inside = &model.inside;
    let SliderPlan { change, effect } = inside.sliders[usize::from(slider)];
    let Fork { stepper, mut foreseen, ensemble, steps, .. } = Fork::of(twin, scenario, horizon, seed)?;
    let leaf = match change {
        Change::Input(input) => Leaf::Input(input),
        Change::Parameter(index) => Leaf::Parameter(index),
        Change::Component(_) => Leaf::Component,
    };
    let tangents = inside.tangents(leaf)?;

    // A slider that is not set stands where it changes nothing; of one that sets a value that is the value itself.
    let is_set = scenario.sliders.iter().any(|(own, _)| *own == slider);
    let also = (!is_set).then_some(match effect {
        Effect::Scale => (slider, Effect::Scale, 1.0),
        Effect::Add | Effect::Set => (slider, Effect::Add, 0.0),
    });
    let is_same = |other: Change| match (change, other) {
        (Change::Parameter(a), Change::Parameter(b)) | (Change::Component(a), Change::Component(b)) => a == b,
        _ => false,
    };
    let changes = || {
        let changed = |(own, value): &(u16, f64)| -> Option<Changed> {
            let plan = inside.sliders.get(usize::from(*own)).filter(|plan| is_same(plan.change))?;
            Some((*own, plan.effect, *value))
        };
        scenario.sliders.iter().filter_map(changed).chain(also)
    };
    let mut components = ensemble.components;
    let count = components.len();
    components.resize(2 * count, Block::splat(0.0));
    let mut turned = Block::splat(0.0);
    match change {
        Change::Component(index) => {
            let before = &twin.estimate()?.components[index];
            let slope = &mut components[count + index];
            slope.iter_mut().zip(before.iter()).for_each(|(slope, x)| *slope = along(*x, changes(), slider).1);
        }
        Change::Parameter(index) => turned.fill(along(splat(inside.parameters[index]), changes(), slider).1),
        Change::Input(_) => {}
    }
    forget_bounded(&stepper, &mut components);

    // Each member has its own inputs, where these may wander, and its own slope of the one that the slider changes.
    let mut own: Vec<usize> = wander::inputs(model).collect();
    let mut stand = alloc::vec![Block::splat(0.0); own.len()];
    own.push(tangents.input);
    let [step_program, shown_program] = [&tangents.step, &tangents.shown].map(|program| program.apart(&own, 2 * count));
    components.resize(2 * count + own.len(), Block::splat(0.0));
    let mut inputs = ensemble.inputs;
    let mut step_scratch = step_program.scratch(inside.width);
    let mut shown_scratch = shown_program.scratch(inside.width);
    step_program.set_parameters(&mut step_scratch, stepper.parameters());
    shown_program.set_parameters(&mut shown_scratch, stepper.parameters());
    for step in 0..=steps {
        let t = Timestamp((ensemble.step + step).saturating_mul(model.step.0));
        foreseen.drive(t, &mut inputs);
        if foreseen.moves_on(t) {
            foreseen.move_on(&stepper, t, 0, &mut stand);
        }
        let (given, slope) = components[2 * count..].split_at_mut(stand.len());
        foreseen.give(t, &stand, given);
        if let Change::Input(input) = change {
            turned = foreseen.slope(t, input, &stand, slider, also);
        }
        slope.fill(turned);
        if step < steps {
            step_program.set_inputs(&mut step_scratch, &inputs);
            step_program.settle(&mut step_scratch);
            step_program.run_over(&mut step_scratch, &mut components);
            stepper.disturb(&mut components[..count], 0, ensemble.step + step);
            forget_bounded(&stepper, &mut components[..2 * count]);
        }
    }
    shown_program.set_inputs(&mut shown_scratch, &inputs);
    shown_program.run(&mut shown_scratch, &components);
    let shown = model.quantities.len() - inputs.len();
    let mut slopes = alloc::vec![0.0; inputs.len()];
    if let Change::Input(input) = change {
        slopes[input] = sum::mean(&turned[..]);
    }
    let mean = |index: usize| {
        let mut slope = Block::splat(0.0);
        shown_program.result(&shown_scratch, &components, shown + index).copy_to(&mut slope);
        sum::mean(&slope[..])
    };
    slopes.extend((0..shown).map(mean));
    Some(slopes)
}

/// A member that a bound holds back no longer depends on how it came there.
fn forget_bounded(stepper: &Stepper, components: &mut [Block]) {
    let (own, slopes) = components.split_at_mut(components.len() / 2);
    for ((component, block), slope) in stepper.model.inside.components.iter().zip(own).zip(slopes) {
        let [low, high] = component.bounds.map(splat);
        for (x, slope) in block.iter().zip(slope.iter_mut()) {
            let is_free = lanes::lt(low, *x) & lanes::lt(*x, high);
            *slope = lanes::select(is_free, *slope, splat(0.0));
        }
    }
}

/// Half the difference of two futures.
fn between(
    twin: &Twin,
    scenario: &Scenario,
    horizon: Horizon,
    seed: u64,
    (slider, at): (u16, f64),
) -> Option<Vec<f64>> {
    let by = twin.model().sliders[usize::from(slider)].step;
    let future = |value: f64| {
        let scenario = scenario.with(slider, value);
        let future = project(twin, &scenario, Horizon { points: 1, ..horizon }, MEMBERS, seed);
        future.bands.iter().map(|bands| bands.last().map(|band| band.mean)).collect::<Option<Vec<f64>>>()
    };
    let (below, above) = (future(at - by)?, future(at + by)?);
    Some(below.iter().zip(above).map(|(below, above)| (above - below) / (2.0 * by)).collect())
}
