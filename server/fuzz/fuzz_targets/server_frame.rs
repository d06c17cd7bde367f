//! The target `server_frame`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::server_frame(data));
