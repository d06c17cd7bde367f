//! Expression trees to formulas of one graph: names looked up, intermediates worked out once.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
    vec::Vec,
};

use super::{
    expression::Expression,
    graph::{Formulas, Graph, Value},
    slopes,
};

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Meaning {
    Input(u16),
    Parameter(u16),
    /// A state or calibrated parameter.
    Component(u16),
    /// An intermediate: its number among the lets.
    Let(u16),
}

/// Every name of a model and every intermediate's tree.
#[derive(Debug, Default)]
pub(super) struct Scope {
    pub names: BTreeMap<String, Meaning>,
    /// Each after those that it needs.
    pub lets: Vec<Expression>,
    pub inputs: usize,
    pub parameters: usize,
}

/// Operations beyond this are refused.
const MOST_OPS: usize = 4096;

/// States of a method that solves equations for all of them at once.
const MOST_SOLVED: usize = 64;

/// Compiles `results` into formulas of one graph; else the number of the result that is at fault, and why.
pub(super) fn compile(scope: &Scope, results: &[&Expression]) -> Result<Formulas, (usize, String)> {
    let mut builder = Builder { scope, graph: Graph::default(), lets: BTreeMap::new() };
    let mut values = Vec::with_capacity(results.len());
    for (number, expression) in results.iter().enumerate() {
        builder.prepare(expression).map_err(|message| (number, message))?;
        values.push(builder.value(expression).map_err(|message| (number, message))?);
    }
    Ok(Formulas { graph: builder.graph, results: values, inputs: scope.inputs, parameters: scope.parameters })
}

/// Compiles `results` and, after them, row by row, by how much each changes with each of the first components: a
/// square table where there are as many results as `components`.
pub(super) fn compile_slopes(
    scope: &Scope,
    results: &[&Expression],
    components: usize,
) -> Result<Formulas, (usize, String)> {
    if components > MOST_SOLVED {
        return Err((0, format!("`rosenbrock` solves for {MOST_SOLVED} states at most, not for {components}")));
    }
    let mut formulas = compile(scope, results)?;
    let slopes = slopes::by_components(&mut formulas.graph, &formulas.results, components);
    if formulas.graph.nodes.len() > MOST_OPS {
        return Err((0, too_many()));
    }
    formulas.results.extend(slopes);
    Ok(formulas)
}

fn too_many() -> String {
    format!("more than {MOST_OPS} operations")
}

struct Builder<'a> {
    scope: &'a Scope,
    graph: Graph,
    lets: BTreeMap<u16, Value>,
}

impl Builder<'_> {
    /// Works out the intermediates that `expression` needs, each after those that it needs itself.
    fn prepare(&mut self, expression: &Expression) -> Result<(), String> {
        let mut wanted = BTreeSet::new();
        let mut open = Vec::from([expression]);
        while let Some(expression) = open.pop() {
            for name in expression.names() {
                if let Some(Meaning::Let(index)) = self.scope.names.get(name)
                    && !self.lets.contains_key(index)
                    && wanted.insert(*index)
                {
                    open.push(&self.scope.lets[usize::from(*index)]);
                }
            }
        }
        for index in wanted {
            let value = self.value(&self.scope.lets[usize::from(index)])?;
            self.lets.insert(index, value);
        }
        Ok(())
    }

    fn value(&mut self, expression: &Expression) -> Result<Value, String> {
        if self.graph.nodes.len() > MOST_OPS {
            return Err(too_many());
        }
        match expression {
            Expression::Number(number) => Ok(Value::literal(*number)),
            Expression::Name(name) => match self.scope.names.get(name) {
                Some(Meaning::Input(index)) => Ok(Value::Input(*index)),
                Some(Meaning::Parameter(index)) => Ok(Value::Parameter(*index)),
                Some(Meaning::Component(index)) => Ok(Value::Component(*index)),
                Some(Meaning::Let(index)) => {
                    self.lets.get(index).copied().ok_or_else(|| format!("`{name}` needs itself to be worked out"))
                }
                None => Err(format!("unknown name `{name}`")),
            },
            Expression::Unary(operator, a) => {
                let a = self.value(a)?;
                Ok(self.graph.unary(*operator, a))
            }
            Expression::Binary(operator, a, b) => {
                let (a, b) = (self.value(a)?, self.value(b)?);
                Ok(self.graph.binary(*operator, a, b))
            }
            Expression::If(condition, a, b) => {
                let (condition, a, b) = (self.value(condition)?, self.value(a)?, self.value(b)?);
                Ok(self.graph.choice(condition, a, b))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        lanes::{EIGHTS, Width},
        model::{
            check::Checker,
            program::{Block, Program},
        },
    };

    fn scope() -> Scope {
        let names = [
            ("u", Meaning::Input(0)),
            ("p", Meaning::Parameter(0)),
            ("x", Meaning::Component(0)),
            ("y", Meaning::Component(1)),
            ("twice", Meaning::Let(0)),
        ];
        Scope {
            names: names.into_iter().map(|(name, meaning)| (String::from(name), meaning)).collect(),
            lets: Vec::from([expression("2 * x")]),
            inputs: 1,
            parameters: 1,
        }
    }

    fn expression(text: &str) -> Expression {
        Checker::bare(["u", "p", "x", "y", "twice"], text)
    }

    fn program(text: &str) -> Program {
        compile(&scope(), &[&expression(text)]).unwrap().program()
    }

    /// With u = 3, p = 5, x = 7, y = 11.
    fn check(text: &str, expected: f64) {
        let program = program(text);
        let mut scratch = program.scratch(Width::widest());
        program.set_inputs(&mut scratch, &[3.0]);
        program.set_parameters(&mut scratch, &[5.0]);
        let components = [7.0, 11.0].map(Block::splat);
        program.run(&mut scratch, &components);
        let got = program.result(&scratch, &components, 0).pair(31).to_array()[1];
        assert_eq!(got, expected, "{text}");
    }

    #[test]
    fn expressions_have_their_values() {
        check("u + p * x - y", 27.0);
        check("(x - y) / (u - p)", 2.0);
        check("x^2 + twice * x", 147.0);
        check("if(x < y, u, p)", 3.0);
        check("if(x > y and u < p, u, p)", 5.0);
        check("if(x > y or not (u > p), u, p)", 3.0);
        check("min(x, y) + max(x, y) + clamp(u, 4, 6)", 22.0);
        check("-x + abs(-y)", 4.0);
        check("sqrt(x * 7) + 2^3", 15.0);
        check("floor(x / 2) + floor(-y / 2)", -3.0);
        check("max(u, p, x) - min(x, y, p)", 2.0);
    }

    /// How many operations there are for all members at once, and how many for each.
    fn ops(text: &str) -> (usize, usize) {
        let program = program(text);
        (program.uniform_ops.len(), program.member_ops.len())
    }

    #[test]
    fn constants_fold_and_common_parts_are_shared() {
        assert_eq!(ops("2 * 3 + 4"), (0, 0));
        assert_eq!(ops("exp(x + y) * exp(y + x)"), (0, 3));
        assert_eq!(ops("exp(twice) + exp(2 * x)"), (0, 3));
    }

    #[test]
    fn registers_are_used_again() {
        let program = program("exp(exp(exp(exp(x + 1) * y + x) + y) / y)");
        let uniforms = program.literals.len() + 2;
        assert_eq!(program.eights, uniforms + EIGHTS);
    }

    #[test]
    fn what_is_the_same_for_all_is_worked_out_once() {
        assert_eq!(ops("exp(u) * p + x"), (2, 1));
        assert_eq!(ops("x * u / p"), (2, 1), "the factors come first");
    }

    #[test]
    fn pairs_of_operations_are_one() {
        assert_eq!(ops("x * y + x"), (0, 1));
        assert_eq!(ops("y - (x - y) * x"), (0, 2));
        check("y - (x - u)", 7.0);
        check("(x - u) - y", -7.0);
        check("u - x / y * y", -4.0);
        check("p * (x / u)", 35.0 * (1.0 / 3.0));
        assert_eq!(ops("(x + y) * (x + y)"), (0, 2), "the first is used twice");
    }

    /// The slopes of `text` by x and by y, at u = 3, p = 5, x = 7, y = 11.
    fn check_slopes(text: &str, expected: [f64; 2]) {
        let program = compile_slopes(&scope(), &[&expression(text)], 2).unwrap().program();
        let mut scratch = program.scratch(Width::Two);
        program.set_inputs(&mut scratch, &[3.0]);
        program.set_parameters(&mut scratch, &[5.0]);
        let components = [7.0, 11.0].map(Block::splat);
        program.run(&mut scratch, &components);
        let got = [1, 2].map(|index| program.result(&scratch, &components, index).pair(0).to_array()[0]);
        for (got, expected) in got.into_iter().zip(expected) {
            assert!((got - expected).abs() < 1e-12 * (1.0 + expected.abs()), "{text}: {got}, not {expected}");
        }
    }

    #[test]
    fn slopes_are_those_of_calculus() {
        check_slopes("3 * x - twice * y + u", [3.0 - 22.0, -14.0]);
        check_slopes("x / y", [1.0 / 11.0, -7.0 / 121.0]);
        check_slopes("x^3 + pow(y, 2.5)", [147.0, 2.5 * 11.0f64 * 11.0f64.sqrt()]);
        check_slopes("pow(2, x)", [128.0 * core::f64::consts::LN_2, 0.0]);
        check_slopes("exp(x / 7) + ln(y)", [core::f64::consts::E / 7.0, 1.0 / 11.0]);
        check_slopes("sqrt(x) + tanh(0 * y)", [0.5 / 7.0f64.sqrt(), 0.0]);
        check_slopes("sin(x - 7) + cos(y)", [1.0, -11.0f64.sin()]);
        check_slopes("min(x, y) + max(x, 2 * y)", [1.0, 2.0]);
        check_slopes("if(x < y, x * y, y)", [11.0, 7.0]);
        check_slopes("abs(-x) - abs(y) + floor(x)", [1.0, -1.0]);
        check_slopes("p * (x > y) + not x", [0.0, 0.0]);
    }
}
