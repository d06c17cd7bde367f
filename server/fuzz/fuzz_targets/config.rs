//! Configuration text, as a file and as variables, under the fuzzer.
#![no_main]

// The file itself, not its crate: that has all the pages in it.
#[allow(dead_code)]
#[path = "../../src/config.rs"]
mod config;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let _ = config::Loaded::from("file", &text, []);
    // The same as a variable: name and value of each line.
    let pairs = text.lines().filter_map(|line| line.split_once('=')).map(|(name, value)| (name.into(), value.into()));
    let _ = config::Loaded::from("file", "", pairs);
});
