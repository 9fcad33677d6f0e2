//! libFuzzer's door to `provisor_fuzz::engine`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| provisor_fuzz::engine(data));
