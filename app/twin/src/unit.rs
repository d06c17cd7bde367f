//! Units of measure in UCUM spelling: what dimension they have and how values convert.

#[cfg(feature = "language")]
pub mod meant;
#[cfg(feature = "language")]
mod spelling;

use alloc::{format, string::String};

#[cfg(feature = "language")]
pub use spelling::spell;

/// Exponents of metre, kilogram, second, ampere, kelvin, mole, candela, euro.
pub type Dimension = [i8; 8];

/// A unit: `value * factor + offset` is the value in SI base units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit {
    pub dimension: Dimension,
    pub factor: f64,
    /// Other than zero only for points on a scale, as `degC`.
    pub offset: f64,
}

/// The unit of a pure number.
pub const ONE: Unit = Unit { dimension: [0; 8], factor: 1.0, offset: 0.0 };

struct Atom {
    name: &'static str,
    takes_prefix: bool,
    unit: Unit,
}

const fn atom(name: &'static str, takes_prefix: bool, dimension: Dimension, factor: f64) -> Atom {
    Atom { name, takes_prefix, unit: Unit { dimension, factor, offset: 0.0 } }
}

const fn point(name: &'static str, factor: f64, offset: f64) -> Atom {
    Atom { name, takes_prefix: false, unit: Unit { dimension: [0, 0, 0, 0, 1, 0, 0, 0], factor, offset } }
}

/// NIST SP 811 for the factors; UCUM 2.1 for the spelling, with `degC`, `degF` and `ohm` beside its own.
const ATOMS: &[Atom] = &[
    atom("1", false, [0; 8], 1.0),
    atom("%", false, [0; 8], 0.01),
    atom("m", true, [1, 0, 0, 0, 0, 0, 0, 0], 1.0),
    atom("g", true, [0, 1, 0, 0, 0, 0, 0, 0], 1e-3),
    atom("t", true, [0, 1, 0, 0, 0, 0, 0, 0], 1e3),
    atom("s", true, [0, 0, 1, 0, 0, 0, 0, 0], 1.0),
    atom("min", false, [0, 0, 1, 0, 0, 0, 0, 0], 60.0),
    atom("h", false, [0, 0, 1, 0, 0, 0, 0, 0], 3600.0),
    atom("d", false, [0, 0, 1, 0, 0, 0, 0, 0], 86400.0),
    atom("A", true, [0, 0, 0, 1, 0, 0, 0, 0], 1.0),
    atom("K", true, [0, 0, 0, 0, 1, 0, 0, 0], 1.0),
    point("degC", 1.0, 273.15),
    point("Cel", 1.0, 273.15),
    point("°C", 1.0, 273.15),
    point("degF", 5.0 / 9.0, 459.67 * 5.0 / 9.0),
    point("°F", 5.0 / 9.0, 459.67 * 5.0 / 9.0),
    atom("mol", true, [0, 0, 0, 0, 0, 1, 0, 0], 1.0),
    atom("cd", true, [0, 0, 0, 0, 0, 0, 1, 0], 1.0),
    atom("Hz", true, [0, 0, -1, 0, 0, 0, 0, 0], 1.0),
    atom("rad", false, [0; 8], 1.0),
    atom("deg", false, [0; 8], core::f64::consts::PI / 180.0),
    atom("N", true, [1, 1, -2, 0, 0, 0, 0, 0], 1.0),
    atom("Pa", true, [-1, 1, -2, 0, 0, 0, 0, 0], 1.0),
    atom("bar", true, [-1, 1, -2, 0, 0, 0, 0, 0], 1e5),
    atom("J", true, [2, 1, -2, 0, 0, 0, 0, 0], 1.0),
    atom("W", true, [2, 1, -3, 0, 0, 0, 0, 0], 1.0),
    atom("Wh", true, [2, 1, -2, 0, 0, 0, 0, 0], 3600.0),
    atom("C", true, [0, 0, 1, 1, 0, 0, 0, 0], 1.0),
    atom("Ah", true, [0, 0, 1, 1, 0, 0, 0, 0], 3600.0),
    atom("V", true, [2, 1, -3, -1, 0, 0, 0, 0], 1.0),
    atom("ohm", true, [2, 1, -3, -2, 0, 0, 0, 0], 1.0),
    atom("Ohm", true, [2, 1, -3, -2, 0, 0, 0, 0], 1.0),
    atom("F", true, [-2, -1, 4, 2, 0, 0, 0, 0], 1.0),
    atom("T", true, [0, 1, -2, -1, 0, 0, 0, 0], 1.0),
    atom("H", true, [2, 1, -2, -2, 0, 0, 0, 0], 1.0),
    atom("wk", false, [0, 0, 1, 0, 0, 0, 0, 0], 604_800.0),
    atom("a", false, [0, 0, 1, 0, 0, 0, 0, 0], 31_557_600.0),
    atom("EUR", true, [0, 0, 0, 0, 0, 0, 0, 1], 1.0),
    atom("L", true, [3, 0, 0, 0, 0, 0, 0, 0], 1e-3),
    atom("l", true, [3, 0, 0, 0, 0, 0, 0, 0], 1e-3),
];

const PREFIXES: &[(&str, f64)] =
    &[("G", 1e9), ("M", 1e6), ("k", 1e3), ("c", 1e-2), ("m", 1e-3), ("u", 1e-6), ("n", 1e-9), ("p", 1e-12)];

impl Unit {
    /// Reads `kW`, `m/s2`, `V.A`, `1/d`, `degC`.
    pub fn parse(text: &str) -> Result<Unit, String> {
        let mut unit = ONE;
        let mut rest = text;
        let mut divides = false;
        if text.is_empty() {
            return Err(String::from("a unit is missing; a pure number has unit `1`"));
        }
        loop {
            let end = rest.find(['.', '/']).unwrap_or(rest.len());
            let (term, tail) = rest.split_at(end);
            let part = parse_term(term).ok_or_else(|| match term == text {
                true => format!("unknown unit `{text}`"),
                false => format!("unknown unit `{term}` in `{text}`"),
            })?;
            if part.offset != 0.0 && term != text {
                return Err(format!(
                    "`{term}` is a point on a scale and cannot be part of `{text}`; a difference is in `K`"
                ));
            }
            unit = if term == text { part } else { unit.times(part, if divides { -1 } else { 1 }) };
            match tail.chars().next() {
                None => return Ok(unit),
                Some(operator) => {
                    divides = operator == '/';
                    rest = &tail[1..];
                }
            }
        }
    }

    fn times(self, other: Unit, exponent: i8) -> Unit {
        let mut dimension = self.dimension;
        for (own, others) in dimension.iter_mut().zip(other.dimension) {
            *own = own.saturating_add(others.saturating_mul(exponent));
        }
        let mut factor = self.factor;
        for _ in 0..exponent.unsigned_abs() {
            factor = if exponent > 0 { factor * other.factor } else { factor / other.factor };
        }
        Unit { dimension, factor, offset: 0.0 }
    }

    /// The value in `to` of `value` in this unit; `None` where the dimensions differ.
    pub fn convert(&self, value: f64, to: &Unit) -> Option<f64> {
        Some(Conversion::of(*self, *to)?.apply(value))
    }
}

/// How values of one unit become values of another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conversion {
    from: Unit,
    to: Unit,
}

impl Conversion {
    fn of(from: Unit, to: Unit) -> Option<Conversion> {
        (from.dimension == to.dimension).then_some(Conversion { from, to })
    }

    /// The way from unit `from` to unit `to`; `None` where one is unknown or the dimensions differ.
    pub fn between(from: &str, to: &str) -> Option<Conversion> {
        Conversion::of(Unit::parse(from).ok()?, Unit::parse(to).ok()?)
    }

    /// A value in the same unit keeps its bits; milli, kilo and their like are one exact quotient or product.
    pub fn apply(self, value: f64) -> f64 {
        let Conversion { from, to } = self;
        if from == to {
            return value;
        }
        // A quotient by 1000 is exact where a product with 0.001 is not.
        let scaled =
            if from.factor < to.factor { value / (to.factor / from.factor) } else { value * (from.factor / to.factor) };
        scaled + (from.offset - to.offset) / to.factor
    }
}

fn parse_term(term: &str) -> Option<Unit> {
    if let Some(unit) = parse_atom(term) {
        return Some(unit);
    }
    let name = term.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-' || c == '+');
    let exponent: i8 = term[name.len()..].parse().ok()?;
    if !(-9..=9).contains(&exponent) {
        return None;
    }
    let unit = parse_atom(name)?;
    (unit.offset == 0.0).then(|| ONE.times(unit, exponent))
}

fn parse_atom(name: &str) -> Option<Unit> {
    if let Some(atom) = ATOMS.iter().find(|atom| atom.name == name) {
        return Some(atom.unit);
    }
    PREFIXES.iter().find_map(|(prefix, factor)| {
        let rest = name.strip_prefix(prefix)?;
        let atom = ATOMS.iter().find(|atom| atom.takes_prefix && atom.name == rest)?;
        Some(Unit { factor: atom.unit.factor * factor, ..atom.unit })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: f64, from: &str, to: &str, expected: Option<f64>) {
        let converted = Unit::parse(from).unwrap().convert(value, &Unit::parse(to).unwrap());
        match (converted, expected) {
            (Some(got), Some(expected)) => assert!((got - expected).abs() < 1e-9, "{value} {from} is {got} {to}"),
            (got, expected) => assert_eq!(got, expected, "{value} {from} in {to}"),
        }
    }

    #[test]
    fn values_convert_within_a_dimension() {
        check(1.5, "kW", "W", Some(1500.0));
        check(250.0, "mV", "V", Some(0.25));
        check(20.0, "degC", "K", Some(293.15));
        check(212.0, "degF", "degC", Some(100.0));
        check(36.0, "km/h", "m/s", Some(10.0));
        check(2.0, "Ah", "C", Some(7200.0));
        check(1.0, "V.A", "W", Some(1.0));
        check(1.0, "1/d", "Hz", Some(1.0 / 86400.0));
        check(50.0, "%", "1", Some(0.5));
        check(1.0, "m3/h", "L/min", Some(1000.0 / 60.0));
        check(1.0, "V", "A", None);
    }

    #[test]
    fn a_value_in_its_own_unit_keeps_its_bits() {
        let celsius = Unit::parse("degC").unwrap();
        assert_eq!(celsius.convert(24.33, &celsius), Some(24.33));
    }

    #[test]
    fn powers_of_ten_convert_exactly() {
        let exact = |value, from, to| Conversion::between(from, to).unwrap().apply(value);
        assert_eq!(exact(3300.0, "mV", "V"), 3.3);
        assert_eq!(exact(3.3, "V", "mV"), 3300.0);
        assert_eq!(exact(50.0, "%", "1"), 0.5);
        assert_eq!(exact(20.0, "°C", "degC"), 20.0);
        assert_eq!(exact(25.0, "degC", "K"), 298.15);
    }

    #[test]
    fn unknown_units_are_named() {
        assert_eq!(Unit::parse("V/furlong").unwrap_err(), "unknown unit `furlong` in `V/furlong`");
        assert!(Unit::parse("W/degC").unwrap_err().contains("a difference is in `K`"));
        assert!(Unit::parse("").is_err());
        assert!(Unit::parse("m99").is_err());
    }
}
