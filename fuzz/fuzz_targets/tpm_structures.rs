//! libFuzzer's door to `provisor_fuzz::tpm_structures`, with a mutator that keeps sizes right.
#![no_main]

use provisor_fuzz::{mutate, mutated};

libfuzzer_sys::fuzz_target!(|data: &[u8]| provisor_fuzz::tpm_structures(data));

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    // Half of the time libFuzzer's own: these structures are short.
    if seed.is_multiple_of(2) {
        libfuzzer_sys::fuzzer_mutate(data, size, max_size)
    } else {
        mutated(mutate::wire::STRUCTURES, data, size, max_size, seed)
    }
});
