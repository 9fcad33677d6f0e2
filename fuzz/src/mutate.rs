//! Mutators that know the structure of what they change.
//!
//! A mutator is a pure function of bytes and a seed. libFuzzer calls it in place of its own
//! (`fuzz_targets/`), and `replay` on any toolchain.

pub mod armour;
mod bag;
pub mod der;
pub mod dictionary;
pub mod json;
pub mod message;
pub mod plain;
pub mod rng;
pub mod signed;
pub mod tlv;
pub mod wire;

/// Bytes out of bytes and a seed.
pub type Mutator = fn(&[u8], u64) -> Vec<u8>;

/// Bytes out of two inputs and a seed.
pub type Crossover = fn(&[u8], &[u8], u64) -> Vec<u8>;

pub use bag::{cross as cross_path, cross_alone as cross_certificate};
pub use bag::{mutate as path, mutate_alone as certificate};

/// A list by itself, or a bag.
#[must_use]
pub fn crl(data: &[u8], seed: u64) -> Vec<u8> {
    match data.first() {
        Some(0x30 | b'-') => certificate(data, seed),
        _ => path(data, seed),
    }
}

/// The same from two inputs.
#[must_use]
pub fn cross_crl(a: &[u8], b: &[u8], seed: u64) -> Vec<u8> {
    match (a.first(), b.first()) {
        (Some(0x30 | b'-'), _) | (_, Some(0x30 | b'-')) => cross_certificate(a, b, seed),
        _ => cross_path(a, b, seed),
    }
}
