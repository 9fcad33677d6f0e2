//! libFuzzer's door to `provisor_fuzz::tpm_device`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| provisor_fuzz::tpm_device(data));
