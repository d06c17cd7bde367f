//! How a unit is written in messages.

use alloc::{format, string::String};

use super::{ATOMS, Atom, PREFIXES, Unit, parse_term};
use crate::maths::scalar;

/// How a unit is written, the common way first: `W`, `kW`, `W/K`, else in base units.
pub fn spell(unit: &Unit) -> String {
    const BELOW: &[&str] = &["s", "min", "h", "d", "K", "m", "m2", "m3", "kg", "V", "A"];
    if let Some(name) = name_of(unit) {
        return name;
    }
    for below in BELOW {
        let Some(part) = parse_term(below) else { continue };
        if let Some(name) = name_of(&unit.times(part, 1)) {
            return format!("{name}/{below}");
        }
    }
    const BASE: [(usize, &str); 8] =
        [(7, "EUR"), (1, "kg"), (0, "m"), (2, "s"), (3, "A"), (4, "K"), (5, "mol"), (6, "cd")];
    let mut above = String::new();
    let mut below = String::new();
    for (base, exponent) in BASE.iter().map(|(index, base)| (base, unit.dimension[*index])) {
        if exponent == 0 {
            continue;
        }
        let (part, before) = if exponent > 0 { (&mut above, ".") } else { (&mut below, "/") };
        if exponent < 0 || !part.is_empty() {
            part.push_str(before);
        }
        part.push_str(base);
        if exponent.unsigned_abs() > 1 {
            part.push_str(&format!("{}", exponent.unsigned_abs()));
        }
    }
    let above = if above.is_empty() { "1" } else { above.as_str() };
    if is_near(unit.factor, 1.0) {
        format!("{above}{below}")
    } else {
        format!("{} {above}{below}", multiple(unit.factor))
    }
}

/// A factor between units as a person says it: `60`, `1/3600`, else with four digits.
fn multiple(factor: f64) -> String {
    const WHOLE: f64 = 1e9;
    let whole = |number: f64| {
        let nearest = scalar::floor(number + 0.5);
        ((1.0..=WHOLE).contains(&nearest) && is_near(number, nearest)).then_some(nearest as u64)
    };
    if let Some(whole) = whole(factor) {
        return format!("{whole}");
    }
    if let Some(part) = whole(1.0 / factor) {
        return format!("1/{part}");
    }
    let short = format!("{factor:.3e}");
    let Some((digits, exponent)) = short.split_once('e') else { return short };
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    match exponent.parse::<i32>() {
        Ok(0) => String::from(digits),
        Ok(exponent @ -4..=3) => {
            let places = usize::try_from(digits.len().saturating_sub(2) as i32 - exponent).unwrap_or(0);
            format!("{factor:.places$}")
        }
        _ => format!("{digits}e{exponent}"),
    }
}

/// The one word for a unit, where there is one.
fn name_of(unit: &Unit) -> Option<String> {
    let fits = |atom: &Atom| atom.unit.dimension == unit.dimension && atom.unit.offset == unit.offset;
    if let Some(atom) = ATOMS.iter().find(|atom| fits(atom) && is_near(atom.unit.factor, unit.factor)) {
        return Some(String::from(atom.name));
    }
    for space in ["m2", "m3"] {
        if parse_term(space).is_some_and(|own| own == *unit) {
            return Some(String::from(space));
        }
    }
    ATOMS.iter().filter(|atom| atom.takes_prefix && fits(atom)).find_map(|atom| {
        let (prefix, _) = PREFIXES.iter().find(|(_, factor)| is_near(atom.unit.factor * factor, unit.factor))?;
        Some(format!("{prefix}{}", atom.name))
    })
}

fn is_near(a: f64, b: f64) -> bool {
    let difference = if a < b { b - a } else { a - b };
    difference <= 1e-9 * a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_spelled_as_engineers_write_them() {
        for text in ["1", "%", "W", "kW", "m3/h", "W/K", "degC", "J/K", "kg/s", "EUR/h", "ohm", "1/d", "kg.m2/s", "K/s"]
        {
            assert_eq!(spell(&Unit::parse(text).unwrap()), text);
        }
        assert_eq!(spell(&Unit::parse("1/s").unwrap()), "Hz");
        assert_eq!(spell(&Unit::parse("V.A").unwrap()), "W");
        assert_eq!(spell(&Unit::parse("kW.h").unwrap()), "kWh");
    }

    #[test]
    fn a_factor_without_a_name_is_a_whole_number_a_part_or_four_digits() {
        let check = |factor: f64, expected: &str| assert_eq!(multiple(factor), expected, "{factor}");
        check(60.0, "60");
        check(3.6e6, "3600000");
        check(1.0 / 60.0, "1/60");
        check(1.0 / 3600.0, "1/3600");
        check(1.1666666666666668e-2, "0.01167");
        check(745.6998715822702, "745.7");
        check(1.5, "1.5");
        check(12.25, "12.25");
        check(0.03, "0.03");
        check(0.6666666, "0.6667");
        check(31_557.6, "3.156e4");
        check(3.333e-7, "3.333e-7");
        check(1.6e12, "1.6e12");
        assert_eq!(spell(&Unit::parse("kg.m3/min").unwrap()), "1/60 kg.m3/s");
    }
}
