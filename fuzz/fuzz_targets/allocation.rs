//! libFuzzer's door to `provisor_fuzz::allocation`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| provisor_fuzz::allocation(data));
