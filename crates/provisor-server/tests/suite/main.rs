//! The server as its clients see it: everything but the sockets in some modules, sockets in others.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unimplemented,
    clippy::unwrap_used,
    reason = "a test reports by panicking"
)]

mod admin_api;
mod amqp;
mod dev;
mod http;
mod hub;
mod kit;
mod mqtt;
mod openapi;
mod outgoing;
mod refusals;
mod registrations;
mod removals;
mod service_api;
mod simulation;
mod store;
mod tls;
mod trouble;
