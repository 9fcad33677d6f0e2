//! libFuzzer's door to `provisor_fuzz::wire_text`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| provisor_fuzz::wire_text(data));
