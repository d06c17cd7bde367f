//! Prints the end of a rehearsal of each model file named: `rehearse STEPS SEED FILE...`.

use std::{env, fs, process, sync::Arc};

use twin::{Model, rehearsal::rehearse};

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [steps, seed, files @ ..] = &arguments[..] else { quit("usage: rehearse STEPS SEED FILE...") };
    let (Ok(steps), Ok(seed)) = (steps.parse(), seed.parse()) else { quit("STEPS and SEED are whole numbers") };
    for file in files {
        let text = fs::read_to_string(file).unwrap_or_else(|error| quit(&format!("{file}: {error}")));
        let model = Model::parse(&text).unwrap_or_else(|errors| quit(&format!("{file}:{}", errors[0])));
        let ending = rehearse(&Arc::new(model), steps, seed);
        println!(
            "{:016x} {:016x} {} {} {} {file}",
            ending.state.0, ending.projection.0, ending.entries, ending.late, ending.refused
        );
    }
}

fn quit(message: &str) -> ! {
    eprintln!("{message}");
    process::exit(2)
}
