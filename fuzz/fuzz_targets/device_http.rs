//! libFuzzer's door to `provisor_fuzz::device_http`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| provisor_fuzz::device_http(data));
