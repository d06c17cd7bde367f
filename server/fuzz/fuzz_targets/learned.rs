//! The target `learned`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::learned(data));
