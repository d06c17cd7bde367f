//! A graph laid out as a program: pairs of operations fused, registers used again, what is the same for all set apart.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use super::{
    expression::Binary::{Add, Divide, Multiply, Subtract},
    graph::{Code, Formulas, Node, Value},
    kernels::Opcode,
    program::{Op, Place, Program},
};
use crate::lanes::{EIGHTS, Places, Row};

impl Formulas {
    /// The program of these formulas.
    pub(super) fn program(&self) -> Program {
        self.laid_out(0)
    }

    /// The program of formulas of which result i is the next value of component i.
    pub(super) fn program_over(&self) -> Program {
        self.laid_out(self.results.len())
    }

    /// The program whose first `homes` results go to the components of their numbers, where these are read no more.
    fn laid_out(&self, homes: usize) -> Program {
        let nodes = self.fused();
        let mut layout = Layout::default();
        layout.place_what_is_given(self, &nodes);
        let placed = |wanted: bool| {
            let numbered = nodes.iter().enumerate().filter_map(|(number, node)| Some((number as u32, (*node)?)));
            numbered.filter(move |(_, node)| node.of.into_iter().all(Value::is_uniform) == wanted)
        };
        let mut uniform_ops = Vec::new();
        for (number, node) in placed(true) {
            let of = node.of.map(|operand| layout.row(operand));
            uniform_ops.push(op(node.code, layout.add_uniform(Value::Uniform(number)), of));
        }
        let member_ops = self.with_registers(&mut layout, placed(false).collect(), homes);
        let place = |value: &Value| match layout.row(*value) {
            Row { at, is_outer: true, .. } => Place::Component((at / EIGHTS as u32) as u16),
            row => Place::Row(row),
        };
        Program {
            literals: layout.literals(),
            first_input: layout.first_input,
            first_parameter: layout.first_parameter,
            eights: layout.eights,
            uniform_ops,
            input_ops: Vec::new(),
            member_ops,
            results: self.results.iter().map(place).collect(),
        }
    }

    /// The needed nodes; one that was fused into another is left out.
    ///
    /// A fused pair reads and writes memory once less. The first of a pair has no other use and is no pair itself.
    fn fused(&self) -> Vec<Option<Node>> {
        let needed = self.needed();
        let numbered = self.graph.nodes.iter().zip(needed);
        let mut nodes: Vec<Option<Node>> = numbered.map(|(node, needed)| needed.then_some(*node)).collect();
        let mut uses = alloc::vec![0; nodes.len()];
        let operands = nodes.iter().flatten().flat_map(|node| node.of);
        for number in operands.chain(self.results.iter().copied()).filter_map(Value::node) {
            uses[number] += 1;
        }
        for number in 0..nodes.len() {
            if let Some((node, inner)) = pair(&nodes, &uses, number) {
                nodes[number] = Some(node);
                nodes[inner] = None;
            }
        }
        nodes
    }

    /// Gives what differs from member to member a register, which is free again after the last use.
    fn with_registers(&self, layout: &mut Layout, nodes: Vec<(u32, Node)>, homes: usize) -> Vec<Op> {
        let mut last_use: BTreeMap<Value, usize> = BTreeMap::new();
        for (index, (_, node)) in nodes.iter().enumerate() {
            last_use.extend(node.of.map(|operand| (operand, index)));
        }
        last_use.extend(self.results.iter().map(|value| (*value, usize::MAX)));
        let mut home: BTreeMap<Value, u16> = BTreeMap::new();
        for (index, value) in (0..).zip(&self.results[..homes]) {
            home.entry(*value).or_insert(index);
        }
        let mut free: Vec<Row> = Vec::new();
        let mut ops = Vec::with_capacity(nodes.len());
        for (index, (number, node)) in nodes.into_iter().enumerate() {
            let of = node.of.map(|operand| layout.row(operand));
            // Members are read before they are written: a result may take the place of an operand.
            let is_over = |value: &Value| last_use.get(value).is_none_or(|last| *last <= index);
            let ended: BTreeSet<Value> =
                node.of.into_iter().filter(|operand| matches!(operand, Value::Member(_)) && is_over(operand)).collect();
            free.extend(ended.into_iter().map(|operand| layout.row(operand)).filter(|row| !row.is_outer));
            let value = Value::Member(number);
            let to = match home.get(&value) {
                Some(component) if is_over(&Value::Component(*component)) => layout.row(Value::Component(*component)),
                _ => free.pop().unwrap_or_else(|| layout.new_row()),
            };
            layout.places.insert(value, to);
            ops.push(op(node.code, to, of));
        }
        ops
    }
}

fn op(code: Code, to: Row, of: [Row; 4]) -> Op {
    Op { opcode: Opcode::of(code), places: Places::new(to, of) }
}

/// Node `number` and the one whose only use it is as one operation, where there is one for both.
fn pair(nodes: &[Option<Node>], uses: &[u32], number: usize) -> Option<(Node, usize)> {
    let Node { code: Code::Binary(second @ (Add | Subtract | Multiply)), of: [a, b, none, _] } = nodes[number]? else {
        return None;
    };
    let fuse = |(inner, other, is_second): (Value, Value, bool)| {
        let Value::Member(inner) = inner else { return None };
        let inner = inner as usize;
        let Node { code, of: [x, y, z, _] } = nodes[inner].filter(|_| uses[inner] == 1)?;
        let node = match code {
            Code::Binary(first @ (Add | Subtract | Multiply | Divide)) => {
                // Only a difference tells its sides apart.
                let code = Code::Fused { first, second, is_turned: is_second && second == Subtract };
                Node { code, of: [x, y, other, none] }
            }
            Code::Fused { first: first @ (Add | Subtract | Multiply), second: Multiply, .. } if second == Add => {
                Node { code: Code::Thrice(first), of: [x, y, z, other] }
            }
            _ => return None,
        };
        Some((node, inner))
    };
    [(a, b, false), (b, a, true)].into_iter().find_map(fuse)
}

/// Where everything stands: literals, inputs, parameters and what is the same for all, an eight each; then registers, a
/// row each. Components stand outside.
#[derive(Default)]
struct Layout {
    places: BTreeMap<Value, Row>,
    first_input: usize,
    first_parameter: usize,
    /// How many there are.
    eights: usize,
}

impl Layout {
    fn row(&self, value: Value) -> Row {
        match value {
            Value::Component(index) => Row { at: u32::from(index) * EIGHTS as u32, stride: 1, is_outer: true },
            _ => self.places.get(&value).copied().unwrap_or(Row { at: 0, stride: 0, is_outer: false }),
        }
    }

    fn add_uniform(&mut self, value: Value) -> Row {
        let row = Row { at: self.eights as u32, stride: 0, is_outer: false };
        self.eights += 1;
        self.places.insert(value, row);
        row
    }

    fn new_row(&mut self) -> Row {
        let row = Row { at: self.eights as u32, stride: 1, is_outer: false };
        self.eights += EIGHTS;
        row
    }

    fn place_what_is_given(&mut self, formulas: &Formulas, nodes: &[Option<Node>]) {
        for value in values(formulas, nodes).into_iter().filter(|value| matches!(value, Value::Literal(_))) {
            self.add_uniform(value);
        }
        self.first_input = self.eights;
        for index in 0..formulas.inputs {
            self.add_uniform(Value::Input(index as u16));
        }
        self.first_parameter = self.eights;
        for index in 0..formulas.parameters {
            self.add_uniform(Value::Parameter(index as u16));
        }
    }

    fn literals(&self) -> Vec<(usize, f64)> {
        let literal = |(value, row): (&Value, &Row)| Some((row.at as usize, value.number()?));
        self.places.iter().filter_map(literal).collect()
    }
}

/// What is read, each once, in order.
fn values(formulas: &Formulas, nodes: &[Option<Node>]) -> BTreeSet<Value> {
    nodes.iter().flatten().flat_map(|node| node.of).chain(formulas.results.iter().copied()).collect()
}
