//! By how much results change with components: the rules of calculus, operation by operation.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use super::{
    compile::{Builder, Key, Value},
    expression::{Binary, Unary},
    program::Code,
};

const NONE: Value = Value::Literal(0);

type Slope = Result<Option<Value>, String>;

impl Builder<'_> {
    /// The slopes of each of `results` by each of the first `components`, row by row.
    pub(super) fn slopes(&mut self, results: &[Value], components: usize) -> Result<Vec<Value>, String> {
        let own: Vec<(Key, Value)> = self.ops.clone();
        let mut columns = Vec::with_capacity(components);
        for component in 0..components {
            // What is not here does not change with the component at all.
            let mut slopes = BTreeMap::from([(Value::Component(component as u16), Value::literal(1.0))]);
            for (key, value) in &own {
                if let Some(slope) = self.slope(*key, *value, &slopes)? {
                    slopes.insert(*value, slope);
                }
            }
            let column = results.iter().map(|result| slopes.get(result).copied().unwrap_or(NONE));
            columns.push(column.collect::<Vec<Value>>());
        }
        let row = |row: usize| columns.iter().map(move |column| column[row]).collect::<Vec<Value>>();
        Ok((0..results.len()).flat_map(row).collect())
    }

    fn slope(&mut self, (code, a, b, c): Key, out: Value, slopes: &BTreeMap<Value, Value>) -> Slope {
        let of = |value: Value| slopes.get(&value).copied();
        let (da, db, dc) = (of(a), of(b), of(c));
        let slope = match (code, da, db) {
            (Code::If, ..) if db.is_none() && dc.is_none() => return Ok(None),
            (Code::If, ..) => self.op(Code::If, a, db.unwrap_or(NONE), dc.unwrap_or(NONE))?,
            (_, None, None) => return Ok(None),
            (Code::Unary(operator), Some(da), _) => return self.slope_of_one(operator, a, out, da),
            (Code::Integer(n), Some(da), _) => {
                let power = self.op(Code::Integer(n - 1), a, NONE, NONE)?;
                let scaled = self.product(Value::literal(f64::from(n)), power)?;
                self.product(scaled, da)?
            }
            (Code::Binary(operator), ..) => return self.slope_of_two(operator, (a, da), (b, db), out),
            (Code::Unary(_) | Code::Integer(_), None, _) => return Ok(None),
        };
        Ok(Some(slope))
    }

    fn slope_of_one(&mut self, operator: Unary, a: Value, out: Value, da: Value) -> Slope {
        let slope = match operator {
            Unary::Not | Unary::Floor => return Ok(None),
            Unary::Negate => self.op(Code::Unary(Unary::Negate), da, NONE, NONE)?,
            Unary::Abs => {
                let falls = self.two(Binary::Less, a, NONE)?;
                let turned = self.op(Code::Unary(Unary::Negate), da, NONE, NONE)?;
                self.op(Code::If, falls, turned, da)?
            }
            Unary::Exp => self.product(out, da)?,
            Unary::Ln => self.two(Binary::Divide, da, a)?,
            Unary::Sqrt => {
                let twice = self.product(Value::literal(2.0), out)?;
                self.two(Binary::Divide, da, twice)?
            }
            Unary::Sin => {
                let cos = self.op(Code::Unary(Unary::Cos), a, NONE, NONE)?;
                self.product(cos, da)?
            }
            Unary::Cos => {
                let sin = self.op(Code::Unary(Unary::Sin), a, NONE, NONE)?;
                let turned = self.op(Code::Unary(Unary::Negate), sin, NONE, NONE)?;
                self.product(turned, da)?
            }
            Unary::Tanh => {
                let square = self.product(out, out)?;
                let rest = self.two(Binary::Subtract, Value::literal(1.0), square)?;
                self.product(rest, da)?
            }
        };
        Ok(Some(slope))
    }

    fn slope_of_two(
        &mut self,
        operator: Binary,
        (a, da): (Value, Option<Value>),
        (b, db): (Value, Option<Value>),
        out: Value,
    ) -> Slope {
        let slope = match operator {
            Binary::Less | Binary::LessEqual | Binary::Equal | Binary::And | Binary::Or => return Ok(None),
            Binary::Add => self.total(da, db)?,
            Binary::Subtract => match (da, db) {
                (da, None) => da,
                (None, Some(db)) => Some(self.op(Code::Unary(Unary::Negate), db, NONE, NONE)?),
                (Some(da), Some(db)) => Some(self.two(Binary::Subtract, da, db)?),
            },
            Binary::Multiply => {
                let left = da.map(|da| self.product(da, b)).transpose()?;
                let right = db.map(|db| self.product(a, db)).transpose()?;
                self.total(left, right)?
            }
            Binary::Divide => {
                let right = db.map(|db| self.product(out, db)).transpose()?;
                let above = match (da, right) {
                    (Some(da), Some(right)) => self.two(Binary::Subtract, da, right)?,
                    (Some(da), None) => da,
                    (None, Some(right)) => self.op(Code::Unary(Unary::Negate), right, NONE, NONE)?,
                    (None, None) => return Ok(None),
                };
                Some(self.two(Binary::Divide, above, b)?)
            }
            Binary::Power => {
                let left = match da {
                    Some(da) => {
                        let less = self.two(Binary::Subtract, b, Value::literal(1.0))?;
                        let power = self.two(Binary::Power, a, less)?;
                        let scaled = self.product(b, power)?;
                        Some(self.product(scaled, da)?)
                    }
                    None => None,
                };
                let right = match db {
                    Some(db) => {
                        let ln = self.op(Code::Unary(Unary::Ln), a, NONE, NONE)?;
                        let scaled = self.product(out, ln)?;
                        Some(self.product(scaled, db)?)
                    }
                    None => None,
                };
                self.total(left, right)?
            }
            Binary::Min | Binary::Max => {
                let first = if operator == Binary::Min { (a, b) } else { (b, a) };
                let takes_a = self.two(Binary::Less, first.0, first.1)?;
                Some(self.op(Code::If, takes_a, da.unwrap_or(NONE), db.unwrap_or(NONE))?)
            }
        };
        Ok(slope)
    }

    fn total(&mut self, a: Option<Value>, b: Option<Value>) -> Slope {
        match (a, b) {
            (Some(a), Some(b)) => Ok(Some(self.two(Binary::Add, a, b)?)),
            (own, None) | (None, own) => Ok(own),
        }
    }

    fn two(&mut self, operator: Binary, a: Value, b: Value) -> Result<Value, String> {
        self.op(Code::Binary(operator), a, b, NONE)
    }

    /// A factor of 1 is left out: most slopes are products with one.
    fn product(&mut self, a: Value, b: Value) -> Result<Value, String> {
        let one = Value::literal(1.0);
        if a == one {
            return Ok(b);
        }
        if b == one { Ok(a) } else { self.two(Binary::Multiply, a, b) }
    }
}
