//! Where the operands and the result of an operation stand.

use serde::{Deserialize, Serialize};

use super::rows::{EIGHT, EIGHTS};

/// Where an operand stands: the number of its first eight, and 1 where each eight of members has its own or 0 where one
/// is for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub at: u32,
    pub stride: u32,
    /// Whether it is counted among the caller's blocks and not among a program's own rows.
    pub is_outer: bool,
}

/// The places of an operation, worked out once so that they are checked quickly.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(into = "[Row; 5]", try_from = "[Row; 5]")]
pub struct Places {
    pub(super) to: Address,
    pub(super) of: [Address; 4],
    pub(super) eights: u32,
    /// How many eights there have to be, own and outer.
    pub(super) reach: [u32; 2],
}

/// In numbers, not bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Address {
    pub at: u32,
    pub stride: u32,
    /// 0 for own, 1 for outer.
    pub bank: u32,
}

impl Places {
    pub fn new(to: Row, of: [Row; 4]) -> Places {
        Places::abreast(to, of, 1)
    }

    /// As `new`, of rows that are `blocks` as long.
    pub fn abreast(to: Row, of: [Row; 4], blocks: u32) -> Places {
        let eights = if to.stride == 0 { 1 } else { EIGHTS as u32 * blocks };
        let mut reach = [0; 2];
        for row in [to, of[0], of[1], of[2], of[3]] {
            let end = row.at + row.stride * (eights - 1) + 1;
            let reach = &mut reach[usize::from(row.is_outer)];
            *reach = end.max(*reach);
        }
        let address = |row: Row| Address {
            at: row.at * EIGHT as u32,
            stride: row.stride * EIGHT as u32,
            bank: u32::from(row.is_outer),
        };
        Places { to: address(to), of: of.map(address), eights, reach }
    }

    /// How many eights there have to be, own and outer.
    pub fn reach(&self) -> [u32; 2] {
        self.reach
    }

    /// Where the result and the operands stand.
    pub fn rows(&self) -> (Row, [Row; 4]) {
        let row = |address: Address| Row {
            at: address.at / EIGHT as u32,
            stride: address.stride / EIGHT as u32,
            is_outer: address.bank == 1,
        };
        (row(self.to), self.of.map(row))
    }
}

impl From<Places> for [Row; 5] {
    fn from(places: Places) -> [Row; 5] {
        let [a, b, c, d] = places.of;
        [places.to, a, b, c, d].map(|address| Row {
            at: address.at / EIGHT as u32,
            stride: address.stride / EIGHT as u32,
            is_outer: address.bank != 0,
        })
    }
}

impl TryFrom<[Row; 5]> for Places {
    type Error = &'static str;

    /// Only places whose reach can be counted: what is read from outside is not trusted.
    fn try_from(rows: [Row; 5]) -> Result<Places, Self::Error> {
        const FARTHEST: u32 = 1 << 24;
        let fits = rows.iter().all(|row| row.at < FARTHEST && row.stride <= 1);
        let [to, a, b, c, d] = rows;
        if fits { Ok(Places::new(to, [a, b, c, d])) } else { Err("a place too far") }
    }
}
