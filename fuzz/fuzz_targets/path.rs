//! libFuzzer's door to `provisor_fuzz::path`, with the mutator of that structure.
#![no_main]

use provisor_fuzz::{crossed, mutate, mutated};

libfuzzer_sys::fuzz_target!(|data: &[u8]| provisor_fuzz::path(data));

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    // Now and then libFuzzer's own, which learns from the comparisons it sees.
    if seed.is_multiple_of(8) {
        libfuzzer_sys::fuzzer_mutate(data, size, max_size)
    } else {
        mutated(mutate::path, data, size, max_size, seed)
    }
});

libfuzzer_sys::fuzz_crossover!(|data1: &[u8], data2: &[u8], out: &mut [u8], seed: u32| {
    crossed(mutate::cross_path, data1, data2, out, seed)
});
