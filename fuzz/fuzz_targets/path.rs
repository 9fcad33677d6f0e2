//! libFuzzer's door to `provisor_fuzz::path`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| provisor_fuzz::path(data));
