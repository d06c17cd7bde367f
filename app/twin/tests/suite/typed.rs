//! What holds for any formula, any network and any damage to a file.

use proptest::prelude::*;
use twin::{
    Model,
    model::compose::{flatten, read},
};

use super::{
    following::model,
    integrating::{after, pure},
    language::{errors, kettle},
};

/// A quantity of the kettle and its unit.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Of {
    Power,
    Difference,
    Temperature,
    Mass,
    Pure,
}

const ALL: [Of; 5] = [Of::Power, Of::Difference, Of::Temperature, Of::Mass, Of::Pure];

impl Of {
    fn unit(self) -> &'static str {
        match self {
            Of::Power => "W",
            Of::Difference => "K",
            Of::Temperature => "degC",
            Of::Mass => "kg",
            Of::Pure => "1",
        }
    }

    fn leaf(self) -> &'static str {
        match self {
            Of::Power => "power",
            Of::Difference => "5[K]",
            Of::Temperature => "water",
            Of::Mass => "mass",
            Of::Pure => "0.5[1]",
        }
    }
}

/// A formula that is of `of`, however deep.
fn formula(of: Of) -> BoxedStrategy<String> {
    fn grown(of: Of, depth: u32) -> BoxedStrategy<String> {
        let leaf = Just(of.leaf().to_owned()).boxed();
        if depth == 0 {
            return leaf;
        }
        let own = || grown(of, depth - 1);
        let other = |of| grown(of, depth - 1);
        let chosen = (own(), own(), other(Of::Power), other(Of::Power))
            .prop_map(|(a, b, c, d)| format!("if({c} < {d}, {a}, max({b}, {a}))"))
            .boxed();
        let particular = match of {
            Of::Power => prop_oneof![
                (own(), own()).prop_map(|(a, b)| format!("({a} - {b})")),
                (other(Of::Difference),).prop_map(|(d,)| format!("(loss * {d})")),
                (own(), other(Of::Pure)).prop_map(|(a, p)| format!("({a} * {p})")),
            ]
            .boxed(),
            Of::Difference => prop_oneof![
                (other(Of::Temperature), other(Of::Temperature)).prop_map(|(a, b)| format!("({a} - {b})")),
                (other(Of::Power),).prop_map(|(p,)| format!("({p} / loss)")),
                (own(),).prop_map(|(a,)| format!("sqrt({a} * {a})")),
            ]
            .boxed(),
            Of::Temperature => prop_oneof![
                (own(), other(Of::Difference)).prop_map(|(a, d)| format!("({a} + {d})")),
                (other(Of::Difference), own()).prop_map(|(d, a)| format!("({d} + {a})")),
                (own(),).prop_map(|(a,)| format!("celsius(kelvin({a}))")),
            ]
            .boxed(),
            Of::Mass => (own(), own()).prop_map(|(a, b)| format!("abs({a} + {b} + 1)")).boxed(),
            Of::Pure => prop_oneof![
                (other(Of::Mass), other(Of::Mass)).prop_map(|(a, b)| format!("exp(-{a} / {b})")),
                (own(), own()).prop_map(|(a, b)| format!("tanh({a} + 2 * {b})")),
                (other(Of::Temperature), other(Of::Temperature)).prop_map(|(a, b)| format!("({a} >= {b})")),
            ]
            .boxed(),
        };
        prop_oneof![1 => leaf, 2 => particular, 1 => chosen].boxed()
    }
    grown(of, 3)
}

fn any_of() -> impl Strategy<Value = Of> {
    (0..ALL.len()).prop_map(|index| ALL[index])
}

fn with_output(unit: &str, formula: &str) -> String {
    kettle(&format!("[output]\nown = {{ unit = \"{unit}\", value = \"{formula}\" }}\n"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_formula_whose_units_fit_is_read((of, formula) in any_of().prop_flat_map(|of| (Just(of), formula(of)))) {
        let text = with_output(of.unit(), &formula);
        prop_assert!(Model::parse(&text).is_ok(), "{formula}: {:?}", Model::parse(&text).err());
    }

    #[test]
    fn a_formula_is_of_no_other_unit(
        (of, formula) in any_of().prop_flat_map(|of| (Just(of), formula(of))), other in any_of(),
    ) {
        prop_assume!(of != other);
        prop_assert!(Model::parse(&with_output(other.unit(), &formula)).is_err(), "{formula} is no {}", other.unit());
    }

    #[test]
    fn what_is_of_two_units_is_no_sum_and_is_not_compared(
        (of, a) in any_of().prop_flat_map(|of| (Just(of), formula(of))),
        (other, b) in any_of().prop_flat_map(|of| (Just(of), formula(of))),
        operator in prop_oneof![Just("+"), Just("-"), Just("<")],
    ) {
        let adds = matches!((of, other), (Of::Difference, Of::Temperature) | (Of::Temperature, Of::Difference));
        prop_assume!(of != other && !adds);
        let found = errors(&with_output("1", &format!("({a} {operator} {b}) * 0 == 0")));
        prop_assert!(!found.is_empty());
    }

    #[test]
    fn what_flows_between_tanks_stays_in_them(
        flows in prop::collection::vec((0usize..4, 0usize..4, 0.01f64..2.0), 1..8),
        method in prop_oneof![Just("euler"), Just("heun"), Just("rk4"), Just("rosenbrock")],
    ) {
        let mut rates = vec![String::from("0"); 4];
        for (from, to, rate) in flows {
            rates[from] += &format!(" - {rate} * t{from}");
            rates[to] += &format!(" + {rate} * t{from}");
        }
        let names = ["t0", "t1", "t2", "t3"];
        let tanks: Vec<(&str, f64, &str)> =
            names.iter().zip(&rates).zip([1.0, 2.0, 0.5, 4.0]).map(|((name, rate), level)| (*name, level, rate.as_str())).collect();
        let levels = after(&pure(method, 0.02, &tanks, ""), 10.0);
        prop_assert!((levels.iter().sum::<f64>() - 7.5).abs() < 1e-10, "{method}: {levels:?}");
    }

    #[test]
    fn a_damaged_file_is_read_or_refused_with_a_place(at: prop::sample::Index, cut in 0usize..40, with in "\\PC{0,6}") {
        let whole = include_str!("../../../../server/models/LANGUAGE.md").split("```toml\n").nth(1).unwrap();
        let whole = whole.split("```").next().unwrap();
        let at = at.index(whole.len());
        let at = (0..=at).rev().find(|at| whole.is_char_boundary(*at)).unwrap();
        let end = (at + cut..=whole.len()).find(|end| whole.is_char_boundary(*end)).unwrap_or(whole.len());
        let text = format!("{}{with}{}", &whole[..at], &whole[end..]);
        if let Err(found) = Model::parse(&text) {
            prop_assert!(!found.is_empty());
            for error in found {
                prop_assert!((1..=text.lines().count() + 1).contains(&error.line), "{error}");
            }
        }
        let _ = read(&text.replace("[let]", "[part.a]\nmodel = \"a\"\n[let]"), &|_| Some(text.clone()));
    }

    #[test]
    fn a_part_of_any_text_is_refused_or_put_in(text in "\\PC{0,200}", name in "[a-z.\"\\[\\]]{0,6}") {
        let whole = format!("{}\n[part.{name}]\nmodel = \"m\"\n[connect]\n\"{name}.x\" = \"{name}.y\"\n", kettle(""));
        let _ = flatten(&whole, &|_| Some(text.clone()));
    }
}

#[test]
fn the_kettle_of_the_properties_is_read() {
    model(&kettle(""));
}
