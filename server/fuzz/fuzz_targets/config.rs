//! Configuration text, as a file and as variables, under the fuzzer.
#![no_main]

// The module itself, not its crate: that has all the pages in it. Its folder is named, so that it finds its own parts.
#[allow(dead_code, unused_imports)]
#[path = "../../src"]
mod server {
    pub mod config;
}
// The parts name each other from the root of their crate.
use server::config;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let _ = config::Loaded::from("file", &text, []);
    // The same as a variable: name and value of each line.
    let pairs = text.lines().filter_map(|line| line.split_once('=')).map(|(name, value)| (name.into(), value.into()));
    let _ = config::Loaded::from("file", "", pairs);
});
