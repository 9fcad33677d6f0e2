//! The 82 traps of service-side TPM verification, one test each, by number.
//!
//! A number's test is named after it, makes its own input, and asserts the code of the refusal.
//! Numbers that a type or a layer above answers for say so in their test. `every_number_is_here`
//! counts them.
#![cfg(feature = "x509")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "a test reports by panicking"
)]

mod area;
mod attestations;
mod bytes;
mod certificates;
mod challenges;
mod endorsement;
mod faults;
mod objects;
mod opening;

const SOURCES: [&str; 7] = [
    include_str!("bytes.rs"),
    include_str!("certificates.rs"),
    include_str!("endorsement.rs"),
    include_str!("objects.rs"),
    include_str!("challenges.rs"),
    include_str!("opening.rs"),
    include_str!("attestations.rs"),
];

#[test]
fn every_number_is_here() {
    for number in 1..=82_u8 {
        let name = format!("\nfn trap_{number:02}_");
        let here: usize = SOURCES
            .iter()
            .map(|source| source.matches(&*name).count())
            .sum();
        assert_eq!(here, 1, "trap {number}");
    }
}
