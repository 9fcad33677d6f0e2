//! The 82 traps of service-side TPM verification, one test each, by number.
//!
//! A number's test is named after it, makes its own input, and asserts the code of the refusal.
//! Numbers that a type or a layer above answers for say so in their test. `every_number_is_here`
//! counts them. `neighbours` has variants that stand in no list, `faults` whole TPMs that misbehave.
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
mod neighbours;
mod objects;
mod opening;

use std::path::{Path, PathBuf};

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
    for number in 1..=82 {
        assert_eq!(tests_of(number), 1, "trap {number}");
    }
}

/// The list itself, where it is at hand: a trap that is added there needs a test here.
#[test]
fn every_number_of_the_list_is_here() {
    let folder = std::env::var_os("PROVISOR_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let list = match std::fs::read_to_string(folder.join("tpm/traps.md")) {
        Ok(list) => list,
        Err(error) => {
            eprintln!("SKIPPED: tpm/traps.md cannot be read: {error}");
            return;
        }
    };
    let numbers: Vec<u32> = list.lines().filter_map(number_of_row).collect();
    assert!(numbers.len() >= 82, "a list of {} traps", numbers.len());
    let missing: Vec<u32> = numbers
        .into_iter()
        .filter(|number| tests_of(*number) != 1)
        .collect();
    assert!(missing.is_empty(), "no test, or several: {missing:?}");
}

/// The number of a row of one of the tables: `| 17 | ...`.
fn number_of_row(line: &str) -> Option<u32> {
    line.strip_prefix('|')?
        .split('|')
        .next()?
        .trim()
        .parse()
        .ok()
}

fn tests_of(number: u32) -> usize {
    // With the attribute before it: a function that is never run is no test.
    let name = format!("#[test]\nfn trap_{number:02}_");
    SOURCES
        .iter()
        .map(|source| source.matches(&*name).count())
        .sum()
}

#[test]
fn rows_are_told_from_other_lines() {
    assert_eq!(number_of_row("| 17 | restricted |"), Some(17));
    assert_eq!(number_of_row("|99| x |"), Some(99));
    for other in ["", "17", "| # | input |", "| --- | --- |", "| 17a | x |"] {
        assert_eq!(number_of_row(other), None, "{other}");
    }
    assert_eq!(tests_of(0) + tests_of(83), 0);
}
