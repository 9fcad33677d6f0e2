//! libFuzzer's door to `provisor_fuzz::wire_amqp`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| provisor_fuzz::wire_amqp(data));
