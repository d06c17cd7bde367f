//! A whole step of the time grid as one program: an integration method written out over the rates.

use alloc::vec::Vec;

use super::{
    Method,
    expression::Binary::{Add, Multiply},
    graph::{Formulas, Graph, Value},
};

/// The states after a step of `secs`, from the first `rates.results.len()` components and what else the rates read.
/// `None` for a method that solves equations at each step.
pub(super) fn step(method: Method, rates: &Formulas, secs: f64) -> Option<Formulas> {
    let mut graph = Graph::default();
    let states: Vec<Value> = (0..rates.results.len()).map(|index| Value::Component(index as u16)).collect();
    let results = match method {
        Method::Euler => {
            let slopes = slopes(&mut graph, rates, &states);
            ahead(&mut graph, &states, secs, &slopes)
        }
        Method::Heun => {
            let first = slopes(&mut graph, rates, &states);
            let trial = ahead(&mut graph, &states, secs, &first);
            let second = slopes(&mut graph, rates, &trial);
            let sum = ahead(&mut graph, &first, 1.0, &second);
            ahead(&mut graph, &states, 0.5 * secs, &sum)
        }
        Method::Rk4 => runge_kutta(&mut graph, rates, &states, secs),
        Method::Rosenbrock => return None,
    };
    Some(Formulas { graph, results, inputs: rates.inputs, parameters: rates.parameters })
}

fn runge_kutta(graph: &mut Graph, rates: &Formulas, states: &[Value], secs: f64) -> Vec<Value> {
    let first = slopes(graph, rates, states);
    let trial = ahead(graph, states, 0.5 * secs, &first);
    let second = slopes(graph, rates, &trial);
    let trial = ahead(graph, states, 0.5 * secs, &second);
    let third = slopes(graph, rates, &trial);
    let trial = ahead(graph, states, secs, &third);
    let fourth = slopes(graph, rates, &trial);
    let sum = ahead(graph, &first, 2.0, &second);
    let sum = ahead(graph, &sum, 2.0, &third);
    let sum = ahead(graph, &sum, 1.0, &fourth);
    ahead(graph, states, secs / 6.0, &sum)
}

/// The rates at `states`.
fn slopes(graph: &mut Graph, rates: &Formulas, states: &[Value]) -> Vec<Value> {
    rates.repeat(graph, |leaf| match leaf {
        Value::Component(index) => states.get(usize::from(index)).copied().unwrap_or(leaf),
        _ => leaf,
    })
}

/// Each of `from` and `factor` times its slope.
fn ahead(graph: &mut Graph, from: &[Value], factor: f64, slopes: &[Value]) -> Vec<Value> {
    let one = |(from, slope): (&Value, &Value)| {
        let change = graph.binary(Multiply, *slope, Value::literal(factor));
        graph.binary(Add, *from, change)
    };
    from.iter().zip(slopes).map(one).collect()
}
