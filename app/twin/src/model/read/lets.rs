//! Tables, intermediates and regimes: what formulas are made of.

use alloc::{collections::BTreeMap, format, vec::Vec};

use super::Reader;
use crate::model::{
    Regime,
    check::{Curve, Role, order},
    document::{Row, Text},
    expression::{Binary, Expression, Unary},
    nature::Nature,
    tree::{Node, Tree},
};

/// Points of a table: each costs a few operations.
const MOST_POINTS: usize = 64;

/// An intermediate before it is worked out.
struct Waiting<'d> {
    name: &'d Text,
    formula: &'d Text,
    tree: Option<Tree>,
    /// Of a fitted formula: the units its names are taken in, and the unit of the result.
    fitted: Option<(&'d [(Text, Text)], &'d Text)>,
    /// The unit that it must be in, where that is stated.
    unit: Option<&'d Text>,
}

impl<'a> Reader<'a> {
    pub(super) fn tables(&mut self) {
        for row in self.document.rows("table") {
            let curve = if row.is_whole { self.curve(row) } else { None };
            if self.checker.curves.insert(row.name.text.clone(), curve).is_some() {
                self.error(row.name.at, format!("`{}` is named twice", row.name.text));
            }
        }
    }

    fn curve(&mut self, row: &Row) -> Option<Curve> {
        let (x, y) = (row.numbers("x"), row.numbers("y"));
        let fits = x.len() == y.len()
            && (2..=MOST_POINTS).contains(&x.len())
            && x.iter().chain(y).all(|number| number.is_finite())
            && x.is_sorted_by(|a, b| a < b);
        if !fits {
            let message = format!("a table has as many `x`, rising, as `y`: 2 to {MOST_POINTS} numbers");
            self.error(row.name.at, message);
        }
        let [input, output] = ["in", "out"].map(|key| self.checker.unit(row, key).measure());
        Some(Curve { input: input?, output: output?, points: x.iter().copied().zip(y.iter().copied()).collect() })
            .filter(|_| fits)
    }

    /// Works all intermediates and regimes out, each after those that it needs.
    pub(super) fn lets(&mut self) {
        let mut waiting: Vec<Waiting<'a>> = Vec::new();
        for row in self.document.rows("let") {
            self.checker.declare(&row.name, Role::Open, Nature::Unknown);
            let (value, empirical) = (row.text("value"), row.text("empirical"));
            let (formula, fitted) = match (value, empirical, row.text("out")) {
                (Some(value), None, None) if row.named("in").is_empty() => (value, None),
                (None, Some(empirical), Some(out)) => (empirical, Some((row.named("in"), out))),
                _ if !row.is_whole => continue,
                _ => {
                    let message = format!(
                        "`{}` is an expression, or {{ empirical = ..., in = {{ name = unit }}, out = unit }}",
                        row.name.text
                    );
                    self.error(row.name.at, message);
                    continue;
                }
            };
            let tree = self.checker.parse(formula);
            waiting.push(Waiting { name: &row.name, formula, tree, fitted, unit: row.text("unit") });
        }
        self.wait_for_regimes(&mut waiting);

        let numbers: BTreeMap<&str, usize> = waiting.iter().map(|own| own.name.text.as_str()).zip(0..).collect();
        let number = |name: &str| numbers.get(name).copied();
        let needs: Vec<Vec<usize>> = waiting
            .iter()
            .map(|own| own.tree.iter().flat_map(Tree::names).filter_map(|(name, _)| number(name)).collect())
            .collect();
        let (order, loops) = order(&needs);
        self.say_loops(&waiting, loops);
        for number in order {
            let own = &waiting[number];
            self.checker.intermediate(own.name, own.formula, own.tree.as_ref(), (own.fitted, own.unit));
        }
    }

    /// Each loop is said once, where the last of its intermediates needs the next.
    fn say_loops(&mut self, waiting: &[Waiting], loops: Vec<Vec<usize>>) {
        let mut said: Vec<usize> = Vec::new();
        for mut path in loops {
            path.pop();
            if path.iter().any(|number| said.contains(number)) {
                continue;
            }
            said.extend(&path);
            let last = (0..path.len()).max_by_key(|index| waiting[path[*index]].formula.at);
            path.rotate_left(last.unwrap_or(0));
            path.push(path[0]);
            let names: Vec<&str> = path.iter().map(|number| waiting[*number].name.text.as_str()).collect();
            let first = &waiting[path[0]];
            let place = first.tree.iter().flat_map(Tree::names).find(|(name, _)| *name == names[1]);
            let at = first.formula.at + place.map_or(0, |(_, at)| at);
            self.error(at, format!("`{}` needs itself: {}", names[0], names.join(" → ")));
        }
    }

    /// A regime is an intermediate that holds where its condition does and none before it holds, of the same part.
    fn wait_for_regimes(&mut self, waiting: &mut Vec<Waiting<'a>>) {
        let mut parts: BTreeMap<&str, Vec<Tree>> = BTreeMap::new();
        for row in self.document.rows("regime") {
            self.checker.declare(&row.name, Role::Open, Nature::Unknown);
            let Some(when) = row.text("when") else { continue };
            let before = parts.entry(part_of(&row.name.text)).or_default();
            let tree = self.checker.parse(when).map(|own| {
                let (from, to) = (own.from, own.to);
                let name = Tree { node: Node::Name(row.name.text.clone()), from, to };
                let both = |a: Tree, b: Tree| {
                    let b = Tree { node: Node::Unary(Unary::Not, b.into()), from, to };
                    Tree { node: Node::Binary(Binary::And, a.into(), b.into()), from, to }
                };
                let own = before.iter().cloned().fold(own, both);
                before.push(name);
                own
            });
            waiting.push(Waiting { name: &row.name, formula: when, tree, fitted: None, unit: None });
        }
    }

    /// The regimes, and what says whether each holds: its own name, and where that stands.
    pub(super) fn regimes(&self) -> (Vec<Regime>, Vec<(Expression, usize)>) {
        let regime = |row: &Row| {
            let Text { text: name, at } = &row.name;
            (Regime { name: name.clone(), title: row.title() }, (Expression::Name(name.clone()), *at))
        };
        self.whole("regime").map(regime).unzip()
    }
}

/// The part that an entry of a composition is of; empty for its own.
fn part_of(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(part, _)| part)
}
