//! The ensemble filter on a linear asset, beside an exact Kalman filter that somebody else wrote (adskalman).

use std::sync::Arc;

use adskalman::{CovarianceUpdateMethod, ObservationModel, StateAndCovariance, TransitionModelLinearNoControl};
use nalgebra::{Matrix1, Matrix1x2, Matrix2, Matrix2x1, Vector1, Vector2};
use twin::{Entry, Model, Span, Timestamp, Twin, What};

use super::following::model;

/// Two vessels, of which the second is measured.
const VESSELS: &str = r#"
id = "vessels"
title = "Vessels"
source = "a test"
step = "1 min"
horizon = "1 h"
headline = "level"
method = "euler"
[input]
nothing = { unit = "1", range = [0, 1], future = "hold" }
[state]
first = { unit = "1", initial = 5, rate = "-first / 1200[s] + 0[1/s] * nothing", spread = 2, drift = 3 }
second = { unit = "1", initial = 1, rate = "(first - second) / 400[s]", spread = 1, drift = 1 }
[signal]
level = { unit = "1", range = [-100, 100], noise = 0.8, observes = "second" }
"#;

struct Vessels {
    f: Matrix2<f64>,
    f_t: Matrix2<f64>,
    q: Matrix2<f64>,
    h: Matrix1x2<f64>,
    h_t: Matrix2x1<f64>,
    r: Matrix1<f64>,
}

impl TransitionModelLinearNoControl<f64, nalgebra::U2> for Vessels {
    fn F(&self) -> &Matrix2<f64> {
        &self.f
    }
    fn FT(&self) -> &Matrix2<f64> {
        &self.f_t
    }
    fn Q(&self) -> &Matrix2<f64> {
        &self.q
    }
}

impl ObservationModel<f64, nalgebra::U2, nalgebra::U1> for Vessels {
    fn H(&self) -> &Matrix1x2<f64> {
        &self.h
    }
    fn HT(&self) -> &Matrix2x1<f64> {
        &self.h_t
    }
    fn R(&self) -> &Matrix1<f64> {
        &self.r
    }
}

/// Minutes at which the level is measured, not evenly, and what it is.
fn measured() -> Vec<(i64, f64)> {
    let minutes = (0..90).filter(|n| n % 7 != 3 && !(30..42).contains(n));
    minutes.map(|n| (n, 2.0 + 1.5 * (n as f64 / 9.0).sin() + 0.6 * (n as f64 * 12.9898).sin())).collect()
}

/// The exact state: means and standard deviations.
fn exact() -> [[f64; 2]; 2] {
    let f = Matrix2::new(1.0 - 60.0 / 1200.0, 0.0, 60.0 / 400.0, 1.0 - 60.0 / 400.0);
    let h = Matrix1x2::new(0.0, 1.0);
    let per_minute = |drift: f64| drift * drift / 60.0;
    let q = Matrix2::new(per_minute(3.0), 0.0, 0.0, per_minute(1.0));
    let vessels = Vessels { f, f_t: f.transpose(), q, h, h_t: h.transpose(), r: Matrix1::new(0.64) };
    let mut state = StateAndCovariance::new(Vector2::new(5.0, 1.0), Matrix2::new(4.0, 0.0, 0.0, 1.0));
    let mut at = 0;
    for (minute, value) in measured() {
        while at < minute {
            state = vessels.predict(&state);
            at += 1;
        }
        state = vessels.update(&state, &Vector1::new(value), CovarianceUpdateMethod::JosephForm).unwrap();
    }
    let (mean, covariance) = (state.state(), state.covariance());
    [[mean[0], covariance[(0, 0)].sqrt()], [mean[1], covariance[(1, 1)].sqrt()]]
}

fn followed(model: &Arc<Model>, seed: u64) -> [[f64; 2]; 2] {
    let entry = |(minute, value): (i64, f64)| Entry {
        t: Timestamp(1_000_000_020_000_000) + Span(minute * Span::MINUTE.0),
        what: What::Sample { signal: 1, value },
    };
    let mut twin = Twin::new(model.clone(), seed);
    twin.observe(&measured().into_iter().map(entry).collect::<Vec<_>>());
    let band = |index: usize| {
        let band = twin.latents()[index];
        [band.mean, (band.high - band.low) / 3.29]
    };
    [band(0), band(1)]
}

#[test]
fn members_get_back_the_part_of_their_spread_that_the_model_says() {
    // After one measurement: mean, and half of the 90 % band, of the second vessel.
    let after = |inflation: &str| {
        let mut twin = Twin::new(model(&VESSELS.replace("method =", &format!("{inflation}\nmethod ="))), 3);
        let level = twin.model().signal("level").unwrap();
        twin.observe(&[Entry { t: Timestamp(0), what: What::Sample { signal: level, value: 2.5 } }]);
        let band = twin.latents()[1];
        (band.mean, band.high - band.low)
    };
    let (mean, none) = after("");
    let [(same, some), (_, twice)] = ["inflation = 0.3", "inflation = 0.6"].map(after);
    assert!((same - mean).abs() < 1e-12, "where they stand stays");
    assert!(some > 1.05 * none, "{none} {some}");
    assert!((twice - none - 2.0 * (some - none)).abs() < 1e-9, "{none} {some} {twice}");
}

#[test]
fn mean_and_spread_are_those_of_an_exact_filter_within_the_error_of_a_sample() {
    const SEEDS: u64 = 48;
    let model = model(VESSELS);
    let all: Vec<[[f64; 2]; 2]> = (0..SEEDS).map(|seed| followed(&model, seed)).collect();
    for (index, [mean, deviation]) in exact().into_iter().enumerate() {
        let means: Vec<f64> = all.iter().map(|own| own[index][0]).collect();
        let average = means.iter().sum::<f64>() / SEEDS as f64;
        let scatter = (means.iter().map(|own| (own - average).powi(2)).sum::<f64>() / (SEEDS - 1) as f64).sqrt();
        let error = scatter / (SEEDS as f64).sqrt();
        assert!((average - mean).abs() < 4.0 * error, "state {index}: {average} +- {error} for {mean}");
        // Sixty-four members scatter by an eighth of the deviation, and more where one follows from the other.
        assert!(scatter < 0.35 * deviation, "state {index}: {scatter} of {deviation}");
        let spread = all.iter().map(|own| own[index][1]).sum::<f64>() / SEEDS as f64;
        assert!((0.9..1.1).contains(&(spread / deviation)), "state {index}: {spread} for {deviation}");
    }
}
