//! libFuzzer's door to `provisor_fuzz::symmetric_keys`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| provisor_fuzz::symmetric_keys(data));
