//! By how much results change with components: the rules of calculus, operation by operation.

use alloc::{collections::BTreeMap, vec::Vec};

use super::{
    Inside,
    expression::{Binary, Unary},
    graph::{Code, Formulas, Graph, Node, Value},
    program::Program,
};

/// What a model's members are moved and shown by, kept for what is derived from it.
#[derive(Debug)]
pub(crate) struct Whole {
    pub(super) step: Formulas,
    pub(super) shown: Formulas,
}

/// What one slider turns.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Leaf {
    Input(usize),
    Parameter(usize),
    /// Components have slopes anyway.
    Component,
}

/// Programs over twice the components: after each come the slopes of all by one slider, in the same order.
pub(crate) struct Tangents {
    /// Result i is the next value of component i, or its slope.
    pub step: Program,
    /// The quantities that are no inputs, then their slopes.
    pub shown: Program,
    /// Number of the input that says by how much the leaf changes with the slider.
    pub input: usize,
}

impl Inside {
    /// `None` where a step is more than one program.
    pub(crate) fn tangents(&self, leaf: Leaf) -> Option<Tangents> {
        let Whole { step, shown } = self.whole.as_ref()?;
        let components = self.components.len();
        let value = |index: usize| Value::Component(index as u16);
        let mut step = tangents(step, components, leaf);
        // Calibrated parameters stay, and so do their slopes.
        let slopes = step.results.split_off(self.states);
        let kept = |from: usize| (self.states..components).map(move |index| value(from + index));
        step.results.extend(kept(0));
        step.results.extend(slopes);
        step.results.extend(kept(components));
        Some(Tangents {
            input: step.inputs - 1,
            step: step.program_over(),
            shown: tangents(shown, components, leaf).program(),
        })
    }
}

/// `formulas` and after their results the slopes of these, by the rules of calculus in one pass forward.
fn tangents(formulas: &Formulas, components: usize, leaf: Leaf) -> Formulas {
    let mut made = formulas.clone();
    let own = made.graph.nodes.clone();
    let mut slopes: BTreeMap<Value, Value> = (0..components)
        .map(|index| (Value::Component(index as u16), Value::Component((components + index) as u16)))
        .collect();
    let turned = Value::Input(made.inputs as u16);
    made.inputs += 1;
    match leaf {
        Leaf::Input(index) => drop(slopes.insert(Value::Input(index as u16), turned)),
        Leaf::Parameter(index) => drop(slopes.insert(Value::Parameter(index as u16), turned)),
        Leaf::Component => {}
    }
    for (number, node) in own.iter().enumerate() {
        let is_uniform = node.of.into_iter().all(Value::is_uniform);
        let out = if is_uniform { Value::Uniform(number as u32) } else { Value::Member(number as u32) };
        if let Some(slope) = slope(&mut made.graph, node, out, &slopes) {
            slopes.insert(out, slope);
        }
    }
    let of = |result: &Value| slopes.get(result).copied().unwrap_or(ZERO);
    made.results.extend(formulas.results.iter().map(of));
    made
}

const ZERO: Value = Value::Literal(0);

/// The slopes of each of `results` by each of the first `components`, row by row.
#[cfg_attr(not(feature = "language"), expect(dead_code, reason = "only where models are read"))]
pub(super) fn by_components(graph: &mut Graph, results: &[Value], components: usize) -> Vec<Value> {
    let own = graph.nodes.clone();
    let mut columns = Vec::with_capacity(components);
    for component in 0..components {
        // What is not here does not change with the component at all.
        let mut slopes = BTreeMap::from([(Value::Component(component as u16), Value::literal(1.0))]);
        for (number, node) in own.iter().enumerate() {
            let out = Value::Member(number as u32);
            if let Some(slope) = slope(graph, node, out, &slopes) {
                slopes.insert(out, slope);
            }
        }
        let column = results.iter().map(|result| slopes.get(result).copied().unwrap_or(ZERO));
        columns.push(column.collect::<Vec<Value>>());
    }
    let row = |row: usize| columns.iter().map(move |column| column[row]).collect::<Vec<Value>>();
    (0..results.len()).flat_map(row).collect()
}

fn slope(graph: &mut Graph, node: &Node, out: Value, slopes: &BTreeMap<Value, Value>) -> Option<Value> {
    let [a, b, c, _] = node.of;
    let [da, db, dc] = [a, b, c].map(|value| slopes.get(&value).copied());
    match node.code {
        Code::If if db.is_none() && dc.is_none() => None,
        Code::If => Some(graph.choice(a, db.unwrap_or(ZERO), dc.unwrap_or(ZERO))),
        Code::Unary(operator) => slope_of_one(graph, operator, a, out, da?),
        Code::Binary(_) if da.is_none() && db.is_none() => None,
        Code::Binary(operator) => slope_of_two(graph, operator, (a, da), (b, db), out),
        Code::Fused { .. } | Code::Thrice(_) => None,
    }
}

fn slope_of_one(graph: &mut Graph, operator: Unary, a: Value, out: Value, da: Value) -> Option<Value> {
    let slope = match operator {
        Unary::Not | Unary::Floor => return None,
        Unary::Negate => graph.unary(Unary::Negate, da),
        Unary::Abs => {
            let falls = graph.binary(Binary::Less, a, ZERO);
            let turned = graph.unary(Unary::Negate, da);
            graph.choice(falls, turned, da)
        }
        Unary::Exp => product(graph, out, da),
        Unary::Ln => graph.binary(Binary::Divide, da, a),
        Unary::Sqrt => {
            let twice = product(graph, Value::literal(2.0), out);
            graph.binary(Binary::Divide, da, twice)
        }
        Unary::Sin => {
            let cos = graph.unary(Unary::Cos, a);
            product(graph, cos, da)
        }
        Unary::Cos => {
            let sin = graph.unary(Unary::Sin, a);
            let turned = graph.unary(Unary::Negate, sin);
            product(graph, turned, da)
        }
        Unary::Tanh => {
            let square = product(graph, out, out);
            let rest = graph.binary(Binary::Subtract, Value::literal(1.0), square);
            product(graph, rest, da)
        }
    };
    Some(slope)
}

fn slope_of_two(
    graph: &mut Graph,
    operator: Binary,
    (a, da): (Value, Option<Value>),
    (b, db): (Value, Option<Value>),
    out: Value,
) -> Option<Value> {
    match operator {
        Binary::Less | Binary::LessEqual | Binary::Equal | Binary::And | Binary::Or => None,
        Binary::Add => total(graph, da, db),
        Binary::Subtract => match (da, db) {
            (da, None) => da,
            (None, Some(db)) => Some(graph.unary(Unary::Negate, db)),
            (Some(da), Some(db)) => Some(graph.binary(Binary::Subtract, da, db)),
        },
        Binary::Multiply => {
            let left = da.map(|da| product(graph, da, b));
            let right = db.map(|db| product(graph, a, db));
            total(graph, left, right)
        }
        Binary::Divide => {
            let right = db.map(|db| product(graph, out, db));
            let above = match (da, right) {
                (Some(da), Some(right)) => graph.binary(Binary::Subtract, da, right),
                (Some(da), None) => da,
                (None, right) => graph.unary(Unary::Negate, right?),
            };
            Some(graph.binary(Binary::Divide, above, b))
        }
        Binary::Power => {
            let left = da.map(|da| {
                let less = graph.binary(Binary::Subtract, b, Value::literal(1.0));
                let power = graph.binary(Binary::Power, a, less);
                let scaled = product(graph, b, power);
                product(graph, scaled, da)
            });
            let right = db.map(|db| {
                let ln = graph.unary(Unary::Ln, a);
                let scaled = product(graph, out, ln);
                product(graph, scaled, db)
            });
            total(graph, left, right)
        }
        Binary::Min | Binary::Max => {
            let (first, second) = if operator == Binary::Min { (a, b) } else { (b, a) };
            let takes_a = graph.binary(Binary::Less, first, second);
            Some(graph.choice(takes_a, da.unwrap_or(ZERO), db.unwrap_or(ZERO)))
        }
    }
}

fn total(graph: &mut Graph, a: Option<Value>, b: Option<Value>) -> Option<Value> {
    match (a, b) {
        (Some(a), Some(b)) => Some(graph.binary(Binary::Add, a, b)),
        (own, None) | (None, own) => own,
    }
}

fn product(graph: &mut Graph, a: Value, b: Value) -> Value {
    graph.binary(Binary::Multiply, a, b)
}
