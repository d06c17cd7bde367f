//! What a model file says, entry by entry, and the program it becomes, line by line: for people, never for a page.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
    vec::Vec,
};

use super::{
    Limit, Model, ModelError,
    check::FUNCTIONS,
    document::{self, Document, Row, Value},
    program::{Place, Program},
    read,
    schema::{JOINING, Kind, SECTIONS, Shape, TOP},
    token::{Token, tokens},
};
use crate::lanes::{EIGHTS, Row as Standing};

/// One entry of a section; the section of what stands before all sections has no name.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub section: &'static str,
    pub name: String,
    pub title: String,
    /// As the file spells it, or as it was derived.
    pub unit: String,
    /// Keys and what they say, in one line each.
    pub values: Vec<(&'static str, String)>,
}

impl Entry {
    pub fn value(&self, key: &str) -> Option<&str> {
        self.values.iter().find(|(own, _)| *own == key).map(|(_, value)| value.as_str())
    }
}

/// Every entry of a model file that is in order, section by section, in the order of the file.
pub fn outline(text: &str) -> Result<Vec<Entry>, Vec<ModelError>> {
    let units = read::units(text)?;
    let document = document::read(text, &mut Vec::new());
    let top = entry("", &document.top, &units);
    let rows = SECTIONS.iter().zip(&document.sections);
    let below = rows.flat_map(|(shape, rows)| rows.iter().map(|row| entry(shape.section, row, &units)));
    Ok([top].into_iter().chain(below).collect())
}

fn entry(section: &'static str, row: &Row, units: &BTreeMap<String, String>) -> Entry {
    let stated = row.text("unit").or(row.text("out")).map(|unit| unit.text.clone());
    let is_named = matches!(section, "let" | "regime");
    let unit = stated.or_else(|| units.get(&row.name.text).filter(|_| is_named).cloned()).unwrap_or_default();
    let values = row.values.iter().map(|(key, value)| (*key, shown(value))).collect();
    Entry { section, name: row.name.text.clone(), title: row.title(), unit, values }
}

fn shown(value: &Value) -> String {
    let list = |items: Vec<String>| items.join(", ");
    match value {
        Value::Text(text) => text.text.clone(),
        Value::Flag(flag) => format!("{flag}"),
        Value::Numbers(numbers) => list(numbers.iter().map(|number| format!("{number}")).collect()),
        Value::Texts(texts) => list(texts.iter().map(|text| text.text.clone()).collect()),
        Value::Named(named) => list(named.iter().map(|(name, of)| format!("{} = {}", name.text, of.text)).collect()),
        Value::Valued(valued) => list(valued.iter().map(|(name, of)| format!("{} = {of}", name.text)).collect()),
    }
}

/// What is declared in a model file that is in order and needed by nothing in it: section and name.
pub fn idle(text: &str) -> Vec<(&'static str, String)> {
    let document = document::read(text, &mut Vec::new());
    let mut needed = BTreeSet::new();
    for (shape, row) in
        SECTIONS.iter().zip(&document.sections).flat_map(|(shape, rows)| rows.iter().map(move |row| (shape, row)))
    {
        let is_formula = |key: &str| {
            let kind = shape.keys.iter().find(|own| own.name == key).map(|own| own.kind);
            matches!(kind, Some(Kind::Formula | Kind::Formulas))
        };
        for (_, value) in row.values.iter().filter(|(key, _)| is_formula(key)) {
            let formulas: Vec<&str> = match value {
                Value::Text(text) => Vec::from([text.text.as_str()]),
                Value::Named(named) => named.iter().map(|(_, text)| text.text.as_str()).collect(),
                _ => Vec::new(),
            };
            for placed in formulas.into_iter().flat_map(|formula| tokens(formula).unwrap_or_default()) {
                if let Token::Name(name) = placed.token {
                    needed.insert(name);
                }
            }
        }
    }
    // What learned without naming its inputs may read any of them.
    for row in document.rows("learned") {
        let all = document.rows("input").iter().map(|row| &row.name);
        let named = row.texts("inputs").map_or_else(|| all.collect::<Vec<_>>(), |names| names.iter().collect());
        needed.extend(named.into_iter().map(|name| name.text.clone()));
    }
    // What a part has of its own is not this file's to use up.
    let is_idle = |row: &&Row| !needed.contains(&row.name.text) && !row.name.text.contains('.');
    let sections = ["input", "parameter", "cost", "let", "table"];
    let of = |section| document.rows(section).iter().filter(is_idle).map(move |row| (section, row.name.text.clone()));
    sections.into_iter().flat_map(of).collect()
}

/// A part of a composition.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    pub name: String,
    pub title: String,
}

/// An input of a part, and what it is connected with.
#[derive(Debug, Clone, PartialEq)]
pub struct Joint {
    pub to: String,
    pub value: String,
}

/// The parts and connections of a composition, in the order of its file; none of a file without parts.
pub fn joints(text: &str) -> (Vec<Part>, Vec<Joint>) {
    let [parts, connections] = document::read_joining(text, &mut Vec::new());
    let part = |row: &Row| Part { name: row.name.text.clone(), title: row.title() };
    let joint = |row: &Row| Some(Joint { to: row.name.text.clone(), value: row.text("value")?.text.clone() });
    (parts.iter().map(part).collect(), connections.iter().filter_map(joint).collect())
}

/// The names in a formula, each once, in their order; functions are names too.
pub fn names(formula: &str) -> Vec<String> {
    let mut names = Vec::new();
    for placed in tokens(formula).unwrap_or_default() {
        if let Token::Name(name) = placed.token
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

/// A section, its keys, and which of them must be there.
pub type Words = (&'static str, Vec<(&'static str, bool)>);

/// Every section with its keys, and the names of all functions.
pub fn vocabulary() -> (Vec<Words>, Vec<&'static str>) {
    let shapes = [&TOP].into_iter().chain(SECTIONS).chain(JOINING);
    let words = |shape: &Shape| (shape.section, shape.keys.iter().map(|key| (key.name, key.required)).collect());
    (shapes.map(words).collect(), FUNCTIONS.iter().map(|(name, ..)| *name).collect())
}

/// The programs of a model file, one operation a line.
pub fn listing(text: &str) -> Result<String, Vec<ModelError>> {
    let model = read::read(text, None)?;
    let document = document::read(text, &mut Vec::new());
    let names = Names::of(&model, &document);
    let inside = &model.inside;
    let mut out = String::new();
    let rates = names.components[..inside.states].iter().map(|name| format!("d {name}/dt")).collect();
    write(&mut out, "rates", &inside.rates, &names, rates);
    let initial = names.components[..inside.states].iter().map(|name| format!("{name} at the start")).collect();
    write(&mut out, "initial values", &inside.initial, &names, initial);
    let shown = model.quantities[inside.inputs..].iter().map(|quantity| quantity.name.clone()).collect();
    write(&mut out, "what is shown", &inside.shown, &names, shown);
    let limit = |limit: &Limit| {
        let name = &model.quantities[usize::from(limit.quantity)].name;
        format!("{name} {} {}", if limit.is_upper { "above" } else { "below" }, limit.value)
    };
    let failures = model.failures.iter().map(|failure| failure.name.clone());
    let conditions = failures.chain(model.limits.iter().map(limit)).collect();
    write(&mut out, "failures and limits", &inside.conditions, &names, conditions);
    if !model.regimes.is_empty() {
        let regimes = model.regimes.iter().map(|regime| regime.name.clone()).collect();
        write(&mut out, "regimes", &inside.regimes, &names, regimes);
    }
    for (plan, name) in inside.events.iter().zip(&model.events) {
        let set = plan.targets.iter().map(|target| names.components[*target].clone()).collect();
        write(&mut out, &format!("event {name}"), &plan.program, &names, set);
    }
    if let Some(aside) = &inside.aside {
        let next = aside.nexts.targets.iter().map(|target| format!("next {}", names.components[*target])).collect();
        write(&mut out, "next values", &aside.nexts.program, &names, next);
        let kept = aside.delays.iter().map(|delay| format!("kept for {} steps", delay.steps)).collect();
        write(&mut out, "delays", &aside.delayed, &names, kept);
        let watched = (0..aside.watches.len()).map(|number| format!("watch {number}")).collect();
        write(&mut out, "watched conditions", &aside.watched, &names, watched);
        for (number, watch) in aside.watches.iter().enumerate() {
            let set = watch.plan.targets.iter().map(|target| names.components[*target].clone()).collect();
            write(&mut out, &format!("watch {number} sets"), &watch.plan.program, &names, set);
        }
        if let Some(slopes) = &aside.slopes {
            let states = &names.components[..inside.states];
            let pair = |a: &String| states.iter().map(move |b| format!("d {a}/dt by {b}")).collect::<Vec<_>>();
            let own = states.iter().map(|name| format!("d {name}/dt"));
            let results = own.chain(states.iter().flat_map(pair)).collect();
            write(&mut out, "rates and their slopes", slopes, &names, results);
        }
    }
    Ok(out)
}

struct Names {
    inputs: Vec<String>,
    parameters: Vec<String>,
    components: Vec<String>,
}

impl Names {
    fn of(model: &Model, document: &Document) -> Names {
        let name = |row: &Row| row.name.text.clone();
        let inside = &model.inside;
        let mut inputs: Vec<String> = model.signals[..inside.inputs].iter().map(|signal| signal.name.clone()).collect();
        if inside.aside.as_ref().is_some_and(|aside| aside.is_clocked) {
            inputs.extend(["time_of_day", "day_of_year"].map(String::from));
        }
        let plain = document.rows("parameter").iter().filter(|row| !row.flag("calibrate"));
        let parameters = plain.chain(document.rows("cost")).map(name).collect();
        let mut components: Vec<String> = document.rows("state").iter().map(name).collect();
        components.extend((components.len()..inside.states).map(|number| format!("memory {number}")));
        components.extend(document.rows("parameter").iter().filter(|row| row.flag("calibrate")).map(name));
        components.extend((components.len()..inside.components.len()).map(|number| format!("memory {number}")));
        Names { inputs, parameters, components }
    }

    /// Literals, inputs, parameters and what is the same for all members stand before the registers.
    fn first_register(&self, program: &Program) -> usize {
        program.first_parameter + self.parameters.len() + program.uniform_ops.len()
    }

    fn row(&self, row: Standing, program: &Program) -> String {
        let at = row.at as usize;
        if row.is_outer {
            return self.components[at / EIGHTS].clone();
        }
        if row.stride > 0 {
            return format!("r{}", (at - self.first_register(program)) / EIGHTS);
        }
        let first_result = program.first_parameter + self.parameters.len();
        if let Some((_, value)) = program.literals.iter().find(|(own, _)| *own == at) {
            format!("{value}")
        } else if at < program.first_parameter {
            self.inputs[at - program.first_input].clone()
        } else if at < first_result {
            self.parameters[at - program.first_parameter].clone()
        } else {
            format!("u{}", at - first_result)
        }
    }

    fn place(&self, place: Place, program: &Program) -> String {
        match place {
            Place::Component(at) => self.components[usize::from(at)].clone(),
            Place::Row(row) => self.row(row, program),
        }
    }
}

fn write(out: &mut String, title: &str, program: &Program, names: &Names, results: Vec<String>) {
    if results.is_empty() {
        return;
    }
    let registers = (program.eights - names.first_register(program)) / EIGHTS;
    out.push_str(&format!(
        "{title}: {} operations a member, {} for all of them, {registers} registers\n",
        program.member_ops.len(),
        program.uniform_ops.len(),
    ));
    for op in program.uniform_ops.iter().chain(&program.member_ops) {
        let (to, of) = op.places.rows();
        out.push_str(&format!("  {} = ", names.row(to, program)));
        // A capital letter stands for an operand.
        for letter in op.opcode.formula().chars() {
            match letter {
                'A'..='D' => out.push_str(&names.row(of[letter as usize - 'A' as usize], program)),
                _ => out.push(letter),
            }
        }
        out.push('\n');
    }
    for (name, place) in results.iter().zip(&program.results) {
        out.push_str(&format!("  {name} = {}\n", names.place(*place, program)));
    }
    out.push('\n');
}
