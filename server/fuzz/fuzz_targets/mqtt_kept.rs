//! The target `mqtt_kept`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::mqtt_kept(data));
