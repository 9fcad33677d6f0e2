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
mod challenges;
mod endorsement;
mod objects;
mod opening;

/// Traps whose tests live elsewhere, and where: EK certificates have their own module.
const ELSEWHERE: [(std::ops::RangeInclusive<u8>, &str); 1] =
    [(29..=41, "src/attestation, certificates of endorsement keys")];

const SOURCES: [&str; 6] = [
    include_str!("bytes.rs"),
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
        let elsewhere = ELSEWHERE.iter().any(|(range, _)| range.contains(&number));
        assert_eq!(here, usize::from(!elsewhere), "trap {number}");
    }
}
