//! Units that are known and were taken for others, as `C` for a temperature.

use alloc::{format, string::String, vec::Vec};

use super::Checker;
use crate::{
    model::{
        nature::Measure,
        tree::{Node, Tree},
    },
    unit::meant,
};

impl Checker<'_> {
    /// What to say where two units do not fit because one that was written is often written for another: first of
    /// those in the formula, then of all in the file.
    pub(super) fn taken_for(&self, trees: &[&Tree], a: &Measure, b: &Measure) -> String {
        let Some(off) = a.over(*b).whole() else { return String::new() };
        let mut written = Vec::new();
        trees.iter().for_each(|tree| self.written(tree, &mut written));
        let all = written.into_iter().chain(self.spellings.values().map(String::as_str));
        // What stands alone says it best: `C` is meant as `degC`, in `W/C` it is `K`.
        let (alone, joined): (Vec<&str>, Vec<&str>) = all.partition(|unit| !unit.contains(['.', '/']));
        let hint = alone.into_iter().chain(joined).find_map(|unit| meant::taken_for(unit, &off));
        hint.map_or_else(String::new, |hint| format!(": {hint}"))
    }

    /// The units that are written in a formula, or where its names are declared.
    fn written<'t>(&'t self, tree: &'t Tree, units: &mut Vec<&'t str>) {
        match &tree.node {
            Node::Number(_, unit) => units.extend(unit.as_deref()),
            Node::Name(name) => units.extend(self.spellings.get(name).map(String::as_str)),
            Node::Unary(_, a) => self.written(a, units),
            Node::Binary(_, a, b) => [a, b].into_iter().for_each(|own| self.written(own, units)),
            Node::Call(_, arguments) => arguments.iter().for_each(|own| self.written(own, units)),
        }
    }
}
