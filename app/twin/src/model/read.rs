//! Reads a model file into a compiled model; all errors at once.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::ops::Range;

use sha2::{Digest, Sha256};
use toml::Spanned;

use super::{
    Change, Component, Effect, EventPlan, Failure, Future, Inside, Method, Model, ModelError, ModelHash, Quantity,
    Role, Signal, Slider, SliderPlan,
    compile::{self, Meaning, Scope},
    expression::{self, Expression, Fault},
    file::{self, File, Formula},
    graph::Formulas,
    program::Program,
    step,
};
use crate::{lanes::Width, time::Span, unit::Unit};

pub(super) fn read(text: &str) -> Result<Model, Vec<ModelError>> {
    let file = file::read(text)
        .map_err(|faults| faults.into_iter().map(|(at, message)| error_at(text, at, message)).collect::<Vec<_>>())?;
    let mut reader = Reader { text, errors: Vec::new(), scope: Scope::default(), units: Vec::new(), lets_fail: false };
    let model = reader.model(file);
    reader.errors.sort_by_key(|error| (error.line, error.column));
    match model {
        Some(model) if reader.errors.is_empty() => Ok(model),
        _ => Err(reader.errors),
    }
}

fn error_at(text: &str, at: usize, message: String) -> ModelError {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    ModelError { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1, message }
}

/// Steps of a horizon: a page works them out while a slider moves.
const MOST_STEPS: i64 = 20_000;

struct Reader<'a> {
    text: &'a str,
    errors: Vec<ModelError>,
    scope: Scope,
    /// Names whose unit is declared.
    units: Vec<(String, String)>,
    /// Whether a fault in an intermediate was reported where it stands: it is not said again where that is used.
    lets_fail: bool,
}

/// An expression and where its text begins in the file.
struct Placed {
    expression: Expression,
    at: usize,
}

impl Reader<'_> {
    fn error(&mut self, at: usize, message: impl Into<String>) {
        self.errors.push(error_at(self.text, at, message.into()));
    }

    fn model(&mut self, file: File) -> Option<Model> {
        let step = self.span(&file.step, "step");
        let horizon = self.span(&file.horizon, "horizon");
        if crate::id::AssetId::parse(file.id.get_ref()).is_err() {
            self.error(file.id.span().start, crate::id::InvalidId.to_string());
        }

        let mut signals = Vec::new();
        let mut quantities = Vec::new();
        let mut input_starts = Vec::new();
        for (index, (name, input)) in file.input.into_iter().enumerate() {
            self.unit(&input.unit);
            self.declare(&name, Meaning::Input(index as u16), input.unit.get_ref());
            let future = match (input.future.get_ref().as_str(), input.value) {
                ("hold", None) => Future::Hold,
                ("repeat_day", None) => Future::RepeatDay,
                ("constant", Some(value)) => Future::Constant(value),
                _ => {
                    let message = "`future` is `hold`, `repeat_day`, or `constant` with a `value`";
                    self.error(input.future.span().start, message);
                    Future::Hold
                }
            };
            self.range(&name, input.range);
            let title = title_of(input.title, &name);
            let (unit, range) = (input.unit.into_inner(), input.range);
            input_starts.push(input.initial);
            quantities.push(quantity(&name, &title, &unit, range, input.normal));
            signals.push(Signal { name: name.into_inner(), title, unit, range, role: Role::Input { future } });
        }
        self.scope.inputs = signals.len();

        let (parameters, mut components, states) = self.components(file.parameter, file.state);
        self.lets(file.lets);

        let mut shown = Vec::new();
        let mut corrects = Vec::new();
        for (name, signal) in file.signal {
            self.unit(&signal.unit);
            self.range(&name, signal.range);
            if !(signal.noise > 0.0 && signal.noise < f64::INFINITY) {
                self.error(
                    name.span().start,
                    format!("`noise` of `{}` is a standard deviation above 0", name.get_ref()),
                );
            }
            shown.extend(self.formula(&signal.observes));
            corrects.push(self.corrected(signal.corrects, components.len()));
            let title = title_of(signal.title, &name);
            let (unit, range) = (signal.unit.into_inner(), signal.range);
            quantities.push(quantity(&name, &title, &unit, range, signal.normal));
            let role = Role::Measured { noise: signal.noise };
            signals.push(Signal { name: name.into_inner(), title, unit, range, role });
        }
        for (name, output) in file.output {
            self.unit(&output.unit);
            shown.extend(self.formula(&output.value));
            let range = output.range.unwrap_or([f64::NEG_INFINITY, f64::INFINITY]);
            let title = title_of(output.title, &name);
            quantities.push(quantity(&name, &title, output.unit.get_ref(), range, output.normal));
        }

        let initial: Vec<Placed> = states.iter().filter_map(|state| self.formula(&state.initial)).collect();
        let rates: Vec<Placed> = states.iter().filter_map(|state| self.formula(&state.rate)).collect();
        let initial = self.program(&initial);
        let rates = self.formulas(&rates);
        let shown = self.program(&shown);

        let mut events = Vec::new();
        let mut event_plans = Vec::new();
        for (name, event) in file.event {
            event_plans.extend(self.event(event));
            events.push(name.into_inner());
        }

        let mut failures = Vec::new();
        let mut conditions = Vec::new();
        for (name, failure) in file.failure {
            conditions.extend(self.formula(&failure.when));
            let severity = failure.severity.get_ref().as_str();
            if !matches!(severity, "stop" | "warn") {
                self.error(failure.severity.span().start, "`severity` is `stop` or `warn`");
            }
            let title = title_of(failure.title, &name);
            failures.push(Failure { name: name.into_inner(), title, severity: failure.severity.into_inner() });
        }
        let conditions = self.program(&conditions);

        let mut sliders = Vec::new();
        let mut slider_plans = Vec::new();
        for (name, slider) in file.slider {
            if let Some((slider, plan)) = self.slider(name, slider, &parameters) {
                sliders.push(slider);
                slider_plans.push(plan);
            }
        }

        let headline = quantities.iter().position(|quantity| quantity.name == *file.headline.get_ref());
        if headline.is_none() {
            self.error(file.headline.span().start, "`headline` names no input, signal or output");
        }
        let method = match file.method.as_ref().map_or("rk4", |method| method.get_ref()) {
            "rk4" => Method::Rk4,
            "euler" => Method::Euler,
            _ => {
                self.error(file.method.map_or(0, |method| method.span().start), "`method` is `rk4` or `euler`");
                return None;
            }
        };
        let (step, horizon) = (step?, horizon?);
        if horizon.0 / step.0 > MOST_STEPS {
            self.error(file.horizon.span().start, format!("`horizon` is at most {MOST_STEPS} steps"));
        }
        components.iter_mut().for_each(|component| component.drift /= 3600.0);
        Some(Model {
            id: file.id.into_inner(),
            title: file.title,
            source: file.source,
            hash: ModelHash(Sha256::digest(self.text.as_bytes()).into()),
            step,
            horizon,
            headline: headline?,
            signals,
            quantities,
            events,
            failures,
            sliders,
            inside: Inside {
                width: Width::widest(),
                inputs: self.scope.inputs,
                input_starts,
                parameters,
                states: states.len(),
                components,
                initial: initial?,
                step: step::step(method, &rates?, step.secs()).program_over(),
                shown: shown?,
                conditions: conditions?,
                corrects,
                events: event_plans,
                sliders: slider_plans,
            },
        })
    }

    /// Plain parameters' values, then all components: states first, calibrated parameters after them.
    fn components(
        &mut self,
        parameters: file::Table<file::Parameter>,
        states: file::Table<file::State>,
    ) -> (Vec<f64>, Vec<Component>, Vec<file::State>) {
        let mut components = Vec::new();
        let mut read = Vec::new();
        for (name, state) in states {
            self.unit(&state.unit);
            self.declare(&name, Meaning::Component(components.len() as u16), state.unit.get_ref());
            let bounds = state.bounds.unwrap_or([f64::NEG_INFINITY, f64::INFINITY]);
            self.range(&name, bounds);
            components.push(Component { start: 0.0, spread: state.spread, drift: state.drift * state.drift, bounds });
            read.push(state);
        }
        let mut plain = Vec::new();
        for (name, parameter) in parameters {
            self.unit(&parameter.unit);
            let bounds = parameter.bounds.unwrap_or([f64::NEG_INFINITY, f64::INFINITY]);
            self.range(&name, bounds);
            let meaning = if parameter.calibrate {
                components.push(Component {
                    start: parameter.value,
                    spread: parameter.spread,
                    drift: parameter.drift * parameter.drift,
                    bounds,
                });
                Meaning::Component((components.len() - 1) as u16)
            } else {
                plain.push(parameter.value);
                Meaning::Parameter((plain.len() - 1) as u16)
            };
            self.declare(&name, meaning, parameter.unit.get_ref());
        }
        self.scope.parameters = plain.len();
        (plain, components, read)
    }

    fn lets(&mut self, lets: file::Table<Spanned<file::Let>>) {
        let mut placed = Vec::new();
        for (name, own) in lets {
            let meaning = Meaning::Let(self.scope.lets.len() as u16);
            let at = own.span().start;
            let expression = match expression::parse(&own.get_ref().formula) {
                Ok(expression) => expression,
                Err(fault) => {
                    self.error(at + 1 + fault.at, fault.message);
                    Expression::Number(0.0)
                }
            };
            if let Some((inputs, out)) = &own.get_ref().empirical {
                self.empirical(at, inputs, out);
            }
            if self.scope.names.insert(name.get_ref().clone(), meaning).is_some() {
                self.error(name.span().start, format!("`{}` is named twice", name.get_ref()));
            }
            self.scope.lets.push(expression.clone());
            placed.push(Placed { expression, at: at + 1 });
        }
        // Each on its own, so that every unknown name is reported where it stands.
        let before = self.errors.len();
        for own in placed {
            self.program(&[own]);
            self.lets_fail = self.errors.len() > before;
        }
    }

    /// Which components a measurement may correct.
    fn corrected(&mut self, names: Option<Vec<Spanned<String>>>, components: usize) -> Vec<bool> {
        let Some(names) = names else { return alloc::vec![true; components] };
        let mut corrected = alloc::vec![false; components];
        for name in names {
            match self.scope.names.get(name.get_ref()) {
                Some(Meaning::Component(index)) => corrected[usize::from(*index)] = true,
                _ => self.error(name.span().start, format!("`{}` is no state or calibrated parameter", name.get_ref())),
            }
        }
        corrected
    }

    fn empirical(&mut self, at: usize, inputs: &[(String, String)], out: &str) {
        for unit in inputs.iter().map(|(_, unit)| unit.as_str()).chain([out]) {
            if let Err(message) = Unit::parse(unit) {
                self.error(at, message);
            }
        }
        for (name, unit) in inputs {
            let declared = self.units.iter().find(|(known, _)| known == name).map(|(_, unit)| unit.clone());
            if let Some(declared) = declared
                && declared != *unit
            {
                self.error(at, format!("`{name}` is in `{declared}` and the fitted formula takes it in `{unit}`"));
            }
        }
    }

    fn event(&mut self, event: file::Event) -> Option<EventPlan> {
        let mut targets = Vec::new();
        let mut formulas = Vec::new();
        for (name, formula) in event.set {
            match self.scope.names.get(name.get_ref()) {
                Some(Meaning::Component(component)) => {
                    targets.push(usize::from(*component));
                    formulas.extend(self.formula(&formula));
                }
                _ => self.error(name.span().start, format!("`{}` is no state or calibrated parameter", name.get_ref())),
            }
        }
        Some(EventPlan { targets, program: self.program(&formulas)? })
    }

    fn slider(
        &mut self,
        name: Spanned<String>,
        slider: file::Slider,
        parameters: &[f64],
    ) -> Option<(Slider, SliderPlan)> {
        let target = slider.of.get_ref();
        let change = match self.scope.names.get(target) {
            Some(Meaning::Input(index)) => Change::Input(usize::from(*index)),
            Some(Meaning::Parameter(index)) => Change::Parameter(usize::from(*index)),
            Some(Meaning::Component(index)) => Change::Component(usize::from(*index)),
            _ => {
                self.error(slider.of.span().start, format!("`{target}` is no input, parameter or state"));
                return None;
            }
        };
        let fits = slider.min < slider.max && slider.step > 0.0 && (slider.max - slider.min).is_finite();
        if !fits {
            self.error(name.span().start, format!("slider `{}` needs min < max and step > 0", name.get_ref()));
        }
        let declared = self.units.iter().find(|(known, _)| known == target).map_or("1", |(_, unit)| unit);
        let effect = slider.effect.as_ref().map_or("set", |effect| effect.get_ref());
        let (effect, unit, neutral) = match effect {
            "set" => match change {
                Change::Input(_) => (Effect::Set, declared, None),
                Change::Parameter(index) => (Effect::Set, declared, Some(parameters[index])),
                Change::Component(_) => {
                    let message =
                        format!("`{target}` differs from member to member: a slider can `scale` it or `add` to it");
                    self.error(slider.of.span().start, message);
                    return None;
                }
            },
            "scale" => (Effect::Scale, "1", Some(1.0)),
            "add" => (Effect::Add, if declared == "degC" { "K" } else { declared }, Some(0.0)),
            _ => {
                self.error(slider.effect.map_or(0, |effect| effect.span().start), "`as` is `set`, `scale` or `add`");
                return None;
            }
        };
        let unit = unit.to_string();
        let title = title_of(slider.title, &name);
        let (min, max, step) = (slider.min, slider.max, slider.step);
        Some((Slider { name: name.into_inner(), title, unit, min, max, step, neutral }, SliderPlan { change, effect }))
    }

    fn declare(&mut self, name: &Spanned<String>, meaning: Meaning, unit: &str) {
        let own = name.get_ref().clone();
        self.units.push((own.clone(), unit.to_string()));
        if self.scope.names.insert(own, meaning).is_some() {
            self.error(name.span().start, format!("`{}` is named twice", name.get_ref()));
        }
    }

    fn formula(&mut self, formula: &Spanned<Formula>) -> Option<Placed> {
        let Range { start, .. } = formula.span();
        // Past the opening quote; a bare number has none, and no fault either.
        let at = start + 1;
        match expression::parse(&formula.get_ref().0) {
            Ok(expression) => Some(Placed { expression, at }),
            Err(fault) => {
                self.error(at + fault.at, fault.message);
                None
            }
        }
    }

    fn program(&mut self, placed: &[Placed]) -> Option<Program> {
        self.formulas(placed).map(|formulas| formulas.program())
    }

    fn formulas(&mut self, placed: &[Placed]) -> Option<Formulas> {
        let mut is_whole = true;
        for own in placed {
            let mut names = Vec::new();
            compile::names(&own.expression, &mut names);
            for (name, at) in names {
                if !self.scope.names.contains_key(&name) {
                    self.error(own.at + at, format!("unknown name `{name}`"));
                    is_whole = false;
                }
            }
        }
        if !is_whole {
            return None;
        }
        let trees: Vec<&Expression> = placed.iter().map(|own| &own.expression).collect();
        compile::compile(&self.scope, &trees)
            .map_err(|(index, Fault { at, message })| {
                let error = error_at(self.text, placed[index].at + at, message);
                if !self.lets_fail && !self.errors.contains(&error) {
                    self.errors.push(error);
                }
            })
            .ok()
    }

    fn unit(&mut self, unit: &Spanned<String>) {
        if let Err(message) = Unit::parse(unit.get_ref()) {
            self.error(unit.span().start, message);
        }
    }

    fn range(&mut self, name: &Spanned<String>, [low, high]: [f64; 2]) {
        if low.partial_cmp(&high) != Some(core::cmp::Ordering::Less) {
            self.error(name.span().start, format!("the range of `{}` is empty", name.get_ref()));
        }
    }

    /// Reads `0.5 s`, `5 min`, `1 h`.
    fn span(&mut self, text: &Spanned<String>, key: &str) -> Option<Span> {
        let seconds = Unit::parse("s").ok()?;
        let span = text.get_ref().split_once(' ').and_then(|(number, unit)| {
            let number: f64 = number.parse().ok()?;
            let span = Span::from_secs(Unit::parse(unit).ok()?.convert(number, &seconds)?);
            (span.0 >= 1000 && span <= Span(400 * Span::DAY.0)).then_some(span)
        });
        if span.is_none() {
            let message = format!("`{key}` is a number, a space and a unit of time, as `0.5 s`, from 1 ms to 400 d");
            self.error(text.span().start, message);
        }
        span
    }
}

fn title_of(title: Option<String>, name: &Spanned<String>) -> String {
    title.unwrap_or_else(|| {
        let words = name.get_ref().replace('_', " ");
        let mut letters = words.chars();
        letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
    })
}

fn quantity(name: &Spanned<String>, title: &str, unit: &str, range: [f64; 2], normal: Option<[f64; 2]>) -> Quantity {
    Quantity { name: name.get_ref().clone(), title: title.to_string(), unit: unit.to_string(), range, normal }
}
