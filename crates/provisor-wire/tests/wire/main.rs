//! Bytes of the wire, read and written.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test reports by panicking"
)]

mod amqp;
mod device;
mod features;
mod json;
mod rows;
mod service;
mod shapes;
mod webhook;
