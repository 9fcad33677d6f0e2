//! libFuzzer's door to `provisor_fuzz::sas_token`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| provisor_fuzz::sas_token(data));
