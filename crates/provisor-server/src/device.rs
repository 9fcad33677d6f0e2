//! Between bytes and a device's questions: pure functions, for each transport.

pub mod mqtt;
pub mod rest;
