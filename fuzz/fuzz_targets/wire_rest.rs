//! libFuzzer's door to `provisor_fuzz::wire_rest`, with the mutator of messages.
#![no_main]

use provisor_fuzz::{mutate, mutated};

libfuzzer_sys::fuzz_target!(|data: &[u8]| provisor_fuzz::wire_rest(data));

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    // Now and then libFuzzer's own, which learns from the comparisons it sees.
    if seed.is_multiple_of(8) {
        libfuzzer_sys::fuzzer_mutate(data, size, max_size)
    } else {
        mutated(mutate::message::mutate, data, size, max_size, seed)
    }
});
