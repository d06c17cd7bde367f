//! Expression trees to flat programs: constants folded, common parts shared, registers reused.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
    vec::Vec,
};

use super::{
    expression::{Binary, Expression},
    program::{self, Code, Op, Place, Program},
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Value {
    Literal(u64),
    Input(u16),
    Parameter(u16),
    Component(u16),
    Uniform(u16),
    Member(u16),
}

impl Value {
    pub(super) fn literal(number: f64) -> Value {
        Value::Literal(number.to_bits())
    }

    fn number(self) -> Option<f64> {
        match self {
            Value::Literal(bits) => Some(f64::from_bits(bits)),
            _ => None,
        }
    }

    fn is_uniform(self) -> bool {
        !matches!(self, Value::Component(_) | Value::Member(_))
    }
}

pub(super) type Key = (Code, Value, Value, Value);

/// Compiles `results` into one program; else the number of the result that is at fault, and why.
pub(super) fn compile(scope: &Scope, results: &[&Expression]) -> Result<Program, (usize, String)> {
    let (builder, values) = Builder::of(scope, results)?;
    Ok(lay_out(scope, &builder.ops, &values))
}

/// Compiles `results` and, after them, row by row, by how much each changes with each of the first components: a
/// square table where there are as many results as `components`.
pub(super) fn compile_slopes(
    scope: &Scope,
    results: &[&Expression],
    components: usize,
) -> Result<Program, (usize, String)> {
    let (mut builder, mut values) = Builder::of(scope, results)?;
    let slopes = builder.slopes(&values, components).map_err(|message| (0, message))?;
    values.extend(slopes);
    Ok(lay_out(scope, &builder.ops, &values))
}

pub(super) struct Builder<'a> {
    scope: &'a Scope,
    known: BTreeMap<Key, Value>,
    pub ops: Vec<(Key, Value)>,
    lets: BTreeMap<u16, Value>,
}

impl<'a> Builder<'a> {
    fn of(scope: &'a Scope, results: &[&Expression]) -> Result<(Builder<'a>, Vec<Value>), (usize, String)> {
        let mut builder = Builder { scope, known: BTreeMap::new(), ops: Vec::new(), lets: BTreeMap::new() };
        let mut values = Vec::with_capacity(results.len());
        for (number, expression) in results.iter().enumerate() {
            builder.prepare(expression).map_err(|message| (number, message))?;
            values.push(builder.value(expression).map_err(|message| (number, message))?);
        }
        Ok((builder, values))
    }

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
        let none = Value::literal(0.0);
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
                self.op(Code::Unary(*operator), a, none, none)
            }
            Expression::Binary(operator, a, b) => {
                let (a, b) = (self.value(a)?, self.value(b)?);
                if *operator == Binary::Power
                    && let Some(exponent) = b.number()
                    && (-8.0..=8.0).contains(&exponent)
                    && f64::from(exponent as i8) == exponent
                {
                    return self.op(Code::Integer(exponent as i8), a, none, none);
                }
                self.op(Code::Binary(*operator), a, b, none)
            }
            Expression::If(condition, a, b) => {
                let (condition, a, b) = (self.value(condition)?, self.value(a)?, self.value(b)?);
                self.op(Code::If, condition, a, b)
            }
        }
    }

    pub(super) fn op(&mut self, code: Code, a: Value, b: Value, c: Value) -> Result<Value, String> {
        if let (Some(x), Some(y), Some(z)) = (a.number(), b.number(), c.number()) {
            return Ok(Value::literal(program::apply_once(code, x, y, z)));
        }
        let key = (code, a, b, c);
        if let Some(value) = self.known.get(&key) {
            return Ok(*value);
        }
        if self.ops.len() == MOST_OPS {
            return Err(format!("more than {MOST_OPS} operations"));
        }
        let number = self.ops.len() as u16;
        let value =
            if [a, b, c].into_iter().all(Value::is_uniform) { Value::Uniform(number) } else { Value::Member(number) };
        self.known.insert(key, value);
        self.ops.push((key, value));
        Ok(value)
    }
}

/// Gives every value its place.
fn lay_out(scope: &Scope, ops: &[(Key, Value)], results: &[Value]) -> Program {
    let operands = || ops.iter().flat_map(|((_, a, b, c), _)| [*a, *b, *c]);
    let literals: BTreeSet<u64> = operands()
        .chain(results.iter().copied())
        .filter_map(|value| if let Value::Literal(bits) = value { Some(bits) } else { None })
        .collect();
    let first_input = literals.len();
    let first_parameter = first_input + scope.inputs;
    let first_op = first_parameter + scope.parameters;

    let mut last_use: BTreeMap<u16, usize> = BTreeMap::new();
    for (index, ((_, a, b, c), _)) in ops.iter().enumerate() {
        for value in [a, b, c] {
            if let Value::Member(number) = value {
                last_use.insert(*number, index);
            }
        }
    }
    for value in results {
        if let Value::Member(number) = value {
            last_use.insert(*number, usize::MAX);
        }
    }

    let mut places: BTreeMap<Value, Place> = BTreeMap::new();
    let mut uniforms = first_op;
    let mut free: Vec<u16> = Vec::new();
    let mut registers = 0u16;
    let mut laid = Vec::with_capacity(ops.len());
    for (index, ((code, a, b, c), value)) in ops.iter().enumerate() {
        // The result takes its place before its operands give theirs up: it never overwrites them.
        let to = match value {
            Value::Member(_) => Place::Register(free.pop().unwrap_or_else(|| {
                registers += 1;
                registers - 1
            })),
            _ => {
                uniforms += 1;
                Place::Uniform((uniforms - 1) as u16)
            }
        };
        let place = |value: &Value| place_of(*value, &literals, first_input, first_parameter, &places);
        let (a_place, b_place, c_place) = (place(a), place(b), place(c));
        laid.push(Op { code: *code, a: a_place, b: b_place, c: c_place, to });
        places.insert(*value, to);
        let mut ended: Vec<u16> = [a, b, c]
            .into_iter()
            .filter_map(|operand| match (operand, places.get(operand)) {
                (Value::Member(number), Some(Place::Register(at))) if last_use.get(number) == Some(&index) => Some(*at),
                _ => None,
            })
            .collect();
        ended.sort_unstable();
        ended.dedup();
        free.extend(ended);
    }

    let results =
        results.iter().map(|value| place_of(*value, &literals, first_input, first_parameter, &places)).collect();
    let mut starts: Vec<f64> = literals.iter().map(|bits| f64::from_bits(*bits)).collect();
    starts.resize(uniforms, 0.0);
    Program { uniforms: starts, first_input, first_parameter, registers: usize::from(registers), ops: laid, results }
}

fn place_of(
    value: Value,
    literals: &BTreeSet<u64>,
    first_input: usize,
    first_parameter: usize,
    places: &BTreeMap<Value, Place>,
) -> Place {
    match value {
        Value::Literal(bits) => Place::Uniform(literals.range(..bits).count() as u16),
        Value::Input(index) => Place::Uniform(first_input as u16 + index),
        Value::Parameter(index) => Place::Uniform(first_parameter as u16 + index),
        Value::Component(index) => Place::Component(index),
        Value::Uniform(_) | Value::Member(_) => places.get(&value).copied().unwrap_or(Place::Uniform(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{check::Checker, program::splat};

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
        compile(&scope(), &[&expression(text)]).unwrap()
    }

    /// With u = 3, p = 5, x = 7, y = 11.
    fn check(text: &str, expected: f64) {
        let program = program(text);
        let mut scratch = program.scratch();
        program.set_inputs(&mut scratch, &[3.0]);
        program.set_parameters(&mut scratch, &[5.0]);
        let components = [7.0, 11.0].map(|value| [splat(value); 32]);
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

    #[test]
    fn constants_fold_and_common_parts_are_shared() {
        assert_eq!(program("2 * 3 + 4").ops.len(), 0);
        assert_eq!(program("(x + y) * (x + y)").ops.len(), 2);
        assert_eq!(program("twice + twice").ops.len(), 2);
    }

    #[test]
    fn registers_are_used_again() {
        assert!(program("((((x + 1) * 2 + 3) * 4 + 5) * 6 + 7) * 8").registers <= 2);
    }

    #[test]
    fn what_is_the_same_for_all_is_worked_out_once() {
        let places: Vec<Place> = program("exp(u) * p + x").ops.iter().map(|op| op.to).collect();
        assert!(matches!(places[..], [Place::Uniform(_), Place::Uniform(_), Place::Register(_)]));
    }

    /// The slopes of `text` by x and by y, at u = 3, p = 5, x = 7, y = 11.
    fn check_slopes(text: &str, expected: [f64; 2]) {
        let program = compile_slopes(&scope(), &[&expression(text)], 2).unwrap();
        let mut scratch = program.scratch();
        program.set_inputs(&mut scratch, &[3.0]);
        program.set_parameters(&mut scratch, &[5.0]);
        let components = [7.0, 11.0].map(|value| [splat(value); 32]);
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
