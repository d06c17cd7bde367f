//! What was learned comes back from its bytes to the same bits, and no bytes lead out of it.

pub mod samples;

use proptest::prelude::{Strategy, any, prop_assert, prop_oneof, proptest};
use proptest::sample::Index;
use twin::{
    learned::{
        Course, Kind, LARGEST, LARGEST_COURSE, Learned, SealError,
        numbers::{Numbers, Width},
        outlook::{Channel, Look},
        window::Window,
    },
    philox,
};

use self::samples::{all, fade, life, names, noise, outlook, soft};

/// What is said after each of `count` rows, as bits.
fn live(learned: &Learned, course: &mut Course, rows: std::ops::Range<u32>) -> Vec<u64> {
    let mut said = Vec::new();
    for row in rows {
        let centre = [1.8, 24.0, 1000.0, 5.0];
        let of = |place: usize| match row % 11 {
            5 if place == 0 => f64::NAN,
            _ => centre[place] * (1.0 + 0.1 * philox::normal(3, row, 0, place as u32)),
        };
        let numbers: Vec<f64> = (0..learned.inputs().len()).map(of).collect();
        learned.step(course, &numbers);
        if row % 7 == 0 {
            learned.refer(course, 2.0);
        }
        said.extend(learned.remaining_life(course).iter().flat_map(|left| [left.low, left.middle, left.high]));
        said.extend(learned.forecast(course, 1).iter().flatten().flat_map(|one| [one.low, one.middle, one.high]));
        said.extend(learned.estimate(course));
    }
    said.into_iter().map(f64::to_bits).collect()
}

#[test]
fn sealed_bytes_come_back_to_the_same_bits() {
    for learned in all() {
        let sealed = learned.seal().unwrap();
        let again = Learned::unseal(&sealed).unwrap();
        assert_eq!(again, learned);
        assert_eq!(again.seal().unwrap(), sealed);
        let said = live(&learned, &mut learned.begin(3), 0..60);
        assert!(said.len() >= 48, "{learned:?} says nothing");
        assert_eq!(live(&again, &mut again.begin(3), 0..60), said);
    }
}

#[test]
fn a_course_that_was_kept_goes_on_as_if_it_had_not_been() {
    for learned in all() {
        let mut course = learned.begin(3);
        live(&learned, &mut course, 0..40);
        let mut again = learned.restore(&course.save()).unwrap();
        assert_eq!(live(&learned, &mut again, 40..80), live(&learned, &mut course, 40..80));
        for other in all().iter().filter(|other| other.kind() != learned.kind()) {
            assert_eq!(other.restore(&course.save()), None);
        }
    }
}

#[test]
fn a_remaining_life_lies_in_its_interval_and_under_its_cap() {
    let learned = life();
    let mut course = learned.begin(0);
    assert_eq!(learned.remaining_life(&course), None);
    for row in 0..400 {
        let broken = if row % 3 == 0 { f64::INFINITY } else { f64::NEG_INFINITY };
        learned.step(&mut course, &[f64::NAN, f64::from(row), broken, broken]);
        let left = learned.remaining_life(&course).unwrap();
        assert!(
            0.0 <= left.low && left.low <= left.middle && left.middle <= left.high && left.high <= 125.0,
            "{left:?}"
        );
    }
}

#[test]
fn a_remaining_life_lies_in_its_interval_where_held_back_assets_erred_to_one_side() {
    for side in [1.0, -1.0] {
        let Kind::Life(mut life) = life().kind().clone() else { unreachable!() };
        // Far from where a life ends or is no longer told apart.
        (life.bias, life.cap) = (1e4, 1e5);
        for knot in &mut life.interval.knots {
            (knot.low, knot.high) = (side * 4.0 - 3.0, side * 4.0 + 3.0);
        }
        let learned = Learned::new(names(4), Kind::Life(life)).unwrap();
        let mut course = learned.begin(0);
        for row in 0..60 {
            learned.step(&mut course, &[0.0, f64::from(row % 9), f64::from(row) - 30.0, 5.0]);
            let left = learned.remaining_life(&course).unwrap();
            let (low, high) = (left.low - left.middle, left.high - left.middle);
            assert!((low - (side * 4.0 - 3.0).min(0.0)).abs() < 1e-9, "{left:?}");
            assert!((high - (side * 4.0 + 3.0).max(0.0)).abs() < 1e-9, "{left:?}");
            assert!(left.low <= left.middle && left.middle <= left.high, "{left:?}");
        }
    }
}

#[test]
fn rows_of_other_lengths_and_courses_of_other_kinds_change_nothing() {
    let (life, soft) = (life(), soft());
    let mut course = life.begin(0);
    live(&life, &mut course, 0..9);
    let before = course.clone();
    life.step(&mut course, &[1.0]);
    soft.step(&mut course, &[1.0, 2.0]);
    soft.refer(&mut course, 1.0);
    assert_eq!(course, before);
    assert_eq!(soft.estimate(&course), None);
}

#[test]
fn bytes_that_were_not_sealed_are_refused() {
    let sealed = fade().seal().unwrap();
    for end in 0..sealed.len() {
        assert!(Learned::unseal(&sealed[..end]).is_err(), "up to {end}");
    }
    for place in 1..sealed.len() {
        let mut damaged = sealed.clone();
        damaged[place] ^= 1;
        assert_eq!(Learned::unseal(&damaged), Err(SealError::Damaged), "damaged at {place}");
    }
    assert_eq!(Learned::unseal(&[&[9], &sealed[1..]].concat()), Err(SealError::Version { format: 9 }));
    let large = vec![1; LARGEST + 1];
    assert_eq!(Learned::unseal(&large), Err(SealError::TooLarge { bytes: LARGEST + 1 }));
}

#[test]
fn what_is_too_large_is_neither_sealed_nor_followed() {
    let Kind::Outlook(mut deep) = outlook().kind().clone() else { unreachable!() };
    let channel = |look: &Look, ahead: usize| Channel {
        mean: 0.0,
        deviation: 1.0,
        map: Numbers::round(&vec![0.5; look.features() * ahead], ahead, Width::Single),
        errors: vec![(-1.0, 1.0); ahead],
    };
    deep.look = Look { period: 24, edges: vec![0, 1, 300], seasons: vec![] };
    deep.channels = vec![channel(&deep.look, 4); 8];
    let refused = Learned::new(names(8), Kind::Outlook(deep.clone()));
    assert_eq!(refused, Err(SealError::Malformed("what it has to know of an asset is too much")));
    deep.look.edges = vec![0, 1, 2];
    deep.channels = vec![channel(&deep.look, 800); 8];
    assert!(matches!(Learned::new(names(8), Kind::Outlook(deep)), Err(SealError::Malformed(_))));
}

#[test]
fn weights_keep_to_their_bits() {
    let weights = noise(60, 5);
    for (width, part) in [(Width::Eight, 127.0), (Width::Sixteen, 32_767.0), (Width::Single, 1e6)] {
        let numbers = Numbers::round(&weights, 3, width);
        assert_eq!((numbers.rows(), numbers.columns()), (20, 3));
        for row in 0..20 {
            let (mut x, mut out) = (vec![0.0; 20], vec![0.0; 3]);
            x[row] = 1.0;
            numbers.apply(&x, &mut out);
            for (column, out) in out.iter().enumerate() {
                let largest = (0..20).map(|row| weights[row * 3 + column].abs()).fold(0.0, f64::max);
                assert!((out - weights[row * 3 + column]).abs() <= 0.501 * largest / part + 1e-7);
            }
        }
    }
}

#[test]
fn slopes_are_those_of_least_squares() {
    let mut window = Window::new(2, 7);
    for row in 0..30 {
        let x = f64::from(row);
        window.push(&[3.0 - 0.5 * x, if row % 2 == 0 { 1.0 } else { -1.0 }]);
        let mut slopes = [9.0; 2];
        window.slopes(7, &mut slopes);
        assert!((slopes[0] - if row < 4 { 0.0 } else { -0.5 }).abs() < 1e-12, "{slopes:?} at row {row}");
        window.slopes(5, &mut slopes);
        // An odd number of rows that go up and down is level.
        assert!(slopes[1].abs() < 1e-12);
    }
}

/// To be run by hand when the form changes.
#[test]
#[ignore = "writes the corpus of what was learned"]
fn learned_bytes_are_made_anew() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../server/fuzz/corpus/learned");
    std::fs::create_dir_all(&folder).unwrap();
    for (learned, name) in all().iter().zip(["life", "outlook", "fade", "soft"]) {
        let body = learned.seal().unwrap().split_off(33);
        let write = |what: &str, body: &[u8]| std::fs::write(folder.join(format!("{name}{what}")), body).unwrap();
        write("", &body);
        write("_cut", &body[..body.len() * 2 / 3]);
        for part in [2, 5] {
            let mut damaged = body.clone();
            damaged[body.len() * part / 8] ^= 0x11;
            write(&format!("_damaged_{part}"), &damaged);
        }
    }
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let damaged =
        (0..4usize, proptest::collection::vec((any::<Index>(), any::<u8>()), 1..4)).prop_map(|(which, changes)| {
            let mut body = all()[which].seal().unwrap().split_off(33);
            for (place, byte) in changes {
                let place = place.index(body.len());
                body[place] = byte;
            }
            body
        });
    prop_oneof![damaged, proptest::collection::vec(any::<u8>(), 0..400)]
}

proptest! {
    #[test]
    fn no_bytes_lead_out_of_what_was_learned(body in bytes()) {
        if let Ok(learned) = Learned::decode(&body) {
            let rows: Vec<f64> = noise(learned.inputs().len(), 1);
            let mut course = learned.begin(i64::MAX - 2);
            for _ in 0..5 {
                learned.step(&mut course, &rows);
                learned.refer(&mut course, 1.0);
                let _ = (learned.remaining_life(&course), learned.forecast(&course, 0), learned.estimate(&course));
            }
            prop_assert!(course.save().len() <= LARGEST_COURSE);
        }
    }

    #[test]
    fn no_bytes_lead_out_of_a_course(which in 0..4usize, changes in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..4)) {
        let learned = all()[which].clone();
        let mut course = learned.begin(3);
        live(&learned, &mut course, 0..30);
        let mut kept = course.save();
        for (place, byte) in changes {
            let place = place.index(kept.len());
            kept[place] = byte;
        }
        if let Some(mut course) = learned.restore(&kept) {
            live(&learned, &mut course, 0..30);
            prop_assert!(course.save().len() <= LARGEST_COURSE);
        }
    }
}
