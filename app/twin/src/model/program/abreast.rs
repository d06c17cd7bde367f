//! A program over several blocks of members side by side: what only their inputs say is worked out once for all of these.

use alloc::vec::Vec;

use super::{Op, Place, Program, Scratch};
use crate::lanes::{Places, Row, Width};

/// A program over several blocks of members side by side: of each component and in each register stand so many.
#[derive(Debug)]
pub(super) struct Abreast {
    pub(super) blocks: usize,
    /// Over the first block alone.
    pub(super) input_ops: Vec<Op>,
    /// Where what they say stands that the others need.
    pub(super) repeated: Vec<usize>,
    pub(super) member_ops: Vec<Op>,
    pub(super) results: Vec<Place>,
}

impl Program {
    /// Memory to run in over `blocks` blocks side by side: component i has those from number i * `blocks` on. Their inputs are
    /// those of the first.
    ///
    /// It takes as many operations as for one block, so that less of the time is spent between them.
    pub(crate) fn scratch_abreast(&self, width: Width, blocks: usize) -> Scratch {
        let places = self.results.iter().filter_map(|place| match place {
            Place::Row(row) => Some(*row),
            Place::Component(_) => None,
        });
        let written = self.input_ops.iter().chain(&self.member_ops).map(|op| op.places.rows().0);
        let registers = written.chain(places).filter(|row| !row.is_outer && row.stride > 0).map(|row| row.at);
        let first = registers.min().unwrap_or(self.eights as u32);
        let by = blocks as u32;
        let wide = |row: Row| match row {
            Row { stride: 0, .. } => row,
            Row { is_outer: true, .. } => Row { at: row.at * by, ..row },
            Row { .. } => Row { at: first + (row.at - first) * by, ..row },
        };
        let over = |op: &Op, blocks: u32| {
            let (to, of) = op.places.rows();
            Op { opcode: op.opcode, places: Places::abreast(wide(to), of.map(wide), blocks) }
        };
        let place = |place: &Place| match *place {
            Place::Row(row) => Place::Row(wide(row)),
            component => component,
        };
        let results: Vec<Place> = self.results.iter().map(place).collect();
        let input_ops: Vec<Op> = self.input_ops.iter().map(|op| over(op, 1)).collect();
        let member_ops: Vec<Op> = self.member_ops.iter().map(|op| over(op, by)).collect();
        let is_needed = |row: &Row| {
            let is_read = member_ops.iter().any(|op| op.places.rows().1.contains(row));
            is_read || results.iter().any(|place| matches!(place, Place::Row(own) if own == row))
        };
        let said = input_ops.iter().map(|op| op.places.rows().0);
        let repeated = said.filter(is_needed).map(|row| row.at as usize).collect();
        let abreast = Abreast { blocks, input_ops, repeated, member_ops, results };
        self.memory(first as usize + (self.eights - first as usize) * blocks, width, Some(abreast))
    }
}
