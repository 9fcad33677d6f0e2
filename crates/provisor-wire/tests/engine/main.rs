//! Bodies into the engine and out of it, with the feature `provisor`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test reports by panicking"
)]

mod operations;
mod registrations;
mod round;
mod rows;
