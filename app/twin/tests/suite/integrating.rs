//! The methods: how fast their errors shrink with the step, and what other people's solvers say of the same equations.

use differential_equations::prelude::*;
use twin::{Span, Timestamp, simulate::Simulator};

use super::following::model;

/// A model of pure numbers: states as `name = initial, rate by the second`, outputs of the same names.
pub fn pure(method: &str, step_secs: f64, states: &[(&str, f64, &str)], more: &str) -> String {
    let state = |(name, initial, rate): &(&str, f64, &str)| {
        format!("{name} = {{ unit = \"1\", initial = {initial:?}, rate = \"({rate}) * 1[1/s]\" }}\n")
    };
    let shown = |(name, ..): &(&str, f64, &str)| format!("o_{name} = {{ unit = \"1\", value = \"{name}\" }}\n");
    format!(
        "id = \"t\"\ntitle = \"T\"\nsource = \"tests\"\nstep = \"{step_secs} s\"\nhorizon = \"{} s\"\n\
         headline = \"o_{}\"\nmethod = \"{method}\"\n[state]\n{}[output]\n{}{more}",
        step_secs * 100.0,
        states[0].0,
        states.iter().map(state).collect::<String>(),
        states.iter().map(shown).collect::<String>(),
    )
}

/// The quantities of the nominal asset after `secs` seconds from the beginning of 1970.
pub fn after(text: &str, secs: f64) -> Vec<f64> {
    let model = model(text);
    let (end, stride) = (Timestamp(0) + Span::from_secs(secs), Span(model.step.0 * 1_000));
    let mut asset = Simulator::new(model, Timestamp(0), &[]);
    // A silence of more steps than a few thousand is not stepped through.
    let mut t = Timestamp(0);
    while t < end {
        t = end.min(t + stride);
        asset.advance(t, &[]);
    }
    asset.values()
}

const BRUSSELATOR: [(&str, f64, &str); 2] = [("x", 1.5, "1 + x^2 * y - 4 * x"), ("y", 3.0, "3 * x - x^2 * y")];

struct Brusselator;

impl ODE<f64, [f64; 2]> for Brusselator {
    fn diff(&self, _: f64, y: &[f64; 2], dydt: &mut [f64; 2]) {
        *dydt = [1.0 + y[0] * y[0] * y[1] - 4.0 * y[0], 3.0 * y[0] - y[0] * y[0] * y[1]];
    }
}

/// Robertson's three reactions, whose rates are nine powers of ten apart, after their first milliseconds.
struct Robertson;

const ROBERTSON: [(&str, f64, &str); 3] = [
    ("a", 1.0, "-0.04 * a + 1e4 * b * c"),
    ("b", 3.6e-5, "0.04 * a - 1e4 * b * c - 3e7 * b^2"),
    ("c", 0.0, "3e7 * b^2"),
];

impl ODE<f64, [f64; 3]> for Robertson {
    fn diff(&self, _: f64, y: &[f64; 3], dydt: &mut [f64; 3]) {
        let (slow, back, fast) = (0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] * y[1]);
        *dydt = [back - slow, slow - back - fast, fast];
    }

    fn jacobian(&self, _: f64, y: &[f64; 3], j: &mut Matrix<f64>) {
        let rows =
            [[-0.04, 1e4 * y[2], 1e4 * y[1]], [0.04, -1e4 * y[2] - 6e7 * y[1], -1e4 * y[1]], [0.0, 6e7 * y[1], 0.0]];
        for (row, values) in rows.iter().enumerate() {
            for (column, value) in values.iter().enumerate() {
                j[(row, column)] = *value;
            }
        }
    }
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// The power of the step with which the error shrinks, over the last halving.
fn order(method: &str, steps: [f64; 2]) -> f64 {
    let exact = brusselator(6.0);
    let [coarse, fine] = steps.map(|step| distance(&after(&pure(method, step, &BRUSSELATOR, ""), 6.0), &exact));
    println!("{method}: {coarse:e} at {} s, {fine:e} at {} s", steps[0], steps[1]);
    (coarse / fine).log2()
}

fn brusselator(secs: f64) -> [f64; 2] {
    let method = ExplicitRungeKutta::dop853().rtol(1e-13).atol(1e-13);
    let solution = IVP::ode(&Brusselator, 0.0, secs, [1.5, 3.0]).method(method).solve().unwrap();
    *solution.y.last().unwrap()
}

#[test]
fn errors_shrink_with_the_power_of_the_step_that_the_method_promises() {
    for (method, steps, promised) in [
        ("euler", [0.002, 0.001], 1.0),
        ("heun", [0.01, 0.005], 2.0),
        ("rosenbrock", [0.01, 0.005], 2.0),
        ("rk4", [0.02, 0.01], 4.0),
    ] {
        let got = order(method, steps);
        assert!((got - promised).abs() < 0.15, "{method} is of order {got}, not {promised}");
    }
}

#[test]
fn the_brusselator_is_that_of_another_solver_over_its_cycle() {
    let ours = after(&pure("rk4", 0.01, &BRUSSELATOR, ""), 20.0);
    assert!(distance(&ours, &brusselator(20.0)) < 1e-6, "{ours:?}");
}

#[test]
fn stiff_reactions_are_those_of_another_implicit_solver() {
    let method = ImplicitRungeKutta::radau5().rtol(1e-10).atol(1e-14).h0(1e-6);
    let solution = IVP::ode(&Robertson, 0.0, 40.0, [1.0, 3.6e-5, 0.0]).method(method).solve().unwrap();
    let exact = solution.y.last().unwrap();
    let ours = after(&pure("rosenbrock", 0.02, &ROBERTSON, ""), 40.0);
    // The textbook's values at 40 s: Hairer and Wanner, Solving Ordinary Differential Equations II.
    assert!(distance(exact, &[0.715_827, 9.185_5e-6, 0.284_164]) < 1e-4, "{exact:?}");
    for (ours, exact) in ours.iter().zip(exact) {
        assert!((ours / exact - 1.0).abs() < 1e-4, "{ours} is not {exact}");
    }
    // No explicit method survives such steps.
    assert!(!after(&pure("rk4", 0.02, &ROBERTSON, ""), 40.0)[0].is_finite());
}

#[test]
fn what_an_implicit_method_solves_keeps_what_the_equations_keep() {
    let ours = after(&pure("rosenbrock", 0.05, &ROBERTSON, ""), 30.0);
    assert!((ours.iter().sum::<f64>() - 1.000_036).abs() < 1e-12, "{ours:?}");
}

#[test]
fn a_pivot_of_zero_is_no_end_of_the_elimination() {
    // I - g h J has a zero in its first corner at this step, not a zero determinant.
    let gamma = 1.0 - std::f64::consts::FRAC_1_SQRT_2;
    let rate = format!("{:?} * x + y", 1.0 / (gamma * 0.5));
    let ours = after(&pure("rosenbrock", 0.5, &[("x", 0.0, &rate), ("y", 1.0, "x - y")], ""), 0.5);
    assert!(ours.iter().all(|value| value.is_finite()), "{ours:?}");
}

#[test]
fn a_step_that_watches_for_events_is_the_step_without_them() {
    let never = "[event.never]\nwhen = \"x < -100\"\nset = { x = 0 }\n";
    for method in ["euler", "heun", "rk4", "rosenbrock"] {
        let plain = after(&pure(method, 0.01, &BRUSSELATOR, ""), 5.0);
        let watched = after(&pure(method, 0.01, &BRUSSELATOR, never), 5.0);
        assert!(distance(&plain, &watched) < 1e-12, "{method}: {plain:?}, {watched:?}");
    }
}
