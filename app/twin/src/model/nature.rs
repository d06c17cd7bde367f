//! What a number of a model is: a bare number, a quantity in a unit, or not known after an error.

use alloc::{format, string::String};

use super::expression::{Binary, Expression, binary};
use crate::{
    maths::scalar,
    unit::{self, Dimension, Unit},
};

/// Exponents are counted in twelfths: roots of dimensions come and go inside of formulas.
const WHOLE: i16 = 12;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Nature {
    /// Something is wrong with it and was said: nothing more is said.
    Unknown,
    /// A number as it is written: it has the unit of what it stands beside in a sum or a comparison.
    Bare,
    Of(Measure),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Measure {
    dimension: [i16; 8],
    factor: f64,
    offset: f64,
}

pub(super) const PURE: Measure = Measure { dimension: [0; 8], factor: 1.0, offset: 0.0 };
pub(super) const KELVIN: Measure = Measure { dimension: [0, 0, 0, 0, WHOLE, 0, 0, 0], factor: 1.0, offset: 0.0 };
pub(super) const CELSIUS: Measure = Measure { offset: 273.15, ..KELVIN };
pub(super) const SECOND: Measure = Measure { dimension: [0, 0, WHOLE, 0, 0, 0, 0, 0], factor: 1.0, offset: 0.0 };
pub(super) const HOUR: Measure = Measure { factor: 3600.0, ..SECOND };
pub(super) const DAY: Measure = Measure { factor: 86400.0, ..SECOND };

impl From<Unit> for Measure {
    fn from(unit: Unit) -> Measure {
        Measure {
            dimension: unit.dimension.map(|exponent| i16::from(exponent) * WHOLE),
            factor: unit.factor,
            offset: unit.offset,
        }
    }
}

impl Measure {
    /// A point on a scale, as 20 degC; not a difference of two.
    pub(super) fn is_point(&self) -> bool {
        self.offset != 0.0
    }

    pub(super) fn is_pure(&self) -> bool {
        self.dimension == [0; 8]
    }

    pub(super) fn fits(&self, other: &Measure) -> bool {
        self.dimension == other.dimension
    }

    /// The difference of two points of this scale; a quantity that is no point stays what it is.
    pub(super) fn difference(self) -> Measure {
        Measure { offset: 0.0, ..self }
    }

    pub(super) fn times(self, other: Measure) -> Measure {
        self.joined(other, 1, self.factor * other.factor)
    }

    pub(super) fn over(self, other: Measure) -> Measure {
        self.joined(other, -1, self.factor / other.factor)
    }

    fn joined(self, other: Measure, sign: i16, factor: f64) -> Measure {
        let mut dimension = self.dimension;
        for (own, others) in dimension.iter_mut().zip(other.dimension) {
            *own = own.saturating_add(others.saturating_mul(sign));
        }
        Measure { dimension, factor, offset: 0.0 }
    }

    /// To the power of a number; `None` where a dimension has no such power.
    pub(super) fn power(self, exponent: f64) -> Option<Measure> {
        let mut dimension = self.dimension;
        for own in &mut dimension {
            let power = f64::from(*own) * exponent;
            *own = power as i16;
            if f64::from(*own) != power {
                return None;
            }
        }
        let factor = if self.factor == 1.0 { 1.0 } else { scalar::pow(self.factor, exponent) };
        Some(Measure { dimension, factor, offset: 0.0 })
    }

    /// `expression`, which is in this unit, in the unit `to` of the same dimension.
    pub(super) fn converted(&self, expression: Expression, to: &Measure) -> Expression {
        let ratio = |large: f64, small: f64| {
            let ratio = large / small;
            let whole = scalar::floor(ratio + 0.5);
            // A ratio of units that is whole but for rounding is meant to be whole.
            if (ratio - whole).abs() < 1e-12 * ratio { whole } else { ratio }
        };
        let (up, down) = (ratio(to.factor, self.factor), ratio(self.factor, to.factor));
        let scaled = match (up == 1.0, self.factor < to.factor) {
            (true, _) => expression,
            // A quotient by 1000 is exact where a product with 0.001 is not.
            (false, true) => binary(Binary::Divide, expression, Expression::Number(up)),
            (false, false) => binary(Binary::Multiply, expression, Expression::Number(down)),
        };
        let shift = (self.offset - to.offset) / to.factor;
        match shift {
            0.0 => scaled,
            shift if shift < 0.0 => binary(Binary::Subtract, scaled, Expression::Number(-shift)),
            shift => binary(Binary::Add, scaled, Expression::Number(shift)),
        }
    }

    /// The dimension in whole exponents, where it has such.
    pub(super) fn whole(&self) -> Option<Dimension> {
        let is_whole = self.dimension.iter().all(|twelfths| twelfths % WHOLE == 0);
        is_whole.then(|| self.dimension.map(|twelfths| (twelfths / WHOLE) as i8))
    }

    /// As a plant engineer writes it.
    pub(super) fn spelled(&self) -> String {
        let Some(dimension) = self.whole() else { return String::from("a root of a unit") };
        unit::spell(&Unit { dimension, factor: self.factor, offset: self.offset })
    }
}

impl Nature {
    pub(super) fn spelled(&self) -> String {
        match self {
            Nature::Of(measure) if measure.is_point() => format!("the temperature scale {}", measure.spelled()),
            Nature::Of(measure) => measure.spelled(),
            Nature::Bare | Nature::Unknown => String::from("a bare number"),
        }
    }

    pub(super) fn is_point(&self) -> bool {
        matches!(self, Nature::Of(measure) if measure.is_point())
    }
}
