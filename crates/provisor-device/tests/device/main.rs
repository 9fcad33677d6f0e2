//! The device's side against services that keep to the protocol, and against anything.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test reports by panicking"
)]

mod any;
mod service;
mod stored;
mod talk;
