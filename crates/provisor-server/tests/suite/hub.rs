//! Hubs.

mod contract;
mod documents;
mod session;
