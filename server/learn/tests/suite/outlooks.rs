//! Forecasts of a tank that is filled by day.

use learn::train;
use twin::learned::Learned;

use super::support::{TANK, mapping, tank};

/// Follows a tank, and asks every `every` rows: the mean squared error, values inside of their intervals, all values.
fn judge(learned: &Learned, noise: f64, every: usize) -> (f64, usize, usize) {
    let later = tank(24 * 90, noise, 5);
    let mut course = learned.begin(0);
    let (mut squares, mut inside, mut all) = (0.0, 0, 0);
    for (place, row) in later.rows.iter().enumerate() {
        learned.step(&mut course, row);
        if place < 24 * 10 || place % every != 0 {
            continue;
        }
        for channel in 0..2 {
            let ahead = learned.forecast(&course, channel).unwrap();
            for (ahead, came) in ahead.iter().zip(&later.rows[place + 1..]) {
                squares += (ahead.middle - came[channel]).powi(2);
                inside += usize::from((ahead.low..=ahead.high).contains(&came[channel]));
                all += 1;
            }
        }
    }
    (squares / all as f64, inside, all)
}

#[test]
fn days_that_are_alike_are_foretold() {
    let learned = train::learn(&mapping(TANK), vec![tank(24 * 60, 1e-3, 1)], 0).unwrap();
    let (error, ..) = judge(&learned, 1e-3, 5);
    assert!(error < 1e-3, "a day goes up and down by 1 and by 8, and the forecast is off by {}", error.sqrt());
}

#[test]
fn nine_of_ten_values_are_inside_of_their_intervals() {
    let learned = train::learn(&mapping(TANK), vec![tank(24 * 120, 0.3, 1)], 0).unwrap();
    let (_, inside, all) = judge(&learned, 0.3, 12);
    let share = inside as f64 / all as f64;
    // The values of a forecast go together: about one in twelve counts.
    let half = 1.96 * (0.09 / (all as f64 / 12.0)).sqrt();
    assert!((share - 0.9).abs() < half, "{share} of {all} inside, not 0.9 by {half}");
}

#[test]
fn intervals_widen_where_the_asset_becomes_less_regular() {
    let learned = train::learn(&mapping(TANK), vec![tank(24 * 120, 0.3, 1)], 0).unwrap();
    let (_, inside, all) = judge(&learned, 0.6, 12);
    let share = inside as f64 / all as f64;
    assert!(share > 0.8, "with twice the noise {share} are inside; as learned it would be three of five");
}

#[test]
fn a_tank_that_is_too_young_has_no_outlook() {
    let learned = train::learn(&mapping(TANK), vec![tank(24 * 60, 0.1, 1)], 0).unwrap();
    let mut course = learned.begin(0);
    for (rows, row) in (1..).zip(&tank(100, 0.1, 2).rows) {
        learned.step(&mut course, row);
        assert_eq!(learned.forecast(&course, 0).is_some(), rows >= 96, "after {rows} rows");
    }
    assert_eq!(learned.forecast(&course, 2), None);
}

#[test]
fn too_few_rows_are_refused() {
    let refused = train::learn(&mapping(TANK), vec![tank(150, 0.1, 1)], 0).unwrap_err().to_string();
    assert_eq!(refused, "75 rows are too few to look back 96 and ahead 12");
}
