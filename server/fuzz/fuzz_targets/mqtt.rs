//! The target `mqtt`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::mqtt(data));
