//! What operators see of a running server: metrics, logs, health.

pub mod health;
pub mod log;
pub mod measured;
pub mod metrics;
pub mod operators;

pub use metrics::{Handshake, Metrics};
