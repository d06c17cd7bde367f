//! The target `client_frame`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::client_frame(data));
