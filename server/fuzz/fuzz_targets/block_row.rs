//! The target `block_row`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::block_row(data));
