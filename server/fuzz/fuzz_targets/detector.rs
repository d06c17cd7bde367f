//! The target `detector`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::detector(data));
