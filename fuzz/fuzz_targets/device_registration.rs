//! libFuzzer's door to `provisor_fuzz::device_registration`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| provisor_fuzz::device_registration(data));
