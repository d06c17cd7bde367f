//! The study natively: milliseconds by the model file's program, and what a reference needs to compute the same.
//!
//!   monte_carlo two|four [RUNS]    prints {"millis": [...], "outcome": [...]}, on lanes of so many members
//!   monte_carlo model              prints the model's file
//!   monte_carlo case               prints {"day": [...], "starts": [...], "members": n}

#[path = "../examples/kernel/hand.rs"]
mod hand;
#[path = "../examples/kernel/study.rs"]
mod study;

use std::{env, time::Instant};

use twin::{Model, lanes::Width};

fn main() {
    let words: Vec<String> = env::args().skip(1).filter(|word| word != "--bench").collect();
    match words.first().map(String::as_str) {
        Some("case") => {
            let (mut day, starts) = (study::day(), hand::starts());
            // The forecast begins at the day's last instant.
            day.rotate_right(1);
            println!("{{\"day\": {day:?}, \"starts\": {starts:?}, \"members\": {}}}", study::MEMBERS);
        }
        Some("model") => print!("{}", study::model()),
        Some("two") => print(Width::Two, runs(&words)),
        Some("hand") => {
            for _ in 0..5 {
                let begin = Instant::now();
                std::hint::black_box(hand::outcome());
                println!("hand {:?}", begin.elapsed());
            }
        }
        Some("four") => print(Width::Four, runs(&words)),
        _ => {
            print(Width::Two, 5);
            print(Width::widest(), 5);
        }
    }
}

fn runs(words: &[String]) -> usize {
    words.get(1).and_then(|word| word.parse().ok()).unwrap_or(11)
}

fn print(width: Width, runs: usize) {
    let model = Model::parse(&study::model()).expect("the transformer's model is read").on_lanes_of(width);
    let twin = study::twin(model);
    let mut millis = Vec::new();
    let mut outcome = Vec::new();
    for _ in 0..runs {
        let begin = Instant::now();
        outcome = study::outcome(&study::ours(&twin));
        millis.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    assert_eq!(outcome, hand::outcome(), "the program and the code written by hand differ");
    println!("{{\"millis\": {millis:?}, \"outcome\": {outcome:?}}}");
}
