//! Expression trees to formulas of one graph: names looked up, intermediates worked out once.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
    vec::Vec,
};

use super::{
    expression::{Expression, Fault},
    graph::{Formulas, Graph, Value},
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
    pub lets: Vec<Expression>,
    pub inputs: usize,
    pub parameters: usize,
}

/// Operations beyond this are refused.
const MOST_OPS: usize = 4096;

/// Compiles `results` into formulas of one graph.
pub(super) fn compile(scope: &Scope, results: &[&Expression]) -> Result<Formulas, (usize, Fault)> {
    let mut builder = Builder { scope, graph: Graph::default(), lets: BTreeMap::new(), open: BTreeSet::new() };
    let mut values = Vec::with_capacity(results.len());
    for (index, expression) in results.iter().enumerate() {
        values.push(builder.value(expression).map_err(|fault| (index, fault))?);
    }
    Ok(Formulas { graph: builder.graph, results: values, inputs: scope.inputs, parameters: scope.parameters })
}

struct Builder<'a> {
    scope: &'a Scope,
    graph: Graph,
    lets: BTreeMap<u16, Value>,
    open: BTreeSet<u16>,
}

impl Builder<'_> {
    fn value(&mut self, expression: &Expression) -> Result<Value, Fault> {
        if self.graph.nodes.len() > MOST_OPS {
            return Err(Fault { at: 0, message: format!("more than {MOST_OPS} operations") });
        }
        match expression {
            Expression::Number(number) => Ok(Value::literal(*number)),
            Expression::Name(name, at) => self.named(name, *at),
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

    fn named(&mut self, name: &str, at: usize) -> Result<Value, Fault> {
        match self.scope.names.get(name) {
            None => Err(Fault { at, message: format!("unknown name `{name}`") }),
            Some(Meaning::Input(index)) => Ok(Value::Input(*index)),
            Some(Meaning::Parameter(index)) => Ok(Value::Parameter(*index)),
            Some(Meaning::Component(index)) => Ok(Value::Component(*index)),
            Some(Meaning::Let(index)) => {
                if let Some(value) = self.lets.get(index) {
                    return Ok(*value);
                }
                if !self.open.insert(*index) {
                    return Err(Fault { at, message: format!("`{name}` needs itself to be worked out") });
                }
                // A fault inside the let stands at the place that names it; the let itself is checked on its own.
                let value = self.value(&self.scope.lets[usize::from(*index)]).map_err(|fault| Fault { at, ..fault })?;
                self.open.remove(index);
                self.lets.insert(*index, value);
                Ok(value)
            }
        }
    }
}

/// The names that an expression needs, for checks.
pub(super) fn names(expression: &Expression, found: &mut Vec<(String, usize)>) {
    match expression {
        Expression::Number(_) => {}
        Expression::Name(name, at) => found.push((name.clone(), *at)),
        Expression::Unary(_, a) => names(a, found),
        Expression::Binary(_, a, b) => {
            names(a, found);
            names(b, found);
        }
        Expression::If(c, a, b) => {
            names(c, found);
            names(a, found);
            names(b, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        lanes::{EIGHTS, Width},
        model::{
            expression,
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
            ("round", Meaning::Let(1)),
        ];
        Scope {
            names: names.into_iter().map(|(name, meaning)| (String::from(name), meaning)).collect(),
            lets: ["2 * x", "round + 1"].map(|text| expression::parse(text).unwrap()).into(),
            inputs: 1,
            parameters: 1,
        }
    }

    fn program(text: &str) -> Program {
        compile(&scope(), &[&expression::parse(text).unwrap()]).unwrap().program()
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

    #[test]
    fn a_name_that_needs_itself_is_refused() {
        let (_, fault) = compile(&scope(), &[&expression::parse("round").unwrap()]).unwrap_err();
        assert_eq!(fault.message, "`round` needs itself to be worked out");
    }
}
