//! A service in memory, its hubs, and devices that register.

pub(crate) mod devices;
pub(crate) mod hubs;
pub(crate) mod service;
pub(crate) mod wire;
