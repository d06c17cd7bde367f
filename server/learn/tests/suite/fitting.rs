//! Maps, nets and trees make what they were shown.

use learn::{
    boost,
    chance::Chance,
    mapping::{NetTask, TreeTask},
    nets,
    ridge::Squares,
};

/// Rows of chance between -1 and 1.
fn rows(count: usize, width: usize) -> Vec<Vec<f64>> {
    let mut chance = Chance::new(1, 0);
    (0..count).map(|_| (0..width).map(|_| 2.0 * chance.uniform() - 1.0).collect()).collect()
}

fn hill(row: &[f64]) -> f64 {
    let inside = row[0] > 0.2 && row[1] < 0.4;
    f64::from(u8::from(inside)) + 0.5 * row[2]
}

/// The share of the variance that is not explained.
fn unexplained(said: &[f64], truth: &[f64]) -> f64 {
    let mean = truth.iter().sum::<f64>() / truth.len() as f64;
    let squares = |from: &dyn Fn(usize) -> f64| -> f64 {
        truth.iter().enumerate().map(|(place, one)| (one - from(place)).powi(2)).sum()
    };
    squares(&|place| said[place]) / squares(&|_| mean)
}

#[test]
fn a_linear_map_is_recovered() {
    let weights = [[2.0, -1.0], [0.5, 0.0], [-3.0, 4.0]];
    let mut squares = Squares::new(3, 2);
    for row in rows(50, 3) {
        let target = |target: usize| (0..3).map(|place| row[place] * weights[place][target]).sum();
        squares.add(&row, &[target(0), target(1)]);
    }
    let found = squares.solve(3, |_| 0.0).unwrap();
    for (found, wanted) in found.iter().zip(weights.as_flattened()) {
        assert!((found - wanted).abs() < 1e-12, "{found} is not {wanted}");
    }
}

#[test]
fn features_that_are_the_same_are_refused_without_a_penalty() {
    let mut squares = Squares::new(2, 1);
    squares.add(&[1.0, 1.0], &[1.0]);
    squares.add(&[2.0, 2.0], &[2.0]);
    assert!(squares.solve(2, |_| 0.0).is_err());
    let shared = squares.solve(2, |_| 1e-9).unwrap();
    assert!((shared[0] - 0.5).abs() < 1e-6 && (shared[1] - 0.5).abs() < 1e-6, "{shared:?}");
}

#[test]
fn trees_fit_a_function() {
    let task = TreeTask { count: 300, fewest: 20, features: 1.0, ..Default::default() };
    let rows = rows(3_000, 4);
    let targets: Vec<f64> = rows.iter().map(|row| hill(row)).collect();
    let trees = boost::fit(&task, &rows[..2_000], &targets[..2_000], &mut Chance::new(3, 0));
    let said: Vec<f64> = rows[2_000..].iter().map(|row| trees.of(row)).collect();
    let rest = unexplained(&said, &targets[2_000..]);
    assert!(rest < 0.05, "{rest} of the variance is not explained");
}

#[test]
fn nets_fit_a_function() {
    let task = NetTask { hidden: vec![16, 8], epochs: 60, batch: 50, ..Default::default() };
    let rows = rows(3_000, 3);
    let smooth = |row: &[f64]| (3.0 * row[0]).sin() * row[1] + 0.5 * row[2];
    let targets: Vec<f64> = rows.iter().map(|row| smooth(row)).collect();
    let single = |values: &[f64]| values.iter().map(|one| *one as f32).collect::<Vec<f32>>();
    let shown: Vec<Vec<f32>> = rows[..2_000].iter().map(|row| single(row)).collect();
    let net = nets::fit(&task, &shown, &single(&targets[..2_000]), &mut Chance::new(3, 0));
    let said: Vec<f64> = rows[2_000..].iter().map(|row| net.of(row)).collect();
    let rest = unexplained(&said, &targets[2_000..]);
    assert!(rest < 0.02, "{rest} of the variance is not explained");
}

#[test]
fn chance_is_the_same_for_the_same_seed() {
    let draws = |seed, stream| {
        let mut chance = Chance::new(seed, stream);
        (chance.order(9), chance.uniform(), chance.normal())
    };
    assert_eq!(draws(1, 2), draws(1, 2));
    assert_ne!(draws(1, 2), draws(2, 2));
    assert_ne!(draws(1, 2), draws(1, 3));
    let mut order = draws(1, 2).0;
    order.sort_unstable();
    assert_eq!(order, (0..9).collect::<Vec<u32>>());
}
