//! What the benches share: settings, chains, randomness.
//!
//! The benches stand beside this file. In a group, `provisor` is our work, `limit` the primitive
//! operations that no implementation can do without, called bare, and other names are peers; so a
//! group gives a ratio that does not depend on the machine. `cargo xtask bench-report` reads them.
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a bench that cannot be set up should stop"
)]

pub mod attestation;
pub mod chain;
pub mod common;
pub mod fleet;
pub mod peers;
pub mod turns;

/// The Rust example of the README, compiled as a doctest.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
