//! The target `plant`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::plant(data));
