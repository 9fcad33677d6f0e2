//! Hubs.

mod contract;
mod documents;
mod registry;
mod session;
