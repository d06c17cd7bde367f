//! Whether a model that came as bytes can be stepped: every number in it leads somewhere, and every program stays
//! within its memory.

use super::super::{
    Action, Change, EventPlan, Failure, Future, Inside, Limit, Method, Model, Role, Slider,
    inside::{MOST_STEPS, STEPS},
    program::{Op, Place, Program},
};
use crate::lanes::{EIGHTS, Row};

type Sound = Result<(), &'static str>;

/// Hands of the clock, which follow the inputs.
const HANDS: usize = 2;

/// What a program is given.
#[derive(Clone, Copy)]
struct Given {
    /// The clock's hands too.
    inputs: usize,
    parameters: usize,
    components: usize,
}

fn ensure(holds: bool, otherwise: &'static str) -> Sound {
    if holds { Ok(()) } else { Err(otherwise) }
}

pub(super) fn check(model: &Model) -> Sound {
    let inside = &model.inside;
    let counts = [
        model.quantities.len(),
        model.events.len(),
        model.failures.len(),
        model.actions.len(),
        model.sliders.len(),
        model.schedules.len(),
        model.gauges.len(),
        inside.components.len(),
        inside.parameters.len(),
    ];
    ensure(counts.into_iter().all(|count| count <= usize::from(u16::MAX)), "more than can be numbered")?;
    let (least, most, _) = STEPS;
    let is_time = |micros: i64| (least..=most).contains(&micros);
    ensure(is_time(model.step.0) && is_time(model.horizon.0), "a step or horizon out of range")?;
    ensure(model.horizon.0 / model.step.0 <= MOST_STEPS, "a horizon of too many steps")?;
    ensure((0.0..1.0).contains(&model.inflation), "an inflation out of range")?;
    said(model)?;
    shape(model)?;
    programs(inside)
}

/// What a page reads.
fn said(model: &Model) -> Sound {
    let Model { signals, quantities, .. } = model;
    ensure(model.headline < quantities.len() && signals.len() <= quantities.len(), "a quantity that is not there")?;
    // As `low < high`, and no NaN either.
    let ranges = signals.iter().map(|signal| signal.range).chain(quantities.iter().map(|quantity| quantity.range));
    ensure(ranges.into_iter().all(|[low, high]| low < high), "an empty range")?;
    let can_be_set = |slider: &Slider| {
        let Slider { min, max, step, .. } = *slider;
        min < max && step > 0.0 && (max - min).is_finite()
    };
    ensure(model.sliders.iter().all(can_be_set), "a slider that cannot be set")?;
    let is_action = |failure: &Failure| failure.repair.is_none_or(|action| usize::from(action) < model.actions.len());
    ensure(model.failures.iter().all(is_action), "a repair that is not there")?;
    let is_event = |action: &Action| usize::from(action.event) < model.events.len();
    ensure(model.actions.iter().all(is_event), "an event that is not there")?;
    let is_sound = model.gauges.iter().all(|gauge| gauge.is_sound(signals.len()));
    ensure(is_sound, "a gauge of what is not there")?;
    let mut set = model.presets.iter().flat_map(|preset| &preset.sliders);
    ensure(set.all(|(slider, _)| usize::from(*slider) < model.sliders.len()), "a slider that is not there")
}

/// That there is as much of everything as there has to be.
fn shape(model: &Model) -> Sound {
    let inside = &model.inside;
    let Some((inputs, measured)) = model.signals.split_at_checked(inside.inputs) else {
        return Err("an input that is not there");
    };
    for input in inputs {
        match input.role {
            Role::Input { future: Future::Schedule(number), .. } => {
                ensure(usize::from(number) < model.schedules.len(), "a schedule that is not there")?
            }
            Role::Input { .. } => {}
            Role::Measured { .. } => return Err("a measured signal among the inputs"),
        }
    }
    ensure(measured.iter().all(|signal| matches!(signal.role, Role::Measured { .. })), "an input after the inputs")?;
    let corrected = inside.corrects.iter().all(|corrects| corrects.len() <= inside.components.len());
    ensure(inside.corrects.len() >= measured.len() && corrected, "corrections of what is not there")?;
    ensure(inside.input_starts.len() == inside.inputs, "starts of other inputs")?;
    ensure(inside.states <= inside.components.len(), "a state that is not there")?;
    ensure(inside.shown.count() == model.quantities.len() - inside.inputs, "other quantities than it shows")?;
    let conditions = model.failures.len() + model.limits.len();
    ensure(inside.conditions.count() == conditions, "other conditions than failures and limits")?;
    let is_quantity = |limit: &Limit| usize::from(limit.quantity) < model.quantities.len();
    ensure(model.limits.iter().all(is_quantity), "a limit of what is not there")?;
    ensure(inside.regimes.count() == model.regimes.len(), "other regimes than it has")?;
    ensure(inside.events.len() == model.events.len(), "other events than it answers to")?;
    ensure(inside.sliders.len() == model.sliders.len(), "other sliders than it has")?;
    let changes = |change: Change| match change {
        Change::Input(index) => index < inside.inputs,
        Change::Parameter(index) => index < inside.parameters.len(),
        Change::Component(index) => index < inside.components.len(),
    };
    ensure(inside.sliders.iter().all(|slider| changes(slider.change)), "a slider of what is not there")
}

fn programs(inside: &Inside) -> Sound {
    let is_clocked = inside.aside.as_ref().is_some_and(|aside| aside.is_clocked);
    let given = Given {
        inputs: inside.inputs + if is_clocked { HANDS } else { 0 },
        parameters: inside.parameters.len(),
        components: inside.components.len(),
    };
    let states = inside.states;
    program(&inside.initial, given, states, false)?;
    program(&inside.rates, given, states, false)?;
    program(&inside.step, given, if inside.aside.is_some() { 0 } else { states }, true)?;
    program(&inside.shown, given, inside.shown.count(), false)?;
    program(&inside.conditions, given, inside.conditions.count(), false)?;
    program(&inside.regimes, given, inside.regimes.count(), false)?;
    inside.events.iter().try_for_each(|event| plan(event, given))?;

    let slopes = inside.aside.as_ref().and_then(|aside| aside.slopes.as_ref());
    ensure(slopes.is_some() == (inside.method == Method::Rosenbrock), "slopes for another method")?;
    let Some(aside) = &inside.aside else { return Ok(()) };
    if let Some(slopes) = slopes {
        program(slopes, given, states + states * states, false)?;
    }
    plan(&aside.settling, given)?;
    plan(&aside.nexts, given)?;
    ensure(aside.noises.iter().all(|at| *at < given.components), "a noise that is not there")?;
    program(&aside.delayed, given, aside.delays.len(), false)?;
    for delay in &aside.delays {
        let end = delay.at.checked_add(1).and_then(|first| first.checked_add(delay.steps));
        ensure(delay.steps > 0 && end.is_some_and(|end| end <= given.components), "a delay of what is not there")?;
    }
    program(&aside.watched, given, aside.watches.len(), false)?;
    ensure(aside.watches.iter().all(|watch| watch.flag < given.components), "a watch that is not there")?;
    aside.watches.iter().try_for_each(|watch| plan(&watch.plan, given))
}

fn plan(plan: &EventPlan, given: Given) -> Sound {
    ensure(plan.targets.iter().all(|target| *target < given.components), "an event that sets what is not there")?;
    program(&plan.program, given, plan.targets.len(), false)
}

/// That a program has so many results and stays within its rows and the components, which it writes where it may.
fn program(program: &Program, given: Given, results: usize, is_over: bool) -> Sound {
    ensure(program.results.len() == results, "a program of other results")?;
    // No more memory than it has use for: an eight for each number, a row for each operation on members.
    let most =
        [program.literals.len(), given.inputs, given.parameters, program.uniform_ops.len()].iter().sum::<usize>()
            + EIGHTS * program.member_ops.len();
    ensure(program.eights <= most, "a program of too many rows")?;
    let fits = |first: usize, count: usize| first.checked_add(count).is_some_and(|end| end <= program.eights);
    let has_places = program.literals.iter().all(|(at, _)| fits(*at, 1))
        && fits(program.first_input, given.inputs)
        && fits(program.first_parameter, given.parameters);
    ensure(has_places, "a number outside of its program's rows")?;
    let outer = given.components * EIGHTS;
    let reaches = |ops: &[Op], outer: usize, is_over: bool| {
        ops.iter().all(|op| {
            let [own, others] = op.places.reach();
            let (to, _) = op.places.rows();
            own as usize <= program.eights && others as usize <= outer && (is_over || !to.is_outer)
        })
    };
    ensure(reaches(&program.uniform_ops, 0, false), "an operation outside of its program's rows")?;
    ensure(reaches(&program.member_ops, outer, is_over), "an operation outside of its program's rows")?;
    let stands = |place: &Place| match *place {
        Place::Component(at) => usize::from(at) < given.components,
        Place::Row(Row { at, stride, .. }) => fits(at as usize, if stride == 0 { 1 } else { EIGHTS }),
    };
    ensure(program.results.iter().all(stands), "a result outside of its program's rows")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Aside;
    use crate::{lanes::Places, time::Span};

    fn whole() -> Model {
        Model::parse(include_str!("../../../tests/models/everything-happens.toml")).unwrap()
    }

    fn aside(model: &mut Model) -> &mut Aside {
        model.inside.aside.as_mut().unwrap()
    }

    #[test]
    fn a_model_of_ours_is_sound() {
        assert_eq!(check(&whole()), Ok(()));
    }

    #[test]
    fn whatever_leads_nowhere_is_said() {
        type Breaks = fn(&mut Model);
        let cases: &[(&str, Breaks)] = &[
            ("a step or horizon out of range", |model| model.step = Span(0)),
            ("a horizon of too many steps", |model| model.horizon = Span(model.step.0 * 20_001)),
            ("a quantity that is not there", |model| model.headline = model.quantities.len()),
            ("an empty range", |model| model.signals[0].range = [1.0, 1.0]),
            ("an empty range", |model| model.quantities[0].range[0] = f64::NAN),
            ("a slider that cannot be set", |model| model.sliders[0].step = 0.0),
            ("an event that is not there", |model| model.actions[0].event = model.events.len() as u16),
            ("a repair that is not there", |model| model.failures[0].repair = Some(model.actions.len() as u16)),
            ("an input that is not there", |model| model.inside.inputs = usize::MAX),
            ("a measured signal among the inputs", |model| model.signals.swap(0, model.inside.inputs)),
            ("starts of other inputs", |model| model.inside.input_starts.clear()),
            ("corrections of what is not there", |model| model.inside.corrects.clear()),
            ("a state that is not there", |model| model.inside.states = model.inside.components.len() + 1),
            ("other events than it answers to", |model| model.events.push(Default::default())),
            ("a slider of what is not there", |model| {
                model.inside.sliders[0].change = Change::Component(model.inside.components.len())
            }),
            ("a program of other results", |model| {
                model.inside.initial.results.pop();
            }),
            ("a program of too many rows", |model| model.inside.shown.eights = 1 << 40),
            ("a number outside of its program's rows", |model| model.inside.shown.first_input = usize::MAX),
            ("an operation outside of its program's rows", |model| {
                let of_members = model.inside.rates.member_ops[0];
                model.inside.shown.uniform_ops.push(of_members);
            }),
            ("an operation outside of its program's rows", |model| {
                let component = Row { at: 0, stride: 1, is_outer: true };
                let places = Places::new(component, [component; 4]);
                model.inside.shown.member_ops.push(Op { places, ..model.inside.rates.member_ops[0] });
            }),
            ("a result outside of its program's rows", |model| {
                model.inside.shown.results[0] = Place::Component(u16::MAX)
            }),
            ("a result outside of its program's rows", |model| {
                let at = model.inside.shown.eights as u32 - 1;
                model.inside.shown.results[0] = Place::Row(Row { at, stride: 1, is_outer: false });
            }),
            ("slopes for another method", |model| model.inside.method = Method::Euler),
            ("a noise that is not there", |model| aside(model).noises.push(usize::MAX)),
            ("a delay of what is not there", |model| aside(model).delays[0].steps = usize::MAX),
            ("a delay of what is not there", |model| aside(model).delays[0].steps = 0),
            ("a watch that is not there", |model| aside(model).watches[0].flag = usize::MAX),
            ("an event that sets what is not there", |model| aside(model).settling.targets[0] = usize::MAX),
        ];
        for (said, breaks) in cases {
            let mut model = whole();
            breaks(&mut model);
            assert_eq!(check(&model), Err(*said));
        }
    }
}
