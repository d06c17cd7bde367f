//! Values from the unit that they arrive in to the unit of the signal.

/// How a value of one unit becomes a value of another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Conversion {
    /// The units are one: not a bit changes.
    Same,
    /// Multiplied, then divided, then shifted; dividing by 1000 is exact where multiplying by 0.001 is not.
    Affine { times: f64, over: f64, plus: f64 },
}

impl Conversion {
    /// The way from `from` to `to`, where there is one.
    pub fn between(from: &str, to: &str) -> Option<Conversion> {
        let (from, to) = (plain(from), plain(to));
        if from == to {
            return Some(Conversion::Same);
        }
        let affine = |times, over, plus| Some(Conversion::Affine { times, over, plus });
        match (from, to) {
            ("degC", "K") => affine(1.0, 1.0, 273.15),
            ("K", "degC") => affine(1.0, 1.0, -273.15),
            ("degF", "degC") => affine(5.0, 9.0, -160.0 / 9.0),
            ("degF", "K") => affine(5.0, 9.0, 273.15 - 160.0 / 9.0),
            _ => {
                let (kind, from) = size(from)?;
                let (other, to) = size(to)?;
                let whole = if from > to { (from / to, 1.0) } else { (1.0, to / from) };
                if kind == other { affine(whole.0, whole.1, 0.0) } else { None }
            }
        }
    }

    pub fn apply(self, value: f64) -> f64 {
        match self {
            Conversion::Same => value,
            Conversion::Affine { times, over, plus } => value * times / over + plus,
        }
    }
}

/// One spelling a unit.
fn plain(unit: &str) -> &str {
    match unit {
        "°C" | "Cel" => "degC",
        "°F" => "degF",
        "%" => "percent",
        other => other,
    }
}

/// What a unit measures, and how many of the smallest unit of its kind it holds: whole numbers, so quotients are exact.
fn size(unit: &str) -> Option<(&'static str, f64)> {
    Some(match unit {
        "mV" => ("voltage", 1.0),
        "V" => ("voltage", 1e3),
        "kV" => ("voltage", 1e6),
        "mA" => ("current", 1.0),
        "A" => ("current", 1e3),
        "kA" => ("current", 1e6),
        "mW" => ("power", 1.0),
        "W" => ("power", 1e3),
        "kW" => ("power", 1e6),
        "MW" => ("power", 1e9),
        "ms" => ("time", 1.0),
        "s" => ("time", 1e3),
        "min" => ("time", 6e4),
        "h" => ("time", 3.6e6),
        "d" => ("time", 8.64e7),
        "percent" => ("share", 1.0),
        "1" => ("share", 100.0),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: f64, from: &str, to: &str, expected: Option<f64>) {
        let got = Conversion::between(from, to).map(|conversion| conversion.apply(value));
        assert_eq!(got, expected, "{value} {from} in {to}");
    }

    #[test]
    fn the_own_unit_changes_no_bit() {
        check(0.1 + 0.2, "V", "V", Some(0.1 + 0.2));
        check(20.0, "°C", "degC", Some(20.0));
    }

    #[test]
    fn obvious_units_are_converted() {
        check(3300.0, "mV", "V", Some(3.3));
        check(3.3, "V", "mV", Some(3300.0));
        check(25.0, "degC", "K", Some(298.15));
        check(212.0, "degF", "degC", Some(100.0));
        check(2.0, "h", "min", Some(120.0));
        check(50.0, "%", "1", Some(0.5));
    }

    #[test]
    fn units_of_another_kind_do_not_fit() {
        check(1.0, "V", "A", None);
        check(1.0, "furlong", "m", None);
    }
}
