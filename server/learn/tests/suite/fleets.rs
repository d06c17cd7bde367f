//! Remaining lives of engines that are run in two regimes.

use learn::train;
use twin::learned::{Kind, Learned};

use super::support::{FLEET, fleet, mapping};

fn learned() -> Learned {
    train::learn(&mapping(FLEET), fleet(40, 1), 0).unwrap()
}

#[test]
fn regimes_are_scaled_apart() {
    let learned = learned();
    let Kind::Life(life) = learned.kind() else { panic!("{:?}", learned.kind()) };
    let scaling = &life.signs.scaling;
    assert_eq!(
        (scaling.regimes.len(), &scaling.kept[..]),
        (2, &[0, 1][..]),
        "what never changes in a regime says nothing"
    );
    for engine in fleet(3, 2) {
        let mut scaled = vec![vec![0.0; 2]; engine.rows.len()];
        for (row, scaled) in engine.rows.iter().zip(&mut scaled) {
            let (regime, is_known) = scaling.regime(&row[..1]);
            assert!(is_known);
            scaling.scale(regime, &row[1..], scaled);
        }
        // As new, an engine is the same in both regimes, though its readings are hundreds apart.
        let high = |row: &usize| engine.rows[*row][0] > 20.0;
        let (above, below): (Vec<usize>, Vec<usize>) = (0..50).partition(high);
        let mean = |rows: &[usize]| rows.iter().map(|row| scaled[*row][0]).sum::<f64>() / rows.len() as f64;
        assert!((mean(&above) - mean(&below)).abs() < 0.5, "{} and {}", mean(&above), mean(&below));
    }
    assert!(!scaling.regime(&[18.0]).1, "an altitude that nobody flew at is not known");
}

#[test]
fn a_remaining_life_is_close_and_its_interval_holds_nine_of_ten() {
    let learned = learned();
    let (mut squares, mut inside, mut asked) = (0.0, 0, 0);
    for (number, engine) in fleet(100, 7).into_iter().enumerate() {
        // Met at any moment, once an engine: these are as independent as engines are.
        let left = 3 + number * 7 % 70;
        let mut course = learned.begin(0);
        for row in &engine.rows[..engine.rows.len() - left] {
            learned.step(&mut course, row);
        }
        let said = learned.remaining_life(&course).unwrap();
        squares += (said.middle - left as f64).powi(2);
        inside += usize::from((said.low..=said.high).contains(&(left as f64)));
        asked += 1;
    }
    let rmse = (squares / f64::from(asked)).sqrt();
    assert!(rmse < 9.0, "off by {rmse} rows, where guessing the middle is off by 20");
    assert!((83..=97).contains(&inside), "{inside} of {asked} inside of the interval");
}

#[test]
fn the_same_seed_learns_the_same_bytes() {
    let sealed = |seed| train::learn(&mapping(FLEET), fleet(12, 1), seed).unwrap().seal().unwrap();
    assert_eq!(sealed(4), sealed(4));
    assert_ne!(sealed(4), sealed(5));
}

#[test]
fn too_few_engines_are_refused() {
    let refused = train::learn(&mapping(FLEET), fleet(3, 1), 0).unwrap_err();
    assert_eq!(refused.to_string(), "3 assets are too few for 4 folds");
}

#[test]
fn settings_that_are_no_settings_are_refused() {
    let mut engines = fleet(8, 1);
    for (number, row) in engines.iter_mut().flat_map(|engine| &mut engine.rows).enumerate() {
        row[0] = 10.0 * number as f64;
    }
    let refused = train::learn(&mapping(FLEET), engines, 0).unwrap_err().to_string();
    assert!(refused.starts_with("the settings fall into more than 64 regimes"), "{refused}");
}
