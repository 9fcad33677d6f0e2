//! libFuzzer's door to `provisor_fuzz::registration_id`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| provisor_fuzz::registration_id(data));
