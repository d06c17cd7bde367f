//! Runs of a crew whose workers are called by hand.

use std::{collections::VecDeque, sync::Arc};

use twin::{Entry, Model, Span, Timestamp, What, project, whatif::swing};

use super::*;
use crate::live::{errand::Worker, outlook::MEMBERS as FEW};

const TRANSFORMER: &str = include_str!("../../../../server/models/power-transformer.toml");

fn twin() -> Twin {
    let model = Arc::new(Model::parse(TRANSFORMER).unwrap());
    let mut twin = Twin::new(model.clone(), 3);
    for minute in 0..30 {
        let t = Timestamp(1_700_000_000_000_000 + minute * 60_000_000);
        let sample = |name: &str, value: f64| {
            let signal = model.signal(name).unwrap();
            Entry { t, what: What::Sample { signal, value } }
        };
        twin.observe(&[sample("load", 900.0), sample("ambient", 20.0)]);
    }
    twin
}

/// None of those that are pictured.
fn swung() -> Scenario {
    Scenario { sliders: vec![(1, 5.0)] }
}

fn scenarios() -> Vec<Scenario> {
    vec![Scenario::default(), Scenario { sliders: vec![(0, 1.2)] }]
}

fn asked(twin: &Twin) -> Asked {
    let horizon = Horizon { span: Span(twin.model().step.0 * 60), points: 20 };
    Asked { seq: 7, model: twin.model().pack(), scenarios: scenarios(), horizon, seed: 1, swung: Some(swung()) }
}

/// Runs to the end with so many workers; every picture that came, and the swings.
fn run(workers: usize) -> (Vec<Vec<Projection>>, Vec<Swing>) {
    let twin = twin();
    let mut crew = Crew::new(workers);
    let mut all: Vec<Worker> = (0..workers).map(|_| Worker::default()).collect();
    let mut waiting: VecDeque<Sent> = crew.begin(&twin, asked(&twin)).into();
    let (mut pictures, mut all_swings) = (Vec::new(), Vec::new());
    let mut shares = vec![0.0];
    while let Some((worker, errand)) = waiting.pop_front() {
        let Some(report) = all[worker].work(errand) else { continue };
        let (errands, news) = crew.take(worker, report);
        waiting.extend(errands);
        shares.extend(crew.progress());
        match news {
            Some(News::Picture { futures, .. }) => pictures.push(futures),
            Some(News::Swings(swings)) => all_swings.push(swings),
            None => {}
        }
    }
    assert!(!crew.is_running() && shares.is_sorted() && shares[shares.len() - 1] > 0.9, "{shares:?}");
    assert_eq!(all_swings.len(), 1);
    (pictures, all_swings.remove(0))
}

#[test]
fn any_number_of_workers_comes_to_the_same() {
    let ((one, one_swings), (three, three_swings)) = (run(1), run(3));
    assert_eq!(one.last(), three.last());
    assert_eq!(one_swings, three_swings);
    let futures = one.last().unwrap();
    assert!(futures.iter().all(|own| own.bands.iter().all(|bands| bands.len() == own.times.len())));
    assert_ne!(futures[0].hash, futures[1].hash);
}

#[test]
fn bands_come_soon_and_grow_finer() {
    let (pictures, _) = run(2);
    let members = |futures: &Vec<Projection>| futures[0].members;
    let members: Vec<usize> = pictures.iter().map(members).collect();
    assert!(members.len() == 3 && members.is_sorted() && members[2] == MEMBERS as usize, "{members:?}");
    assert!(members[0] < MEMBERS as usize / 4, "{members:?}");
}

#[test]
fn the_counted_future_is_the_projected_one() {
    let twin = twin();
    let exact = project(&twin, &scenarios()[1], asked(&twin).horizon, MEMBERS as usize, 1);
    let counted = &run(2).0.pop().unwrap()[1];
    let hot = twin.model().headline;
    assert_eq!(counted.times, exact.times);
    assert!(counted.bands[hot].len() == exact.times.len() && exact.times.len() > 10);
    for (ours, exact) in counted.bands[hot].iter().zip(&exact.bands[hot]).skip(1) {
        assert!((ours.high - exact.high).abs() < 0.05 * (exact.high - exact.low), "{ours:?} {exact:?}");
    }
}

#[test]
fn each_slider_of_the_scenario_that_is_asked_for_is_swung() {
    let twin = twin();
    let horizon = asked(&twin).horizon;
    let expected = |slider: u16| swing(&twin, &swung(), horizon, FEW, 1, slider).unwrap();
    let sliders = twin.model().sliders.len() as u16;
    assert_eq!(run(2).1, (0..sliders).map(expected).collect::<Vec<Swing>>());
}

#[test]
fn a_worker_that_is_slow_to_begin_does_not_keep_the_last_picture_back() {
    let twin = twin();
    let mut crew = Crew::new(2);
    let mut all = [Worker::default(), Worker::default()];
    let asked = Asked { scenarios: vec![Scenario::default()], swung: None, ..asked(&twin) };
    let mut waiting: [VecDeque<Errand>; 2] = Default::default();
    crew.begin(&twin, asked).into_iter().for_each(|(worker, errand)| waiting[worker].push_back(errand));
    let mut last = 0;
    // The second begins only where the first has nothing left to do.
    while let Some(worker) = (0..2).find(|worker| !waiting[*worker].is_empty()) {
        let errand = waiting[worker].pop_front().unwrap();
        let Some(report) = all[worker].work(errand) else { continue };
        let (errands, news) = crew.take(worker, report);
        errands.into_iter().for_each(|(worker, errand)| waiting[worker].push_back(errand));
        if let Some(News::Picture { futures, .. }) = news {
            last = futures[0].members;
        }
    }
    assert_eq!((last, crew.is_running()), (MEMBERS as usize, false));
}

#[test]
fn what_a_run_before_still_says_is_not_heard() {
    let twin = twin();
    let mut crew = Crew::new(1);
    crew.begin(&twin, asked(&twin));
    crew.begin(&twin, asked(&twin));
    let (errands, news) = crew.take(0, Report::Counted { run: 1 });
    assert!(errands.is_empty() && news.is_none());
    assert_eq!(crew.progress(), Some(0.0));
    crew.cancel();
    assert_eq!(crew.progress(), None);
    assert!(crew.take(0, Report::Counted { run: 2 }).0.is_empty());
}

#[test]
fn a_worker_that_cannot_restore_the_twin_ends_the_run() {
    let mut worker = Worker::default();
    let errand = Errand::Begin {
        run: 7,
        model: b"no model".to_vec(),
        checkpoint: Vec::new(),
        futures: Vec::new(),
        horizon: Horizon { span: Span(1), points: 1 },
        seed: 1,
    };
    assert_eq!(worker.work(errand), Some(Report::Failed { run: 7 }));
    assert_eq!(worker.work(Errand::Count { run: 7, future: 0, chunk: 0 }), None);
}
