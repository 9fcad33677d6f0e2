//! Between bytes and a device's questions: pure functions, for each transport.

pub mod amqp;
pub mod mqtt;
pub mod rest;
