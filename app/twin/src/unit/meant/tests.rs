//! Units as people write them, and what is said of each.

use super::*;

#[track_caller]
fn check(text: &str, expected: &str) {
    let said = parse(text).expect_err(text);
    assert!(said.ends_with(expected), "`{text}`: {said}");
}

#[test]
fn what_is_written_elsewhere_is_told_as_it_is_written_here() {
    for (text, meant) in [
        ("KW", "kW"),
        ("kw", "kW"),
        ("kwh", "kWh"),
        ("KWh/day", "kWh/d"),
        ("J/kgK", "J/kg/K"),
        ("J/(kg*K)", "J/kg/K"),
        ("J/(kg·K)", "J/kg/K"),
        ("J/kg°C", "J/kg/K"),
        ("kJ/(kg K)", "kJ/kg/K"),
        ("W/m2K", "W/m2/K"),
        ("W/(m²·K)", "W/m2/K"),
        ("W/m^2/K", "W/m2/K"),
        ("kg/m³", "kg/m3"),
        ("m^3/hr", "m3/h"),
        ("m**3", "m3"),
        ("Nm", "N.m"),
        ("N*m", "N.m"),
        ("kNm", "kN.m"),
        ("kgm2", "kg.m2"),
        ("Nm3/h", "m3/h"),
        ("barg/min", "bar/min"),
        ("mPas", "mPa.s"),
        ("VA", "V.A"),
        ("kVA", "kV.A"),
        ("kvar", "kV.A"),
        ("rpm", "1/min"),
        ("RPM", "1/min"),
        ("%RH", "%"),
        ("percent", "%"),
        ("degC/min", "K/min"),
        ("°C/h", "K/h"),
        ("W/°C", "W/K"),
        ("celsius", "degC"),
        ("c", "degC"),
        ("Kelvin", "K"),
        ("sec", "s"),
        ("hours", "h"),
        ("metre", "m"),
        ("m per s", "m/s"),
        ("kmh", "km/h"),
        ("lpm", "L/min"),
        ("Ω", "ohm"),
        ("kΩ", "kohm"),
        ("µm", "um"),
        ("€/kWh", "EUR/kWh"),
        ("EUR/KWH", "EUR/kWh"),
        ("HZ", "Hz"),
        ("kpa", "kPa"),
        ("pcs", "1"),
        ("pieces/min", "1/min"),
    ] {
        check(text, &format!("; did you mean `{meant}`?"));
    }
    check("mw", "; did you mean `MW` or `mW`?");
    check("hPa", "; did you mean `mbar`?");
}

#[test]
fn units_that_are_not_counted_in_are_converted_by_hand() {
    check("psi", "unknown unit `psi`; write it in `kPa`: 1 psi is 6.895 kPa");
    check("mmHg", "; write it in `kPa`: 1 mmHg is 0.1333 kPa");
    check("USD", "; write it in `EUR`: 1 USD is so many EUR as you reckon with");
}

#[test]
fn what_is_near_to_nothing_gets_no_guess() {
    for text in ["furlong", "widgets", "xyz/abc", "/", "m/", "^", "9", &"k".repeat(5_000), "°°", "²"] {
        let said = parse(text).unwrap_err();
        assert!(!said.contains("did you mean"), "{said}");
    }
}

#[test]
fn every_unit_that_is_offered_is_one() {
    for (words, known) in WORDS {
        assert!(Unit::parse(known).is_ok(), "{known}");
        assert!(words.iter().all(|word| Unit::parse(word).is_err()), "one of {words:?} is a unit");
    }
    for (foreign, known, is) in FOREIGN {
        assert!(Unit::parse(foreign).is_err() && Unit::parse(known).is_ok(), "{foreign}");
        assert!(is.ends_with(known) || *known == "EUR", "{foreign}");
    }
    for (wrong, _, meant) in MISTAKEN {
        assert!(Unit::parse(wrong).is_ok() && Unit::parse(meant).is_ok(), "{wrong}");
    }
}

#[test]
fn a_unit_that_is_known_and_means_another_thing_is_said_where_that_explains_it() {
    let check = |text: &str, wanted: &str, expected: &str| {
        assert_eq!(instead(text, wanted).as_deref().unwrap_or(""), expected, "{text} for {wanted}");
    };
    check("C", "degC", "`C` is the coulomb: did you mean `degC`?");
    check("C", "K", "`C` is the coulomb: did you mean `degC`?");
    check("W/C", "W/K", "`C` is the coulomb: did you mean `K`?");
    check("F", "degC", "`F` is the farad: did you mean `degF`?");
    // Force for power is a speed forgotten, not a minute written as `m`.
    check("N.m", "W.min", "");
    check("H", "min", "`H` is the henry: did you mean `h`?");
    check("C", "A", "");
    check("C", "W", "");
    check("kV", "A", "");
    check("ct/kWh", "EUR/kWh", "`ct` is a hundredth of a tonne: did you mean `cEUR`?");
    check("KW", "W", "did you mean `kW`?");
    check("KW", "A", "");
    check("psi", "s", "");
    check("hours", "s", "did you mean `h`?");
}
