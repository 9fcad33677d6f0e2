//! The server as its clients see it: everything but the sockets in some modules, sockets in others.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::unimplemented,
    reason = "a test reports by panicking"
)]

mod admin_api;
mod http;
mod hub;
mod kit;
mod openapi;
mod outgoing;
mod refusals;
mod registrations;
mod removals;
mod service_api;
mod store;
mod tls;
mod trouble;
