//! What holds of every detector: it goes on from its bytes, is no larger than it may be, and nothing breaks it.

use twin::{
    Timestamp,
    streams::{Against, Detector, Kind, Knowledge, LEVEL_LIMIT, LearnError, Lesson, MOST_BYTES, Rows, Said, Start},
};

use super::{Dice, WINDOWS, cooler, days, instant, plant, read, rows};

/// One of each, and rows that it has not seen.
pub fn one_of_each() -> Vec<(Detector, Vec<Vec<f64>>)> {
    let learn = |lesson| Detector::learn(lesson).unwrap();
    let as_rows = |values: &[f64], channels: usize, from: usize| -> Vec<Vec<f64>> {
        rows(values, channels).iter().skip(from).map(<[f64]>::to_vec).collect()
    };
    let day = days(1600);
    let times: Vec<Timestamp> = (0..600).map(instant).collect();
    let pattern = learn(Lesson::Signal { times: &times, values: &day[..600], false_alarms: None });
    let levels = plant(1000, 5, 7, 900, 15.0);
    let start = rows(&levels, 5).part(0, 400);
    let level = learn(Lesson::Start { rows: start, against: Against::Itself, limit: LEVEL_LIMIT });
    let record = rows(&levels, 5).part(0, 800);
    let innovation = learn(Lesson::Record { rows: record, false_alarms: None });
    let inputs = plant(2400, 3, 13, usize::MAX, 0.0);
    let references: Vec<f64> = rows(&inputs, 3).iter().map(read).collect();
    let record = rows(&inputs, 3).part(0, 2000);
    let sensor =
        learn(Lesson::References { rows: record, references: &references[..2000], memory: 100.0, false_alarms: None });
    let mut read = as_rows(&inputs, 3, 2000);
    read.iter_mut().zip(&references[2000..]).for_each(|(row, reference)| row.push(*reference));
    let (cooled, states) = cooler();
    let window = learn(Lesson::States { rows: rows(&cooled, 4), windows: WINDOWS, states: &states });
    vec![
        (pattern, as_rows(&day, 1, 600)),
        (level, as_rows(&levels, 5, 400)),
        (innovation, as_rows(&levels, 5, 800)),
        (sensor, read),
        (window, as_rows(&cooled[..4 * 600], 4, 0)),
    ]
}

fn bits(said: Option<Said>) -> String {
    format!("{:?} {:?}", said.map(|said| said.ratio.to_bits()), said.map(|said| Said { ratio: 0.0, ..said }))
}

#[test]
fn a_detector_goes_on_from_its_bytes_to_the_same_bits() {
    for (mut detector, rows) in one_of_each() {
        for (index, row) in rows.iter().enumerate() {
            if index % 97 == 0 {
                let bytes = detector.to_bytes();
                let mut other = Detector::from_bytes(&bytes).unwrap();
                assert_eq!(other.to_bytes(), bytes);
                assert_eq!(bits(other.step(instant(index), row)), bits(detector.clone().step(instant(index), row)));
            }
            detector.step(instant(index), row);
        }
        assert!(detector.to_bytes().len() <= MOST_BYTES, "{:?}", detector.kind());
    }
}

/// The same were found in wasm, in the lanes of a browser; a change of them is a change of what detectors say.
#[test]
fn what_is_learnt_and_followed_has_the_bits_that_it_has_on_any_machine() {
    let hash = |(mut detector, rows): (Detector, Vec<Vec<f64>>)| {
        rows.iter().enumerate().for_each(|(index, row)| {
            detector.step(instant(index), row);
        });
        let bytes = detector.to_bytes();
        bytes
            .iter()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
    };
    let hashes: Vec<u64> = one_of_each().into_iter().map(hash).collect();
    let known = [
        0x91c3_ff90_866a_5607,
        0x4d71_dcc8_15f9_8682,
        0x3f29_2a22_067b_baf7,
        0xa332_b5af_89b4_6825,
        0x3a45_1cb9_1ee6_a28b,
    ];
    assert_eq!(hashes, known, "{hashes:#x?}");
}

#[test]
fn a_limit_that_was_asked_for_is_kept_and_without_one_all_is_as_usual() {
    let day = days(1600);
    let times: Vec<Timestamp> = (0..600).map(instant).collect();
    let learn =
        |false_alarms| Detector::learn(Lesson::Signal { times: &times, values: &day[..600], false_alarms }).unwrap();
    let begun = |mut detector: Detector| {
        let said = day.iter().enumerate().skip(600).map(|(index, x)| detector.step(instant(index), &[*x]));
        said.filter(|said| said.is_some_and(|said| said.is_alarm && said.ratio >= 1.0)).count()
    };
    let (usual, often, seldom) = (learn(None), learn(Some(0.004)), learn(Some(1e-5)));
    assert_eq!(often.kind(), Kind::Pattern);
    assert_eq!(Detector::from_bytes(&often.to_bytes()).unwrap(), often);
    // A byte for the form, one for the detector, and the limit.
    assert_eq!(often.to_bytes().len(), usual.to_bytes().len() + 8);
    assert_eq!(often.to_bytes()[10..], usual.to_bytes()[2..]);
    let [often, usual, seldom] = [often, usual, seldom].map(begun);
    assert!(often > usual && usual >= seldom, "{often}, {usual}, {seldom}");
}

#[test]
fn a_missing_sample_changes_nothing_and_no_number_is_too_much() {
    for (mut detector, rows) in one_of_each() {
        let bytes = detector.to_bytes();
        for missing in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300] {
            let mut row = rows[0].clone();
            row[0] = missing;
            if detector.kind() != Kind::Window {
                assert_eq!(detector.step(instant(0), &row), None);
                assert_eq!(detector.to_bytes(), bytes, "{:?}", detector.kind());
            }
        }
        for row in [&[][..], &[1.0], &[f64::NAN; 40], &[-1e99; 5], &[1e99; 5], &[0.0; 4], &[1e99; 4]] {
            for t in [i64::MIN, -1, 0, i64::MAX] {
                detector.step(Timestamp(t), row);
            }
        }
    }
}

#[test]
fn what_is_largest_is_not_too_large_and_what_is_larger_is_refused() {
    let mut dice = Dice(5);
    let noise: Vec<f64> = (0..600 * 129).map(|_| 5.0 + dice.normal()).collect();
    let learn = |lesson: Lesson| Detector::learn(lesson).map(|detector| detector.to_bytes().len());
    let of = |channels: usize, count: usize| rows(&noise[..channels * count], channels);
    let times: Vec<Timestamp> = (0..noise.len()).map(instant).collect();
    let mut pattern = Detector::learn(Lesson::Signal { times: &times, values: &noise, false_alarms: None }).unwrap();
    for index in 0..40_000 {
        pattern.step(times[index], &noise[index..=index]);
    }
    let start = |channels| Lesson::Start { rows: of(channels, 200), against: Against::Itself, limit: LEVEL_LIMIT };
    let references = |channels| Lesson::References {
        rows: of(channels, 1500),
        references: &noise[..1500],
        memory: 50.0,
        false_alarms: None,
    };
    let record = |channels| Lesson::Record { rows: of(channels, 500), false_alarms: None };
    let largest = [Ok(pattern.to_bytes().len()), learn(start(128)), learn(record(96)), learn(references(18))];
    println!("bytes of the largest: {largest:?}");
    assert!(largest.iter().all(|size| size.is_ok_and(|size| size <= MOST_BYTES)), "{largest:?}");
    assert_eq!(learn(start(129)), Err(LearnError::TooWide { channels: 129, most: 128 }));
    assert_eq!(learn(record(97)), Err(LearnError::TooWide { channels: 97, most: 96 }));
    assert_eq!(learn(references(19)), Err(LearnError::TooWide { channels: 19, most: 18 }));
}

#[test]
fn signals_that_stand_still_are_learnt_from_and_their_first_move_is_an_alarm() {
    let mut dice = Dice(3);
    let still: Vec<f64> = (0..500).flat_map(|_| [7.0, 7.0, dice.normal()]).collect();
    let all = Rows::new(&still, 3).unwrap();
    let start = Lesson::Start { rows: all, against: Against::Itself, limit: LEVEL_LIMIT };
    for lesson in [start, Lesson::Record { rows: all, false_alarms: None }] {
        let mut detector = Detector::learn(lesson).unwrap();
        assert!(!detector.step(instant(0), &[7.0, 7.0, 0.1]).unwrap().is_alarm);
        assert!((0..5).any(|index| detector.step(instant(index), &[7.0, 8.0, 0.1]).unwrap().is_alarm));
    }
    let times: Vec<Timestamp> = (0..500).map(instant).collect();
    let mut pattern =
        Detector::learn(Lesson::Signal { times: &times, values: &[7.0; 500], false_alarms: None }).unwrap();
    assert!((0..200).all(|index| !pattern.step(instant(index), &[7.0]).unwrap().is_alarm));
    assert!((0..20).any(|index| pattern.step(instant(index), &[8.0]).unwrap().is_alarm));
}

#[test]
fn broken_bytes_are_refused_or_go_on_without_harm() {
    let day = days(200);
    let times: Vec<Timestamp> = (0..60).map(instant).collect();
    let pattern = Detector::learn(Lesson::Signal { times: &times, values: &day[..60], false_alarms: None }).unwrap();
    let small = (pattern, day.iter().map(|x| vec![*x]).collect());
    // The large pattern is left out, for every byte is broken.
    for (detector, rows) in one_of_each().into_iter().skip(1).chain([small]) {
        let bytes = detector.to_bytes();
        assert!(Detector::from_bytes(&bytes[..bytes.len() - 1]).is_err());
        assert!(Detector::from_bytes(&[]).is_err());
        let each = (0..bytes.len()).flat_map(|place| [0, 1, 5, 0x7f, 0xff].map(|value| (place, value)));
        for (place, value) in each {
            let mut broken = bytes.clone();
            broken[place] = value;
            if let Ok(mut detector) = Detector::from_bytes(&broken) {
                for row in rows.iter().take(70) {
                    detector.step(instant(0), row);
                }
            }
        }
    }
}

#[test]
fn what_is_known_of_an_asset_decides_which_detector_it_has() {
    let known = Knowledge { signals: 8, normal_rows: 500, ..Knowledge::default() };
    let check = |known: Knowledge, kind: Option<Kind>| assert_eq!(Kind::of(known), kind, "{known:?}");
    check(Knowledge { signals: 0, ..known }, None);
    check(known, Some(Kind::Innovation));
    check(Knowledge { start: Start::Anew, ..known }, Some(Kind::Level));
    check(Knowledge { normal_rows: 100, ..known }, Some(Kind::Level));
    check(Knowledge { signals: 1, normal_rows: 0, ..known }, Some(Kind::Pattern));
    check(Knowledge { references: 900, ..known }, Some(Kind::Sensor));
    check(Knowledge { states: 3, references: 900, ..known }, Some(Kind::Window));
}

#[test]
fn one_mistaken_sample_does_not_make_a_pattern_blind() {
    let values = days(3000);
    let times: Vec<Timestamp> = (0..3000).map(instant).collect();
    for mistaken in [1e3, 1e6, -1e9] {
        let mut pattern =
            Detector::learn(Lesson::Signal { times: &times[..600], values: &values[..600], false_alarms: None })
                .unwrap();
        let mut alarms = Vec::new();
        for index in 600..3000 {
            let x = if index == 700 { mistaken } else { values[index] };
            if pattern.step(times[index], &[x]).unwrap().is_alarm {
                alarms.push(index);
            }
        }
        assert!(alarms.iter().any(|index| (1900..1960).contains(index)), "after {mistaken}: {alarms:?}");
    }
}

#[test]
fn one_mistaken_sample_is_forgotten_by_all() {
    for (mut detector, rows) in one_of_each() {
        let quiet: Vec<&Vec<f64>> = rows.iter().take(400).collect();
        for (place, row) in quiet.iter().enumerate() {
            let mut row = row.to_vec();
            if place == 20 {
                row.iter_mut().for_each(|x| *x = 1e9);
            }
            let said = detector.step(instant(place), &row);
            let is_over = place < 390 || said.is_none_or(|said| !said.is_alarm);
            assert!(is_over, "{:?} is still in alarm: {said:?}", detector.kind());
        }
    }
}
