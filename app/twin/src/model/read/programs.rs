//! Gives every component its place and makes the programs of a model.

use alloc::{string::String, vec::Vec};

use super::{
    Reader,
    components::{Moves, Parts, State},
    happenings::{Happenings, Happens, NEVER_SECS, Sets, Target, left},
    places::Places,
    sliders::Knob,
};
use crate::lanes::Width;
use crate::model::{
    Action, Aside, EventPlan, Failure, Inside, Method, SliderPlan,
    check::{Hidden, Role, hidden_name},
    compile::{self, Meaning, Scope},
    document::Text,
    expression::{Binary, Expression, binary},
    graph,
    inside::{Delay, Watch},
    program::Program,
    slopes::Whole,
    step,
};

/// What was checked and is not compiled yet.
pub(super) struct Formulas {
    pub method: Method,
    /// Of a step of the time grid.
    pub step_secs: f64,
    pub inputs: Vec<f64>,
    /// One a quantity that is no input, and where it stands.
    pub shown: Vec<(Expression, usize)>,
    /// One a measured signal: the names that it may correct, all where it says none.
    pub corrects: Vec<Option<Vec<Text>>>,
    pub states: Vec<State>,
}

/// Hands of the clock, which follow the inputs.
const HANDS: usize = 2;

type Made = (Inside, Vec<String>, Vec<Failure>, Vec<Action>);

impl Reader<'_> {
    /// Compiles everything; `None` where something is wrong, which was said.
    pub(super) fn programs(
        &mut self,
        formulas: Formulas,
        parts: Parts,
        happenings: Happenings,
        knobs: Vec<Knob>,
    ) -> Option<Made> {
        self.initials_need_no_state(&formulas.states);
        let hidden = core::mem::take(&mut self.checker.hidden);
        let places = Places::of(&parts, &happenings, &hidden);
        let scope = self.scope(&formulas, &parts, &happenings, &hidden, &places);
        // A fault has its place in a formula; what follows would only repeat it.
        if !self.checker.errors.is_empty() {
            return None;
        }
        let lag = |index| places.lags + index;
        let (mut rates, mut initial, mut nexts) = (Vec::new(), Vec::new(), (Vec::new(), Vec::new()));
        for (index, state) in formulas.states.into_iter().enumerate() {
            initial.push((state.initial, state.initial_at));
            match state.moves {
                Moves::Rate(rate) => rates.push((rate, state.name.at)),
                Moves::Next(next) => {
                    rates.push((Expression::Number(0.0), state.name.at));
                    nexts.0.push(index);
                    nexts.1.push((next, state.name.at));
                }
            }
        }
        let mut settling = (Vec::new(), Vec::new());
        let (mut lags, mut noises, mut delays, mut delayed) = (0, Vec::new(), Vec::new(), Vec::new());
        let mut next_delay = places.delays;
        for (index, hidden) in hidden.into_iter().enumerate() {
            match hidden {
                Hidden::Lag { of, tau } => {
                    let own = Expression::Name(hidden_name("lag", index));
                    let behind = binary(Binary::Subtract, of.clone(), own);
                    rates.push((binary(Binary::Divide, behind, tau), 0));
                    initial.push((Expression::Number(0.0), 0));
                    settling.0.push(lag(lags));
                    settling.1.push((of, 0));
                    lags += 1;
                }
                Hidden::Delay { of, steps } => {
                    settling.0.push(next_delay);
                    settling.1.push((of.clone(), 0));
                    delays.push(Delay { at: next_delay, steps });
                    delayed.push((of, 0));
                    next_delay += 1 + steps;
                }
                Hidden::Noise => noises.push(places.noises + noises.len()),
            }
        }
        for _ in 0..happenings.repairs.len() {
            rates.push((Expression::Number(-1.0), 0));
            initial.push((Expression::Number(NEVER_SECS), 0));
        }
        let component = |target: Target| match target {
            Target::Of(role) => places.component(role),
            Target::Left(repair) => places.lefts + repair,
        };
        let mut plans = Vec::new();
        let mut events = Vec::new();
        for (name, sets) in happenings.events {
            plans.push(self.sets_plan(&scope, sets, component)?);
            events.push(name);
        }
        let mut watched = Vec::new();
        let mut watches = Vec::new();
        for (index, Happens { when, at, sets, .. }) in happenings.watched.into_iter().enumerate() {
            watched.push((when, at));
            watches.push(Watch { flag: places.flags + index, plan: self.sets_plan(&scope, sets, component)? });
        }
        let states = places.calibrated;
        let slopes = match formulas.method {
            Method::Rosenbrock => Some(self.slopes(&scope, &rates, states)?),
            Method::Euler | Method::Heun | Method::Rk4 => None,
        };
        let rates = self.formulas(&scope, &rates)?;
        let is_clocked = self.checker.is_clocked;
        let is_plain = !is_clocked && settling.0.is_empty() && nexts.0.is_empty() && noises.is_empty();
        let is_plain = is_plain && watches.is_empty();
        let whole_step = step::step(formulas.method, &rates, formulas.step_secs).filter(|_| is_plain);
        // It takes inputs and parameters all the same.
        let none = graph::Formulas { inputs: rates.inputs, parameters: rates.parameters, ..Default::default() };
        let aside = if whole_step.is_some() {
            None
        } else {
            Some(Aside {
                slopes,
                is_clocked,
                settling: self.plan(&scope, settling)?,
                nexts: self.plan(&scope, nexts)?,
                noises,
                delayed: self.program(&scope, &delayed)?,
                delays,
                watched: self.program(&scope, &watched)?,
                watches,
            })
        };
        let corrects = formulas.corrects.into_iter().map(|names| self.corrects(names, &places)).collect();
        let (step, shown) = (whole_step.unwrap_or(none), self.formulas(&scope, &formulas.shown)?);
        let inside = Inside {
            method: formulas.method,
            width: Width::widest(),
            inputs: formulas.inputs.len(),
            input_starts: formulas.inputs,
            states,
            initial: self.program(&scope, &initial)?,
            rates: rates.program(),
            step: step.program_over(),
            shown: shown.program(),
            conditions: self.program(&scope, &happenings.conditions)?,
            corrects,
            events: plans,
            sliders: knobs
                .iter()
                .map(|knob| SliderPlan { change: knob.change(|role| places.component(role)), effect: knob.effect })
                .collect(),
            components: places.components(parts.states, parts.calibrated),
            parameters: parts.plain,
            whole: aside.is_none().then_some(Whole { step, shown }),
            aside,
        };
        Some((inside, events, happenings.failures, happenings.actions))
    }

    fn scope(
        &mut self,
        formulas: &Formulas,
        parts: &Parts,
        happenings: &Happenings,
        hidden: &[Hidden],
        places: &Places,
    ) -> Scope {
        let inputs = formulas.inputs.len();
        let mut scope = Scope {
            inputs: inputs + if self.checker.is_clocked { HANDS } else { 0 },
            parameters: parts.plain.len(),
            ..Scope::default()
        };
        for (name, known) in &self.checker.names {
            let meaning = match known.role {
                Role::Input(index) => Meaning::Input(index),
                Role::Clock(hand) => Meaning::Input(inputs as u16 + hand),
                Role::Parameter(index) => Meaning::Parameter(index),
                Role::Let(_) | Role::Open => continue,
                role => Meaning::Component(places.component(role) as u16),
            };
            scope.names.insert(name.clone(), meaning);
        }
        for (index, (name, own)) in core::mem::take(&mut self.checker.lets).into_iter().enumerate() {
            scope.names.insert(name, Meaning::Let(index as u16));
            scope.lets.push(own);
        }
        let (mut lag, mut delay, mut noise) = (places.lags, places.delays, places.noises);
        for (index, hidden) in hidden.iter().enumerate() {
            let (what, at, takes) = match hidden {
                Hidden::Lag { .. } => ("lag", &mut lag, 1),
                Hidden::Delay { steps, .. } => ("delay", &mut delay, 1 + steps),
                Hidden::Noise => ("noise", &mut noise, 1),
            };
            scope.names.insert(hidden_name(what, index), Meaning::Component(*at as u16));
            *at += takes;
        }
        for repair in 0..happenings.repairs.len() {
            scope.names.insert(left(repair), Meaning::Component((places.lefts + repair) as u16));
        }
        scope
    }

    fn corrects(&self, names: Option<Vec<Text>>, places: &Places) -> Vec<bool> {
        let Some(names) = names else {
            let is_counted =
                |index: usize| !(places.lefts..places.calibrated).contains(&index) && index < places.noises;
            return (0..places.all).map(is_counted).collect();
        };
        let mut corrected = alloc::vec![false; places.all];
        for name in names {
            if let Some(known) = self.checker.names.get(&name.text) {
                corrected[places.component(known.role)] = true;
            }
        }
        corrected
    }

    fn sets_plan(&mut self, scope: &Scope, sets: Sets, component: impl Fn(Target) -> usize) -> Option<EventPlan> {
        let formulas = sets.formulas.into_iter().map(|formula| (formula, sets.at)).collect();
        self.plan(scope, (sets.targets.into_iter().map(component).collect(), formulas))
    }

    fn plan(
        &mut self,
        scope: &Scope,
        (targets, formulas): (Vec<usize>, Vec<(Expression, usize)>),
    ) -> Option<EventPlan> {
        Some(EventPlan { targets, program: self.program(scope, &formulas)? })
    }

    fn program(&mut self, scope: &Scope, formulas: &[(Expression, usize)]) -> Option<Program> {
        self.formulas(scope, formulas).map(|formulas| formulas.program())
    }

    fn formulas(&mut self, scope: &Scope, formulas: &[(Expression, usize)]) -> Option<graph::Formulas> {
        let trees: Vec<&Expression> = formulas.iter().map(|(own, _)| own).collect();
        self.made(compile::compile(scope, &trees), formulas)
    }

    fn slopes(&mut self, scope: &Scope, rates: &[(Expression, usize)], states: usize) -> Option<Program> {
        let trees: Vec<&Expression> = rates.iter().map(|(own, _)| own).collect();
        self.made(compile::compile_slopes(scope, &trees, states), rates).map(|formulas| formulas.program())
    }

    fn made<T>(&mut self, made: Result<T, (usize, String)>, formulas: &[(Expression, usize)]) -> Option<T> {
        made.map_err(|(index, message)| self.error(formulas.get(index).map_or(0, |(_, at)| *at), message)).ok()
    }
}
