//! Hubs.

mod contract;
mod documents;
mod registry;
mod remote;
mod session;
mod webhook;
