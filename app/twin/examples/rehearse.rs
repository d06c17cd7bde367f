//! Prints the end of a rehearsal of each model file named, on lanes of two or four members:
//! `rehearse two|four STEPS SEED FILE...`; with `rehearse crowd STEPS SEED FILE...` the hash of what is counted of two
//! chunks of members; with `rehearse pack FILE...` the packed models in hexadecimal.

#[path = "kernel/crowd.rs"]
mod crowd;

use std::{env, fs, path::Path, process, sync::Arc};

use sha2::{Digest, Sha256};
use twin::{Model, hex, lanes::Width, model::compose, rehearsal::rehearse};

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [word, files @ ..] = &arguments[..]
        && word == "pack"
    {
        return files.iter().for_each(|file| println!("{}", hex::write(&read(file).pack())));
    }
    if let [word, steps, seed, files @ ..] = &arguments[..]
        && word == "crowd"
    {
        let (steps, seed) = numbers(steps, seed);
        return files.iter().for_each(|file| println!("{} {file}", counted(file, steps, seed)));
    }
    let [width, steps, seed, files @ ..] = &arguments[..] else { quit("usage: rehearse two|four STEPS SEED FILE...") };
    let width = match width.as_str() {
        "two" => Width::Two,
        "four" if Width::widest() == Width::Two => {
            eprintln!("this machine has no lanes of four members: two");
            Width::Two
        }
        "four" => Width::Four,
        _ => quit("lanes are of `two` or `four` members"),
    };
    let (steps, seed) = numbers(steps, seed);
    for file in files {
        println!("{} {file}", rehearse(&Arc::new(read(file).on_lanes_of(width)), steps, seed));
    }
}

fn numbers(steps: &str, seed: &str) -> (i64, u64) {
    let (Ok(steps), Ok(seed)) = (steps.parse(), seed.parse()) else { quit("STEPS and SEED are whole numbers") };
    (steps, seed)
}

/// The hash of what two have counted together.
fn counted(file: &str, steps: i64, seed: u64) -> String {
    let model = Arc::new(read(file));
    let share = |chunks| crowd::count_share(&model, steps, seed, chunks).unwrap_or_else(|| quit("nothing to count"));
    let all = crowd::join(&[&share(0..1), &share(1..2)]).unwrap_or_else(|| quit("nothing was counted"));
    hex::write(&Sha256::digest(&all))
}

fn read(file: &str) -> Model {
    let text = fs::read_to_string(file).unwrap_or_else(|error| quit(&format!("{file}: {error}")));
    // Parts, and what was learned, stand beside the whole.
    let part = |id: &str| fs::read_to_string(Path::new(file).with_file_name(format!("{id}.toml"))).ok();
    let sealed = |name: &str| fs::read(Path::new(file).with_file_name(name)).ok();
    let read = compose::read_beside(&text, &part, &sealed);
    read.map_or_else(|errors| quit(&format!("{file}:{}", errors[0])), |(model, _)| model)
}

fn quit(message: &str) -> ! {
    eprintln!("{message}");
    process::exit(2)
}
