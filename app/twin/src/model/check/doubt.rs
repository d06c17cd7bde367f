//! Bare numbers of which nobody could say what they stand for: they must be written with their unit.

use alloc::{format, string::String, vec::Vec};

use super::{Checked, Checker, Place, WRONG, units::constant};
use crate::model::{
    document::Text,
    expression::Expression,
    nature::{Measure, Nature, PURE},
    tree::{Node, Tree},
};

impl Checker<'_> {
    /// A formula whose result is by how much a state in `unit` changes in a second.
    pub(in crate::model) fn rate(&mut self, formula: &Text, unit: Nature) -> Expression {
        let Some(tree) = self.parse(formula) else { return WRONG.0 };
        let place = Place { formula, fitted: None };
        let (own, nature) = self.value(&tree, &place);
        let wanted = unit.per_second();
        // What counts hours moves by 1 an hour an hour, which is a pure number: an hour a second is hardly ever meant.
        if let (Nature::Bare, Nature::Of(pure), Nature::Of(unit)) = (nature, wanted, unit)
            && self.is_doubtful(&own, &pure)
        {
            let unit = format!("{}/s", unit.spelled());
            let said = self.said(&tree, &place);
            let advice = advice(&tree, &place, &["1", unit.as_str()]);
            let message = format!("{said} stands for {unit}: {advice}; the first counts the time that goes by");
            return self.fault(&tree, &place, message).0;
        }
        self.assign((own, nature), wanted, &tree, &place)
    }

    /// Whether nobody can say if a bare number beside something in % or deg is meant in it.
    pub(super) fn is_doubtful(&self, bare: &Expression, beside: &Measure) -> bool {
        beside.is_pure() && *beside != PURE && constant(bare) != Some(0.0)
    }

    pub(super) fn doubtful(&mut self, tree: &Tree, beside: Measure, place: &Place) -> Checked {
        let said = self.said(tree, place);
        let unit = beside.spelled();
        // What mL/h, min and mL come to has no name that anybody would write.
        let message = if unit.contains(['/', ' ']) {
            format!("{said} stands beside a quotient of like units: {}", advice(tree, place, &["1"]))
        } else {
            format!("{said} stands beside {unit}: {}", advice(tree, place, &[&unit, "1"]))
        };
        self.fault(tree, place, message)
    }
}

/// How what is written may be written with a unit.
fn advice(tree: &Tree, place: &Place, units: &[&str]) -> String {
    let is_number = matches!(tree.node, Node::Number(..));
    let number = place.formula.text.get(tree.from..tree.to).filter(|_| is_number).unwrap_or("1");
    let ways: Vec<String> = units.iter().map(|unit| format!("`{number}[{unit}]`")).collect();
    let ways = ways.join(" or ");
    if is_number { format!("write {ways}") } else { format!("give its numbers a unit, as {ways}") }
}
