//! The service's own operations, through a store that commits as it is told. The tests are named
//! after the rows of the inventory of the service's features: `c3_…` is its row C3.
#![cfg(feature = "x509")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test reports by panicking"
)]

mod bulk;
mod cas;
mod groups;
mod hubs;
mod individuals;
mod keys;
mod life;
mod policies;
mod queries;
mod records;
mod rights;
#[cfg(feature = "serde")]
mod serial;
mod service;
mod store;
mod tokens;
